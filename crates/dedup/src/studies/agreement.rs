//! Whether two reports agree in who did the study, on how many people, and on what.

use std::collections::BTreeSet;

use consilience_bib::{Name, Record};

use super::{Evidence, sample};
use crate::normalise::{folded, hash};

/// A report of several trials names more numbers.
const MOST_REGISTRATIONS: usize = 2;
/// Years between two reports of one study.
const APART: u32 = 5;
/// The same, where one says that it is a follow-up.
const APART_IN_FOLLOW_UP: u32 = 20;
/// Words that a title must have of what it is about.
const LEAST_SUBJECT: usize = 3;

/// Words in titles of what tells of no trial of its own.
const SECONDARY: [&str; 19] = [
    "review",
    "reviews",
    "meta",
    "metaanalysis",
    "overview",
    "guideline",
    "guidelines",
    "editorial",
    "commentary",
    "comment",
    "reply",
    "letter",
    "erratum",
    "corrigendum",
    "correction",
    "retraction",
    "case",
    "pooled",
    "consensus",
];
/// Words in titles that tell of what kind a study is and how it ended, not what it was about.
const OF_EVERY_TRIAL: [&str; 90] = [
    "effect",
    "effects",
    "efficacy",
    "effectiveness",
    "benefit",
    "benefits",
    "impact",
    "influence",
    "role",
    "use",
    "using",
    "safety",
    "tolerability",
    "outcome",
    "outcomes",
    "result",
    "results",
    "findings",
    "evaluation",
    "assessment",
    "comparison",
    "comparing",
    "compared",
    "comparative",
    "versus",
    "study",
    "studies",
    "trial",
    "trials",
    "randomised",
    "randomized",
    "randomly",
    "controlled",
    "control",
    "clinical",
    "blind",
    "blinded",
    "double",
    "single",
    "placebo",
    "pilot",
    "feasibility",
    "protocol",
    "design",
    "rationale",
    "methods",
    "phase",
    "open",
    "label",
    "multicentre",
    "multicenter",
    "prospective",
    "parallel",
    "group",
    "crossover",
    "cross",
    "over",
    "factorial",
    "analysis",
    "secondary",
    "primary",
    "post",
    "hoc",
    "exploratory",
    "subgroup",
    "interim",
    "preliminary",
    "final",
    "report",
    "long",
    "short",
    "term",
    "follow",
    "followup",
    "year",
    "years",
    "month",
    "months",
    "week",
    "weeks",
    "day",
    "days",
    "after",
    "during",
    "among",
    "between",
    "patients",
    "participants",
    "people",
    "extension",
];
/// Words that tell nothing.
const SMALL: [&str; 17] = [
    "the", "and", "for", "from", "with", "without", "into", "its", "their", "der", "die", "das",
    "und", "les", "des", "los", "las",
];
/// Words in titles of follow-ups.
const FOLLOW_UP: [&str; 8] =
    ["follow", "followup", "year", "years", "long", "extension", "extended", "month"];
/// Words in names of institutions.
const INSTITUTION: [&str; 12] = [
    "university",
    "hospital",
    "institute",
    "college",
    "centre",
    "center",
    "clinic",
    "school",
    "universidad",
    "universite",
    "universitat",
    "foundation",
];

/// What is known of every report at once: little, for there may be a million.
pub(super) struct Profile {
    pub(super) registrations: BTreeSet<String>,
    /// Hashes of family name and first initial; none where no number of participants is stated.
    pub(super) authors: Vec<u64>,
    /// Numbers of participants that title and abstract state.
    pub(super) samples: Vec<u32>,
    /// Of these, that of the study: the most who were randomised, else the most.
    participants: Option<u32>,
}

impl Profile {
    /// Of a report by its records; nothing of what tells of no trial of its own.
    pub(super) fn of<'a>(records: impl Iterator<Item = &'a Record> + Clone) -> Option<Self> {
        let title = records.clone().find_map(Record::title).unwrap_or_default();
        let is_secondary = |word: &str| SECONDARY.iter().any(|it| word.eq_ignore_ascii_case(it));
        if title.split(|c: char| !c.is_alphanumeric()).any(is_secondary) {
            return None;
        }
        let registrations: BTreeSet<String> =
            records.clone().flat_map(Record::trial_registrations).collect();
        let registrations =
            if registrations.len() > MOST_REGISTRATIONS { BTreeSet::new() } else { registrations };
        let mut sizes = sample::sizes(&title);
        for text in records.clone().filter_map(Record::abstract_text) {
            sizes.extend(sample::sizes(&text));
        }
        let participants = sizes.iter().max().map(|it| it.n);
        let mut samples: Vec<u32> = sizes.into_iter().map(|it| it.n).collect();
        samples.sort_unstable();
        samples.dedup();
        let mut authors: Vec<u64> = if samples.is_empty() {
            Vec::new()
        } else {
            records.flat_map(Record::author_names).filter_map(key).collect()
        };
        authors.sort_unstable();
        authors.dedup();
        Some(Self { registrations, authors, samples, participants })
    }
}

/// An author by family name and first initial.
fn key(name: Name<'_>) -> Option<u64> {
    let family = folded(name.family);
    let initial = folded(name.given).chars().next();
    (family.len() > 1).then(|| hash(&format!("{family} {}", initial.unwrap_or(' '))))
}

/// What is looked at where two reports share an author and a number of participants.
pub(super) struct About {
    /// Family name and first initial, hashed, and as the report names them.
    authors: Vec<(u64, String)>,
    /// The words of the title that tell what it is about.
    subject: BTreeSet<String>,
    /// All words of title and abstract.
    words: BTreeSet<String>,
    year: Option<i32>,
    is_follow_up: bool,
    institutions: BTreeSet<String>,
    countries: BTreeSet<String>,
}

impl About {
    pub(super) fn of<'a>(records: &(impl Iterator<Item = &'a Record> + Clone)) -> Self {
        let title = folded(&records.clone().find_map(Record::title).unwrap_or_default());
        let texts = records.clone().flat_map(|it| it.title().into_iter().chain(it.abstract_text()));
        let words = texts.flat_map(|text| split(&folded(&text))).collect();
        let names: Vec<Name<'_>> =
            records.clone().map(Record::author_names).max_by_key(Vec::len).unwrap_or_default();
        let authors = names.into_iter().filter_map(|it| Some((key(it)?, shown(it))));
        let mut institutions = BTreeSet::new();
        let mut countries = BTreeSet::new();
        for address in records.clone().flat_map(Record::addresses) {
            place(address, &mut institutions, &mut countries);
        }
        Self {
            authors: authors.collect(),
            subject: subject(&title),
            words,
            year: records.clone().find_map(Record::year),
            is_follow_up: title.split(' ').any(|it| FOLLOW_UP.contains(&it)),
            institutions,
            countries,
        }
    }

    /// Whether all that a title is about stands in title or abstract of the other, and at least half the other way round.
    fn is_about(&self, other: &Self) -> bool {
        let n_shared = |a: &Self, b: &Self| a.subject.intersection(&b.words).count();
        self.subject.len() >= LEAST_SUBJECT
            && n_shared(self, other) == self.subject.len()
            && 2 * n_shared(other, self) >= other.subject.len()
    }

    fn may_be_so_far_apart(&self, other: &Self) -> bool {
        let is_follow_up = self.is_follow_up || other.is_follow_up;
        let most = if is_follow_up { APART_IN_FOLLOW_UP } else { APART };
        self.year.zip(other.year).is_none_or(|(a, b)| a.abs_diff(b) <= most)
    }

    fn are_of_other_countries(&self, other: &Self) -> bool {
        !self.countries.is_empty()
            && !other.countries.is_empty()
            && self.countries.is_disjoint(&other.countries)
    }
}

fn shown(name: Name<'_>) -> String {
    let initial = name.given.chars().next().map(|it| format!(" {it}"));
    format!("{}{}", name.family, initial.unwrap_or_default())
}

/// Words as they are compared: without the plural's s.
fn split(folded: &str) -> Vec<String> {
    let singular = |word: &str| match word.strip_suffix('s') {
        Some(stem) if stem.len() > 3 && !stem.ends_with('s') => stem.to_owned(),
        _ => word.to_owned(),
    };
    folded.split(' ').map(singular).collect()
}

/// What a title is about: its words without those of every trial, and numbers (doses, phases, parts) unless they count time.
fn subject(title: &str) -> BTreeSet<String> {
    const TIME: [&str; 8] = ["year", "years", "month", "months", "week", "weeks", "day", "days"];
    const ROMAN: [&str; 5] = ["i", "ii", "iii", "iv", "v"];
    let words: Vec<&str> = title.split(' ').collect();
    let tells = |(i, word): (usize, &&str)| {
        let is_number = word.bytes().all(|b| b.is_ascii_digit()) || ROMAN.contains(word);
        if is_number {
            return !words.get(i + 1).is_some_and(|it| TIME.contains(it));
        }
        word.len() > 2 && !SMALL.contains(word) && !OF_EVERY_TRIAL.contains(word)
    };
    let kept: Vec<&str> =
        words.iter().enumerate().filter(|it| tells((it.0, it.1))).map(|it| *it.1).collect();
    split(&kept.join(" ")).into_iter().filter(|it| !it.is_empty()).collect()
}

/// The institutions and the country of an address.
fn place(address: &str, institutions: &mut BTreeSet<String>, countries: &mut BTreeSet<String>) {
    for one in address.split([';', '\n']) {
        let parts: Vec<String> = one.split(['.', ',']).map(folded).collect();
        let named = parts.iter().filter(|it| it.split(' ').any(|it| INSTITUTION.contains(&it)));
        institutions.extend(named.cloned());
        // The last part may be an address of electronic mail, whose dots part it too; and no country has digits in its name.
        let is_country =
            |it: &&String| (2..=30).contains(&it.len()) && !it.bytes().any(|b| b.is_ascii_digit());
        let before_mail = one.split_whitespace().take_while(|it| !it.contains('@'));
        let before_mail = before_mail.collect::<Vec<_>>().join(" ");
        let before_mail = before_mail.trim_end_matches("Electronic address:");
        let last = before_mail.trim_end_matches(['.', ' ']).rsplit(',').next().map(folded);
        let last = last.as_ref().filter(is_country).filter(|_| one.contains(','));
        countries.extend(last.map(|it| match it.as_str() {
            "united states" | "united states of america" => "usa".to_owned(),
            "england" | "scotland" | "wales" | "united kingdom" | "great britain" => {
                "uk".to_owned()
            }
            "peoples republic of china" | "p r china" | "pr china" => "china".to_owned(),
            other => other.to_owned(),
        }));
    }
}

/// Whether some of these reports name different trials of one registry, and none of the other's.
pub(super) fn name_different_trials<'a>(
    reports: impl Iterator<Item = &'a Profile> + Clone,
) -> bool {
    let named: Vec<&BTreeSet<String>> =
        reports.map(|it| &it.registrations).filter(|it| !it.is_empty()).collect();
    let registry =
        |number: &str| -> String { number.chars().take_while(|c| !c.is_ascii_digit()).collect() };
    let differ = |a: &BTreeSet<String>, b: &BTreeSet<String>| {
        a.is_disjoint(b) && a.iter().any(|x| b.iter().any(|y| registry(x) == registry(y)))
    };
    named.iter().enumerate().any(|(i, a)| named[i + 1..].iter().any(|b| differ(a, b)))
}

type Report<'a> = (&'a Profile, &'a About);

/// Why two reports are of one study, if they agree in everything that can be told of them.
pub(super) fn agree(first: Report<'_>, second: Report<'_>) -> Option<Evidence> {
    let (a, b) = (first.1, second.1);
    let in_second = |key: u64| b.authors.iter().any(|it| it.0 == key);
    let authors: Vec<String> =
        a.authors.iter().filter(|it| in_second(it.0)).map(|it| it.1.clone()).collect();
    let shorter = a.authors.len().min(b.authors.len());
    if authors.len() < 2 || 2 * authors.len() < shorter {
        return None;
    }
    let subject = if a.is_about(b) {
        &a.subject
    } else if b.is_about(a) {
        &b.subject
    } else {
        return None;
    };
    let differ = name_different_trials([first.0, second.0].into_iter());
    if differ || !a.may_be_so_far_apart(b) || a.are_of_other_countries(b) {
        return None;
    }
    let institution = a.institutions.intersection(&b.institutions).next().cloned();
    // The number of one of them may be among several that the other states: of people screened, and in arms.
    let is_in = |n: Option<u32>, it: &Profile| n.filter(|n| it.samples.contains(n));
    let participants =
        is_in(first.0.participants, second.0).or_else(|| is_in(second.0.participants, first.0))?;
    if participants % 10 == 0 && institution.is_none() {
        return None;
    }
    let subject = subject.iter().cloned().collect();
    Some(Evidence::Agreement { authors, participants, subject, institution })
}
