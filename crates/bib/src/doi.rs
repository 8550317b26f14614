//! DOIs in the ways that exports write them.

use memchr::memmem;

/// The DOI that a field holds for certain: bare, after "doi:", as a link to the resolver, or marked
/// `[doi]` as PubMed does. Lower case, without what is not part of it.
pub(crate) fn stated(value: &str) -> Option<String> {
    let value = value.trim();
    if let Some(marked) = memmem::find(value.as_bytes(), b"[doi]") {
        return value[..marked].split_whitespace().last().and_then(normalised);
    }
    let lower = value.to_ascii_lowercase();
    let after =
        |mark: &str| memmem::find(lower.as_bytes(), mark.as_bytes()).map(|at| at + mark.len());
    let start = match after("doi.org/").or_else(|| after("doi:")) {
        Some(start) => start,
        None if lower.starts_with("10.") && !lower.contains(char::is_whitespace) => 0,
        None => return None,
    };
    normalised(value[start..].trim_start())
}

/// The first thing that looks like a DOI in a field that is there for one.
pub(crate) fn found(value: &str) -> Option<String> {
    stated(value).or_else(|| normalised(&value[value.find("10.")?..]))
}

/// A DOI at the start of a text: "10.", digits, "/", and anything up to white space or a stop.
fn normalised(text: &str) -> Option<String> {
    let decoded = percent_decoded(without_query(text.split_whitespace().next()?));
    let doi = decoded.trim_end_matches(['.', ',', ';', '"', '\'', '>', ']']);
    let doi = if doi.contains('(') { doi } else { doi.trim_end_matches(')') };
    let (registrant, suffix) = doi.strip_prefix("10.")?.split_once('/')?;
    let is_registrant = registrant.len() >= 4
        && registrant.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && registrant.as_bytes()[0].is_ascii_digit();
    (is_registrant && !suffix.is_empty()).then(|| doi.to_lowercase())
}

/// The text up to the next part of a link's query: "10.1000/a&title=T".
fn without_query(text: &str) -> &str {
    let is_part = |at: usize| {
        let rest = &text[at + 1..];
        let length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        length > 0 && rest[length..].starts_with('=')
    };
    let end = text.match_indices('&').map(|(at, _)| at).find(|at| is_part(*at));
    &text[..end.unwrap_or(text.len())]
}

/// Links write some characters of a DOI as %2F. What does not decode to text stays as it is.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| first == b'%');
        let decoded = hex.and_then(|hex| u8::from_str_radix(str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(decoded.unwrap_or(first));
        rest = if decoded.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{found, stated};

    #[test]
    fn a_doi_is_found_in_any_dress() {
        for value in [
            "10.1000/Ab.1",
            "http://x.org/?id=doi:10.1000%2FAb.1&title=A+title",
            "doi:10.1000/ab.1",
            "DOI: 10.1000/ab.1.",
            "https://doi.org/10.1000/AB.1",
            "http://dx.doi.org/10.1000%2Fab.1",
            "10.1000/ab.1 [doi]",
            "Some J. 2009;1(2):3-4. doi: 10.1000/ab.1. Epub 2009",
        ] {
            assert_eq!(stated(value).as_deref(), Some("10.1000/ab.1"), "{value}");
        }
        let sici = "10.1002/(SICI)1097-0258(19980815)17:15<1661::AID-SIM968>3.0.CO;2-2";
        assert_eq!(stated(sici), Some(sici.to_lowercase()));
    }

    #[test]
    fn what_only_looks_like_a_doi_is_none() {
        for value in
            ["S0140-6736(09)1 [pii]", "10.1 mg/d for 10 days", "10.5", "", "doi:", "10.12/x"]
        {
            assert_eq!(stated(value), None, "{value}");
        }
        assert_eq!(stated("https://publisher.org/doi/10.1000/ab.1?x=1"), None);
        assert_eq!(found("https://publisher.org/10.1000/ab.1").as_deref(), Some("10.1000/ab.1"));
    }

    #[test]
    fn broken_percent_signs_are_left_alone() {
        assert_eq!(stated("10.1000/50%").as_deref(), Some("10.1000/50%"));
        assert_eq!(stated("10.1000/%é").as_deref(), Some("10.1000/%é"));
        assert_eq!(stated("10.1000/a%FFb").as_deref(), Some("10.1000/a%ffb"));
    }
}
