//! What the terminal shows: results on standard output, everything else on standard error. Colour only helps;
//! nothing is said by colour alone.

use std::fmt::Display;
use std::io::Write;

use consilience_review::{Diagnostic, Severity};
use owo_colors::OwoColorize;

use crate::Failed;

/// Prints a result.
///
/// # Errors
/// Nobody reads any more (a closed pipe), which is no failure worth a message.
pub(crate) fn result(text: impl Display) -> Result<(), Failed> {
    let mut out = anstream::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).or(Ok(()))
}

/// Prints a remark.
pub(crate) fn remark(text: impl Display) {
    // If standard error is gone there is nowhere left to say so.
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Prints why something failed.
pub(crate) fn failure(text: impl Display) -> Failed {
    remark(format!("{} {text}", "error:".red().bold()));
    Failed
}

/// Prints findings about the input, and how many there are.
pub(crate) fn diagnostics(findings: &[Diagnostic]) {
    for finding in findings {
        let label = match finding.severity {
            Severity::Error => "error:".red().bold().to_string(),
            Severity::Warning => "warning:".yellow().bold().to_string(),
        };
        remark(format!("{label} {}", finding.place.bold()));
        remark(format!("    found:    {}", finding.found));
        remark(format!("    expected: {}", finding.expected));
        if !finding.help.is_empty() {
            remark(format!("    help:     {}", finding.help));
        }
    }
    let count = |severity| findings.iter().filter(|it| it.severity == severity).count();
    let (n_errors, n_warnings) = (count(Severity::Error), count(Severity::Warning));
    if n_errors > 0 {
        remark(format!("{} and {}", plural(n_errors, "error"), plural(n_warnings, "warning")));
    }
}

/// `1 study`, `2 studies`.
pub(crate) fn plural(n: usize, word: &str) -> String {
    match (n, word.strip_suffix('y')) {
        (1, _) => format!("1 {word}"),
        (_, Some(stem)) => format!("{n} {stem}ies"),
        (_, None) => format!("{n} {word}s"),
    }
}
