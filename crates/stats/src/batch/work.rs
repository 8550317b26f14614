//! The groups shared out among threads, in blocks that each thread takes as it becomes free.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::batch::columns::PooledColumns;
use crate::model::kernel::mean::Mean;
use crate::model::options::PoolOptions;
use crate::model::pool::Synthesis;
use crate::model::pool_error::PoolError;
use crate::model::quantiles::Quantiles;
use crate::model::studies::check_studies;

/// Fewest studies of a block, and groups counted as studies: less is not worth a thread.
const LEAST_WORK: usize = 4096;

/// Studies group after group; the offsets are known to be sound.
#[derive(Clone, Copy)]
pub(super) struct Groups<'a> {
    pub(super) estimates: &'a [f64],
    pub(super) variances: &'a [f64],
    pub(super) offsets: &'a [usize],
}

/// What one thread keeps from fit to fit.
struct Scratch {
    weights: Vec<f64>,
    quantiles: Quantiles,
}

impl Groups<'_> {
    /// Pools every group, on at most `threads` threads.
    pub(super) fn pool(self, threads: usize, options: &PoolOptions) -> PooledColumns {
        let groups = self.offsets.len() - 1;
        let blocks = self.blocks(threads);
        if blocks.len() <= 1 || threads <= 1 {
            return self.pool_block(0..groups, options, &mut Scratch::new(options));
        }
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<(usize, PooledColumns)>> = Mutex::new(Vec::with_capacity(blocks.len()));
        std::thread::scope(|scope| {
            for _ in 0..threads.min(blocks.len()) {
                scope.spawn(|| {
                    let mut scratch = Scratch::new(options);
                    while let Some(block) = blocks.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let columns = self.pool_block(block.clone(), options, &mut scratch);
                        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                        done.push((block.start, columns));
                    }
                });
            }
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|block| block.0);
        let mut all = PooledColumns::with_capacity(groups);
        for (_, columns) in done {
            all.append(columns);
        }
        all
    }

    /// Ranges of groups of about equal work, several for each thread.
    fn blocks(self, threads: usize) -> Vec<Range<usize>> {
        let groups = self.offsets.len() - 1;
        let work = (self.estimates.len() + groups) / (8 * threads.max(1));
        let work = work.max(LEAST_WORK);
        let mut blocks = Vec::new();
        let mut start = 0;
        for end in 1..=groups {
            let done = self.offsets[end] - self.offsets[start] + (end - start);
            if done >= work || end == groups {
                blocks.push(start..end);
                start = end;
            }
        }
        blocks
    }

    fn pool_block(
        self,
        block: Range<usize>,
        options: &PoolOptions,
        scratch: &mut Scratch,
    ) -> PooledColumns {
        let mut columns = PooledColumns::with_capacity(block.len());
        for group in block {
            let studies = self.offsets[group]..self.offsets[group + 1];
            let k = studies.len();
            let (y, v) = (&self.estimates[studies.clone()], &self.variances[studies]);
            columns.push(group, k, pool_one(y, v, options, scratch));
        }
        columns
    }
}

impl Scratch {
    fn new(options: &PoolOptions) -> Self {
        Self { weights: Vec::new(), quantiles: Quantiles::at(options.level) }
    }
}

fn pool_one(
    estimates: &[f64],
    variances: &[f64],
    options: &PoolOptions,
    scratch: &mut Scratch,
) -> Result<Synthesis, PoolError> {
    if estimates.is_empty() {
        return Err(PoolError::NoStudies);
    }
    check_studies(estimates, variances)?;
    let mut kernel = Mean::new(estimates, variances, &mut scratch.weights);
    Synthesis::of(&mut kernel, options, &mut scratch.quantiles)
}
