//! A generalised linear mixed model.

use consilience_review::Keyword;
use consilience_review::analysis::Synthesis;
use consilience_review::inquiry::GlmmFinding;
use serde_json::{Value, json};

use super::p_value_of_effect;
use super::regression::{coefficients, likelihood};
use crate::number::{self, Decimals, counted, p_value, percent};

/// The fit on the analysis scale; `display` as readers see it.
pub(super) fn json(it: &GlmmFinding, synthesis: &Synthesis) -> Value {
    let fit = &it.fit;
    let first = fit.coefficients.first();
    let show = |value: f64| synthesis.display(value);
    json!({
        "model": it.model.name(),
        "measure": it.measure.name(),
        "k": fit.k,
        "coefficients": coefficients(&fit.coefficients),
        "display": {
            "estimate": first.map(|it| show(it.estimate)),
            "ci_lower": first.map(|it| show(it.ci.lower)),
            "ci_upper": first.map(|it| show(it.ci.upper)),
        },
        "tau2": fit.tau2,
        "tau2_se": fit.se_tau2,
        "sigma2": fit.sigma2,
        "rho": fit.rho,
        "i2": fit.i2,
        "h2": fit.h2,
        "q_wald": fit.q_wald,
        "q_wald_p_value": fit.q_wald_p_value,
        "q_lrt": fit.q_lrt,
        "q_lrt_p_value": fit.q_lrt_p_value,
        "q_df": fit.q_df,
        "fit": likelihood(&fit.fit),
    })
}

/// The estimate, τ² and the likelihood-ratio test of heterogeneity in a sentence.
pub(super) fn text(it: &GlmmFinding, synthesis: &Synthesis) -> String {
    let fit = &it.fit;
    let Some(first) = fit.coefficients.first() else { return String::new() };
    let show = |value: f64| synthesis.display(value);
    let [estimate, lower, upper] = [first.estimate, first.ci.lower, first.ci.upper].map(show);
    let decimals = Decimals::for_estimate(estimate, lower, upper);
    format!(
        "Generalised linear mixed model ({}) of {}: {} {} ({}% CI {}){}; {}, I² = {}; likelihood-ratio test of \
         heterogeneity: χ² = {}, df = {}, {}.",
        it.model.name(),
        counted(fit.k, "study", "studies"),
        synthesis.plan.effect_words(),
        decimals.show(estimate),
        synthesis.plan.level,
        decimals.range(lower, upper),
        p_value_of_effect(synthesis, first.p_value),
        number::tau2_equation(fit.tau2),
        percent(fit.i2),
        number::fixed(fit.q_lrt, 2),
        number::fixed(fit.q_df, 0),
        p_value(fit.q_lrt_p_value)
    )
}
