//! A font file that holds only the characters in use, with the character map that browsers need.
//!
//! The `subsetter` crate cuts the outlines and metrics but drops `cmap` and `OS/2`, which PDF does without and
//! browsers do not. Here both are put back: the tables are read from its output and written out again with a fresh
//! character map (`OpenType` 1.9, "cmap" format 4) and the original `OS/2`.

use crate::font::{EMBEDDED_FAMILY, FontWeight};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::{BTreeMap, BTreeSet};
use subsetter::GlyphRemapper;
use ttf_parser::{RawFace, Tag};

/// One `@font-face` rule with the subset inside, for the given characters.
pub(crate) fn font_face(weight: FontWeight, characters: &BTreeSet<char>) -> String {
    let data = STANDARD.encode(subset(weight, characters));
    format!(
        "@font-face{{font-family:\"{EMBEDDED_FAMILY}\";font-weight:{};src:url(data:font/ttf;base64,{data}) format(\"truetype\")}}",
        weight.css()
    )
}

/// A TrueType font with the glyphs of those characters that the shipped font has.
///
/// Falls back to the whole font if it could not be cut, which a test rules out for what is shipped.
pub(crate) fn subset(weight: FontWeight, characters: &BTreeSet<char>) -> Vec<u8> {
    cut(weight, characters).unwrap_or_else(|| weight.bytes().to_vec())
}

fn cut(weight: FontWeight, characters: &BTreeSet<char>) -> Option<Vec<u8>> {
    let mut remapper = GlyphRemapper::new();
    let mut map = BTreeMap::new();
    for &c in characters {
        if let (Ok(code), Some(glyph)) = (u16::try_from(u32::from(c)), weight.face().glyph_index(c))
        {
            map.insert(code, remapper.remap(glyph.0));
        }
    }
    let outlines = subsetter::subset(weight.bytes(), 0, &remapper).ok()?;
    let outlines = RawFace::parse(&outlines, 0).ok()?;
    let original = RawFace::parse(weight.bytes(), 0).ok()?;

    let mut tables: BTreeMap<[u8; 4], Vec<u8>> = BTreeMap::new();
    for record in outlines.table_records {
        tables.insert(record.tag.to_bytes(), outlines.table(record.tag)?.to_vec());
    }
    let os2 = Tag::from_bytes(b"OS/2");
    tables.insert(os2.to_bytes(), original.table(os2)?.to_vec());
    tables.insert(*b"cmap", character_map(&map)?);
    assemble(tables)
}

/// A `cmap` table with one format 4 subtable (Windows, Unicode BMP).
fn character_map(map: &BTreeMap<u16, u16>) -> Option<Vec<u8>> {
    let mut segments = runs(map);
    segments.push(Segment { first: 0xFFFF, last: 0xFFFF, delta: 1 });
    let count = u16::try_from(segments.len()).ok()?;
    let selector = count.ilog2();
    let range = 2u16.checked_pow(selector + 1)?;

    // Version, one subtable: platform 3, encoding 1, offset 12.
    let mut words = vec![0, 1, 3, 1, 0, 12];
    words.extend([4, 16 + 8 * count, 0, 2 * count]);
    words.extend([range, u16::try_from(selector).ok()?, 2 * count - range]);
    words.extend(segments.iter().map(|s| s.last));
    words.push(0);
    words.extend(segments.iter().map(|s| s.first));
    words.extend(segments.iter().map(|s| s.delta));
    words.extend(segments.iter().map(|_| 0));
    Some(words.into_iter().flat_map(u16::to_be_bytes).collect())
}

/// Consecutive characters with consecutive glyphs; `glyph = character + delta` modulo 65536.
struct Segment {
    first: u16,
    last: u16,
    delta: u16,
}

fn runs(map: &BTreeMap<u16, u16>) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    for (&code, &glyph) in map {
        let delta = glyph.wrapping_sub(code);
        match segments.last_mut() {
            Some(s) if s.last.checked_add(1) == Some(code) && s.delta == delta => s.last = code,
            _ => segments.push(Segment { first: code, last: code, delta }),
        }
    }
    segments
}

/// The file: table directory, then the tables in order of their tags, with their checksums.
fn assemble(mut tables: BTreeMap<[u8; 4], Vec<u8>>) -> Option<Vec<u8>> {
    // The checksum of the whole file is computed with this field at zero.
    tables.get_mut(b"head")?.get_mut(8..12)?.fill(0);

    let count = u16::try_from(tables.len()).ok()?;
    let selector = count.ilog2();
    let range = 16 * 2u16.checked_pow(selector)?;
    let mut directory = vec![0x00, 0x01, 0x00, 0x00];
    for value in [count, range, u16::try_from(selector).ok()?, 16 * count - range] {
        directory.extend(value.to_be_bytes());
    }
    let start = 12 + 16 * usize::from(count);
    let mut body = Vec::new();
    let mut head_offset = 0;
    for (tag, data) in &tables {
        if tag == b"head" {
            head_offset = start + body.len();
        }
        directory.extend(tag);
        directory.extend(checksum(data).to_be_bytes());
        directory.extend(u32::try_from(start + body.len()).ok()?.to_be_bytes());
        directory.extend(u32::try_from(data.len()).ok()?.to_be_bytes());
        body.extend(data);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    let mut file = directory;
    file.extend(body);
    let adjustment = 0xB1B0_AFBA_u32.wrapping_sub(checksum(&file));
    file.get_mut(head_offset + 8..head_offset + 12)?.copy_from_slice(&adjustment.to_be_bytes());
    Some(file)
}

/// Sum of the big-endian 32-bit words, the last one padded with zeros.
fn checksum(data: &[u8]) -> u32 {
    data.chunks(4).fold(0, |sum, chunk| {
        let mut word = [0; 4];
        word[..chunk.len()].copy_from_slice(chunk);
        sum.wrapping_add(u32::from_be_bytes(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ttf_parser::Face;

    #[test]
    fn a_subset_maps_its_characters_to_the_same_outlines_and_advances() {
        let characters: BTreeSet<char> = "Häagen τ² ≤ 0.05 – fi\u{a0}".chars().collect();
        for weight in [FontWeight::Regular, FontWeight::Bold] {
            let bytes = cut(weight, &characters).expect("the shipped font can be cut");
            let face = Face::parse(&bytes, 0).unwrap();
            assert!(bytes.len() < 12_000, "{} bytes", bytes.len());
            for &c in &characters {
                let (new, old) =
                    (face.glyph_index(c).unwrap(), weight.face().glyph_index(c).unwrap());
                assert_eq!(
                    face.glyph_hor_advance(new),
                    weight.face().glyph_hor_advance(old),
                    "{c}"
                );
                assert_eq!(
                    face.glyph_bounding_box(new),
                    weight.face().glyph_bounding_box(old),
                    "{c}"
                );
            }
            assert_eq!(face.glyph_index('Z'), None);
        }
    }

    #[test]
    fn characters_the_font_lacks_are_left_out() {
        let characters: BTreeSet<char> = "系a😀".chars().collect();
        let bytes = cut(FontWeight::Regular, &characters).unwrap();
        let face = Face::parse(&bytes, 0).unwrap();
        assert!(face.glyph_index('a').is_some());
        assert_eq!(face.glyph_index('系'), None);
    }

    #[test]
    fn the_checksum_of_the_file_is_the_one_opentype_asks_for() {
        let bytes = cut(FontWeight::Regular, &BTreeSet::from(['a', 'b'])).unwrap();
        assert_eq!(checksum(&bytes), 0xB1B0_AFBA);
    }

    #[test]
    fn no_characters_at_all_still_make_a_font() {
        assert!(Face::parse(&cut(FontWeight::Bold, &BTreeSet::new()).unwrap(), 0).is_ok());
    }
}
