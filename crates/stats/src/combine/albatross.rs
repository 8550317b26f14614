//! The albatross plot: p values against sample sizes, with contours of the effect that would give both.
//!
//! Harrison et al. (2017), doi 10.1002/jrsm.1239; Handbook 12.3.3. For studies that report only a p value, its direction and
//! a sample size, the contours tell roughly which effects are compatible. Along a contour N is such that the
//! effect over its large-sample standard error is the normal quantile of the p value.

use crate::combine::p_values::Direction;
use crate::distribution::normal_quantile;
use crate::effect::EffectError;

/// The effect that a contour stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ContourEffect {
    /// A standardised mean difference.
    StandardizedMeanDifference(f64),
    /// A mean difference, with the outcome's standard deviation.
    MeanDifference {
        /// The difference.
        difference: f64,
        /// The standard deviation in both groups.
        sd: f64,
    },
    /// A correlation, by Fisher's z.
    Correlation(f64),
    /// An odds ratio, with the risk in the control group.
    OddsRatio {
        /// The odds ratio.
        ratio: f64,
        /// The control group's risk.
        control_risk: f64,
    },
    /// A risk ratio, with the risk in the control group.
    RiskRatio {
        /// The risk ratio.
        ratio: f64,
        /// The control group's risk.
        control_risk: f64,
    },
    /// A risk difference, with the risk in the control group.
    RiskDifference {
        /// The risk difference.
        difference: f64,
        /// The control group's risk.
        control_risk: f64,
    },
}

/// The total sample sizes at which the effect has each of these two-sided p values.
///
/// `allocation` is the ratio of the first group's size to the second's, usually 1; correlations do not use it.
pub fn albatross_contour(
    effect: ContourEffect,
    allocation: f64,
    p_two_sided: &[f64],
) -> Result<Vec<f64>, EffectError> {
    let allocation = EffectError::positive("ratio of group sizes", allocation)?;
    let (effect, unit_variance, lost) = effect.scaled(allocation)?;
    let size = |p: &f64| {
        let z = normal_quantile(EffectError::open_unit("p value", *p)? / 2.0);
        let n = z * z * (unit_variance / (effect * effect)) + lost;
        if n.is_finite() { Ok(n) } else { Err(EffectError::Overflow) }
    };
    p_two_sided.iter().map(size).collect()
}

/// Where a study stands on the plot's horizontal axis: −log₁₀ p, negative against the tested direction.
pub fn albatross_position(p_two_sided: f64, direction: Direction) -> Result<f64, EffectError> {
    let distance = -libm::log10(EffectError::open_unit("p value", p_two_sided)?);
    Ok(match direction {
        Direction::Positive => distance,
        Direction::Negative => -distance,
    })
}

impl ContourEffect {
    /// The effect on its analysis scale, N times its sampling variance, and what is lost from N.
    fn scaled(self, allocation: f64) -> Result<(f64, f64, f64), EffectError> {
        // Each group's share of N, inverted.
        let (first, second) = ((1.0 + allocation) / allocation, 1.0 + allocation);
        let (effect, variance, lost) = match self {
            Self::StandardizedMeanDifference(d) => (d, first + second + d * d / 2.0, 0.0),
            Self::MeanDifference { difference, sd } => {
                let sd = EffectError::positive("standard deviation", sd)?;
                (difference, sd * sd * (first + second), 0.0)
            }
            Self::Correlation(r) => {
                EffectError::within((-1.0, 1.0), "correlation", r)?;
                if r.abs() >= 1.0 {
                    return Err(EffectError::Perfect { quantity: "correlation", found: r });
                }
                (libm::atanh(r), 1.0, 3.0)
            }
            Self::OddsRatio { ratio, control_risk } => {
                let ratio = EffectError::positive("odds ratio", ratio)?;
                let control = EffectError::open_unit("control group's risk", control_risk)?;
                let odds = ratio * control / (1.0 - control);
                let risk = odds / (1.0 + odds);
                let variance = first / (risk * (1.0 - risk)) + second / (control * (1.0 - control));
                (libm::log(ratio), variance, 0.0)
            }
            Self::RiskRatio { ratio, control_risk } => {
                let ratio = EffectError::positive("risk ratio", ratio)?;
                let control = EffectError::open_unit("control group's risk", control_risk)?;
                let risk = EffectError::open_unit("first group's risk", ratio * control)?;
                let variance = first * (1.0 - risk) / risk + second * (1.0 - control) / control;
                (libm::log(ratio), variance, 0.0)
            }
            Self::RiskDifference { difference, control_risk } => {
                let control = EffectError::open_unit("control group's risk", control_risk)?;
                let risk = EffectError::open_unit("first group's risk", control + difference)?;
                let variance = first * risk * (1.0 - risk) + second * control * (1.0 - control);
                (difference, variance, 0.0)
            }
        };
        let effect = EffectError::finite("effect", effect)?;
        if effect == 0.0 {
            return Err(EffectError::NoDifference { quantity: "effect" });
        }
        Ok((effect, variance, lost))
    }
}
