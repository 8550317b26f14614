//! A location-scale model.

use consilience_review::analysis::Synthesis;
use consilience_review::inquiry::LocationScaleFinding;
use consilience_stats::location_scale::{ScaleLikelihood, ScaleLink};
use serde_json::{Value, json};

use super::regression::{
    coefficient_lines, coefficients, excluded, fit_statistics, wald, wald_words,
};
use crate::number::{self, counted, p_value};

/// Everything on the analysis scale (logarithms, for ratios); the coefficients of the scale are of ln τ², or with the identity
/// link of τ².
pub(super) fn json(it: &LocationScaleFinding, synthesis: &Synthesis) -> Value {
    let fit = &it.fit;
    let studies = it
        .studies
        .iter()
        .zip(&fit.tau2)
        .map(|(at, tau2)| json!({ "study": synthesis.studies[*at].study, "tau2": tau2 }));
    json!({
        "k": fit.k,
        "link": link(it.link),
        "likelihood": likelihood(it.likelihood),
        "location": coefficients(&fit.location),
        "scale": coefficients(&fit.scale),
        "location_moderators": wald(&fit.q_m),
        "scale_moderators": wald(&fit.q_s),
        "at_boundary": fit.at_boundary,
        "q": fit.q_e,
        "q_df": fit.q_e_df,
        "q_p_value": fit.q_e_p_value,
        "fit": fit_statistics(&fit.fit),
        "studies": studies.collect::<Value>(),
        "excluded": excluded(&it.left_out),
    })
}

const fn link(link: ScaleLink) -> &'static str {
    match link {
        ScaleLink::Log => "log",
        ScaleLink::Identity => "identity",
    }
}

const fn likelihood(likelihood: ScaleLikelihood) -> &'static str {
    match likelihood {
        ScaleLikelihood::Full => "ML",
        ScaleLikelihood::Restricted => "REML",
    }
}

pub(super) fn text(it: &LocationScaleFinding, synthesis: &Synthesis) -> String {
    let fit = &it.fit;
    let mut lines = vec![format!(
        "Location-scale model of {} ({}){}:",
        counted(fit.k, "study", "studies"),
        likelihood(it.likelihood),
        if synthesis.plan.is_ratio() { ", on the log scale" } else { "" }
    )];
    lines.extend(coefficient_lines(&fit.location, synthesis));
    if fit.location.len() > 1 {
        lines.push(format!("Test of moderators: {}", wald_words(&fit.q_m)));
    }
    lines.push(match it.link {
        ScaleLink::Log => "Logarithm of the between-study variance, ln τ²:".to_owned(),
        ScaleLink::Identity => "Between-study variance, τ²:".to_owned(),
    });
    lines.extend(coefficient_lines(&fit.scale, synthesis));
    if fit.scale.len() > 1 {
        lines.push(format!("Test of scale moderators: {}", wald_words(&fit.q_s)));
    }
    let ends = fit
        .tau2
        .iter()
        .fold((f64::INFINITY, 0.0_f64), |(low, high), it| (low.min(*it), high.max(*it)));
    lines.push(format!(
        "τ² from {} to {}; residual Q = {}, df = {}, {}",
        number::tau2(ends.0),
        number::tau2(ends.1),
        number::fixed(fit.q_e, 2),
        number::fixed(fit.q_e_df, 0),
        p_value(fit.q_e_p_value)
    ));
    if fit.at_boundary {
        lines.push(
            "τ² of some study is at 0, so standard errors of the scale are a rough guide only"
                .to_owned(),
        );
    }
    lines.extend(it.left_out.iter().map(|it| format!("Left out: {}: {}", it.study, it.reason)));
    lines.join("\n")
}
