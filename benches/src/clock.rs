//! Processor time of this process: user and system together, of all its threads.

use rustix::time::{ClockId, clock_gettime};

/// Seconds of processor time since the process began.
pub(crate) fn now() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// The least time that a measurement lasts, so that the clock's grain does not matter.
const LEAST_SECONDS: f64 = 0.3;

/// Seconds of processor time that one call of `work` takes, warm: the least mean of three rounds.
pub(crate) fn seconds_of(mut work: impl FnMut()) -> f64 {
    let start = now();
    work();
    let first = (now() - start).max(1e-9);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to 1e6")]
    let calls = (LEAST_SECONDS / first).ceil().clamp(1.0, 1e6) as u32;
    let round = |work: &mut dyn FnMut()| {
        let start = now();
        for _ in 0..calls {
            work();
        }
        (now() - start) / f64::from(calls)
    };
    let rounds = if first > 2.0 { 1 } else { 3 };
    (0..rounds).map(|_| round(&mut work)).fold(f64::INFINITY, f64::min)
}
