//! The best fitting of five distributions: McGrath et al. (2020), doi 10.1177/0962280219889080.

use super::FiveNumber;
use super::method::{FromFiveNumber, Shape};
use super::normal::{checked, luo_mean, shi_sd};
use crate::effect::EffectError;
use crate::numeric::simplex::minimise;

/// What stands in for 0, at which the positive distributions have no density.
const IN_PLACE_OF_ZERO: f64 = 0.01;

const METHOD: &str = "quantile estimation";

/// The normal, log-normal, gamma, Weibull or (for numbers between 0 and 1) beta distribution whose quantiles come nearest to the
/// numbers by the sum of squared distances, and its mean and SD.
///
/// The minimum and the maximum count as the quantiles of 1/n and 1 − 1/n. Numbers below 0 leave the normal distribution only.
pub(super) fn quantile_estimation(
    summary: &FiveNumber,
    n: f64,
) -> Result<FromFiveNumber, EffectError> {
    let targets = Targets::of(summary, n);
    let fits = targets.starts().into_iter().filter_map(|start| targets.nearest(start));
    let best = fits.min_by(|a, b| a.1.total_cmp(&b.1));
    let (shape, _) = best.ok_or(EffectError::NotConverged { method: METHOD })?;
    let (mean, sd) = shape.mean_sd().ok_or(EffectError::Overflow)?;
    Ok(FromFiveNumber { value: checked(n, mean, sd)?, shape: Some(shape) })
}

/// The numbers, each with the share of the people below it.
struct Targets {
    quantiles: Vec<(f64, f64)>,
    mean: f64,
    sd: f64,
    log_mean: f64,
    log_sd: f64,
}

impl Targets {
    fn of(summary: &FiveNumber, n: f64) -> Self {
        let shares: &[f64] = match summary {
            FiveNumber::RangeOnly { .. } => &[1.0 / n, 0.5, 1.0 - 1.0 / n],
            FiveNumber::Quartiles { .. } => &[0.25, 0.5, 0.75],
            FiveNumber::Full { .. } => &[1.0 / n, 0.25, 0.5, 0.75, 1.0 - 1.0 / n],
        };
        let numbers = summary.numbers();
        let is_signed = numbers.iter().any(|x| *x < 0.0);
        let lifted = |x: f64| if x == 0.0 && !is_signed { IN_PLACE_OF_ZERO } else { x };
        let quantiles = shares.iter().zip(&numbers).map(|(p, x)| (*p, lifted(*x))).collect();
        let logs = summary.mapped_plainly(|x| libm::log(lifted(x)));
        Self {
            quantiles,
            mean: luo_mean(summary, n),
            sd: shi_sd(summary, n),
            log_mean: luo_mean(&logs, n),
            log_sd: shi_sd(&logs, n),
        }
    }

    /// One start for each distribution that the numbers allow, by its moments.
    fn starts(&self) -> Vec<Shape> {
        let Self { mean, sd, .. } = *self;
        let mut starts = vec![Shape::Normal { mean, sd }];
        if self.quantiles.iter().all(|(_, x)| *x > 0.0) {
            let (location, scale) = (self.log_mean, self.log_sd);
            let ratio = mean / sd;
            // Justus et al. (1978), doi 10.1175/1520-0450(1978)017<0350:MFEWSF>2.0.CO;2.
            let weibull_shape = libm::pow(ratio, 1.086).clamp(0.1, 100.0);
            let mean_of_unit = libm::exp(libm::lgamma(1.0 + 1.0 / weibull_shape));
            starts.push(Shape::LogNormal { location, scale });
            starts.push(Shape::Gamma { shape: ratio * ratio, scale: sd * sd / mean });
            starts.push(Shape::Weibull { shape: weibull_shape, scale: mean / mean_of_unit });
        }
        if self.quantiles.iter().all(|(_, x)| *x > 0.0 && *x < 1.0) {
            let size = (mean * (1.0 - mean) / (sd * sd) - 1.0).max(0.1);
            starts.push(Shape::Beta { a: mean * size, b: (1.0 - mean) * size });
        }
        starts
    }

    /// The member of the family of `start` that is nearest, with its distance; `None` if the search does not settle.
    fn nearest(&self, start: Shape) -> Option<(Shape, f64)> {
        // In units of the numbers' own spread, so that one step size suits all.
        let unit = self.sd;
        let distance = |at: &[f64]| {
            let shape = member(start, at, unit);
            let squares = self.quantiles.iter().map(|(p, x)| {
                let miss = (shape.quantile(*p) - x) / unit;
                miss * miss
            });
            squares.sum::<f64>()
        };
        let found = minimise(distance, &coordinates(start, unit), 0.2)?;
        Some((member(start, &found.at, unit), found.value))
    }
}

/// The free coordinates of a distribution: logs of what must be above 0.
fn coordinates(shape: Shape, unit: f64) -> [f64; 2] {
    match shape {
        Shape::Normal { mean, sd } => [mean / unit, libm::log(sd / unit)],
        Shape::LogNormal { location, scale } | Shape::BoxCox { location, scale, .. } => {
            [location, libm::log(scale)]
        }
        Shape::Gamma { shape, scale } | Shape::Weibull { shape, scale } => {
            [libm::log(shape), libm::log(scale)]
        }
        Shape::Beta { a, b } => [libm::log(a), libm::log(b)],
    }
}

/// The member of a family at these coordinates.
fn member(family: Shape, at: &[f64], unit: f64) -> Shape {
    let (first, second) = (at[0], libm::exp(at[1]));
    match family {
        Shape::Normal { .. } => Shape::Normal { mean: first * unit, sd: second * unit },
        Shape::LogNormal { .. } => Shape::LogNormal { location: first, scale: second },
        Shape::Gamma { .. } => Shape::Gamma { shape: libm::exp(first), scale: second },
        Shape::Weibull { .. } => Shape::Weibull { shape: libm::exp(first), scale: second },
        Shape::Beta { .. } => Shape::Beta { a: libm::exp(first), b: second },
        Shape::BoxCox { lambda, .. } => Shape::BoxCox { lambda, location: first, scale: second },
    }
}
