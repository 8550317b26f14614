//! Section 3: the flow from records to studies, as a diagram, as a table, and as lists.

use askama::Template;
use consilience_bib::Record;
use consilience_review::Keyword;
use consilience_review::flow::{Flow, SourceCount};
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

/// The boxes of the flow diagram in words and numbers.
pub(crate) fn counts(flow: &Flow) -> Vec<Count> {
    let has = flow.has_records();
    let row = |words: &str, n: usize| Count {
        words: words.to_owned(),
        n: has.then_some(n as u64),
        is_part: false,
    };
    let part = |words: &str, n: usize| Count { is_part: true, ..row(words, n) };
    let identified: u64 = flow.sources.iter().filter_map(|it| it.records).sum();
    let mut rows = vec![Count {
        words: "Records identified".to_owned(),
        n: has.then_some(identified),
        is_part: false,
    }];
    rows.push(row("Duplicate records removed", flow.duplicates.len()));
    rows.push(row("Records screened", flow.screened.len()));
    rows.push(row("Records excluded", flow.excluded.len()));
    if !flow.undecided_records.is_empty() {
        rows.push(row("Records not yet decided", flow.undecided_records.len()));
    }
    rows.push(row("Reports sought for retrieval", flow.sought.len()));
    rows.push(row("Reports not retrieved", flow.not_retrieved.len()));
    rows.push(row("Reports assessed for eligibility", flow.assessed.len()));
    let n_excluded = flow.excluded_with_reasons.iter().map(|it| it.1.len()).sum();
    rows.push(row("Reports excluded", n_excluded));
    for (reason, reports) in &flow.excluded_with_reasons {
        rows.push(part(reason, reports.len()));
    }
    let optional = [
        ("Reports awaiting classification", &flow.awaiting),
        ("Reports of ongoing studies", &flow.ongoing),
        ("Reports not yet decided", &flow.undecided_reports),
    ];
    rows.extend(
        optional
            .into_iter()
            .filter(|(_, ids)| !ids.is_empty())
            .map(|(words, ids)| row(words, ids.len())),
    );
    rows.push(row("Reports of included studies", flow.included_reports.len()));
    rows.push(Count {
        words: "Studies included in the review".to_owned(),
        n: Some(flow.included_studies.len() as u64),
        is_part: false,
    });
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
