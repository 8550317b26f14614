//! One record of an XML format as fields: the way through its elements.
//!
//! A field's tag is the path of its element below the record; attributes come before the text of
//! their element, as `PMID/@Version`. Attributes that say what an element is are part of its name:
//! `ArticleId[@IdType=doi]`. Besides what is in the file there are
//!
//! - the name of a person or group and dates in one, after their parts;
//! - the source of text with markup in it, `ArticleTitle/source()`, after the text as one reads it;
//! - an empty field where a further element with parts begins, which keeps the parts of neighbours
//!   apart.

use std::borrow::Cow;
use std::marker::PhantomData;

use crate::RecordBuilder;
use crate::lines::line_ends;
use crate::xml::{self, Fault, Kind, Tag, Tags};

/// Deeper elements are of no export.
const DEEPEST: usize = 64;

/// Longer paths are of no export.
const LONGEST_PATH: usize = 256;

/// What is particular to the elements of one format.
pub(crate) trait Elements {
    /// Whether an element is markup in a text rather than a part of the record.
    fn is_markup(element: &str) -> bool;

    /// What the parts of an element make up.
    fn whole(_element: &str) -> Option<Whole> {
        None
    }

    /// Whether an attribute says what its element is rather than something about it.
    fn tells_kind(_element: &str, _attribute: &str, _value: &str) -> bool {
        false
    }

    /// What is put before the text of an element with this attribute.
    fn is_label(_element: &str, _attribute: &str, _value: &str) -> bool {
        false
    }

    /// A text with markup as one reads it, and whether the markup tells more than that.
    fn readable(raw: &str) -> (String, bool);

    /// A text without markup.
    fn plain(raw: &str) -> Cow<'_, str> {
        xml::plain(raw)
    }
}

/// What is given in one besides in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whole {
    /// "Lee, Hee Jung", or a group.
    Name,
    /// "2014 Oct 12".
    Date,
}

/// What is kept from record to record.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    path: String,
    parts: Parts,
    label: String,
}

/// Adds the fields of a record, which is one element of its format and goes from one line to another.
pub(crate) fn read<E: Elements>(
    text: &str,
    lines: (u32, u32),
    scratch: &mut Scratch,
    record: &mut RecordBuilder,
) -> Result<(), Fault> {
    scratch.path.clear();
    scratch.parts.clear();
    scratch.label.clear();
    let (lines, frames) =
        (Lines { byte: 0, line: lines.0, any: lines.1 > lines.0 }, Vec::with_capacity(16));
    let Scratch { path, parts, label } = scratch;
    Walk::<E> { text, lines, record, path, parts, label, frames, elements: PhantomData }.run()
}

/// The line of a byte that only goes forward.
struct Lines {
    byte: usize,
    line: u32,
    /// Whether lines end in the text at all.
    any: bool,
}

impl Lines {
    fn at(&mut self, text: &str, byte: usize) -> u32 {
        if self.any && byte > self.byte {
            self.line = self.line.saturating_add(line_ends(&text[self.byte..byte]));
            self.byte = byte;
        }
        self.line
    }
}

/// An element that is open.
struct Frame<'a> {
    name: &'a str,
    /// How long the path is without it.
    outer: usize,
    /// Where its content starts.
    content: usize,
    /// What the last element in it is called; "" if there was none.
    last_child: &'a str,
    /// Whether it follows an element of the same name.
    is_further: bool,
    /// Where the text with markup starts that was met in it last.
    markup: Option<usize>,
}

/// The parts of a name or date, as they come by.
#[derive(Debug, Default)]
struct Parts {
    date: String,
    last: String,
    fore: String,
    initials: String,
    suffix: String,
    group: String,
}

impl Parts {
    fn take(&mut self, part: &str, value: &str) {
        let kept = match part {
            "LastName" => &mut self.last,
            "ForeName" => &mut self.fore,
            "Initials" => &mut self.initials,
            "Suffix" => &mut self.suffix,
            "CollectiveName" => &mut self.group,
            "Year" | "Month" | "Day" | "Season" | "MedlineDate" => {
                if !self.date.is_empty() {
                    self.date.push(' ');
                }
                self.date.push_str(value);
                return;
            }
            _ => return,
        };
        kept.clear();
        kept.push_str(value);
    }

    fn clear(&mut self) {
        let Self { date, last, fore, initials, suffix, group } = self;
        [date, last, fore, initials, suffix, group].into_iter().for_each(String::clear);
    }

    /// Adds what they make up to the last field.
    fn join(&self, whole: Whole, record: &mut RecordBuilder) {
        if whole == Whole::Date {
            return record.extend_value(&self.date);
        }
        let given = if self.fore.is_empty() { &self.initials } else { &self.fore };
        let parts = [&self.last, given, &self.suffix].into_iter().filter(|part| !part.is_empty());
        for (i, part) in parts.enumerate() {
            if i > 0 {
                record.extend_value(", ");
            }
            record.extend_value(part);
        }
        if self.last.is_empty() && given.is_empty() {
            record.extend_value(&self.group);
        }
    }
}

/// One way through a record.
struct Walk<'a, 'b, E> {
    text: &'a str,
    lines: Lines,
    record: &'b mut RecordBuilder,
    path: &'b mut String,
    parts: &'b mut Parts,
    label: &'b mut String,
    frames: Vec<Frame<'a>>,
    elements: PhantomData<E>,
}

impl<'a, E: Elements> Walk<'a, '_, E> {
    fn run(mut self) -> Result<(), Fault> {
        let mut tags = Tags::new(self.text);
        let mut after = 0;
        while let Some(tag) = tags.next_in(self.frames.last().map_or("", |frame| frame.name))? {
            match tag.kind {
                _ if E::is_markup(tag.name) && !self.frames.is_empty() => {
                    after = self.markup(&mut tags, &tag, after)?;
                    continue;
                }
                Kind::End => self.close(after, &tag)?,
                Kind::Start | Kind::Empty => {
                    self.stray(after, tag.start);
                    self.open(&tag)?;
                    if tag.kind == Kind::Empty {
                        self.close(tag.end, &tag)?;
                    }
                }
            }
            after = tag.end;
        }
        match self.frames.last() {
            Some(frame) => Err(unclosed(frame.name, frame.content)),
            None => Ok(()),
        }
    }

    /// Text beside elements, which the formats do not have.
    fn stray(&mut self, after: usize, end: usize) {
        let markup = self.frames.last_mut().and_then(|frame| frame.markup.take());
        let Some(before) = self.text.get(markup.unwrap_or(after)..end).map(str::trim_ascii) else {
            return;
        };
        if !before.is_empty() && !before.starts_with("<!") {
            let line = self.lines.at(self.text, end);
            let tag = if self.path.is_empty() { "text()" } else { self.path.as_str() };
            self.record.push(tag, &E::plain(before), line);
        }
    }

    fn open(&mut self, tag: &Tag<'a>) -> Result<(), Fault> {
        if self.frames.len() >= DEEPEST || self.path.len() + tag.name.len() >= LONGEST_PATH {
            return Err(Fault {
                byte: tag.start,
                reason: "elements are nested too deep".to_owned(),
            });
        }
        let mut is_further = false;
        if let Some(parent) = self.frames.last_mut() {
            if parent.is_further && parent.last_child.is_empty() && E::whole(parent.name).is_none()
            {
                let line = self.lines.at(self.text, tag.start);
                self.record.push(self.path, "", line);
            }
            is_further = parent.last_child == tag.name;
            parent.last_child = tag.name;
        }
        let outer = self.path.len();
        // The record itself is no part of the path, but for a citation that stands alone.
        if !self.frames.is_empty() || tag.name == "MedlineCitation" {
            if outer > 0 {
                self.path.push('/');
            }
            self.path.push_str(tag.name);
        }
        if !tag.attributes.is_empty() {
            self.attributes(tag)?;
        }
        let (name, content) = (tag.name, tag.end);
        let frame = Frame { name, outer, content, last_child: "", is_further, markup: None };
        self.frames.push(frame);
        Ok(())
    }

    fn attributes(&mut self, tag: &Tag<'a>) -> Result<(), Fault> {
        for attribute in xml::attributes(tag) {
            let (name, value) = attribute?;
            if E::tells_kind(tag.name, name, &value) {
                self.path.extend(["[@", name, "=", &value, "]"]);
                continue;
            }
            let line = self.lines.at(self.text, tag.start);
            let length = self.path.len();
            self.path.push_str(if length == 0 { "@" } else { "/@" });
            self.path.push_str(name);
            self.record.push(self.path, value.trim(), line);
            self.path.truncate(length);
            if E::is_label(tag.name, name, &value) {
                value.trim().clone_into(self.label);
            }
        }
        Ok(())
    }

    fn close(&mut self, after: usize, tag: &Tag<'a>) -> Result<(), Fault> {
        match self.frames.last() {
            Some(frame) if frame.name == tag.name => {}
            Some(frame) => return Err(unclosed(frame.name, frame.content)),
            None => {
                let reason = format!("</{}> closes no element", tag.name);
                return Err(Fault { byte: tag.start, reason });
            }
        }
        if self.frames.last().is_some_and(|frame| !frame.last_child.is_empty()) {
            self.stray(after, tag.start);
            if let Some(whole) = E::whole(tag.name) {
                let line = self.lines.at(self.text, tag.start);
                self.record.push(self.path, "", line);
                self.parts.join(whole, self.record);
                self.parts.clear();
            }
        }
        if let Some(frame) = self.frames.pop() {
            if frame.last_child.is_empty() {
                self.leaf(&frame, tag.start.max(frame.content));
            }
            self.path.truncate(frame.outer);
        }
        Ok(())
    }

    /// An element without elements in it: one field.
    fn leaf(&mut self, frame: &Frame<'a>, end: usize) {
        let raw = self.text[frame.content..end].trim_ascii();
        let is_record = self.frames.is_empty();
        if is_record && raw.is_empty() {
            return;
        }
        let (value, tells_more) = match frame.markup {
            Some(_) => {
                let (value, tells_more) = E::readable(raw);
                (Cow::Owned(value), tells_more)
            }
            None => (E::plain(raw), false),
        };
        let line = self.lines.at(self.text, frame.content);
        let parent = self.frames.last().map_or("", |parent| parent.name);
        if E::whole(parent).is_some() {
            self.parts.take(frame.name, &value);
        }
        let tag = if self.path.is_empty() { "text()" } else { self.path.as_str() };
        if self.label.is_empty() {
            self.record.push(tag, &value, line);
        } else {
            self.record.push(tag, self.label, line);
            self.record.extend_value(": ");
            self.record.extend_value(&value);
            self.label.clear();
        }
        if tells_more {
            let length = self.path.len();
            self.path.push_str("/source()");
            self.record.push(self.path, raw, line);
            self.path.truncate(length);
        }
    }

    /// Passes over markup in a text, to the byte after the end of its outermost element.
    fn markup(
        &mut self,
        tags: &mut Tags<'a>,
        first: &Tag<'a>,
        from: usize,
    ) -> Result<usize, Fault> {
        if let Some(frame) = self.frames.last_mut() {
            frame.markup.get_or_insert(from);
        }
        let mut depth = 0_usize;
        let mut tag = *first;
        loop {
            match tag.kind {
                Kind::Start => depth += 1,
                Kind::End if depth == 0 => {
                    let reason = format!("</{}> closes no element", tag.name);
                    return Err(Fault { byte: tag.start, reason });
                }
                Kind::End => depth -= 1,
                Kind::Empty => {}
            }
            if depth == 0 {
                return Ok(tag.end);
            }
            tag = match tags.next()? {
                // Its end is missing, for this is the end of what it is in.
                Some(next) if E::is_markup(next.name) => next,
                _ => return Err(unclosed(first.name, first.start)),
            };
        }
    }
}

fn unclosed(element: &str, byte: usize) -> Fault {
    Fault { byte, reason: format!("<{element}> is not closed where it should be") }
}
