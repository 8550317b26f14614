//! Abstracts as sketches: a fixed share of the hashes of their word triples, so that two abstracts of any
//! length are compared in a few dozen steps, and one that was cut short still agrees with the whole.
//!
//! This is the scaled variant of Broder's min-wise sampling (A. Z. Broder, On the resemblance and containment of
//! documents, 1997, doi:10.1109/SEQUEN.1997.666900).

/// One hash in this many is kept.
const SCALE: u32 = 8;
/// So many characters of an abstract are looked at; the longest structured abstracts have 4,000.
const LONGEST: usize = 6_000;
/// So many hashes are kept at most.
const MOST: usize = 96;

/// The sketch of an abstract: sorted hashes, none where there is no abstract to speak of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Sketch(Box<[u32]>);

/// Letters and digits in lower case; 0 for everything else.
const LETTERS: [u8; 256] = {
    let mut letters = [0; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() {
            letters[byte as usize] = byte.to_ascii_lowercase();
        }
        byte += 1;
    }
    letters
};

/// The words of an abstract one after the other.
struct Words {
    before: u32,
    last: u32,
    n: u32,
    kept: Vec<u32>,
}

impl Words {
    fn end(&mut self, word: u32, length: u32) {
        // What is beyond ASCII is spelt in too many ways to count, and so are single letters.
        if length < 2 {
            return;
        }
        self.n += 1;
        let triple = mixed(word ^ self.last.rotate_left(11) ^ self.before.rotate_left(22));
        if self.n > 2 && triple < u32::MAX / SCALE {
            self.kept.push(triple);
        }
        (self.before, self.last) = (self.last, word);
    }
}

impl Sketch {
    pub(crate) fn of(text: &str) -> Self {
        let mut words = Words { before: 0, last: 0, n: 0, kept: Vec::with_capacity(MOST) };
        let (mut word, mut length) = (0_u32, 0_u32);
        for byte in &text.as_bytes()[..text.len().min(LONGEST)] {
            let letter = LETTERS[usize::from(*byte)];
            if letter == 0 {
                words.end(word, length);
                (word, length) = (0x811c_9dc5, 0);
            } else {
                word = (word ^ u32::from(letter)).wrapping_mul(0x0100_0193);
                length += 1;
            }
        }
        words.end(word, length);
        let Words { mut kept, n, .. } = words;
        if n < 20 {
            return Self::default();
        }
        kept.sort_unstable();
        kept.dedup();
        kept.truncate(MOST);
        Self(kept.into())
    }

    /// The share of the smaller sketch that the larger one holds; `None` if one is too small to tell.
    pub(crate) fn containment(&self, other: &Self) -> Option<f64> {
        let smaller = self.0.len().min(other.0.len());
        if smaller < 5 {
            return None;
        }
        let (mut i, mut j, mut common) = (0, 0, 0_usize);
        while let (Some(a), Some(b)) = (self.0.get(i), other.0.get(j)) {
            match a.cmp(b) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => {
                    common += 1;
                    i += 1;
                    j += 1;
                }
            }
        }
        Some(common as f64 / smaller as f64)
    }

    /// Its least hashes, which equal abstracts share, and abstracts of which one was cut short likely.
    pub(crate) fn least(&self) -> &[u32] {
        if self.0.len() < 5 { &[] } else { &self.0[..2] }
    }

    /// All hashes.
    pub(crate) fn hashes(&self) -> &[u32] {
        &self.0
    }
}

/// A finaliser, so that low values are as likely as high ones.
fn mixed(mut h: u32) -> u32 {
    h ^= h >> 16;
    h = h.wrapping_mul(0x85eb_ca6b);
    h ^= h >> 13;
    h = h.wrapping_mul(0xc2b2_ae35);
    h ^ (h >> 16)
}
