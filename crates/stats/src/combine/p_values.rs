//! Combining p values, when studies report nothing better.
//!
//! Handbook 12.2.1.2. All p values are one-sided, in the same direction; a small combined p value says that the effect
//! is in that direction in at least one study, and nothing about its size. The methods differ in what they are sensitive
//! to (Becker 1994, in Cooper & Hedges, The Handbook of Research Synthesis, chapter 15; Loughin 2004,
//! doi 10.1016/j.csda.2003.11.020): Fisher's, Tippett's, Cauchy's and the harmonic mean to one very small p, Edgington's, the mean and
//! Pearson's to many middling ones, Stouffer's and the logit's to both. [`one_sided`] turns two-sided p values; the other
//! direction is tested with 1 − p.

use core::num::NonZeroUsize;

use crate::distribution::{
    beta_cdf, chi2_cdf, chi2_sf, chi2_upper_quantile, landau_sf, normal_quantile, normal_sf, t_sf,
};
use crate::model::pool_error::PoolError;
use crate::numeric::matrix::Matrix;
use crate::numeric::sum::sum;

/// On which side of "no difference" a study's estimate lies, seen from the direction that is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// In the direction that is tested.
    Positive,
    /// Against it.
    Negative,
}

impl Direction {
    /// Both directions.
    pub const ALL: &[Self] = &[Self::Positive, Self::Negative];

    /// `"positive"` or `"negative"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Negative => "negative",
        }
    }
}

/// The result of combining p values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CombinedP {
    /// Number of p values.
    pub k: usize,
    /// The method's own statistic: χ², z, t, or a sum, a smallest or an r-th smallest p.
    pub statistic: f64,
    /// Degrees of freedom of χ² or t; `None` for the others.
    pub df: Option<f64>,
    /// The combined one-sided p value.
    pub p_value: f64,
}

/// The one-sided p value of a two-sided one: p/2 if the estimate lies in the tested direction, else 1 − p/2.
///
/// Of a p value in [0, 1] it lies within (0, 1), as every method here needs it: what would be 0 or 1 for want of digits is the
/// number next to it.
pub fn one_sided(p_two_sided: f64, favours: Direction) -> f64 {
    match favours {
        Direction::Positive => (p_two_sided / 2.0).max(f64::MIN_POSITIVE),
        Direction::Negative => (1.0 - p_two_sided / 2.0).min(1.0 - f64::EPSILON / 2.0),
    }
}

/// Fisher's method: −2·Σ ln p is χ² with 2k degrees of freedom. One-sided p values, each in (0, 1).
pub fn fisher(p_values: &[f64]) -> Result<CombinedP, PoolError> {
    check(p_values)?;
    let statistic = -2.0 * sum(p_values.iter().map(|p| libm::log(*p)));
    let df = 2.0 * p_values.len() as f64;
    Ok(CombinedP { k: p_values.len(), statistic, df: Some(df), p_value: chi2_sf(statistic, df) })
}

/// Stouffer's method: Σ z/√k with z the normal quantile of 1 − p. One-sided p values, each in (0, 1).
pub fn stouffer(p_values: &[f64]) -> Result<CombinedP, PoolError> {
    stouffer_weighted(p_values, &vec![1.0; p_values.len()])
}

/// Stouffer's method with weights: Σ w·z/√Σw². A study's weight is usually the root of its size.
pub fn stouffer_weighted(p_values: &[f64], weights: &[f64]) -> Result<CombinedP, PoolError> {
    check(p_values)?;
    if p_values.len() != weights.len() {
        return Err(PoolError::UnequalLengths { left: p_values.len(), right: weights.len() });
    }
    for (position, &found) in weights.iter().enumerate() {
        if !found.is_finite() || found <= 0.0 {
            return Err(PoolError::WeightNotPositive { position, found });
        }
    }
    let norm = sum(weights.iter().map(|w| w * w)).sqrt();
    let statistic =
        sum(weights.iter().zip(p_values).map(|(w, p)| -(w / norm) * normal_quantile(*p)));
    if !statistic.is_finite() {
        return Err(PoolError::Overflow);
    }
    Ok(CombinedP { k: p_values.len(), statistic, df: None, p_value: normal_sf(statistic) })
}

/// A method of combining p values, for those who choose it at run time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PValueMethod {
    /// [`fisher`].
    Fisher,
    /// [`stouffer`].
    Stouffer,
    /// [`pearson`].
    Pearson,
    /// [`edgington`].
    Edgington,
    /// [`tippett`].
    Tippett,
    /// [`logit`].
    Logit,
    /// [`mean_p`].
    MeanP,
    /// [`cauchy`].
    Cauchy,
    /// [`harmonic_mean_p`].
    HarmonicMean,
}

impl PValueMethod {
    /// Every method, in the order of the declaration.
    pub const ALL: &[Self] = &[
        Self::Fisher,
        Self::Stouffer,
        Self::Pearson,
        Self::Edgington,
        Self::Tippett,
        Self::Logit,
        Self::MeanP,
        Self::Cauchy,
        Self::HarmonicMean,
    ];

    /// `"Fisher"`, `"Stouffer"`, `"Pearson"`, `"Edgington"`, `"Tippett"`, `"logit"`, `"mean p"`, `"Cauchy"` or `"harmonic mean"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fisher => "Fisher",
            Self::Stouffer => "Stouffer",
            Self::Pearson => "Pearson",
            Self::Edgington => "Edgington",
            Self::Tippett => "Tippett",
            Self::Logit => "logit",
            Self::MeanP => "mean p",
            Self::Cauchy => "Cauchy",
            Self::HarmonicMean => "harmonic mean",
        }
    }

    /// Combines one-sided p values, each in (0, 1).
    pub fn combine(self, p_values: &[f64]) -> Result<CombinedP, PoolError> {
        match self {
            Self::Fisher => fisher(p_values),
            Self::Stouffer => stouffer(p_values),
            Self::Pearson => pearson(p_values),
            Self::Edgington => edgington(p_values),
            Self::Tippett => tippett(p_values),
            Self::Logit => logit(p_values),
            Self::MeanP => mean_p(p_values),
            Self::Cauchy => cauchy(p_values),
            Self::HarmonicMean => harmonic_mean_p(p_values),
        }
    }
}

/// Fisher's method for p values of dependent tests: −2·Σ ln p is taken as a scaled χ².
///
/// `correlations` are those of the tests' normal statistics, k × k. Brown (1975), doi 10.2307/2529826, with the polynomial of
/// Kost & `McDermott` (2002), doi 10.1016/S0167-7152(02)00310-3, for the covariances. The statistic and its degrees of
/// freedom are those after scaling.
pub fn fisher_dependent(p_values: &[f64], correlations: &Matrix) -> Result<CombinedP, PoolError> {
    let independent = fisher(p_values)?;
    let k = p_values.len();
    if correlations.nrows() != k || correlations.ncols() != k {
        return Err(PoolError::UnequalLengths { left: k, right: correlations.nrows() });
    }
    let mut variance = 4.0 * k as f64;
    for i in 0..k {
        for j in 0..i {
            let rho = correlations[(i, j)];
            if !(-1.0..=1.0).contains(&rho) {
                return Err(PoolError::CorrelationOutOfRange { row: i, column: j, found: rho });
            }
            variance += 2.0 * rho * (3.263 + rho * (0.71 + rho * 0.027));
        }
    }
    let mean = 2.0 * k as f64;
    let scale = variance / (2.0 * mean);
    let df = mean / scale;
    let statistic = independent.statistic / scale;
    Ok(CombinedP { k, statistic, df: Some(df), p_value: chi2_sf(statistic, df) })
}

/// Pearson's method: −2·Σ ln(1 − p) is χ² with 2k degrees of freedom, and small when p values are.
///
/// Pearson (1934), doi 10.1093/biomet/25.3-4.379; Owen (2009), doi 10.1214/09-AOS697.
pub fn pearson(p_values: &[f64]) -> Result<CombinedP, PoolError> {
    check(p_values)?;
    let statistic = -2.0 * sum(p_values.iter().map(|p| libm::log1p(-p)));
    let df = 2.0 * p_values.len() as f64;
    Ok(CombinedP { k: p_values.len(), statistic, df: Some(df), p_value: chi2_cdf(statistic, df) })
}

/// Edgington's method: the sum of the p values, against the distribution of a sum of uniform numbers.
///
/// Edgington (1972), doi 10.1080/00223980.1972.9924813. The distribution is built up by a recurrence of positive terms, so
/// its small values keep their digits where the usual alternating sum has none left.
pub fn edgington(p_values: &[f64]) -> Result<CombinedP, PoolError> {
    check(p_values)?;
    let statistic = sum(p_values.iter().copied());
    let p_value = irwin_hall(statistic, p_values.len());
    Ok(CombinedP { k: p_values.len(), statistic, df: None, p_value })
}

/// P(sum of k uniform numbers ≤ x), for 0 < x < k.
///
/// With fₘ the density of the sum of m, fₘ(y) = (y·fₘ₋₁(y) + (m − y)·fₘ₋₁(y − 1))/(m − 1), and the answer is
/// Σⱼ fₖ₊₁(x − j).
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole number from 0 to k"
)]
fn irwin_hall(x: f64, k: usize) -> f64 {
    let whole = (x.floor() as usize).min(k);
    let mut density = vec![0.0; whole + 2];
    density[whole] = 1.0;
    for m in 2..=k + 1 {
        let size = m as f64;
        for j in 0..=whole {
            let y = x - j as f64;
            density[j] = (y * density[j] + (size - y) * density[j + 1]) / (size - 1.0);
        }
    }
    density.iter().sum::<f64>().min(1.0)
}

/// Tippett's method: the smallest p value, 1 − (1 − p₍₁₎)ᵏ. Tippett (1931), The Methods of Statistics.
pub fn tippett(p_values: &[f64]) -> Result<CombinedP, PoolError> {
    check(p_values)?;
    let statistic = p_values.iter().copied().fold(1.0, f64::min);
    let k = p_values.len();
    let p_value = -libm::expm1(k as f64 * libm::log1p(-statistic));
    Ok(CombinedP { k, statistic, df: None, p_value })
}

/// Wilkinson's method: the r-th smallest p value (r from 1), which is beta distributed with shapes r and k − r + 1.
///
/// Wilkinson (1951), doi 10.1037/h0059111. With r = 1 it is [`tippett`], with r = k the largest.
pub fn wilkinson(p_values: &[f64], r: NonZeroUsize) -> Result<CombinedP, PoolError> {
    check(p_values)?;
    let (k, r) = (p_values.len(), r.get());
    if r > k {
        return Err(PoolError::TooFew { what: "Wilkinson's method", found: k, needed: r });
    }
    let mut sorted = p_values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let statistic = sorted[r - 1];
    let p_value = beta_cdf(statistic, r as f64, (k - r + 1) as f64);
    Ok(CombinedP { k, statistic, df: None, p_value })
}

/// The logit method: −Σ ln(p/(1 − p)), scaled to Student's t with 5k + 4 degrees of freedom.
///
/// Mudholkar & George (1979), in Rustagi, Symposium on Optimizing Methods in Statistics.
pub fn logit(p_values: &[f64]) -> Result<CombinedP, PoolError> {
    check(p_values)?;
    let k = p_values.len() as f64;
    let total = sum(p_values.iter().map(|p| libm::log1p(-p) - libm::log(*p)));
    let pi = core::f64::consts::PI;
    let statistic = total / (pi * pi * k * (5.0 * k + 2.0) / (3.0 * (5.0 * k + 4.0))).sqrt();
    let df = 5.0 * k + 4.0;
    let p_value = t_sf(statistic, df);
    Ok(CombinedP { k: p_values.len(), statistic, df: Some(df), p_value })
}

/// The mean p value: (½ − mean)·√(12k) is about normal, for four or more p values.
///
/// Edgington (1972b), doi 10.1080/00223980.1972.9916927. [`edgington`] is its exact form.
pub fn mean_p(p_values: &[f64]) -> Result<CombinedP, PoolError> {
    check(p_values)?;
    let k = p_values.len() as f64;
    let statistic = (0.5 - sum(p_values.iter().copied()) / k) * (12.0 * k).sqrt();
    Ok(CombinedP { k: p_values.len(), statistic, df: None, p_value: normal_sf(statistic) })
}

/// Lancaster's method: each p value becomes a χ² with degrees of freedom of its own (above 0), and these are summed.
///
/// Lancaster (1949), doi 10.1093/biomet/36.3-4.370. With 2 each it is [`fisher`]; more weigh a study more.
pub fn inverse_chi2(p_values: &[f64], dfs: &[f64]) -> Result<CombinedP, PoolError> {
    check(p_values)?;
    if p_values.len() != dfs.len() {
        return Err(PoolError::UnequalLengths { left: p_values.len(), right: dfs.len() });
    }
    for (position, &found) in dfs.iter().enumerate() {
        if !found.is_finite() || found <= 0.0 {
            return Err(PoolError::WeightNotPositive { position, found });
        }
    }
    let statistic = sum(p_values.iter().zip(dfs).map(|(p, df)| chi2_upper_quantile(*p, *df)));
    let df = sum(dfs.iter().copied());
    Ok(CombinedP { k: p_values.len(), statistic, df: Some(df), p_value: chi2_sf(statistic, df) })
}

/// The Cauchy combination: the mean of tan((½ − p)π) is Cauchy, and nearly so in the tail when tests are dependent.
///
/// Liu & Xie (2020), doi 10.1080/01621459.2018.1554485.
pub fn cauchy(p_values: &[f64]) -> Result<CombinedP, PoolError> {
    check(p_values)?;
    let pi = core::f64::consts::PI;
    // tan((½ − p)π) is 1/tan(pπ), which keeps its digits for small p.
    let cotangents = p_values.iter().map(|p| {
        if *p <= 0.5 { 1.0 / libm::tan(p * pi) } else { -1.0 / libm::tan((1.0 - p) * pi) }
    });
    let statistic = sum(cotangents) / p_values.len() as f64;
    if !statistic.is_finite() {
        return Err(PoolError::Overflow);
    }
    let p_value = libm::atan2(1.0, statistic) / pi;
    Ok(CombinedP { k: p_values.len(), statistic, df: None, p_value })
}

/// The harmonic mean p value with its asymptotic distribution, which dependence between the tests changes little.
///
/// Wilson (2019), doi 10.1073/pnas.1814092116: 1/HMP, the mean of k numbers 1/p, is about Landau distributed with location
/// ln k + 0.874 and scale π/2. For a handful of p values that is an approximation (a single one is its own answer).
pub fn harmonic_mean_p(p_values: &[f64]) -> Result<CombinedP, PoolError> {
    check(p_values)?;
    let k = p_values.len();
    let inverse = sum(p_values.iter().map(|p| p.recip())) / k as f64;
    if !inverse.is_finite() {
        return Err(PoolError::Overflow);
    }
    let statistic = inverse.recip();
    let p_value = if k == 1 { statistic } else { harmonic_mean_sf(inverse, k as f64) };
    Ok(CombinedP { k, statistic, df: None, p_value })
}

/// P(mean of `count` numbers 1/U > x), U uniform, by its limit.
pub(crate) fn harmonic_mean_sf(x: f64, count: f64) -> f64 {
    /// 1 − γ − ln(2/π), with Euler's constant γ.
    const SHIFT: f64 = 0.874_367_040_387_922_1;
    landau_sf((x - (libm::log(count) + SHIFT)) * core::f64::consts::FRAC_2_PI)
}

fn check(p_values: &[f64]) -> Result<(), PoolError> {
    if p_values.is_empty() {
        return Err(PoolError::NoStudies);
    }
    for (position, &found) in p_values.iter().enumerate() {
        if !(found > 0.0 && found < 1.0) {
            return Err(PoolError::PValueOutOfRange { position, found });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::harmonic_mean_sf;

    /// The tutorial of R's harmonicmeanp (Wilson, version 3.0), "Example 1. Sliding window analysis": of 6,524,432 p values a
    /// harmonic mean of 0.0008734522 has p = 0.00089113, and 0.02593083 is the threshold for 0.05.
    #[test]
    fn wilsons_genome_wide_example_is_reproduced() {
        let p = |harmonic_mean: f64| harmonic_mean_sf(harmonic_mean.recip(), 6_524_432.0);
        assert!((p(0.000_873_452_2) - 0.000_891_13).abs() < 5e-9);
        assert!((p(0.025_930_83) - 0.05).abs() < 5e-8);
    }
}
