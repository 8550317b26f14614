//! A record: its fields as they are in the file.

use std::fmt;
use std::num::NonZeroU32;

use crate::Format;
use crate::names::is_named;

/// One field of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// The tag, as "AU", or the name of the column.
    pub tag: &'a str,
    /// The value without the white space around it. Lines it goes on over are joined by line feeds,
    /// or by spaces where the format breaks long lines by itself (NBIB).
    pub value: &'a str,
    /// The line it starts at, counted from 1; in tables, the line its row starts at.
    pub line: u32,
}

/// One item as one database exported it.
///
/// It keeps all its fields, known or not, in order: [`Record::fields`]. Typed access ([`Record::title`]
/// and so on) takes the first field that has a value; "NA", which R writes for what is missing, counts
/// as none.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// The format it was read from, which says what its tags mean.
    pub format: Format,
    /// Its place among the records of its file, counted from 1.
    pub number: u32,
    /// The line it starts at, counted from 1.
    pub line: u32,
    /// Tags and values of all fields, one after the other.
    text: Box<str>,
    spans: Box<[Span]>,
}

/// Where a field is. Its tag may be that of a field before it: XML repeats long ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    tag_start: u32,
    tag_end: u32,
    value_start: u32,
    value_end: u32,
    line: u32,
}

impl Record {
    /// All its fields, in the order of the file.
    pub fn fields(&self) -> impl DoubleEndedIterator<Item = Field<'_>> + ExactSizeIterator + Clone {
        (0..self.spans.len()).map(|i| field(&self.text, &self.spans, i))
    }

    /// The values of all fields with this tag. Columns of tables are compared by their letters and
    /// digits, in lower case: "authornames" is the column "Author Names".
    pub fn all<'a>(&'a self, tag: &'a str) -> impl Iterator<Item = &'a str> + Clone {
        self.values_where(move |of| is_named(self.format, of, tag))
    }

    /// The first value under this tag.
    pub fn first<'a>(&'a self, tag: &str) -> Option<&'a str> {
        self.values_where(|of| is_named(self.format, of, tag)).next()
    }

    /// The values under these tags, those of the first tag first.
    pub(crate) fn values<'a>(&'a self, tags: &'a [&str]) -> impl Iterator<Item = &'a str> + Clone {
        tags.iter().flat_map(|tag| self.all(tag))
    }

    /// The values under any of these tags, in the order of the file.
    pub(crate) fn among<'a>(&'a self, tags: &'a [&str]) -> impl Iterator<Item = &'a str> + Clone {
        self.values_where(move |of| tags.iter().any(|tag| is_named(self.format, of, tag)))
    }

    /// The first value under the first of these tags that has one.
    pub(crate) fn first_of<'a>(&'a self, tags: &[&str]) -> Option<&'a str> {
        tags.iter().find_map(|tag| self.first(tag))
    }

    /// The values of the fields of which the tag is as asked for. Values are looked at only then.
    #[inline]
    fn values_where<W>(&self, is_wanted: W) -> impl Iterator<Item = &str> + use<'_, W> + Clone
    where
        W: Fn(&[u8]) -> bool + Clone,
    {
        let bytes = self.text.as_bytes();
        let wanted = self
            .spans
            .iter()
            .filter(move |span| is_wanted(&bytes[span.tag_start as usize..span.tag_end as usize]));
        let values =
            wanted.map(|span| &self.text[span.value_start as usize..span.value_end as usize]);
        values.filter(|value| is_value(value))
    }
}

/// A field of a record of these spans.
fn field<'a>(text: &'a str, spans: &[Span], i: usize) -> Field<'a> {
    let Span { tag_start, tag_end, value_start, value_end, line } = spans[i];
    let tag = &text[tag_start as usize..tag_end as usize];
    Field { tag, value: &text[value_start as usize..value_end as usize], line }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { format, number, line, .. } = self;
        write!(f, "{format} record {number} at line {line}: ")?;
        f.debug_map().entries(self.fields().map(|field| (field.tag, field.value))).finish()
    }
}

fn is_value(value: &str) -> bool {
    !value.is_empty() && value != "NA"
}

/// Collects the fields of one record after the other, without allocating for each.
#[derive(Debug, Default)]
pub struct RecordBuilder {
    line: Option<NonZeroU32>,
    text: String,
    spans: Vec<Span>,
    /// Where the last long tags are, to be used again.
    long_tags: [(u32, u32); LONG_TAGS],
    next_long_tag: usize,
}

/// Longer tags are written once where they repeat.
const LONG_TAG: usize = 12;

/// Among so many tags, what repeats in turn is found.
const LONG_TAGS: usize = 8;

impl RecordBuilder {
    /// Begins a record at this line, and forgets all fields.
    pub fn start(&mut self, line: u32) {
        self.clear();
        self.line = NonZeroU32::new(line);
    }

    /// Adds a field. If no record was started, this one starts at the field's line.
    pub fn push(&mut self, tag: &str, value: &str, line: u32) {
        self.line = self.line.or(NonZeroU32::new(line));
        let (tag_start, tag_end) = self.tag(tag);
        let value_start = offset(&self.text);
        self.text.push_str(value);
        let value_end = offset(&self.text);
        self.spans.push(Span { tag_start, tag_end, value_start, value_end, line });
    }

    /// Where a tag is, which is written unless it has been of late.
    fn tag(&mut self, tag: &str) -> (u32, u32) {
        let is_long = tag.len() > LONG_TAG;
        if is_long {
            for (start, end) in self.long_tags {
                let length = end.wrapping_sub(start) as usize;
                if length == tag.len()
                    && self.text.as_bytes()[start as usize..end as usize] == *tag.as_bytes()
                {
                    return (start, end);
                }
            }
        }
        let start = offset(&self.text);
        self.text.push_str(tag);
        let end = offset(&self.text);
        if is_long {
            self.long_tags[self.next_long_tag % LONG_TAGS] = (start, end);
            self.next_long_tag += 1;
        }
        (start, end)
    }

    /// Adds to the value of the last field; without a field, does nothing.
    pub fn extend_value(&mut self, more: &str) {
        if let Some(last) = self.spans.last_mut() {
            self.text.push_str(more);
            last.value_end = offset(&self.text);
        }
    }

    /// Adds all fields of another record, which is left empty.
    pub fn append(&mut self, other: &mut Self) {
        let start = offset(&self.text);
        self.text.push_str(&other.text);
        let moved = other.spans.iter().map(|span| Span {
            tag_start: span.tag_start.saturating_add(start),
            tag_end: span.tag_end.saturating_add(start),
            value_start: span.value_start.saturating_add(start),
            value_end: span.value_end.saturating_add(start),
            line: span.line,
        });
        self.spans.extend(moved);
        self.line = self.line.or(other.line);
        other.clear();
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.line = None;
        self.text.clear();
        self.spans.clear();
        self.long_tags = [(0, 0); LONG_TAGS];
    }

    /// Whether there is no field.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The tag of the last field.
    pub fn last_tag(&self) -> Option<&str> {
        self.fields().next_back().map(|field| field.tag)
    }

    /// Whether the last field has no value yet.
    pub(crate) fn last_is_empty(&self) -> bool {
        self.fields().next_back().is_some_and(|field| field.value.is_empty())
    }

    /// The line the record starts at.
    pub fn line(&self) -> u32 {
        self.line.map_or(1, NonZeroU32::get)
    }

    /// The fields so far.
    pub fn fields(&self) -> impl DoubleEndedIterator<Item = Field<'_>> {
        (0..self.spans.len()).map(|i| field(&self.text, &self.spans, i))
    }

    /// The record with this number in its file; the builder is empty again.
    pub fn finish(&mut self, format: Format, number: u32) -> Record {
        // No format can hold NUL, and a file with many is no text: written, it could not be read again. A character of the
        // same length keeps the spans.
        if memchr::memchr(0, self.text.as_bytes()).is_some() {
            self.text = self.text.replace('\0', "?");
        }
        let (text, spans) = (self.text.as_str().into(), self.spans.as_slice().into());
        let record = Record { format, number, line: self.line(), text, spans };
        self.clear();
        record
    }
}

/// No record reaches 4 GiB: what a reader holds at a time is bounded ([`crate::Reader`]).
fn offset(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}
