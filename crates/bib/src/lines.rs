//! The lines of a text, whether they end in LF, CRLF or CR.

use memchr::{memchr2, memchr2_iter};

use crate::syntax::{Part, Place};

/// A line without its end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    /// Counted from 1.
    pub(crate) number: u32,
    /// The byte of the text it starts at.
    pub(crate) start: usize,
    pub(crate) text: &'a str,
    /// The byte of the text after its end.
    after: usize,
}

impl Line<'_> {
    pub(crate) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Where it starts.
    pub(crate) fn place(&self) -> Place {
        Place { byte: self.start, line: self.number }
    }

    /// Where the next line starts.
    pub(crate) fn place_after(&self) -> Place {
        Place { byte: self.after, line: self.number.saturating_add(1) }
    }
}

/// The lines of a text. A last line end starts no further line.
#[derive(Debug, Clone)]
pub(crate) struct Lines<'a> {
    rest: Part<'a>,
    start: usize,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(part: Part<'a>) -> Self {
        Self { rest: part, start: 0 }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let Part { text: rest, line: number, is_last } = self.rest;
        let (length, end) = match memchr2(b'\n', b'\r', rest.as_bytes()) {
            Some(length) if rest.as_bytes()[length] == b'\n' => (length, 1),
            Some(length) => match rest.as_bytes().get(length + 1) {
                Some(b'\n') => (length, 2),
                // The line feed may be still to come.
                None if !is_last => return None,
                _ => (length, 1),
            },
            None if rest.is_empty() || !is_last => return None,
            None => (rest.len(), 0),
        };
        let after = self.start + length + end;
        let line = Line { number, start: self.start, text: &rest[..length], after };
        self.start = after;
        self.rest.text = &rest[length + end..];
        self.rest.line = number.saturating_add(1);
        Some(line)
    }
}

/// The lines of a whole text.
pub(crate) fn lines(text: &str) -> Lines<'_> {
    Lines::new(Part { text, line: 1, is_last: true })
}

/// How many lines end in a text; a CRLF is one end.
pub(crate) fn line_ends(text: &str) -> u32 {
    let bytes = text.as_bytes();
    let ends = memchr2_iter(b'\n', b'\r', bytes)
        .filter(|&at| bytes[at] == b'\r' || at == 0 || bytes[at - 1] != b'\r');
    u32::try_from(ends.count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{line_ends, lines};
    use crate::syntax::Part;

    #[test]
    fn lines_end_in_any_way_and_know_where_they_start() {
        let text = "a\r\nb\rc\n\nd";
        let found: Vec<_> = lines(text).map(|line| (line.number, line.text)).collect();
        assert_eq!(found, [(1, "a"), (2, "b"), (3, "c"), (4, ""), (5, "d")]);
        assert!(lines(text).all(|line| text[line.start..].starts_with(line.text)));
        assert_eq!(lines("a\n").count(), 1);
        assert_eq!(lines("").count(), 0);
        assert_eq!(line_ends(text), 4);
    }

    #[test]
    fn a_line_that_may_go_on_waits() {
        let whole = |text| {
            Part { text, line: 7, is_last: false }.lines().map(|l| l.text).collect::<Vec<_>>()
        };
        assert_eq!(whole("a\nb"), ["a"]);
        assert_eq!(whole("a\r\nb\r"), ["a"]);
        assert_eq!(whole("a\n\n"), ["a", ""]);
        assert!(whole("").is_empty());
    }
}
