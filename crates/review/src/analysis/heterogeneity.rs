//! The between-study variance beyond its estimate: its interval, and one that subgroups have in common.

use consilience_stats::{
    Design, Effect, HeterogeneityInterval, Model, PoolError, RegressionOptions, Weighting, regress,
};

use super::StudyEffect;
use super::effect::NOT_STATED;
use crate::printed::Printed;
use crate::vocabulary::choice::{Tau2Choice, Weights};
use crate::vocabulary::plan::AnalysisPlan;

/// The weights of studies in a regression.
pub(super) fn weighting(plan: &AnalysisPlan, members: &[StudyEffect]) -> Weighting {
    let given = || members.iter().map(|it| it.given_weight.unwrap_or(1.0)).collect();
    match plan.weights {
        Weights::InverseVariance => Weighting::InverseVariance,
        Weights::Equal => Weighting::Unweighted,
        Weights::Column(_) => Weighting::Given(given()),
    }
}

/// The interval of the heterogeneity of all studies, where it was estimated; why there is none goes to the notes.
pub(super) fn interval(
    plan: &AnalysisPlan,
    studies: &[StudyEffect],
    notes: &mut Vec<String>,
) -> Option<HeterogeneityInterval> {
    let method = plan.tau2_interval?;
    let options = options(plan, studies);
    if studies.len() < 2 || !matches!(options.model, Model::RandomEffects(_)) {
        return None;
    }
    let effects: Vec<Effect> = studies.iter().map(|it| it.effect).collect();
    let found = regress(&effects, &Design::intercept(effects.len()), &options)
        .and_then(|fit| fit.tau2_interval(method, options.level));
    found.map_err(|error| notes.push(format!("no interval of τ²: {error}"))).ok()
}

/// The plan of the subgroups: with their common τ² as given, where that is asked for.
///
/// It is the residual τ² of a regression on the subgroups (Handbook 10.11.3; Borenstein et al. 2009, Introduction to
/// Meta-Analysis, chapter 19). Studies whose subgroup is not known do not count.
pub(super) fn in_common(
    plan: &AnalysisPlan,
    studies: &[StudyEffect],
) -> Result<AnalysisPlan, PoolError> {
    if !plan.common_tau2 {
        return Ok(plan.clone());
    }
    let members: Vec<StudyEffect> =
        studies.iter().filter(|it| it.subgroup.as_deref() != Some(NOT_STATED)).cloned().collect();
    let labels: Vec<String> = members.iter().filter_map(|it| it.subgroup.clone()).collect();
    let mut levels = labels.clone();
    levels.sort();
    levels.dedup();
    let design = if levels.len() > 1 {
        let builder = Design::builder(labels.len()).factor("subgroup", &labels, &levels);
        builder.build().map_err(|_| PoolError::NoStudies)?
    } else {
        Design::intercept(labels.len())
    };
    let effects: Vec<Effect> = members.iter().map(|it| it.effect).collect();
    let fit = regress(&effects, &design, &options(plan, &members))?;
    let tau2 = Tau2Choice::Given(Printed::from_value(fit.tau2));
    Ok(AnalysisPlan { tau2, ..plan.clone() })
}

/// The options of a regression of these studies; its intervals are not used.
fn options(plan: &AnalysisPlan, members: &[StudyEffect]) -> RegressionOptions {
    RegressionOptions {
        ci: consilience_stats::CiMethod::Wald,
        ..plan.regression_options(weighting(plan, members))
    }
}
