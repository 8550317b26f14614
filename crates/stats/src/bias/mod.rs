//! Small-study effects and publication bias: tests, adjustments and selection models.

pub(crate) mod egger;
