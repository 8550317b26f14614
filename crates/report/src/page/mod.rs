//! `report.html`: one page that holds everything and needs nothing else, in the order of PRISMA 2020.

mod certainty;
mod data;
mod figure;
mod front;
mod methods;
mod narrative;
mod origin;
mod question;
mod regression;
mod risk_of_bias;
pub(crate) mod selection;
mod sensitivity;
mod studies;
mod synthesis;
mod text;

use askama::Template;
use consilience_figures::{DARK_CSS, font_face_css};
use consilience_review::extraction::Extraction;
use consilience_review::{Evaluation, Reading};

use crate::drawings::Drawings;
use crate::summary_of_findings::SummaryOfFindings;

use certainty::CertaintySection;
use data::{DataSection, SearchSection};
use front::{Closing, Front};
use methods::MethodsSection;
use question::QuestionSection;
use risk_of_bias::RiskOfBiasSection;
use selection::SelectionSection;
use studies::{ReferenceSection, StudiesSection};
use synthesis::SynthesesSection;

const STYLE: &str = include_str!("../../templates/style.css");

/// The whole page.
#[derive(Template)]
#[template(path = "report.html", whitespace = "minimize")]
struct Page<'a> {
    title: &'a str,
    style: String,
    front: Front,
    question: QuestionSection,
    methods: MethodsSection,
    selection: SelectionSection,
    studies: StudiesSection,
    risk_of_bias: RiskOfBiasSection,
    syntheses: SynthesesSection,
    certainty: CertaintySection,
    closing: Closing,
    searches: SearchSection,
    data: DataSection,
    references: ReferenceSection,
    version: &'static str,
}

/// What every section is written from.
#[derive(Clone, Copy)]
struct Material<'a> {
    reading: &'a Reading,
    evaluation: &'a Evaluation,
    drawings: &'a Drawings,
    /// What counts of all that was extracted.
    extraction: &'a Extraction<'a>,
    summaries: &'a [SummaryOfFindings],
}

/// Writes the page.
pub(crate) fn render(
    reading: &Reading,
    evaluation: &Evaluation,
    drawings: &Drawings,
    summaries: &[SummaryOfFindings],
) -> Result<String, askama::Error> {
    let extraction = &Extraction::of(&reading.state);
    let material = Material { reading, evaluation, drawings, extraction, summaries };
    let page = Page {
        title: &reading.state.description.title,
        style: style(drawings),
        front: Front::new(material),
        question: QuestionSection::new(material),
        methods: MethodsSection::new(material),
        selection: SelectionSection::new(material),
        studies: StudiesSection::new(material),
        risk_of_bias: RiskOfBiasSection::new(material),
        syntheses: SynthesesSection::new(material),
        certainty: CertaintySection::new(material),
        closing: Closing::new(material),
        searches: SearchSection::new(material),
        data: DataSection::new(material),
        references: ReferenceSection::new(material),
        version: env!("CARGO_PKG_VERSION"),
    };
    Ok(page.render()?.chars().filter(|it| is_shown(*it)).collect())
}

/// Whether a character may stand in the page. Those that would turn the direction of all that follows, numbers
/// included, may not (texts from right to left need none of them), nor what HTML cannot hold.
fn is_shown(c: char) -> bool {
    match c {
        '\n' | '\t' => true,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => false,
        _ => !c.is_control(),
    }
}

/// The page's own rules, the figures' fonts, and the figures' colours on a dark screen. Paper stays light.
fn style(drawings: &Drawings) -> String {
    let figures: Vec<_> = drawings.named().into_iter().map(|it| it.1).collect();
    format!(
        "{}{STYLE}@media screen and (prefers-color-scheme: dark) {{\n{DARK_CSS}}}\n",
        font_face_css(&figures)
    )
}
