//! The answer of a location-scale model, and the choices it is asked with.

use super::error::LocationScaleError;
use super::likelihood::{At, ScaleLikelihood, ScaleLink, Studies};
use super::search::{Peak, search};
use crate::Matrix;
use crate::distribution::chi2_sf;
use crate::effect::{Effect, Interval};
use crate::glmm::GlmmTest;
use crate::glmm::fit::coefficient;
use crate::model::design::Design;
use crate::model::fit_statistics::{FitStatistics, LikelihoodFit};
use crate::model::pool_error::PoolError;
use crate::model::regress::Coefficient;
use crate::model::scaled_design::Scaled;
use crate::model::solution::multiplier;
use crate::model::wald::WaldTest;
use crate::numeric::matrix::{Factor, Vector};

/// The choices of a location-scale model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LocationScaleOptions {
    /// How the between-study variance depends on its moderators.
    pub link: ScaleLink,
    /// Which likelihood is maximised.
    pub likelihood: ScaleLikelihood,
    /// Tests and intervals: normal, or t with k − p (location) and k − q (scale) degrees of freedom.
    pub test: GlmmTest,
    /// Confidence level, in (0, 1).
    pub level: f64,
}

impl Default for LocationScaleOptions {
    /// Log link, REML, normal intervals at level 0.95.
    fn default() -> Self {
        Self {
            link: ScaleLink::Log,
            likelihood: ScaleLikelihood::Restricted,
            test: GlmmTest::Z,
            level: 0.95,
        }
    }
}

/// A fitted location-scale model.
#[derive(Debug, Clone, PartialEq)]
pub struct LocationScale {
    /// Number of studies.
    pub k: usize,
    /// The coefficients of the mean effect.
    pub location: Vec<Coefficient>,
    /// Their covariance matrix, the scale taken as known.
    pub location_vcov: Matrix,
    /// The coefficients of the between-study variance, on the scale of the link; their standard errors come from the observed
    /// information. At the boundary they suppose that the studies with τᵢ² = 0 keep it, and are only a rough guide.
    pub scale: Vec<Coefficient>,
    /// Their covariance matrix.
    pub scale_vcov: Matrix,
    /// Each study's between-study variance.
    pub tau2: Vec<f64>,
    /// Whether the identity link ends at the edge of its range, where some study has τᵢ² = 0.
    pub at_boundary: bool,
    /// Test of the location coefficients but the intercept (of the intercept, if it is alone).
    pub q_m: WaldTest,
    /// Test of the scale coefficients but the intercept (of the intercept, if it is alone).
    pub q_s: WaldTest,
    /// Residual heterogeneity under the common-effect model with these location moderators.
    pub q_e: f64,
    /// Its degrees of freedom, k − p.
    pub q_e_df: f64,
    /// Its p value; 1 when k = p.
    pub q_e_p_value: f64,
    /// Log-likelihoods and information criteria; location and scale coefficients are counted.
    pub fit: FitStatistics,
    options: LocationScaleOptions,
    df: [Option<f64>; 2],
}

/// Fits a location-scale model; both designs have a row for each effect.
///
/// Viechtbauer & López-López (2022), doi 10.1002/jrsm.1562; metafor `rma` with `scale`.
pub fn location_scale(
    effects: &[Effect],
    location: &Design,
    scale: &Design,
    options: &LocationScaleOptions,
) -> Result<LocationScale, LocationScaleError> {
    let (estimates, variances) = checked(effects, options.level)?;
    let k = effects.len();
    let unusable = |part| move |reason| LocationScaleError::unusable(part, reason);
    let x = Scaled::of(location, k).map_err(unusable("location"))?;
    let z = Scaled::of(scale, k).map_err(unusable("scale"))?;
    if k <= x.p() || k < z.p() {
        return Err(LocationScaleError::TooFewStudies { k, coefficients: x.p() + z.p() });
    }
    let studies = Studies {
        estimates: &estimates,
        variances: &variances,
        location: &x.matrix,
        scale: &z.matrix,
        link: options.link,
    };
    let fixed = studies.given(vec![0.0; k]).ok_or(PoolError::Overflow)?;
    let spread = fixed.residuals.iter().map(|r| r * r).sum::<f64>() / (k - x.p()) as f64;
    let peak = search(&studies, options.likelihood, spread)?;
    let at = studies.at(&peak.alpha).ok_or(LocationScaleError::NotConverged)?;
    answer((location, &x), (scale, &z), &at, &peak, &fixed, *options)
}

fn checked(effects: &[Effect], level: f64) -> Result<(Vec<f64>, Vec<f64>), PoolError> {
    PoolError::check_level(level)?;
    if effects.is_empty() {
        return Err(PoolError::NoStudies);
    }
    for (study, effect) in effects.iter().enumerate() {
        if !effect.estimate.is_finite() {
            return Err(PoolError::NotFinite { study, found: effect.estimate });
        }
        if !effect.variance.is_finite() || effect.variance <= 0.0 {
            return Err(PoolError::VarianceNotPositive { study, found: effect.variance });
        }
    }
    Ok(effects.iter().map(|effect| (effect.estimate, effect.variance)).unzip())
}

fn answer(
    (location, x): (&Design, &Scaled),
    (scale, z): (&Design, &Scaled),
    at: &At,
    peak: &Peak,
    fixed: &At,
    options: LocationScaleOptions,
) -> Result<LocationScale, LocationScaleError> {
    let (k, p, q) = (at.tau2.len(), x.p(), z.p());
    let inverse =
        Factor::of(peak.information.clone()).ok_or(LocationScaleError::NotIdentified)?.inverse();
    let (beta, location_vcov) = x.coefficients(at.beta.as_slice(), &at.covariance);
    let (alpha, scale_vcov) = z.coefficients(&peak.alpha, &inverse);
    let df = [p, q].map(|p| (options.test == GlmmTest::T && k > p).then(|| (k - p) as f64));
    let test = |b: &Vector, v: &Matrix, design: &Design, df| {
        WaldTest::of(b, v, &design.moderator_columns(), df)
    };
    let q_e_df = (k - p) as f64;
    let q_e = fixed.sum_of_squares();
    Ok(LocationScale {
        k,
        location: coefficients(location, &beta, &location_vcov, df[0], options.level),
        scale: coefficients(scale, &alpha, &scale_vcov, df[1], options.level),
        tau2: at.tau2.clone(),
        at_boundary: peak.at_boundary,
        q_m: test(&beta, &location_vcov, location, df[0])?,
        q_s: test(&alpha, &scale_vcov, scale, df[1])?,
        q_e,
        q_e_df,
        q_e_p_value: chi2_sf(q_e, q_e_df),
        fit: statistics(x, at, fixed, (p + q) as f64),
        location_vcov,
        scale_vcov,
        options,
        df,
    })
}

fn coefficients(
    design: &Design,
    estimates: &Vector,
    vcov: &Matrix,
    df: Option<f64>,
    level: f64,
) -> Vec<Coefficient> {
    design
        .names()
        .iter()
        .enumerate()
        .map(|(j, name)| coefficient(name, estimates[j], vcov[(j, j)].sqrt(), df, level))
        .collect()
}

fn statistics(x: &Scaled, at: &At, fixed: &At, parameters: f64) -> FitStatistics {
    let k = at.tau2.len() as f64;
    let full = at.log_likelihood(ScaleLikelihood::Full);
    let saturated = fixed.log_likelihood(ScaleLikelihood::Full) + 0.5 * fixed.sum_of_squares();
    // ½ ln|X′X| in the coordinates, whose cross-products are k times the identity; the units of the design cancel.
    let p = x.p() as f64;
    let restricted = at.log_likelihood(ScaleLikelihood::Restricted) + 0.5 * p * libm::log(k);
    FitStatistics {
        ml: LikelihoodFit::new(full, 2.0 * (saturated - full), parameters, k),
        reml: Some(LikelihoodFit::new(restricted, -2.0 * restricted, parameters, k - p)),
    }
}

impl LocationScale {
    /// The between-study variance at scale moderators `row` (as many as scale coefficients, the intercept included) with its
    /// interval at the level of the options; `None` if their number is wrong. With the identity link limits below 0 are 0.
    pub fn tau2_at(&self, row: &[f64]) -> Option<(f64, Interval)> {
        let (value, interval) =
            linear(&self.scale, &self.scale_vcov, self.df[1], self.options.level, row)?;
        let back = |value: f64| match self.options.link {
            ScaleLink::Log => libm::exp(value),
            ScaleLink::Identity => value.max(0.0),
        };
        Some((back(value), Interval { lower: back(interval.lower), upper: back(interval.upper) }))
    }

    /// The mean effect at location moderators `row` (the intercept included) with its confidence interval; `None` if their
    /// number is wrong.
    pub fn mean_at(&self, row: &[f64]) -> Option<(f64, Interval)> {
        linear(&self.location, &self.location_vcov, self.df[0], self.options.level, row)
    }
}

/// A linear combination of coefficients with its interval.
fn linear(
    coefficients: &[Coefficient],
    vcov: &Matrix,
    df: Option<f64>,
    level: f64,
    row: &[f64],
) -> Option<(f64, Interval)> {
    if row.len() != coefficients.len() {
        return None;
    }
    let value = coefficients.iter().zip(row).map(|(it, x)| it.estimate * x).sum();
    let x = Vector::from_column_slice(row);
    let se = x.dot(&(vcov * &x)).max(0.0).sqrt();
    Some((value, Interval::around(value, multiplier(df, level) * se)))
}
