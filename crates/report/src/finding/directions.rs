//! Votes by direction of effect.

use consilience_review::analysis::Synthesis;
use consilience_review::inquiry::{Directions, Side};
use consilience_stats::VoteCount;
use serde_json::{Value, json};

use crate::number::p_value;

pub(super) fn json(it: &Directions, synthesis: &Synthesis) -> Value {
    let studies = synthesis.studies.iter().zip(&it.sides).enumerate().map(|(i, (study, side))| {
        json!({
            "study": study.study,
            "direction": name(*side),
            "meets_quality": it.quality.as_ref().map(|it| it.is_met[i]),
        })
    });
    json!({
        "vote": it.vote.as_ref().map(crate::json::vote),
        "quality": it.quality.as_ref().map(|it| json!({
            "rule": it.rule.to_string(),
            "vote": it.vote.as_ref().map(crate::json::vote),
        })),
        "studies": studies.collect::<Value>(),
    })
}

const fn name(side: Side) -> &'static str {
    match side {
        Side::Below => "below no effect",
        Side::Neither => "at no effect",
        Side::Above => "above no effect",
    }
}

pub(super) fn text(it: &Directions) -> String {
    let all = words(it.vote.as_ref(), "studies");
    let better = it.quality.as_ref();
    let better = better.map(|it| words(it.vote.as_ref(), &format!("studies with {}", it.rule)));
    let parts: Vec<String> = std::iter::once(all).chain(better).collect();
    format!("Directions: {}.", parts.join("; "))
}

/// `2 of 13 studies above no effect, sign test P = 0.02`.
fn words(vote: Option<&VoteCount>, studies: &str) -> String {
    match vote {
        None => format!("no {studies} on either side of no effect"),
        Some(it) => {
            let test = p_value(it.p_value);
            format!("{} of {} {studies} above no effect, sign test {test}", it.positive, it.total)
        }
    }
}
