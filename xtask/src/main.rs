//! The chores of the workspace: `cargo xtask test` runs every test and installs or starts what they need;
//! `cargo xtask ci` runs everything that must be green.

mod chromium;
mod licences;
mod run;
mod tree;

use std::process::ExitCode;

use run::{Failed, cargo};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        ["test"] => test(),
        ["ci"] => ci(),
        ["tree"] => tree::check(),
        ["licences"] => licences::check(),
        _ => {
            eprintln!("usage: cargo xtask test | ci | tree | licences");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed(why)) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}

/// The main job, then every test: of the libraries, of the binary, of the documentation, in the browser.
fn test() -> Result<(), Failed> {
    chromium::install()?;
    cargo(&["run", "--release", "--", "build", "examples/bcg-vaccine"])?;
    cargo(&["test", "--workspace", "--all-targets"])?;
    cargo(&["test", "--workspace", "--doc"])
}

/// What must be green before a change lands.
fn ci() -> Result<(), Failed> {
    tree::check()?;
    licences::check()?;
    cargo(&["fmt", "--check"])?;
    cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    test()
}
