//! Summary of findings and evidence profile as CSV: texts as the report prints them, and numbers at full precision.

use consilience_appraisal::grade::Domain;
use consilience_review::Evaluation;
use consilience_review::certainty::BodyOfEvidence;

use super::row::importance_word;
use super::{FindingRow, SummaryOfFindings};

fn header(names: &[&str]) -> Vec<String> {
    names.iter().map(|it| (*it).to_owned()).collect()
}

fn number(value: Option<f64>) -> String {
    value.filter(|it| it.is_finite()).map_or_else(String::new, |it| it.to_string())
}

fn body<'a>(
    evaluation: &'a Evaluation,
    summary: &SummaryOfFindings,
    row: &FindingRow,
) -> Option<&'a BodyOfEvidence> {
    let is_it =
        |it: &&BodyOfEvidence| it.comparison == summary.comparison && it.outcome == row.outcome_id;
    evaluation.certainty.iter().find(is_it)
}

fn certainty_cells(row: &FindingRow) -> [String; 2] {
    let rated = row.certainty.as_ref();
    [
        rated.map_or("not rated", |it| it.level).to_owned(),
        rated.and_then(|it| it.stale.clone()).unwrap_or_default(),
    ]
}

/// A row for each baseline risk of each outcome.
pub(crate) fn summaries_csv(
    evaluation: &Evaluation,
    summaries: &[SummaryOfFindings],
) -> Vec<Vec<String>> {
    let mut rows = vec![header(&[
        "comparison",
        "outcome",
        "importance",
        "details",
        "risk_label",
        "basis",
        "unit",
        "comparator",
        "intervention",
        "intervention_lower",
        "intervention_upper",
        "difference",
        "difference_lower",
        "difference_upper",
        "nnt",
        "relative_effect",
        "studies",
        "participants",
        "certainty",
        "stale",
        "footnotes",
        "statement",
    ])];
    for summary in summaries {
        for row in &summary.rows {
            let evidence = body(evaluation, summary, row).and_then(|it| it.evidence.as_ref());
            let absolute = evidence.and_then(|it| it.absolute.as_ref().ok());
            for i in 0..row.span() {
                let numbers = absolute.and_then(|it| it.rows.get(i));
                let text = row.risks.get(i);
                let risk = numbers.and_then(|it| it.intervention);
                let difference = numbers.map(|it| it.difference);
                let notes = row.certainty.iter().flat_map(|it| &it.marks).filter_map(|mark| {
                    summary.footnotes.iter().find(|it| it.0 == *mark).map(|it| it.1.as_str())
                });
                let [certainty, stale] = certainty_cells(row);
                rows.push(vec![
                    summary.name.clone(),
                    row.outcome.clone(),
                    importance_word(row.importance).to_owned(),
                    row.details.join("; "),
                    text.and_then(|it| it.label.clone()).unwrap_or_default(),
                    text.map_or_else(
                        || row.instead.clone().unwrap_or_default(),
                        |it| it.basis.clone(),
                    ),
                    absolute.map(|it| it.scale.unit()).unwrap_or_default(),
                    number(numbers.and_then(|it| it.comparator)),
                    number(risk.map(|it| it.estimate)),
                    number(risk.map(|it| it.lower)),
                    number(risk.map(|it| it.upper)),
                    number(difference.map(|it| it.estimate)),
                    number(difference.map(|it| it.lower)),
                    number(difference.map(|it| it.upper)),
                    text.and_then(|it| it.nnt.clone()).unwrap_or_default(),
                    row.relative.clone(),
                    evidence.map(|it| it.studies.to_string()).unwrap_or_default(),
                    number(evidence.and_then(|it| it.participants.known())),
                    certainty,
                    stale,
                    notes.collect::<Vec<_>>().join(" "),
                    row.statements.join(" "),
                ]);
            }
        }
    }
    rows
}

/// A row for each outcome, with the rating, the proposal and the reason of every domain.
pub(crate) fn profiles_csv(
    evaluation: &Evaluation,
    summaries: &[SummaryOfFindings],
) -> Vec<Vec<String>> {
    let mut first =
        header(&["comparison", "outcome", "importance", "studies", "participants", "start"]);
    for domain in Domain::ALL {
        first.extend(["", "_proposed", "_reason"].map(|it| format!("{}{it}", domain.key())));
    }
    let groups = ["experimental_events", "experimental_n", "comparator_events", "comparator_n"];
    first.extend(header(&groups));
    first.extend(header(&["relative_effect", "certainty", "stale"]));
    let mut rows = vec![first];
    for summary in summaries {
        for row in &summary.rows {
            let Some(body) = body(evaluation, summary, row) else { continue };
            let mut cells = vec![
                summary.name.clone(),
                row.outcome.clone(),
                importance_word(row.importance).to_owned(),
                body.evidence.as_ref().map(|it| it.studies.to_string()).unwrap_or_default(),
                number(body.evidence.as_ref().and_then(|it| it.participants.known())),
                row.profile.start.clone(),
            ];
            for domain in Domain::ALL {
                let rated = body.decision.as_ref().and_then(|it| it.of(Some(domain)));
                let proposed = body.proposals.of(domain).map(|it| it.rating.name());
                cells.push(rated.map(|it| it.entry.rating_name()).unwrap_or_default());
                cells.push(proposed.unwrap_or_default().to_owned());
                cells.push(rated.and_then(|it| it.entry.reason.clone()).unwrap_or_default());
            }
            let arms = body.evidence.as_ref().and_then(|it| it.arms);
            for i in 0..2 {
                cells.push(number(arms.and_then(|it| it[i].events)));
                cells.push(number(arms.map(|it| it[i].n)));
            }
            cells.push(row.relative.clone());
            cells.extend(certainty_cells(row));
            rows.push(cells);
        }
    }
    rows
}
