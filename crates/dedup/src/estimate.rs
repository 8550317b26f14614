//! Weights and a threshold counted on labelled records, to see whether weights chosen by hand hold elsewhere.

use consilience_bib::Record;

use crate::candidates::{self, Keyed};
use crate::compare::{Comparison, is_hopeless};
use crate::conflict;
use crate::decide::Thresholds;
use crate::entry::Entry;
use crate::weigh::{Cells, N_CELLS, N_FIELDS, Weights, cells};

/// The pairs of a set of records that share a key and do not clearly differ, and which of them are one report.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledPairs {
    pairs: Vec<(Cells, bool)>,
}

impl LabelledPairs {
    /// Compares records of which a label each tells which are one report.
    pub fn of(records: &[Record], labels: &[usize]) -> Self {
        let entries: Vec<Entry> = records.iter().map(Entry::of).collect();
        let mut keyed: Vec<Keyed> = Vec::new();
        let mut keys = Vec::new();
        for (record, entry) in (0_u32..).zip(&entries) {
            candidates::keys(entry, &mut keys);
            keyed.extend(keys.iter().map(|key| (*key, record)));
        }
        keyed.sort_unstable();
        let compared =
            candidates::pairs(&keyed, &entries, |_| true).into_iter().filter_map(|(a, b)| {
                let (a, b) = (a as usize, b as usize);
                let (first, second) = (&entries[a], &entries[b]);
                if is_hopeless(first, second) {
                    return None;
                }
                let it = Comparison::of(first, second);
                let is_open = conflict::find(first, second, &it).is_none();
                is_open.then(|| (cells(first, second, &it), labels[a] == labels[b]))
            });
        Self { pairs: compared.collect() }
    }

    /// How many pairs there are.
    pub fn n(&self) -> usize {
        self.pairs.len()
    }

    /// How often each cell is seen, of so many pairs, among those that are or are not one report.
    fn counts(&self, are_one: bool) -> ([[f64; N_CELLS]; N_FIELDS], f64) {
        let mut counts = [[0.0; N_CELLS]; N_FIELDS];
        let mut n = 0.0;
        for (cells, _) in self.pairs.iter().filter(|it| it.1 == are_one) {
            n += 1.0;
            for (field, cell) in cells.iter().enumerate() {
                counts[field][*cell] += 1.0;
            }
        }
        (counts, n)
    }
}

/// So many pairs of a set count in full.
const MOST_OF_A_SET: f64 = 3_000.0;

impl Weights {
    /// Weights from the m- and u-probabilities of each cell, counted on sets of labelled pairs, one more for each cell; a
    /// large set has no more say than a middling one, and a field that at least one record lacks weighs nothing. The prior is the
    /// odds among all pairs. After Fellegi and Sunter (1969), section 3.
    pub fn estimated(sets: &[&LabelledPairs]) -> Self {
        let mut weights = Self { prior: 0.0, cells: [[0.0; N_CELLS]; N_FIELDS] };
        let (mut m, mut n_m) = ([[0.0; N_CELLS]; N_FIELDS], 0.0);
        let (mut u, mut n_u) = ([[0.0; N_CELLS]; N_FIELDS], 0.0);
        for set in sets {
            for (are_one, sum, n) in [(true, &mut m, &mut n_m), (false, &mut u, &mut n_u)] {
                let (counts, n_here) = set.counts(are_one);
                let scale = 1.0_f64.min(MOST_OF_A_SET / f64::max(n_here, 1.0));
                *n += n_here * scale;
                for (sum, counts) in sum.iter_mut().flatten().zip(counts.iter().flatten()) {
                    *sum += counts * scale;
                }
            }
        }
        weights.prior = libm::log10((n_m + 1.0) / (n_u + 1.0));
        for field in 0..N_FIELDS {
            let known =
                |counts: &[f64; N_CELLS]| counts[1..].iter().sum::<f64>() + N_CELLS as f64 - 1.0;
            let (all_m, all_u) = (known(&m[field]), known(&u[field]));
            for cell in 1..N_CELLS {
                let (m, u) = ((m[field][cell] + 1.0) / all_m, (u[field][cell] + 1.0) / all_u);
                weights.cells[field][cell] = libm::log10(m / u);
            }
        }
        weights
    }

    /// The thresholds at which the pairs of these sets cost least, where to join two reports costs so many times what to leave
    /// a duplicate costs: a lost report may never be found again, a duplicate is seen by whoever screens.
    pub fn thresholds(&self, sets: &[&LabelledPairs], cost_of_a_loss: f64) -> Thresholds {
        let mut scored: Vec<(f64, f64)> = Vec::new();
        for set in sets {
            let scale = 1.0_f64.min(MOST_OF_A_SET / f64::max(set.n() as f64, 1.0));
            let cost = |are_one: bool| if are_one { scale } else { -cost_of_a_loss * scale };
            scored.extend(set.pairs.iter().map(|(cells, one)| (self.log_odds(cells), cost(*one))));
        }
        scored.sort_by(|x, y| y.0.total_cmp(&x.0).then(y.1.total_cmp(&x.1)));
        let (mut gain, mut best, mut at) = (0.0, 0.0, f64::INFINITY);
        for (i, (log_odds, cost)) in scored.iter().enumerate() {
            gain += cost;
            let is_last = scored.get(i + 1).is_none_or(|next| next.0 < *log_odds);
            if is_last && gain > best {
                let next = scored.get(i + 1).map_or(log_odds - 1.0, |next| next.0);
                (best, at) = (gain, f64::midpoint(*log_odds, next));
            }
        }
        Thresholds::at_log_odds(at)
    }
}
