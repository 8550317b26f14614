//! Text as it is compared: lower-case ASCII words parted by single spaces.
//!
//! Databases write one and the same title with entities, markup, Greek letters, diacritics, capitals and
//! punctuation of their own; none of that tells two reports apart.

use std::borrow::Cow;

/// The folded form of a text: "<i>β</i>-Catenin &amp; Müller's" is "beta catenin and mullers".
pub(crate) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// Appends the folded form, after a space if something is there already.
pub(crate) fn fold_into(text: &str, out: &mut String) {
    let text = without_markup(text);
    let start = out.len();
    let mut gap = start > 0;
    let mut rest: &str = &text;
    loop {
        // Words are taken whole.
        let n = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        push(out, &mut gap, &rest[..n]);
        rest = &rest[n..];
        let Some(c) = rest.chars().next() else { break };
        match c {
            '\'' | '`' | '{' | '}' => {}
            '&' => {
                gap = !out.is_empty();
                push(out, &mut gap, "and");
                gap = true;
            }
            _ if c.is_ascii() => gap = !out.is_empty(),
            _ => fold_other(c, out, &mut gap),
        }
        rest = &rest[c.len_utf8()..];
    }
    out[start..].make_ascii_lowercase();
}

fn push(out: &mut String, gap: &mut bool, letters: &str) {
    if letters.is_empty() {
        return;
    }
    if *gap {
        out.push(' ');
        *gap = false;
    }
    out.push_str(letters);
}

/// A character beyond ASCII: Greek letters by their names, as MEDLINE writes them, others by their nearest
/// Latin letters.
fn fold_other(c: char, out: &mut String, gap: &mut bool) {
    match c {
        // Apostrophes, combining marks, soft hyphens, marks of trade, what could not be decoded.
        '\u{2018}'
        | '\u{2019}'
        | '\u{2032}'
        | '\u{b4}'
        | '\u{300}'..='\u{36f}'
        | '\u{ad}'
        | '\u{ae}'
        | '\u{a9}'
        | '\u{2122}'
        | '\u{200b}'..='\u{200f}'
        | '\u{feff}'
        | '\u{fffd}' => {}
        _ => {
            let (text, is_name) = match greek(c) {
                Some(name) => (name, true),
                None => (deunicode::deunicode_char(c).unwrap_or(" "), false),
            };
            *gap |= is_name
                && !out.is_empty()
                && !out.ends_with(' ')
                && out.ends_with(|c: char| c.is_ascii_alphabetic());
            for (at, c) in text.char_indices() {
                if c.is_ascii_alphanumeric() {
                    push(out, gap, &text[at..=at]);
                } else if c != '\'' && c != '`' {
                    *gap = !out.is_empty();
                }
            }
            *gap |= is_name && !out.is_empty();
        }
    }
}

fn greek(c: char) -> Option<&'static str> {
    let lower = c.to_lowercase().next()?;
    Some(match lower {
        'α' => "alpha",
        'β' | 'ϐ' => "beta",
        'γ' => "gamma",
        'δ' => "delta",
        'ε' | 'ϵ' => "epsilon",
        'ζ' => "zeta",
        'η' => "eta",
        'θ' | 'ϑ' => "theta",
        'κ' | 'ϰ' => "kappa",
        'λ' => "lambda",
        'μ' | 'µ' => "mu",
        'ξ' => "xi",
        'π' => "pi",
        'ρ' => "rho",
        'σ' | 'ς' => "sigma",
        'τ' => "tau",
        'φ' | 'ϕ' => "phi",
        'χ' => "chi",
        'ψ' => "psi",
        'ω' => "omega",
        _ => return None,
    })
}

/// The text with its entities decoded and its tags left out.
fn without_markup(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    // Twice, for exports that encode what was encoded already.
    for _ in 0..2 {
        if !text.contains('&') {
            break;
        }
        text = Cow::Owned(without_entities(&text));
    }
    if text.contains('<') { Cow::Owned(without_tags(&text)) } else { text }
}

fn without_entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let end = after.bytes().take(10).position(|b| b == b';');
        if let Some((end, c)) = end.and_then(|end| Some((end, entity(&after[..end])?))) {
            out.push(c);
            rest = &after[end + 1..];
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name {
        "amp" | "AMP" => '&',
        "lt" | "LT" => '<',
        "gt" | "GT" => '>',
        "quot" | "QUOT" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "alpha" => 'α',
        "beta" => 'β',
        "gamma" => 'γ',
        "delta" => 'δ',
        "kappa" => 'κ',
        "lambda" => 'λ',
        "mu" | "micro" => 'μ',
        "omega" => 'ω',
        _ => return accented(name),
    })
}

/// "eacute" is its letter: the mark is folded away anyway.
fn accented(name: &str) -> Option<char> {
    const MARKS: [&str; 8] = ["acute", "grave", "circ", "uml", "tilde", "cedil", "caron", "ring"];
    let mut chars = name.chars();
    let letter = chars.next()?;
    (letter.is_ascii_alphabetic() && MARKS.contains(&chars.as_str())).then_some(letter)
}

fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let end = after.bytes().take(60).position(|b| b == b'>');
        if let Some((end, gap)) = end.and_then(|end| Some((end, tag(&after[..end])?))) {
            out.push_str(gap);
            rest = &after[end + 1..];
        } else {
            out.push('<');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// What stands in the place of a tag: nothing within a word ("H<sub>2</sub>O"), else a space; `None` for
/// what is no tag ("p <0.05 and >1").
fn tag(inside: &str) -> Option<&'static str> {
    let name = inside.trim_start_matches('/').split([' ', '/']).next()?;
    let name = name.rsplit(':').next()?.to_ascii_lowercase();
    match name.as_str() {
        "i" | "b" | "u" | "em" | "sub" | "sup" | "sc" | "inf" | "italic" | "bold" | "strong"
        | "span" | "scp" | "mi" | "mn" | "mo" | "math" | "mrow" | "msub" | "msup" | "font" => {
            Some("")
        }
        "p" | "br" | "sec" | "title" | "div" | "h1" | "h2" | "h3" | "h4" | "li" | "ul" => Some(" "),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn what_databases_write_differently_folds_to_the_same() {
        for (text, expected) in [
            ("  The EFFECT of X-ray.", "the effect of x ray"),
            ("Müller &amp; Ørsted’s", "muller and orsteds"),
            ("H<sub>2</sub>O in <i>E. coli</i>", "h2o in e coli"),
            ("TNF-α and β-catenin", "tnf alpha and beta catenin"),
            ("TNFα", "tnf alpha"),
            ("p <0.05 and n> 3", "p 0 05 and n 3"),
            ("caf&eacute; &#x3b1;2", "cafe alpha 2"),
            ("Ход работы", "khod raboty"),
            ("e\u{301}tude", "etude"),
            ("", ""),
        ] {
            assert_eq!(folded(text), expected, "{text}");
        }
    }
}
