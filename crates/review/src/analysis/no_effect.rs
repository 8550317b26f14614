//! Why a study has no effect, with the numbers that give none.

use consilience_stats::EffectError;

use super::StudyData;

/// Why a study has no effect.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NoEffect {
    /// In words.
    pub(super) reason: String,
    /// Its numbers, where they are complete and it is by the measure that they give no effect.
    pub(super) data: Option<StudyData>,
}

impl NoEffect {
    /// Complete numbers, of which there is no effect.
    pub(super) fn of(error: EffectError, data: StudyData) -> Self {
        Self { reason: error.to_string(), data: Some(data) }
    }
}

impl From<String> for NoEffect {
    fn from(reason: String) -> Self {
        Self { reason, data: None }
    }
}
