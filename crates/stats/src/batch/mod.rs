//! Millions of small meta-analyses: columns in, columns out, on all cores.
//!
//! The studies of all groups stand one after another in two columns, with offsets that say where each group begins (as
//! the lists of Apache Arrow do). Each group is fitted as [`crate::pool`] fits it, with the same numbers to the last
//! digit, but no memory is taken for a fit (unless it is by the median-unbiased generalised Q), and quantiles are
//! computed once. A group's answer depends on nothing but its studies and the options, whatever the number of cores.

mod columns;
mod work;

pub use columns::PooledColumns;

use crate::model::options::PoolOptions;
use crate::model::pool_error::PoolError;

/// Why a batch cannot be begun. A group that cannot be pooled is no such reason; see [`PooledColumns::errors`].
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BatchError {
    /// There are not as many variances as estimates.
    #[error("{estimates} estimates and {variances} variances; expected as many of each")]
    Columns {
        /// Number of estimates.
        estimates: usize,
        /// Number of variances.
        variances: usize,
    },
    /// The offsets do not start at 0.
    #[error("the offsets begin with {}; expected 0, where the first group begins", found.map_or("nothing".to_owned(), |it| it.to_string()))]
    Start {
        /// The first offset, if there is any.
        found: Option<usize>,
    },
    /// An offset is smaller than the one before.
    #[error("offset {} is {found}, less than the one before it, {before}; expected them ascending", position + 1)]
    Descending {
        /// Its position, from 0.
        position: usize,
        /// The offset.
        found: usize,
        /// The one before.
        before: usize,
    },
    /// The last offset is not the number of studies.
    #[error("the last offset is {found}; expected {studies}, the number of studies")]
    End {
        /// The last offset.
        found: usize,
        /// Number of studies.
        studies: usize,
    },
    /// The options are impossible for any group.
    #[error(transparent)]
    Options(#[from] PoolError),
}

/// Pools each group of studies: group g is the studies from `offsets[g]` up to but not including `offsets[g + 1]`, so
/// there is one offset more than groups, the first 0 and the last the number of studies.
///
/// A group that cannot be pooled (no studies, a NaN, a negative variance) has an error of its own and NaN in every
/// column; the others are not affected.
///
/// ```
/// use consilience_stats::PoolOptions;
/// use consilience_stats::batch::pool_groups;
/// let estimates = [0.10, 0.30, 0.35, -0.2, f64::NAN];
/// let variances = [0.010, 0.020, 0.005, 0.04, 0.01];
/// let pooled = pool_groups(&estimates, &variances, &[0, 3, 5], &PoolOptions::default())?;
/// assert_eq!(pooled.len(), 2);
/// assert!((pooled.estimate[0] - 0.255046).abs() < 1e-6);
/// assert!(pooled.error(0).is_none());
/// assert_eq!(
///     pooled.error(1).unwrap().to_string(),
///     "the estimate of study 2 is NaN; expected a finite number"
/// );
/// # Ok::<(), consilience_stats::batch::BatchError>(())
/// ```
pub fn pool_groups(
    estimates: &[f64],
    variances: &[f64],
    offsets: &[usize],
    options: &PoolOptions,
) -> Result<PooledColumns, BatchError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    pool_groups_on(cores, estimates, variances, offsets, options)
}

/// [`pool_groups`] on at most so many threads.
pub fn pool_groups_on(
    threads: usize,
    estimates: &[f64],
    variances: &[f64],
    offsets: &[usize],
    options: &PoolOptions,
) -> Result<PooledColumns, BatchError> {
    if estimates.len() != variances.len() {
        let (estimates, variances) = (estimates.len(), variances.len());
        return Err(BatchError::Columns { estimates, variances });
    }
    check_offsets(offsets, estimates.len())?;
    options.check()?;
    Ok(work::Groups { estimates, variances, offsets }.pool(threads, options))
}

fn check_offsets(offsets: &[usize], studies: usize) -> Result<(), BatchError> {
    match (offsets.first(), offsets.last()) {
        (Some(0), Some(&found)) if found != studies => {
            return Err(BatchError::End { found, studies });
        }
        (Some(0), Some(_)) => {}
        (found, _) => return Err(BatchError::Start { found: found.copied() }),
    }
    match offsets.windows(2).position(|pair| pair[1] < pair[0]) {
        Some(at) => Err(BatchError::Descending {
            position: at + 1,
            found: offsets[at + 1],
            before: offsets[at],
        }),
        None => Ok(()),
    }
}
