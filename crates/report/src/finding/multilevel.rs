//! Models of dependent effects, and inference that is robust to clusters.

use consilience_review::analysis::Synthesis;
use consilience_review::inquiry::{DependentEffects, DependentModel};
use consilience_stats::Coefficient;
use consilience_stats::multivariate::{Component, MultilevelFit, ProfileInterval, RobustInference};
use serde_json::{Value, json};

use super::columns::Columns;
use super::deletions;
use super::p_value_of_effect;
use super::regression::{
    coefficient_lines, coefficients, excluded, fit_statistics, wald, wald_words,
};
use crate::number::{self, counted, four_digits, p_value, percent};

/// The model on the analysis scale; `robust` where clusters were named.
pub(super) fn json(it: &DependentEffects) -> Value {
    let mut value = match &it.model {
        DependentModel::Multilevel { fit, intervals, i2, influence } => {
            let mut value = multilevel(fit, intervals, i2.as_deref());
            value["influence"] = influence.as_ref().map_or(Value::Null, |it| deletions::json(it));
            value
        }
        DependentModel::Independent(fit) => super::regression::regression(fit),
    };
    value["robust"] = it.robust.as_ref().map_or(Value::Null, |robust| {
        json!({
            "cluster": it.cluster,
            "correction": it.correction.name(),
            "clusters": robust.clusters,
            "coefficients": coefficients(&robust.coefficients),
            "df": robust.df,
            "moderators": robust.q_m.as_ref().map(wald),
        })
    });
    value["excluded"] = excluded(&it.left_out);
    value
}

fn multilevel(
    fit: &MultilevelFit,
    intervals: &[Option<ProfileInterval>],
    i2: Option<&[f64]>,
) -> Value {
    let component = |it: &Component| {
        json!({
            "name": it.name,
            "groups": it.groups,
            "levels": it.levels,
            "variances": it.variances,
            "correlations": it.correlations,
        })
    };
    let interval = |it: &Option<ProfileInterval>| {
        it.map_or(
            Value::Null,
            |it| json!({ "estimate": it.estimate, "ci_lower": it.lower, "ci_upper": it.upper }),
        )
    };
    json!({
        "k": fit.k(),
        "coefficients": coefficients(&fit.coefficients),
        "components": fit.components.iter().map(component).collect::<Value>(),
        "intervals": intervals.iter().map(interval).collect::<Value>(),
        "i2": i2,
        "q": fit.q_e,
        "q_df": fit.q_e_df,
        "q_p_value": fit.q_e_p_value,
        "moderators": wald(&fit.q_m),
        "fit": fit_statistics(&fit.fit),
    })
}

/// The coefficients, the variances by level, and the robust inference.
pub(super) fn text(it: &DependentEffects, synthesis: &Synthesis) -> String {
    let mut lines = Vec::new();
    match &it.model {
        DependentModel::Multilevel { fit, intervals, i2, influence } => {
            let scale = if synthesis.plan.is_ratio() { ", on the log scale" } else { "" };
            let effects = counted(fit.k(), "effect", "effects");
            lines.push(format!("Multilevel model of {effects}{scale}:"));
            lines.extend(coefficient_lines(&fit.coefficients, synthesis));
            lines.extend(variance_lines(fit, intervals, i2.as_deref(), synthesis));
            if let (Some(q), Some(p)) = (fit.q_e, fit.q_e_p_value) {
                lines.push(format!(
                    "Heterogeneity: Q = {}, df = {}, {}",
                    number::fixed(q, 2),
                    number::fixed(fit.q_e_df, 0),
                    p_value(p)
                ));
            }
            if fit.coefficients.len() > 1 {
                lines.push(format!("Test of moderators: {}", wald_words(&fit.q_m)));
            }
            lines.extend(shown(&fit.coefficients, synthesis));
            lines.extend(influence.iter().flat_map(|it| deletions::lines(it, fit)));
        }
        DependentModel::Independent(_) => {}
    }
    if let Some(robust) = &it.robust {
        lines.extend(robust_lines(it, robust, synthesis));
    }
    lines.extend(it.left_out.iter().map(|it| format!("Left out: {}: {}", it.study, it.reason)));
    lines.join("\n")
}

fn robust_lines(
    it: &DependentEffects,
    robust: &RobustInference,
    synthesis: &Synthesis,
) -> Vec<String> {
    let mut lines = vec![format!(
        "Robust to {} of {} ({}):",
        counted(robust.clusters, "cluster", "clusters"),
        it.cluster.as_deref().unwrap_or_default(),
        it.correction.name()
    )];
    lines.extend(coefficient_lines(&robust.coefficients, synthesis));
    let df: Vec<String> = robust.df.iter().map(|it| number::fixed(*it, 1)).collect();
    lines.push(format!("Degrees of freedom: {}", df.join(", ")));
    if robust.coefficients.len() > 1
        && let Some(test) = &robust.q_m
    {
        lines.push(format!("Test of moderators: {}", wald_words(test)));
    }
    lines.extend(shown(&robust.coefficients, synthesis));
    lines
}

/// The mean effect as readers see it, where it is the only coefficient.
fn shown(coefficients: &[Coefficient], synthesis: &Synthesis) -> Option<String> {
    let [mean] = coefficients else { return None };
    let show = |it: f64| synthesis.display(it);
    let [estimate, lower, upper] = [mean.estimate, mean.ci.lower, mean.ci.upper].map(show);
    let decimals = number::Decimals::for_estimate(estimate, lower, upper);
    Some(format!(
        "Mean effect: {} {} ({}% CI {}){}",
        synthesis.plan.effect_words(),
        decimals.show(estimate),
        synthesis.plan.level,
        decimals.range(lower, upper),
        p_value_of_effect(synthesis, mean.p_value)
    ))
}

fn variance_lines(
    fit: &MultilevelFit,
    intervals: &[Option<ProfileInterval>],
    i2: Option<&[f64]>,
    synthesis: &Synthesis,
) -> Vec<String> {
    let level = synthesis.plan.level.text();
    let mut table =
        Columns::new(&["Component", "Variance", "SD", &format!("{level}% CI"), "I²", "Groups"]);
    let range = |at: usize| {
        intervals.get(at).copied().flatten().map_or_else(String::new, |it| {
            format!("{} to {}", four_digits(it.lower), four_digits(it.upper))
        })
    };
    let mut position = 0;
    let mut variance = 0;
    let mut correlations = Vec::new();
    for component in &fit.components {
        for (i, value) in component.variances.iter().enumerate() {
            let level = component.levels.get(i).filter(|_| component.variances.len() > 1);
            table.row([
                level.map_or_else(
                    || component.name.clone(),
                    |it| format!("{}: {it}", component.name),
                ),
                four_digits(*value),
                four_digits(value.sqrt()),
                range(position),
                i2.and_then(|it| it.get(variance)).map_or_else(String::new, |it| percent(*it)),
                component.groups.to_string(),
            ]);
            variance += 1;
            position += usize::from(!component.variances_fixed[i]);
        }
        for (i, value) in component.correlations.iter().enumerate() {
            correlations.push(format!(
                "{}: correlation {} ({level}% CI {})",
                component.name,
                four_digits(*value),
                range(position)
            ));
            position += usize::from(!component.correlations_fixed[i]);
        }
    }
    let mut lines = table.lines();
    lines.extend(correlations);
    lines
}
