//! The profile likelihood of the between-study variance.

use consilience_figures::{self as figures, LikelihoodInterval, LikelihoodPlot, Svg};
use consilience_review::analysis::Synthesis;
use consilience_review::vocabulary::plan::Method;
use consilience_stats::{Model, Regression, Tau2IntervalMethod, Tau2Method};

use super::fit;

/// How many steps the curve has, closer together near 0, where it bends most.
const PIECES: usize = 400;
/// How many times as deep as the interval the curve is followed: near 0 it may fall so far that nothing else could be seen.
const DEEPEST: f64 = 3.0;

/// The curve over the interval and somewhat beyond.
pub(super) fn likelihood(synthesis: &Synthesis) -> Result<Svg, String> {
    let plan = &synthesis.plan;
    let method = match plan.pool_options().model {
        Model::RandomEffects(method) if plan.method == Method::InverseVariance => method,
        _ => {
            return Err("it needs random effects by inverse variance, whose τ² is estimated".into());
        }
    };
    let fit = fit(synthesis)?;
    let level = plan.level_share();
    let limits = fit
        .tau2_interval(Tau2IntervalMethod::ProfileLikelihood, level)
        .map_err(|it| it.to_string())?
        .tau2;
    let end = 1.25 * limits.upper.max(fit.tau2);
    let at = |i: usize| end * (i as f64 / PIECES as f64) * (i as f64 / PIECES as f64);
    let tau2: Vec<f64> = (0..=PIECES).map(at).collect();
    let mut profile = tau2_profile(&fit, &tau2)?;
    let cutoff = tau2_profile(&fit, &[limits.upper])?.first().map_or(f64::NAN, |it| it.1);
    let peak = profile.iter().fold(f64::NEG_INFINITY, |highest, it| highest.max(it.1));
    profile.retain(|it| it.1 >= peak - DEEPEST * (peak - cutoff));
    let restricted = method != Tau2Method::MaximumLikelihood;
    Ok(figures::likelihood(&LikelihoodPlot {
        id: "likelihood".to_owned(),
        title: format!("Profile likelihood of τ²: {}", synthesis.title),
        description: "How well each between-study variance explains the studies.".to_owned(),
        profile,
        parameter_label: "Between-study variance τ²".to_owned(),
        likelihood_label: if restricted { "Restricted log-likelihood" } else { "Log-likelihood" }
            .to_owned(),
        estimate: Some(fit.tau2),
        interval: Some(LikelihoodInterval {
            label: format!("{}% profile-likelihood interval", plan.level),
            lower: limits.lower,
            upper: limits.upper,
            cutoff,
        }),
    }))
}

/// Each τ² with its log-likelihood.
fn tau2_profile(fit: &Regression, tau2: &[f64]) -> Result<Vec<(f64, f64)>, String> {
    let heights = fit.profile_log_likelihood(tau2).map_err(|it| it.to_string())?;
    Ok(tau2.iter().copied().zip(heights).collect())
}
