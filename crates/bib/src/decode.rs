//! From bytes to text, part by part: which encoding a file is in, and its characters.

use std::borrow::Cow;
use std::fmt;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The encoding of a file's text, and how it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding {
    /// Its web name: "UTF-8", "UTF-16LE", "windows-1252", "GBK".
    pub name: &'static str,
    /// How it is known.
    pub basis: EncodingBasis,
}

/// How the encoding of a text is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodingBasis {
    /// Whoever reads the file says so.
    Given,
    /// The file begins with a byte-order mark.
    Mark,
    /// The bytes are valid in it, and hardly any other text would be: UTF-8, and ASCII.
    Valid,
    /// A guess from how often which bytes occur.
    Guess,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let guess = if self.basis == EncodingBasis::Guess { " (a guess)" } else { "" };
        write!(f, "{}{guess}", self.name)
    }
}

/// Turns the bytes of one file into text.
pub(crate) struct Decoder {
    encoding: Encoding,
    state: State,
}

enum State {
    /// Nothing but ASCII so far, which most encodings share, and perhaps the beginning of a character.
    Ascii(Vec<u8>),
    /// UTF-8, and the bytes of a character that is not whole yet.
    Utf8(Vec<u8>),
    Other(Box<encoding_rs::Decoder>),
}

impl Decoder {
    /// A decoder for a file that begins with these bytes, and how many of them are a byte-order mark.
    pub(crate) fn new(head: &[u8], given: Option<&'static encoding_rs::Encoding>) -> (Self, usize) {
        let marked = encoding_rs::Encoding::for_bom(head);
        let (encoding, basis) = match (given, marked, utf_16(head)) {
            (Some(given), _, _) => (given, EncodingBasis::Given),
            (None, Some((marked, _)), _) => (marked, EncodingBasis::Mark),
            (None, None, Some(guess)) => (guess, EncodingBasis::Guess),
            (None, None, None) => {
                let encoding = Encoding { name: UTF_8.name(), basis: EncodingBasis::Valid };
                return (Self { encoding, state: State::Ascii(Vec::new()) }, 0);
            }
        };
        let mark = marked.filter(|(marked, _)| *marked == encoding).map_or(0, |(_, length)| length);
        (Self::of(encoding, basis), mark)
    }

    fn of(encoding: &'static encoding_rs::Encoding, basis: EncodingBasis) -> Self {
        let state = if encoding == UTF_8 {
            State::Utf8(Vec::new())
        } else {
            State::Other(Box::new(encoding.new_decoder_without_bom_handling()))
        };
        Self { encoding: Encoding { name: encoding.name(), basis }, state }
    }

    pub(crate) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Adds the next part of the text, and the places in it of what is no character of the encoding: U+FFFD
    /// stands there, or, for a lone byte among UTF-8, its character in Windows-1252.
    pub(crate) fn decode(
        &mut self,
        bytes: &[u8],
        is_last: bool,
        text: &mut String,
        damage: &mut Vec<usize>,
    ) {
        match &mut self.state {
            State::Ascii(unfinished) => {
                let bytes = joined(unfinished, bytes);
                let (ascii, rest) =
                    bytes.split_at(encoding_rs::Encoding::ascii_valid_up_to(&bytes));
                text.push_str(str::from_utf8(ascii).unwrap_or_default());
                if !is_last && rest.len() < 4 && is_unfinished(rest) {
                    unfinished.extend_from_slice(rest);
                } else if !rest.is_empty() {
                    *self = Self::guess(rest, is_last);
                    self.decode(rest, is_last, text, damage);
                }
            }
            State::Utf8(unfinished) => decode_utf_8(unfinished, bytes, is_last, text, damage),
            State::Other(decoder) => decode_other(decoder, bytes, is_last, text, damage),
        }
    }

    /// UTF-8 if most of what is not ASCII is valid in it, else what chardetng takes it for.
    fn guess(bytes: &[u8], is_last: bool) -> Self {
        if is_mostly_utf_8(bytes, is_last) {
            return Self::of(UTF_8, EncodingBasis::Valid);
        }
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(bytes, is_last);
        Self::of(detector.guess(None, Utf8Detection::Deny), EncodingBasis::Guess)
    }
}

/// UTF-16 without a mark: every other byte of the beginning is zero.
fn utf_16(head: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let head = &head[..head.len().min(64) & !1];
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|b| **b == 0).count();
    let units = head.len() / 2;
    match (zeros(0), zeros(1)) {
        (0, low) if units >= 4 && low * 4 >= units * 3 => Some(UTF_16LE),
        (high, 0) if units >= 4 && high * 4 >= units * 3 => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether text that is not all UTF-8 is UTF-8 with damage, as after a cut in the middle of a
/// character: in any other encoding, hardly a byte above ASCII happens to be valid UTF-8.
fn is_mostly_utf_8(bytes: &[u8], is_last: bool) -> bool {
    let (mut valid, mut invalid) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        let is_cut = !is_last && chunk.invalid().len() < 4 && is_unfinished(chunk.invalid());
        invalid += usize::from(!chunk.invalid().is_empty() && !is_cut);
    }
    invalid == 0 || valid > invalid
}

/// Bytes that wait for these, and these.
fn joined<'a>(unfinished: &mut Vec<u8>, bytes: &'a [u8]) -> Cow<'a, [u8]> {
    if unfinished.is_empty() {
        return Cow::Borrowed(bytes);
    }
    unfinished.extend_from_slice(bytes);
    Cow::Owned(std::mem::take(unfinished))
}

/// Whether more bytes may make a character of these.
fn is_unfinished(bytes: &[u8]) -> bool {
    str::from_utf8(bytes)
        .is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
}

fn decode_utf_8(
    unfinished: &mut Vec<u8>,
    bytes: &[u8],
    is_last: bool,
    text: &mut String,
    damage: &mut Vec<usize>,
) {
    let bytes = joined(unfinished, bytes);
    let mut rest = &*bytes;
    loop {
        let error = match str::from_utf8(rest) {
            Ok(valid) => return text.push_str(valid),
            Err(error) => error,
        };
        let (valid, after) = rest.split_at(error.valid_up_to());
        text.push_str(str::from_utf8(valid).unwrap_or_default());
        match error.error_len() {
            None if !is_last => return unfinished.extend_from_slice(after),
            Some(1) => {
                // Files joined of exports in different encodings: a lone byte is a letter of Windows-1252.
                damage.push(text.len());
                text.push_str(&WINDOWS_1252.decode_without_bom_handling(&after[..1]).0);
                rest = &after[1..];
            }
            length => {
                damage.push(text.len());
                text.push(char::REPLACEMENT_CHARACTER);
                rest = &after[length.unwrap_or(after.len())..];
            }
        }
    }
}

fn decode_other(
    decoder: &mut encoding_rs::Decoder,
    bytes: &[u8],
    is_last: bool,
    text: &mut String,
    damage: &mut Vec<usize>,
) {
    let mut rest = bytes;
    loop {
        text.reserve(
            decoder.max_utf8_buffer_length_without_replacement(rest.len()).unwrap_or(rest.len()),
        );
        let (result, read) = decoder.decode_to_string_without_replacement(rest, text, is_last);
        rest = &rest[read..];
        match result {
            DecoderResult::InputEmpty => return,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => {
                damage.push(text.len());
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
    }
}
