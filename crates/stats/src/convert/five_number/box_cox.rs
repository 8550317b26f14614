//! Of an outcome that a power transformation makes normal: McGrath's Box-Cox method and Cai's maximum likelihood.
//!
//! Both then need the mean and SD before the transformation. They are integrated here, over the part of the normal distribution that has
//! an inverse, so that the same numbers give the same answer every time; the published programs draw samples.

use super::FiveNumber;
use super::method::{FromFiveNumber, Shape};
use super::normal::{checked, luo_mean, wan_sd};
use crate::distribution::{normal_cdf, normal_sf};
use crate::effect::EffectError;
use crate::effect_size::continuous::MeanSd;
use crate::numeric::integrate::integral;
use crate::numeric::simplex::minimise;

/// Powers below this are the logarithm: the difference is lost in rounding.
const LOGARITHM: f64 = 1e-9;

/// McGrath et al. (2020), doi 10.1177/0962280219889080: the power between −2 and 3 that makes the numbers symmetric about the median, but
/// not below 0; then [`luo_mean`] and [`wan_sd`] on the transformed scale.
pub(super) fn box_cox(summary: &FiveNumber, n: f64) -> Result<FromFiveNumber, EffectError> {
    const METHOD: &str = "the Box-Cox method";
    positive(summary)?;
    let asymmetry = |lambda: f64| {
        let numbers = transformed(summary, lambda).numbers();
        let middle = numbers.len() / 2;
        let pairs = (0..middle).map(|i| {
            let below = numbers[middle] - numbers[i];
            let above = numbers[numbers.len() - 1 - i] - numbers[middle];
            let excess = above / below - 1.0;
            excess * excess
        });
        pairs.sum::<f64>()
    };
    let lambda =
        least(asymmetry, (-2.0, 3.0)).ok_or(EffectError::NotConverged { method: METHOD })?;
    let lambda = lambda.max(0.0);
    let scaled = transformed(summary, lambda);
    finished(n, lambda, luo_mean(&scaled, n), wan_sd(&scaled, n))
}

/// Cai et al. (2021), doi 10.1177/09622802211047348: the power between 0 and 10 at which the transformed numbers are likeliest with
/// Luo's mean and Wan's SD; then the likeliest mean and SD at that power.
///
/// The likelihood is that of the transformed numbers, as in the authors' program; so the power depends on the unit.
pub(super) fn maximum_likelihood(
    summary: &FiveNumber,
    n: f64,
) -> Result<FromFiveNumber, EffectError> {
    const FAILED: EffectError = EffectError::NotConverged { method: "maximum likelihood (MLN)" };
    positive(summary)?;
    let at_power = |lambda: f64| {
        let scaled = transformed(summary, lambda);
        -log_likelihood(&scaled, n, luo_mean(&scaled, n), wan_sd(&scaled, n))
    };
    let lambda = least(at_power, (0.0, 10.0)).ok_or(FAILED)?;
    let scaled = transformed(summary, lambda);
    let (location, scale) = (luo_mean(&scaled, n), wan_sd(&scaled, n));
    let at =
        |x: &[f64]| -log_likelihood(&scaled, n, location + scale * x[0], scale * libm::exp(x[1]));
    let found = minimise(at, &[0.0, 0.0], 0.1).ok_or(FAILED)?;
    finished(n, lambda, location + scale * found.at[0], scale * libm::exp(found.at[1]))
}

/// Numbers of a power transformation must be above 0, and the spread must not be 0.
fn positive(summary: &FiveNumber) -> Result<(), EffectError> {
    let numbers = summary.numbers();
    for &number in &numbers {
        EffectError::positive("order statistic", number)?;
    }
    for pair in numbers.windows(2) {
        EffectError::positive("distance of neighbouring order statistics", pair[1] - pair[0])?;
    }
    Ok(())
}

fn transformed(summary: &FiveNumber, lambda: f64) -> FiveNumber {
    summary.mapped_plainly(|x| {
        if lambda.abs() < LOGARITHM {
            libm::log(x)
        } else {
            libm::expm1(lambda * libm::log(x)) / lambda
        }
    })
}

/// The x whose transformation is `y`; NaN where there is none.
pub(super) fn inverse(y: f64, lambda: f64) -> f64 {
    if lambda.abs() < LOGARITHM {
        libm::exp(y)
    } else {
        libm::exp(libm::log1p(lambda * y) / lambda)
    }
}

/// Log of the density of these order statistics in a normal sample of `n`, up to a constant. The p-quantile is the order statistic
/// number ⌊p·n⌋ + 1, the extremes the first and the last.
fn log_likelihood(numbers: &FiveNumber, n: f64, mean: f64, sd: f64) -> f64 {
    let rank = |p: f64| (p * n).floor() + 1.0;
    let ranks: &[f64] = match numbers {
        FiveNumber::RangeOnly { .. } => &[1.0, rank(0.5), n],
        FiveNumber::Quartiles { .. } => &[rank(0.25), rank(0.5), rank(0.75)],
        FiveNumber::Full { .. } => &[1.0, rank(0.25), rank(0.5), rank(0.75), n],
    };
    let scores: Vec<f64> = numbers.numbers().iter().map(|x| (x - mean) / sd).collect();
    let mut total = -(scores.len() as f64) * libm::log(sd);
    let (mut before, mut rank_before) = (f64::NEG_INFINITY, 0.0);
    for (&score, &rank) in scores.iter().zip(ranks).chain([(&f64::INFINITY, &(n + 1.0))]) {
        let between = (rank - rank_before - 1.0).max(0.0);
        if between > 0.0 {
            // From the nearer tail, where the difference keeps its digits.
            let share = if before > 0.0 {
                normal_sf(before) - normal_sf(score)
            } else {
                normal_cdf(score) - normal_cdf(before)
            };
            total += between * libm::log(share);
        }
        if score.is_finite() {
            total -= 0.5 * score * score;
        }
        (before, rank_before) = (score, rank);
    }
    total
}

/// Where a function of one variable is least: the best of 500 steps over the range, made exact by the golden section.
fn least(f: impl Fn(f64) -> f64, (low, high): (f64, f64)) -> Option<f64> {
    const STEPS: u32 = 500;
    let step = (high - low) / f64::from(STEPS);
    let values = (0..=STEPS).map(|i| (low + step * f64::from(i)).min(high)).map(|x| (x, f(x)));
    let (best, value) = values.filter(|it| it.1.is_finite()).min_by(|a, b| a.1.total_cmp(&b.1))?;
    let (mut a, mut b) = ((best - step).max(low), (best + step).min(high));
    let golden = 0.5 * (5.0_f64.sqrt() - 1.0);
    while b - a > 1e-10 {
        let (left, right) = (b - golden * (b - a), a + golden * (b - a));
        if f(left) <= f(right) { b = right } else { a = left }
    }
    let inside = f64::midpoint(a, b);
    // A minimum at an end of the range is that end.
    Some(if f(inside) < value { inside } else { best })
}

fn finished(n: f64, lambda: f64, location: f64, scale: f64) -> Result<FromFiveNumber, EffectError> {
    let shape = Shape::BoxCox { lambda, location, scale };
    let (mean, sd) = shape.mean_sd().ok_or(EffectError::Overflow)?;
    let value: MeanSd = checked(n, mean, sd)?;
    Ok(FromFiveNumber { value, shape: Some(shape) })
}

/// Mean and SD before the transformation, over the part of the normal distribution that has an inverse and, as McGrath et al. do, the
/// like part on the other side: from −1/λ to 2·location + 1/λ.
pub(super) fn mean_sd(lambda: f64, location: f64, scale: f64) -> Option<(f64, f64)> {
    if lambda.abs() < LOGARITHM {
        return Shape::LogNormal { location, scale }.mean_sd();
    }
    // Beyond 40 SDs nothing is left that a double could tell from 0.
    let reach = ((location + 1.0 / lambda) / scale).min(40.0);
    if reach <= 0.0 {
        return None;
    }
    let moment = |of: &dyn Fn(f64) -> f64| {
        let density = |z: f64| of(z) * libm::exp(-0.5 * z * z);
        integral(density, (-reach, reach), 1e-12, 0.0).ok()
    };
    let value = |z: f64| inverse(location + scale * z, lambda);
    let whole = moment(&|_| 1.0)?;
    let mean = moment(&value)? / whole;
    let variance = moment(&|z| (value(z) - mean) * (value(z) - mean))? / whole;
    Some((mean, variance.sqrt()))
}
