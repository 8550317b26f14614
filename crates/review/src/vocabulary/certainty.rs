//! Ratings of certainty.

use consilience_appraisal::grade;

use crate::cells::{Out, Row, Tabular};
use crate::keyword::{Keyword, keyword};
use crate::printed::Printed;

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
    /// The numbers that it was made on.
    pub rated_on: RatedOn,
}

/// The numbers on which a rating was made, each where it was written down.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RatedOn {
    /// What the program proposed.
    pub proposed: Option<String>,
    /// The analysis.
    pub analysis: Option<String>,
    /// Its estimate as readers see it: the ratio itself, for ratios.
    pub estimate: Option<Printed>,
    /// The lower limit of its confidence interval.
    pub ci_lower: Option<Printed>,
    /// The upper limit.
    pub ci_upper: Option<Printed>,
    /// How many studies it rests on.
    pub studies: Option<Printed>,
    /// How many people.
    pub participants: Option<Printed>,
}

impl RatedOn {
    fn read(row: &mut Row) -> Self {
        let count = |it: f64| it >= 0.0 && it.fract() == 0.0;
        Self {
            proposed: row.text("proposed"),
            analysis: row.text("analysis"),
            estimate: row.printed("estimate"),
            ci_lower: row.printed("ci_lower"),
            ci_upper: row.printed("ci_upper"),
            studies: row.printed_if("studies", count, "a number of studies, 0 or more"),
            participants: row.printed_if(
                "participants",
                |it| it >= 0.0,
                "a number of people, 0 or more",
            ),
        }
    }

    /// Its cells, under the names of the columns.
    pub fn write(&self, out: &mut Out) {
        out.optional("proposed", self.proposed.as_deref());
        out.optional("analysis", self.analysis.as_deref());
        out.printed("estimate", self.estimate.as_ref());
        out.printed("ci_lower", self.ci_lower.as_ref());
        out.printed("ci_upper", self.ci_upper.as_ref());
        out.printed("studies", self.studies.as_ref());
        out.printed("participants", self.participants.as_ref());
    }
}

impl CertaintyEntry {
    /// The `rating` cell.
    pub fn rating_name(&self) -> String {
        match &self.item {
            CertaintyItem::Start(start) => start.name().to_owned(),
            CertaintyItem::Domain(_, rating) => rating.name().to_owned(),
        }
    }

    /// The `domain` cell.
    pub fn domain_name(&self) -> String {
        match &self.item {
            CertaintyItem::Start(_) => "start".to_owned(),
            CertaintyItem::Domain(domain, _) => domain_words(*domain),
        }
    }
}

impl Tabular for CertaintyEntry {
    const FIELDS: &'static [&'static str] = &[
        "comparison",
        "outcome",
        "domain",
        "rating",
        "reason",
        "proposed",
        "analysis",
        "estimate",
        "ci_lower",
        "ci_upper",
        "studies",
        "participants",
    ];

    fn read(row: &mut Row) -> Option<Self> {
        let comparison = row.required("comparison", "the id of a comparison");
        let outcome = row.required("outcome", "the id of an outcome");
        let domain = row.required("domain", "`start` or a domain of GRADE");
        let rating = row.required("rating", "a rating");
        let reason = row.text("reason");
        let rated_on = RatedOn::read(row);
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
        let value = Self { comparison, outcome, item, reason, rated_on };
        row.is_sound().then_some(value)
    }

    fn write(&self, out: &mut Out) {
        out.text("comparison", &self.comparison);
        out.text("outcome", &self.outcome);
        out.text("domain", &self.domain_name());
        out.text("rating", &self.rating_name());
        out.optional("reason", self.reason.as_deref());
        self.rated_on.write(out);
    }
}

/// A domain as the file names it: `risk of bias`.
pub fn domain_words(domain: grade::Domain) -> String {
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
