//! Small-study effects: tests, adjustments, selection models.

use consilience_review::analysis::Synthesis;
use consilience_review::inquiry::{SelectionFinding, SmallStudyEffects};
use consilience_stats::Interval;
use consilience_stats::bias::{
    AsymmetryTest, FunnelSide, Limit, MissingEstimator, PetOrPeese, TrimFill,
};
use consilience_stats::selection::{Alternative, Estimate};
use serde_json::{Value, json};

use super::columns::Columns;
use super::p_value_of_effect;
use crate::json::pooled;
use crate::number::{self, Decimals, count, counted, four_digits, p_value};

/// On the analysis scale; what could not be computed has a `reason`.
pub(super) fn json(it: &SmallStudyEffects, synthesis: &Synthesis) -> Value {
    json!({
        "k": it.k,
        "tests": it.tests.iter().map(|(name, test)| {
            let mut value = or_reason(test, asymmetry);
            value["test"] = json!(name);
            value
        }).collect::<Value>(),
        "rank": or_reason(&it.rank, |it| json!({
            "kendall_tau": it.kendall_tau, "p_value": it.p_value,
        })),
        "trim_and_fill": it.trim_fill.iter().map(|(estimator, fill)| {
            let mut value = or_reason(fill, |it| trim_fill(it, synthesis));
            value["estimator"] = json!(estimator_name(*estimator));
            value
        }).collect::<Value>(),
        "fail_safe_n": it.fail_safe.iter().map(|(name, n)| {
            let mut value = or_reason(n, |it| json!({ "n": it.n, "p_value": it.p_value }));
            value["method"] = json!(name);
            value
        }).collect::<Value>(),
        "excess_significance": or_reason(&it.excess, |it| json!({
            "observed": it.observed, "expected": it.expected, "p_value": it.p_value,
            "theta": it.theta, "theta_limit": it.theta_limit,
        })),
        "pet_peese": or_reason(&it.pet_peese, |it| json!({
            "chosen": chosen(it.chosen),
            "estimate": limit(&it.estimate),
            "pet": it.pet.limit.as_ref().map(limit),
            "peese": it.peese.limit.as_ref().map(limit),
        })),
        "henmi_copas": or_reason(&it.henmi_copas, |it| json!({
            "estimate": it.estimate, "se": it.se,
            "ci_lower": it.ci.lower, "ci_upper": it.ci.upper, "tau2": it.tau2,
        })),
    })
}

fn or_reason<T>(result: &Result<T, String>, value: impl Fn(&T) -> Value) -> Value {
    match result {
        Ok(it) => value(it),
        Err(reason) => json!({ "reason": reason }),
    }
}

fn asymmetry(it: &AsymmetryTest) -> Value {
    let slope = it.slope();
    json!({
        "slope": slope.estimate, "slope_se": slope.se,
        "statistic": it.statistic, "df": it.df, "p_value": it.p_value,
        "limit": it.limit.as_ref().map(limit),
    })
}

fn limit(it: &Limit) -> Value {
    json!({
        "estimate": it.estimate, "se": it.se, "p_value": it.p_value,
        "ci_lower": it.ci.lower, "ci_upper": it.ci.upper,
    })
}

fn trim_fill(it: &TrimFill, synthesis: &Synthesis) -> Value {
    let mut object = pooled(synthesis, Some(&it.pooled));
    object.insert("side".to_owned(), json!(side(it.side)));
    object.insert("missing".to_owned(), json!(it.missing));
    object.insert("missing_se".to_owned(), json!(it.missing_se));
    object.insert("missing_p_value".to_owned(), json!(it.missing_p_value));
    let filled = it.filled.iter().map(|it| json!({ "estimate": it.estimate, "se": it.se() }));
    object.insert("filled".to_owned(), filled.collect());
    Value::Object(object)
}

const fn side(side: FunnelSide) -> &'static str {
    match side {
        FunnelSide::Left => "left",
        FunnelSide::Right => "right",
    }
}

const fn estimator_name(estimator: MissingEstimator) -> &'static str {
    match estimator {
        MissingEstimator::L0 => "L0",
        MissingEstimator::R0 => "R0",
        MissingEstimator::Q0 => "Q0",
    }
}

const fn chosen(chosen: PetOrPeese) -> &'static str {
    match chosen {
        PetOrPeese::Pet => "PET",
        PetOrPeese::Peese => "PEESE",
    }
}

/// The tests, then the adjustments.
pub(super) fn text(it: &SmallStudyEffects, synthesis: &Synthesis) -> String {
    let mut lines = vec![format!(
        "Small-study effects ({}{}):",
        counted(it.k, "study", "studies"),
        if it.is_thin { "; with fewer than ten such tests tell little" } else { "" }
    )];
    let mut table = Columns::new(&["  Test of asymmetry", "Statistic", "df", "P"]);
    let mut failed = Vec::new();
    for (name, test) in &it.tests {
        match test {
            Ok(test) => table.row([
                format!("  {name}"),
                number::fixed(test.statistic, 2),
                test.df.map_or_else(|| "normal".to_owned(), |df| number::fixed(df, 0)),
                number::bare_p_value(test.p_value),
            ]),
            Err(reason) => failed.push(format!("  {name}: {reason}")),
        }
    }
    match &it.rank {
        Ok(test) => table.row([
            "  Begg-Mazumdar (Kendall's τ)".to_owned(),
            number::fixed(test.kendall_tau, 2),
            String::new(),
            number::bare_p_value(test.p_value),
        ]),
        Err(reason) => failed.push(format!("  Begg-Mazumdar: {reason}")),
    }
    lines.extend(table.lines());
    lines.extend(failed);
    lines.extend(adjustments(it, synthesis));
    lines.join("\n")
}

fn adjustments(it: &SmallStudyEffects, synthesis: &Synthesis) -> Vec<String> {
    let or = |name: &str, result: Result<String, &String>| match result {
        Ok(text) => format!("  {name}: {text}"),
        Err(reason) => format!("  {name}: {reason}"),
    };
    let mut lines = Vec::new();
    for (estimator, fill) in &it.trim_fill {
        let words = fill.as_ref().map(|it| {
            format!(
                "{} missing on the {}; {}",
                counted(it.missing, "study", "studies"),
                side(it.side),
                effect(synthesis, it.pooled.estimate, it.pooled.ci)
            )
        });
        lines.push(or(&format!("Trim and fill ({})", estimator_name(*estimator)), words));
    }
    lines.push(or(
        "PET-PEESE",
        it.pet_peese.as_ref().map(|it| {
            let limit = &it.estimate;
            format!("{}: {}", chosen(it.chosen), effect(synthesis, limit.estimate, limit.ci))
        }),
    ));
    let henmi = it.henmi_copas.as_ref();
    lines.push(or("Henmi-Copas", henmi.map(|it| effect(synthesis, it.estimate, it.ci))));
    let excess = it.excess.as_ref().map(|it| {
        format!(
            "{} significant, {} expected, {}",
            it.observed,
            number::fixed(it.expected, 1),
            p_value(it.p_value)
        )
    });
    lines.push(or("Excess significance", excess));
    let fail_safe: Vec<String> = it
        .fail_safe
        .iter()
        .map(|(name, n)| match n {
            Ok(it) => format!("{} {name}", count(it.n)),
            Err(reason) => format!("{name}: {reason}"),
        })
        .collect();
    lines.push(format!("  Fail-safe N: {}", fail_safe.join(", ")));
    lines
}

/// `risk ratio 0.49 (95% CI 0.34 to 0.70)`.
pub(super) fn effect(synthesis: &Synthesis, estimate: f64, ci: Interval) -> String {
    let [estimate, lower, upper] = [estimate, ci.lower, ci.upper].map(|it| synthesis.display(it));
    let decimals = Decimals::for_estimate(estimate, lower, upper);
    format!(
        "{} {} ({}% CI {})",
        synthesis.plan.effect_words(),
        decimals.show(estimate),
        synthesis.plan.level,
        decimals.range(lower, upper)
    )
}

/// The selection model on the analysis scale.
pub(super) fn selection_json(it: &SelectionFinding, synthesis: &Synthesis) -> Value {
    let fit = &it.fit;
    let estimate = |it: &Estimate| {
        json!({
            "estimate": it.value,
            "se": it.wald.map(|it| it.se),
            "p_value": it.wald.map(|it| it.p_value),
            "ci_lower": it.wald.map(|it| it.ci.lower),
            "ci_upper": it.wald.map(|it| it.ci.upper),
        })
    };
    let mean = fit.coefficients.first();
    json!({
        "model": it.question.name(),
        "alternative": alternative(it.alternative),
        "k": fit.k,
        "mean": mean.map(estimate),
        "display": mean.map(|it| synthesis.display(it.value)),
        "tau2": fit.tau2,
        "tau2_se": fit.se_tau2,
        "parameters": fit.parameters.iter().map(estimate).collect::<Value>(),
        "intervals": fit.intervals.as_ref().map(|it| it.iter().map(|it| {
            json!({ "p_upper": it.upper, "studies": it.studies })
        }).collect::<Value>()),
        "log_likelihood": fit.log_likelihood,
        "selection_test": {
            "statistic": fit.selection_test.statistic,
            "df": fit.selection_test.df,
            "p_value": fit.selection_test.p_value,
        },
    })
}

const fn alternative(alternative: Alternative) -> &'static str {
    match alternative {
        Alternative::Greater => "greater",
        Alternative::Less => "less",
        Alternative::TwoSided => "two-sided",
    }
}

pub(super) fn selection_text(it: &SelectionFinding, synthesis: &Synthesis) -> String {
    let fit = &it.fit;
    let Some(mean) = fit.coefficients.first() else { return String::new() };
    let mean = mean.wald.map_or_else(
        || format!("{} (no standard error)", four_digits(synthesis.display(mean.value))),
        |wald| {
            let p = p_value_of_effect(synthesis, wald.p_value);
            format!("{}{p}", effect(synthesis, mean.value, wald.ci))
        },
    );
    let parameters: Vec<String> = fit.parameters.iter().map(|it| four_digits(it.value)).collect();
    let test = fit.selection_test.p_value.map_or_else(String::new, |p| {
        format!(
            "; test of selection: χ² = {}, df = {}, {}",
            number::fixed(fit.selection_test.statistic, 2),
            number::fixed(fit.selection_test.df, 0),
            p_value(p)
        )
    });
    format!(
        "Selection model {} ({}): {mean}; {}; selection {}{test}.",
        it.question.name(),
        alternative(it.alternative),
        number::tau2_equation(fit.tau2),
        parameters.join(", ")
    )
}
