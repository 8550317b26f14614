//! Ratings of certainty.

use consilience_appraisal::grade;

use crate::cells::{Out, Row, Tabular};
use crate::keyword::{Keyword, keyword};

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
