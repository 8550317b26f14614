//! Journals: full names, abbreviations and acronyms of one journal are recognised as such.

use std::ops::RangeInclusive;

use super::{fold::folded, hash, is_missing, short_hash};

/// The name of a journal, or of the book or conference that an item is part of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Journal {
    /// The folded words that matter; parallel names parted by "|", sub-titles by ";".
    pub(crate) text: Box<str>,
    pub(crate) hash: u64,
    /// The hashes of its ISSNs, of print and electronic editions alike.
    pub(crate) issns: Box<[u32]>,
    /// Whether it is a conference: its proceedings, or a volume of its papers.
    pub(crate) conference: bool,
}

/// How two names of journals agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum JournalMatch {
    /// Nothing in common.
    Different,
    /// Many words in common, or one is part of the other.
    Related,
    /// The same name, in full or abbreviated.
    Same,
}

const STOP_WORDS: [&str; 24] = [
    "the", "of", "and", "for", "in", "on", "a", "an", "de", "la", "le", "les", "des", "du", "der",
    "die", "das", "und", "et", "y", "e", "to", "at", "fur",
];

/// What parts the words of a name: "|" stands before a parallel name or an addition, ";" before a sub-title.
const MARKS: [char; 3] = [' ', '|', ';'];

/// The parts of a name, each with the mark that comes after it.
fn segments(name: &str) -> Vec<(&str, char)> {
    let mut found = Vec::new();
    let mut start = 0;
    // "Heart. Conference: …" has two parts, "Proc. Natl. Acad. Sci." one.
    let has_stop = !name.ends_with('.') && name.matches(". ").count() == 1;
    for (at, c) in name.char_indices() {
        let mark = match c {
            '=' | '(' | '[' | ')' | ']' | '|' => '|',
            ':' | '/' | ';' => ';',
            '.' if has_stop
                && name[at + 1..].starts_with(' ')
                && name[at + 1..].split_whitespace().count() > 2 =>
            {
                '|'
            }
            _ => continue,
        };
        found.push((&name[start..at], mark));
        start = at + c.len_utf8();
    }
    found.push((&name[start..], ' '));
    found
}

impl Journal {
    pub(crate) fn of(name: &str) -> Self {
        if is_missing(name) {
            return Self::default();
        }
        let mut text = String::with_capacity(name.len());
        let mut mark = None;
        for (segment, next) in segments(name) {
            let folded = folded(segment);
            let words =
                folded.split(' ').filter(|word| !word.is_empty() && !STOP_WORDS.contains(word));
            for (i, word) in words.enumerate() {
                if !text.is_empty() {
                    text.push(if i > 0 { ' ' } else { mark.unwrap_or(' ') });
                }
                // The two ways to read 日本.
                text.push_str(if word == "nippon" { "nihon" } else { word });
            }
            mark = Some(next);
        }
        let conference = text.split(MARKS).any(|word| {
            [
                "conference",
                "proceedings",
                "proc",
                "symposium",
                "workshop",
                "congress",
                "meeting",
                "conf",
            ]
            .contains(&word)
        });
        Self { hash: hash(&text), text: text.into(), issns: Box::default(), conference }
    }

    pub(crate) fn with_issns(self, issns: &[String]) -> Self {
        Self { issns: issns.iter().map(|it| short_hash(it)).collect(), ..self }
    }

    /// Whether both have an ISSN that the other has. The volumes of a series of proceedings have the series' ISSN, whatever the
    /// conference.
    pub(crate) fn share_an_issn(&self, other: &Self) -> bool {
        !self.conference
            && !other.conference
            && self.issns.iter().any(|issn| other.issns.contains(issn))
    }

    pub(crate) fn is_known(&self) -> bool {
        !self.text.is_empty()
    }

    /// Whether it is where reports stand before they are printed elsewhere.
    pub(crate) fn is_of_preprints(&self) -> bool {
        const NAMES: [&str; 12] = [
            "arxiv",
            "biorxiv",
            "medrxiv",
            "chemrxiv",
            "psyarxiv",
            "preprint",
            "preprints",
            "ssrn",
            "square",
            "osf",
            "working",
            "zenodo",
        ];
        self.text.split(MARKS).any(|word| NAMES.contains(&word))
    }

    pub(crate) fn matches(&self, other: &Self) -> JournalMatch {
        if self.hash == other.hash {
            return JournalMatch::Same;
        }
        let (words, other_words) = (self.words(), other.words());
        // "ICIS: Transforming Society" and "International Conference on Information Systems".
        if is_acronym_of(self.short_name(), &other_words)
            || is_acronym_of(other.short_name(), &words)
        {
            return JournalMatch::Same;
        }
        let names = other.names(&other_words);
        let mut best = JournalMatch::Different;
        for a in self.names(&words) {
            for b in &names {
                best = best.max(names_match(a, b));
                if best == JournalMatch::Same {
                    return best;
                }
            }
        }
        best
    }

    /// All words of the name and its parts.
    fn words(&self) -> Vec<&str> {
        self.text.split(MARKS).collect()
    }

    /// What may be an acronym: the only word that is not of proceedings, or else the first part.
    fn short_name(&self) -> &str {
        let mut words = self.text.split(MARKS).filter(|word| !is_of_proceedings(word));
        match (words.next(), words.next()) {
            (Some(only), None) => only,
            _ => self.text.split(['|', ';']).next().unwrap_or_default(),
        }
    }

    /// Of its words, the whole name, and its parts where they could stand alone.
    fn names<'a>(&self, words: &'a [&'a str]) -> Vec<&'a [&'a str]> {
        let mut names = vec![words];
        if self.text.contains(['|', ';']) {
            let mut start = 0;
            for (i, part) in self.text.split(['|', ';']).enumerate() {
                let name = &words[start..start + part.split(' ').count()];
                start += name.len();
                // "BMJ (Clinical research ed.)" may be "BMJ", but "Circulation: Heart Failure" is not "Circulation".
                let is_apart = i == 0 && self.text[part.len()..].starts_with('|');
                if name.len() > 1 || is_apart {
                    names.push(name);
                }
            }
        }
        names
    }
}

fn names_match(a: &[&str], b: &[&str]) -> JournalMatch {
    if abbreviates(a, b) || is_acronym(a, b) || is_acronym(b, a) {
        return JournalMatch::Same;
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    // "JPEN. Journal of parenteral and enteral nutrition": the acronym before its own name.
    if long.len() > 2
        && (is_acronym(&long[..1], &long[1..])
            || is_acronym(&long[long.len() - 1..], &long[..long.len() - 1]))
    {
        let rest =
            if is_acronym(&long[..1], &long[1..]) { &long[1..] } else { &long[..long.len() - 1] };
        if abbreviates(short, rest) {
            return JournalMatch::Same;
        }
    }
    if are_of_other_kinds(a, b) || are_of_other_regions(a, b) {
        return JournalMatch::Different;
    }
    let n_common =
        short.iter().filter(|word| long.iter().any(|other| is_short_for(word, other))).count();
    let contained =
        short.len() > 1 && long.windows(short.len()).any(|window| abbreviates(short, window));
    if contained || (n_common >= 2 && 2 * n_common > long.len()) {
        JournalMatch::Related
    } else {
        JournalMatch::Different
    }
}

/// "American Journal of Cardiology" and "European Journal of Cardiology".
fn are_of_other_regions(a: &[&str], b: &[&str]) -> bool {
    let region = |name: &[&str]| name.iter().find_map(|word| region(word));
    region(a).zip(region(b)).is_some_and(|(a, b)| a != b)
}

/// The region that a word names, in one form.
fn region(word: &str) -> Option<&'static str> {
    Some(match word {
        "american" | "am" => "am",
        "european" | "eur" => "eur",
        "international" | "int" => "int",
        "british" | "br" => "br",
        "canadian" | "can" => "can",
        "australian" | "aust" => "aust",
        "scandinavian" | "scand" => "scand",
        "indian" => "indian",
        "japanese" | "jpn" => "jpn",
        "chinese" | "chin" => "chin",
        "asian" => "asian",
        "african" | "afr" => "afr",
        "nordic" | "nord" => "nord",
        "iranian" | "iran" => "iran",
        _ => return None,
    })
}

/// "Journal of Digital Studies" and "Workshop of Digital Studies".
fn are_of_other_kinds(a: &[&str], b: &[&str]) -> bool {
    let kind = |name: &[&str]| name.iter().find_map(|word| kind(word));
    kind(a).zip(kind(b)).is_some_and(|(a, b)| a != b)
}

/// The kind of publication that a word names, in one form.
fn kind(word: &str) -> Option<&'static str> {
    Some(match word {
        "journal" | "j" => "j",
        "workshop" => "workshop",
        "conference" | "conf" => "conf",
        "symposium" => "symposium",
        "transactions" | "trans" => "trans",
        "annals" | "ann" => "ann",
        "archives" | "arch" => "arch",
        "bulletin" | "bull" => "bull",
        "review" => "review",
        "letters" => "letters",
        _ => return None,
    })
}

/// Whether the words of one name, in order, are those of the other or short for them.
fn abbreviates(a: &[&str], b: &[&str]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_short_for(a, b))
}

/// "curr" for "current", "natl" for "national", and the other way round.
fn is_short_for(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short == long
        || (long.starts_with(short)
            && !short.is_empty()
            && !short.starts_with(|c: char| c.is_ascii_digit()))
    {
        return true;
    }
    // A word ends in different ways in different languages and spellings.
    let n_common = short.bytes().zip(long.bytes()).take_while(|(a, b)| a == b).count();
    if n_common >= 4 && short.len() - n_common <= 2 && long.len() - n_common <= 3 {
        return true;
    }
    short.len() >= 3 && n_common >= 1 && long.len() > short.len() + 1 && is_subsequence(short, long)
}

fn is_subsequence(short: &str, long: &str) -> bool {
    let mut letters = long.bytes();
    short.bytes().all(|b| letters.any(|it| it == b))
}

/// What the volumes of a conference have besides its name: "Proceedings", the year, "50th".
fn is_of_proceedings(word: &str) -> bool {
    matches!(word, "proceedings" | "proc" | "annual")
        || word.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether it is an acronym of the words besides those of proceedings.
fn is_acronym_of(acronym: &str, words: &[&str]) -> bool {
    let may_be = ACRONYMS.contains(&acronym.len());
    may_be && {
        let name: Vec<&str> =
            words.iter().copied().filter(|word| !is_of_proceedings(word)).collect();
        is_acronym(&[acronym], &name)
    }
}

/// So many letters do acronyms have.
const ACRONYMS: RangeInclusive<usize> = 3..=8;

/// "jama" for "journal american medical association".
fn is_acronym(acronym: &[&str], name: &[&str]) -> bool {
    let [acronym] = acronym else { return false };
    ACRONYMS.contains(&acronym.len()) && name.len() >= 3 && is_made_of_beginnings(acronym, name)
}

/// "amcis" for "americas conference information systems": so much of each word's beginning, in order.
fn is_made_of_beginnings(acronym: &str, name: &[&str]) -> bool {
    let Some((word, rest)) = name.split_first() else {
        return acronym.is_empty();
    };
    let n_common = acronym.bytes().zip(word.bytes()).take_while(|(a, b)| a == b).count();
    (1..=n_common.min(3)).any(|n| is_made_of_beginnings(&acronym[n..], rest))
}

#[cfg(test)]
mod tests {
    use super::{Journal, JournalMatch};

    fn matches(a: &str, b: &str) -> JournalMatch {
        assert_eq!(
            Journal::of(a).matches(&Journal::of(b)),
            Journal::of(b).matches(&Journal::of(a))
        );
        Journal::of(a).matches(&Journal::of(b))
    }

    #[test]
    fn one_journal_under_its_names() {
        for (a, b) in [
            ("Curr Opin Lipidol", "Current Opinion in Lipidology"),
            (
                "Proc Natl Acad Sci U S A",
                "Proceedings of the National Academy of Sciences U. S. A.",
            ),
            ("Infectious Agents & Cancer [Electronic Resource]", "Infectious Agents and Cancer"),
            (
                "Jpen: Journal of Parenteral & Enteral Nutrition",
                "JPEN. Journal of parenteral and enteral nutrition",
            ),
            ("JAMA", "JAMA: Journal of the American Medical Association"),
            ("Heart. Conference: British Atherosclerosis Society Annual Meeting", "Heart"),
            ("Nippon rinsho. Japanese journal of clinical medicine", "Nippon rinsho"),
            ("Nihon Rinsho", "Nippon rinsho. Japanese journal of clinical medicine"),
            ("Amcis 2017 Proceedings", "Americas Conference on Information Systems"),
            ("Science (New York, N.Y.)", "Science"),
            (
                "Zhonghua jie he he hu xi za zhi = Chinese journal of tuberculosis",
                "Chinese Journal of Tuberculosis",
            ),
        ] {
            assert_eq!(matches(a, b), JournalMatch::Same, "{a} / {b}");
        }
    }

    #[test]
    fn different_journals_are_told_apart() {
        for (a, b) in [
            ("Lancet", "BMJ"),
            ("Am J Cardiol", "European Journal of Cardiology"),
            ("Circulation", "Journal of Cardiology"),
            ("Heart", "Hepatology"),
        ] {
            assert_eq!(matches(a, b), JournalMatch::Different, "{a} / {b}");
        }
        assert_ne!(
            matches("European Journal of Cancer", "European Journal of Cancer Care"),
            JournalMatch::Same
        );
        assert_ne!(
            matches("Journal of Digital Studies", "Workshop of Digital Studies"),
            JournalMatch::Same
        );
    }
}
