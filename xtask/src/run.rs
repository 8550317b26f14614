//! Other programs, run with their output shown.

use std::process::Command;

/// Why a chore failed.
pub(crate) struct Failed(pub(crate) String);

/// Runs cargo in the workspace.
pub(crate) fn cargo(arguments: &[&str]) -> Result<(), Failed> {
    run("cargo", arguments)
}

/// Runs a program and waits for it; snapshots must match and are never rewritten here.
pub(crate) fn run(program: &str, arguments: &[&str]) -> Result<(), Failed> {
    let shown = format!("{program} {}", arguments.join(" "));
    eprintln!("$ {shown}");
    let status = Command::new(program)
        .args(arguments)
        .env("INSTA_UPDATE", "no")
        .status()
        .map_err(|error| Failed(format!("`{shown}` could not be started: {error}")))?;
    if status.success() { Ok(()) } else { Err(Failed(format!("`{shown}` failed: {status}"))) }
}

/// Whether a program is there to be run.
pub(crate) fn is_installed(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|it| it.status.success())
}
