//! Permutation tests and bootstrap intervals.

use consilience_review::analysis::Synthesis;
use consilience_review::inquiry::{BootstrapFinding, PermutationFinding};
use consilience_stats::Interval;
use consilience_stats::resample::permutation::Tail;
use serde_json::{Value, json};

use crate::number::{Decimals, count, counted, p_value};

pub(super) fn permutation_json(it: &PermutationFinding) -> Value {
    let coefficient = |(name, p): (&String, &f64)| json!({ "name": name, "p_value": p });
    json!({
        "arrangements": it.test.arrangements,
        "is_exact": it.test.is_exact,
        "alternative": match it.tail {
            Tail::Both => "two-sided",
            Tail::Less => "less",
            Tail::Greater => "greater",
        },
        "seed": if it.test.is_exact { Value::Null } else { json!(it.seed) },
        "failed": it.test.failed,
        "coefficients":
            it.coefficients.iter().zip(&it.test.p_values).map(coefficient).collect::<Value>(),
        "moderators_p_value": it.test.q_m_p_value,
    })
}

pub(super) fn permutation_text(it: &PermutationFinding) -> String {
    let n = counted(it.test.arrangements, "arrangement", "arrangements");
    let how = if it.test.is_exact {
        format!("all {n}")
    } else {
        format!("{n} drawn with seed {}", it.seed)
    };
    let coefficients: Vec<String> = it
        .coefficients
        .iter()
        .zip(&it.test.p_values)
        .map(|(name, p)| {
            let name = if name == "intrcpt" { "mean" } else { name };
            format!("{name} {}", p_value(*p))
        })
        .collect();
    let side = match it.tail {
        Tail::Both => "",
        Tail::Less => ", one-sided for values below 0",
        Tail::Greater => ", one-sided for values above 0",
    };
    format!("Permutation test ({how}{side}): {}.", coefficients.join(", "))
}

pub(super) fn bootstrap_json(it: &BootstrapFinding) -> Value {
    let interval = |it: Interval| json!({ "ci_lower": it.lower, "ci_upper": it.upper });
    let of = |it: &consilience_stats::resample::bootstrap::BootstrapIntervals| {
        json!({
            "bias": it.bias,
            "se": it.se,
            "percentile": interval(it.percentile),
            "bca": it.bca.map(interval),
            "studentised": it.studentised.map(interval),
        })
    };
    json!({
        "replicates": it.options.replicates,
        "seed": it.options.seed,
        "failed": it.bootstrap.failed,
        "mean": of(&it.bootstrap.mean_intervals),
        "tau2": of(&it.bootstrap.tau2_intervals),
    })
}

pub(super) fn bootstrap_text(it: &BootstrapFinding, synthesis: &Synthesis) -> String {
    let shown = |interval: Interval| {
        let [lower, upper] = [interval.lower, interval.upper].map(|it| synthesis.display(it));
        Decimals::for_estimate(lower, lower, upper).range(lower, upper)
    };
    let intervals = &it.bootstrap.mean_intervals;
    let mut words = vec![format!("percentile {}", shown(intervals.percentile))];
    words.extend(intervals.bca.map(|it| format!("BCa {}", shown(it))));
    words.extend(intervals.studentised.map(|it| format!("studentised {}", shown(it))));
    format!(
        "Bootstrap ({} samples of the studies, seed {}): {}% CI of the {}: {}.",
        count(it.options.replicates as f64),
        it.options.seed,
        synthesis.plan.level,
        synthesis.plan.effect_words(),
        words.join("; ")
    )
}
