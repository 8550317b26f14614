//! Identifiers: DOIs without what makes two of one.

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

#[cfg(test)]
mod tests {
    use super::doi;

    #[test]
    fn versions_are_no_part_of_a_doi() {
        assert_eq!(doi("10.1002/14651858.CD002273.pub2"), doi("10.1002/14651858.CD002273"));
        assert_eq!(doi("10.1101/2020.01.01.123456v2"), doi("10.1101/2020.01.01.123456"));
        assert_ne!(doi("10.1000/abcv2"), doi("10.1000/abc"));
        assert_eq!(doi("10.17705/1CAIS."), None);
    }
}
