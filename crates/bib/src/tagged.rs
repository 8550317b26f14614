//! Formats that give each field a line, or several, and a tag: what they have in common. RIS, with more
//! ways to go wrong, has a reader of its own.

use crate::lines::Line;
use crate::syntax::{Found, Mark, Part, Place, Stray, Syntax};
use crate::{Field, Format, RecordBuilder};

/// What one such format makes of a line.
pub(crate) trait Dialect: Default {
    const FORMAT: Format;

    /// The field that no record has twice.
    const UNIQUE: &'static str = "";

    /// The tags that a record begins and ends with, if it has such.
    const BORDERS: Option<(&'static str, &'static str)> = None;

    /// What a line with text on it is.
    fn role<'a>(line: &'a str, context: &Context<'_>) -> Role<'a>;

    /// Whether a field says more than of what kind the record is.
    fn has_content(field: Field<'_>) -> bool {
        !field.value.is_empty()
    }
}

/// What a line may be.
pub(crate) enum Role<'a> {
    /// A record begins with this line, which is no field itself.
    Start,
    /// A record begins with this field.
    First(&'a str, &'a str),
    /// A field of the open record, or the first one if there is none.
    Field(&'a str, &'a str),
    /// The last field goes on, after this between the two.
    More(&'static str, &'a str),
    /// The record ends.
    End,
    /// Part of the frame around the records.
    Frame,
    /// Not part of any record.
    Stray,
}

/// What comes before a line.
pub(crate) struct Context<'a> {
    /// The line before is blank or of the frame, or there is none.
    pub(crate) after_blank: bool,
    /// The open record has the field that no record has twice.
    pub(crate) has_unique: bool,
    /// The tag of the open record's last field.
    pub(crate) last_tag: Option<&'a str>,
}

/// The reader of such a format.
#[derive(Debug, Default)]
pub(crate) struct Tagged<D> {
    /// Kept for its memory.
    record: RecordBuilder,
    dialect: std::marker::PhantomData<D>,
}

impl<D: Dialect> Syntax for Tagged<D> {
    fn read(&mut self, part: Part<'_>, found: &mut Found) -> Place {
        self.record.clear();
        let settled = (part.start(), found.mark());
        let scan = Scan::<D> {
            record: &mut self.record,
            found,
            text: part.text,
            open: None,
            blanks: 0,
            after_blank: true,
            stray: Stray::default(),
            settled,
            dialect: std::marker::PhantomData,
        };
        scan.run(part)
    }
}

/// One pass over the text at hand.
struct Scan<'a, 'f, D> {
    record: &'f mut RecordBuilder,
    found: &'f mut Found,
    text: &'a str,
    open: Option<Open>,
    /// Blank lines since the last field, which are part of its value if it goes on.
    blanks: usize,
    after_blank: bool,
    stray: Stray,
    /// All before this place has been read for good, and this was found in it.
    settled: (Place, Mark),
    dialect: std::marker::PhantomData<D>,
}

/// The open record.
struct Open {
    start: Place,
    has_start: bool,
    has_unique: bool,
}

impl<D: Dialect> Scan<'_, '_, D> {
    fn run(mut self, part: Part<'_>) -> Place {
        for line in part.lines() {
            if line.is_blank() {
                self.blanks += 1;
                self.after_blank = true;
            } else {
                self.after_blank = self.line(&line);
                self.blanks = 0;
            }
        }
        if part.is_last {
            self.close(part.text.len(), false);
            self.stray.report(self.found);
        } else {
            self.found.rewind(self.settled.1);
        }
        self.settled.0
    }

    /// Whether the line separates records, as a blank one does.
    fn line(&mut self, line: &Line<'_>) -> bool {
        let context = Context {
            after_blank: self.after_blank,
            has_unique: self.open.as_ref().is_some_and(|open| open.has_unique),
            last_tag: self.record.last_tag(),
        };
        let role = D::role(line.text, &context);
        let separates = matches!(role, Role::Frame);
        match role {
            Role::Start => self.start(line),
            Role::First(tag, value) => {
                self.start(line);
                self.field(line, tag, value);
            }
            Role::Field(tag, value) => self.field(line, tag, value),
            Role::More(between, value) => self.more(between, value),
            Role::End if self.open.is_some() => {
                self.close(line.start + line.text.len(), true);
                self.settle(line.place_after());
            }
            Role::End => {
                self.found.problem(line.number, "the end of a record without a record: left out");
            }
            Role::Frame => self.stray.report(self.found),
            Role::Stray => self.stray.push(line),
        }
        separates
    }

    fn start(&mut self, line: &Line<'_>) {
        self.close(line.start, false);
        self.stray.report(self.found);
        self.settle(line.place());
        self.record.start(line.number);
        self.open = Some(Open { start: line.place(), has_start: true, has_unique: false });
    }

    fn field(&mut self, line: &Line<'_>, tag: &str, value: &str) {
        self.stray.report(self.found);
        let start = line.place();
        let open = self.open.get_or_insert(Open { start, has_start: false, has_unique: false });
        open.has_unique |= tag == D::UNIQUE;
        self.record.push(tag, value, line.number);
    }

    fn more(&mut self, between: &str, value: &str) {
        if !self.record.last_is_empty() {
            self.record.extend_value(between);
            for _ in 0..if between == "\n" { self.blanks } else { 0 } {
                self.record.extend_value("\n");
            }
        }
        self.record.extend_value(value);
    }

    /// Closes the open record, which goes up to the byte `end`.
    fn close(&mut self, end: usize, has_end: bool) {
        let Some(Open { start, has_start, .. }) = self.open.take() else { return };
        if !self.record.fields().any(D::has_content) {
            self.record.clear();
            let text = self.text[start.byte..end].trim_end();
            return self.found.quarantine(start.line, text, "no field has a value");
        }
        if let Some((first, last)) = D::BORDERS {
            if !has_start {
                self.found
                    .problem(start.line, format!("record without {first}: its type is unknown"));
            }
            if !has_end {
                self.found
                    .problem(start.line, format!("record without {last}: read up to the next one"));
            }
        }
        self.found.record(D::FORMAT, self.record);
    }

    fn settle(&mut self, place: Place) {
        self.settled = (place, self.found.mark());
    }
}
