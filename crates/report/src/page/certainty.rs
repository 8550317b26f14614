//! Section 7: certainty of the evidence, as the authors rated it.

use askama::Template;
use consilience_review::Keyword;
use consilience_review::certainty::{BodyOfEvidence, Decision};
use consilience_review::vocabulary::certainty::CertaintyItem;

use super::Material;
use super::text::Named;
use crate::number::typeset;
use crate::statement::{capitalised, key_finding};

/// GRADE's level per comparison and outcome.
#[derive(Template)]
#[template(path = "certainty.html", whitespace = "minimize")]
pub(super) struct CertaintySection {
    bodies: Vec<Body>,
    unrated: Vec<String>,
}

struct Body {
    outcome: String,
    comparison: String,
    finding: String,
    start: &'static str,
    level: &'static str,
    symbols: &'static str,
    ratings: Vec<Named>,
}

impl CertaintySection {
    pub(super) fn new(material: Material) -> Self {
        let state = &material.reading.state;
        let all = &material.evaluation.certainty;
        let rated = || all.iter().filter_map(|it| Some((it, it.decision.as_ref()?)));
        let bodies = rated().map(|(it, decision)| Body::new(material, it, decision)).collect();
        let unrated = state
            .outcomes
            .values()
            .filter(|outcome| !rated().any(|it| it.0.outcome == outcome.id))
            .map(|it| it.name.clone())
            .collect();
        Self { bodies, unrated }
    }
}

impl Body {
    fn new(material: Material, body: &BodyOfEvidence, decision: &Decision) -> Self {
        let state = &material.reading.state;
        let name = |known: Option<&String>, id: &String| known.unwrap_or(id).clone();
        let synthesis = body.main.and_then(|it| material.evaluation.syntheses.get(it));
        let ratings = decision
            .entries
            .iter()
            .map(|it| &it.entry)
            .filter_map(|entry| match &entry.item {
                CertaintyItem::Domain(domain, rating) => {
                    let reason = entry.reason.as_deref().map(|it| format!(". {it}"));
                    let text = rating.name().to_owned() + &reason.unwrap_or_default();
                    Some(Named::new(domain.name(), text))
                }
                CertaintyItem::Start(_) => None,
            })
            .collect();
        Self {
            outcome: name(state.outcomes.get(&body.outcome).map(|it| &it.name), &body.outcome),
            comparison: name(
                state.comparisons.get(&body.comparison).map(|it| &it.name),
                &body.comparison,
            ),
            finding: synthesis.map_or_else(
                || "No analysis.".to_owned(),
                |it| typeset(&capitalised(&key_finding(it))),
            ),
            start: decision.start.name(),
            level: decision.certainty.name(),
            symbols: decision.certainty.symbols(),
            ratings,
        }
    }
}
