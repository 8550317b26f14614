//! Decisions in words, field by field.

use crate::compare::{
    AbstractMatch, AuthorMatch, Comparison, Equality, PageMatch, TitleDifference, TitleMatch,
    YearMatch,
};
use crate::conflict::{self, Conflict};
use crate::decide::{Outcome, Rules, probability};
use crate::entry::Entry;
use crate::normalise::JournalMatch;
use crate::weigh::cells;

/// The fields that are compared.
const FIELDS: [&str; 11] = [
    "title",
    "authors",
    "year",
    "journal",
    "volume",
    "issue",
    "pages",
    "DOI",
    "PubMed id",
    "database ids",
    "abstract",
];

/// What one field says about a pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The field.
    pub field: &'static str,
    /// The decimal logarithm of the factor by which it changes the odds that the two are one report: above 0 it speaks
    /// for it, below against it; 0 where a record does not tell.
    pub weight: f64,
    /// How the two records agree in it.
    pub words: String,
}

/// Why two records were joined or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// What was decided about the two alone.
    pub outcome: Outcome,
    /// The probability that they are one report, by the evidence of all fields.
    pub probability: f64,
    /// What stands against it whatever the evidence.
    pub conflict: Option<Conflict>,
    /// Why a person should look even so.
    pub doubt: Option<&'static str>,
    /// What each field says.
    pub reasons: Vec<Reason>,
}

impl Explanation {
    pub(crate) fn of(a: &Entry, b: &Entry, rules: &Rules) -> Self {
        let it = Comparison::of(a, b);
        let cells = cells(a, b, &it);
        let decision = rules.decide_compared(a, b, &it, &cells);
        let words = [
            title(it.title, &it.title_difference),
            authors(it.authors).to_owned(),
            year(it.year).to_owned(),
            journal(it.journal).to_owned(),
            equality(it.volume).to_owned(),
            equality(it.issue).to_owned(),
            pages(it.pages).to_owned(),
            equality(it.doi).to_owned(),
            equality(it.pmid).to_owned(),
            match it.database_ids {
                Equality::Same => "the same number in CENTRAL, Embase or PubMed Central".to_owned(),
                _ => "none in common".to_owned(),
            },
            abstracts(it.abstracts).to_owned(),
        ];
        let reasons = FIELDS.into_iter().zip(rules.weights.of(&cells)).zip(words);
        Self {
            outcome: decision.outcome,
            probability: probability(decision.log_odds),
            conflict: decision.conflict,
            doubt: conflict::doubt(a, b, &it),
            reasons: reasons
                .map(|((field, weight), words)| Reason { field, weight, words })
                .collect(),
        }
    }
}

fn title(title: TitleMatch, difference: &TitleDifference<'_>) -> String {
    let quoted = |words: &[&str]| format!("\u{201c}{}\u{201d}", words.join(" "));
    let detail = match &difference.words {
        [first, second] if first.is_empty() && second.is_empty() => String::new(),
        [first, second] if second.is_empty() => format!("; only the first has {}", quoted(first)),
        [first, second] if first.is_empty() => format!("; only the second has {}", quoted(second)),
        [first, second] => format!("; {} against {}", quoted(first), quoted(second)),
    };
    let spellings: Vec<String> = difference
        .typos
        .iter()
        .map(|(a, b)| format!("; \u{201c}{a}\u{201d} is \u{201c}{b}\u{201d}"))
        .collect();
    let level = match title {
        TitleMatch::Missing => "missing in at least one",
        TitleMatch::Different => "different",
        TitleMatch::Similar => "similar",
        TitleMatch::Extended => "one holds the other",
        TitleMatch::Near => "the same but for spelling",
        TitleMatch::Same => "the same",
    };
    format!("{level}{detail}{}", spellings.concat())
}

fn authors(authors: AuthorMatch) -> &'static str {
    match authors {
        AuthorMatch::Missing => "missing in at least one",
        AuthorMatch::Different => "nobody in common",
        AuthorMatch::Some => "somebody in common",
        AuthorMatch::Most => "most of the shorter list in common",
        AuthorMatch::Subset => "one list is part of the other",
        AuthorMatch::Same => "the same",
    }
}

fn year(year: YearMatch) -> &'static str {
    match year {
        YearMatch::Missing => "missing in at least one",
        YearMatch::Same => "the same",
        YearMatch::Adjacent => "a year apart, as early view and print are",
        YearMatch::Near => "two years apart",
        YearMatch::Different => "years apart",
    }
}

fn journal(journal: Option<JournalMatch>) -> &'static str {
    match journal {
        None => "missing in at least one",
        Some(JournalMatch::Same) => "the same, in full or abbreviated",
        Some(JournalMatch::Related) => "names with words in common",
        Some(JournalMatch::Different) => "different",
    }
}

fn equality(equality: Equality) -> &'static str {
    match equality {
        Equality::Missing => "missing in at least one",
        Equality::Same => "the same",
        Equality::Different => "different",
    }
}

fn pages(pages: PageMatch) -> &'static str {
    match pages {
        PageMatch::Missing => "missing in at least one, or counted in two ways",
        PageMatch::Same => "the same",
        PageMatch::SameFirst => "the same first page",
        PageMatch::Overlap => "one range holds the other",
        PageMatch::Different => "different",
    }
}

fn abstracts(abstracts: AbstractMatch) -> &'static str {
    match abstracts {
        AbstractMatch::Missing => "missing in at least one, or too short",
        AbstractMatch::Same => "the same",
        AbstractMatch::Near => "partly the same",
        AbstractMatch::Different => "different",
    }
}
