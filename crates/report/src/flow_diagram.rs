//! The PRISMA 2020 flow diagram, from the counts of the flow.

use consilience_figures as figures;
use consilience_figures::{FlowBox, FlowColumn, FlowDiagram, FlowPhase, FlowStep};
use consilience_review::flow::{Flow, Route, SourceCount};
use consilience_review::vocabulary::protocol::SourceKind;

use crate::number::{count, len};

/// Draws the diagram. Without records it says so, and shows what was included. Records of other methods have the
/// second column of PRISMA 2020.
pub(crate) fn draw(flow: &Flow) -> figures::Svg {
    let databases = flow.through(Route::DatabasesAndRegisters);
    let steps = if flow.has_records() { steps(&databases) } else { vec![unknown()] };
    figures::flow(&FlowDiagram {
        id: "flow".to_owned(),
        title: "PRISMA 2020 flow diagram".to_owned(),
        description:
            "From the records identified to the studies included. The table after the figure has \
                      the same numbers."
                .to_owned(),
        databases: FlowColumn {
            heading: "Identification of studies via databases and registers".to_owned(),
            steps,
        },
        other: (!flow.from_other_methods.is_empty()).then(|| FlowColumn {
            heading: "Identification of studies via other methods".to_owned(),
            steps: other_steps(&flow.through(Route::OtherMethods)),
        }),
        included: included(flow),
        footnotes: footnotes(flow),
    })
}

fn n_equals(text: &str, n: usize) -> String {
    format!("{text} (n = {})", len(n))
}

fn unknown() -> FlowStep {
    FlowStep {
        phase: FlowPhase::Identification,
        main: FlowBox::from_lines(["Records identified: not recorded in this review"]),
        asides: Vec::new(),
    }
}

fn steps(flow: &Flow) -> Vec<FlowStep> {
    let duplicates = [n_equals("Duplicate records", flow.duplicates.len())];
    let removed = FlowBox::with_list("Records removed before screening:", duplicates);
    vec![
        step(FlowPhase::Identification, identified(flow), vec![Some(removed)]),
        step(
            FlowPhase::Screening,
            single("Records screened", &flow.screened),
            vec![
                Some(single("Records excluded", &flow.excluded)),
                optional("Records not yet decided", &flow.undecided_records),
            ],
        ),
        sought(flow),
        assessed(flow),
    ]
}

/// PRISMA's column of other methods has no box for screening; the footnote says what was sieved out before.
fn other_steps(flow: &Flow) -> Vec<FlowStep> {
    let named =
        |it: &SourceCount| it.records.map(|n| format!("{} (n = {})", it.name, count(n as f64)));
    let lines = flow.sources.iter().filter_map(named);
    let identified = FlowBox::with_list("Records identified from:", lines);
    vec![step(FlowPhase::Identification, identified, Vec::new()), sought(flow), assessed(flow)]
}

fn sought(flow: &Flow) -> FlowStep {
    step(
        FlowPhase::Screening,
        single("Reports sought for retrieval", &flow.sought),
        vec![Some(single("Reports not retrieved", &flow.not_retrieved))],
    )
}

fn assessed(flow: &Flow) -> FlowStep {
    let excluded = FlowBox::with_list(
        n_equals("Reports excluded", flow.excluded_with_reasons.iter().map(|it| it.1.len()).sum()),
        flow.excluded_with_reasons.iter().map(|(reason, reports)| n_equals(reason, reports.len())),
    );
    step(
        FlowPhase::Screening,
        single("Reports assessed for eligibility", &flow.assessed),
        vec![
            Some(excluded),
            optional("Awaiting classification", &flow.awaiting),
            optional("Ongoing studies", &flow.ongoing),
            optional("Reports not yet decided", &flow.undecided_reports),
        ],
    )
}

fn step(phase: FlowPhase, main: FlowBox, asides: Vec<Option<FlowBox>>) -> FlowStep {
    FlowStep { phase, main, asides: asides.into_iter().flatten().collect() }
}

fn single(text: &str, ids: &[String]) -> FlowBox {
    FlowBox::from_lines([n_equals(text, ids.len())])
}

fn optional(text: &str, ids: &[String]) -> Option<FlowBox> {
    (!ids.is_empty()).then(|| single(text, ids))
}

fn identified(flow: &Flow) -> FlowBox {
    const KINDS: [(SourceKind, &str); 2] =
        [(SourceKind::Database, "Databases"), (SourceKind::Register, "Registers")];
    let lines = KINDS
        .iter()
        .map(|(kind, words)| format!("{words} (n = {})", count(flow.identified(*kind) as f64)));
    FlowBox::with_list("Records identified from:", lines)
}

fn included(flow: &Flow) -> FlowBox {
    let mut lines = vec![n_equals("Studies included in review", flow.included_studies.len())];
    if flow.has_records() {
        lines.push(n_equals("Reports of included studies", flow.included_reports.len()));
    }
    FlowBox::from_lines(lines)
}

fn footnotes(flow: &Flow) -> Vec<String> {
    let quarantined: u64 = flow.sources.iter().map(|it| it.quarantined).sum();
    let mut notes = Vec::new();
    if quarantined > 0 {
        notes.push(format!(
            "{} more records could not be read and were kept aside; they are not counted above.",
            count(quarantined as f64)
        ));
    }
    notes.extend(sieved_before(&flow.through(Route::OtherMethods)));
    let without: Vec<&str> = flow
        .sources
        .iter()
        .filter(|it| it.records.is_none() && flow.has_records())
        .map(|it| it.name.as_str())
        .collect();
    if !without.is_empty() {
        notes.push(format!("No records were imported from: {}.", without.join(", ")));
    }
    notes
}

/// What PRISMA's column of other methods has no box for.
fn sieved_before(other: &Flow) -> Option<String> {
    let parts = [
        ("duplicates", &other.duplicates),
        ("excluded by title and abstract", &other.excluded),
        ("not yet decided", &other.undecided_records),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|it| !it.1.is_empty())
        .map(|(words, ids)| format!("{} {words}", len(ids.len())))
        .collect();
    let n = len(other.from_other_methods.len());
    (!parts.is_empty()).then(|| {
        format!(
            "Of {n} records from other methods, before any report was sought: {}.",
            parts.join(", ")
        )
    })
}
