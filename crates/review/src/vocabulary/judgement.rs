//! Judgements: answers to a risk-of-bias tool's questions, and ratings of certainty.

use consilience_appraisal::{grade, rob2};

use crate::cells::{Out, Row, Tabular};
use crate::keyword::{Keyword, keyword};

keyword! {
    /// The risk-of-bias tool, in its variant for the study's design.
    Tool {
        /// RoB 2 for individually randomised parallel trials; within-person trials use it too.
        Rob2 = "RoB 2",
        /// RoB 2 for cluster-randomised trials.
        Rob2Cluster = "RoB 2 cluster",
        /// RoB 2 for crossover trials.
        Rob2Crossover = "RoB 2 crossover",
    }
}

impl Tool {
    /// The variant's rules.
    pub fn variant(self) -> rob2::Variant {
        match self {
            Self::Rob2 => rob2::Variant::Parallel,
            Self::Rob2Cluster => rob2::Variant::Cluster,
            Self::Rob2Crossover => rob2::Variant::Crossover,
        }
    }
}

/// What a risk-of-bias entry settles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RobItem {
    /// A signalling question and its answer.
    Question(String, rob2::Answer),
    /// A domain's judgement by a person, instead of the proposed one.
    Domain(String, rob2::Judgement),
    /// The overall judgement by a person.
    Overall(rob2::Judgement),
}

impl RobItem {
    /// The `question` cell.
    pub fn question(&self) -> String {
        match self {
            Self::Question(number, _) => number.clone(),
            Self::Domain(id, _) => format!("domain {id}"),
            Self::Overall(_) => "overall".to_owned(),
        }
    }

    fn answer(&self) -> &'static str {
        match self {
            Self::Question(_, answer) => answer.code(),
            Self::Domain(_, judgement) | Self::Overall(judgement) => judgement.name(),
        }
    }
}

/// One entry of a risk-of-bias assessment.
#[derive(Debug, Clone, PartialEq)]
pub struct RobEntry {
    /// The study.
    pub study: String,
    /// The outcome; none: every result of the study.
    pub outcome: Option<String>,
    /// The tool.
    pub tool: Tool,
    /// The question or judgement.
    pub item: RobItem,
    /// The words or facts it rests on.
    pub support: Option<String>,
}

impl Tabular for RobEntry {
    const FIELDS: &'static [&'static str] =
        &["study", "outcome", "tool", "question", "answer", "support"];

    fn read(row: &mut Row) -> Option<Self> {
        let study = row.required("study", "a study of `studies.csv`");
        let tool = row.keyword("tool").unwrap_or(Tool::Rob2);
        let question = row
            .required("question", "a signalling question such as `1.1`, `domain 1` or `overall`");
        let answer = row.required("answer", "an answer or a judgement");
        let support = row.text("support");
        if question.is_empty() || answer.is_empty() {
            return None;
        }
        let item = read_item(row, tool, &question, &answer)?;
        if !matches!(item, RobItem::Question(..)) && support.is_none() {
            row.problem("support", "the reason for a judgement of one's own", "give the reason");
        }
        let value = Self { study, outcome: row.text("outcome"), tool, item, support };
        row.is_sound().then_some(value)
    }

    fn write(&self, out: &mut Out) {
        out.text("study", &self.study);
        out.optional("outcome", self.outcome.as_deref());
        out.keyword("tool", self.tool);
        out.text("question", &self.item.question());
        out.text("answer", self.item.answer());
        out.optional("support", self.support.as_deref());
    }
}

fn read_item(row: &mut Row, tool: Tool, question: &str, answer: &str) -> Option<RobItem> {
    let lower = question.to_lowercase();
    let domain = lower.strip_prefix("domain ").map(str::trim);
    if domain.is_none() && lower != "overall" {
        let Ok(answer) = answer.parse::<rob2::Answer>() else {
            row.problem("answer", "one of Y, PY, PN, N, NI, NA", "correct it");
            return None;
        };
        return Some(RobItem::Question(question.to_owned(), answer));
    }
    let Ok(judgement) = answer.parse::<rob2::Judgement>() else {
        row.problem("answer", "one of `Low`, `Some concerns`, `High`", "correct it");
        return None;
    };
    let Some(wanted) = domain else { return Some(RobItem::Overall(judgement)) };
    let domains = rob2::domains(tool.variant());
    let found = domains.iter().find(|it| it.id.eq_ignore_ascii_case(wanted));
    if found.is_none() {
        let ids: Vec<String> = domains.iter().map(|it| format!("`domain {}`", it.id)).collect();
        row.problem("question", format!("one of {}", ids.join(", ")), "correct it");
    }
    found.map(|domain| RobItem::Domain(domain.id.to_owned(), judgement))
}

keyword! {
    /// What kind of studies a body of evidence starts from.
    Start {
        /// Randomised trials: high.
        Randomised = "randomised",
        /// Non-randomised studies: low.
        NonRandomised = "non-randomised",
        /// Non-randomised studies assessed with ROBINS-I: high.
        RobinsI = "non-randomised with ROBINS-I",
    }
}

impl Start {
    /// The starting point in GRADE's rules.
    pub fn point(self) -> grade::StartingPoint {
        match self {
            Self::Randomised => grade::StartingPoint::Randomised,
            Self::NonRandomised => grade::StartingPoint::NonRandomised,
            Self::RobinsI => grade::StartingPoint::NonRandomisedRobinsI,
        }
    }
}

/// What a certainty entry settles.
#[derive(Debug, Clone, PartialEq)]
pub enum CertaintyItem {
    /// Where the body of evidence starts.
    Start(Start),
    /// The rating of one domain.
    Domain(grade::Domain, grade::Rating),
}

/// One GRADE rating of one body of evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct CertaintyEntry {
    /// The comparison.
    pub comparison: String,
    /// The outcome.
    pub outcome: String,
    /// The rating.
    pub item: CertaintyItem,
    /// Why: the footnote.
    pub reason: Option<String>,
}

impl CertaintyEntry {
    /// The `domain` cell.
    pub fn domain_name(&self) -> String {
        match &self.item {
            CertaintyItem::Start(_) => "start".to_owned(),
            CertaintyItem::Domain(domain, _) => domain_words(*domain),
        }
    }
}

impl Tabular for CertaintyEntry {
    const FIELDS: &'static [&'static str] =
        &["comparison", "outcome", "domain", "rating", "reason"];

    fn read(row: &mut Row) -> Option<Self> {
        let comparison = row.required("comparison", "the id of a comparison");
        let outcome = row.required("outcome", "the id of an outcome");
        let domain = row.required("domain", "`start` or a domain of GRADE");
        let rating = row.required("rating", "a rating");
        let reason = row.text("reason");
        if domain.is_empty() || rating.is_empty() {
            return None;
        }
        let item = read_certainty_item(row, &domain, &rating)?;
        if let CertaintyItem::Domain(_, rating) = &item
            && rating.steps() != 0
            && reason.is_none()
        {
            row.problem("reason", "the reason for rating down or up", "give the reason");
        }
        let value = Self { comparison, outcome, item, reason };
        row.is_sound().then_some(value)
    }

    fn write(&self, out: &mut Out) {
        out.text("comparison", &self.comparison);
        out.text("outcome", &self.outcome);
        out.text("domain", &self.domain_name());
        match &self.item {
            CertaintyItem::Start(start) => out.keyword("rating", *start),
            CertaintyItem::Domain(_, rating) => out.text("rating", rating.name()),
        }
        out.optional("reason", self.reason.as_deref());
    }
}

/// A domain as the file names it: `risk of bias`.
fn domain_words(domain: grade::Domain) -> String {
    domain.key().replace('_', " ")
}

fn read_certainty_item(row: &mut Row, domain: &str, rating: &str) -> Option<CertaintyItem> {
    if domain.eq_ignore_ascii_case("start") {
        let start = Start::from_name(rating);
        if start.is_none() {
            row.problem("rating", format!("one of {}", Start::names()), "correct it");
        }
        return start.map(CertaintyItem::Start);
    }
    let Ok(domain) = grade::Domain::parse(domain) else {
        let names: Vec<String> =
            grade::Domain::ALL.iter().map(|it| format!("`{}`", domain_words(*it))).collect();
        row.problem("domain", format!("`start`, {}", names.join(", ")), "correct it");
        return None;
    };
    let parsed = grade::Rating::parse(domain, rating).ok();
    if parsed.is_none() {
        let names: Vec<String> =
            domain.ratings().iter().map(|it| format!("`{}`", it.name())).collect();
        row.problem(
            "rating",
            format!("one of {} for {}", names.join(", "), domain_words(domain)),
            "correct it",
        );
    }
    parsed.map(|rating| CertaintyItem::Domain(domain, rating))
}
