//! XML as exports have it: one tag after the other, without a tree.
//!
//! Tags are found by searching for `<` and `>`; the text between them is a slice of the file and is
//! looked at only where somebody wants it. Document types are passed over, and no entity is expanded
//! but XML's own five and numeric ones, so that no file can make its text longer than it is.

use std::borrow::Cow;

use memchr::{memchr, memchr3, memmem};

/// Longer names are of no export; a bound keeps the tags of fields short.
const LONGEST_NAME: usize = 128;

/// An element has a handful; a bound keeps hostile files cheap.
const MOST_ATTRIBUTES: usize = 128;

/// A tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    pub(crate) kind: Kind,
    pub(crate) name: &'a str,
    /// The attributes as they are written.
    pub(crate) attributes: &'a str,
    /// The byte of its `<`.
    pub(crate) start: usize,
    /// The byte after its `>`.
    pub(crate) end: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `<a>`
    Start,
    /// `</a>`
    End,
    /// `<a/>`
    Empty,
}

/// Why a text is no XML, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) byte: usize,
    pub(crate) reason: String,
}

fn fault<T>(byte: usize, reason: impl Into<String>) -> Result<T, Fault> {
    Err(Fault { byte, reason: reason.into() })
}

/// The tags of a text, in order. Comments, document types, processing instructions and CDATA are
/// passed over.
#[derive(Debug, Clone)]
pub(crate) struct Tags<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tags<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next tag; `None` at the end of the text.
    pub(crate) fn next(&mut self) -> Result<Option<Tag<'a>>, Fault> {
        self.next_in("")
    }

    /// The next tag inside an element, whose end is told by its name at once.
    pub(crate) fn next_in(&mut self, element: &'a str) -> Result<Option<Tag<'a>>, Fault> {
        let bytes = self.text.as_bytes();
        while let Some(found) = memchr(b'<', &bytes[self.at..]) {
            let start = self.at + found;
            match bytes.get(start + 1) {
                Some(b'!' | b'?') => self.at = after_other_markup(self.text, start)?,
                Some(b'/') if is_end_of(&bytes[start + 2..], element) => {
                    let end = start + element.len() + 3;
                    self.at = end;
                    let (kind, name) = (Kind::End, element);
                    return Ok(Some(Tag { kind, name, attributes: "", start, end }));
                }
                _ => {
                    let tag = tag(self.text, start)?;
                    self.at = tag.end;
                    return Ok(Some(tag));
                }
            }
        }
        self.at = bytes.len();
        Ok(None)
    }
}

fn is_end_of(tag: &[u8], element: &str) -> bool {
    !element.is_empty()
        && tag.get(element.len()) == Some(&b'>')
        && tag[..element.len()] == *element.as_bytes()
}

/// Which bytes end a name.
static ENDS_NAME: [bool; 256] = {
    let mut ends = [false; 256];
    let marks = b"> /\n\r\t=\"'<";
    let mut i = 0;
    while i < marks.len() {
        ends[marks[i] as usize] = true;
        i += 1;
    }
    ends
};

/// The tag that starts at a `<`.
fn tag(text: &str, start: usize) -> Result<Tag<'_>, Fault> {
    let bytes = text.as_bytes();
    let closes = bytes.get(start + 1) == Some(&b'/');
    let name_start = start + 1 + usize::from(closes);
    let mut at = name_start;
    while bytes.get(at).is_some_and(|b| !ENDS_NAME[usize::from(*b)]) {
        at += 1;
    }
    if at == name_start || at > name_start + LONGEST_NAME {
        return fault(start, "a < that starts no tag");
    }
    let name = &text[name_start..at];
    let close = if bytes.get(at) == Some(&b'>') { at } else { end_of_tag(bytes, start, at)? };
    let attributes = text[at..close].trim_ascii();
    let end = close + 1;
    Ok(match attributes.strip_suffix('/') {
        _ if closes => Tag { kind: Kind::End, name, attributes: "", start, end },
        Some(attributes) => Tag { kind: Kind::Empty, name, attributes, start, end },
        None => Tag { kind: Kind::Start, name, attributes, start, end },
    })
}

/// The `>` of a tag, looked for from a byte on; a `>` in an attribute's value ends nothing.
fn end_of_tag(bytes: &[u8], start: usize, from: usize) -> Result<usize, Fault> {
    let mut at = from;
    loop {
        let Some(found) = memchr3(b'>', b'"', b'\'', &bytes[at..]) else {
            return fault(start, "a tag is never closed by >");
        };
        at += found + 1;
        let mark = bytes[at - 1];
        if mark == b'>' {
            return Ok(at - 1);
        }
        match memchr(mark, &bytes[at..]) {
            Some(close) => at += close + 1,
            None => return fault(start, "a quotation in a tag is never closed"),
        }
    }
}

/// The byte after a comment, a CDATA section, a document type or a processing instruction.
fn after_other_markup(text: &str, start: usize) -> Result<usize, Fault> {
    let rest = &text.as_bytes()[start..];
    let (close, what): (&[u8], _) = if rest.starts_with(b"<!--") {
        (b"-->", "a comment")
    } else if rest.starts_with(CDATA) {
        (b"]]>", "a CDATA section")
    } else if rest.starts_with(b"<?") {
        (b"?>", "a processing instruction")
    } else {
        (b">", "a document type")
    };
    match memmem::find(rest, close) {
        Some(found) => Ok(start + found + close.len()),
        None => fault(start, format!("{what} is never closed")),
    }
}

const CDATA: &[u8] = b"<![CDATA[";

/// The attributes of a tag: names and values, entities resolved.
pub(crate) fn attributes<'a>(
    tag: &Tag<'a>,
) -> impl Iterator<Item = Result<(&'a str, Cow<'a, str>), Fault>> + use<'a> {
    let (mut rest, start) = (tag.attributes.trim_ascii(), tag.start);
    let mut count = 0;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        count += 1;
        let Some((name, value, after)) = first_attribute(rest).filter(|_| count <= MOST_ATTRIBUTES)
        else {
            rest = "";
            return Some(fault(start, "attributes that cannot be read"));
        };
        rest = after;
        Some(Ok((name, unescape(value))))
    })
}

/// Name, value and what is behind them.
fn first_attribute(text: &str) -> Option<(&str, &str, &str)> {
    let equals = memchr(b'=', text.as_bytes())?;
    let name = text[..equals].trim_ascii_end();
    let value = text[equals + 1..].trim_ascii_start();
    let mark = *value.as_bytes().first().filter(|mark| matches!(mark, b'"' | b'\''))?;
    let end = 1 + memchr(mark, &value.as_bytes()[1..])?;
    let is_name = !name.is_empty() && name.len() <= LONGEST_NAME && !name.contains(['<', '"']);
    is_name.then(|| (name, &value[1..end], value[end + 1..].trim_ascii_start()))
}

/// A text with its entities resolved; what is no entity known here stays as it is.
pub(crate) fn unescape(text: &str) -> Cow<'_, str> {
    let Some(first) = memchr(b'&', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(start) = memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        if let Some((c, length)) = entity(rest) {
            out.push(c);
            rest = &rest[length..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character that an entity at the start of a text stands for, and its length.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(12).position(|b| b == b';')?;
    let c = match &text[1..end] {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        name => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            // NUL is no character of XML.
            char::from_u32(code.ok()?).filter(|c| *c != '\0')?
        }
    };
    Some((c, end + 1))
}

/// The text of an element that holds text alone: trimmed, line breaks and what indents them as one
/// space, entities and CDATA resolved.
pub(crate) fn plain(raw: &str) -> Cow<'_, str> {
    let raw = raw.trim_ascii();
    if memchr3(b'<', b'&', b'\n', raw.as_bytes()).is_none() {
        return Cow::Borrowed(raw);
    }
    if memchr(b'<', raw.as_bytes()).is_some() {
        return Cow::Owned(readable(raw));
    }
    match on_one_line(raw) {
        Cow::Borrowed(line) => unescape(line),
        Cow::Owned(line) => Cow::Owned(unescape(&line).into_owned()),
    }
}

/// A text whose line breaks, with the white space around them, are one space each.
pub(crate) fn on_one_line(text: &str) -> Cow<'_, str> {
    if memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for line in text.split(['\n', '\r']).map(str::trim_ascii).filter(|line| !line.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(line);
    }
    let spaced = |edge: Option<&u8>| edge.is_some_and(u8::is_ascii_whitespace);
    // Beside other markup, white space at an edge parts words.
    if spaced(text.as_bytes().first()) {
        out.insert(0, ' ');
    }
    if spaced(text.as_bytes().last()) && out.len() > 1 {
        out.push(' ');
    }
    Cow::Owned(out)
}

/// A text with markup in it as one reads it: without the tags, raised and lowered numbers as such
/// ("10⁻⁵", "H₂O"), formulas as the row of their symbols.
pub(crate) fn readable(raw: &str) -> String {
    let mut out = Readable::default();
    let (mut at, bytes) = (0, raw.as_bytes());
    while let Some(found) = memchr(b'<', &bytes[at..]) {
        let start = at + found;
        out.text(&raw[at..start]);
        at = match bytes.get(start + 1) {
            Some(b'!' | b'?') => after_other_markup(raw, start).unwrap_or(raw.len()),
            _ => {
                if let Ok(tag) = tag(raw, start) {
                    out.tag(&tag);
                    tag.end
                } else {
                    out.out.push('<');
                    start + 1
                }
            }
        };
        if bytes[start..].starts_with(CDATA) {
            let end = at.saturating_sub(3).max(start + CDATA.len()).min(raw.len());
            out.out.push_str(&raw[start + CDATA.len()..end]);
        }
    }
    out.text(&raw[at..]);
    let kept = out.out.trim();
    if kept.len() == out.out.len() { out.out } else { kept.to_owned() }
}

#[derive(Default)]
struct Readable {
    out: String,
    /// How many formulas the place is in.
    formulas: usize,
    /// How many annotations of formulas, which repeat them in another language.
    annotations: usize,
    /// Where the innermost raised or lowered text starts.
    script: Option<(usize, bool)>,
}

impl Readable {
    fn text(&mut self, raw: &str) {
        if raw.is_empty() || self.annotations > 0 {
            return;
        }
        let text = on_one_line(raw);
        let text = if self.formulas > 0 { text.trim_ascii() } else { &text };
        self.out.push_str(&unescape(text));
    }

    fn tag(&mut self, tag: &Tag<'_>) {
        let local = tag.name.rsplit(':').next().unwrap_or(tag.name);
        let opens = tag.kind == Kind::Start;
        match local {
            _ if tag.kind == Kind::Empty => {}
            "math" => count(&mut self.formulas, opens),
            "annotation" | "annotation-xml" => count(&mut self.annotations, opens),
            "mtd" | "cn" | "ci" | "matrixrow" if self.formulas > 0 && !self.out.ends_with(' ') => {
                self.out.push(' ');
            }
            "sup" | "sub" if opens => self.script = Some((self.out.len(), local == "sup")),
            "sup" | "sub" => {
                if let Some((start, is_raised)) = self.script.take() {
                    raise(&mut self.out, start, is_raised);
                }
            }
            _ => {}
        }
    }
}

fn count(depth: &mut usize, opens: bool) {
    *depth = if opens { *depth + 1 } else { depth.saturating_sub(1) };
}

/// Raises or lowers the end of a text, if it consists of what there are such characters for.
pub(crate) fn raise(text: &mut String, start: usize, is_raised: bool) {
    const PLAIN: &str = "0123456789+-=()";
    let forms = if is_raised {
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾"
    } else {
        "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"
    };
    let form = |c: char| {
        let c = if matches!(c, '\u{2212}' | '\u{2013}') { '-' } else { c };
        PLAIN.chars().position(|plain| plain == c).and_then(|i| forms.chars().nth(i))
    };
    let Some(script) = text.get(start..) else { return };
    // Whole words are never raised numbers; what is long is not looked at.
    if script.len() > 32 || !script.chars().any(|c| c.is_ascii_digit()) {
        return;
    }
    if let Some(changed) = script.chars().map(form).collect::<Option<String>>() {
        text.truncate(start);
        text.push_str(&changed);
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Tags, attributes, plain, readable, unescape};

    fn names(text: &str) -> Vec<(Kind, &str)> {
        let mut tags = Tags::new(text);
        std::iter::from_fn(|| tags.next().unwrap()).map(|tag| (tag.kind, tag.name)).collect()
    }

    #[test]
    fn tags_are_found_and_other_markup_is_passed_over() {
        let text = "<?xml version='1.0'?><!DOCTYPE a><a x='>'><!-- <b> --><c/><![CDATA[<d>]]></a >";
        assert_eq!(names(text), [(Kind::Start, "a"), (Kind::Empty, "c"), (Kind::End, "a")]);
    }

    #[test]
    fn what_is_no_tag_is_a_fault_with_its_place() {
        for (text, byte) in [("ab < c", 3), ("<a", 0), ("<a x=\">", 0), ("x<!-- ", 1), ("<>", 0)] {
            assert_eq!(Tags::new(text).next().unwrap_err().byte, byte, "{text}");
        }
    }

    #[test]
    fn attributes_are_named_and_resolved() {
        let tag = Tags::new("<a x = 'a&amp;b' y=\"'\"/>").next().unwrap().unwrap();
        let found: Vec<_> = attributes(&tag).map(Result::unwrap).collect();
        assert_eq!(found, [("x", "a&b".into()), ("y", "'".into())]);
        let tag = Tags::new("<a x=1>").next().unwrap().unwrap();
        assert!(attributes(&tag).next().unwrap().is_err());
    }

    #[test]
    fn entities_are_resolved_once_and_unknown_ones_stay() {
        assert_eq!(
            unescape("a &lt; b &amp;lt; &#233;&#xe9; &alpha; & &#0;"),
            "a < b &lt; éé &alpha; & &#0;"
        );
    }

    #[test]
    fn indented_text_is_one_line() {
        assert_eq!(plain("\n   a\n   b &amp; c  "), "a b & c");
        assert_eq!(plain("<![CDATA[a < b]]>"), "a < b");
    }

    #[test]
    fn markup_is_read_as_it_looks() {
        assert_eq!(
            readable("H<sub>2</sub>O in <i>E.\n  coli</i>, 10<sup>-5</sup>"),
            "H₂O in E. coli, 10⁻⁵"
        );
        assert_eq!(readable("the 19<sup>th</sup> one"), "the 19th one");
        let formula = "of <mml:math>\n <mml:msub>\n <mml:mi>x</mml:mi> <mml:mn>2</mml:mn></mml:msub></mml:math> units";
        assert_eq!(readable(formula), "of x2 units");
    }
}
