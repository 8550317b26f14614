//! Regression tests for funnel-plot asymmetry: estimates regressed on a measure of study size.
//!
//! Handbook 13.3.5.4 advises such tests only with ten or more studies. They find small-study effects, of which
//! publication bias is one cause among others. Sterne & Egger (2005), in Rothstein, Sutton & Borenstein, Publication Bias in
//! Meta-Analysis, chapter 6; metafor's `regtest`.

use crate::bias::error::BiasError;
use crate::effect::{Effect, Interval};
use crate::model::design::Design;
use crate::model::options::{CiMethod, Model, RegressionOptions};
use crate::model::pool_error::PoolError;
use crate::model::regress::{Coefficient, Regression, regress};
use crate::numeric::matrix::Matrix;

/// What stands on the funnel's vertical axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Predictor<'a> {
    /// The standard error.
    StandardError,
    /// The sampling variance.
    Variance,
    /// The sample size.
    SampleSize(&'a [f64]),
    /// 1/n.
    InverseSampleSize(&'a [f64]),
    /// √n.
    RootSampleSize(&'a [f64]),
    /// 1/√n.
    RootInverseSampleSize(&'a [f64]),
    /// Any other number that is 0 for a study of infinite size.
    Imprecision(&'a [f64]),
}

/// How studies scatter about the line.
#[derive(Debug, Clone, PartialEq)]
pub enum Scatter {
    /// Weighted least squares with weights 1/v and estimated dispersion, t on k − p: Egger's own model.
    Multiplicative,
    /// A meta-regression with these options: sampling error plus τ².
    Additive(RegressionOptions),
}

/// A regression test for funnel-plot asymmetry.
#[derive(Debug, Clone, PartialEq)]
pub struct AsymmetryTest {
    /// The fit; its last coefficient is the predictor's.
    pub regression: Regression,
    /// Slope over its standard error.
    pub statistic: f64,
    /// Degrees of freedom if the statistic is t; `None` if it is normal.
    pub df: Option<f64>,
    /// Two-sided p value of "no asymmetry".
    pub p_value: f64,
    /// The effect that a study of infinite size is predicted to have; `None` if the predictor grows with size or other
    /// moderators are there.
    pub limit: Option<Limit>,
}

/// An estimate at infinite precision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// Two-sided p value of no effect.
    pub p_value: f64,
    /// Confidence interval.
    pub ci: Interval,
}

impl AsymmetryTest {
    /// The predictor's coefficient.
    pub fn slope(&self) -> &Coefficient {
        &self.regression.coefficients[self.regression.p() - 1]
    }
}

/// Tests whether estimates depend on the predictor, beyond what the moderators of `design` explain.
///
/// `level` is that of all intervals. Needs more studies than the design has columns plus one.
///
/// ```
/// use consilience_stats::bias::{Predictor, Scatter, asymmetry_test};
/// use consilience_stats::{Design, Effect};
/// let effects = [(0.9, 0.30), (0.7, 0.20), (0.35, 0.12), (0.3, 0.05), (0.2, 0.01)]
///     .map(|(estimate, variance)| Effect { estimate, variance });
/// let predictor = Predictor::StandardError;
/// let test = asymmetry_test(&effects, &Design::intercept(5), predictor, &Scatter::Multiplicative, 0.95)?;
/// assert_eq!(test.df, Some(3.0));
/// assert!(test.slope().estimate > 0.0);
/// # Ok::<(), consilience_stats::bias::BiasError>(())
/// ```
pub fn asymmetry_test(
    effects: &[Effect],
    design: &Design,
    predictor: Predictor,
    scatter: &Scatter,
    level: f64,
) -> Result<AsymmetryTest, BiasError> {
    let k = effects.len();
    if design.k() != k {
        return Err(PoolError::DesignRows { found: design.k(), expected: k }.into());
    }
    let values = predictor.values(effects)?;
    let p = design.p();
    let matrix =
        Matrix::from_fn(k, p + 1, |i, j| if j < p { design.matrix()[(i, j)] } else { values[i] });
    let names = design.names().iter().cloned().chain([predictor.name().to_owned()]).collect();
    let with = Design::from_matrix(matrix, names).map_err(|_| PoolError::Overflow)?;
    let options = scatter.options(level);
    let regression = regress(effects, &with, &options)?;
    let slope = &regression.coefficients[p];
    let intercept = &regression.coefficients[0];
    let limit = (predictor.vanishes() && p == 1 && design.has_intercept()).then_some(Limit {
        estimate: intercept.estimate,
        se: intercept.se,
        p_value: intercept.p_value,
        ci: intercept.ci,
    });
    Ok(AsymmetryTest {
        statistic: slope.statistic,
        df: regression.df,
        p_value: slope.p_value,
        limit,
        regression,
    })
}

impl Scatter {
    fn options(&self, level: f64) -> RegressionOptions {
        match self {
            // Hartung and Knapp's factor about the common-effect fit is the dispersion of weighted least squares.
            Self::Multiplicative => RegressionOptions {
                model: Model::CommonEffect,
                ci: CiMethod::HartungKnapp,
                level,
                ..RegressionOptions::default()
            },
            Self::Additive(options) => RegressionOptions { level, ..options.clone() },
        }
    }
}

impl Predictor<'_> {
    /// metafor's word for it: `"sei"`, `"vi"`, `"ni"`, `"ninv"`, `"sqrtni"`, `"sqrtninv"`; else `"imprecision"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::StandardError => "sei",
            Self::Variance => "vi",
            Self::SampleSize(_) => "ni",
            Self::InverseSampleSize(_) => "ninv",
            Self::RootSampleSize(_) => "sqrtni",
            Self::RootInverseSampleSize(_) => "sqrtninv",
            Self::Imprecision(_) => "imprecision",
        }
    }

    /// Whether it is 0 for a study of infinite size.
    const fn vanishes(self) -> bool {
        !matches!(self, Self::SampleSize(_) | Self::RootSampleSize(_))
    }

    fn values(self, effects: &[Effect]) -> Result<Vec<f64>, BiasError> {
        let sizes = |sizes: &[f64], of: fn(f64) -> f64| -> Result<Vec<f64>, BiasError> {
            if sizes.len() != effects.len() {
                let (found, expected) = (sizes.len(), effects.len());
                return Err(BiasError::SizeCount { found, expected });
            }
            match sizes.iter().position(|n| !(*n > 0.0 && n.is_finite())) {
                Some(study) => Err(BiasError::Size { study, found: sizes[study] }),
                None => Ok(sizes.iter().map(|n| of(*n)).collect()),
            }
        };
        match self {
            Self::StandardError => Ok(effects.iter().map(Effect::se).collect()),
            Self::Variance => Ok(effects.iter().map(|effect| effect.variance).collect()),
            Self::SampleSize(n) | Self::Imprecision(n) => sizes(n, |n| n),
            Self::InverseSampleSize(n) => sizes(n, |n| 1.0 / n),
            Self::RootSampleSize(n) => sizes(n, f64::sqrt),
            Self::RootInverseSampleSize(n) => sizes(n, |n| 1.0 / n.sqrt()),
        }
    }
}

/// Which of the two estimates the conditional procedure took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PetOrPeese {
    /// The limit of the regression on standard errors: the precision-effect test found no effect.
    Pet,
    /// The limit of the regression on variances: it found one.
    Peese,
}

/// PET, PEESE, and the conditional choice between them.
#[derive(Debug, Clone, PartialEq)]
pub struct PetPeese {
    /// The precision-effect test: regression on standard errors.
    pub pet: AsymmetryTest,
    /// The precision-effect estimate with standard error: regression on variances.
    pub peese: AsymmetryTest,
    /// Which was chosen.
    pub chosen: PetOrPeese,
    /// The chosen estimate at infinite precision.
    pub estimate: Limit,
}

/// The conditional PET-PEESE estimator by weighted least squares with estimated dispersion.
///
/// Stanley & Doucouliagos (2014), doi 10.1002/jrsm.1095: PEESE's limit where PET's differs from 0 at `alpha` (two-sided p;
/// 0.05 there, 0.10 in Stanley 2017, doi 10.1177/1948550617693062), else PET's. Biased where heterogeneity is large or all
/// studies are small.
pub fn pet_peese(effects: &[Effect], alpha: f64, level: f64) -> Result<PetPeese, BiasError> {
    BiasError::check_alpha(alpha)?;
    let design = Design::intercept(effects.len());
    let test =
        |predictor| asymmetry_test(effects, &design, predictor, &Scatter::Multiplicative, level);
    let (pet, peese) = (test(Predictor::StandardError)?, test(Predictor::Variance)?);
    let (Some(first), Some(second)) = (pet.limit, peese.limit) else {
        return Err(PoolError::Overflow.into());
    };
    let (chosen, estimate) =
        if first.p_value < alpha { (PetOrPeese::Peese, second) } else { (PetOrPeese::Pet, first) };
    Ok(PetPeese { pet, peese, chosen, estimate })
}
