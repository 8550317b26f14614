//! Several reports of one study: no duplicates, but one trial to extract once. Nothing is joined here; it is suggested, and each
//! suggestion says why. Two reasons count, as a librarian would have them (Cochrane Handbook 4.6.2):
//!
//! - they name the same registration number of a trial;
//! - authors, number of participants and intervention agree: at least two authors, and half of the shorter list; the same number of
//!   participants, stated in title or abstract; all that the title of one is about stands in title or abstract of the other; at
//!   most five years apart (twenty for what calls itself a follow-up); no other country. A round number of participants is
//!   no coincidence only with an institution in common.
//!
//! What names numbers of its own in a registry is never joined to what names others there, and reviews, letters and corrections tell of no
//! trial of theirs.

mod agreement;
mod sample;

use std::collections::{BTreeMap, BTreeSet};

use consilience_bib::Record;

use agreement::{About, Profile};

/// Reports that are suggested as one study, or known to be one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Study {
    /// The record that stands for each report, in order.
    pub reports: Vec<usize>,
    /// Why: enough pairs to hold them all together.
    pub reasons: Vec<SameStudy>,
}

impl Study {
    /// What is suggested and nobody said yet.
    pub fn suggestions(&self) -> impl Iterator<Item = &SameStudy> {
        self.reasons.iter().filter(|it| it.evidence != Evidence::Said)
    }
}

/// Why two reports may be of one study.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SameStudy {
    /// The one report.
    pub first: usize,
    /// The other.
    pub second: usize,
    /// What speaks for it.
    pub evidence: Evidence,
}

/// What speaks for one study.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// A person said so.
    Said,
    /// They name the same trial by its number in the registry: "NCT01234567".
    Registration(String),
    /// They agree in who, how many and what.
    Agreement {
        /// The authors that they share, as the first names them.
        authors: Vec<String>,
        /// The number of participants.
        participants: u32,
        /// What the title of one is about, which the other tells of, too.
        subject: Vec<String>,
        /// An institution that they share.
        institution: Option<String>,
    },
}

impl Evidence {
    /// The evidence in words.
    pub fn words(&self) -> String {
        match self {
            Self::Said => "somebody said so".to_owned(),
            Self::Registration(number) => format!("the same registration number ({number})"),
            Self::Agreement { authors, participants, subject, institution } => {
                let institution = institution.as_ref();
                let institution = institution.map(|it| format!("; the same institution ({it})"));
                format!(
                    "the same authors ({}); {participants} participants in both; both are about {}{}",
                    authors.join(", "),
                    subject.join(", "),
                    institution.unwrap_or_default()
                )
            }
        }
    }
}

/// What is known of pairs of reports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SaidOfStudies {
    /// Pairs that tell of one study.
    pub same: Vec<(usize, usize)>,
    /// Pairs that tell of two.
    pub different: Vec<(usize, usize)>,
}

/// A number that more reports name is no trial's own.
const MOST_REPORTS: usize = 50;

/// Suggests which reports are of one study, beside what is known. Of each group of records, which is one report, the first
/// stands for it; what any of them tells, the report tells.
///
/// # Panics
/// If a group, or what is known, names a record that there is not.
pub fn suggest_studies(
    records: &[&Record],
    groups: &[Vec<usize>],
    said: &SaidOfStudies,
) -> Vec<Study> {
    let mut standing: Vec<usize> = (0..records.len()).collect();
    let mut members: BTreeMap<usize, &[usize]> = BTreeMap::new();
    for group in groups {
        let Some((first, others)) = group.split_first() else { continue };
        for other in others {
            standing[*other] = *first;
        }
        members.insert(*first, others);
    }
    let of_report = |report: usize| {
        let members = members.get(&report).copied().unwrap_or_default();
        std::iter::once(records[report]).chain(members.iter().map(|it| records[*it]))
    };
    let reports: Vec<usize> = (0..records.len()).filter(|it| standing[*it] == *it).collect();
    let profiles = profiles(&reports, |it| Profile::of(of_report(it)));
    let mut joined = Joined::of(said, &standing);
    for reason in by_registration(&profiles) {
        joined.join(reason, &profiles);
    }
    let mut about: BTreeMap<usize, About> = BTreeMap::new();
    for (first, second) in alike(&profiles) {
        for it in [first, second] {
            about.entry(it).or_insert_with(|| About::of(&of_report(it)));
        }
        if let Some(evidence) = agreement::agree(
            (&profiles[&first], &about[&first]),
            (&profiles[&second], &about[&second]),
        ) {
            joined.join(SameStudy { first, second, evidence }, &profiles);
        }
    }
    joined.studies.into_values().collect()
}

/// What is known of each report, made by as many threads as the machine has cores.
fn profiles(
    reports: &[usize],
    profile: impl Fn(usize) -> Option<Profile> + Sync,
) -> BTreeMap<usize, Profile> {
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
    let of_part = |part: &[usize]| -> Vec<(usize, Profile)> {
        part.iter().filter_map(|it| Some((*it, profile(*it)?))).collect()
    };
    let parts: Vec<&[usize]> = reports.chunks(reports.len().div_ceil(n_threads).max(1)).collect();
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            parts.iter().map(|part| (part, scope.spawn(|| of_part(part)))).collect();
        // A thread that could not be finished is made up for here.
        threads
            .into_iter()
            .flat_map(|(part, it)| it.join().unwrap_or_else(|_| of_part(part)))
            .collect()
    })
}

/// Reports that name the same number, each with the first of them.
fn by_registration(profiles: &BTreeMap<usize, Profile>) -> Vec<SameStudy> {
    let mut reports: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (report, profile) in profiles {
        for number in &profile.registrations {
            reports.entry(number).or_default().push(*report);
        }
    }
    let of_trials = reports.iter().filter(|it| it.1.len() <= MOST_REPORTS);
    let pairs = of_trials.flat_map(|(number, reports)| {
        reports.iter().skip(1).map(|second| SameStudy {
            first: reports[0],
            second: *second,
            evidence: Evidence::Registration((*number).to_owned()),
        })
    });
    pairs.collect()
}

/// Pairs of reports that share an author and a number of participants: only these are looked at closely.
fn alike(profiles: &BTreeMap<usize, Profile>) -> BTreeSet<(usize, usize)> {
    let mut keyed: Vec<(u64, u32, usize)> = Vec::new();
    for (report, profile) in profiles {
        for author in &profile.authors {
            keyed.extend(profile.samples.iter().map(|n| (*author, *n, *report)));
        }
    }
    keyed.sort_unstable();
    let mut pairs = BTreeSet::new();
    let shared = keyed.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
    for reports in shared.filter(|it| (2..=MOST_REPORTS).contains(&it.len())) {
        for (i, first) in reports.iter().enumerate() {
            pairs.extend(reports[i + 1..].iter().map(|second| (first.2, second.2)));
        }
    }
    pairs
}

/// Reports in studies.
struct Joined {
    study_of: BTreeMap<usize, usize>,
    studies: BTreeMap<usize, Study>,
    /// Reports that somebody said are of two studies.
    apart: BTreeSet<(usize, usize)>,
}

impl Joined {
    /// What somebody said, of the records that stand for the reports.
    fn of(said: &SaidOfStudies, standing: &[usize]) -> Self {
        let pair = |(a, b): &(usize, usize)| {
            let (a, b) = (standing[*a], standing[*b]);
            (a.min(b), a.max(b))
        };
        let apart = said.different.iter().map(pair).collect();
        let mut joined = Self { study_of: BTreeMap::new(), studies: BTreeMap::new(), apart };
        for (first, second) in said.same.iter().map(pair).filter(|(a, b)| a != b) {
            joined.put(SameStudy { first, second, evidence: Evidence::Said });
        }
        joined
    }

    /// The reports of the study that a report is of.
    fn study(&self, report: usize) -> Vec<usize> {
        let study = self.study_of.get(&report).and_then(|it| self.studies.get(it));
        study.map_or_else(|| vec![report], |it| it.reports.clone())
    }

    /// Joins two reports, unless somebody said otherwise or their studies name different trials of one registry.
    fn join(&mut self, reason: SameStudy, profiles: &BTreeMap<usize, Profile>) {
        let (of_first, of_second) = (self.study(reason.first), self.study(reason.second));
        let are_apart = |a: usize, b: usize| self.apart.contains(&(a.min(b), a.max(b)));
        if of_first.iter().any(|a| of_second.iter().any(|b| are_apart(*a, *b))) {
            return;
        }
        let all = of_first.iter().chain(&of_second).filter_map(|it| profiles.get(it));
        if !agreement::name_different_trials(all) {
            self.put(reason);
        }
    }

    fn put(&mut self, reason: SameStudy) {
        let (of_first, of_second) = (self.study(reason.first), self.study(reason.second));
        if of_first.contains(&reason.second) {
            return;
        }
        let mut reports = [of_first, of_second].concat();
        reports.sort_unstable();
        let mut reasons = Vec::new();
        for it in [reason.first, reason.second] {
            let known = self.study_of.get(&it).and_then(|it| self.studies.remove(it));
            reasons.extend(known.into_iter().flat_map(|it| it.reasons));
        }
        reasons.push(reason);
        self.study_of.extend(reports.iter().map(|it| (*it, reports[0])));
        self.studies.insert(reports[0], Study { reports, reasons });
    }
}
