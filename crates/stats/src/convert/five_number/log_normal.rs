//! Of a log-normal outcome: Shi et al. (2020), doi 10.1177/0962280220904386.

use super::FiveNumber;
use super::method::{FromFiveNumber, Shape};
use super::normal::{checked, luo_mean, shi_sd};
use crate::effect::EffectError;

/// What the correction for n subtracts; its constants by what was printed.
struct Constants {
    /// Divisor of the squared log-scale SD.
    sd: f64,
    /// Divisor of its square, for the estimate of σ⁴.
    fourth: f64,
    /// Multiples of σ²/n and σ⁴/n in the bias of the mean, of the second moment, and of the squared mean.
    mean: (f64, f64),
    second_moment: (f64, f64),
    squared_mean: (f64, f64),
}

impl Constants {
    fn of(summary: &FiveNumber, n: f64) -> Self {
        let log_n_squared = libm::log(n) * libm::log(n);
        match summary {
            FiveNumber::RangeOnly { .. } => Self {
                sd: 1.01 + 0.25 / log_n_squared,
                fourth: 1.0 + 2.23 / log_n_squared,
                mean: (0.565, 0.37),
                second_moment: (2.26, 5.92),
                squared_mean: (2.26, 1.48),
            },
            FiveNumber::Quartiles { .. } => Self {
                sd: 1.0 + 1.58 / n,
                fourth: 1.0 + 19.2 / libm::pow(n, 1.2),
                mean: (0.57, 0.75),
                second_moment: (2.28, 12.0),
                squared_mean: (2.28, 3.0),
            },
            FiveNumber::Full { .. } => Self {
                sd: 1.0 + 0.28 / log_n_squared,
                fourth: 1.0 + 3.93 / n,
                mean: (0.405, 0.315),
                second_moment: (1.62, 5.04),
                squared_mean: (1.62, 1.26),
            },
        }
    }
}

/// The mean and SD of a log-normal outcome, corrected for the size of the sample.
pub(super) fn log_normal(summary: &FiveNumber, n: f64) -> Result<FromFiveNumber, EffectError> {
    let logs = summary.mapped(|x| EffectError::positive("order statistic", x).map(libm::log))?;
    let constants = Constants::of(summary, n);
    let location = luo_mean(&logs, n);
    let raw_variance = shi_sd(&logs, n) * shi_sd(&logs, n);
    let variance = raw_variance / constants.sd;
    let fourth = raw_variance * raw_variance / constants.fourth;
    let corrected = |(of_variance, of_fourth): (f64, f64)| {
        1.0 + of_variance * variance / n + of_fourth * fourth / n
    };
    let mean = libm::exp(location + 0.5 * variance) / corrected(constants.mean);
    let second_moment = libm::exp(2.0 * (location + variance)) / corrected(constants.second_moment);
    let squared_mean = libm::exp(2.0 * location + variance) / corrected(constants.squared_mean);
    let value = checked(n, mean, (second_moment - squared_mean).max(0.0).sqrt())?;
    Ok(FromFiveNumber { value, shape: Some(Shape::LogNormal { location, scale: variance.sqrt() }) })
}
