//! The p-curve and p-uniform*.

use consilience_review::analysis::Synthesis;
use consilience_review::inquiry::PUniformFinding;
use consilience_stats::Direction;
use consilience_stats::bias::{CurveTest, CurveTests, PCurve};
use serde_json::{Value, json};

use super::columns::Columns;
use super::p_value_of_effect;
use super::small_study::effect;
use crate::number::{self, counted, p_value};

pub(super) fn curve_json(it: &PCurve) -> Value {
    json!({
        "k": it.k,
        "significant": it.significant,
        "highly_significant": it.highly_significant,
        "right_skew": tests(&it.right_skew),
        "flatness": tests(&it.flatness),
        "power": it.power,
        "power_lower": it.power_interval.lower,
        "power_upper": it.power_interval.upper,
        "evidential_value": it.evidence.name(),
    })
}

fn tests(it: &CurveTests) -> Value {
    let test = |it: &CurveTest| json!({ "z": it.z, "p_value": it.p_value });
    json!({
        "binomial_p_value": it.binomial,
        "full": test(&it.full),
        "half": it.half.as_ref().map(test),
    })
}

pub(super) fn curve_text(it: &PCurve) -> String {
    let title = format!(
        "p-curve of {} ({} with P < 0.05, {} with P < 0.025)",
        counted(it.k, "study", "studies"),
        it.significant,
        it.highly_significant
    );
    let mut table = Columns::new(&[&title, "P (binomial)", "z (full)", "P", "z (half)", "P"]);
    for (name, tests) in [
        ("  Right-skewed: some effect", &it.right_skew),
        ("  Flatter than at 33% power", &it.flatness),
    ] {
        let of = |test: Option<CurveTest>| {
            test.map_or_else(Default::default, |it| {
                [number::fixed(it.z, 2), number::bare_p_value(it.p_value)]
            })
        };
        let ([full, full_p], [half, half_p]) = (of(Some(tests.full)), of(tests.half));
        let binomial = number::bare_p_value(tests.binomial);
        table.row([name.to_owned(), binomial, full, full_p, half, half_p]);
    }
    let mut lines = table.lines();
    let percent = |share: f64| number::fixed(100.0 * share, 0);
    lines.push(format!(
        "  Power {}% (90% CI {} to {}%); evidential value {}.",
        percent(it.power),
        percent(it.power_interval.lower),
        percent(it.power_interval.upper),
        it.evidence.name()
    ));
    lines.join("\n")
}

/// On the analysis scale; an end of an interval that the likelihood does not bound is `null`.
pub(super) fn uniform_json(it: &PUniformFinding, synthesis: &Synthesis) -> Value {
    let fit = &it.fit;
    json!({
        "k": fit.k,
        "significant": fit.significant,
        "direction": it.direction.name(),
        "estimate": fit.estimate,
        "display": synthesis.display(fit.estimate),
        "ci_lower": fit.ci.lower,
        "ci_upper": fit.ci.upper,
        "p_value": fit.effect_p_value,
        "statistic": fit.effect_statistic,
        "tau2": fit.tau2,
        "tau2_lower": fit.tau2_ci.lower,
        "tau2_upper": fit.tau2_ci.upper,
        "heterogeneity_statistic": fit.heterogeneity_statistic,
        "heterogeneity_p_value": fit.heterogeneity_p_value,
        "log_likelihood": fit.log_likelihood,
    })
}

pub(super) fn uniform_text(it: &PUniformFinding, synthesis: &Synthesis) -> String {
    let fit = &it.fit;
    let side = match it.direction {
        Direction::Positive => "above",
        Direction::Negative => "below",
    };
    format!(
        "p-uniform* ({} of {} significant {side} no effect): {}{} (one-sided); {}, test of heterogeneity {}.",
        fit.significant,
        counted(fit.k, "study", "studies"),
        effect(synthesis, fit.estimate, fit.ci),
        p_value_of_effect(synthesis, fit.effect_p_value),
        number::tau2_equation(fit.tau2),
        p_value(fit.heterogeneity_p_value)
    )
}
