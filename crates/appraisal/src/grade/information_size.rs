//! Optimal information size: the participants one adequately powered trial would need.

use cdflib::Normal;

use super::{GradeError, require};

/// The size of a trial with two equal groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InformationSize {
    /// Participants per group, unrounded.
    pub per_group: f64,
    /// Participants in all: twice the number per group, rounded up.
    pub total: u64,
}

/// Which variance the null hypothesis is given, where two textbook formulas differ slightly. Say
/// which was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum VarianceForm {
    /// That of the mean of both risks. GRADE's usual choice.
    Pooled,
    /// That of the two risks, as under the alternative.
    Unpooled,
}

/// The optimal information size for a dichotomous outcome.
///
/// `baseline_risk` is the risk in the control group, between 0 and 1; `relative_risk_reduction` the
/// reduction to detect (negative for an increase); `alpha` the two-sided significance level, and
/// `power` the power, from 0.5 to below 1. GRADE's usual values are 0.25, 0.05 and 0.80.
///
/// ```
/// use consilience_appraisal::grade::{VarianceForm, ois_dichotomous};
///
/// assert_eq!(ois_dichotomous(0.20, 0.25, 0.05, 0.80, VarianceForm::Pooled)?.total, 1812);
/// # Ok::<(), consilience_appraisal::grade::GradeError>(())
/// ```
///
/// # Errors
///
/// A number outside its range, or a reduction that leaves the risk unchanged or outside 0 to 1.
pub fn ois_dichotomous(
    baseline_risk: f64,
    relative_risk_reduction: f64,
    alpha: f64,
    power: f64,
    form: VarianceForm,
) -> Result<InformationSize, GradeError> {
    let p0 = require("the baseline risk", baseline_risk, inside_unit, BETWEEN)?;
    let not_zero = |x: f64| x != 0.0;
    require("the risk reduction", relative_risk_reduction, not_zero, "a number other than 0")?;
    let reduced = p0 * (1.0 - relative_risk_reduction);
    let p1 =
        require("the reduced risk", reduced, |p| (0.0..=1.0).contains(&p), "a number from 0 to 1")?;
    let (z_alpha, z_beta) = critical_values(alpha, power)?;
    let variance = |p: f64| p * (1.0 - p);
    let alternative = variance(p0) + variance(p1);
    let null = match form {
        VarianceForm::Pooled => 2.0 * variance(f64::midpoint(p0, p1)),
        VarianceForm::Unpooled => alternative,
    };
    let ratio = (z_alpha * null.sqrt() + z_beta * alternative.sqrt()) / (p0 - p1);
    in_two_groups(ratio * ratio)
}

/// The optimal information size for a continuous outcome: to detect a difference in means of
/// `difference`, in the units of the standard deviation `sd`. Give 0.2 and 1 where only standardised
/// mean differences are at hand. `alpha` and `power` as in [`ois_dichotomous`].
///
/// # Errors
///
/// A number outside its range: the difference must not be 0, the deviation must be above 0.
pub fn ois_continuous(
    difference: f64,
    sd: f64,
    alpha: f64,
    power: f64,
) -> Result<InformationSize, GradeError> {
    let delta =
        require("the difference to detect", difference, |x| x != 0.0, "a number other than 0")?;
    let sd = require("the standard deviation", sd, |x| x > 0.0, "a number above 0")?;
    let (z_alpha, z_beta) = critical_values(alpha, power)?;
    let ratio = (z_alpha + z_beta) * sd / delta;
    in_two_groups(2.0 * ratio * ratio)
}

const BETWEEN: &str = "a number between 0 and 1";

fn inside_unit(x: f64) -> bool {
    0.0 < x && x < 1.0
}

/// The normal quantiles of a two-sided level and of a power.
fn critical_values(alpha: f64, power: f64) -> Result<(f64, f64), GradeError> {
    let alpha = require("alpha", alpha, inside_unit, BETWEEN)?;
    // Below one half the formulas, which leave out the tail on the wrong side, mean nothing.
    let usable = |x: f64| (0.5..1.0).contains(&x);
    let power = require("the power", power, usable, "a number from 0.5 to below 1")?;
    Ok((upper_quantile("alpha", alpha / 2.0)?, upper_quantile("the power", 1.0 - power)?))
}

fn upper_quantile(what: &'static str, tail: f64) -> Result<f64, GradeError> {
    Normal::standard().inverse_ccdf(tail).map_err(|_| GradeError::OutOfRange {
        what,
        value: tail,
        expected: BETWEEN,
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be positive and below 2^53"
)]
fn in_two_groups(per_group: f64) -> Result<InformationSize, GradeError> {
    let exact = |n: f64| n < 9e15;
    let expected = "a number small enough to count people with";
    let per_group = require("the information size", per_group, exact, expected)?;
    Ok(InformationSize { per_group, total: 2 * per_group.ceil() as u64 })
}
