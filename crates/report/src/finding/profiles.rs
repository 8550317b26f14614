//! Review Manager's answer and metafor's, side by side.

use consilience_review::analysis::Synthesis;
use consilience_review::inquiry::Profiles;
use consilience_stats::DifferenceTopic;
use serde_json::{Value, json};

use crate::json::synthesis_json;
use crate::number::{counted, fixed, four_digits, p_value};

/// Both analyses in full, and the differences with what each is about.
pub(super) fn json(it: &Profiles) -> Value {
    json!({
        "revman": synthesis_json(&it.review_manager),
        "metafor": synthesis_json(&it.metafor),
        "differences": it
            .differences
            .iter()
            .map(|it| json!({ "topic": topic(it.topic), "sentence": it.sentence }))
            .collect::<Value>(),
    })
}

/// What a difference is about, in words.
fn topic(topic: DifferenceTopic) -> &'static str {
    match topic {
        DifferenceTopic::StudyEffect => "study effect",
        DifferenceTopic::ZeroCells => "zero cells",
        DifferenceTopic::Estimability => "estimability",
        DifferenceTopic::Pooling => "pooling",
        DifferenceTopic::PooledVariance => "pooled variance",
        DifferenceTopic::Tau2 => "tau2",
        DifferenceTopic::Heterogeneity => "heterogeneity",
        DifferenceTopic::Interval => "interval",
        DifferenceTopic::Prediction => "prediction",
    }
}

/// A line for each program, with more digits than a report has, and a sentence for each difference.
pub(super) fn text(it: &Profiles) -> String {
    let mut lines = vec![
        format!("Review Manager 5.4: {}", line(&it.review_manager)),
        format!("metafor:            {}", line(&it.metafor)),
    ];
    if it.differences.is_empty() {
        lines.push("Nothing on which the two differ matters for these studies.".to_owned());
    } else {
        lines.push("Why they differ:".to_owned());
        lines.extend(it.differences.iter().map(|it| format!("- {}", it.sentence)));
    }
    lines.join("\n")
}

fn line(synthesis: &Synthesis) -> String {
    let Some(pooled) = &synthesis.pooled else {
        return synthesis.notes.last().cloned().unwrap_or_else(|| "not pooled".to_owned());
    };
    let show = |value: f64| four_digits(synthesis.display(value));
    format!(
        "{} {} ({}% CI {} to {}), {}; τ² = {}, I² = {}%, Q = {} (df = {}, {}); {}",
        synthesis.plan.effect_words(),
        show(pooled.estimate),
        synthesis.plan.level,
        show(pooled.ci.lower),
        show(pooled.ci.upper),
        p_value(pooled.p_value),
        if pooled.tau2 == 0.0 { "0".to_owned() } else { four_digits(pooled.tau2) },
        fixed(pooled.i2, 1),
        fixed(pooled.q, 2),
        fixed(pooled.q_df, 0),
        p_value(pooled.q_p_value),
        counted(pooled.k, "study", "studies"),
    )
}
