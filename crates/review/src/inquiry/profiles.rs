//! Review Manager's answer beside metafor's, and why they differ.

use consilience_stats::{CiMethod, Difference};

use super::refused;
use crate::analysis::{Synthesis, differences};
use crate::diagnostic::Diagnostic;
use crate::single::TableAnalysis;
use crate::vocabulary::choice::{Profile, Tau2Choice};
use crate::vocabulary::plan::{
    AnalysisPlan, Method, ModelKind, default_prediction, default_tau2, default_tau2_interval,
};

/// One analysis by two programs' ways.
#[derive(Debug, Clone, PartialEq)]
pub struct Profiles {
    /// As Review Manager computes.
    pub review_manager: Synthesis,
    /// As metafor computes with its options left alone.
    pub metafor: Synthesis,
    /// What differs, as far as it can matter for these studies.
    pub differences: Vec<Difference>,
}

/// Answers an analysis in Review Manager's profile in metafor's too.
///
/// # Errors
/// The analysis is in another profile.
pub fn profiles(analysis: &TableAnalysis) -> Result<Profiles, Vec<Diagnostic>> {
    let synthesis = &analysis.synthesis;
    let all = vec![true; analysis.table.len()];
    let metafor = (synthesis.plan.profile.is_review_manager())
        .then(|| analysis.again(&counterpart(&synthesis.plan), &all))
        .flatten();
    let Some(metafor) = metafor else {
        return Err(refused(
            "--profile",
            "an analysis in another profile",
            "one in Review Manager's, to compare it with",
            "choose `both`",
        ));
    };
    Ok(Profiles { review_manager: synthesis.clone(), metafor, differences: differences(synthesis) })
}

/// metafor's plan for what Review Manager's plan asks. "M-H, random" has no counterpart; its nearest relative is `rma`.
fn counterpart(plan: &AnalysisPlan) -> AnalysisPlan {
    let method = match (plan.method, plan.model) {
        (Method::MantelHaenszel, ModelKind::Random) => Method::InverseVariance,
        (method, _) => method,
    };
    AnalysisPlan {
        profile: Profile::Metafor,
        method,
        tau2: Tau2Choice::Estimated(default_tau2(Profile::Metafor, method)),
        tau2_interval: default_tau2_interval(Profile::Metafor),
        ci: CiMethod::Wald,
        prediction_interval: plan
            .prediction_interval
            .and_then(|_| default_prediction(Profile::Metafor)),
        ..plan.clone()
    }
}
