//! How printed numbers become an effect, in words.

use crate::conversion::{Conversion, catalogue};

/// A step that is a conversion of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// Its position among the steps.
    pub step: usize,
    /// The conversion, with its formula.
    pub conversion: &'static Conversion,
    /// Where it is from: of a conversion that has several methods, that of the one used.
    pub source: &'static str,
    /// What must hold for the answer to be right.
    pub assumes: &'static [&'static str],
}

/// The steps from the printed numbers to an effect, and what of them a reader of the synthesis must know.
#[derive(Debug, Default)]
pub(super) struct Steps {
    /// Every step.
    pub(super) all: Vec<String>,
    /// Which of them are conversions.
    pub(super) conversions: Vec<Applied>,
    /// What must not be overlooked among them, each once, in words that several studies may share.
    pub(super) cautions: Vec<String>,
}

impl Steps {
    pub(super) fn push(&mut self, step: String) {
        self.all.push(step);
    }

    /// A step that is the conversion of this name in the catalogue.
    pub(super) fn convert(&mut self, name: &str, step: String) {
        let conversion = catalogue().find(|it| it.name == name);
        debug_assert!(conversion.is_some(), "the catalogue has no {name}");
        let position = self.all.len();
        self.conversions.extend(conversion.map(|it| Applied {
            step: position,
            conversion: it,
            source: it.source,
            assumes: it.assumes,
        }));
        self.all.push(step);
    }

    /// The last conversion was by the method of this source, which assumes this.
    pub(super) fn by_method(&mut self, source: &'static str, assumes: &'static [&'static str]) {
        if let Some(last) = self.conversions.last_mut() {
            last.source = source;
            last.assumes = assumes;
        }
    }

    /// A step that must not be overlooked.
    pub(super) fn caution(&mut self, step: String, caution: impl Into<String>) {
        self.all.push(step);
        let caution = caution.into();
        if !self.cautions.contains(&caution) {
            self.cautions.push(caution);
        }
    }

    /// A doubt about the numbers.
    pub(super) fn warn(&mut self, doubt: String) {
        self.caution(format!("warning: {doubt}"), doubt);
    }
}
