//! Mean and standard deviation of one group.

use super::difference::width;
use crate::distribution::{two_sided_t, two_sided_z};
use crate::effect::EffectError;
use crate::effect_size::continuous::{GROUP, MeanSd};
use crate::numeric::sum::sum;

/// SD from the standard error of a mean: se·√n. Handbook 6.5.2.2.
pub fn sd_from_se(se: f64, n: f64) -> Result<f64, EffectError> {
    EffectError::not_negative("standard error of the mean", se)?;
    EffectError::at_least(2.0, GROUP.n, n)?;
    Ok(se * n.sqrt())
}

/// SD from the confidence interval of a mean made with Student's t on n − 1 degrees of freedom.
///
/// √n·(upper − lower)/(2t). Handbook 6.5.2.2; right at any n if the interval was made with t, as trials' usually are.
pub fn sd_from_ci(lower: f64, upper: f64, n: f64, level: f64) -> Result<f64, EffectError> {
    let width = width(lower, upper, level)?;
    EffectError::at_least(2.0, GROUP.n, n)?;
    Ok(n.sqrt() * width / (2.0 * two_sided_t(level, n - 1.0)))
}

/// SD from the confidence interval of a mean made with the normal distribution: √n·(upper − lower)/(2z).
pub fn sd_from_ci_normal(lower: f64, upper: f64, n: f64, level: f64) -> Result<f64, EffectError> {
    let width = width(lower, upper, level)?;
    EffectError::at_least(2.0, GROUP.n, n)?;
    Ok(n.sqrt() * width / (2.0 * two_sided_z(level)))
}

/// SD from the coefficient of variation, as a share of the mean (0.25 for 25%): CV·|mean|.
pub fn sd_from_cv(cv: f64, mean: f64) -> Result<f64, EffectError> {
    EffectError::not_negative("coefficient of variation", cv)?;
    EffectError::finite(GROUP.mean, mean)?;
    Ok(cv * mean.abs())
}

/// Mean and SD of the log from a geometric mean and its confidence interval made with Student's t on n − 1 degrees of freedom.
///
/// Handbook 10.5.3. [`mean_sd_of_log_normal`] brings them to the natural scale.
pub fn log_mean_sd_from_geometric_mean(
    geometric_mean: f64,
    lower: f64,
    upper: f64,
    n: f64,
    level: f64,
) -> Result<MeanSd, EffectError> {
    let mean = libm::log(EffectError::positive("geometric mean", geometric_mean)?);
    let lower = libm::log(EffectError::positive("lower limit of the geometric mean", lower)?);
    let upper = libm::log(EffectError::positive("upper limit of the geometric mean", upper)?);
    Ok(MeanSd { n, mean, sd: sd_from_ci(lower, upper, n, level)? })
}

/// Mean and SD of a log-normal outcome from those of its log: exp(μ + σ²/2) and that times √(exp(σ²) − 1). Higgins et al. (2008), doi 10.1002/sim.3427.
pub fn mean_sd_of_log_normal(of_log: &MeanSd) -> Result<MeanSd, EffectError> {
    let MeanSd { n, mean, sd } = *of_log.checked(&GROUP)?;
    let natural = libm::exp(mean + 0.5 * sd * sd);
    let natural_sd = natural * libm::expm1(sd * sd).sqrt();
    if natural.is_finite() && natural_sd.is_finite() {
        Ok(MeanSd { n, mean: natural, sd: natural_sd })
    } else {
        Err(EffectError::Overflow)
    }
}

/// SD from the quartiles of a large sample of a symmetric distribution: (q₃ − q₁)/1.35.
///
/// Handbook 6.5.2.5. Prefer [`mean_sd_from_five_number`](super::mean_sd_from_five_number), which knows the sample's size.
pub fn sd_from_iqr(q1: f64, q3: f64) -> Result<f64, EffectError> {
    EffectError::finite("first quartile", q1)?;
    EffectError::finite("third quartile", q3)?;
    if q1 <= q3 {
        Ok((q3 - q1) / 1.35)
    } else {
        Err(EffectError::NotAscending { quantity: "quartiles", lower: q1, upper: q3 })
    }
}

/// One group from several, exactly as if the people had been summarised together.
///
/// Handbook table 6.5.a, for any number of groups at once: SD² = \[Σ(nᵢ−1)sᵢ² + Σnᵢ(mᵢ−m)²\]/(N−1).
pub fn combine_groups(groups: &[MeanSd]) -> Result<MeanSd, EffectError> {
    if groups.is_empty() {
        return Err(EffectError::Nothing { quantity: "groups" });
    }
    for group in groups {
        EffectError::at_least(1.0, GROUP.n, group.n)?;
        EffectError::finite(GROUP.mean, group.mean)?;
        EffectError::not_negative(GROUP.sd, group.sd)?;
    }
    let n = EffectError::at_least(2.0, GROUP.n, sum(groups.iter().map(|g| g.n)))?;
    let mean = sum(groups.iter().map(|g| g.n * g.mean)) / n;
    let within = sum(groups.iter().map(|g| (g.n - 1.0) * g.sd * g.sd));
    let between = sum(groups.iter().map(|g| g.n * (g.mean - mean) * (g.mean - mean)));
    let sd = ((within + between) / (n - 1.0)).sqrt();
    if mean.is_finite() && sd.is_finite() {
        Ok(MeanSd { n, mean, sd })
    } else {
        Err(EffectError::Overflow)
    }
}

/// Mean and SD of an ordinal outcome from the number of people with each grade: exact, with denominator n − 1.
///
/// Each entry is a score and how many people had it; a score may appear more than once.
pub fn mean_sd_of_grades(grades: &[(f64, u64)]) -> Result<MeanSd, EffectError> {
    for &(score, _) in grades {
        EffectError::finite("score", score)?;
    }
    let n = EffectError::at_least(2.0, GROUP.n, sum(grades.iter().map(|g| g.1 as f64)))?;
    let mean = sum(grades.iter().map(|&(score, count)| score * count as f64)) / n;
    let squares =
        sum(grades.iter().map(|&(score, count)| count as f64 * (score - mean) * (score - mean)));
    let sd = (squares / (n - 1.0)).sqrt();
    if mean.is_finite() && sd.is_finite() {
        Ok(MeanSd { n, mean, sd })
    } else {
        Err(EffectError::Overflow)
    }
}
