//! Whether a P value, an interval and an effect can belong to the same analysis, as far as their printed digits tell.

use super::possible::Rounded;
use crate::distribution::{
    normal_two_sided_p, t_quantile, t_two_sided_p, two_sided_t, two_sided_z,
};
use crate::effect_size::continuous::MeanSd;

/// Where an estimate lies in its interval: 0 at the lower limit, ½ in the middle, 1 at the upper; as a range, since all three
/// are rounded. `None` where a logarithm is asked of what is not positive.
pub fn position_in_interval(
    estimate: Rounded,
    lower: Rounded,
    upper: Rounded,
    logarithmic: bool,
) -> Option<(f64, f64)> {
    let scale = |it: f64| {
        if !logarithmic {
            return Some(it);
        }
        (it > 0.0).then(|| libm::log(it))
    };
    // Largest when the estimate is as high and both limits as low as their digits allow.
    let at = |e: f64, l: f64, u: f64| {
        let (e, l, u) = (scale(e)?, scale(l)?, scale(u)?);
        (u > l).then(|| (e - l) / (u - l))
    };
    let lowest_limit = if logarithmic { lower.low().max(lower.value * 1e-3) } else { lower.low() };
    Some((
        at(estimate.low(), lower.high(), upper.high())?,
        at(estimate.high(), lowest_limit, upper.low())?,
    ))
}

/// The two-sided P values that an estimate and its interval allow, smallest and largest, by the normal distribution.
pub fn p_from_interval(
    estimate: (f64, f64),
    lower: (f64, f64),
    upper: (f64, f64),
    level: f64,
) -> Option<(f64, f64)> {
    let z = two_sided_z(level);
    let widest = (upper.1 - lower.0) / (2.0 * z);
    let narrowest = (upper.0 - lower.1) / (2.0 * z);
    p_range(estimate, (narrowest, widest))
}

/// The two-sided P values that an estimate and its standard error allow, each a range.
pub fn p_range(estimate: (f64, f64), se: (f64, f64)) -> Option<(f64, f64)> {
    if se.0 <= 0.0 || se.1.is_nan() {
        return None;
    }
    let (least, most) = absolute(estimate);
    Some((normal_two_sided_p(most / se.0), normal_two_sided_p(least / se.1)))
}

/// Smallest and largest absolute value in a range.
fn absolute((low, high): (f64, f64)) -> (f64, f64) {
    let least = if low <= 0.0 && high >= 0.0 { 0.0 } else { low.abs().min(high.abs()) };
    (least, low.abs().max(high.abs()))
}

/// A printed mean and SD.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PrintedArm {
    /// People.
    pub n: f64,
    /// Mean.
    pub mean: Rounded,
    /// Standard deviation.
    pub sd: Rounded,
}

/// The two-sided P values of a t test of two independent groups that printed means and SDs allow, over Student's and Welch's
/// test; smallest and largest.
pub fn p_of_t_test(a: &PrintedArm, b: &PrintedArm) -> Option<(f64, f64)> {
    if a.n < 2.0 || b.n < 2.0 {
        return None;
    }
    let difference = (a.mean.low() - b.mean.high(), a.mean.high() - b.mean.low());
    let (least, most) = absolute(difference);
    let sds = |of: fn(Rounded) -> f64| (of(a.sd).max(0.0), of(b.sd).max(0.0));
    let (small, large) = (sds(Rounded::low), sds(Rounded::high));
    let smallest = p_values(most, a.n, b.n, small)?;
    let largest = p_values(least, a.n, b.n, large)?;
    Some((smallest.0, largest.1))
}

/// P of a difference by Student's and by Welch's test: the smaller and the larger.
fn p_values(difference: f64, n_a: f64, n_b: f64, (sd_a, sd_b): (f64, f64)) -> Option<(f64, f64)> {
    let (v_a, v_b) = (sd_a * sd_a / n_a, sd_b * sd_b / n_b);
    let welch = v_a + v_b;
    if welch <= 0.0 || welch.is_nan() {
        return None;
    }
    let df_welch = welch * welch / (v_a * v_a / (n_a - 1.0) + v_b * v_b / (n_b - 1.0));
    let df = n_a + n_b - 2.0;
    let pooled = ((n_a - 1.0) * sd_a * sd_a + (n_b - 1.0) * sd_b * sd_b) / df;
    let student = (pooled * (1.0 / n_a + 1.0 / n_b)).sqrt();
    let by_student = t_two_sided_p(difference / student, df);
    let by_welch = t_two_sided_p(difference / welch.sqrt(), df_welch);
    Some((by_student.min(by_welch), by_student.max(by_welch)))
}

/// How far a printed P value lies from those that are possible: the ratio of the two absolute t statistics, 1 if it is among
/// them, above 1 if the printed one is the more significant, below 1 if the less.
pub fn distance_of_p(printed: (f64, f64), possible: (f64, f64)) -> f64 {
    const DF: f64 = 1e6;
    let statistic = |p: f64| t_quantile(1.0 - p.clamp(1e-12, 1.0) / 2.0, DF).max(1e-3);
    if printed.1 < possible.0 {
        statistic(printed.1) / statistic(possible.0)
    } else if printed.0 > possible.1 {
        statistic(printed.0) / statistic(possible.1)
    } else {
        1.0
    }
}

/// The SDs that a mean's printed interval implies, by Student's t (as trials compute it) and the normal distribution, with the
/// rounding of both limits.
pub fn sd_from_interval(lower: Rounded, upper: Rounded, n: f64, level: f64) -> Option<(f64, f64)> {
    if n < 2.0 || n.is_nan() {
        return None;
    }
    let (t, z) = (two_sided_t(level, n - 1.0), two_sided_z(level));
    let narrowest = (upper.low() - lower.high()).max(0.0) / 2.0;
    let widest = (upper.high() - lower.low()) / 2.0;
    Some((narrowest * n.sqrt() / t, widest * n.sqrt() / z))
}

/// Converts arms to printed ones that are exact.
impl From<MeanSd> for PrintedArm {
    fn from(arm: MeanSd) -> Self {
        let exact = |value| Rounded { value, half_unit: 0.0 };
        Self { n: arm.n, mean: exact(arm.mean), sd: exact(arm.sd) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(value: f64, half_unit: f64) -> Rounded {
        Rounded { value, half_unit }
    }

    #[test]
    fn an_estimate_lies_in_the_middle_on_the_right_scale() {
        let (e, l, u) = (printed(0.76, 0.005), printed(0.62, 0.005), printed(0.94, 0.005));
        let (low, high) = position_in_interval(e, l, u, true).unwrap();
        assert!(low < 0.5 && 0.5 < high);
        let (low, _) = position_in_interval(printed(0.9, 0.005), l, u, true).unwrap();
        assert!(low > 0.8);
        assert!(position_in_interval(printed(-1.0, 0.0), l, u, true).is_none());
    }

    #[test]
    fn the_p_value_of_two_means_is_that_of_the_handbook() {
        // Handbook 6.5.2.3: MD 3.8, n 25 and 22, P 0.008, SD 4.69.
        let arm = |n, mean| PrintedArm { n, mean: printed(mean, 0.05), sd: printed(4.69, 0.005) };
        let (low, high) = p_of_t_test(&arm(25.0, 3.8), &arm(22.0, 0.0)).unwrap();
        assert!(low <= 0.008 && 0.008 <= high, "{low} {high}");
        assert!((distance_of_p((0.0075, 0.0085), (low, high)) - 1.0).abs() < 1e-12);
        // Had the SDs been SEs, P would be far smaller.
        assert!(distance_of_p((0.5, 0.5), (low, high)) < 0.5);
    }

    #[test]
    fn the_sd_of_an_interval_is_that_of_the_handbook() {
        // Handbook 6.5.2.2: n 25, 30.0 to 34.2: 5.09.
        let (low, high) =
            sd_from_interval(printed(30.0, 0.05), printed(34.2, 0.05), 25.0, 0.95).unwrap();
        assert!(low < 5.09 && 5.09 < high);
    }
}
