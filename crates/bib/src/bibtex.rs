//! BibTeX and BibLaTeX: `@article{key, title = {…}, …}`.
//!
//! Read with what exports do to it: keys with blanks or none at all, missing commas, fields twice, words
//! that no `@string` defines, entries that are never closed. A fault costs at most its own entry.
//!
//! The type of an entry is the field `@type`, its key `@key`. Values are text as it looks when printed;
//! where LaTeX says more, the source follows: `title/source()`. Names of a list are fields of their own.

use std::borrow::Cow;
use std::collections::BTreeMap;

use memchr::{memchr, memchr_iter, memchr3};

use crate::latex;
use crate::syntax::{Found, Part, Place, Syntax};
use crate::{Format, RecordBuilder};

/// The field in which [`crate::write()`] keeps an id that cannot be a key of BibTeX everywhere.
pub(crate) const ORIGINAL_KEY: &str = "originalkey";

/// Whether a text begins as this format does.
pub(crate) fn is_bibtex(text: &str) -> bool {
    let starts_entry = |at: usize| {
        let line_start = text[..at].trim_end_matches([' ', '\t']);
        let is_first = line_start.is_empty() || line_start.ends_with(['\n', '\r']);
        is_first && entry_at(text, at).is_some()
    };
    text.starts_with("% Encoding:") || memchr_iter(b'@', text.as_bytes()).any(starts_entry)
}

/// The kind of entry that starts at an `@`, and the byte after its opening brace.
fn entry_at(text: &str, at: usize) -> Option<(&str, usize)> {
    let rest = &text[at + 1..];
    let length = rest.bytes().take(40).take_while(u8::is_ascii_alphabetic).count();
    let after = rest[length..].trim_start();
    let opens = length > 0 && after.starts_with(['{', '(']);
    opens.then(|| (&rest[..length], text.len() - after.len() + 1))
}

/// The reader of BibTeX.
#[derive(Debug, Default)]
pub(crate) struct Bibtex {
    record: RecordBuilder,
    /// What `@string` defines, by names in lower case.
    strings: BTreeMap<String, String>,
}

impl Syntax for Bibtex {
    fn read(&mut self, part: Part<'_>, found: &mut Found) -> Place {
        let text = part.text;
        let mut place = part.start();
        let mut from = 0;
        while let Some(at) = memchr(b'@', &text.as_bytes()[from..]).map(|at| from + at) {
            let Some((kind, inside)) = entry_at(text, at) else {
                from = at + 1;
                continue;
            };
            let start = stray(text, place, at, found);
            let Some(entry) = entry(text, inside, part.is_last) else { return start };
            place = start.to(text, entry.end);
            from = entry.end;
            self.take(kind, &entry, &text[at..entry.end], start.line, found);
        }
        // An entry may start at the end of the text and go on behind it.
        let settled = match text.rfind('@') {
            Some(last) if !part.is_last && last >= place.byte && text.len() - last < 100 => last,
            _ => text.len(),
        };
        stray(text, place, settled, found)
    }
}

/// Text outside of entries is comment, by the format's rules; what does not look like one is reported.
fn stray(text: &str, from: Place, to: usize, found: &mut Found) -> Place {
    let gap = Part { text: &text[from.byte..to], line: from.line, is_last: true };
    let mut written =
        gap.lines().filter(|line| !line.is_blank() && !line.text.trim_start().starts_with('%'));
    if let Some(line) = written.next() {
        let text = line.text.trim();
        found.problem(line.number, format!("text outside any entry: left out: {text}"));
    }
    from.to(text, to)
}

/// An entry as it is written.
struct Entry<'a> {
    key: &'a str,
    fields: Vec<EntryField<'a>>,
    /// The byte after it.
    end: usize,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed,
    /// The next entry begins before this one ends, with all values whole.
    Unclosed,
    /// The next entry begins inside of a value.
    Broken,
}

struct EntryField<'a> {
    /// "" for what is no field.
    name: &'a str,
    pieces: Vec<Piece<'a>>,
    /// The byte it starts at.
    at: usize,
    /// Whether the braces of its value do not balance.
    is_unbalanced: bool,
}

/// A part of a value; `#` joins them.
enum Piece<'a> {
    Quoted(&'a str),
    Bare(&'a str),
}

/// The entry whose brace is before this byte; `None` if its end is still to come.
fn entry(text: &str, inside: usize, is_last: bool) -> Option<Entry<'_>> {
    let close = if text[..inside].ends_with('(') { b')' } else { b'}' };
    let mut scan = Scan { text, at: inside, close, is_unbalanced: false };
    let (key, mut fields) = (scan.key(), Vec::new());
    let state = loop {
        scan.skip(|b| b.is_ascii_whitespace() || b == b',');
        match scan.peek() {
            None => break State::Unclosed,
            Some(b) if b == close => {
                scan.at += 1;
                break State::Closed;
            }
            Some(b'@') if scan.starts_entry(scan.at) => break State::Unclosed,
            Some(_) => match scan.field() {
                Some(field) => fields.push(field),
                None => break State::Broken,
            },
        }
    };
    let may_go_on = state != State::Closed && scan.at == text.len() && !is_last;
    (!may_go_on).then_some(Entry { key, fields, end: scan.at, state })
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
    /// What closes the entry.
    close: u8,
    /// Whether the braces of the last field did not balance.
    is_unbalanced: bool,
}

impl<'a> Scan<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self, skips: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&skips) {
            self.at += 1;
        }
    }

    /// The text up to one of these bytes, which are ASCII.
    fn until(&mut self, ends: impl Fn(u8) -> bool) -> &'a str {
        let start = self.at;
        self.skip(|b| !ends(b));
        &self.text[start..self.at]
    }

    /// Whether an entry starts here, at the start of a line.
    fn starts_entry(&self, at: usize) -> bool {
        self.text[..at].ends_with(['\n', '\r']) && entry_at(self.text, at).is_some()
    }

    /// The key, unless the entry begins with a field.
    fn key(&mut self) -> &'a str {
        self.skip(|b| b.is_ascii_whitespace());
        let start = self.at;
        let key = self.until(|b| matches!(b, b',' | b'}' | b'{' | b'"' | b'\n' | b'\r'));
        let is_field = matches!(self.peek(), Some(b'{' | b'"')) && key.trim_end().ends_with('=');
        if is_field {
            self.at = start;
            return "";
        }
        key.trim()
    }

    /// A field, or what is none; `None` if its value is never closed.
    fn field(&mut self) -> Option<EntryField<'a>> {
        let at = self.at;
        let close = self.close;
        let name =
            self.until(|b| matches!(b, b'=' | b',' | b'{' | b'"' | b'#' | b'@') || b == close);
        let name = name.trim();
        if self.peek() == Some(b'=') && !name.is_empty() {
            self.at += 1;
            self.is_unbalanced = false;
            return Some(EntryField {
                name,
                pieces: self.value()?,
                at,
                is_unbalanced: self.is_unbalanced,
            });
        }
        self.at = at + self.text[at..].chars().next().map_or(0, char::len_utf8);
        self.until(|b| matches!(b, b',' | b'\n') || b == close);
        let stray = self.text[at..self.at].trim();
        Some(EntryField { name: "", pieces: vec![Piece::Bare(stray)], at, is_unbalanced: false })
    }

    fn value(&mut self) -> Option<Vec<Piece<'a>>> {
        let mut pieces = Vec::new();
        loop {
            self.skip(|b| b.is_ascii_whitespace());
            pieces.push(match self.peek() {
                Some(b'{') => {
                    let start = self.at + 1;
                    let balanced = self.braced();
                    Piece::Quoted(balanced.or_else(|| self.up_to_next_field(start))?)
                }
                Some(b'"') => Piece::Quoted(self.quoted()?),
                _ => {
                    let close = self.close;
                    let ends =
                        |b: u8| b.is_ascii_whitespace() || matches!(b, b',' | b'#') || b == close;
                    Piece::Bare(self.until(ends))
                }
            });
            self.skip(|b| b.is_ascii_whitespace());
            if self.peek() != Some(b'#') {
                return Some(pieces);
            }
            self.at += 1;
        }
    }

    /// What is between balanced braces.
    fn braced(&mut self) -> Option<&'a str> {
        let start = self.at + 1;
        let mut depth = 0_usize;
        while let Some(found) = memchr3(b'{', b'}', b'@', &self.text.as_bytes()[self.at..]) {
            let at = self.at + found;
            self.at = at + 1;
            match self.text.as_bytes()[at] {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                _ if self.starts_entry(at) => {
                    self.at = at;
                    return None;
                }
                _ => {}
            }
            if depth == 0 {
                return Some(&self.text[start..at]);
            }
        }
        self.at = self.text.len();
        None
    }

    /// Where braces do not balance: the value up to the brace at the end of the line before the next
    /// field, or before the end of the entry.
    fn up_to_next_field(&mut self, start: usize) -> Option<&'a str> {
        let (text, stop) = (self.text, self.at);
        let mut at = start;
        for line in text[start..stop].split_inclusive('\n') {
            at += line.len();
            let next = text[at..stop].trim_start();
            if line.trim_end().trim_end_matches(',').ends_with('}')
                && (starts_field(next) || next.starts_with('}'))
            {
                let value = text[start..at].trim_end().trim_end_matches(',').strip_suffix('}')?;
                self.at = start + value.len() + 1;
                self.is_unbalanced = true;
                return Some(value).filter(|value| !value.lines().skip(1).any(starts_field));
            }
        }
        None
    }

    /// What is between quotation marks; those in braces are text.
    fn quoted(&mut self) -> Option<&'a str> {
        let start = self.at + 1;
        let mut depth = 0_usize;
        for (i, b) in self.text.as_bytes()[start..].iter().enumerate() {
            match b {
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                b'@' if self.starts_entry(start + i) => {
                    self.at = start + i;
                    return None;
                }
                b'"' if depth == 0 => {
                    self.at = start + i + 1;
                    return Some(&self.text[start..start + i]);
                }
                _ => {}
            }
        }
        self.at = self.text.len();
        None
    }
}

impl Bibtex {
    fn take(&mut self, kind: &str, entry: &Entry<'_>, text: &str, line: u32, found: &mut Found) {
        match kind.to_ascii_lowercase().as_str() {
            "comment" | "preamble" => return,
            "string" => {
                for EntryField { name, pieces, .. } in &entry.fields {
                    let (value, _) = self.value(pieces);
                    self.strings.insert(name.to_lowercase(), value.into_owned());
                }
                return;
            }
            _ => {}
        }
        let text = text.trim_end();
        if entry.state == State::Broken || swallows_field(entry) {
            found.quarantine(line, text, "a brace or quotation mark is never closed");
            return;
        }
        let start = entry.end - text.len().min(entry.end);
        self.record.start(line);
        self.record.push("@type", kind, line);
        let (originals, fields): (Vec<_>, Vec<_>) =
            entry.fields.iter().partition(|it| it.name.eq_ignore_ascii_case(ORIGINAL_KEY));
        match originals.first() {
            Some(original) => {
                let (raw, _) = self.value(&original.pieces);
                self.record.push("@key", &latex::decode(&raw), line);
            }
            None if !entry.key.is_empty() => self.record.push("@key", entry.key, line),
            None => {}
        }
        let mut lines = LinesAt { text, start, byte: 0, line };
        for field in fields {
            let line = lines.of(field.at);
            self.field(field, line, found);
        }
        let told = |tag: &str| !tag.starts_with('@');
        if !self.record.fields().any(|field| told(field.tag) && !field.value.is_empty()) {
            self.record.clear();
            found.quarantine(line, text, "no field has a value");
            return;
        }
        if entry.state == State::Unclosed {
            found.problem(line, "entry without its closing brace: read up to the next one");
        }
        found.record(Format::Bibtex, &mut self.record);
    }

    fn field(&mut self, field: &EntryField<'_>, line: u32, found: &mut Found) {
        let (raw, unknown) = self.value(&field.pieces);
        if field.name.is_empty() {
            found.problem(line, format!("no field of an entry: kept as text(): {raw}"));
            return self.record.push("text()", &raw, line);
        }
        if field.is_unbalanced {
            let name = field.name;
            found.problem(
                line,
                format!("braces of {name} do not balance: read up to the next field"),
            );
        }
        if let Some(word) = unknown {
            let message = format!("no @string defines `{word}`: taken as it is");
            found.problem(line, message);
        }
        if is_name_list(field.name) {
            self.names(field.name, &raw, line);
        } else if is_verbatim(field.name) {
            return self.record.push(field.name, &verbatim(&raw), line);
        } else {
            self.record.push(field.name, &latex::decode(&raw), line);
        }
        if latex::is_marked_up(&raw) {
            self.record.push(&format!("{}/source()", field.name), raw.trim(), line);
        }
    }

    fn names(&mut self, field: &str, raw: &str, line: u32) {
        for name in latex::names(raw) {
            // Whoever is meant by "and others" has no name.
            let others = if name == "others" { "/others" } else { "" };
            self.record.push(&[field, others].concat(), &latex::decode(name), line);
        }
    }

    /// A value with its pieces joined, and a word in it that stands for nothing.
    fn value<'a>(&self, pieces: &[Piece<'a>]) -> (Cow<'a, str>, Option<&'a str>) {
        let mut unknown = None;
        let mut piece = |piece: &Piece<'a>| match piece {
            Piece::Quoted(text) => Cow::Borrowed(*text),
            Piece::Bare(word) => {
                if let Some(meant) = self.strings.get(&word.to_lowercase()) {
                    return Cow::Owned(meant.clone());
                }
                if !is_number(word) && !is_month(word) {
                    unknown = Some(*word);
                }
                Cow::Borrowed(*word)
            }
        };
        let value = match pieces {
            [one] => piece(one),
            _ => Cow::Owned(pieces.iter().map(piece).collect::<String>()),
        };
        (value, unknown)
    }
}

/// The line of a byte that only goes forward.
struct LinesAt<'a> {
    /// The entry, which starts at this byte of the whole.
    text: &'a str,
    start: usize,
    byte: usize,
    line: u32,
}

impl LinesAt<'_> {
    fn of(&mut self, at: usize) -> u32 {
        let at = at.saturating_sub(self.start).min(self.text.len());
        if let Some(passed) = self.text.get(self.byte..at) {
            self.line = self.line.saturating_add(crate::lines::line_ends(passed));
            self.byte = at;
        }
        self.line
    }
}

/// Whether the last value of an entry that is not closed has a field in it: its brace is missing.
fn swallows_field(entry: &Entry<'_>) -> bool {
    let last = entry.fields.last().filter(|_| entry.state == State::Unclosed);
    let pieces = last.into_iter().flat_map(|field| &field.pieces);
    pieces.into_iter().any(|piece| match piece {
        Piece::Bare(_) => false,
        Piece::Quoted(text) => text.lines().skip(1).any(starts_field),
    })
}

/// Whether a line looks like the start of a field: `name = {`.
fn starts_field(line: &str) -> bool {
    let line = line.trim_start();
    let length =
        line.bytes().take(40).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let (name, after) = line.split_at(length.count());
    let value = after.trim_start().strip_prefix('=').map(str::trim_start);
    !name.is_empty() && value.is_some_and(|value| value.starts_with(['{', '"']))
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit())
}

fn is_month(word: &str) -> bool {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    MONTHS.iter().any(|month| month.eq_ignore_ascii_case(word))
}

/// Fields that list names.
pub(crate) fn is_name_list(field: &str) -> bool {
    ["author", "editor"].iter().any(|name| name.eq_ignore_ascii_case(field))
}

/// Fields that hold no LaTeX.
pub(crate) fn is_verbatim(field: &str) -> bool {
    ["url", "doi", "eprint", "file", "pdf"].iter().any(|name| name.eq_ignore_ascii_case(field))
}

/// The value of such a field: without white space at its ends, nor what some escape nonetheless.
fn verbatim(raw: &str) -> String {
    let mut out = raw.trim().to_owned();
    for (escaped, meant) in [("{\\_}", "_"), ("\\_", "_"), ("\\%", "%"), ("\\&", "&"), ("\\#", "#")]
    {
        if out.contains(escaped) {
            out = out.replace(escaped, meant);
        }
    }
    out
}
