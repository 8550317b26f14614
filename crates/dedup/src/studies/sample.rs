//! Numbers of participants, where a title or an abstract states them: "137 patients", "120 consecutive older adults", "thirty-two
//! women", "137 were randomised", "N = 137".

/// Fewer are the same too often.
const FEWEST: u32 = 15;
/// More are no participants of a trial, but people of a country.
const MOST: u32 = 1_000_000;

const PEOPLE: [&str; 36] = [
    "patients",
    "participants",
    "subjects",
    "individuals",
    "people",
    "persons",
    "volunteers",
    "women",
    "men",
    "adults",
    "children",
    "adolescents",
    "infants",
    "neonates",
    "newborns",
    "babies",
    "girls",
    "boys",
    "students",
    "residents",
    "couples",
    "mothers",
    "caregivers",
    "veterans",
    "nurses",
    "employees",
    "smokers",
    "athletes",
    "survivors",
    "outpatients",
    "inpatients",
    "eyes",
    "families",
    "pupils",
    "workers",
    "elders",
];
/// What is done to so many people at the beginning of a trial.
const DONE: [&str; 10] = [
    "randomised",
    "randomized",
    "enrolled",
    "recruited",
    "included",
    "allocated",
    "assigned",
    "randomly",
    "completed",
    "consented",
];
/// The same of those who were randomised.
const RANDOMISED: [&str; 5] = ["randomised", "randomized", "randomly", "allocated", "assigned"];
/// Behind a number, it counts no people.
const OTHER: [&str; 14] = [
    "years", "year", "months", "month", "weeks", "week", "days", "mg", "percent", "million",
    "billion", "thousand", "per", "of",
];

/// A number of participants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Size {
    /// Whether these are those who were randomised, not those who were screened or stayed.
    pub(super) is_randomised: bool,
    pub(super) n: u32,
}

/// All numbers of participants that a text states.
pub(super) fn sizes(text: &str) -> Vec<Size> {
    let is_wide = |c: char| !c.is_ascii() && c.is_whitespace();
    if !text.is_ascii() && text.contains(is_wide) {
        return sizes(&text.replace(is_wide, " "));
    }
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = next_number(text, at) {
        let words: Vec<Word<'_>> = words(text, start).take(LONGEST).collect();
        let Some((n, length)) = number(&words) else {
            at = start + 1;
            continue;
        };
        let before = text[..start].trim_end();
        let is_counted = before.strip_suffix('=').is_some_and(|it| it.trim_end().ends_with('N'));
        let before = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let is = |word: &str| before.eq_ignore_ascii_case(word);
        let goes_on = !words[length - 1].ends && !is("per");
        let behind = &words[length..];
        let is_stated = is_counted || (goes_on && counts_people(behind));
        let is_randomised = is_counted
            || is("randomised")
            || is("randomized")
            || (goes_on && counts_randomised(behind));
        if (is_stated || is_randomised) && (FEWEST..MOST).contains(&n) {
            found.push(Size { is_randomised, n });
        }
        at = words[length - 1].end;
    }
    found
}

/// So many words tell a number and what it counts.
const LONGEST: usize = 16;

fn parts_words(b: u8) -> bool {
    b.is_ascii_whitespace() || matches!(b, b'-' | b'(' | b'[' | b'/' | b'=')
}

/// The next byte at which a word begins that is a number, in digits or spelt out.
fn next_number(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    (from..bytes.len()).find(|at| {
        let begins = *at == 0 || parts_words(bytes[at - 1]);
        begins
            && match bytes[*at] | 0x20 {
                b'0'..=b'9' => true,
                b'o' | b't' | b'f' | b's' | b'e' | b'n' => {
                    let letters = bytes[*at..].iter().take_while(|b| b.is_ascii_alphabetic());
                    spelt(&text[*at..at + letters.count()]).is_some()
                }
                _ => false,
            }
    })
}

/// A word, whether a sentence or a part of it ends behind it, and the byte at which it ends.
struct Word<'a> {
    text: &'a str,
    ends: bool,
    end: usize,
}

impl Word<'_> {
    fn is_one_of(&self, list: &[&str]) -> bool {
        list.iter().any(|it| self.text.eq_ignore_ascii_case(it))
    }
}

/// The words from a byte on.
fn words(text: &str, from: usize) -> impl Iterator<Item = Word<'_>> {
    let mut at = from;
    std::iter::from_fn(move || {
        let bytes = text.as_bytes();
        at += bytes[at..].iter().position(|b| !parts_words(*b))?;
        let length = bytes[at..].iter().position(|b| parts_words(*b));
        let word = &text[at..length.map_or(text.len(), |it| at + it)];
        at += word.len();
        let bare = word.trim_end_matches(['.', ',', ';', ':', ')', ']', '!', '?']);
        Some(Word { text: bare, ends: bare.len() < word.len(), end: at })
    })
}

/// Whether what follows a number says that it counts people: "patients" within four words of one part of a sentence, or what
/// is done to them.
fn counts_people(words: &[Word<'_>]) -> bool {
    for word in words.iter().take(5) {
        if word.is_one_of(&PEOPLE) || word.is_one_of(&DONE) {
            return true;
        }
        let is_number = word.text.starts_with(|c: char| c.is_ascii_digit());
        if word.ends || is_number || word.is_one_of(&OTHER) {
            return false;
        }
    }
    false
}

/// Whether what follows a number says that these people were randomised.
fn counts_randomised(words: &[Word<'_>]) -> bool {
    for word in words.iter().take(6) {
        if word.is_one_of(&RANDOMISED) {
            return true;
        }
        if word.ends || word.text.starts_with(|c: char| c.is_ascii_digit()) {
            return false;
        }
    }
    false
}

/// The number that words begin with, in digits or spelt out, and of how many words it is.
fn number(words: &[Word<'_>]) -> Option<(u32, usize)> {
    let first = words.first()?;
    match first.text.bytes().next()?.to_ascii_lowercase() {
        b'0'..=b'9' => {
            // "45,62" is two numbers, "1,234" is one.
            let is_one = first.text.split(',').skip(1).all(|it| it.len() == 3);
            let n = first.text.replace(',', "").parse().ok();
            return n.filter(|_| is_one).map(|n| (n, 1));
        }
        // What numbers that are spelt out begin with.
        b'o' | b't' | b'f' | b's' | b'e' | b'n' => {}
        _ => return None,
    }
    let (mut total, mut part, mut length) = (0_u32, 0_u32, 0);
    for (i, word) in words.iter().enumerate() {
        let is = |text: &str| word.text.eq_ignore_ascii_case(text);
        if is("hundred") && part > 0 {
            part = part.checked_mul(100)?;
        } else if is("thousand") && part > 0 {
            (total, part) = (part.checked_mul(1000)?, 0);
        } else if is("and") && length > 0 && i == length {
            continue;
        } else if let Some(n) = spelt(word.text) {
            part = part.checked_add(n)?;
        } else {
            break;
        }
        length = i + 1;
        if word.ends {
            break;
        }
    }
    (length > 0).then(|| (total.saturating_add(part), length))
}

fn spelt(word: &str) -> Option<u32> {
    const BELOW_20: [&str; 19] = [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] =
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let place = |list: &[&str]| {
        list.iter()
            .position(|it| word.eq_ignore_ascii_case(it))
            .and_then(|it| u32::try_from(it).ok())
    };
    place(&BELOW_20).map(|it| it + 1).or_else(|| place(&TENS).map(|it| 10 * (it + 2)))
}

#[cfg(test)]
mod tests {
    use super::sizes;

    #[test]
    fn numbers_of_participants_are_found_where_they_are_stated() {
        for (text, expected) in [
            ("We randomised 137 patients to tea or water.", vec![137]),
            ("120 consecutive older adults (mean age 71 years) took part.", vec![120]),
            ("Thirty-two women were enrolled.", vec![32]),
            ("We saw 45\u{a0}patients.", vec![45]),
            ("One hundred and twenty-one participants were randomized", vec![121]),
            ("Of 412 screened, 1,204 people", vec![1204]),
            ("A total of 98 were randomly assigned", vec![98]),
            ("A crossover trial (N = 64)", vec![64]),
            ("412 patients were screened; 137 patients were randomised", vec![412, 137]),
        ] {
            let found: Vec<u32> = sizes(text).into_iter().map(|it| it.n).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn other_numbers_are_none() {
        for text in [
            "Insomnia affects 15 million people worldwide.",
            "45% of patients slept better.",
            "20 mg daily for 12 weeks in adults",
            "In 2014, patients were asked",
            "12 patients",
            "12 cases per 1000 patients, over 20 years, in women",
            "Hundred years of solitude",
        ] {
            assert!(sizes(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn those_who_were_randomised_are_told_apart() {
        let text = "412 patients were screened; 137 patients were randomised, and 101 completed.";
        let randomised: Vec<u32> =
            sizes(text).into_iter().filter(|it| it.is_randomised).map(|it| it.n).collect();
        assert_eq!(randomised, [137]);
        assert!(sizes("We randomised 137 patients")[0].is_randomised);
    }
}
