//! How printed numbers become an effect, in words.

/// The steps from the printed numbers to an effect, and what of them a reader of the synthesis must know.
#[derive(Debug, Default)]
pub(super) struct Steps {
    /// Every step.
    pub(super) all: Vec<String>,
    /// What must not be overlooked among them, each once, in words that several studies may share.
    pub(super) cautions: Vec<String>,
}

impl Steps {
    pub(super) fn push(&mut self, step: String) {
        self.all.push(step);
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
