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
    let words = words(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let Some((n, length)) = number(&words[at..]) else {
            at += 1;
            continue;
        };
        let before = at.checked_sub(1).and_then(|it| words.get(it)).map_or("", |it| it.text);
        let goes_on = !words[at + length - 1].ends && before != "per";
        let (behind, is_counted) = (&words[at + length..], before == "N=");
        let is_stated = is_counted || (goes_on && counts_people(behind));
        let is_randomised = is_counted
            || before.eq_ignore_ascii_case("randomised")
            || before.eq_ignore_ascii_case("randomized")
            || (goes_on && counts_randomised(behind));
        if (is_stated || is_randomised) && (FEWEST..MOST).contains(&n) {
            found.push(Size { is_randomised, n });
        }
        at += length;
    }
    found
}

/// A word, and whether a sentence or a part of it ends behind it.
struct Word<'a> {
    text: &'a str,
    ends: bool,
}

impl Word<'_> {
    fn is_one_of(&self, list: &[&str]) -> bool {
        list.iter().any(|it| self.text.eq_ignore_ascii_case(it))
    }
}

fn words(text: &str) -> Vec<Word<'_>> {
    let split = text.split(|c: char| c.is_whitespace() || matches!(c, '-' | '(' | '[' | '/'));
    split
        .flat_map(|word| match word.strip_prefix("N=") {
            Some(n) => ["N=", n],
            None => [if word == "N" { "N=" } else { word }, ""],
        })
        .filter(|word| !word.is_empty() && *word != "=")
        .map(|word| {
            let text = word.trim_end_matches(['.', ',', ';', ':', ')', ']', '!', '?']);
            Word { text, ends: text.len() < word.len() }
        })
        .collect()
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
