//! What the reader of a format is given, and what it hands back.

use std::collections::VecDeque;

use crate::lines::{Line, Lines, line_ends};
use crate::{Format, Item, Problem, Quarantined, Record, RecordBuilder};

/// The reader of one format. It is given the text of a file part by part.
pub(crate) trait Syntax {
    /// Reads the records at the start of the text that are whole, and returns the place after them;
    /// the text from there on is given again, with more behind it. Returning the start asks for more.
    /// With [`Part::is_last`], everything has to be read, and the place returned means nothing.
    fn read(&mut self, part: Part<'_>, found: &mut Found) -> Place;
}

/// What is at hand of the text of a file: from the place that was returned last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'a> {
    pub(crate) text: &'a str,
    /// The line of the file it starts at, counted from 1.
    pub(crate) line: u32,
    /// Whether the file ends with it.
    pub(crate) is_last: bool,
}

/// A place between two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// The byte of [`Part::text`].
    pub(crate) byte: usize,
    /// The line of the file, counted from 1.
    pub(crate) line: u32,
}

impl Place {
    /// The place of a later byte of the same text.
    pub(crate) fn to(self, text: &str, byte: usize) -> Self {
        Self { byte, line: self.line.saturating_add(line_ends(&text[self.byte..byte])) }
    }
}

impl<'a> Part<'a> {
    /// Where the text starts: nothing of it has been read.
    pub(crate) fn start(self) -> Place {
        Place { byte: 0, line: self.line }
    }

    /// The place of a byte.
    pub(crate) fn place(self, byte: usize) -> Place {
        Place { byte, line: self.line.saturating_add(line_ends(&self.text[..byte])) }
    }

    /// The lines that are whole: a last line that may go on is not among them.
    pub(crate) fn lines(self) -> Lines<'a> {
        Lines::new(self)
    }
}

/// What was found, in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) items: VecDeque<Item>,
    records: u32,
}

/// A point to go back to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    items: usize,
    records: u32,
}

impl Found {
    /// Hands over the record that was built, and counts it.
    pub(crate) fn record(&mut self, format: Format, builder: &mut RecordBuilder) {
        self.records = self.records.saturating_add(1);
        let record: Record = builder.finish(format, self.records);
        self.items.push_back(Item::Record(record));
    }

    pub(crate) fn quarantine(&mut self, line: u32, text: &str, reason: impl Into<String>) {
        let (text, reason) = (text.to_owned(), reason.into());
        self.items.push_back(Item::Quarantined(Quarantined { line, text, reason }));
    }

    pub(crate) fn problem(&mut self, line: u32, message: impl Into<String>) {
        self.problem_at(line, 1, message);
    }

    pub(crate) fn problem_at(&mut self, line: u32, column: u32, message: impl Into<String>) {
        self.items.push_back(Item::Problem(Problem { line, column, message: message.into() }));
    }

    /// Remembers what has been found so far.
    pub(crate) fn mark(&self) -> Mark {
        Mark { items: self.items.len(), records: self.records }
    }

    /// Forgets what has been found since: text that is not settled is going to be read again.
    pub(crate) fn rewind(&mut self, mark: Mark) {
        self.items.truncate(mark.items);
        self.records = mark.records;
    }
}

/// Text outside any record. Lines that follow each other are one problem.
#[derive(Debug, Default)]
pub(crate) struct Stray {
    line: u32,
    text: String,
}

impl Stray {
    pub(crate) fn push(&mut self, line: &Line<'_>) {
        if self.text.is_empty() {
            self.line = line.number;
        } else {
            self.text.push('\n');
        }
        self.text.push_str(line.text.trim());
    }

    pub(crate) fn report(&mut self, found: &mut Found) {
        if !self.text.is_empty() {
            let message = format!("text outside any record: left out: {}", self.text);
            found.problem(self.line, message);
            self.text.clear();
        }
    }
}
