//! Two people's extraction side by side: where they differ, what only one of them has, and how far they agree.

use std::collections::{BTreeMap, BTreeSet};

use consilience_stats::agreement::{Kappa, KappaWeights, kappa};
use indexmap::IndexSet;

use super::fields::{Kind, PRINTED, SETTING, Texts, is_same};
use super::file::ExtractedRow;
use crate::diagnostic::Place;
use crate::printed::Printed;
use crate::vocabulary::records::CONSENSUS;
use crate::vocabulary::result::ResultKey;
use crate::vocabulary::time::one_form;

/// How the extractors of some rows agree.
#[derive(Debug, Clone)]
pub struct ExtractionAgreement {
    /// The people, in the order in which they first appear.
    pub extractors: Vec<String>,
    /// What two of them differ on, field by field, in the order of the rows.
    pub differences: Vec<Found>,
    /// In studies that two extracted: what only one of them has.
    pub only_one: Vec<OnlyOne>,
    /// Each two people who extracted the same results.
    pub between: Vec<Between>,
    /// How many studies one person alone extracted.
    pub studies_of_one: usize,
}

/// A field in which two people differ.
#[derive(Debug, Clone)]
pub struct Found {
    /// The result, as the first of them names it.
    pub result: ResultKey,
    /// The field.
    pub field: &'static str,
    /// The two.
    pub extractors: [String; 2],
    /// What each of them entered; `None`: nothing.
    pub readings: [Option<String>; 2],
    /// Where it stands.
    pub places: [Place; 2],
    /// What was decided in consensus: a row is there, with this in the field.
    pub consensus: Option<Option<String>>,
}

/// A result that only one of two people entered.
#[derive(Debug, Clone)]
pub struct OnlyOne {
    /// The result.
    pub result: ResultKey,
    /// Who entered it.
    pub extractor: String,
    /// Where it stands.
    pub place: Place,
    /// Whether a row by `consensus` is there.
    pub is_decided: bool,
}

/// The agreement of two people.
#[derive(Debug, Clone)]
pub struct Between {
    /// The two.
    pub extractors: [String; 2],
    /// How many results both entered.
    pub results: usize,
    /// How many of these are the same in every printed field.
    pub same: usize,
    /// By field.
    pub fields: Vec<FieldAgreement>,
}

/// The agreement on one field.
#[derive(Debug, Clone)]
pub struct FieldAgreement {
    /// The field.
    pub field: &'static str,
    /// In how many results either of the two filled it in.
    pub n: usize,
    /// In how many of these both say the same.
    pub same: usize,
    /// For words: Cohen's kappa, with an empty cell as a word of its own.
    pub kappa: Option<Kappa>,
    /// For numbers: the largest |a − b| / max(|a|, |b|) of those that both filled in.
    pub largest_difference: Option<f64>,
}

impl FieldAgreement {
    /// The share that is the same, 0 to 1.
    pub fn share(&self) -> f64 {
        self.same as f64 / self.n.max(1) as f64
    }
}

/// One result as two people entered it.
type Pair<'a> = (&'a ExtractedRow, &'a ExtractedRow);

/// Compares the people who entered some rows.
///
/// # Errors
/// Not two people are there, besides the consensus.
pub fn agreement(rows: &[ExtractedRow]) -> Result<ExtractionAgreement, String> {
    let people: IndexSet<&str> = rows.iter().filter_map(extractor).collect();
    if people.len() < 2 {
        let found = match people.first() {
            None => "nobody".to_owned(),
            Some(who) => format!("one ({who})"),
        };
        return Err(format!("expected results of two people in `entered_by`, found {found}"));
    }
    let decided: BTreeMap<ResultKey, Texts> = rows
        .iter()
        .filter(|it| it.entry.who.0.as_deref() == Some(CONSENSUS))
        .map(|it| (it.entry.value.key().one_form(), Texts::of(&it.entry.value)))
        .collect();
    let studies = people_by_study(rows);
    let mut found = ExtractionAgreement {
        extractors: people.iter().map(|it| (*it).to_owned()).collect(),
        differences: Vec::new(),
        only_one: Vec::new(),
        between: Vec::new(),
        studies_of_one: studies.values().filter(|it| it.len() == 1).count(),
    };
    let mut matched = BTreeSet::new();
    for (i, first) in people.iter().enumerate() {
        for second in people.iter().skip(i + 1) {
            let pairs = pairs(rows, first, second);
            if pairs.is_empty() {
                continue;
            }
            for (a, b) in &pairs {
                matched.extend([place_key(a), place_key(b)]);
                found.differences.extend(differences(a, b, &decided));
            }
            found.between.push(between(first, second, &pairs));
        }
    }
    let order = |it: &Found| (it.places[0].file.clone(), it.places[0].line);
    found.differences.sort_by_key(order);
    let is_alone = |it: &&ExtractedRow| {
        let is_of_two = studies.get(it.entry.value.study.as_str()).is_some_and(|it| it.len() > 1);
        is_of_two && !matched.contains(&place_key(it))
    };
    found.only_one = rows
        .iter()
        .filter(is_alone)
        .filter_map(|it| {
            let result = it.entry.value.key();
            Some(OnlyOne {
                extractor: extractor(it)?.to_owned(),
                place: it.place("arm"),
                is_decided: decided.contains_key(&result.one_form()),
                result,
            })
        })
        .collect();
    Ok(found)
}

/// The person who entered a row, if it is one.
fn extractor(row: &ExtractedRow) -> Option<&str> {
    row.entry.who.0.as_deref().filter(|it| *it != CONSENSUS)
}

fn people_by_study(rows: &[ExtractedRow]) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut people: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in rows {
        people.entry(&row.entry.value.study).or_default().extend(extractor(row));
    }
    people
}

fn place_key(row: &ExtractedRow) -> (String, Option<usize>) {
    let place = row.place("");
    (place.file, place.line)
}

/// What belongs together before anybody looks at time, instrument, score and population.
fn subject(row: &ExtractedRow) -> (&str, &str, &str, Option<&str>) {
    let it = &row.entry.value;
    (&it.study, &it.outcome, it.subject.arm(), it.subject.versus())
}

/// The results that two people entered: those that they name alike, and of the others those that are the only ones left
/// of an arm, so that a time or an instrument written in two ways is a difference and not two results.
fn pairs<'a>(rows: &'a [ExtractedRow], first: &str, second: &str) -> Vec<Pair<'a>> {
    let by = |who: &str| -> Vec<&'a ExtractedRow> {
        rows.iter().filter(|it| extractor(it) == Some(who)).collect()
    };
    let mut others = by(second);
    let mut pairs = Vec::new();
    let mut left: Vec<&ExtractedRow> = Vec::new();
    for a in by(first) {
        let key = a.entry.value.key().one_form();
        let source = &a.entry.value.source.source;
        let is_same = |b: &&ExtractedRow| b.entry.value.key().one_form() == key;
        let from_same = |b: &&ExtractedRow| is_same(b) && b.entry.value.source.source == *source;
        let at = others.iter().position(from_same);
        match at.or_else(|| others.iter().position(is_same)) {
            Some(at) => pairs.push((a, others.remove(at))),
            None => left.push(a),
        }
    }
    for a in &left {
        let of_subject = |it: &&&ExtractedRow| subject(it) == subject(a);
        let alone = left.iter().filter(of_subject).count() == 1;
        let mut candidates = others.iter().filter(of_subject);
        if let (true, Some(b), None) = (alone, candidates.next(), candidates.next()) {
            pairs.push((*a, *b));
        }
    }
    pairs
}

fn differences(
    a: &ExtractedRow,
    b: &ExtractedRow,
    decided: &BTreeMap<ResultKey, Texts>,
) -> Vec<Found> {
    let (x, y) = (Texts::of(&a.entry.value), Texts::of(&b.entry.value));
    let keys = [a.entry.value.key(), b.entry.value.key()];
    let consensus = keys.iter().find_map(|it| decided.get(&it.one_form()));
    let fields = SETTING.iter().chain(&PRINTED);
    fields
        .filter(|(field, kind)| !is_same(*kind, x.get(field), y.get(field)))
        .map(|(field, _)| Found {
            result: keys[0].clone(),
            field,
            extractors: [a, b].map(|it| it.entry.who.to_string()),
            readings: [&x, &y].map(|it| it.get(field).map(str::to_owned)),
            places: [a, b].map(|it| it.place(field)),
            consensus: consensus.map(|it| it.get(field).map(str::to_owned)),
        })
        .collect()
}

fn between(first: &str, second: &str, pairs: &[Pair]) -> Between {
    let texts: Vec<(Texts, Texts)> =
        pairs.iter().map(|(a, b)| (Texts::of(&a.entry.value), Texts::of(&b.entry.value))).collect();
    let same = |(a, b): &&(Texts, Texts)| {
        PRINTED
            .iter()
            .chain(&SETTING)
            .all(|(field, kind)| is_same(*kind, a.get(field), b.get(field)))
    };
    let fields = SETTING.iter().chain(&PRINTED);
    Between {
        extractors: [first.to_owned(), second.to_owned()],
        results: pairs.len(),
        same: texts.iter().filter(same).count(),
        fields: fields.filter_map(|(field, kind)| on_field(field, *kind, &texts)).collect(),
    }
}

/// `None` where neither of the two ever filled the field in.
fn on_field(field: &'static str, kind: Kind, texts: &[(Texts, Texts)]) -> Option<FieldAgreement> {
    const LEVEL: f64 = 0.95;
    let both: Vec<(Option<&str>, Option<&str>)> = texts
        .iter()
        .map(|(a, b)| (a.get(field), b.get(field)))
        .filter(|it| it.0.is_some() || it.1.is_some())
        .collect();
    if both.is_empty() {
        return None;
    }
    let word = |it: Option<&str>| match kind {
        Kind::Reason => it.map_or("", |_| "given").to_owned(),
        Kind::Time => it.map(one_form).unwrap_or_default(),
        _ => it.unwrap_or_default().trim().to_lowercase(),
    };
    let words: IndexSet<String> = both.iter().flat_map(|(a, b)| [word(*a), word(*b)]).collect();
    let rated: Vec<(usize, usize)> = both
        .iter()
        .filter_map(|(a, b)| Some((words.get_index_of(&word(*a))?, words.get_index_of(&word(*b))?)))
        .collect();
    let is_word = matches!(kind, Kind::Word | Kind::Reason | Kind::Time);
    let number = |it: Option<&str>| Printed::parse(it?).ok().map(|it| it.value());
    let apart = both.iter().filter_map(|(a, b)| {
        let (a, b) = (number(*a)?, number(*b)?);
        let largest = a.abs().max(b.abs());
        Some(if largest > 0.0 { (a - b).abs() / largest } else { 0.0 })
    });
    Some(FieldAgreement {
        field,
        n: both.len(),
        same: both.iter().filter(|(a, b)| is_same(kind, *a, *b)).count(),
        kappa: is_word
            .then(|| kappa(&rated, words.len(), KappaWeights::Unweighted, LEVEL))
            .flatten(),
        largest_difference: (kind == Kind::Number).then(|| apart.reduce(f64::max)).flatten(),
    })
}
