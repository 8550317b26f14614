//! PRISMA 2020 flow diagram (Page 2021, BMJ 372:n71): boxes of text in one or two columns.
//!
//! The caller writes the text of every box, counts included, so an unknown count is whatever the caller says
//! ("n = not reported"); a template other than PRISMA's is another list of boxes.

mod layout;

use crate::Svg;

/// Everything a flow diagram shows.
///
/// ```
/// use consilience_figures::{FlowBox, FlowColumn, FlowDiagram, FlowPhase, FlowStep, flow};
///
/// let step = |phase, text: &str, aside: &[&str]| FlowStep {
///     phase,
///     main: FlowBox::from_lines([text]),
///     asides: aside.iter().map(|a| FlowBox::from_lines([*a])).collect(),
/// };
/// let drawing = flow(&FlowDiagram {
///     id: "flow".into(),
///     title: "PRISMA flow diagram".into(),
///     description: "52 records identified, 3 studies included.".into(),
///     databases: FlowColumn {
///         heading: "Identification of studies via databases and registers".into(),
///         steps: vec![
///             step(FlowPhase::Identification, "Records identified (n = 52)", &["Duplicates (n = 2)"]),
///             step(FlowPhase::Screening, "Records screened (n = 50)", &["Records excluded (n = 47)"]),
///         ],
///     },
///     other: None,
///     included: FlowBox::from_lines(["Studies included in review (n = 3)"]),
///     footnotes: vec![],
/// });
/// assert!(drawing.markup().contains("Records screened (n = 50)"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FlowDiagram {
    /// Prefix of the element ids, `[a-z0-9-]*`; unique in the page.
    pub id: String,
    /// Accessible title.
    pub title: String,
    /// Accessible description.
    pub description: String,
    /// Records from databases and registers.
    pub databases: FlowColumn,
    /// Records from other methods (websites, organisations, citation searching); `None` when there were none.
    pub other: Option<FlowColumn>,
    /// What was included, at the foot of the first column.
    pub included: FlowBox,
    /// Lines under the diagram.
    pub footnotes: Vec<String>,
}

/// One column of the diagram, from its heading downwards.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FlowColumn {
    /// Text of the banner above the column.
    pub heading: String,
    /// Its boxes, top to bottom. The last steps of two columns stand side by side.
    pub steps: Vec<FlowStep>,
}

/// A box of the main line, with what left the line there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowStep {
    /// Which of the side labels it stands beside.
    pub phase: FlowPhase,
    /// The box itself.
    pub main: FlowBox,
    /// What left here: removed, excluded, not retrieved, awaiting classification. One box below the other.
    pub asides: Vec<FlowBox>,
}

/// The phases before inclusion; the side labels of the diagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FlowPhase {
    /// Records found, duplicates removed.
    Identification,
    /// Records screened, reports sought and assessed.
    Screening,
}

/// A box of text; long lines wrap.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FlowBox {
    /// Its lines, top to bottom.
    pub lines: Vec<FlowLine>,
}

/// One line of a box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowLine {
    /// The text, count included: "Records screened (n = 52)".
    pub text: String,
    /// Set in a little, as the sources and the reasons are.
    pub indented: bool,
}

impl FlowBox {
    /// A box of lines that all start at the left.
    pub fn from_lines<T: Into<String>>(lines: impl IntoIterator<Item = T>) -> Self {
        let lines = lines.into_iter().map(|text| FlowLine { text: text.into(), indented: false });
        Self { lines: lines.collect() }
    }

    /// A heading line with an indented list below it.
    pub fn with_list<T: Into<String>>(
        heading: impl Into<String>,
        list: impl IntoIterator<Item = T>,
    ) -> Self {
        let mut all = Self::from_lines([heading.into()]);
        all.lines.extend(list.into_iter().map(|t| FlowLine { text: t.into(), indented: true }));
        all
    }
}

/// Draws a flow diagram.
pub fn flow(diagram: &FlowDiagram) -> Svg {
    layout::draw(diagram)
}
