//! Reading a file part by part: bytes → text → records.

use std::collections::BTreeMap;
use std::io::{self, Read};

use crate::decode::Decoder;
use crate::gzip::Unpacked;
use crate::lines::lines;
use crate::syntax::{Found, Part, Syntax};
use crate::{BibError, Encoding, Format, Problem, Quarantined, Record};

/// How many bytes are read at a time, unless a record is longer.
const PART: usize = 256 * 1024;

/// Text that is longer than this without a record in it is set aside: no export has such a record.
const LONGEST: usize = 1 << 30;

/// What is known of a file beforehand. By default nothing: everything is told from its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Its name, for messages, and to recognise the format where the text leaves it open.
    pub file_name: String,
    /// Its format.
    pub format: Option<Format>,
    /// The encoding of its text, by any of its web names: "utf-8", "latin1", "gbk".
    pub encoding: Option<String>,
    /// What columns of a table hold: the name of the column in the file → "title", "authors", "year" …
    pub columns: BTreeMap<String, String>,
}

impl Options {
    /// Nothing is known but the name.
    pub fn named(file_name: impl Into<String>) -> Self {
        Self { file_name: file_name.into(), ..Self::default() }
    }
}

/// A part of a file, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A record.
    Record(Record),
    /// What was found but could not be read as a record.
    Quarantined(Quarantined),
    /// Something odd that cost no record.
    Problem(Problem),
}

/// Reads the records of a file one after the other. It holds the text of one record, or of a quarter
/// of a megabyte, at a time, and unpacks gzipped files; of formats that have no borders between records to be told before the
/// end (CSL-JSON), the whole text.
///
/// ```
/// use consilience_bib::{Item, Options, Reader};
///
/// let file = b"TY  - JOUR\nTI  - One\nER  - \nTY  - JOUR\nTI  - Two\nER  - \n";
/// let mut titles = Vec::new();
/// for item in Reader::new(file.as_slice(), &Options::named("export.ris"))? {
///     if let Item::Record(record) = item? {
///         titles.extend(record.title());
///     }
/// }
/// assert_eq!(titles, ["One", "Two"]);
/// # Ok::<(), consilience_bib::BibError>(())
/// ```
pub struct Reader<R> {
    input: Unpacked<R>,
    /// How many bytes are read at a time.
    part: usize,
    file_name: String,
    format: Format,
    syntax: Box<dyn Syntax>,
    decoder: Decoder,
    /// Text that has not been read yet, from the start of a record on, and the line it starts at.
    text: String,
    line: u32,
    is_last: bool,
    bytes: Vec<u8>,
    found: Found,
}

impl<R: Read> Reader<R> {
    /// Begins to read: the first part decides on encoding and format.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is not text, or of no known format.
    pub fn new(input: R, options: &Options) -> Result<Self, BibError> {
        Self::in_parts(input, options, PART)
    }

    fn in_parts(input: R, options: &Options, part: usize) -> Result<Self, BibError> {
        let file_name = options.file_name.clone();
        let mut input = Unpacked::new(input).map_err(|error| unreadable(&file_name, &error))?;
        let mut bytes = Vec::new();
        let is_last =
            fill(&mut input, &mut bytes, part).map_err(|error| unreadable(&file_name, &error))?;
        let given = options.encoding.as_deref().map(encoding_named).transpose()?;
        let (mut decoder, mark) = Decoder::new(&bytes, given);
        let (mut text, mut damage) = (String::new(), Vec::new());
        decoder.decode(&bytes[mark..], is_last, &mut text, &mut damage);
        if is_binary(&text) {
            return Err(BibError::NotText { file_name });
        }
        let format =
            options.format.or_else(|| Format::of_text(&text, file_name.trim_end_matches(".gz")));
        // Who says what the columns hold says that it is a table.
        let table = (!options.columns.is_empty()).then_some(Format::Csv);
        let format = format
            .or(table)
            .ok_or_else(|| BibError::UnknownFormat { file_name: file_name.clone() })?;
        let mut reader = Self {
            syntax: format.syntax(options),
            found: Found::default(),
            line: 1,
            input,
            part,
            file_name,
            format,
            decoder,
            text,
            is_last,
            bytes,
        };
        reader.report(&damage);
        reader.read_text();
        Ok(reader)
    }

    /// The format of the file.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The encoding of the file, as far as it has been read: text that is nothing but ASCII so far may
    /// turn out to be anything but UTF-8.
    pub fn encoding(&self) -> Encoding {
        self.decoder.encoding()
    }

    /// Reads on until something is found, or the file ends.
    fn advance(&mut self) -> Result<(), BibError> {
        while self.found.items.is_empty() && !self.is_last {
            // Twice as much each time nothing whole was found, so that all text of a long record is
            // looked at but twice.
            let wanted = self.part.max(self.text.len());
            self.bytes.clear();
            self.is_last = fill(&mut self.input, &mut self.bytes, wanted)
                .map_err(|error| unreadable(&self.file_name, &error))?;
            let mut damage = Vec::new();
            self.decoder.decode(&self.bytes, self.is_last, &mut self.text, &mut damage);
            self.report(&damage);
            self.read_text();
        }
        Ok(())
    }

    fn read_text(&mut self) {
        let part = Part { text: &self.text, line: self.line, is_last: self.is_last };
        let mut place = self.syntax.read(part, &mut self.found);
        if self.is_last {
            place.byte = self.text.len();
        } else if place.byte == 0 && self.text.len() > LONGEST {
            place = part.place(self.text.len());
            self.found.quarantine(self.line, &self.text, "a record of more than a gigabyte");
        }
        self.text.drain(..place.byte);
        self.line = place.line;
    }

    /// Reports damaged characters at these bytes of the text, once a line.
    fn report(&mut self, damage: &[usize]) {
        let mut damage = damage.iter().copied().peekable();
        if damage.peek().is_none() {
            return;
        }
        let name = self.decoder.encoding().name;
        for line in lines(&self.text) {
            let end = line.start + line.text.len();
            if let Some(first) = damage.next_if(|at| *at < end) {
                let column = line.text[..first.saturating_sub(line.start)].chars().count() + 1;
                let read_as =
                    if line.text[first.saturating_sub(line.start)..].starts_with('\u{fffd}') {
                        "\u{fffd}"
                    } else {
                        "windows-1252"
                    };
                let message = format!("bytes that are not {name}: read as {read_as}");
                let number = self.line.saturating_add(line.number - 1);
                self.found.problem_at(number, u32::try_from(column).unwrap_or(u32::MAX), message);
            }
            while damage.next_if(|at| *at < end).is_some() {}
        }
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Item, BibError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Err(error) = self.advance() {
            self.is_last = true;
            return Some(Err(error));
        }
        self.found.items.pop_front().map(Ok)
    }
}

/// Appends up to so many bytes; whether the input ends with them.
fn fill(input: &mut impl Read, bytes: &mut Vec<u8>, wanted: usize) -> io::Result<bool> {
    let wanted = u64::try_from(wanted).unwrap_or(u64::MAX);
    let read = input.by_ref().take(wanted).read_to_end(bytes)?;
    Ok(u64::try_from(read).is_ok_and(|read| read < wanted))
}

fn unreadable(file_name: &str, error: &io::Error) -> BibError {
    BibError::Unreadable { file_name: file_name.to_owned(), message: error.to_string() }
}

fn encoding_named(label: &str) -> Result<&'static encoding_rs::Encoding, BibError> {
    encoding_rs::Encoding::for_label(label.as_bytes())
        .ok_or_else(|| BibError::UnknownEncoding { label: label.to_owned() })
}

/// Every binary format has NUL characters early on; in text there may be one by damage.
fn is_binary(text: &str) -> bool {
    let head = text.as_bytes();
    let nul = memchr::memchr_iter(0, head).count();
    nul > 0 && nul >= head.len() / 1000
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Item, Options, Reader};
    use crate::Format;

    /// Lines that mean something to one of the readers.
    fn text() -> impl Strategy<Value = String> {
        let line = proptest::sample::select(vec![
            "TY  - JOUR",
            "TI  - Title",
            "ER  - ",
            "AU  - Lee, A",
            "XL  - x",
            "untagged",
            "  indented",
            "",
            "7.",
            "<7>",
            "PMID- 1",
            "AB  - é\u{2013}text",
            "%0 Book",
            "%T Title",
            "FN X",
            "VR 1",
            "PT J",
            "ER",
            "EF",
            "AU Lee",
            "   Kim",
            "Record #1 of 2",
            "ID: CN-1",
            "Author",
            "Provider: X",
            "TY - BOOK",
            "KW - a",
        ]);
        let end = proptest::sample::select(vec!["\n", "\r\n", "\r"]);
        (proptest::collection::vec(line, 0..30), end).prop_map(|(lines, end)| lines.join(end))
    }

    /// The formats of which parts may be read before all is there.
    const TAGGED: [Format; 6] = [
        Format::Ris,
        Format::Nbib,
        Format::Enw,
        Format::Ciw,
        Format::OvidText,
        Format::CochraneText,
    ];

    proptest! {
        #[test]
        fn how_much_is_read_at_a_time_makes_no_difference(text in text(), format in proptest::sample::select(&TAGGED[..]), part in 1_usize..40) {
            let options = Options { format: Some(format), ..Options::default() };
            let read = |part: usize| {
                let reader = Reader::in_parts(text.as_bytes(), &options, part).unwrap();
                reader.map(Result::unwrap).collect::<Vec<Item>>()
            };
            prop_assert_eq!(read(part), read(usize::MAX / 2));
        }
    }
}
