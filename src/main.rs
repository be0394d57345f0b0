//! Parses the arguments and hands over.

use std::process::ExitCode;

use clap::Parser;

use safeharbor::cli::{Arguments, run};

/// For our own allocations; it takes those of SQLite over as well (`docs/performance.md` has what it is worth).
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    #[expect(clippy::disallowed_methods, reason = "the environment is read once, here")]
    let environment = std::env::vars().collect();
    run(Arguments::parse(), &environment)
}
