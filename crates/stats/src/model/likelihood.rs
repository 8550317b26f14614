//! The normal likelihood of the random-effects model and its maximum over τ².
//!
//! The likelihood can have several local maxima, and Fisher scoring stops at the one near its start. Here the
//! derivative is scanned over the whole range in which a maximum can lie, every local maximum is refined, and the
//! highest one is the answer.

use crate::model::pool_error::PoolError;
use crate::model::weighted::Studies;
use crate::numeric::root::bracketed_root;
use crate::numeric::sum::sum;

/// Which likelihood of τ² is meant; the mean is profiled (full) or integrated (restricted) out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Likelihood {
    /// Maximum likelihood.
    Full,
    /// Restricted maximum likelihood.
    Restricted,
}

/// The τ² ≥ 0 of the global maximum; of equal maxima the smallest.
pub(crate) fn maximise(studies: &Studies, likelihood: Likelihood) -> Result<f64, PoolError> {
    let slope = |tau2: f64| likelihood.slope(studies, tau2);
    let mut maxima = Vec::new();
    let (mut left, mut slope_left) = (0.0, slope(0.0));
    if slope_left <= 0.0 {
        maxima.push(0.0);
    }
    for right in likelihood.grid(studies) {
        let slope_right = slope(right);
        if slope_left > 0.0 && slope_right <= 0.0 {
            let root = bracketed_root(slope, left, right).map_err(|unconverged| {
                PoolError::not_converged(likelihood.name(), unconverged.0)
            })?;
            maxima.push(root);
        }
        (left, slope_left) = (right, slope_right);
    }
    let mut best = *maxima.first().ok_or(PoolError::not_converged(likelihood.name(), left))?;
    for &candidate in &maxima[1..] {
        if likelihood.log(studies, candidate) > likelihood.log(studies, best) {
            best = candidate;
        }
    }
    Ok(best)
}

impl Likelihood {
    const fn name(self) -> &'static str {
        match self {
            Self::Full => "maximum likelihood",
            Self::Restricted => "restricted maximum likelihood",
        }
    }

    /// Twice the derivative of the log-likelihood: y′PPy − Σw (full) or − tr P (restricted).
    fn slope(self, studies: &Studies, tau2: f64) -> f64 {
        let at = studies.at(tau2);
        let expected = match self {
            Self::Full => at.total,
            Self::Restricted => at.trace_p(),
        };
        at.squared_weighted_residuals() - expected
    }

    /// Log-likelihood up to a constant.
    fn log(self, studies: &Studies, tau2: f64) -> f64 {
        let at = studies.at(tau2);
        let restriction = match self {
            Self::Full => 0.0,
            Self::Restricted => libm::log(at.total),
        };
        let log_determinant = sum(at.weights.iter().map(|w| -libm::log(*w)));
        -0.5 * (log_determinant + restriction + at.q())
    }

    /// Points between which the slope is watched, from well below the smallest variance to past the last maximum.
    ///
    /// The likelihood depends on τ² through v + τ², so steps of a quarter of the point's size miss nothing.
    fn grid(self, studies: &Studies) -> impl Iterator<Item = f64> {
        const RATIO: f64 = 1.25;
        let last = self.upper_bound(studies);
        // Above the subnormal numbers, whose steps of a quarter would stand still.
        let first = (studies.smallest_variance() / 100.0).max(f64::MIN_POSITIVE).min(last);
        core::iter::successors(Some(first), move |&point| {
            (point < last).then(|| (point * RATIO).min(last))
        })
    }

    /// A τ² beyond which the likelihood only falls.
    ///
    /// With v₊ the largest variance, 1/(τ² + v₊) ≤ w ≤ 1/τ², so y′PPy ≤ S/τ⁴ and the expectation is at least
    /// m/(τ² + v₊), where S is the unweighted sum of squares and m is k (full) or k − 1 (restricted). The bound
    /// solves S/τ⁴ = m/(τ² + v₊), with a little room for rounding.
    fn upper_bound(self, studies: &Studies) -> f64 {
        let s = studies.sum_of_squares();
        let m = match self {
            Self::Full => studies.k() as f64,
            Self::Restricted => studies.df(),
        };
        let root = (s * s + 4.0 * m * s * studies.largest_variance()).sqrt();
        1.01 * (s + root) / (2.0 * m)
    }
}
