//! From bytes to text: which encoding a file is in.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::Problem;

/// The text of a file, without its byte-order mark.
pub(crate) struct Decoded {
    pub(crate) text: String,
    pub(crate) encoding: &'static str,
    pub(crate) problems: Vec<Problem>,
}

/// Decodes by the byte-order mark, else as UTF-8, else as Windows-1252; `None` if the result is not
/// text, which is told by the NUL characters that every binary format has.
pub(crate) fn decode(bytes: &[u8]) -> Option<Decoded> {
    let decoded = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) if encoding == UTF_16LE || encoding == UTF_16BE => {
            utf_16(encoding, &bytes[mark..])
        }
        Some((_, mark)) => utf_8(&bytes[mark..]),
        None if is_mostly_utf_8(bytes) => utf_8(bytes),
        None => {
            let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
            whole(WINDOWS_1252, text.into_owned())
        }
    };
    (!decoded.text.contains('\0')).then_some(decoded)
}

fn whole(encoding: &'static Encoding, text: String) -> Decoded {
    Decoded { text, encoding: encoding.name(), problems: Vec::new() }
}

fn utf_16(encoding: &'static Encoding, bytes: &[u8]) -> Decoded {
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    let mut decoded = whole(encoding, text.into_owned());
    if had_errors {
        decoded.problems.push(damaged(1, 1, encoding));
    }
    decoded
}

/// Whether text that is not all UTF-8 is UTF-8 with damage, as after a cut in the middle of a
/// character: in any other encoding, hardly a byte above ASCII happens to be valid UTF-8.
fn is_mostly_utf_8(bytes: &[u8]) -> bool {
    let (mut valid, mut invalid) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        invalid += usize::from(!chunk.invalid().is_empty());
    }
    invalid == 0 || valid > invalid
}

/// Puts U+FFFD for what is not UTF-8, and says where.
fn utf_8(bytes: &[u8]) -> Decoded {
    let mut decoded = whole(UTF_8, String::with_capacity(bytes.len()));
    let (mut line, mut column) = (1_u32, 1_u32);
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            (line, column) = if c == '\n' {
                (line.saturating_add(1), 1)
            } else {
                (line, column.saturating_add(1))
            };
        }
        decoded.text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            decoded.problems.push(damaged(line, column, UTF_8));
            decoded.text.push(char::REPLACEMENT_CHARACTER);
            column = column.saturating_add(1);
        }
    }
    decoded
}

fn damaged(line: u32, column: u32, encoding: &'static Encoding) -> Problem {
    let message = format!("bytes that are not {}: read as \u{fffd}", encoding.name());
    Problem { line, column, message }
}
