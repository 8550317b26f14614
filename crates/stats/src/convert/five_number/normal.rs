//! Of a normal outcome: the estimators in use, from Hozo (2005) to Shi (2020).

use super::{FiveNumber, mix};
use crate::distribution::{normal_cdf, normal_quantile, normal_sf};
use crate::effect::EffectError;
use crate::effect_size::continuous::MeanSd;
use crate::numeric::integrate::integral;

/// Estimated mean and SD of `n` ≥ 5 people from order statistics of a normal outcome.
///
/// Means by Luo et al. (2018), doi 10.1177/0962280216669183; SDs by Wan et al. (2014), doi 10.1186/1471-2288-14-135, and,
/// with all five numbers, by Shi et al. (2020), doi 10.1002/jrsm.1429: the "luo/wan/shi" default of metafor.
pub fn mean_sd_from_five_number(summary: &FiveNumber, n: f64) -> Result<MeanSd, EffectError> {
    summary.check(n)?;
    let sd = match *summary {
        FiveNumber::Full { .. } => shi_sd(summary, n),
        FiveNumber::RangeOnly { .. } | FiveNumber::Quartiles { .. } => wan_sd(summary, n),
    };
    checked(n, luo_mean(summary, n), sd)
}

/// Means (a+2m+b)/4 (Hozo 2005), (q₁+m+q₃)/3, or (a+2q₁+2m+2q₃+b)/8 (Bland 2015), SDs of Wan et al. (2014).
pub(super) fn wan(summary: &FiveNumber, n: f64) -> Result<MeanSd, EffectError> {
    let mean = match *summary {
        FiveNumber::RangeOnly { min, median, max } => mix(0.5, f64::midpoint(min, max), median),
        FiveNumber::Quartiles { q1, median, q3 } => mix(2.0 / 3.0, f64::midpoint(q1, q3), median),
        FiveNumber::Full { min, q1, median, q3, max } => {
            let inner = mix(2.0 / 3.0, f64::midpoint(q1, q3), median);
            mix(0.25, f64::midpoint(min, max), inner)
        }
    };
    checked(n, mean, wan_sd(summary, n))
}

/// Hozo et al. (2005), doi 10.1186/1471-2288-5-13: the median above 25 people, and thirds of the range above 70.
pub(super) fn hozo(summary: &FiveNumber, n: f64) -> Result<MeanSd, EffectError> {
    let (min, median, max) = summary.range_only("the estimator of Hozo et al.")?;
    let range = max - min;
    let sd = if n <= 15.0 {
        let bend = min - 2.0 * median + max;
        ((bend * bend / 4.0 + range * range) / 12.0).sqrt()
    } else if n <= 70.0 {
        range / 4.0
    } else {
        range / 6.0
    };
    let mean = if n <= 25.0 { mix(0.5, f64::midpoint(min, max), median) } else { median };
    checked(n, mean, sd)
}

/// Bland (2015), International Journal of Statistics in Medical Research 4:57, for all five numbers; it ignores n.
pub(super) fn bland(summary: &FiveNumber, n: f64) -> Result<MeanSd, EffectError> {
    let FiveNumber::Full { min, q1, median, q3, max } = *summary else {
        return Err(EffectError::NotForThis {
            method: "the estimator of Bland",
            found: summary.words(),
            expected: FiveNumber::ALL_FIVE,
        });
    };
    let mean = (min + 2.0 * q1 + 2.0 * median + 2.0 * q3 + max) / 8.0;
    // About the mean, where the same formula does not cancel.
    let [a, b, c, d, e] = [min, q1, median, q3, max].map(|x| x - mean);
    let squares = (a * a + 2.0 * (b * b + c * c + d * d) + e * e) / 16.0;
    let products = (a * b + b * c + c * d + d * e) / 8.0;
    checked(n, mean, (squares + products).max(0.0).sqrt())
}

/// Luo's mean with the SD of Walter & Yao (2007), doi 10.1016/j.jclinepi.2006.11.018: the range over its expectation.
pub(super) fn walter_yao(summary: &FiveNumber, n: f64) -> Result<MeanSd, EffectError> {
    const METHOD: &str = "the estimator of Walter and Yao";
    let (min, _, max) = summary.range_only(METHOD)?;
    let outside = |x: f64| -libm::expm1(n * libm::log1p(-normal_cdf(-x)));
    // E(range) = ∫ 1 − Φ(x)ⁿ − (1 − Φ(x))ⁿ dx, twice the half above 0.
    let density = |x: f64| outside(x) - libm::pow(normal_sf(x), n);
    let expected = integral(density, (0.0, 40.0), 1e-13, 0.0)
        .map_err(|_| EffectError::NotConverged { method: METHOD })?;
    checked(n, luo_mean(summary, n), (max - min) / (2.0 * expected))
}

/// Luo et al. (2018), formulas 7, 11 and 15.
pub(super) fn luo_mean(summary: &FiveNumber, n: f64) -> f64 {
    match *summary {
        FiveNumber::RangeOnly { min, median, max } => {
            mix(4.0 / (4.0 + libm::pow(n, 0.75)), f64::midpoint(min, max), median)
        }
        FiveNumber::Quartiles { q1, median, q3 } => {
            mix(0.7 + 0.39 / n, f64::midpoint(q1, q3), median)
        }
        FiveNumber::Full { min, q1, median, q3, max } => {
            let w_range = 2.2 / (2.2 + libm::pow(n, 0.75));
            let w_iqr = 0.7 - 0.72 / libm::pow(n, 0.55);
            w_range * f64::midpoint(min, max)
                + w_iqr * f64::midpoint(q1, q3)
                + (1.0 - w_range - w_iqr) * median
        }
    }
}

/// Wan et al. (2014); with all five numbers the mean of the two SDs.
pub(super) fn wan_sd(summary: &FiveNumber, n: f64) -> f64 {
    match *summary {
        FiveNumber::RangeOnly { min, max, .. } => (max - min) / range_in_sds(n),
        FiveNumber::Quartiles { q1, q3, .. } => (q3 - q1) / iqr_in_sds(n),
        FiveNumber::Full { min, q1, q3, max, .. } => {
            mix(0.5, (max - min) / range_in_sds(n), (q3 - q1) / iqr_in_sds(n))
        }
    }
}

/// Shi et al. (2020): as Wan's, but all five numbers weighted by their worth.
pub(super) fn shi_sd(summary: &FiveNumber, n: f64) -> f64 {
    match *summary {
        FiveNumber::Full { min, q1, q3, max, .. } => {
            let w = 1.0 / (1.0 + 0.07 * libm::pow(n, 0.6));
            mix(w, (max - min) / range_in_sds(n), (q3 - q1) / iqr_in_sds(n))
        }
        FiveNumber::RangeOnly { .. } | FiveNumber::Quartiles { .. } => wan_sd(summary, n),
    }
}

/// Expected range of a normal sample in SDs (Wan et al. 2014, formula 9).
fn range_in_sds(n: f64) -> f64 {
    2.0 * normal_quantile((n - 0.375) / (n + 0.25))
}

/// Expected distance of the quartiles of a normal sample in SDs (Wan et al. 2014, formula 16).
fn iqr_in_sds(n: f64) -> f64 {
    2.0 * normal_quantile((0.75 * n - 0.125) / (n + 0.25))
}

pub(super) fn checked(n: f64, mean: f64, sd: f64) -> Result<MeanSd, EffectError> {
    if mean.is_finite() && sd.is_finite() {
        Ok(MeanSd { n, mean, sd })
    } else {
        Err(EffectError::Overflow)
    }
}
