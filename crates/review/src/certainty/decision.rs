//! What the panel decided on a body of evidence, and whether it did so on the numbers of today.

use consilience_appraisal::grade::{Certainty, Domain, certainty};
use indexmap::IndexMap;

use super::proposals::Proposals;
use crate::agreement::{Agreement, agreement};
use crate::analysis::short;
use crate::event::{Attributed, Who};
use crate::keyword::Keyword;
use crate::printed::Printed;
use crate::state::State;
use crate::vocabulary::certainty::{CertaintyEntry, CertaintyItem, RatedOn, Start};

/// What was said of one body of evidence, by domain.
pub(super) type Entries<'a> = IndexMap<String, Vec<&'a Attributed<CertaintyEntry>>>;

/// What the panel decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Where the body of evidence starts; randomised when not said.
    pub start: Start,
    /// What counts, one entry for the start and for each domain that was rated, in the order of the file.
    pub entries: Vec<Rated>,
    /// GRADE's level.
    pub certainty: Certainty,
    /// Domains on which assessors disagree without a consensus: the last rating counts.
    pub disagreements: Vec<String>,
}

/// One entry that counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Rated {
    /// The entry.
    pub entry: CertaintyEntry,
    /// Who made it.
    pub who: Who,
    /// Whether it was made on the numbers of today.
    pub freshness: Freshness,
}

/// Whether a rating was made on the numbers of today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Freshness {
    /// On these.
    Current,
    /// On others: what changed, in words.
    Stale(Vec<String>),
    /// Nobody wrote down on which.
    Unknown,
}

impl Decision {
    /// The entry for a domain, or for the start.
    pub fn of(&self, domain: Option<Domain>) -> Option<&Rated> {
        self.entries.iter().find(|it| match (&it.entry.item, domain) {
            (CertaintyItem::Start(_), None) => true,
            (CertaintyItem::Domain(rated, _), Some(domain)) => *rated == domain,
            _ => false,
        })
    }

    /// The five domains of doubt that were not rated; they count as not serious.
    pub fn unrated(&self) -> Vec<Domain> {
        let domains = Domain::ALL.into_iter().filter(|it| !it.is_upgrade());
        domains.filter(|it| self.of(Some(*it)).is_none()).collect()
    }

    /// Of all entries together: stale if one is, with everything that changed.
    pub fn freshness(&self) -> Freshness {
        let mut changes: Vec<String> = Vec::new();
        let mut is_known = true;
        for rated in &self.entries {
            match &rated.freshness {
                Freshness::Current => {}
                Freshness::Unknown => is_known = false,
                Freshness::Stale(of_entry) => {
                    for change in of_entry {
                        if !changes.contains(change) {
                            changes.push(change.clone());
                        }
                    }
                }
            }
        }
        match (changes.is_empty(), is_known) {
            (false, _) => Freshness::Stale(changes),
            (true, true) => Freshness::Current,
            (true, false) => Freshness::Unknown,
        }
    }
}

pub(super) fn entries<'a>(state: &'a State, comparison: &str, outcome: &str) -> Entries<'a> {
    let mut entries = Entries::new();
    for entry in state.certainty.values() {
        if (&*entry.value.comparison, &*entry.value.outcome) == (comparison, outcome) {
            entries.entry(entry.value.domain_name()).or_default().push(entry);
        }
    }
    entries
}

/// One rating counts for each domain: the one that assessors agree on or found in consensus, else the last.
pub(super) fn decision(said: Entries, now: &RatedOn, proposals: &Proposals) -> Option<Decision> {
    if said.is_empty() {
        return None;
    }
    let mut decision = Decision {
        start: Start::Randomised,
        entries: Vec::new(),
        certainty: Certainty::VeryLow,
        disagreements: Vec::new(),
    };
    let mut steps = Vec::new();
    for (name, said) in said {
        let entry = match agreement(&said, |a, b| a.item == b.item) {
            Agreement::On(entry) => entry,
            Agreement::Nobody | Agreement::None => {
                decision.disagreements.push(name);
                let Some(last) = said.last() else { continue };
                *last
            }
        };
        match &entry.value.item {
            CertaintyItem::Start(it) => decision.start = *it,
            CertaintyItem::Domain(domain, rating) => steps.push((*domain, *rating)),
        }
        let freshness = freshness(&entry.value, now, proposals);
        let (entry, who) = (entry.value.clone(), entry.who.clone());
        decision.entries.push(Rated { entry, who, freshness });
    }
    decision.certainty = certainty(decision.start.point(), &steps);
    Some(decision)
}

/// Compares what was written down with the numbers of today, each as exactly as it was written.
fn freshness(entry: &CertaintyEntry, now: &RatedOn, proposals: &Proposals) -> Freshness {
    let then = &entry.rated_on;
    if *then == RatedOn::default() {
        return Freshness::Unknown;
    }
    let mut changes = Vec::new();
    if then.analysis.is_some() && then.analysis != now.analysis {
        let name = |it: &Option<String>| it.clone().unwrap_or_else(|| "none".to_owned());
        changes.push(format!(
            "the analysis was {} and is {}",
            name(&then.analysis),
            name(&now.analysis)
        ));
    }
    let has_numbers = then.studies.is_some() || then.analysis.is_some();
    let numbers = [
        ("the estimate", &then.estimate, &now.estimate, false),
        ("the lower limit", &then.ci_lower, &now.ci_lower, false),
        ("the upper limit", &then.ci_upper, &now.ci_upper, false),
        ("the number of studies", &then.studies, &now.studies, true),
        ("the number of participants", &then.participants, &now.participants, true),
    ];
    for (what, then, now, is_count) in numbers {
        match (then, now) {
            (Some(then), Some(now)) if is_same(then, now, is_count) => {}
            (Some(then), Some(now)) => {
                changes.push(format!("{what} was {then} and is {}", short(now.value())));
            }
            (Some(then), None) => changes.push(format!("{what} was {then} and is not known now")),
            (None, Some(now)) if has_numbers && what == "the estimate" => {
                changes.push(format!("there was no estimate, and now it is {now}"));
            }
            (None, _) => {}
        }
    }
    changes.extend(changed_proposal(entry, proposals));
    if changes.is_empty() { Freshness::Current } else { Freshness::Stale(changes) }
}

/// A measured number is the same if it rounds to what was written, a count if it is the same.
fn is_same(then: &Printed, now: &Printed, is_count: bool) -> bool {
    let slack = if is_count { 0.0 } else { then.rounding() * (1.0 + 1e-9) };
    (then.value() - now.value()).abs() <= slack || short(then.value()) == short(now.value())
}

fn changed_proposal(entry: &CertaintyEntry, proposals: &Proposals) -> Option<String> {
    let then = entry.rated_on.proposed.as_deref()?;
    let (about, now) = match &entry.item {
        CertaintyItem::Start(_) => {
            ("start".to_owned(), proposals.start.as_ref().ok().map(|it| it.0.name()))
        }
        CertaintyItem::Domain(domain, _) => {
            (domain.name().to_lowercase(), proposals.of(*domain).ok().map(|it| it.rating.name()))
        }
    };
    let is_same = now.is_some_and(|now| now.eq_ignore_ascii_case(then));
    (!is_same).then(|| {
        let now = now.unwrap_or("nothing");
        format!("the program proposed {then} for {about} and proposes {now} now")
    })
}
