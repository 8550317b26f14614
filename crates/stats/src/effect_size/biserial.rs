//! The association of a dichotomous and a continuous variable, from the two groups' means and standard deviations.

use crate::distribution::normal_quantile;
use crate::effect::{Effect, EffectError};
use crate::effect_size::options::VarianceType;
use crate::effect_size::standardized::StandardizedDifference;

/// The point-biserial correlation, d/√(d²+h) with h = (n₁+n₂−2)(1/n₁+1/n₂): metafor `RPB`.
///
/// With [`VarianceType::CrossSectional`] v = (1−r²)²·(1 − 3r²/2 + r²/(4pq))/n with p and q the groups' shares of n people (Tate 1954,
/// doi 10.1214/aoms/1177728730); else (groups of fixed size, the default) v = h²/(h+d²)³·(1/n₁ + 1/n₂ + d²/(2n)), the delta
/// method.
pub fn point_biserial_correlation(
    difference: &StandardizedDifference,
    variance: VarianceType,
) -> Result<Effect, EffectError> {
    let difference = difference.checked()?;
    let StandardizedDifference { d, n_e, n_c } = difference;
    let n = n_e + n_c;
    let h = (n - 2.0) * (1.0 / n_e + 1.0 / n_c);
    let r = d / libm::hypot(d, h.sqrt());
    let unexplained = h / (h + d * d);
    let variance = if variance == VarianceType::CrossSectional {
        let balance = (n_e / n) * (n_c / n);
        unexplained * unexplained * (1.0 - 1.5 * r * r + r * r / (4.0 * balance)) / n
    } else {
        unexplained * unexplained / (h + d * d) * difference.uncorrected_variance()
    };
    Effect::checked(r, variance)
}

/// Fisher's z of the [`point_biserial_correlation`], with the variance of that over (1−r²)². metafor `ZPB`.
pub(crate) fn point_biserial_z(
    difference: &StandardizedDifference,
    variance: VarianceType,
) -> Result<Effect, EffectError> {
    fisher_transformed(&point_biserial_correlation(difference, variance)?)
}

/// The biserial correlation r·√(pq)/f, with r the point-biserial correlation, p and q the groups' shares of n people and f the
/// normal density at the threshold z between them.
///
/// With ρ the result, v = (pq/f² − (3/2 + (1 − pz/f)(1 + qz/f))·ρ² + ρ⁴)/(n−1), Soper's exact formula: Jacobs & Viechtbauer (2017),
/// doi 10.1002/jrsm.1218; metafor `RBIS`. It may exceed 1 in small samples; the variance is then that at 1, as in metafor.
pub fn biserial_correlation(difference: &StandardizedDifference) -> Result<Effect, EffectError> {
    let dichotomy = Dichotomy::of(difference);
    let Dichotomy { p, q, z, density: f, n } = dichotomy;
    let r = dichotomy.biserial(difference)?;
    let square = (r * r).min(1.0);
    let inner = 1.5 + (1.0 - p * z / f) * (1.0 + q * z / f);
    Effect::checked(r, (p * q / (f * f) - inner * square + square * square) / (n - 1.0))
}

/// The biserial correlation under its variance-stabilising transformation, (a/2)·ln((1+a·r)/(1−a·r)) with a² = f/√(pq): v = 1/n.
///
/// Soper (1914), doi 10.1093/biomet/10.2-3.384; Jacobs & Viechtbauer (2017), doi 10.1002/jrsm.1218. Refused when a·r is not between
/// −1 and 1.
pub(crate) fn biserial_z(difference: &StandardizedDifference) -> Result<Effect, EffectError> {
    let dichotomy = Dichotomy::of(difference);
    let r = dichotomy.biserial(difference)?;
    let a = (dichotomy.density / (dichotomy.p * dichotomy.q).sqrt()).sqrt();
    if (a * r).abs() >= 1.0 {
        return Err(EffectError::OutOfRange {
            quantity: "biserial correlation",
            found: r,
            lower: -1.0 / a,
            upper: 1.0 / a,
        });
    }
    Effect::checked(a * libm::atanh(a * r), 1.0 / dichotomy.n)
}

/// Fisher's z of a correlation with its variance by the delta method.
pub(crate) fn fisher_transformed(correlation: &Effect) -> Result<Effect, EffectError> {
    let r = correlation.estimate;
    if r.abs() >= 1.0 {
        return Err(EffectError::Perfect { quantity: "correlation", found: r });
    }
    let unexplained = (1.0 - r) * (1.0 + r);
    Effect::checked(libm::atanh(r), correlation.variance / (unexplained * unexplained))
}

/// A normal variable cut in two.
#[derive(Clone, Copy)]
struct Dichotomy {
    /// Share of the experimental arm.
    p: f64,
    /// Share of the control arm.
    q: f64,
    /// The threshold, which the share p lies above.
    z: f64,
    /// The normal density there.
    density: f64,
    /// Both arms together.
    n: f64,
}

impl Dichotomy {
    fn of(difference: &StandardizedDifference) -> Self {
        let n = difference.n_e + difference.n_c;
        let (p, q) = (difference.n_e / n, difference.n_c / n);
        let z = normal_quantile(q);
        let density = libm::exp(-0.5 * z * z) / core::f64::consts::TAU.sqrt();
        Self { p, q, z, density, n }
    }

    fn biserial(&self, difference: &StandardizedDifference) -> Result<f64, EffectError> {
        let r = point_biserial_correlation(difference, VarianceType::LargeSample)?.estimate;
        Ok(r * (self.p * self.q).sqrt() / self.density)
    }
}
