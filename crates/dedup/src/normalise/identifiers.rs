//! Identifiers: DOIs and trial registration numbers.

/// A DOI without what varies between exports of one report: case, the version that Cochrane (`.pub2`) and
/// preprint servers (`v2`) append.
///
/// A DOI cut off at its last stop ("10.17705/1cais.") names a journal, and is none.
pub(crate) fn doi(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    if text.ends_with(['.', '-', '/', '(']) || !text.contains('/') {
        return None;
    }
    let text = text.trim_end_matches(['.', ',', ';']);
    Some(unversioned(text, ".pub").or_else(|| unversioned(text, "v")).unwrap_or(text).to_owned())
}

/// The DOI of a Cochrane review whose number stands in the field for pages ("CD002273"): the updates of one review are
/// one report.
pub(crate) fn cochrane_doi(pages: &str) -> Option<String> {
    let number = pages.trim().to_ascii_lowercase();
    let digits = number.strip_prefix("cd")?;
    (digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()))
        .then(|| format!("10.1002/14651858.{number}"))
}

/// The text before `mark` and one or two digits at its end.
fn unversioned<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    let base = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let n_digits = text.len() - base.len();
    let base = base.strip_suffix(mark)?;
    let is_version = mark == ".pub"
        || text.starts_with("10.1101/")
        || text.starts_with("10.48550/")
        || text.starts_with("10.21203/");
    (is_version && (1..=2).contains(&n_digits)).then_some(base)
}

/// The trial registration numbers in a text, in upper case, sorted.
pub(crate) fn registrations(text: &str) -> Vec<String> {
    const MARKS: [(&str, usize); 7] = [
        ("NCT", 8),
        ("ISRCTN", 8),
        ("ACTRN", 14),
        ("CHICTR", 5),
        ("UMIN", 9),
        ("DRKS", 8),
        ("EUCTR", 10),
    ];
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    for (at, _) in bytes.iter().enumerate().filter(|(_, b)| b"NnIiAaCcUuDdEe".contains(b)) {
        if at > 0 && bytes[at - 1].is_ascii_alphanumeric() {
            continue;
        }
        for (mark, n_digits) in MARKS {
            let is_mark = bytes
                .get(at..at + mark.len())
                .is_some_and(|it| it.eq_ignore_ascii_case(mark.as_bytes()));
            if is_mark && let Some(number) = digits_after(&bytes[at + mark.len()..], n_digits) {
                found.push(format!("{mark}{number}"));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// At least so many digits, which marks and white space may part, but nothing else.
fn digits_after(bytes: &[u8], n_digits: usize) -> Option<String> {
    let mut digits = String::new();
    for byte in bytes.iter().take(n_digits + 16) {
        match byte {
            b'0'..=b'9' => digits.push(char::from(*byte)),
            b' ' | b'-' | b':' if digits.len() < n_digits => {}
            // "ChiCTR-TRC-09000001"
            b'A'..=b'Z' | b'a'..=b'z' if digits.is_empty() && n_digits == 5 => {}
            _ => break,
        }
    }
    (digits.len() >= n_digits).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::{doi, registrations};

    #[test]
    fn versions_are_no_part_of_a_doi() {
        assert_eq!(doi("10.1002/14651858.CD002273.pub2"), doi("10.1002/14651858.CD002273"));
        assert_eq!(doi("10.1101/2020.01.01.123456v2"), doi("10.1101/2020.01.01.123456"));
        assert_ne!(doi("10.1000/abcv2"), doi("10.1000/abc"));
        assert_eq!(doi("10.17705/1CAIS."), None);
    }

    #[test]
    fn registrations_are_found_in_text() {
        let text = "Registered (NCT01234567; ISRCTN 12345678), not NCT0123 or xNCT01234568.";
        assert_eq!(registrations(text), ["ISRCTN12345678", "NCT01234567"]);
    }
}
