//! Small-study effects and publication bias: tests and adjustments.

pub(crate) mod egger;
mod error;
mod excess_significance;
mod fail_safe;
mod henmi_copas;
mod kendall;
mod rank_test;

pub use error::BiasError;
pub use excess_significance::{
    ExcessAlternative, ExcessOptions, ExcessSignificance, ExcessTest, SignificanceTest,
    excess_significance,
};
pub use fail_safe::{FailSafeMethod, FailSafeN, OrwinMean, fail_safe_n};
pub use henmi_copas::{HenmiCopas, henmi_copas};
pub use rank_test::{RankDistribution, RankTest, rank_test};
