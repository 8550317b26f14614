//! Pairs compared some at a time, so that a long run can show how far it is, be stopped, and go on later where it was.

use consilience_bib::Record;

use crate::Index;
use crate::candidates;
use crate::compare::is_hopeless;
use crate::decide::Outcome;
use crate::entry::Entry;
use crate::groups::Edge;

/// Pairs that are still to be compared, of the records that [`Index::enter`] took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparing {
    pairs: Vec<(u32, u32)>,
    n_compared: usize,
    /// How many of the index's edges were there before.
    n_edges_before: usize,
    /// What tells this run from others: all records, weights and thresholds.
    digest: u64,
}

impl Comparing {
    /// How many pairs there are.
    pub fn n(&self) -> usize {
        self.pairs.len()
    }

    /// How many of them have been compared.
    pub fn n_compared(&self) -> usize {
        self.n_compared
    }

    /// Whether all pairs have been compared.
    pub fn is_over(&self) -> bool {
        self.n_compared == self.pairs.len()
    }
}

/// Why a run cannot go on from a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The bytes are no checkpoint.
    #[error("found no checkpoint of this program, or one of another version")]
    NotACheckpoint,
    /// It was made of other records, or with another threshold.
    #[error("found a checkpoint of other records, or of another threshold")]
    OfAnotherRun,
}

/// What a checkpoint begins with; the number changes whenever decisions or keys do.
const MARK: &[u8; 16] = b"consil-dedup-03\n";

impl Index {
    /// Takes records, and says which pairs are to be compared: of these records with one another and with those that are
    /// there. Until [`Index::compare`] has compared them all, [`Index::answer`] answers from what has been compared.
    pub fn enter<'a>(&mut self, records: impl IntoIterator<Item = &'a Record>) -> Comparing {
        let first_new = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        let mut keys = Vec::new();
        for record in records {
            let number = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
            let entry = Entry::of(record);
            candidates::keys(&entry, &mut keys);
            self.keyed.extend(keys.iter().map(|key| (*key, number)));
            self.entries.push(entry);
        }
        self.keyed.sort_unstable();
        let pairs = candidates::pairs(&self.keyed, &self.entries, |record| record >= first_new);
        let (digest, n_edges_before) = (self.digest(pairs.len()), self.edges.len());
        Comparing { pairs, n_compared: 0, n_edges_before, digest }
    }

    /// Compares so many more pairs.
    pub fn compare(&mut self, comparing: &mut Comparing, n: usize) {
        let end = comparing.n_compared.saturating_add(n).min(comparing.pairs.len());
        for (a, b) in &comparing.pairs[comparing.n_compared..end] {
            let (first, second) = (&self.entries[*a as usize], &self.entries[*b as usize]);
            if is_hopeless(first, second) {
                continue;
            }
            let decision = self.rules.decide(first, second);
            if decision.outcome != Outcome::Different {
                self.edges.push(Edge { a: *a, b: *b, decision });
            }
        }
        comparing.n_compared = end;
    }

    /// What has been compared, as bytes for [`Index::resume`].
    pub fn checkpoint(&self, comparing: &Comparing) -> Vec<u8> {
        let edges = &self.edges[comparing.n_edges_before..];
        let mut bytes = Vec::with_capacity(40 + 8 * edges.len());
        bytes.extend(MARK);
        bytes.extend(comparing.digest.to_le_bytes());
        bytes.extend((comparing.n_compared as u64).to_le_bytes());
        for edge in edges {
            bytes.extend(edge.a.to_le_bytes());
            bytes.extend(edge.b.to_le_bytes());
        }
        let check = xxhash_rust::xxh3::xxh3_64(&bytes);
        bytes.extend(check.to_le_bytes());
        bytes
    }

    /// Goes on where a run of the same records stopped: right after [`Index::enter`].
    ///
    /// # Errors
    /// If the bytes are no checkpoint, or one of other records or thresholds; nothing is changed then.
    pub fn resume(
        &mut self,
        comparing: &mut Comparing,
        bytes: &[u8],
    ) -> Result<(), CheckpointError> {
        use CheckpointError::{NotACheckpoint, OfAnotherRun};
        let (body, check) = bytes.split_last_chunk::<8>().ok_or(NotACheckpoint)?;
        if xxhash_rust::xxh3::xxh3_64(body) != u64::from_le_bytes(*check) {
            return Err(NotACheckpoint);
        }
        let body = body.strip_prefix(MARK).ok_or(NotACheckpoint)?;
        let (digest, body) = body.split_first_chunk::<8>().ok_or(NotACheckpoint)?;
        let (n, body) = body.split_first_chunk::<8>().ok_or(NotACheckpoint)?;
        let n = usize::try_from(u64::from_le_bytes(*n)).map_err(|_| OfAnotherRun)?;
        if u64::from_le_bytes(*digest) != comparing.digest || n > comparing.pairs.len() {
            return Err(OfAnotherRun);
        }
        for pair in body.chunks_exact(8) {
            let number = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|i| pair[at + i]));
            let (a, b) = (number(0), number(4));
            let both = self.entries.get(a as usize).zip(self.entries.get(b as usize));
            let Some((first, second)) = both else { return Err(OfAnotherRun) };
            let decision = self.rules.decide(first, second);
            self.edges.push(Edge { a, b, decision });
        }
        comparing.n_compared = n;
        Ok(())
    }

    /// What tells one run from another.
    fn digest(&self, n_pairs: usize) -> u64 {
        let mut hasher = xxhash_rust::xxh3::Xxh3::new();
        for entry in &self.entries {
            hasher.update(&entry.content.to_le_bytes());
        }
        hasher.update(format!("{:?} {n_pairs}", self.rules).as_bytes());
        hasher.digest()
    }
}
