//! Section 9, the searches in full, and section 10, every extracted result with its source.

use askama::Template;
use consilience_review::vocabulary::result::{
    ExtractedResult, Favours, PrintedInterval, Reported, Score, Source, Subject,
};
use consilience_review::{Attributed, Keyword};

use super::Material;
use super::origin::{OriginSection, entered, settled_words};
use super::studies::report_link;
use super::text::{Link, Named, paragraphs, result_anchor};
use crate::number::{count, printed_p_value, typeset};

/// The strategies, verbatim.
#[derive(Template)]
#[template(path = "searches.html", whitespace = "minimize")]
pub(super) struct SearchSection {
    searches: Vec<SearchView>,
    without: Vec<String>,
}

struct SearchView {
    source: String,
    facts: Vec<Named>,
    note: Vec<String>,
    strategy: String,
}

impl SearchSection {
    pub(super) fn new(material: Material) -> Self {
        let state = &material.reading.state;
        let searches = state
            .databases
            .values()
            .filter_map(|database| {
                let search = state.searches.get(&database.id)?;
                let fact = |name: &str, text: Option<String>| {
                    Named::new(name, text.unwrap_or_else(|| "not recorded".to_owned()))
                };
                Some(SearchView {
                    source: database.name.clone(),
                    facts: vec![
                        fact("Platform", database.platform.clone()),
                        fact("Date of the search", search.date.clone()),
                        fact("Hits reported", search.hits.as_ref().map(|it| count(it.value()))),
                    ],
                    note: paragraphs(search.note.as_deref()),
                    strategy: search.strategy.clone(),
                })
            })
            .collect();
        let without = state
            .databases
            .values()
            .filter(|it| !state.searches.contains_key(&it.id))
            .map(|it| it.name.clone())
            .collect();
        Self { searches, without }
    }
}

/// Every extracted result, and the size of the log.
#[derive(Template)]
#[template(path = "data.html", whitespace = "minimize")]
pub(super) struct DataSection {
    results: Vec<ResultView>,
    origins: OriginSection,
    n_entries: String,
    files: Vec<FileView>,
}

struct ResultView {
    anchor: String,
    number: usize,
    study: String,
    outcome: String,
    subject: String,
    setting: String,
    numbers: String,
    report: Option<Link>,
    place: String,
    quote: Option<String>,
    note: Option<String>,
    entered: String,
    /// What counts of the rows about this result, where there are several.
    settled: Option<String>,
}

struct FileView {
    path: String,
    n_records: String,
    sha256: String,
}

impl DataSection {
    pub(super) fn new(material: Material) -> Self {
        let state = &material.reading.state;
        let results = state
            .results
            .values()
            .enumerate()
            .map(|(position, it)| ResultView::new(material, position, it))
            .collect();
        let files = state
            .imports
            .values()
            .map(|it| FileView {
                path: it.path.clone(),
                n_records: count(it.records.len() as f64),
                sha256: it.sha256.clone(),
            })
            .collect();
        let origins = OriginSection::new(material);
        Self { results, origins, n_entries: entries(material.reading.log.position()), files }
    }
}

fn entries(n: u64) -> String {
    format!("{} {}", count(n as f64), if n == 1 { "entry" } else { "entries" })
}

impl ResultView {
    fn new(material: Material, position: usize, result: &Attributed<ExtractedResult>) -> Self {
        let state = &material.reading.state;
        let it = &result.value;
        let report = state.report_of(it);
        let outcome = state.outcomes.get(&it.outcome).map_or(&it.outcome, |it| &it.name);
        Self {
            anchor: result_anchor(position),
            number: position + 1,
            study: it.study.clone(),
            outcome: outcome.clone(),
            subject: subject(it),
            setting: setting(it),
            numbers: numbers(it),
            report: report.map(|id| report_link(material, id)),
            place: match report {
                Some(_) => in_report(&it.source),
                None => place(&it.source),
            },
            quote: it.source.quote.clone(),
            note: it.note.clone(),
            entered: entered(result),
            settled: material.extraction.get(&it.key()).and_then(settled_words),
        }
    }
}

/// Whose result: an arm, or one arm against another.
pub(super) fn subject(result: &ExtractedResult) -> String {
    match &result.subject {
        Subject::Arm(arm) => arm.clone(),
        Subject::Contrast { arm, versus } => format!("{arm} against {versus}"),
    }
}

/// Instrument, time, kind of score and population.
fn setting(result: &ExtractedResult) -> String {
    let score = match result.score {
        Score::Final => None,
        other => Some(other.name().to_owned()),
    };
    let population = result.population.map(|it| it.name().to_owned());
    let parts = [result.instrument.clone(), result.time.clone(), score, population];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// Publication, page and place.
pub(super) fn place(source: &Source) -> String {
    let parts: Vec<String> =
        source.source.clone().into_iter().chain(in_report_parts(source)).collect();
    if parts.is_empty() { "source not recorded".to_owned() } else { parts.join(", ") }
}

/// Page and place, where the publication stands beside them.
pub(super) fn in_report(source: &Source) -> String {
    in_report_parts(source).collect::<Vec<_>>().join(", ")
}

fn in_report_parts(source: &Source) -> impl Iterator<Item = String> {
    let page = source.page.as_ref().map(|it| format!("page {it}"));
    page.into_iter().chain(source.place.clone())
}

/// The numbers as the source prints them.
pub(super) fn numbers(result: &ExtractedResult) -> String {
    let mut parts = printed(&result.reported);
    if let Some(n) = &result.n {
        parts.push(format!("n\u{a0}{n}"));
    }
    if let Some(correlation) = &result.correlation {
        parts.push(format!("correlation {correlation}"));
    }
    typeset(&parts.join(", "))
}

fn printed(reported: &Reported) -> Vec<String> {
    match reported {
        Reported::Mean { mean, sd, se, ci } => [
            Some(format!("mean {mean}")),
            sd.as_ref().map(|it| format!("SD {it}")),
            se.as_ref().map(|it| format!("SE {it}")),
            ci.as_ref().map(interval),
        ]
        .into_iter()
        .flatten()
        .collect(),
        Reported::Median { median, quartiles, range } => [
            Some(format!("median {median}")),
            quartiles.as_ref().map(|(q1, q3)| format!("quartiles {q1} to {q3}")),
            range.as_ref().map(|(min, max)| format!("range {min} to {max}")),
        ]
        .into_iter()
        .flatten()
        .collect(),
        Reported::Events { events, person_time } => [
            Some(format!("events {events}")),
            person_time.as_ref().map(|it| format!("person-time {it}")),
        ]
        .into_iter()
        .flatten()
        .collect(),
        Reported::Grades(grades) => {
            let counts: Vec<String> =
                grades.iter().map(|it| format!("grade {}: {}", it.grade, it.count)).collect();
            vec![counts.join(", ")]
        }
        Reported::Contrast { effect, p_value, p_test, favours } => {
            let effect_words = effect.as_ref().map(|it| {
                let se = it.se.as_ref().map(|se| format!(", SE {se}")).unwrap_or_default();
                let ci = it.ci.as_ref().map(|ci| format!(", {}", interval(ci))).unwrap_or_default();
                format!("{} {}{se}{ci}", it.measure, it.effect)
            });
            let test = p_test.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
            [
                effect_words,
                p_value.as_ref().map(|it| format!("{}{test}", printed_p_value(it))),
                favours.as_ref().map(|it| match it {
                    Favours::Arm(arm) => format!("favours {arm}"),
                    Favours::Neither => "favours neither".to_owned(),
                    Favours::Unclear => "direction unclear".to_owned(),
                }),
            ]
            .into_iter()
            .flatten()
            .collect()
        }
        Reported::Missing(reason) => vec![format!("no number: {reason}")],
    }
}

fn interval(ci: &PrintedInterval) -> String {
    let level = ci.level.as_ref().map_or("95", |it| it.text());
    format!("{level}% CI {} to {}", ci.lower, ci.upper)
}
