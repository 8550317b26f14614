//! What the terminal shows: results on standard output, everything else on standard error. Colour only helps;
//! nothing is said by colour alone.

use std::fmt::Display;
use std::io::{self, BufWriter, ErrorKind, Write};

use consilience_review::{Diagnostic, Severity};
use owo_colors::OwoColorize;

use crate::Failed;

/// Prints a result. That nobody reads it to its end (a closed pipe) is no failure.
///
/// # Errors
/// It could not be written: a full disk.
pub(crate) fn result(text: impl Display) -> Result<(), Failed> {
    // Piece by piece: a result may be hundreds of megabytes.
    let mut out = Harmless(BufWriter::new(anstream::stdout().lock()));
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(failure(format!("the result could not be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// An output that is given text only, and only what is [`harmless`].
struct Harmless<W>(W);

impl<W: Write> Write for Harmless<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // What is formatted comes in pieces that are text.
        match std::str::from_utf8(bytes) {
            Ok(text) => self.0.write_all(harmless(text).as_bytes())?,
            Err(_) => self.0.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The text without what would command the terminal or turn the direction of what follows: a name in a table may
/// hold anything.
fn harmless(text: impl Display) -> String {
    let is_harmful = |c: char| match c {
        '\n' | '\t' => false,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        _ => c.is_control(),
    };
    text.to_string().replace(is_harmful, "\u{fffd}")
}

/// Prints a remark.
pub(crate) fn remark(text: impl Display) {
    styled(harmless(text));
}

/// Prints a line that may hold colours.
fn styled(text: impl Display) {
    // If standard error is gone there is nowhere left to say so.
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Prints why something failed.
pub(crate) fn failure(text: impl Display) -> Failed {
    styled(format!("{} {}", "error:".red().bold(), harmless(text)));
    Failed
}

/// Prints findings about the input, and how many there are.
pub(crate) fn diagnostics(findings: &[Diagnostic]) {
    for finding in findings {
        let label = match finding.severity {
            Severity::Error => "error:".red().bold().to_string(),
            Severity::Warning => "warning:".yellow().bold().to_string(),
        };
        styled(format!("{label} {}", harmless(&finding.place).bold()));
        remark(format!("    found:    {}", finding.found));
        remark(format!("    expected: {}", finding.expected));
        if !finding.help.is_empty() {
            remark(format!("    help:     {}", finding.help));
        }
    }
    let count = |severity| findings.iter().filter(|it| it.severity == severity).count();
    let (n_errors, n_warnings) = (count(Severity::Error), count(Severity::Warning));
    if n_errors > 0 {
        let errors = counted(n_errors, "error", "errors");
        remark(format!("{errors} and {}", counted(n_warnings, "warning", "warnings")));
    }
}

/// `1 study`, `2 studies`.
pub(crate) fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_command_the_terminal() {
        assert_eq!(harmless("a\u{1b}[31mb\u{202e}c\n\td"), "a\u{fffd}[31mb\u{fffd}c\n\td");
    }
}
