//! Two titles, word by word.

use super::typo::{Word, is_typo};
use crate::normalise::{Title, is_function_word, is_number};

/// How two titles agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TitleMatch {
    /// At least one record has none.
    Missing,
    Different,
    /// Most words are the same.
    Similar,
    /// One is the other with something before or after it, as a subtitle.
    Extended,
    /// But for typing errors, spellings, hyphens, and articles.
    Near,
    /// Letter by letter.
    Same,
}

/// In what two titles differ.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct TitleDifference<'a> {
    /// Words that only the first, and only the second has.
    pub(crate) words: [Vec<&'a str>; 2],
    /// Words that are spelt in two ways.
    pub(crate) typos: Vec<(&'a str, &'a str)>,
    /// Whether both count, and count differently: "part 1" and "part 2".
    pub(crate) numbers_differ: bool,
    /// Whether only one counts.
    pub(crate) number_added: bool,
}

/// Titles of more words are cut here; none that is real is as long.
const LONGEST: usize = 80;

pub(crate) fn compare<'a>(a: &'a Title, b: &'a Title) -> (TitleMatch, TitleDifference<'a>) {
    if !a.is_known() || !b.is_known() {
        return (TitleMatch::Missing, TitleDifference::default());
    }
    if a.squeezed == b.squeezed {
        return (TitleMatch::Same, TitleDifference::default());
    }
    if !is_promising(a, b) {
        return (TitleMatch::Different, TitleDifference::default());
    }
    let words = |title: &'a Title| -> Vec<Word<'a>> {
        title.text.split_ascii_whitespace().take(LONGEST).map(Word::of).collect()
    };
    let steps = align(&words(a), &words(b));
    classified(a, b, &steps)
}

/// Whether two titles are known and have hardly a word in common.
pub(crate) fn are_foreign(a: &Title, b: &Title) -> bool {
    a.is_known() && b.is_known() && a.squeezed != b.squeezed && !is_promising(a, b)
}

/// Whether enough words are common to look closer; joined words and typing errors cost a few.
fn is_promising(a: &Title, b: &Title) -> bool {
    let (short, long) =
        if a.words.len() <= b.words.len() { (&a.words, &b.words) } else { (&b.words, &a.words) };
    let n_common = short.iter().filter(|word| long.contains(word)).count();
    3 * n_common >= short.len() || short.len() <= 3
}

/// One step of an alignment.
#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Equal,
    Typo(&'a str, &'a str),
    OnlyFirst(&'a str, bool),
    OnlySecond(&'a str, bool),
}

fn cost_alone(word: &Word<'_>) -> u16 {
    if is_function_word(word.text) { 2 } else { 10 }
}

/// The cheapest way to turn one list of words into the other: equal words, words that are joined in one of them, typing
/// errors, words that only one has.
fn align<'a>(a: &[Word<'a>], b: &[Word<'a>]) -> Vec<Step<'a>> {
    let width = b.len() + 1;
    let (alone_a, alone_b): (Vec<u16>, Vec<u16>) =
        (a.iter().map(cost_alone).collect(), b.iter().map(cost_alone).collect());
    let mut cost = vec![u16::MAX; (a.len() + 1) * width];
    let mut from = vec![0_u8; cost.len()];
    cost[0] = 0;
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            let here = i * width + j;
            let mut best = (cost[here], from[here]);
            let mut offer = |value: u16, how: u8| {
                if value < best.0 {
                    best = (value, how);
                }
            };
            if i > 0 {
                offer(cost[here - width].saturating_add(alone_a[i - 1]), 1);
            }
            if j > 0 {
                offer(cost[here - 1].saturating_add(alone_b[j - 1]), 2);
            }
            if i > 0 && j > 0 {
                let (word_a, word_b) = (a[i - 1], b[j - 1]);
                let before = cost[here - width - 1];
                if word_a.is(word_b) {
                    offer(before, 3);
                } else if is_typo(word_a, word_b)
                    || has_footnote(word_a, word_b)
                    || (i == a.len() && j == b.len() && is_cut_off(a, b))
                {
                    offer(before.saturating_add(3), 4);
                }
            }
            if i > 1 && j > 0 && is_joined(a[i - 2], a[i - 1], b[j - 1]) {
                offer(cost[here - 2 * width - 1], 5);
            }
            if i > 0 && j > 1 && is_joined(b[j - 2], b[j - 1], a[i - 1]) {
                offer(cost[here - width - 2], 6);
            }
            (cost[here], from[here]) = best;
        }
    }
    traced(a, b, &from)
}

/// Whether one of two long titles ends within the last word of the other, as exports cut them off: "… lung can" and "… lung
/// cancer".
fn is_cut_off(a: &[Word<'_>], b: &[Word<'_>]) -> bool {
    const LONG: usize = 15;
    // "iii" is not the beginning of "iiib".
    let is_beginning = |short: &str, long: &str| {
        let is_numeral = short.bytes().all(|it| b"ivxlc".contains(&it));
        short.len() >= 3 && !is_numeral && short.len() < long.len() && long.starts_with(short)
    };
    let (Some(last_a), Some(last_b)) = (a.last(), b.last()) else { return false };
    a.len().min(b.len()) >= LONG
        && !last_a.has_digit()
        && !last_b.has_digit()
        && (is_beginning(last_a.text, last_b.text) || is_beginning(last_b.text, last_a.text))
}

/// "think1" and "think".
fn has_footnote(a: Word<'_>, b: Word<'_>) -> bool {
    let (short, long) = if b.has_digit() { (a, b) } else { (b, a) };
    long.has_digit()
        && !short.has_digit()
        && short.text.len() > 3
        && long.text.strip_suffix('1') == Some(short.text)
}

fn is_joined(first: Word<'_>, second: Word<'_>, whole: Word<'_>) -> bool {
    let (first, second, whole) = (first.text, second.text, whole.text);
    first.len() + second.len() == whole.len() && whole.starts_with(first) && whole.ends_with(second)
}

fn traced<'a>(a: &[Word<'a>], b: &[Word<'a>], from: &[u8]) -> Vec<Step<'a>> {
    let width = b.len() + 1;
    let (mut i, mut j) = (a.len(), b.len());
    let mut steps = Vec::with_capacity(a.len() + b.len());
    while i > 0 || j > 0 {
        match from[i * width + j] {
            1 => {
                i -= 1;
                let before = (i > 0).then(|| a[i - 1].text);
                steps.push(Step::OnlyFirst(a[i].text, is_number(a[i].text, before)));
            }
            2 => {
                j -= 1;
                let before = (j > 0).then(|| b[j - 1].text);
                steps.push(Step::OnlySecond(b[j].text, is_number(b[j].text, before)));
            }
            4 => {
                i -= 1;
                j -= 1;
                steps.push(Step::Typo(a[i].text, b[j].text));
            }
            how => {
                steps.push(Step::Equal);
                i -= if how == 5 { 2 } else { 1 };
                j -= if how == 6 { 2 } else { 1 };
            }
        }
    }
    steps.reverse();
    steps
}

fn classified<'a>(a: &Title, b: &Title, steps: &[Step<'a>]) -> (TitleMatch, TitleDifference<'a>) {
    let mut difference = TitleDifference::default();
    let mut numbers = [false, false];
    let (mut n_equal, mut n_content) = (0, [0, 0]);
    for step in steps {
        let (side, word, is_number) = match step {
            Step::Equal => {
                n_equal += 1;
                continue;
            }
            Step::Typo(a, b) => {
                n_equal += 1;
                difference.typos.push((*a, *b));
                continue;
            }
            Step::OnlyFirst(word, is_number) => (0, word, is_number),
            Step::OnlySecond(word, is_number) => (1, word, is_number),
        };
        // The mark of a footnote, where a title was taken from a page.
        if *word == "1" && is_footnote(a, b, side) {
            difference.words[side].push(*word);
            continue;
        }
        numbers[side] |= is_number;
        if *is_number || !is_function_word(word) {
            n_content[side] += 1;
        }
        difference.words[side].push(*word);
    }
    difference.numbers_differ = numbers[0] && numbers[1];
    difference.number_added = numbers[0] != numbers[1];
    let n_short = a.words.len().min(b.words.len());
    let many_typos = 4 * difference.typos.len() > n_short.max(4);
    let negates = difference
        .words
        .iter()
        .flatten()
        .any(|word| ["not", "no", "non", "without", "never"].contains(word));
    let level = if n_content == [0, 0] && !many_typos {
        TitleMatch::Near
    } else if n_content[0].min(n_content[1]) == 0
        && n_equal >= 4
        && !negates
        && (is_at_an_end(steps) || n_content[0].max(n_content[1]) <= 2)
    {
        TitleMatch::Extended
    } else if 10 * n_equal >= 6 * n_short && n_equal >= 2 {
        TitleMatch::Similar
    } else {
        TitleMatch::Different
    };
    (level, difference)
}

/// Whether the last word of a title is the number of a footnote: the other title has the same words before it.
fn is_footnote(a: &Title, b: &Title, side: usize) -> bool {
    let (with, without) = if side == 0 { (a, b) } else { (b, a) };
    let words: Vec<&str> = with.text.rsplit(' ').take(2).collect();
    words.first() == Some(&"1")
        && words.get(1).is_some_and(|before| !is_number("i", Some(before)))
        && !without.text.ends_with(|c: char| c.is_ascii_digit())
}

/// Whether what differs stands before or after all that is the same.
fn is_at_an_end(steps: &[Step<'_>]) -> bool {
    let is_same = |step: &Step<'_>| matches!(step, Step::Equal | Step::Typo(..));
    let is_slight = |step: &Step<'_>| match step {
        Step::Equal | Step::Typo(..) => true,
        Step::OnlyFirst(word, _) | Step::OnlySecond(word, _) => is_function_word(word),
    };
    let (first, last) = (steps.iter().position(is_same), steps.iter().rposition(is_same));
    first.zip(last).is_some_and(|(first, last)| steps[first..=last].iter().all(is_slight))
}

#[cfg(test)]
mod tests {
    use super::{TitleMatch, compare};
    use crate::normalise::Title;

    fn level(a: &str, b: &str) -> TitleMatch {
        compare(&Title::of(a), &Title::of(b)).0
    }

    #[test]
    fn titles_agree_in_degrees() {
        let title = "Effects of anti-inflammatory drugs on tumour growth in mice";
        assert_eq!(
            level(title, "EFFECTS OF ANTIINFLAMMATORY DRUGS ON TUMOUR GROWTH IN MICE"),
            TitleMatch::Same
        );
        assert_eq!(
            level(title, "Effect of anti-inflammatory drugs on the tumor growth in mice"),
            TitleMatch::Near
        );
        assert_eq!(
            level(
                title,
                "Effects of anti-inflammatory drugs on tumour growth in mice: a randomised study"
            ),
            TitleMatch::Extended
        );
        assert_eq!(
            level(title, "Effects of anti-inflammatory drugs on tumour growth in rats"),
            TitleMatch::Similar
        );
        assert_eq!(level(title, "Sleep and tea"), TitleMatch::Different);
        assert_eq!(level(title, ""), TitleMatch::Missing);
    }

    #[test]
    fn a_long_title_that_was_cut_off_is_the_same_but_for_spelling() {
        let title = "The effect of retinoic acid with chemotherapy based on paclitaxel and cisplatin as \
                     first line treatment of patients with stage IV lung cancer";
        assert_eq!(level(title, title.strip_suffix("cer").unwrap_or(title)), TitleMatch::Near);
        let in_stages = |stage: &str| title.replace("IV lung cancer", stage);
        assert_ne!(level(&in_stages("III"), &in_stages("IIIb")), TitleMatch::Near);
    }

    #[test]
    fn titles_that_count_differently_say_so() {
        let differ = |a: &str, b: &str| compare(&Title::of(a), &Title::of(b)).1.numbers_differ;
        assert!(differ("Diseases of the heart. Part I", "Diseases of the heart. Part II"));
        assert!(differ("Annual report 2011 of the society", "Annual report 2012 of the society"));
        assert!(!differ("Diseases of the heart. Part I", "Diseases of the hearts. Part I"));
    }
}
