//! Influence of single studies, cumulative synthesis, and the pools of subsets.

use consilience_review::analysis::Synthesis;
use consilience_review::inquiry::{AllSubsets, Cumulative, Influence, InfluenceRow};
use serde_json::{Value, json};

use super::columns::Columns;
use crate::json::pooled;
use crate::number::{self, Decimals, count, four_digits, percent};

/// A row a study; what cannot be computed without it is `null`.
pub(super) fn json(it: &Influence) -> Value {
    let row = |it: &InfluenceRow| {
        let deletion = it.influence.deletion.as_ref();
        json!({
            "study": it.study,
            "hat": it.influence.hat,
            "weight": it.influence.weight,
            "rstudent": deletion.map(|it| it.residual.z),
            "dffits": deletion.map(|it| it.dffits),
            "cook_distance": deletion.map(|it| it.cook_distance),
            "covariance_ratio": deletion.map(|it| it.covariance_ratio),
            "tau2_deleted": deletion.map(|it| it.tau2),
            "i2_deleted": deletion.map(|it| it.i2),
            "q_deleted": deletion.map(|it| it.q_e),
            "dfbetas": deletion.map(|it| it.dfbetas.clone()),
            "is_influential": it.is_influential,
        })
    };
    it.studies.iter().map(row).collect()
}

/// The table of metafor's `influence`, with the studies that stand out marked by `*`.
pub(super) fn text(it: &Influence) -> String {
    let mut table = Columns::new(&[
        "Influence",
        "rstudent",
        "DFFITS",
        "Cook's D",
        "cov.r",
        "τ² without",
        "I² without",
        "Q without",
        "hat",
        "weight",
        "",
    ]);
    for row in &it.studies {
        let of = |value: fn(&consilience_stats::Deletion) -> f64| {
            row.influence.deletion.as_ref().map_or_else(String::new, |it| four_digits(value(it)))
        };
        table.row([
            row.study.clone(),
            of(|it| it.residual.z),
            of(|it| it.dffits),
            of(|it| it.cook_distance),
            of(|it| it.covariance_ratio),
            of(|it| it.tau2),
            row.influence.deletion.as_ref().map_or_else(String::new, |it| percent(it.i2)),
            of(|it| it.q_e),
            four_digits(row.influence.hat),
            number::weight(row.influence.weight),
            if row.is_influential { "*".to_owned() } else { String::new() },
        ]);
    }
    let mut lines = table.lines();
    let influential: Vec<&str> =
        it.studies.iter().filter(|it| it.is_influential).map(|it| it.study.as_str()).collect();
    lines.push(match influential.as_slice() {
        [] => "No study stands out by the usual bounds.".to_owned(),
        studies => format!("* stands out by the usual bounds: {}.", studies.join(", ")),
    });
    lines.join("\n")
}

/// A pool a step, with the study that was added last.
pub(super) fn cumulative_json(it: &Cumulative, synthesis: &Synthesis) -> Value {
    it.steps
        .iter()
        .map(|(study, value, pool)| {
            let mut object = pooled(synthesis, Some(pool));
            object.insert("study".to_owned(), json!(study));
            object.insert("order".to_owned(), json!(value));
            object.insert("k".to_owned(), json!(pool.k));
            Value::Object(object)
        })
        .collect()
}

pub(super) fn cumulative_text(it: &Cumulative, synthesis: &Synthesis) -> String {
    let level = synthesis.plan.level.text();
    let mut table = Columns::new(&[
        &format!("Cumulative by {}", it.order),
        "k",
        &format!("Estimate ({level}% CI)"),
        "P",
        "τ²",
        "I²",
    ]);
    for (study, value, pool) in &it.steps {
        let show = |it: f64| synthesis.display(it);
        let [estimate, lower, upper] = [pool.estimate, pool.ci.lower, pool.ci.upper].map(show);
        let decimals = Decimals::for_estimate(estimate, lower, upper);
        table.row([
            format!("+ {study} ({value})"),
            pool.k.to_string(),
            format!("{} ({})", decimals.show(estimate), decimals.range(lower, upper)),
            number::bare_p_value(pool.p_value),
            number::tau2(pool.tau2),
            percent(pool.i2),
        ]);
    }
    table.lines().join("\n")
}

/// The spread of the subsets' pools; the subsets themselves are too many for a file of text.
pub(super) fn subsets_json(it: &AllSubsets) -> Value {
    let spread = |values: &[f64]| {
        let quantile = |p: f64| quantile(values, p);
        json!({
            "smallest": quantile(0.0), "quarter": quantile(0.25), "median": quantile(0.5),
            "three_quarters": quantile(0.75), "largest": quantile(1.0),
        })
    };
    json!({
        "n": it.gosh.len(),
        "seed": it.seed,
        "estimate": spread(&it.gosh.estimate),
        "tau2": spread(&it.gosh.tau2),
        "i2": spread(&it.gosh.i2),
        "studies": by_study(it),
    })
}

/// For each study the middle of the subsets with it and of those without it.
fn by_study(it: &AllSubsets) -> Value {
    it.studies
        .iter()
        .enumerate()
        .map(|(position, study)| {
            let of = |with: bool, values: &[f64]| {
                let chosen: Vec<f64> = (0..it.gosh.len())
                    .filter(|subset| it.gosh.includes(*subset, position) == with)
                    .map(|subset| values[subset])
                    .collect();
                quantile(&chosen, 0.5)
            };
            json!({
                "study": study,
                "median_estimate_with": of(true, &it.gosh.estimate),
                "median_estimate_without": of(false, &it.gosh.estimate),
                "median_i2_with": of(true, &it.gosh.i2),
                "median_i2_without": of(false, &it.gosh.i2),
            })
        })
        .collect()
}

pub(super) fn subsets_text(it: &AllSubsets, synthesis: &Synthesis) -> String {
    let of = |values: &[f64], p: f64| quantile(values, p).unwrap_or(f64::NAN);
    let show = |p: f64| synthesis.display(of(&it.gosh.estimate, p));
    let [lowest, quarter, median, upper, highest] = [0.0, 0.25, 0.5, 0.75, 1.0].map(show);
    let decimals = Decimals::for_estimate(median, quarter, upper);
    let drawn = it.seed.map_or_else(String::new, |seed| format!(", drawn with seed {seed}"));
    format!(
        "{} subsets of the studies{drawn}: {} {}, middle half {}, median {}; I² {} to {}, median {}.",
        count(it.gosh.len() as f64),
        synthesis.plan.effect_words(),
        decimals.range(lowest, highest),
        decimals.range(quarter, upper),
        decimals.show(median),
        percent(of(&it.gosh.i2, 0.0)),
        percent(of(&it.gosh.i2, 1.0)),
        percent(of(&it.gosh.i2, 0.5)),
    )
}

/// The value below which a share of the values lies: the one at that place in their order.
fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place from 0 to the last"
    )]
    sorted.get((share * last as f64).round() as usize).copied()
}
