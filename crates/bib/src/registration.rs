//! Numbers of trials in the registries of the WHO's network, wherever they stand in a text.
//!
//! The forms are those of the International Clinical Trials Registry Platform's primary registries.

/// How the number of a registry is written after its prefix.
#[derive(Clone, Copy)]
enum Form {
    /// So many digits, at least and at most.
    Digits(usize, usize),
    /// Digits, "N", digits: Iran.
    DigitsNDigits,
    /// Year, month and number, parted by slashes: India and Sri Lanka.
    Slashed,
    /// Letters and hyphens before the digits: China.
    LettersDigits,
    /// Six letters and digits at least: Brazil.
    LettersAndDigits,
}

/// Each registry's prefix, as it is written in results, and the form of its numbers.
const REGISTRIES: [(&str, Form); 22] = [
    ("NCT", Form::Digits(8, 8)),
    ("ISRCTN", Form::Digits(8, 8)),
    ("ACTRN", Form::Digits(14, 14)),
    ("DRKS", Form::Digits(8, 8)),
    ("NTR", Form::Digits(2, 5)),
    ("NL-OMON", Form::Digits(4, 6)),
    ("IRCT", Form::DigitsNDigits),
    ("KCT", Form::Digits(7, 7)),
    ("PACTR", Form::Digits(15, 15)),
    ("RBR-", Form::LettersAndDigits),
    ("TCTR", Form::Digits(11, 11)),
    ("RPCEC", Form::Digits(8, 8)),
    ("LBCTR", Form::Digits(10, 10)),
    ("CTRI/", Form::Slashed),
    ("SLCTR/", Form::Slashed),
    ("ChiCTR", Form::LettersDigits),
    ("JPRN-", Form::LettersDigits),
    ("UMIN", Form::Digits(9, 9)),
    ("jRCTs", Form::Digits(9, 9)),
    ("jRCT", Form::Digits(10, 10)),
    ("JapicCTI-", Form::Digits(6, 6)),
    ("HKUCTR-", Form::Digits(1, 5)),
];

/// The registration numbers in a text, in order, each once, in one form: "NCT01234567", "2004-001234-12"
/// (Europe's, old and new), "CTRI/2010/091/000123".
pub(crate) fn registrations_in<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for text in texts {
        let bytes = text.as_bytes();
        let (mut at, mut in_word) = (0, false);
        while let Some(byte) = bytes.get(at) {
            let is_of_word = byte.is_ascii_alphanumeric();
            let begins = is_of_word && !in_word && may_start(&bytes[at..]);
            in_word = is_of_word;
            if let Some((number, length)) = begins.then(|| number_at(&text[at..])).flatten() {
                at += length;
                if !found.contains(&number) {
                    found.push(number);
                }
            } else {
                at += 1;
            }
        }
    }
    found
}

/// Whether a registry begins with these two letters, or a year with these digits: most words do not.
fn may_start(bytes: &[u8]) -> bool {
    let [first, second, ..] = bytes else { return false };
    matches!(
        (first.to_ascii_uppercase(), second.to_ascii_uppercase()),
        (b'N', b'C' | b'T' | b'L')
            | (b'I', b'S' | b'R')
            | (b'A' | b'K' | b'T', b'C')
            | (b'D', b'R')
            | (b'P', b'A')
            | (b'R', b'B' | b'P')
            | (b'L', b'B')
            | (b'C', b'T' | b'H')
            | (b'S', b'L')
            | (b'J', b'P' | b'R' | b'A')
            | (b'U', b'M')
            | (b'H', b'K')
            | (b'2', b'0')
    )
}

/// The number that a text starts with, and its length in the text.
fn number_at(text: &str) -> Option<(String, usize)> {
    if text.starts_with('2') {
        return european(text);
    }
    let first = text.as_bytes().first()?;
    let candidates =
        REGISTRIES.iter().filter(|(prefix, _)| prefix.as_bytes()[0].eq_ignore_ascii_case(first));
    candidates.into_iter().find_map(|&(prefix, form)| {
        let begins =
            text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        let rest = if begins { &text[prefix.len()..] } else { return None };
        // "NCT 01234567", "ISRCTN: 12345678", "NCT-01234567" are met too.
        let number = rest.trim_start_matches([' ', ':', '-', '#', '\u{a0}']);
        let gap = rest.len() - number.len();
        let length = (gap <= 3).then(|| length_of(number, form)).flatten()?;
        let number = &number[..length];
        let number = match form {
            Form::LettersAndDigits => number.to_ascii_lowercase(),
            _ => number.to_ascii_uppercase(),
        };
        let hyphen =
            if matches!(form, Form::LettersDigits) && rest.starts_with('-') { "-" } else { "" };
        Some((format!("{prefix}{hyphen}{number}"), prefix.len() + gap + length))
    })
}

/// How long the number of this form is that a text starts with.
fn length_of(text: &str, form: Form) -> Option<usize> {
    let bytes = text.as_bytes();
    let run =
        |from: usize, is_in: fn(&u8) -> bool| bytes[from..].iter().take_while(|b| is_in(b)).count();
    let length = match form {
        Form::Digits(least, most) => {
            let digits = run(0, u8::is_ascii_digit);
            (least..=most).contains(&digits).then_some(digits)?
        }
        Form::DigitsNDigits => {
            let digits = run(0, u8::is_ascii_digit);
            let more = bytes.get(digits).filter(|b| b.eq_ignore_ascii_case(&b'n'));
            let last = more.map_or(0, |_| run(digits + 1, u8::is_ascii_digit));
            (digits >= 6 && last > 0).then_some(digits + 1 + last)?
        }
        Form::Slashed => {
            let all = run(0, |b| b.is_ascii_digit() || *b == b'/');
            let number = text[..all].trim_end_matches('/');
            (number.len() >= 7 && number.contains('/')).then_some(number.len())?
        }
        Form::LettersDigits => {
            let letters = run(0, |b| b.is_ascii_alphabetic() || *b == b'-');
            let digits = run(letters, u8::is_ascii_digit);
            (letters <= 12 && digits >= 6).then_some(letters + digits)?
        }
        Form::LettersAndDigits => {
            let all = run(0, u8::is_ascii_alphanumeric);
            ((6..=8).contains(&all) && text[..all].contains(|c: char| c.is_ascii_digit()))
                .then_some(all)?
        }
    };
    let ends = bytes.get(length).is_none_or(|b| !b.is_ascii_alphanumeric());
    ends.then_some(length)
}

/// "2004-001234-12", with "-00" behind it in the newer system.
fn european(text: &str) -> Option<(String, usize)> {
    let number = text.get(..14)?;
    let parts: Vec<&str> = number.split('-').collect();
    let is_number = |part: &&str| part.bytes().all(|b| b.is_ascii_digit());
    let has_form = parts.len() == 3
        && parts[0].len() == 4
        && parts[1].len() == 6
        && parts.iter().all(is_number);
    let is_year = ("2003".."2100").contains(&parts[0]);
    let ends = text.as_bytes().get(14).is_none_or(|b| !b.is_ascii_alphanumeric());
    (has_form && is_year && ends).then(|| (number.to_owned(), 14))
}

#[cfg(test)]
mod tests {
    use super::registrations_in;

    fn one(text: &str) -> Vec<String> {
        registrations_in(std::iter::once(text))
    }

    #[test]
    fn the_registries_of_the_who_are_known() {
        for number in [
            "NCT01234567",
            "ISRCTN12345678",
            "ACTRN12605000123456",
            "DRKS00001234",
            "NTR1234",
            "IRCT2014061518124N1",
            "KCT0001234",
            "PACTR201309000123456",
            "RBR-6k3kv5",
            "TCTR20190101001",
            "RPCEC00000123",
            "LBCTR2019010123",
            "CTRI/2010/091/000123",
            "SLCTR/2010/001",
            "ChiCTR1900012345",
            "ChiCTR-TRC-09000345",
            "JPRN-UMIN000001234",
            "UMIN000001234",
            "jRCTs031180123",
            "jRCT2031200123",
            "JapicCTI-123456",
            "2004-001234-12",
        ] {
            assert_eq!(one(&format!("Registered as {number}.")), [number], "{number}");
            assert_eq!(one(&format!("x/{number})")), [number], "{number}");
        }
    }

    #[test]
    fn they_are_found_in_other_dress_and_each_once() {
        assert_eq!(one("nct01234567, NCT 01234567; NCT-01234567 (NCT: 01234567)"), ["NCT01234567"]);
        assert_eq!(
            one("ClinicalTrials.gov/NCT00000001 and ISRCTN 12345678"),
            ["NCT00000001", "ISRCTN12345678"]
        );
        assert_eq!(one("EudraCT 2022-501234-12-00"), ["2022-501234-12"]);
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        for text in [
            "NCT0123456",
            "NCT012345678",
            "FNCT01234567",
            "2004-001234-123",
            "1999-001234-12",
            "a distinct 12345678",
            "ntr 1",
            "IRCT123",
            "é2004",
            "NCT",
            "jRCT é",
            "CTRI/",
        ] {
            assert!(one(text).is_empty(), "{text}");
        }
    }
}
