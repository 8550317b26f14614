//! What each effect and each cluster does to a multilevel model.

use consilience_review::inquiry::{MultilevelInfluence, RowInfluence};
use consilience_stats::multivariate::{Deletion, MultilevelFit};
use serde_json::{Value, json};

use super::columns::Columns;
use crate::number::{bare_p_value, four_digits};

/// A row for each cluster and each effect; what cannot be computed without it is `null`.
pub(super) fn json(it: &MultilevelInfluence) -> Value {
    let failed = it.clusters.failed.iter();
    json!({
        "cluster": it.column,
        "clusters": it.clusters.clusters.iter().map(cluster).collect::<Value>(),
        "failed": failed
            .map(|(name, why)| json!({ "cluster": name, "reason": why.to_string() }))
            .collect::<Value>(),
        "rows": it.rows.iter().map(row).collect::<Value>(),
    })
}

fn cluster(it: &Deletion) -> Value {
    let variances: Vec<&[f64]> = it.components.iter().map(|it| it.variances.as_slice()).collect();
    json!({
        "cluster": it.cluster,
        "k": it.rows.len(),
        "chi2": it.chi2,
        "p_value": it.p_value,
        "cook_distance": it.cooks_distance,
        "dfbetas": it.dfbetas,
        "coefficients_deleted": it.coefficients,
        "variances_deleted": variances,
        "is_influential": MultilevelInfluence::stands_out(it),
    })
}

fn row(it: &RowInfluence) -> Value {
    let deletion = it.deletion.as_ref();
    let residual = deletion.and_then(|it| it.residuals.first());
    json!({
        "study": it.study,
        "hat": it.hat,
        "residual_deleted": residual.map(|it| it.residual),
        "se_deleted": residual.map(|it| it.se),
        "rstudent": residual.map(|it| it.z),
        "cook_distance": deletion.map(|it| it.cooks_distance),
        "dfbetas": deletion.map(|it| it.dfbetas.clone()),
        "is_influential": deletion.is_some_and(MultilevelInfluence::stands_out),
    })
}

/// Both tables, with what stands out marked by `*`.
pub(super) fn lines(it: &MultilevelInfluence, fit: &MultilevelFit) -> Vec<String> {
    let mark = |stands_out: bool| if stands_out { "*".to_owned() } else { String::new() };
    let largest = |it: &Deletion| {
        four_digits(
            it.dfbetas.iter().copied().fold(0.0, |a: f64, b| if b.abs() > a.abs() { b } else { a }),
        )
    };
    // Of several coefficients the one that moves most.
    let dfbetas = if fit.p() == 1 { "DFBETAS" } else { "largest DFBETAS" };
    let first = format!("Influence by {}", it.column);
    let header = [&first, "Effects", "χ²", "P", "Cook's D", dfbetas, "variances without", ""];
    let mut table = Columns::new(&header);
    for deletion in &it.clusters.clusters {
        let variances = deletion.components.iter().flat_map(|it| &it.variances);
        let variances: Vec<String> = variances.map(|it| four_digits(*it)).collect();
        table.row([
            deletion.cluster.clone(),
            deletion.rows.len().to_string(),
            deletion.chi2.map_or_else(String::new, four_digits),
            deletion.p_value.map_or_else(String::new, bare_p_value),
            four_digits(deletion.cooks_distance),
            largest(deletion),
            variances.join(", "),
            mark(MultilevelInfluence::stands_out(deletion)),
        ]);
    }
    let mut lines = table.lines();
    lines.extend(it.clusters.failed.iter().map(|(name, why)| format!("Without {name}: {why}")));
    let mut table =
        Columns::new(&["Influence by effect", "rstudent", "Cook's D", dfbetas, "hat", ""]);
    for row in &it.rows {
        let of = |value: &dyn Fn(&Deletion) -> String| {
            row.deletion.as_ref().map_or_else(String::new, value)
        };
        let z =
            |it: &Deletion| it.residuals.first().map_or_else(String::new, |it| four_digits(it.z));
        table.row([
            row.study.clone(),
            of(&z),
            of(&|it| four_digits(it.cooks_distance)),
            of(&largest),
            four_digits(row.hat),
            mark(row.deletion.as_ref().is_some_and(MultilevelInfluence::stands_out)),
        ]);
    }
    lines.extend(table.lines());
    lines.push(
        "* stands out: its Cook's distance is above the median of its χ² distribution, or a DFBETAS beyond ±1.".to_owned(),
    );
    lines
}
