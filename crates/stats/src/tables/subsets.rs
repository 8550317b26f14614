//! The syntheses of this room repeated without one study, or study by study.
//!
//! Each entry is a refusal where what is left cannot be pooled (a first study without events, say).

use crate::model::pool_error::PoolError;

/// `synthesis` of all studies but one, for each study in turn: entry i leaves out study i.
///
/// ```
/// use consilience_stats::{MhMeasure, MhOptions, TwoByTwo, leave_each_out, mantel_haenszel};
/// let trials = [4.0, 6.0, 3.0].map(|events_e| TwoByTwo { events_e, n_e: 100.0, events_c: 9.0, n_c: 100.0 });
/// let fits = leave_each_out(&trials, |rest| {
///     mantel_haenszel(rest, MhMeasure::RiskRatio, &MhOptions::default())
/// });
/// assert_eq!(fits.len(), 3);
/// ```
pub fn leave_each_out<S: Copy, T>(
    studies: &[S],
    synthesis: impl Fn(&[S]) -> Result<T, PoolError>,
) -> Vec<Result<T, PoolError>> {
    let mut rest: Vec<S> = studies.get(1..).unwrap_or_default().to_vec();
    (0..studies.len())
        .map(|left_out| {
            let fit = synthesis(&rest);
            if let Some(slot) = rest.get_mut(left_out) {
                *slot = studies[left_out];
            }
            fit
        })
        .collect()
}

/// `synthesis` of the first study, of the first two, and so on to all of them.
pub fn add_one_by_one<S, T>(
    studies: &[S],
    synthesis: impl Fn(&[S]) -> Result<T, PoolError>,
) -> Vec<Result<T, PoolError>> {
    (1..=studies.len()).map(|k| synthesis(&studies[..k])).collect()
}
