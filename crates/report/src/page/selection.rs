//! Section 3: the flow from records to studies, as a diagram, as a table, and as lists.

use askama::Template;
use consilience_bib::Record;
use consilience_review::Keyword;
use consilience_review::flow::{Flow, Route, SourceCount};
use indexmap::IndexMap;

use super::Material;
use super::figure::Figure;
use crate::number::{count, len};

/// Longer lists stay out of the page: `results.json` and the package have them.
const LONGEST_LIST: usize = 500;

/// Flow diagram, counts and lists.
#[derive(Template)]
#[template(path = "selection.html", whitespace = "minimize")]
pub(super) struct SelectionSection {
    has_records: bool,
    figure: Figure,
    counts: Vec<ShownCount>,
    sources: Vec<Source>,
    lists: Vec<List>,
}

/// One box of the flow diagram.
pub(crate) struct Count {
    /// The box in words.
    pub(crate) words: String,
    /// How many; `None` where no records are there to count.
    pub(crate) n: Option<u64>,
    /// Whether it is a part of the box above.
    pub(crate) is_part: bool,
}

struct ShownCount {
    words: String,
    n: String,
    is_part: bool,
}

struct Source {
    name: String,
    kind: &'static str,
    hits: String,
    records: String,
    quarantined: String,
}

struct List {
    heading: String,
    groups: Vec<Group>,
}

struct Group {
    reason: Option<String>,
    reports: Vec<String>,
}

impl SelectionSection {
    pub(super) fn new(material: Material) -> Self {
        let flow = &material.evaluation.flow;
        let caption = "From the records identified to the studies included (PRISMA 2020).";
        Self {
            has_records: flow.has_records(),
            figure: Figure::new(&material.drawings.flow, "flow", "Flow diagram", caption),
            counts: counts(flow)
                .into_iter()
                .map(|it| ShownCount {
                    words: it.words,
                    n: it.n.map_or_else(|| "not recorded".to_owned(), |n| count(n as f64)),
                    is_part: it.is_part,
                })
                .collect(),
            sources: flow.sources.iter().map(Source::new).collect(),
            lists: lists(flow, &material.reading.records),
        }
    }
}

impl Source {
    fn new(source: &SourceCount) -> Self {
        let number =
            |n: Option<u64>| n.map_or_else(|| "not recorded".to_owned(), |n| count(n as f64));
        Self {
            name: source.name.clone(),
            kind: source.kind.name(),
            hits: number(source.hits),
            records: number(source.records),
            quarantined: count(source.quarantined as f64),
        }
    }
}

/// The boxes of the flow diagram in words and numbers; other methods after databases and registers.
pub(crate) fn counts(flow: &Flow) -> Vec<Count> {
    let has = flow.has_records();
    let mut rows = column(&flow.through(Route::DatabasesAndRegisters), has, "");
    if !flow.from_other_methods.is_empty() {
        rows.extend(column(&flow.through(Route::OtherMethods), has, "Other methods: "));
    }
    let row = |words: &str, n: Option<usize>| Count {
        words: words.to_owned(),
        n: n.map(|it| it as u64),
        is_part: false,
    };
    rows.push(row("Reports of included studies", has.then_some(flow.included_reports.len())));
    rows.push(row("Studies included in the review", Some(flow.included_studies.len())));
    rows
}

/// One column of the diagram, each row with a prefix.
fn column(flow: &Flow, has_records: bool, prefix: &str) -> Vec<Count> {
    let row = |words: &str, n: u64| {
        let words = if prefix.is_empty() {
            words.to_owned()
        } else {
            format!("{prefix}{}", words.to_lowercase())
        };
        Count { words, n: has_records.then_some(n), is_part: false }
    };
    let ids = |words: &str, ids: &[String]| row(words, ids.len() as u64);
    let some = |words: &str, list: &[String]| (!list.is_empty()).then(|| ids(words, list));
    let n_excluded: usize = flow.excluded_with_reasons.iter().map(|it| it.1.len()).sum();
    let mut rows = vec![
        row("Records identified", flow.sources.iter().filter_map(|it| it.records).sum()),
        ids("Duplicate records removed", &flow.duplicates),
        ids("Records screened", &flow.screened),
        ids("Records excluded", &flow.excluded),
    ];
    rows.extend(some("Records not yet decided", &flow.undecided_records));
    rows.push(ids("Reports sought for retrieval", &flow.sought));
    rows.push(ids("Reports not retrieved", &flow.not_retrieved));
    rows.push(ids("Reports assessed for eligibility", &flow.assessed));
    rows.push(row("Reports excluded", n_excluded as u64));
    rows.extend(flow.excluded_with_reasons.iter().map(|(reason, reports)| Count {
        words: reason.clone(),
        n: has_records.then_some(reports.len() as u64),
        is_part: true,
    }));
    rows.extend(some("Reports awaiting classification", &flow.awaiting));
    rows.extend(some("Reports of ongoing studies", &flow.ongoing));
    rows.extend(some("Reports not yet decided", &flow.undecided_reports));
    rows
}

fn lists(flow: &Flow, records: &IndexMap<String, Record>) -> Vec<List> {
    let cite =
        |ids: &[String]| -> Vec<String> { ids.iter().map(|it| citation(records, it)).collect() };
    let list = |heading: &str, ids: &[String], reports: &dyn Fn(&[String]) -> Vec<String>| {
        (!ids.is_empty() && ids.len() <= LONGEST_LIST).then(|| List {
            heading: format!("{heading} ({})", len(ids.len())),
            groups: vec![Group { reason: None, reports: reports(ids) }],
        })
    };
    let simple = |heading: &str, ids: &[String]| list(heading, ids, &cite);
    // Whoever decides on these needs the id for screening.csv.
    let open = |heading: &str, ids: &[String]| {
        list(heading, ids, &|ids| ids.iter().map(|it| citation_with_id(records, it)).collect())
    };
    let n_excluded: usize = flow.excluded_with_reasons.iter().map(|it| it.1.len()).sum();
    let with_reasons = (n_excluded > 0).then(|| List {
        heading: format!("Reports excluded, with reasons ({})", len(n_excluded)),
        groups: flow
            .excluded_with_reasons
            .iter()
            .map(|(reason, ids)| Group {
                reason: Some(format!(
                    "{} ({})",
                    crate::statement::capitalised(reason),
                    len(ids.len())
                )),
                reports: cite(ids),
            })
            .collect(),
    });
    [
        with_reasons,
        simple("Reports awaiting classification", &flow.awaiting),
        simple("Reports of ongoing studies", &flow.ongoing),
        simple("Reports not retrieved", &flow.not_retrieved),
        open("Reports not yet decided", &flow.undecided_reports),
        open("Records not yet decided", &flow.undecided_records),
        simple("Records excluded by title and abstract", &flow.excluded),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A record as a reference; its id where it has nothing to cite.
pub(super) fn citation(records: &IndexMap<String, Record>, id: &str) -> String {
    let text = records.get(id).map(Record::citation).unwrap_or_default();
    if text.trim().is_empty() { id.to_owned() } else { text }
}

fn citation_with_id(records: &IndexMap<String, Record>, id: &str) -> String {
    match citation(records, id) {
        citation if citation == id => citation,
        citation => format!("{citation} ({id})"),
    }
}
