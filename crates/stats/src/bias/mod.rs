//! Small-study effects and publication bias: tests and adjustments.

mod contours;
pub(crate) mod egger;
mod error;
mod excess_significance;
mod fail_safe;
mod henmi_copas;
mod kendall;
mod p_curve;
mod p_uniform;
mod rank_test;
mod regression;
mod table_tests;
mod trim_fill;

pub use contours::FunnelContours;
pub use error::BiasError;
pub use excess_significance::{
    ExcessAlternative, ExcessOptions, ExcessSignificance, ExcessTest, SignificanceTest,
    excess_significance,
};
pub use fail_safe::{FailSafeMethod, FailSafeN, OrwinMean, fail_safe_n};
pub use henmi_copas::{HenmiCopas, henmi_copas};
pub use p_curve::{CurveTest, CurveTests, EvidentialValue, PCurve, p_curve};
pub use p_uniform::{PUniform, PUniformOptions, p_uniform_star};
pub use rank_test::{RankDistribution, RankTest, rank_test};
pub use regression::{
    AsymmetryTest, Limit, PetOrPeese, PetPeese, Predictor, Scatter, asymmetry_test, pet_peese,
};
pub use table_tests::{TableTest, smd_asymmetry_test, table_asymmetry_test, thompson_sharp};
pub use trim_fill::{FunnelSide, MissingEstimator, TrimFill, TrimFillOptions, trim_and_fill};
