//! The scales effects are analysed on, and the way back to the scale people read.
//!
//! Every inverse is clamped to the range of what it returns to (a proportion to \[0, 1\]), because limits of an interval
//! and of a prediction may leave the range of the transformation.

use core::f64::consts::FRAC_PI_2;

use super::transform::{
    arcsine_inverse, bonett_inverse, double_arcsine_inverse, double_square_root_inverse,
    hakstian_whalen_inverse, inverse_logit, square_root_inverse,
};

/// How an analysis scale relates to the scale people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Analysed as read.
    Identity,
    /// Natural log.
    Log,
    /// Log odds of a proportion.
    Logit,
    /// Fisher's z of a correlation.
    FisherZ,
    /// Fisher's z of the root of R², read as R².
    FisherZSquared,
    /// Arcsine of the square root of a proportion.
    Arcsine,
    /// Freeman and Tukey's double arcsine of a proportion; depends on the number of people.
    DoubleArcsine,
    /// Square root of a rate.
    SquareRoot,
    /// Freeman and Tukey's double square root of a rate; depends on the person-time.
    DoubleSquareRoot,
    /// 1 − ∛(1−α).
    HakstianWhalen,
    /// −ln(1−α).
    Bonett,
}

impl Scale {
    /// A value of the analysis scale on the scale people read; the Freeman-Tukey scales as for a very large sample.
    pub fn to_display(self, value: f64) -> f64 {
        match self {
            Self::Identity => value,
            Self::Log => libm::exp(value),
            Self::Logit => inverse_logit(value),
            Self::FisherZ => libm::tanh(value),
            Self::FisherZSquared => {
                let root = libm::tanh(value.max(0.0));
                root * root
            }
            Self::Arcsine | Self::DoubleArcsine => arcsine_inverse(value),
            Self::SquareRoot | Self::DoubleSquareRoot => square_root_inverse(value),
            Self::HakstianWhalen => hakstian_whalen_inverse(value),
            Self::Bonett => bonett_inverse(value),
        }
    }

    /// As [`Scale::to_display`], the Freeman-Tukey scales for a sample of `size` people (or person-time).
    ///
    /// For a pooled value the harmonic mean of the studies' sizes is usual
    /// ([`harmonic_mean`](super::transform::harmonic_mean)); it can mislead when sizes differ widely (Schwarzer et al. 2019,
    /// doi 10.1002/jrsm.1348). NaN if `size` is not above 0.
    pub fn to_display_at(self, value: f64, size: f64) -> f64 {
        match self {
            Self::DoubleArcsine => double_arcsine_inverse(value, size),
            Self::DoubleSquareRoot => double_square_root_inverse(value, size),
            _ => self.to_display(value),
        }
    }

    /// Whether the way back depends on the sample's size.
    pub const fn depends_on_size(self) -> bool {
        matches!(self, Self::DoubleArcsine | Self::DoubleSquareRoot)
    }

    /// The least and the greatest value of the analysis scale that the transformation reaches.
    pub const fn range(self) -> (f64, f64) {
        match self {
            Self::Arcsine | Self::DoubleArcsine => (0.0, FRAC_PI_2),
            Self::SquareRoot | Self::DoubleSquareRoot | Self::FisherZSquared => {
                (0.0, f64::INFINITY)
            }
            Self::HakstianWhalen => (f64::NEG_INFINITY, 1.0),
            Self::Identity | Self::Log | Self::Logit | Self::FisherZ | Self::Bonett => {
                (f64::NEG_INFINITY, f64::INFINITY)
            }
        }
    }
}
