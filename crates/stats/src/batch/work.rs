//! The groups shared out among threads, in blocks that each thread takes as it becomes free.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use crate::batch::columns::{PooledColumns, Rows};
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

/// Groups in a row, and where their answers go.
struct Block<'a> {
    groups: Range<usize>,
    rows: Rows<'a>,
}

impl Groups<'_> {
    /// Pools every group, on at most `threads` threads.
    pub(super) fn pool(self, threads: usize, options: &PoolOptions) -> PooledColumns {
        let mut all = PooledColumns::zeros(self.offsets.len() - 1);
        let mut rows = all.rows();
        let blocks = self.blocks(threads);
        let workers = threads.clamp(1, blocks.len().max(1));
        let shared = blocks.into_iter().map(|groups| {
            let rows = rows.split_off(groups.len());
            Block { groups, rows }
        });
        let queue = Mutex::new(shared);
        let errors = Mutex::new(Vec::new());
        let work = || {
            let mut scratch =
                Scratch { weights: Vec::new(), quantiles: Quantiles::at(options.level) };
            while let Some(block) = next_of(&queue) {
                let found = self.pool_block(block, options, &mut scratch);
                errors.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..workers {
                scope.spawn(work);
            }
            work();
        });
        let mut errors = errors.into_inner().unwrap_or_else(PoisonError::into_inner);
        errors.sort_by_key(|error| error.0);
        drop(queue);
        all.errors = errors;
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

    /// Pools the groups of a block, and tells which could not be.
    fn pool_block(
        self,
        Block { groups, mut rows }: Block,
        options: &PoolOptions,
        scratch: &mut Scratch,
    ) -> Vec<(usize, PoolError)> {
        let mut errors = Vec::new();
        for (row, group) in groups.enumerate() {
            let studies = self.offsets[group]..self.offsets[group + 1];
            let k = studies.len();
            let (y, v) = (&self.estimates[studies.clone()], &self.variances[studies]);
            match pool_one(y, v, options, scratch) {
                Ok(answer) => rows.write(row, k, Some(&answer)),
                Err(error) => {
                    rows.write(row, k, None);
                    errors.push((group, error));
                }
            }
        }
        errors
    }
}

/// The next block, for the thread that asks first.
fn next_of<'a>(queue: &Mutex<impl Iterator<Item = Block<'a>>>) -> Option<Block<'a>> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).next()
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
