//! Words that are one word spelt in two ways.

/// Pairs of beginnings that turn a word into its opposite.
const OPPOSITES: [(&str, &str); 8] = [
    ("hypo", "hyper"),
    ("intra", "inter"),
    ("pre", "post"),
    ("under", "over"),
    ("endo", "exo"),
    ("micro", "macro"),
    ("macro", "micro"),
    ("homo", "hetero"),
];

/// A folded word, with its letters as a set by which most pairs of words are told apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word<'a> {
    pub(crate) text: &'a str,
    /// A bit for each letter it has, and one for all digits.
    letters: u32,
}

/// The bit for digits, and for what is no letter.
const DIGIT: u32 = 1 << 26;

impl<'a> Word<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        let bit = |b: u8| if b.is_ascii_lowercase() { 1 << (b - b'a') } else { DIGIT };
        Self { text, letters: text.bytes().fold(0, |letters, b| letters | bit(b)) }
    }

    pub(crate) fn has_digit(self) -> bool {
        self.letters & DIGIT != 0
    }

    pub(crate) fn is(self, other: Self) -> bool {
        self.letters == other.letters && self.text == other.text
    }
}

/// Whether two words differ as typing errors and spellings do ("tumour", "tumor"): one letter in four or more, two
/// in nine or more, the first letters the same, no digits, and not the opposite.
pub(crate) fn is_typo(a: Word<'_>, b: Word<'_>) -> bool {
    let (short, long) =
        if a.text.len() <= b.text.len() { (a.text, b.text) } else { (b.text, a.text) };
    let allowed = match short.len() {
        0..=3 => return false,
        4..=8 => 1,
        _ => 2,
    };
    // A letter for another is two letters that only one of the words has.
    let n_own_letters = (a.letters ^ b.letters).count_ones() as usize;
    if long.len() - short.len() > allowed
        || n_own_letters > 2 * allowed
        || a.has_digit()
        || b.has_digit()
    {
        return false;
    }
    let opposite =
        |x: &str, y: &str| OPPOSITES.iter().any(|(p, q)| x.starts_with(p) && y.starts_with(q));
    // "asymptomatic" and "symptomatic", "typical" and "atypical", "unstable" and "stable".
    let negated = || {
        let mut prefixes = ["a", "un", "in", "im", "ir", "an", "non", "re"].into_iter();
        prefixes.any(|prefix| long.strip_prefix(prefix) == Some(short))
    };
    distance_within(short.as_bytes(), long.as_bytes(), allowed)
        && !opposite(short, long)
        && !opposite(long, short)
        && !negated()
}

/// Whether so many letters changed, added, left out, or swapped with their neighbour make one of the other.
pub(crate) fn distance_within(a: &[u8], b: &[u8], allowed: usize) -> bool {
    let n_prefix = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[n_prefix..], &b[n_prefix..]);
    let n_suffix = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - n_suffix], &b[..b.len() - n_suffix]);
    if a.is_empty() || b.is_empty() {
        return a.len().max(b.len()) <= allowed;
    }
    if allowed == 0 {
        return false;
    }
    let swapped = a.len() >= 2 && b.len() >= 2 && a[0] == b[1] && a[1] == b[0];
    (swapped && distance_within(&a[2..], &b[2..], allowed - 1))
        || distance_within(&a[1..], &b[1..], allowed - 1)
        || distance_within(&a[1..], b, allowed - 1)
        || distance_within(a, &b[1..], allowed - 1)
}

#[cfg(test)]
mod tests {
    use super::Word;

    fn is_typo(a: &str, b: &str) -> bool {
        super::is_typo(Word::of(a), Word::of(b))
    }

    #[test]
    fn spellings_and_slips_are_typos() {
        for (a, b) in [
            ("tumour", "tumor"),
            ("randomised", "randomized"),
            ("haemorrhage", "hemorrhage"),
            ("recieve", "receive"),
            ("behaviour", "behavior"),
        ] {
            assert!(is_typo(a, b) && is_typo(b, a), "{a} {b}");
        }
    }

    #[test]
    fn other_words_are_not() {
        for (a, b) in [
            ("hypotension", "hypertension"),
            ("men", "women"),
            ("2a11", "2a12"),
            ("symptomatic", "asymptomatic"),
            ("male", "female"),
            ("intracellular", "intercellular"),
        ] {
            assert!(!is_typo(a, b) && !is_typo(b, a), "{a} {b}");
        }
    }
}
