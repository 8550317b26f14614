//! Runs the binary and shows what it did.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// What one run gave.
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Status, standard output and standard error as one text, with the folder's name replaced.
    pub(crate) fn shown(&self, folder: &Path) -> String {
        let hide = |text: &str| text.replace(&folder.display().to_string(), "[DIR]");
        format!(
            "status: {}\n--- stdout\n{}--- stderr\n{}",
            self.status,
            hide(&self.stdout),
            hide(&self.stderr)
        )
    }
}

/// Runs `consil` with arguments, in a folder.
pub(crate) fn consil(folder: &Path, arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_consil"))
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .args(arguments)
        .output()
        .unwrap();
    Run {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs `consil` and kills it after a while, wherever it is.
pub(crate) fn killed(folder: &Path, arguments: &[&str], after: Duration) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_consil"))
        .current_dir(folder)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(after);
    // It may be over already.
    let _ = child.kill();
    child.wait().unwrap();
}

/// The folder of an example.
pub(crate) fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name)
}

/// The names of the examples.
pub(crate) const EXAMPLES: [&str; 3] = ["bcg-vaccine", "stroke-care", "conditioned-medium"];
