//! The other engines: each is a script that reads the same files and prints what it measured and found.
//!
//! A script prints three kinds of lines: `version,NAME,VERSION`, `time,CASE,SECONDS` (processor time of one unit of
//! the case), and `answer,CASE,ITEM,VALUE`. What a peer cannot do it leaves out, with `# why` on a line of its own.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

/// What one engine measured and found.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Names and versions of what ran.
    pub(crate) versions: Vec<String>,
    /// Seconds by case.
    pub(crate) seconds: BTreeMap<String, f64>,
    /// Answers by case and item.
    pub(crate) answers: BTreeMap<(String, String), f64>,
    /// What the script remarked.
    pub(crate) remarks: Vec<String>,
}

impl Report {
    /// Reads what a script printed; lines of no known kind are remarks.
    pub(crate) fn read(text: &str) -> Self {
        let mut report = Self::default();
        for line in text.lines() {
            let cells: Vec<&str> = line.split(',').collect();
            match cells.as_slice() {
                ["version", name, version] => report.versions.push(format!("{name} {version}")),
                ["time", case, seconds] => {
                    if let Ok(seconds) = seconds.parse() {
                        report.seconds.insert((*case).to_owned(), seconds);
                    }
                }
                ["answer", case, item, value] => {
                    if let Ok(value) = value.parse() {
                        report.answers.insert(((*case).to_owned(), (*item).to_owned()), value);
                    }
                }
                _ => report.remarks.push(line.to_owned()),
            }
        }
        report
    }
}

/// Runs a script on one core; `None` with a remark on standard error when it cannot be run.
pub(crate) fn run(program: &str, script: &Path, folder: &Path) -> Option<Report> {
    let mut command = Command::new(program);
    command.arg(script).arg(folder).stderr(Stdio::inherit());
    for threads in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"] {
        command.env(threads, "1");
    }
    match command.output() {
        Ok(output) if output.status.success() => {
            Some(Report::read(&String::from_utf8_lossy(&output.stdout)))
        }
        Ok(output) => {
            eprintln!("{program} {}: {}", script.display(), output.status);
            None
        }
        Err(error) => {
            eprintln!("{program} could not be started: {error}");
            None
        }
    }
}
