//! Votes by direction of effect.

use consilience_review::analysis::{Favoured, Synthesis};
use consilience_review::inquiry::{Directions, Pointing, Side};
use consilience_stats::VoteCount;
use serde_json::{Value, json};

use super::combined::share;
use crate::number::p_value;

pub(super) fn json(it: &Directions, synthesis: &Synthesis) -> Value {
    let rows: Vec<(&str, Value)> = match &it.pointing {
        Pointing::Effects(sides) => {
            let studies = synthesis.studies.iter().map(|it| it.study.as_str());
            studies.zip(sides.iter().map(|it| json!(side(*it)))).collect()
        }
        Pointing::Words(favoured) => {
            let rows = synthesis.narrative.iter().flat_map(|it| &it.rows);
            let studies = rows.map(|it| it.study.as_str());
            studies.zip(favoured.iter().map(|it| json!(it.map(crate::json::favoured)))).collect()
        }
    };
    let studies = rows.into_iter().enumerate().map(|(i, (study, direction))| {
        json!({
            "study": study,
            "direction": direction,
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

const fn side(side: Side) -> &'static str {
    match side {
        Side::Below => "below no effect",
        Side::Neither => "at no effect",
        Side::Above => "above no effect",
    }
}

/// What a study that points somewhere does if it votes for, in words.
struct Words {
    towards: String,
    nowhere: &'static str,
}

pub(super) fn text(it: &Directions, synthesis: &Synthesis) -> String {
    let words = match &it.pointing {
        Pointing::Effects(_) => {
            Words { towards: "above no effect".to_owned(), nowhere: "on either side of no effect" }
        }
        Pointing::Words(_) => Words {
            towards: format!("favouring {}", synthesis.comparison.experimental_name),
            nowhere: "with a direction",
        },
    };
    let all = words.of(it.vote.as_ref(), "studies");
    let better = it.quality.as_ref();
    let better = better.map(|it| words.of(it.vote.as_ref(), &format!("studies with {}", it.rule)));
    let parts: Vec<String> = std::iter::once(all).chain(better).collect();
    format!("Directions: {}.", parts.join("; "))
}

impl Words {
    /// `2 of 13 studies above no effect (15%, 95% CI 4% to 42%), sign test P = 0.02`.
    fn of(&self, vote: Option<&VoteCount>, studies: &str) -> String {
        let Self { towards, nowhere } = self;
        match vote {
            None => format!("no {studies} {nowhere}"),
            Some(it) => {
                let (test, share) = (p_value(it.p_value), share(it));
                format!(
                    "{} of {} {studies} {towards} ({share}), sign test {test}",
                    it.positive, it.total
                )
            }
        }
    }
}

/// Whom a study favours, in words.
pub(super) fn favours_text(favours: Option<Favoured>, synthesis: &Synthesis) -> String {
    match favours {
        Some(Favoured::Experimental) => synthesis.comparison.experimental_name.clone(),
        Some(Favoured::Comparator) => synthesis.comparison.comparator_name.clone(),
        Some(Favoured::Neither) => "neither".to_owned(),
        Some(Favoured::Unclear) => "unclear".to_owned(),
        None => "–".to_owned(),
    }
}
