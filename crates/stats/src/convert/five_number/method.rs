//! The methods by name, and what they find.

use super::{FiveNumber, box_cox, log_normal, normal, quantile_estimation};
use crate::distribution::{beta_quantile, chi2_quantile, normal_quantile};
use crate::effect::EffectError;
use crate::effect_size::continuous::MeanSd;

/// How a mean and an SD are made of order statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum FiveNumberMethod {
    /// Luo (2018) for the mean, Wan (2014) or with all five numbers Shi (2020) for the SD; normal outcomes. The default.
    #[default]
    Luo,
    /// Wan et al. (2014), doi 10.1186/1471-2288-14-135, with the older means; normal outcomes.
    Wan,
    /// Hozo et al. (2005), doi 10.1186/1471-2288-5-13; from a range only.
    Hozo,
    /// Bland (2015), International Journal of Statistics in Medical Research 4:57; from all five numbers only.
    Bland,
    /// Walter & Yao (2007), doi 10.1016/j.jclinepi.2006.11.018, for the SD, Luo (2018) for the mean; from a range only.
    WalterYao,
    /// Shi et al. (2020), doi 10.1177/0962280220904386; log-normal outcomes.
    LogNormal,
    /// McGrath et al. (2020), doi 10.1177/0962280219889080: the best fitting of five distributions.
    QuantileEstimation,
    /// The same paper's Box-Cox method: normal after a power transformation that makes the numbers symmetric.
    BoxCox,
    /// Cai et al. (2021), doi 10.1177/09622802211047348: the same transformation, its power and the rest by maximum likelihood.
    MaximumLikelihood,
}

/// A mean and an SD, and the distribution they were read from where the method fits one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FromFiveNumber {
    /// Number of people, mean and SD.
    pub value: MeanSd,
    /// The distribution; `None` where the method fits none.
    pub shape: Option<Shape>,
}

/// A distribution fitted to order statistics.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// Normal.
    Normal {
        /// Mean.
        mean: f64,
        /// SD.
        sd: f64,
    },
    /// Its log is normal.
    LogNormal {
        /// Mean of the log.
        location: f64,
        /// SD of the log.
        scale: f64,
    },
    /// Gamma.
    Gamma {
        /// Shape.
        shape: f64,
        /// Scale; the mean is shape × scale.
        scale: f64,
    },
    /// Weibull.
    Weibull {
        /// Shape.
        shape: f64,
        /// Scale: 63% of the people lie below.
        scale: f64,
    },
    /// Beta.
    Beta {
        /// First shape; the mean is a/(a + b).
        a: f64,
        /// Second shape.
        b: f64,
    },
    /// Normal after the transformation (x^λ − 1)/λ, or ln x where λ is 0.
    BoxCox {
        /// The power.
        lambda: f64,
        /// Mean of what is transformed.
        location: f64,
        /// SD of what is transformed.
        scale: f64,
    },
}

impl FiveNumberMethod {
    /// All methods, the default first.
    pub const ALL: [Self; 9] = [
        Self::Luo,
        Self::Wan,
        Self::Hozo,
        Self::Bland,
        Self::WalterYao,
        Self::LogNormal,
        Self::QuantileEstimation,
        Self::BoxCox,
        Self::MaximumLikelihood,
    ];

    /// Its short name: "luo", "wan", "hozo", "bland", "walter-yao", "log-normal", "qe", "bc" or "mln".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Luo => "luo",
            Self::Wan => "wan",
            Self::Hozo => "hozo",
            Self::Bland => "bland",
            Self::WalterYao => "walter-yao",
            Self::LogNormal => "log-normal",
            Self::QuantileEstimation => "qe",
            Self::BoxCox => "bc",
            Self::MaximumLikelihood => "mln",
        }
    }

    /// Whether it takes the outcome to be normal, so that skewed numbers speak against it.
    pub const fn assumes_normal(self) -> bool {
        matches!(self, Self::Luo | Self::Wan | Self::Hozo | Self::Bland | Self::WalterYao)
    }

    /// Estimated mean and SD of `n` ≥ 5 people.
    ///
    /// An estimate of this kind is less certain than its SD lets it seem: say that it is one, and vary it.
    ///
    /// ```
    /// use consilience_stats::{FiveNumber, FiveNumberMethod, Shape};
    ///
    /// let stay = FiveNumber::Quartiles { q1: 12.0, median: 25.0, q3: 60.0 };
    /// let fitted = FiveNumberMethod::QuantileEstimation.estimate(&stay, 85.0)?;
    /// assert!(matches!(fitted.shape, Some(Shape::LogNormal { .. })));
    /// assert!((fitted.value.mean - 56.2).abs() < 0.1);
    /// # Ok::<(), consilience_stats::EffectError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the numbers are not in order or not finite, `n` is below 5, the method is not for this kind of numbers or for
    /// numbers at or below 0, or its search does not settle.
    pub fn estimate(self, summary: &FiveNumber, n: f64) -> Result<FromFiveNumber, EffectError> {
        summary.check(n)?;
        let plain = |value: MeanSd| FromFiveNumber { value, shape: None };
        match self {
            Self::Luo => normal::mean_sd_from_five_number(summary, n).map(plain),
            Self::Wan => normal::wan(summary, n).map(plain),
            Self::Hozo => normal::hozo(summary, n).map(plain),
            Self::Bland => normal::bland(summary, n).map(plain),
            Self::WalterYao => normal::walter_yao(summary, n).map(plain),
            Self::LogNormal => log_normal::log_normal(summary, n),
            Self::QuantileEstimation => quantile_estimation::quantile_estimation(summary, n),
            Self::BoxCox => box_cox::box_cox(summary, n),
            Self::MaximumLikelihood => box_cox::maximum_likelihood(summary, n),
        }
    }
}

impl Shape {
    /// Its name: "normal", "log-normal", "gamma", "weibull", "beta" or "box-cox".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Normal { .. } => "normal",
            Self::LogNormal { .. } => "log-normal",
            Self::Gamma { .. } => "gamma",
            Self::Weibull { .. } => "weibull",
            Self::Beta { .. } => "beta",
            Self::BoxCox { .. } => "box-cox",
        }
    }

    /// The value below which a share `p` of the people lies; NaN where a power transformation has no inverse.
    pub fn quantile(self, p: f64) -> f64 {
        match self {
            Self::Normal { mean, sd } => mean + sd * normal_quantile(p),
            Self::LogNormal { location, scale } => libm::exp(location + scale * normal_quantile(p)),
            Self::Gamma { shape, scale } => 0.5 * scale * chi2_quantile(p, 2.0 * shape),
            Self::Weibull { shape, scale } => scale * libm::pow(-libm::log1p(-p), 1.0 / shape),
            Self::Beta { a, b } => beta_quantile(p, a, b),
            Self::BoxCox { lambda, location, scale } => {
                box_cox::inverse(location + scale * normal_quantile(p), lambda)
            }
        }
    }

    /// Its mean and SD; `None` where they are not finite or an integral fails.
    pub(super) fn mean_sd(self) -> Option<(f64, f64)> {
        let (mean, sd) = match self {
            Self::Normal { mean, sd } => (mean, sd),
            Self::LogNormal { location, scale } => {
                let mean = libm::exp(location + 0.5 * scale * scale);
                (mean, mean * libm::expm1(scale * scale).sqrt())
            }
            Self::Gamma { shape, scale } => (shape * scale, shape.sqrt() * scale),
            Self::Weibull { shape, scale } => {
                let moment = |power: f64| libm::exp(libm::lgamma(1.0 + power / shape));
                let (first, second) = (moment(1.0), moment(2.0));
                (scale * first, scale * (second - first * first).max(0.0).sqrt())
            }
            Self::Beta { a, b } => (a / (a + b), (a * b / (a + b + 1.0)).sqrt() / (a + b)),
            Self::BoxCox { lambda, location, scale } => box_cox::mean_sd(lambda, location, scale)?,
        };
        (mean.is_finite() && sd.is_finite()).then_some((mean, sd))
    }
}
