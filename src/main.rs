//! Parses the arguments and hands over.

use std::process::ExitCode;

use clap::Parser;

use safeharbor::cli::{Arguments, run};

fn main() -> ExitCode {
    #[expect(clippy::disallowed_methods, reason = "the environment is read once, here")]
    let environment = std::env::vars().collect();
    run(Arguments::parse(), &environment)
}
