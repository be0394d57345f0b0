//! The readers of `targets.rs` under libFuzzer, which changes what it sends them by what the code does with it.
//! `scripts/fuzz` builds and runs it; `SAFEHARBOR_FUZZ` says which group.

#![no_main]

mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;

static TARGET: OnceLock<fn(&[u8]) -> String> = OnceLock::new();

fn target() -> fn(&[u8]) -> String {
    // The hook of libFuzzer ends the process at any panic; those of the mail parser are caught, and its mail is kept.
    std::panic::set_hook(Box::new(|_| {}));
    #[expect(clippy::disallowed_methods, reason = "a test is told what to do")]
    let name = std::env::var("SAFEHARBOR_FUZZ").unwrap_or_default();
    let known = targets::named(&name);
    known.unwrap_or_else(|| {
        eprintln!("SAFEHARBOR_FUZZ is documents, mails, words or files, not {name:?}");
        std::process::exit(2)
    })
}

fuzz_target!(|input: &[u8]| {
    let read = TARGET.get_or_init(target);
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| read(input))) {
        let said = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        eprintln!("panicked: {}", said.unwrap_or_default());
        std::process::abort();
    }
});
