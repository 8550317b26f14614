//! The PRISMA 2020 flow diagram, from the counts of the flow.

use consilience_figures as figures;
use consilience_figures::{FlowBox, FlowColumn, FlowDiagram, FlowPhase, FlowStep};
use consilience_review::flow::Flow;
use consilience_review::vocabulary::protocol::SourceKind;

use crate::number::{count, len};

/// Draws the diagram. Without records it says so, and shows what was included.
pub(crate) fn draw(flow: &Flow) -> figures::Svg {
    let steps = if flow.has_records() { steps(flow) } else { vec![unknown()] };
    figures::flow(&FlowDiagram {
        id: "flow".to_owned(),
        title: "PRISMA 2020 flow diagram".to_owned(),
        description:
            "From the records identified to the studies included. The table after the figure has \
                      the same numbers."
                .to_owned(),
        databases: FlowColumn { heading: heading(flow).to_owned(), steps },
        other: None,
        included: included(flow),
        footnotes: footnotes(flow),
    })
}

fn n_equals(text: &str, n: usize) -> String {
    format!("{text} (n = {})", len(n))
}

fn heading(flow: &Flow) -> &'static str {
    if flow.sources.iter().any(|it| it.kind == SourceKind::Other) {
        "Identification of studies via databases, registers and other methods"
    } else {
        "Identification of studies via databases and registers"
    }
}

fn unknown() -> FlowStep {
    FlowStep {
        phase: FlowPhase::Identification,
        main: FlowBox::from_lines(["Records identified: not recorded in this review"]),
        asides: Vec::new(),
    }
}

fn steps(flow: &Flow) -> Vec<FlowStep> {
    let excluded = FlowBox::with_list(
        n_equals("Reports excluded", flow.excluded_with_reasons.iter().map(|it| it.1.len()).sum()),
        flow.excluded_with_reasons.iter().map(|(reason, reports)| n_equals(reason, reports.len())),
    );
    let optional = |text: &str, ids: &[String]| {
        (!ids.is_empty()).then(|| FlowBox::from_lines([n_equals(text, ids.len())]))
    };
    let step = |phase, main: FlowBox, asides: Vec<Option<FlowBox>>| FlowStep {
        phase,
        main,
        asides: asides.into_iter().flatten().collect(),
    };
    let single = |text: &str, ids: &[String]| FlowBox::from_lines([n_equals(text, ids.len())]);
    vec![
        step(
            FlowPhase::Identification,
            identified(flow),
            vec![Some(FlowBox::with_list(
                "Records removed before screening:",
                [n_equals("Duplicate records", flow.duplicates.len())],
            ))],
        ),
        step(
            FlowPhase::Screening,
            single("Records screened", &flow.screened),
            vec![
                Some(single("Records excluded", &flow.excluded)),
                optional("Records not yet decided", &flow.undecided_records),
            ],
        ),
        step(
            FlowPhase::Screening,
            single("Reports sought for retrieval", &flow.sought),
            vec![Some(single("Reports not retrieved", &flow.not_retrieved))],
        ),
        step(
            FlowPhase::Screening,
            single("Reports assessed for eligibility", &flow.assessed),
            vec![
                Some(excluded),
                optional("Awaiting classification", &flow.awaiting),
                optional("Ongoing studies", &flow.ongoing),
                optional("Reports not yet decided", &flow.undecided_reports),
            ],
        ),
    ]
}

fn identified(flow: &Flow) -> FlowBox {
    const KINDS: [(SourceKind, &str); 3] = [
        (SourceKind::Database, "Databases"),
        (SourceKind::Register, "Registers"),
        (SourceKind::Other, "Other methods"),
    ];
    let lines = KINDS
        .iter()
        .filter(|(kind, _)| {
            *kind != SourceKind::Other || flow.sources.iter().any(|it| it.kind == *kind)
        })
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
