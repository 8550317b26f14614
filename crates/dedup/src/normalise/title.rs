//! Titles: the words that are compared, without the notes that databases add, and what kind of notice the title
//! says it is.

use super::{fold::folded, hash, is_missing, pages::roman, short_hash};

/// A title.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Title {
    /// The folded words.
    pub(crate) text: Box<str>,
    /// Their hashes, in order.
    pub(crate) words: Box<[u32]>,
    /// The hash of the letters alone, without spaces.
    pub(crate) squeezed: u64,
    /// The words before the subtitle; all where there is none.
    pub(crate) n_main: u16,
    /// How many words say something, which is what its agreement is worth: "Reply" says nothing.
    pub(crate) n_content: u16,
    /// Whether each issue or year of a journal may have an item of this title: an editorial, an introduction to a
    /// special section.
    pub(crate) series: bool,
    /// What kind of notice it is.
    pub(crate) notice: Notice,
    /// Whether the database put it in brackets, as translated titles are.
    pub(crate) translated: bool,
}

/// What an item is when it is no article of its own. Notices of different kinds are different reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord)]
pub(crate) enum Notice {
    /// An article.
    #[default]
    None,
    /// A correction of an article.
    Erratum,
    /// A notice that an article was retracted, or expresses concern.
    Retraction,
    /// A comment on an article, or a letter about one.
    Comment,
    /// A reply to a comment.
    Reply,
}

/// Whether a word says nothing by itself.
pub(crate) fn is_function_word(word: &str) -> bool {
    const WORDS: [&str; 24] = [
        "a", "an", "the", "of", "in", "on", "and", "for", "to", "by", "at", "as", "is", "der",
        "die", "das", "und", "de", "la", "et", "le", "des", "from", "with",
    ];
    const LONGEST: usize = 4;
    word.len() <= LONGEST && WORDS.contains(&word)
}

/// Whether a word says something: it is no function word and no single letter.
pub(crate) fn is_content_word(word: &str) -> bool {
    word.len() > 1 && !is_function_word(word)
}

/// Titles that many items have.
const GENERIC: [&str; 30] = [
    "editorial",
    "introduction",
    "reply",
    "discussion",
    "abstracts",
    "abstract",
    "book review",
    "book reviews",
    "letter",
    "letter to the editor",
    "letters to the editor",
    "letters",
    "correspondence",
    "commentary",
    "comment",
    "preface",
    "foreword",
    "news",
    "in this issue",
    "editors comments",
    "editors comment",
    "authors reply",
    "response",
    "erratum",
    "corrigendum",
    "correction",
    "issues and opinions",
    "guest editorial",
    "conclusion",
    "in reply",
];

impl Title {
    pub(crate) fn of(raw: &str) -> Self {
        if is_missing(raw) {
            return Self::default();
        }
        let raw = without_original(raw.trim());
        let (bare, translated) = without_brackets(without_notes(raw));
        let text = folded(bare);
        if text.is_empty() {
            return Self::default();
        }
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        let squeezed = hash(&words.concat());
        let n_main = main_words(bare).map_or(words.len(), |main| main.min(words.len()));
        let is_generic = GENERIC.contains(&text.as_str());
        let series = is_generic || is_series(&words);
        let n_content = words.iter().filter(|word| is_content_word(word)).count();
        Self {
            n_content: match (is_generic, series) {
                (true, _) => 0,
                (_, true) => u16::try_from(n_content.min(3)).unwrap_or(0),
                _ => u16::try_from(n_content).unwrap_or(u16::MAX),
            },
            series,
            n_main: u16::try_from(n_main).unwrap_or(u16::MAX),
            notice: notice(&words),
            words: words.iter().map(|word| short_hash(word)).collect(),
            text: text.into(),
            squeezed,
            translated,
        }
    }

    pub(crate) fn is_known(&self) -> bool {
        !self.words.is_empty()
    }
}

fn is_series(words: &[&str]) -> bool {
    const WORDS: [&str; 11] = [
        "editorial",
        "editors",
        "editor",
        "preface",
        "foreword",
        "minitrack",
        "newsletter",
        "abstracts",
        "calendar",
        "obituary",
        "announcements",
    ];
    const PHRASES: [&[&str]; 10] = [
        &["special", "section"],
        &["special", "sections"],
        &["special", "issue"],
        &["special", "issues"],
        &["introduction", "to", "the"],
        &["in", "this", "issue"],
        &["book", "review"],
        &["book", "reviews"],
        &["letters", "to"],
        &["table", "of", "contents"],
    ];
    let starts = |at: usize| PHRASES.iter().any(|phrase| words[at..].starts_with(phrase));
    (0..words.len()).any(|at| WORDS.contains(&words[at]) || starts(at))
}

/// How many words stand before a subtitle.
fn main_words(title: &str) -> Option<usize> {
    let end = title.match_indices(' ').find_map(|(at, _)| {
        let (before, after) = (&title[..at], &title[at + 1..]);
        let stops = before.ends_with([':', '?', '.']);
        let is_dash = |mark: &&str| after.starts_with(*mark);
        let starts = ["- ", "-- ", "\u{2013} ", "\u{2014} "].iter().any(is_dash);
        (stops || starts).then(|| at - usize::from(stops))
    })?;
    let main = folded(&title[..end]);
    let n = main.split(' ').filter(|word| !word.is_empty()).count();
    (n > 0).then_some(n)
}

/// "[Title of an article in Chinese]".
fn without_brackets(title: &str) -> (&str, bool) {
    let trimmed = title.trim_end_matches(['.', ' ']);
    let inner = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match inner {
        Some(inner) if !inner.contains(['[', ']']) => (inner, true),
        _ => (title, false),
    }
}

/// The translated title without the original one behind it: "[Asthma in adults] <ORIGINAL> ASTHMA BEI ERWACHSENEN".
fn without_original(title: &str) -> &str {
    let at = title.find("<ORIGINAL>").filter(|at| *at > 0);
    at.map_or(title, |at| title[..at].trim_end())
}

/// The title without notes in brackets at its end: "(vol 12, pg 3, 1999)", "[see comment]", "(Reprinted from …)",
/// "[French]".
fn without_notes(title: &str) -> &str {
    let mut title = title;
    loop {
        let trimmed = title.trim_end_matches(['.', ' ', ',']);
        let open = match trimmed.chars().next_back() {
            Some(')') => matching(trimmed, '(', ')'),
            Some(']') => matching(trimmed, '[', ']'),
            _ => None,
        };
        match open {
            Some(open) if open > 0 && is_note(&trimmed[open + 1..trimmed.len() - 1]) => {
                title = &trimmed[..open];
            }
            _ => return title,
        }
    }
}

/// Where the bracket that the last character closes was opened.
fn matching(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in text.char_indices().rev() {
        if c == close {
            depth += 1;
        } else if c == open {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

fn is_note(inside: &str) -> bool {
    const NOTES: [&str; 22] = [
        "vol ",
        "vol. ",
        "reprinted",
        "retracted",
        "erratum",
        "see comment",
        "comment",
        "published erratum",
        "review",
        "letter",
        "editorial",
        "in process",
        "corrected",
        "proceedings",
        "abstract",
        "translated",
        "author's transl",
        "article in",
        "withdrawn",
        "electronic",
        "with discussion",
        "meeting abstract",
    ];
    const LANGUAGES: [&str; 20] = [
        "chinese",
        "french",
        "german",
        "spanish",
        "japanese",
        "russian",
        "italian",
        "portuguese",
        "polish",
        "czech",
        "turkish",
        "dutch",
        "korean",
        "hungarian",
        "danish",
        "swedish",
        "norwegian",
        "hebrew",
        "english",
        "persian",
    ];
    let lower = inside.trim().to_ascii_lowercase();
    let refs = lower
        .trim_end_matches('s')
        .strip_suffix(" ref")
        .is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
    refs || NOTES.iter().any(|note| lower.starts_with(note)) || LANGUAGES.contains(&lower.as_str())
}

/// How the titles of notices begin.
const BEGINNINGS: [(Notice, &[&[&str]]); 4] = [
    (
        Notice::Erratum,
        &[
            &["erratum"],
            &["errata"],
            &["corrigendum"],
            &["corrigenda"],
            &["author", "correction"],
            &["publisher", "correction"],
            &["correction"],
        ],
    ),
    (
        Notice::Retraction,
        &[
            &["retraction"],
            &["expression", "of", "concern"],
            &["notice", "of", "retraction"],
            &["statement", "of", "retraction"],
        ],
    ),
    (
        Notice::Reply,
        &[
            &["reply"],
            &["authors", "reply"],
            &["author", "reply"],
            &["response"],
            &["in", "reply"],
            &["the", "authors", "reply"],
        ],
    ),
    (
        Notice::Comment,
        &[
            &["comment"],
            &["comments", "on"],
            &["commentary"],
            &["re"],
            &["letter"],
            &["invited", "commentary"],
        ],
    ),
];

fn notice(words: &[&str]) -> Notice {
    let starts = |mark: &&[&str]| words.starts_with(mark);
    if let Some((notice, _)) = BEGINNINGS.iter().find(|(_, marks)| marks.iter().any(starts)) {
        return *notice;
    }
    let ends = words.last().is_some_and(|it| ["erratum", "corrigendum", "correction"].contains(it));
    // "Rainmakers: Correction to Lee et al. (2014)"
    let names_article = words.windows(3).any(|it| it[..2] == ["correction", "to"]);
    if ends || names_article { Notice::Erratum } else { Notice::None }
}

/// What a word of a title counts: "ii", "2", "2b", "second" after "part". Two titles that count differently are
/// different reports.
pub(crate) fn is_number(word: &str, before: Option<&str>) -> bool {
    if word.bytes().any(|b| b.is_ascii_digit()) {
        return true;
    }
    let counts = before.is_some_and(|before| {
        [
            "part",
            "pt",
            "parts",
            "phase",
            "type",
            "stage",
            "class",
            "grade",
            "study",
            "paper",
            "report",
            "section",
            "chapter",
            "volume",
            "number",
            "trial",
            "experiment",
            "series",
            "group",
            "level",
            "case",
        ]
        .contains(&before)
    });
    (roman(word).is_some()
        && (counts || (word.len() > 1 && word.bytes().all(|b| b"ivx".contains(&b)))))
        || (counts
            && ["a", "b", "c", "d", "one", "two", "three", "four", "five", "six"].contains(&word))
        || ["first", "second", "third", "fourth", "fifth", "sixth"].contains(&word)
}

#[cfg(test)]
mod tests {
    use super::{Notice, Title};

    #[test]
    fn notes_and_brackets_of_databases_are_left_out() {
        let plain = Title::of("Effect of tea on sleep").text;
        for title in [
            "[Effect of tea on sleep]",
            "Effect of tea on sleep (vol 12, pg 3, 1999)",
            "Effect of tea on sleep. [see comment]. [Review] [45 refs]",
            "Effect of tea on sleep (Reprinted from Tea, vol 3)",
            "[Effect of tea on sleep]. [French]",
            "EFFECT OF TEA ON SLEEP.",
        ] {
            assert_eq!(Title::of(title).text, plain, "{title}");
        }
        assert_ne!(Title::of("Effect of tea on sleep (part 2)").text, plain);
    }

    #[test]
    fn notices_are_recognised() {
        assert_eq!(Title::of("Erratum: Effect of tea").notice, Notice::Erratum);
        assert_eq!(Title::of("Re: Effect of tea").notice, Notice::Comment);
        assert_eq!(Title::of("Reduction of tea").notice, Notice::None);
        assert_eq!(Title::of("Editorial").n_content, 0);
    }
}
