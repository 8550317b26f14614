//! The multiverse of an analysis.

use consilience_review::analysis::Synthesis;
use consilience_review::inquiry::{Multiverse, Specification};
use serde_json::{Map, Value, json};

use crate::number::{Decimals, counted, percent};

/// `specifications` smallest first, on the scale that readers see; each names its choice of every dimension.
pub(super) fn json(multiverse: &Multiverse) -> Value {
    let specification = |it: &Specification| {
        let mut object: Map<String, Value> = multiverse
            .dimensions
            .iter()
            .zip(&it.choices)
            .map(|(dimension, choice)| {
                (dimension.name.to_owned(), json!(choice.map(|it| dimension.choices[it].name())))
            })
            .collect();
        object.insert("k".to_owned(), json!(it.k));
        object.insert("estimate".to_owned(), json!(it.estimate));
        object.insert("ci_lower".to_owned(), json!(it.ci.lower));
        object.insert("ci_upper".to_owned(), json!(it.ci.upper));
        object.insert("p_value".to_owned(), json!(it.p_value));
        Value::Object(object)
    };
    json!({
        "n": multiverse.specifications.len(),
        "without_answer": multiverse.without_answer,
        "median": multiverse.median,
        "smallest": multiverse.specifications.first().map(|it| it.estimate),
        "largest": multiverse.specifications.last().map(|it| it.estimate),
        "share_excluding_null": multiverse.share_excluding_null,
        "share_below_null": multiverse.share_below_null,
        "planned": multiverse.planned,
        "specifications": multiverse.specifications.iter().map(specification).collect::<Value>(),
    })
}

/// How many specifications there are, where their estimates lie, and how many exclude no effect.
pub(super) fn text(multiverse: &Multiverse, synthesis: &Synthesis) -> String {
    let specifications = &multiverse.specifications;
    let (Some(first), Some(last)) = (specifications.first(), specifications.last()) else {
        return String::new();
    };
    let decimals = Decimals::for_estimate(multiverse.median, first.estimate, last.estimate);
    let mut text = format!(
        "Multiverse: {}; {} {} to {}, median {}",
        counted(specifications.len(), "specification", "specifications"),
        synthesis.plan.effect_words(),
        decimals.show(first.estimate),
        decimals.show(last.estimate),
        decimals.show(multiverse.median),
    );
    if let Some(null) = multiverse.null_value {
        text = format!(
            "{text}; {} of the intervals exclude {null}, {} of the estimates lie below it",
            percent(100.0 * multiverse.share_excluding_null),
            percent(100.0 * multiverse.share_below_null),
        );
    }
    if multiverse.without_answer > 0 {
        let without = counted(multiverse.without_answer, "combination has", "combinations have");
        text = format!("{text}; {without} no answer");
    }
    text.push('.');
    text
}
