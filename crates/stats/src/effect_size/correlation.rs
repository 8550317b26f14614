//! Correlations between two variables: raw, corrected for bias, and Fisher's z.
//!
//! A correlation of −1 or 1 is refused: its sampling variance would be 0.

use crate::effect::{Effect, EffectError};
use crate::effect_size::hedges::exact_correction;
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
    let sample = sample.checked(2.0)?;
    Effect::checked(sample.r, large_sample_variance(sample.r, sample.n))
}

/// The minimum variance unbiased estimate of the correlation, G = r·₂F₁(½, ½; (n−2)/2; 1−r²), with v = (1−G²)²/(n−1).
///
/// Olkin & Pratt (1958), doi 10.1214/aoms/1177706717, exactly rather than by their approximation; metafor `UCOR` with
/// its default variance. At least 5 people.
pub fn unbiased_correlation(sample: &Correlation) -> Result<Effect, EffectError> {
    let sample = sample.checked(5.0)?;
    let unbiased = sample.r * olkin_pratt_factor(sample.r, sample.n);
    Effect::checked(unbiased, large_sample_variance(unbiased, sample.n))
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
    let degrees = sample.degrees()?;
    let unexplained = degrees / (sample.t * sample.t + degrees);
    let r = sample.t / libm::hypot(sample.t, degrees.sqrt());
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
