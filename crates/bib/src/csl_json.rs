//! CSL-JSON.

use crate::syntax::{Found, Part, Place, Syntax};

/// Whether a text begins as this format does.
pub(crate) fn is_csl_json(_text: &str) -> bool {
    false
}

#[derive(Debug, Default)]
pub(crate) struct CslJson;

impl Syntax for CslJson {
    fn read(&mut self, part: Part<'_>, found: &mut Found) -> Place {
        if part.is_last && !part.text.trim().is_empty() {
            found.quarantine(part.line, part.text, "this format is not read yet");
        }
        part.start()
    }
}
