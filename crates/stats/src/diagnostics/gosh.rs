//! Graphical display of study heterogeneity: the synthesis of every subset of the studies.
//!
//! Olkin, Dahabreh & Trikalinos (2012), doi 10.1002/jrsm.1053. Clusters of subsets show which studies make the estimate
//! and its heterogeneity what they are.

use crate::effect::Effect;
use crate::model::kernel::Kernel;
use crate::model::kernel::mean::Mean;
use crate::model::options::Model;
use crate::model::pool::from_q;
use crate::model::pool_error::PoolError;
use crate::model::solution::from_tau2;
use crate::model::studies::Columns;
use crate::model::tau2::{self, Extra};
use crate::numeric::random::SplitMix;

/// Most studies of which all subsets are taken: 2²⁰ − 1 of them.
pub const MOST_STUDIES_FOR_ALL_SUBSETS: usize = 20;

/// Which subsets are pooled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subsets {
    /// All but the empty one, in ascending order of their masks; for at most
    /// [`MOST_STUDIES_FOR_ALL_SUBSETS`] studies.
    All,
    /// So many drawn at random, each equally likely and with replacement, from a generator started at `seed`.
    Sampled {
        /// How many.
        count: usize,
        /// The seed: the same seed gives the same subsets.
        seed: u64,
    },
}

/// The syntheses of subsets, in columns: element i of each belongs to subset i.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Gosh {
    /// Number of studies of which the subsets are.
    studies: usize,
    /// The subsets' masks, `words` each.
    masks: Vec<u64>,
    /// Number of studies in the subset.
    pub k: Vec<usize>,
    /// Pooled estimate.
    pub estimate: Vec<f64>,
    /// Between-study variance.
    pub tau2: Vec<f64>,
    /// Cochran's Q.
    pub q: Vec<f64>,
    /// I² in percent, as in [`crate::Pooled`].
    pub i2: Vec<f64>,
    /// H², as in [`crate::Pooled`].
    pub h2: Vec<f64>,
}

impl Gosh {
    /// Number of subsets.
    pub fn len(&self) -> usize {
        self.k.len()
    }

    /// Whether no subset was pooled.
    pub fn is_empty(&self) -> bool {
        self.k.is_empty()
    }

    /// Whether a subset holds a study (both counted from 0); false beyond the last of either.
    pub fn includes(&self, subset: usize, study: usize) -> bool {
        let words = self.studies.div_ceil(64);
        study < self.studies
            && self
                .masks
                .get(subset * words + study / 64)
                .is_some_and(|word| word >> (study % 64) & 1 == 1)
    }
}

/// Pools subsets of the studies by inverse variance under `model`.
pub fn gosh(effects: &[Effect], model: Model, subsets: Subsets) -> Result<Gosh, PoolError> {
    model.check()?;
    let columns = Columns::of(effects)?;
    let k = columns.k();
    let words = k.div_ceil(64);
    let mut search = Search::new(&columns, model);
    let mut mask = vec![0_u64; words];
    match subsets {
        Subsets::All => {
            if k > MOST_STUDIES_FOR_ALL_SUBSETS {
                return Err(PoolError::TooMany {
                    what: "pooling all subsets",
                    found: k,
                    most: MOST_STUDIES_FOR_ALL_SUBSETS,
                });
            }
            for bits in 1..1_u64 << k {
                mask[0] = bits;
                search.add(&mask)?;
            }
        }
        Subsets::Sampled { count, seed } => {
            let mut random = SplitMix::new(seed);
            let used = u64::MAX >> (words * 64 - k);
            for _ in 0..count {
                while mask.iter().all(|word| *word == 0) {
                    mask.fill_with(|| random.next());
                    mask[words - 1] &= used;
                }
                search.add(&mask)?;
                mask.fill(0);
            }
        }
    }
    Ok(search.found)
}

struct Search<'a> {
    columns: &'a Columns,
    model: Model,
    estimates: Vec<f64>,
    variances: Vec<f64>,
    buffer: Vec<f64>,
    found: Gosh,
}

impl<'a> Search<'a> {
    fn new(columns: &'a Columns, model: Model) -> Self {
        Self {
            columns,
            model,
            estimates: Vec::new(),
            variances: Vec::new(),
            buffer: Vec::new(),
            found: Gosh { studies: columns.k(), ..Gosh::default() },
        }
    }

    fn add(&mut self, mask: &[u64]) -> Result<(), PoolError> {
        self.estimates.clear();
        self.variances.clear();
        for i in 0..self.columns.k() {
            if mask[i / 64] >> (i % 64) & 1 == 1 {
                self.estimates.push(self.columns.estimates[i]);
                self.variances.push(self.columns.variances[i]);
            }
        }
        let mut kernel = Mean::new(&self.estimates, &self.variances, &mut self.buffer);
        let k = kernel.k();
        let found = &mut self.found;
        found.masks.extend_from_slice(mask);
        found.k.push(k);
        let fixed = kernel.moments(0.0);
        let estimated = match self.model {
            Model::CommonEffect => None,
            Model::GivenTau2(tau2) => Some(tau2),
            Model::RandomEffects(_) if k == 1 => Some(0.0),
            Model::RandomEffects(method) => {
                let extra = Extra { estimates: &self.estimates, weights: None, basis: None };
                Some(tau2::estimate(&mut kernel, &fixed, extra, method)?.estimate)
            }
        };
        let (i2, h2) = match estimated {
            _ if k == 1 => (0.0, 1.0),
            None => from_q(fixed.q, kernel.df()),
            Some(tau2) => from_tau2(tau2, kernel.df() / fixed.trace),
        };
        kernel.centre(estimated.unwrap_or(0.0));
        found.estimate.push(kernel.mean());
        found.tau2.push(estimated.unwrap_or(0.0));
        found.q.push(if k == 1 { 0.0 } else { fixed.q });
        found.i2.push(i2);
        found.h2.push(h2);
        Ok(())
    }
}
