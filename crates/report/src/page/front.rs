//! The top of the page (title, summary, key findings, contents, what is still to do) and its close
//! (limitations, funding, interests).

use askama::Template;
use consilience_review::analysis::Synthesis;

use super::Material;
use super::text::{Link, Named, paragraphs, quoted};
use crate::number::typeset;
use crate::statement::{capitalised, key_finding};

/// Title to contents.
#[derive(Template)]
#[template(path = "front.html", whitespace = "minimize")]
pub(super) struct Front {
    title: String,
    authors: String,
    registration: Option<String>,
    summary: Vec<String>,
    findings: Vec<Finding>,
    contents: Vec<Link>,
    todos: Vec<Named>,
}

struct Finding {
    anchor: String,
    title: String,
    text: String,
    certainty: Option<String>,
}

/// The sections that every report has, with their anchors.
const CONTENTS: [(&str, &str); 11] = [
    ("question", "Question and eligibility"),
    ("methods", "Methods"),
    ("selection", "Study selection"),
    ("studies", "Included studies"),
    ("risk-of-bias", "Risk of bias"),
    ("syntheses", "Syntheses"),
    ("certainty", "Certainty of the evidence"),
    ("limitations", "Limitations, funding and interests"),
    ("searches", "Searches in full"),
    ("data", "Data and their sources"),
    ("references", "References"),
];

impl Front {
    pub(super) fn new(material: Material) -> Self {
        let description = &material.reading.state.description;
        let evaluation = material.evaluation;
        let findings = evaluation
            .syntheses
            .iter()
            .zip(&material.drawings.analyses)
            .map(|(synthesis, drawings)| Finding {
                anchor: format!("analysis-{}", drawings.anchor),
                title: short_title(synthesis),
                text: typeset(&capitalised(&key_finding(synthesis))),
                certainty: evaluation
                    .certainty
                    .iter()
                    .find(|it| {
                        it.comparison == synthesis.comparison.id
                            && it.outcome == synthesis.outcome.id
                    })
                    .and_then(|it| it.decision.as_ref())
                    .map(|it| it.certainty.name().to_lowercase()),
            })
            .collect();
        Self {
            title: description.title.clone(),
            authors: description.authors.join(", "),
            registration: description.registration.clone(),
            summary: paragraphs(description.summary.as_deref()),
            findings,
            contents: CONTENTS
                .iter()
                .map(|(anchor, text)| Link {
                    anchor: (*anchor).to_owned(),
                    text: (*text).to_owned(),
                })
                .collect(),
            todos: evaluation
                .todos
                .iter()
                .map(|it| Named::new(quoted(&capitalised(&it.what)), quoted(&it.how)))
                .collect(),
        }
    }
}

/// The title that the authors gave, else the outcome: the finding itself begins with the measure.
fn short_title(synthesis: &Synthesis) -> String {
    synthesis.plan.title.as_ref().unwrap_or(&synthesis.outcome.name).clone()
}

/// Limitations, funding, interests, registration.
#[derive(Template)]
#[template(path = "closing.html", whitespace = "minimize")]
pub(super) struct Closing {
    limitations: Vec<String>,
    statements: Vec<Named>,
}

impl Closing {
    pub(super) fn new(material: Material) -> Self {
        let description = &material.reading.state.description;
        let stated = |name: &str, text: Option<&String>| {
            Named::new(name, text.map_or("Not stated.", String::as_str))
        };
        Self {
            limitations: paragraphs(description.limitations.as_deref()),
            statements: vec![
                stated("Registration and protocol", description.registration.as_ref()),
                stated("Funding", description.funding.as_ref()),
                stated("Competing interests", description.competing_interests.as_ref()),
            ],
        }
    }
}
