//! The profile likelihood of the between-study variance.

use consilience_figures::{self as figures, LikelihoodInterval, LikelihoodPlot, Svg};
use consilience_review::analysis::Synthesis;
use consilience_review::vocabulary::choice::Weights;
use consilience_review::vocabulary::plan::Method;
use consilience_stats::{Model, Tau2IntervalMethod, Tau2Method};

use super::fit;

/// How many steps the curve has, closer together near 0, where it bends most.
const PIECES: usize = 100;

pub(super) fn likelihood(synthesis: &Synthesis) -> Result<Svg, String> {
    let plan = &synthesis.plan;
    let method = match plan.pool_options().model {
        Model::RandomEffects(method) if plan.method == Method::InverseVariance => method,
        _ => {
            return Err("it needs random effects by inverse variance, whose τ² is estimated".into());
        }
    };
    let is_likelihood = matches!(method, Tau2Method::Reml | Tau2Method::MaximumLikelihood);
    let fit = fit(synthesis)?;
    let level = plan.level_share();
    let limits = fit
        .tau2_interval(Tau2IntervalMethod::ProfileLikelihood, level)
        .map_err(|it| it.to_string())?
        .tau2;
    let end = 1.25 * limits.upper.max(fit.tau2);
    let at = |i: usize| end * (i as f64 / PIECES as f64) * (i as f64 / PIECES as f64);
    let tau2: Vec<f64> = (0..=PIECES).map(at).collect();
    let profile = fit.profile_log_likelihood(&tau2).map_err(|it| it.to_string())?;
    let at_limit = fit.profile_log_likelihood(&[limits.upper]).map_err(|it| it.to_string())?;
    // By another estimator τ² is not where the curve is highest.
    let estimate = (is_likelihood && plan.weights == Weights::InverseVariance || !is_likelihood)
        .then_some(fit.tau2);
    let restricted = method != Tau2Method::MaximumLikelihood;
    Ok(figures::likelihood(&LikelihoodPlot {
        id: "likelihood".to_owned(),
        title: format!("Profile likelihood of τ²: {}", synthesis.title),
        description: "How well each between-study variance explains the studies.".to_owned(),
        profile: tau2.into_iter().zip(profile).collect(),
        parameter_label: "Between-study variance τ²".to_owned(),
        likelihood_label: if restricted { "Restricted log-likelihood" } else { "Log-likelihood" }
            .to_owned(),
        estimate,
        interval: at_limit.first().map(|cutoff| LikelihoodInterval {
            label: format!("{}% profile-likelihood interval", plan.level),
            lower: limits.lower,
            upper: limits.upper,
            cutoff: *cutoff,
        }),
    }))
}
