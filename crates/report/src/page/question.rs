//! Section 1: the question and the criteria.

use askama::Template;
use consilience_review::vocabulary::protocol::Better;

use super::Material;
use super::text::Named;

/// Question, criteria, comparisons and outcomes.
#[derive(Template)]
#[template(path = "question.html", whitespace = "minimize")]
pub(super) struct QuestionSection {
    objective: Option<String>,
    parts: Vec<Named>,
    include: Vec<String>,
    exclude: Vec<String>,
    comparisons: Vec<Named>,
    outcomes: Vec<Named>,
}

impl QuestionSection {
    pub(super) fn new(material: Material) -> Self {
        let state = &material.reading.state;
        let question = &state.question;
        let parts = [
            ("Population", &question.population),
            ("Intervention", &question.intervention),
            ("Comparator", &question.comparator),
            ("Study designs", &question.designs),
        ];
        Self {
            objective: question.objective.clone(),
            parts: parts
                .iter()
                .filter_map(|(name, text)| Some(Named::new(*name, text.as_ref()?)))
                .collect(),
            include: state.eligibility.include.clone(),
            exclude: state.eligibility.exclude.clone(),
            comparisons: state
                .comparisons
                .values()
                .map(|it| {
                    let names = format!("{} against {}", it.experimental_name, it.comparator_name);
                    Named::new(&it.name, names)
                })
                .collect(),
            outcomes: state
                .outcomes
                .values()
                .map(|it| {
                    let unit = it.unit.as_ref().map(|unit| format!("In {unit}."));
                    let direction = it.direction.map(|better| match better {
                        Better::Lower => "Lower is better.".to_owned(),
                        Better::Higher => "Higher is better.".to_owned(),
                    });
                    let text: Vec<String> =
                        it.description.clone().into_iter().chain(unit).chain(direction).collect();
                    Named::new(&it.name, text.join(" "))
                })
                .collect(),
        }
    }
}
