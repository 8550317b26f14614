//! The answer without the studies whose numbers are estimates of what their reports do not print: means and standard deviations
//! from medians, effective sample sizes of cluster trials (Cochrane Handbook 6.5.2 and 10.14).

use consilience_stats::Pooled;

use super::StudyEffect;
use super::pool::pool_members;
use crate::vocabulary::plan::AnalysisPlan;

/// The pool of the studies whose numbers are all printed, or follow from printed ones exactly.
#[derive(Debug, Clone, PartialEq)]
pub struct WithoutEstimates {
    /// The studies that were left out.
    pub left_out: Vec<String>,
    /// The others together; `None` without a study, or where the method failed.
    pub pooled: Option<Pooled>,
}

impl StudyEffect {
    /// Whether a number of it is an estimate.
    pub fn is_estimated(&self) -> bool {
        self.conversions.iter().any(|it| it.conversion.is_estimate)
    }
}

/// `None` where no study's numbers are estimates.
pub(super) fn without_estimates(
    plan: &AnalysisPlan,
    studies: &[StudyEffect],
) -> Option<WithoutEstimates> {
    let (estimated, others): (Vec<_>, Vec<_>) =
        studies.iter().cloned().partition(StudyEffect::is_estimated);
    (!estimated.is_empty()).then(|| WithoutEstimates {
        left_out: estimated.iter().map(StudyEffect::label).collect(),
        pooled: pool_members(plan, &others, &[]).ok(),
    })
}
