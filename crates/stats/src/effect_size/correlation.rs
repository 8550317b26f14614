//! Correlations between two variables: raw, corrected for bias, and Fisher's z.
//!
//! A correlation of −1 or 1 is refused: its sampling variance would be 0.

use crate::effect::{Effect, EffectError};
use crate::effect_size::hedges::exact_correction;
use crate::effect_size::options::VarianceType;
use crate::numeric::sum::sum;

/// A product-moment correlation in one sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correlation {
    /// The correlation, between −1 and 1.
    pub r: f64,
    /// Number of people in whom both variables were measured.
    pub n: f64,
}

/// The correlation as it is, r: v = (1−r²)²/(n−1). At least 2 people.
///
/// metafor `COR` with its default variance (`vtype="LS"`).
pub fn correlation(sample: &Correlation) -> Result<Effect, EffectError> {
    correlation_with(sample, None)
}

/// The minimum variance unbiased estimate of the correlation, G = r·₂F₁(½, ½; (n−2)/2; 1−r²), with v = (1−G²)²/(n−1).
///
/// Olkin & Pratt (1958), doi 10.1214/aoms/1177706717, exactly rather than by their approximation; metafor `UCOR` with
/// its default variance. At least 5 people.
pub fn unbiased_correlation(sample: &Correlation) -> Result<Effect, EffectError> {
    unbiased_correlation_with(sample, VarianceType::LargeSample, None)
}

/// As [`correlation`]; `average` is the mean correlation of all studies, for [`VarianceType::Averaged`].
pub(crate) fn correlation_with(
    sample: &Correlation,
    average: Option<f64>,
) -> Result<Effect, EffectError> {
    let sample = sample.checked(2.0)?;
    Effect::checked(sample.r, large_sample_variance(average.unwrap_or(sample.r), sample.n))
}

/// As [`unbiased_correlation`]; `average` is the mean of all studies, for [`VarianceType::Averaged`].
///
/// [`VarianceType::Unbiased`] is G² less the unbiased estimate of the squared correlation,
/// 1 − (n−3)/(n−2)·(1−r²)·₂F₁(1, 1; n/2; 1−r²): Hedges (1989), doi 10.1037/0021-9010.74.3.469.
pub(crate) fn unbiased_correlation_with(
    sample: &Correlation,
    variance: VarianceType,
    average: Option<f64>,
) -> Result<Effect, EffectError> {
    let sample = sample.checked(5.0)?;
    let unbiased = sample.r * olkin_pratt_factor(sample.r, sample.n);
    let variance = match variance {
        VarianceType::Unbiased => {
            let share = (sample.n - 3.0) / (sample.n - 2.0);
            unbiased * unbiased - 1.0 + share * unexplained_factor(sample.r, sample.n)
        }
        _ => large_sample_variance(average.unwrap_or(unbiased), sample.n),
    };
    Effect::checked(unbiased, variance)
}

/// Fisher's z, artanh r: v = 1/(n−3). At least 4 people.
///
/// Fisher (1921), On the "probable error" of a coefficient of correlation deduced from a small sample; metafor `ZCOR`.
pub fn fisher_z(sample: &Correlation) -> Result<Effect, EffectError> {
    let sample = sample.checked(4.0)?;
    Effect::checked(libm::atanh(sample.r), 1.0 / (sample.n - 3.0))
}

/// A predictor's t statistic in a linear regression, from which its partial correlation follows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PartialCorrelation {
    /// The coefficient divided by its standard error.
    pub t: f64,
    /// Number of people.
    pub n: f64,
    /// Number of predictors, this one among them and the intercept not; at least 1.
    pub predictors: f64,
}

/// The partial correlation r = t/√(t² + f) with f = n − m − 1 for m predictors: v = (1−r²)²/f. f must be at least 1.
///
/// Aloe & Thompson (2013), doi 10.5243/jsswr.2013.24; metafor 3.8 `PCOR` with its default variance.
pub fn partial_correlation(sample: &PartialCorrelation) -> Result<Effect, EffectError> {
    partial_correlation_with(sample, None)
}

/// As [`partial_correlation`]; `average` is the mean of all studies, for [`VarianceType::Averaged`].
pub(crate) fn partial_correlation_with(
    sample: &PartialCorrelation,
    average: Option<f64>,
) -> Result<Effect, EffectError> {
    let degrees = sample.degrees()?;
    let r = sample.t / libm::hypot(sample.t, degrees.sqrt());
    let unexplained =
        average.map_or(degrees / (sample.t * sample.t + degrees), |r| (1.0 - r) * (1.0 + r));
    Effect::checked(r, unexplained * unexplained / degrees)
}

/// Fisher's z of the [`partial_correlation`], artanh r: v = 1/f, f = n − m − 1 of at least 1.
///
/// metafor 3.8 `ZPCOR`. Fisher's own argument, n − 3 less the m − 1 other predictors, would give 1/(f − 1).
pub fn partial_fisher_z(sample: &PartialCorrelation) -> Result<Effect, EffectError> {
    let degrees = sample.degrees()?;
    // artanh(t/√(t²+f)) = arsinh(t/√f), which loses nothing near |r| = 1.
    Effect::checked(libm::asinh(sample.t / degrees.sqrt()), 1.0 / degrees)
}

/// A predictor's t statistic and the regression's R², from which its semi-partial correlation follows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SemiPartialCorrelation {
    /// The predictor.
    pub predictor: PartialCorrelation,
    /// The share of the outcome's variance that all predictors explain, from 0 to 1 exclusive.
    pub r_squared: f64,
}

/// The semi-partial correlation r = t·√((1−R²)/f) with f = n − m − 1 for m predictors, the correlation of the outcome with what the
/// predictor does not share with the others.
///
/// v = (R⁴ − 2R² + Q − Q² + 1)/n with Q = R² − r², what the others explain: Aloe & Becker (2012), doi 10.3102/1076998610396901;
/// metafor `SPCOR`. Refused when t and R² contradict each other (r² > R²).
pub fn semi_partial_correlation(sample: &SemiPartialCorrelation) -> Result<Effect, EffectError> {
    semi_partial_correlation_with(sample, None)
}

/// As [`semi_partial_correlation`]; `average` is the mean of all studies, for [`VarianceType::Averaged`].
pub(crate) fn semi_partial_correlation_with(
    sample: &SemiPartialCorrelation,
    average: Option<f64>,
) -> Result<Effect, EffectError> {
    let degrees = sample.predictor.degrees()?;
    let explained = checked_r_squared(sample.r_squared)?;
    let r = sample.predictor.t * ((1.0 - explained) / degrees).sqrt();
    let square = r * r;
    // Rounding of printed numbers must not refuse a regression of one predictor.
    if square > explained + 1e-6 {
        return Err(EffectError::OutOfRange {
            quantity: "squared semi-partial correlation",
            found: square,
            lower: 0.0,
            upper: explained,
        });
    }
    let others = explained - average.map_or(square, |r| r * r);
    let unexplained = 1.0 - explained;
    let variance = (unexplained * unexplained + others * (1.0 - others)) / sample.predictor.n;
    Effect::checked(r, variance)
}

/// A regression's R².
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VarianceExplained {
    /// The share of the outcome's variance that the predictors explain, between 0 and 1.
    pub r_squared: f64,
    /// Number of people.
    pub n: f64,
    /// Number of predictors, the intercept not among them; at least 1.
    pub predictors: f64,
}

/// R² as it is: v = 4R²(1−R²)²(n−m−1)²/((n²−1)(n+3)) for m predictors. Olkin & Finn (1995), doi 10.1037/0033-2909.118.1.155.
///
/// R² of exactly 0 is refused, because the variance would be 0. metafor has `R2` from version 4.
pub fn variance_explained(sample: &VarianceExplained) -> Result<Effect, EffectError> {
    let degrees = sample.degrees()?;
    let (explained, n) = (sample.r_squared, sample.n);
    let lost = (1.0 - explained) * degrees;
    let variance = 4.0 * explained * (lost / (n * n - 1.0)) * (lost / (n + 3.0));
    Effect::checked(explained, variance)
}

/// Fisher's z of the multiple correlation R: v = 1/n. Olkin & Finn (1995), doi 10.1037/0033-2909.118.1.155.
///
/// metafor has `ZR2` from version 4.
pub fn variance_explained_z(sample: &VarianceExplained) -> Result<Effect, EffectError> {
    sample.degrees()?;
    Effect::checked(libm::atanh(sample.r_squared.sqrt()), 1.0 / sample.n)
}

impl VarianceExplained {
    /// Residual degrees of freedom, if the numbers are possible.
    fn degrees(&self) -> Result<f64, EffectError> {
        checked_r_squared(self.r_squared)?;
        EffectError::finite("number of people", self.n)?;
        EffectError::at_least(1.0, "number of predictors", self.predictors)?;
        let degrees = self.n - self.predictors - 1.0;
        EffectError::at_least(1.0, "number of residual degrees of freedom", degrees)
    }
}

/// `r_squared`, if it is from 0 to below 1.
fn checked_r_squared(r_squared: f64) -> Result<f64, EffectError> {
    EffectError::within((0.0, 1.0), "R squared", r_squared)?;
    if r_squared >= 1.0 {
        return Err(EffectError::Perfect { quantity: "R squared", found: r_squared });
    }
    Ok(r_squared)
}

impl PartialCorrelation {
    /// Residual degrees of freedom, if there is one at least.
    fn degrees(&self) -> Result<f64, EffectError> {
        EffectError::finite("t statistic", self.t)?;
        EffectError::finite("number of people", self.n)?;
        EffectError::at_least(1.0, "number of predictors", self.predictors)?;
        let degrees = self.n - self.predictors - 1.0;
        EffectError::at_least(1.0, "number of residual degrees of freedom", degrees)
    }
}

impl Correlation {
    /// From the t statistic of the test of no correlation: r = t/√(t² + n − 2). At least 3 people.
    pub fn from_t(t: f64, n: f64) -> Result<Self, EffectError> {
        EffectError::finite("t statistic", t)?;
        let degrees = EffectError::at_least(3.0, "number of people", n)? - 2.0;
        Ok(Self { r: t / libm::hypot(t, degrees.sqrt()), n })
    }

    fn checked(&self, minimum: f64) -> Result<&Self, EffectError> {
        EffectError::within((-1.0, 1.0), "correlation", self.r)?;
        EffectError::at_least(minimum, "number of people", self.n)?;
        if self.r.abs() >= 1.0 {
            return Err(EffectError::Perfect { quantity: "correlation", found: self.r });
        }
        Ok(self)
    }
}

/// (1−r²)²/(n−1).
fn large_sample_variance(r: f64, n: f64) -> f64 {
    let unexplained = (1.0 - r) * (1.0 + r);
    unexplained * unexplained / (n - 1.0)
}

/// (1−r²)·₂F₁(1, 1; n/2; 1−r²) for `n` of at least 5, by quadrature.
///
/// With c = n/2 Euler's integral is (c−1)(1−r²)∫₀¹ s^(c−2)/(r² + (1−r²)s) ds; with s = eᵘ/(1+eᵘ) it is analytic for |Im u| < π and
/// falls off exponentially on both sides, so the trapezoidal rule is exact to rounding.
fn unexplained_factor(r: f64, n: f64) -> f64 {
    const STEP: f64 = 0.25;
    const REACH: f64 = 80.0;
    let (square, unexplained) = (r * r, (1.0 - r) * (1.0 + r));
    let power = n / 2.0 - 1.0;
    let nodes = std::iter::successors(Some(-REACH), |u| Some(u + STEP));
    let terms = nodes.take_while(|&u| u <= REACH / 2.0 + libm::log(n)).map(|u| {
        let log_share = -libm::log1p(libm::exp(-u));
        let share = libm::exp(log_share);
        let rest = libm::exp(-u + log_share);
        libm::exp(power * log_share) * rest / (square + unexplained * share)
    });
    STEP * power * unexplained * sum(terms)
}

/// ₂F₁(½, ½; (n−2)/2; 1−r²) for `n` of at least 5, by quadrature.
///
/// The power series is hopelessly slow near r = 0. Euler's integral becomes, with x an angle and u = ln tan x,
/// 2Γ((n−2)/2)/(√π·Γ((n−3)/2)) times the integral of sinⁿ⁻⁴x·cos x·tan x/√(tan²x + r²) over all u. It is analytic about
/// the real line and falls off exponentially on both sides, so the trapezoidal rule is exact to rounding.
fn olkin_pratt_factor(r: f64, n: f64) -> f64 {
    const STEP: f64 = 0.125;
    // For u of at least ½·ln n the integrand falls as e⁻ᵘ, and below 0 at least as fast as eᵘ: e⁻⁴⁰ is nothing.
    const REACH: f64 = 40.0;
    let nodes = std::iter::successors(Some(-REACH), |u| Some(u + STEP));
    let terms = nodes.take_while(|&u| u <= REACH + 0.5 * libm::log(n)).map(|u| {
        let tangent = libm::exp(u);
        let log_sine = -0.5 * libm::log1p(libm::exp(-2.0 * u));
        let cosine = 1.0 / libm::hypot(1.0, tangent);
        libm::exp((n - 4.0) * log_sine) * cosine * (tangent / libm::hypot(tangent, r))
    });
    let integral = STEP * sum(terms);
    let degrees = n - 2.0;
    std::f64::consts::FRAC_2_SQRT_PI * (degrees / 2.0).sqrt() * exact_correction(degrees) * integral
}
