//! The p-curve: whether the significant p values alone speak of an effect, or of none.
//!
//! Simonsohn, Nelson & Simmons (2014), doi 10.1037/a0033242; Simonsohn, Simmons & Nelson (2015), doi 10.1037/xge0000104. Among
//! significant results p is uniform if there is no effect, and the smaller the more often if there is one. Each test asks
//! how likely a p value as small is, given that it is significant, and combines the answers by Stouffer's method; the half curve
//! (p < 0.025) is harder to reach by trying analyses until one is significant. Effects take part as z = estimate/SE, whatever
//! their direction. With heterogeneous effects the power is an average of some kind, and no effect size follows from it.

use crate::bias::error::BiasError;
use crate::distribution::{
    binomial_cdf, binomial_sf, normal_cdf, normal_quantile, normal_sf, normal_two_sided_p,
};
use crate::effect::{Effect, Interval};
use crate::model::pool_error::PoolError;
use crate::model::studies::Columns;
use crate::numeric::root::bracketed_root;
use crate::numeric::sum::sum;

const ALPHA: f64 = 0.05;
const HALF: f64 = ALPHA / 2.0;
/// The power that a p-curve must be flatter than to be called without evidential value.
const LOW_POWER: f64 = 1.0 / 3.0;
/// Powers between which the estimate is sought.
const POWERS: (f64, f64) = (ALPHA, 0.99);
/// Shares are kept this far from 0 and 1, as in the authors' own program, so that no single study decides.
const LEAST_SHARE: f64 = 2.2e-16;

/// A p-curve and what it says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PCurve {
    /// Number of studies.
    pub k: usize,
    /// Of these, how many have p < 0.05 and make the curve.
    pub significant: usize,
    /// How many have p < 0.025.
    pub highly_significant: usize,
    /// Tests of "no effect": small p values mean that the curve is right-skewed.
    pub right_skew: CurveTests,
    /// Tests of "an effect seen with a power of one third": small p values mean that the curve is flatter than that.
    pub flatness: CurveTests,
    /// The power at which the curve is neither too skewed nor too flat, between 0.05 and 0.99.
    pub power: f64,
    /// Its 90% confidence interval.
    pub power_interval: Interval,
    /// What the tests say together.
    pub evidence: EvidentialValue,
}

/// One question put to the curve in three ways.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurveTests {
    /// p value of the number of p values below 0.025 (binomial).
    pub binomial: f64,
    /// All significant p values, by Stouffer's method.
    pub full: CurveTest,
    /// Those below 0.025; `None` if there are none.
    pub half: Option<CurveTest>,
}

/// A test by Stouffer's method; negative z speak against the hypothesis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurveTest {
    /// The statistic.
    pub z: f64,
    /// P(Z ≤ z).
    pub p_value: f64,
}

/// The authors' rule for the tests together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvidentialValue {
    /// The half curve is right-skewed at 0.05, or both curves are at 0.1.
    Present,
    /// Flatter than at one third power: the full curve at 0.05, or the half curve and the binomial test at 0.1.
    Inadequate,
    /// Neither.
    Inconclusive,
}

impl EvidentialValue {
    /// `"present"`, `"absent or inadequate"` or `"inconclusive"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Inadequate => "absent or inadequate",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// The p-curve of the studies' two-sided p values at 0.05; at least one must be significant.
pub fn p_curve(effects: &[Effect]) -> Result<PCurve, BiasError> {
    Columns::of(effects)?;
    let z_values = effects.iter().map(|it| (it.estimate / it.se()).abs());
    let full: Vec<f64> = z_values.filter(|z| normal_two_sided_p(*z) < ALPHA).collect();
    if full.is_empty() {
        return Err(PoolError::TooFew {
            what: "a p-curve of significant studies",
            found: 0,
            needed: 1,
        }
        .into());
    }
    let half: Vec<f64> = full.iter().copied().filter(|z| normal_two_sided_p(*z) < HALF).collect();
    let (m, n) = (half.len() as u64, full.len() as u64);
    let low = shift_of_power(LOW_POWER)?;
    let at = |shift: f64, z: f64| exceeds(z, shift);
    let reach = exceeds(-normal_quantile(HALF / 2.0), low);
    // Right skew is seen where p is small, flatness where p is large among what one third power gives.
    let right_skew = CurveTests {
        binomial: if m == 0 { 1.0 } else { binomial_sf(m - 1, n, 0.5) },
        full: test(full.iter().map(|z| share(at(0.0, *z) / ALPHA))),
        half: (m > 0).then(|| test(half.iter().map(|z| share(at(0.0, *z) / HALF)))),
    };
    let flatness = CurveTests {
        binomial: binomial_cdf(m, n, reach / LOW_POWER),
        full: test(full.iter().map(|z| -share(at(low, *z) / LOW_POWER))),
        half: (m > 0).then(|| test(half.iter().map(|z| -share(at(low, *z) / reach)))),
    };
    let (power, power_interval) = power_of(&full)?;
    Ok(PCurve {
        k: effects.len(),
        significant: full.len(),
        highly_significant: half.len(),
        evidence: evidence(&right_skew, &flatness),
        right_skew,
        flatness,
        power,
        power_interval,
    })
}

/// P(|Z + shift| > z).
fn exceeds(z: f64, shift: f64) -> f64 {
    normal_sf(z - shift) + normal_cdf(-z - shift)
}

/// The normal quantile of a share, kept off 0 and 1.
fn share(p: f64) -> f64 {
    normal_quantile(p.clamp(LEAST_SHARE, 1.0 - LEAST_SHARE))
}

fn test(quantiles: impl ExactSizeIterator<Item = f64>) -> CurveTest {
    let root = (quantiles.len() as f64).sqrt();
    let z = sum(quantiles) / root;
    CurveTest { z, p_value: normal_cdf(z) }
}

/// The mean of z at which a two-sided test at 0.05 has this power, at least 0.05.
fn shift_of_power(power: f64) -> Result<f64, BiasError> {
    let critical = -normal_quantile(ALPHA / 2.0);
    if power <= ALPHA {
        return Ok(0.0);
    }
    bracketed_root(|shift| exceeds(critical, shift) - power, 0.0, critical + 10.0)
        .map_err(|_| PoolError::Overflow.into())
}

/// The power at which Stouffer's z of the full curve is 0, and those at which it is ±1.645.
fn power_of(full: &[f64]) -> Result<(f64, Interval), BiasError> {
    let z_at = |power: f64| {
        let Ok(shift) = shift_of_power(power) else { return f64::NAN };
        test(full.iter().map(|z| -share(exceeds(*z, shift) / power))).z
    };
    // z falls as the power rises; where it never reaches the target, the nearer end is the answer.
    let power = |target: f64| {
        bracketed_root(|power| z_at(power) - target, POWERS.0, POWERS.1)
            .map_err(|_| BiasError::from(PoolError::Overflow))
    };
    let z90 = -normal_quantile(0.05);
    Ok((power(0.0)?, Interval { lower: power(z90)?, upper: power(-z90)? }))
}

fn evidence(right_skew: &CurveTests, flatness: &CurveTests) -> EvidentialValue {
    let below = |test: &CurveTest, alpha: f64| test.p_value < alpha;
    let half_below = |tests: &CurveTests, alpha| tests.half.is_some_and(|it| below(&it, alpha));
    let is_present = half_below(right_skew, 0.05)
        || (below(&right_skew.full, 0.1) && half_below(right_skew, 0.1));
    let is_inadequate =
        below(&flatness.full, 0.05) || (half_below(flatness, 0.1) && flatness.binomial < 0.1);
    match (is_present, is_inadequate) {
        (true, _) => EvidentialValue::Present,
        (false, true) => EvidentialValue::Inadequate,
        (false, false) => EvidentialValue::Inconclusive,
    }
}
