//! Which records are compared: those that share one of several independent keys.
//!
//! A key is what two records of one report have in common even if much else differs: an identifier, the beginning or the
//! end of the title, an author with a year and a page, a place in a volume, an abstract.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::entry::Entry;
use crate::normalise::is_content_word;

/// A key and the record that has it.
pub(crate) type Keyed = (u64, u32);

/// The keys of a record, sorted, each once.
pub(crate) fn keys(entry: &Entry, out: &mut Vec<u64>) {
    out.clear();
    let mut key = |kind: u64, parts: &[u64]| {
        let mut bytes = [0_u8; 32];
        for (slot, part) in bytes.chunks_exact_mut(8).zip(parts) {
            slot.copy_from_slice(&part.to_le_bytes());
        }
        out.push(xxh3_64_with_seed(&bytes, kind));
    };
    if entry.doi != 0 {
        key(1, &[entry.doi]);
    }
    if entry.pmid != 0 {
        key(2, &[entry.pmid]);
    }
    for (kind, id) in (12..).zip(entry.database_ids) {
        if id != 0 {
            key(kind, &[id]);
        }
    }
    let year = u64::from(entry.year.unwrap_or(0).unsigned_abs());
    let (volume, page) = (u64::from(entry.volume.number), u64::from(entry.pages.first));
    let family = entry.authors.hashes.first().copied().unwrap_or(0).into();
    if page != 0 && volume != 0 {
        key(3, &[volume, page, year]);
        key(4, &[volume, page, family]);
    }
    if page != 0 && family != 0 {
        key(5, &[family, page, year]);
    }
    for hash in entry.sketch.least() {
        key(6, &[u64::from(*hash)]);
    }
    title_keys(entry, family, year, &mut key);
    out.sort_unstable();
    out.dedup();
}

/// So many words of a title make a key.
const WORDS: usize = 4;

fn title_keys(entry: &Entry, family: u64, year: u64, key: &mut impl FnMut(u64, &[u64])) {
    if !entry.title.is_known() {
        return;
    }
    // Of a title that many items have, the place is part of the key.
    if entry.title.n_content < 2 {
        key(7, &[entry.title.squeezed, family, year]);
        key(7, &[entry.title.squeezed, entry.volume.number.into(), entry.pages.first.into()]);
        return;
    }
    key(8, &[entry.title.squeezed]);
    let words = entry.title.text.split_ascii_whitespace().zip(&entry.title.words);
    let content: Vec<(&str, u64)> = words
        .filter(|(word, _)| is_content_word(word))
        .map(|(word, hash)| (word, u64::from(*hash)))
        .collect();
    let hashes: Vec<u64> = content.iter().map(|it| it.1).collect();
    if hashes.len() > WORDS {
        key(9, &hashes[..WORDS]);
        key(10, &hashes[hashes.len() - WORDS..]);
    }
    if family != 0 {
        let mut longest = content;
        longest.sort_unstable_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.0.cmp(b.0)));
        longest.dedup();
        // Of three words, two are spared by a slip in one.
        if let [(_, first), (_, second), ..] = longest[..] {
            key(11, &[family, first, second]);
            if let Some((_, third)) = longest.get(2) {
                key(11, &[family, first, *third]);
                key(11, &[family, second, *third]);
            }
        } else if let [(_, only)] = longest[..] {
            key(11, &[family, only, year]);
        }
    }
}

/// Buckets of more records are refined.
const LARGE: usize = 32;
/// Records of a bucket that even its refinement cannot part are compared with so many neighbours.
const WINDOW: usize = 4;

/// All pairs of records that share a key, the lower number first, sorted, each once. `keyed` must be sorted.
pub(crate) fn pairs(
    keyed: &[Keyed],
    entries: &[Entry],
    is_new: impl Fn(u32) -> bool,
) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    for bucket in keyed.chunk_by(|a, b| a.0 == b.0).filter(|bucket| bucket.len() > 1) {
        if bucket.len() <= LARGE {
            for (i, (_, a)) in bucket.iter().enumerate() {
                found.extend(
                    bucket[i + 1..]
                        .iter()
                        .filter(|(_, b)| is_new(*a) || is_new(*b))
                        .map(|(_, b)| (*a.min(b), *a.max(b))),
                );
            }
        } else {
            refined(bucket, entries, &is_new, &mut found);
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// By what records of a large bucket are ordered.
type Place = (u64, u64, u64);

/// Neighbours in several orders: by title, by year and place, by first author.
fn refined(
    bucket: &[Keyed],
    entries: &[Entry],
    is_new: &impl Fn(u32) -> bool,
    found: &mut Vec<(u32, u32)>,
) {
    let entry = |record: &u32| &entries[*record as usize];
    let mut records: Vec<u32> = bucket.iter().map(|it| it.1).collect();
    let orders: [&dyn Fn(&u32) -> Place; 3] = [
        &|it| {
            (
                entry(it).title.squeezed,
                entry(it).year.unwrap_or(0).unsigned_abs().into(),
                entry(it).content,
            )
        },
        &|it| {
            (
                entry(it).year.unwrap_or(0).unsigned_abs().into(),
                (u64::from(entry(it).volume.number) << 32) | u64::from(entry(it).pages.first),
                entry(it).content,
            )
        },
        &|it| {
            (
                entry(it).authors.hashes.first().copied().unwrap_or(0).into(),
                entry(it).year.unwrap_or(0).unsigned_abs().into(),
                entry(it).content,
            )
        },
    ];
    for order in orders {
        records.sort_unstable_by_key(|it| (order(it), *it));
        for (i, a) in records.iter().enumerate() {
            let near = records[i + 1..].iter().take(WINDOW).filter(|b| is_new(*a) || is_new(**b));
            found.extend(near.map(|b| (*a.min(b), *a.max(b))));
        }
    }
}
