//! The summary of findings and the evidence profile of each comparison: one model, which the page, the CSV files and
//! `results.json` print.
//!
//! Cochrane Handbook 14.1.6 and the GRADE handbook 6. Everything comes from the analyses and the panel's ratings as they stand;
//! a rating that was made on other numbers is marked.

mod absolute;
mod profile;
mod row;
mod tables;

use consilience_review::certainty::BodyOfEvidence;
use consilience_review::vocabulary::grading::Importance;
use consilience_review::{Evaluation, State};
use serde_json::{Value, json};

pub(crate) use absolute::RiskText;
use profile::Profile;
pub(crate) use row::{FindingRow, importance_word};
pub(crate) use tables::{profiles_csv, summaries_csv};

/// More outcomes than readers can weigh (Cochrane Handbook 14.1.6.2).
const MOST_OUTCOMES: usize = 7;

/// The findings of one comparison.
#[derive(Debug, Clone)]
pub(crate) struct SummaryOfFindings {
    /// The comparison's key.
    pub(crate) comparison: String,
    /// Its name.
    pub(crate) name: String,
    /// Population, setting, intervention, comparison: what is known of them.
    pub(crate) header: Vec<(&'static str, String)>,
    /// How the groups are called.
    pub(crate) groups: (String, String),
    /// `95% CI`, or only `CI` where the analyses' levels differ.
    pub(crate) interval: String,
    /// By importance.
    pub(crate) rows: Vec<FindingRow>,
    /// Letter and text.
    pub(crate) footnotes: Vec<(String, String)>,
    /// Where the assumed risks come from, each once.
    pub(crate) bases: Vec<String>,
    /// Abbreviations that the table uses.
    pub(crate) abbreviations: Vec<&'static str>,
    /// What its authors should look at.
    pub(crate) warnings: Vec<String>,
}

/// One for each comparison that has a body of evidence.
pub(crate) fn summaries(state: &State, evaluation: &Evaluation) -> Vec<SummaryOfFindings> {
    let summaries = state.comparisons.keys().map(|it| summary(state, evaluation, it));
    summaries.filter(|it| !it.rows.is_empty()).collect()
}

fn summary(state: &State, evaluation: &Evaluation, id: &str) -> SummaryOfFindings {
    let comparison = &state.comparisons[id];
    let mut bodies: Vec<_> = evaluation.certainty.iter().filter(|it| it.comparison == id).collect();
    bodies.sort_by_key(|it| it.rank(state).1);
    let interval = interval(evaluation, &bodies);
    let mut footnotes = Footnotes(Vec::new());
    let rows: Vec<FindingRow> = bodies
        .into_iter()
        .map(|it| FindingRow::new(state, evaluation, it, &mut footnotes))
        .collect();
    let mut bases: Vec<String> = Vec::new();
    for row in &rows {
        for risk in row.risks.iter().filter(|it| it.comparator_is_known) {
            let basis = format!("{}: {}", row.named(risk), risk.basis);
            if !bases.contains(&basis) {
                bases.push(basis);
            }
        }
    }
    let question = &state.question;
    let header = [
        ("Patient or population", question.population.clone()),
        ("Setting", question.setting.clone()),
        ("Intervention", Some(comparison.experimental_name.clone())),
        ("Comparison", Some(comparison.comparator_name.clone())),
    ];
    SummaryOfFindings {
        comparison: id.to_owned(),
        name: comparison.name.clone(),
        header: header.into_iter().filter_map(|(name, text)| Some((name, text?))).collect(),
        groups: (comparison.experimental_name.clone(), comparison.comparator_name.clone()),
        abbreviations: abbreviations(&rows),
        warnings: warnings(&rows),
        footnotes: footnotes.lettered(),
        interval,
        bases,
        rows,
    }
}

/// The level of the main analyses' intervals.
fn interval(evaluation: &Evaluation, bodies: &[&BodyOfEvidence]) -> String {
    let main = bodies.iter().filter_map(|it| evaluation.syntheses.get(it.main?));
    let levels: Vec<&str> = main.map(|it| it.plan.level.text()).collect();
    match levels.split_first() {
        Some((first, others)) if others.iter().all(|it| it == first) => format!("{first}% CI"),
        _ => "CI".to_owned(),
    }
}

/// Texts with the letters that stand for them in the table.
pub(crate) struct Footnotes(Vec<String>);

impl Footnotes {
    /// The letter of a text, which is kept once.
    fn mark(&mut self, text: String) -> String {
        let position = self.0.iter().position(|it| *it == text).unwrap_or_else(|| {
            self.0.push(text);
            self.0.len() - 1
        });
        letter(position)
    }

    fn lettered(self) -> Vec<(String, String)> {
        self.0.into_iter().enumerate().map(|(i, text)| (letter(i), text)).collect()
    }
}

/// a, b, …, z, aa, ab, …
fn letter(position: usize) -> String {
    let own = char::from(b'a' + u8::try_from(position % 26).unwrap_or(0));
    match position / 26 {
        0 => own.to_string(),
        before => letter(before - 1) + &own.to_string(),
    }
}

fn warnings(rows: &[FindingRow]) -> Vec<String> {
    let shown = rows.iter().filter(|it| it.importance != Some(Importance::Limited)).count();
    let mut warnings = Vec::new();
    if shown > MOST_OUTCOMES {
        warnings.push(format!(
            "{shown} outcomes are more than the {MOST_OUTCOMES} that readers can weigh: call those of limited importance so."
        ));
    }
    if rows.iter().all(|it| it.importance.is_none()) {
        warnings.push("Nobody said how important the outcomes are.".to_owned());
    }
    if !rows.iter().any(|it| it.is_harm) {
        warnings.push(
            "No outcome is called a harm; a summary of findings shows harms as well.".to_owned(),
        );
    }
    warnings
}

fn abbreviations(rows: &[FindingRow]) -> Vec<&'static str> {
    let mut all = vec!["CI: confidence interval"];
    let needed = |text: &str| {
        rows.iter().any(|row| {
            row.risks.iter().any(|it| it.nnt.as_deref().is_some_and(|it| it.contains(text)))
        })
    };
    if needed("NNTB") {
        all.push("NNTB: number needed to treat for one more person to benefit");
    }
    if needed("NNTH") {
        all.push("NNTH: number needed to treat for one more person to be harmed");
    }
    if rows.iter().any(|row| row.risks.iter().any(|it| it.difference.contains(" SD "))) {
        all.push("SD: standard deviation");
    }
    all
}

/// What the four levels mean, in words of our own after the GRADE handbook 5.
pub(crate) const LEVELS: [(&str, &str, &str); 4] = [
    ("⊕⊕⊕⊕", "High", "we are very confident that the true effect lies close to the estimate."),
    (
        "⊕⊕⊕⊝",
        "Moderate",
        "the true effect is probably close to the estimate, but it may be substantially different.",
    ),
    ("⊕⊕⊝⊝", "Low", "the true effect may be substantially different from the estimate."),
    (
        "⊕⊝⊝⊝",
        "Very low",
        "the true effect is likely to be substantially different from the estimate.",
    ),
];

/// The tables as texts, for scripts; their numbers stand under `certainty` at full precision.
pub(crate) fn summaries_json(summaries: &[SummaryOfFindings]) -> Value {
    let risk = |it: &RiskText| {
        json!({
            "label": it.label, "comparator": it.comparator, "intervention": it.intervention,
            "difference": it.difference, "basis": it.basis, "nnt": it.nnt,
        })
    };
    let row = |it: &FindingRow| {
        json!({
            "outcome": it.outcome_id,
            "name": it.outcome,
            "details": it.details,
            "harm": it.is_harm,
            "risks": it.risks.iter().map(risk).collect::<Value>(),
            "relative_effect": it.relative,
            "participants": it.participants,
            "certainty": it.certainty.as_ref().map(|it| json!({
                "symbols": it.symbols, "level": it.level, "footnotes": it.marks, "stale": it.stale,
            })),
            "statement": it.statements,
        })
    };
    let table = |it: &SummaryOfFindings| {
        json!({
            "comparison": it.comparison,
            "header": it.header.iter().map(|(name, text)| json!({ "name": name, "text": text })).collect::<Value>(),
            "rows": it.rows.iter().map(row).collect::<Value>(),
            "footnotes": it.footnotes.iter().map(|(mark, text)| json!({ "mark": mark, "text": text })).collect::<Value>(),
            "assumed_risks": it.bases,
            "warnings": it.warnings,
        })
    };
    summaries.iter().map(table).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_seven_outcomes_are_warned_of_unless_of_limited_importance() {
        let profile = Profile {
            start: String::new(),
            doubts: Vec::new(),
            strengths: Vec::new(),
            arms: [String::new(), String::new()],
        };
        let row = FindingRow {
            outcome_id: String::new(),
            outcome: String::new(),
            importance: Some(Importance::Important),
            details: Vec::new(),
            is_harm: true,
            risks: Vec::new(),
            instead: None,
            relative: String::new(),
            participants: String::new(),
            certainty: None,
            statements: Vec::new(),
            profile,
        };
        let mut rows = vec![row; 8];
        assert_eq!(warnings(&rows).len(), 1);
        assert!(warnings(&rows)[0].starts_with("8 outcomes are more than the 7"));
        rows[7].importance = Some(Importance::Limited);
        assert!(warnings(&rows).is_empty());
        for row in &mut rows {
            row.is_harm = false;
        }
        assert!(warnings(&rows)[0].starts_with("No outcome is called a harm"));
    }

    #[test]
    fn footnotes_have_letters_and_the_same_text_has_one() {
        let mut notes = Footnotes(Vec::new());
        let marks: Vec<String> =
            ["x", "y", "x"].into_iter().map(|it| notes.mark(it.to_owned())).collect();
        assert_eq!(marks, ["a", "b", "a"]);
        assert_eq!(notes.lettered().len(), 2);
        assert_eq!([letter(25), letter(26), letter(27)], ["z", "aa", "ab"]);
    }
}
