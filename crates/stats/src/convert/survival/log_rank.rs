//! Observed minus expected events and their variance.

use crate::convert::difference::se_from_ci;
use crate::distribution::normal_quantile;
use crate::effect::{Effect, EffectError};

/// The log-rank statistic of the experimental arm and its variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogRank {
    /// Observed minus expected events in the experimental arm; below 0 where it does better.
    pub o_minus_e: f64,
    /// Its (hypergeometric) variance V; above 0.
    pub variance: f64,
}

impl LogRank {
    /// Log hazard ratio (O − E)/V with variance 1/V.
    ///
    /// Yusuf et al. (1985), doi 10.1016/S0033-0620(85)80003-7; near the true ratio unless it is far from 1.
    pub fn log_hazard_ratio(&self) -> Result<Effect, EffectError> {
        EffectError::finite("observed minus expected events", self.o_minus_e)?;
        EffectError::positive("variance of observed minus expected events", self.variance)?;
        Effect::checked(self.o_minus_e / self.variance, 1.0 / self.variance)
    }

    /// The statistic behind a log hazard ratio and its variance: V = 1/v, O − E = V·ln HR.
    pub fn of_log_hazard_ratio(effect: &Effect) -> Result<Self, EffectError> {
        EffectError::finite("log hazard ratio", effect.estimate)?;
        let variance =
            1.0 / EffectError::positive("variance of the log hazard ratio", effect.variance)?;
        Ok(Self { o_minus_e: effect.estimate * variance, variance })
    }
}

/// From a hazard ratio and its interval, all on the natural scale: V = (2z/(ln upper − ln lower))². Tierney (2007), method 3.
pub fn log_rank_from_ci(
    hazard_ratio: f64,
    lower: f64,
    upper: f64,
    level: f64,
) -> Result<LogRank, EffectError> {
    EffectError::positive("hazard ratio", hazard_ratio)?;
    EffectError::positive("lower limit of the hazard ratio", lower)?;
    EffectError::positive("upper limit of the hazard ratio", upper)?;
    let se = se_from_ci(libm::log(lower), libm::log(upper), level)?;
    LogRank::of_log_hazard_ratio(&Effect::checked(libm::log(hazard_ratio), se * se)?)
}

/// V from the events of both arms, e₁e₂/(e₁ + e₂): right where as many people were randomised to each, and a fair
/// approximation elsewhere. Tierney (2007).
pub fn variance_from_events(events_e: f64, events_c: f64) -> Result<f64, EffectError> {
    EffectError::positive("number of events in the experimental arm", events_e)?;
    EffectError::positive("number of events in the control arm", events_c)?;
    Ok(events_e * events_c / (events_e + events_c))
}

/// V from all events D and the sizes of the arms (or the ratio of randomisation), D·R₁R₂/(R₁ + R₂)²: D/4 for 1:1. Tierney (2007).
pub fn variance_from_total_events(
    events: f64,
    randomised_e: f64,
    randomised_c: f64,
) -> Result<f64, EffectError> {
    EffectError::positive("number of events", events)?;
    EffectError::positive("size of the experimental arm", randomised_e)?;
    EffectError::positive("size of the control arm", randomised_c)?;
    let all = randomised_e + randomised_c;
    Ok(events * (randomised_e / all) * (randomised_c / all))
}

/// From a two-sided log-rank p value: |O − E| = √V·z. Tierney (2007).
///
/// `experimental_better` is what the trial says of who did better: a p value alone does not tell. A one-sided p value is
/// doubled first; "p < 0.05" gives a bound only.
pub fn log_rank_from_p(
    p_two_sided: f64,
    variance: f64,
    experimental_better: bool,
) -> Result<LogRank, EffectError> {
    EffectError::positive("variance of observed minus expected events", variance)?;
    let p = EffectError::finite("p value", p_two_sided)?;
    if !(p > 0.0 && p <= 1.0) {
        return Err(EffectError::OutOfRange {
            quantity: "p value",
            found: p,
            lower: 0.0,
            upper: 1.0,
        });
    }
    let size = variance.sqrt() * -normal_quantile(0.5 * p);
    let o_minus_e = if experimental_better { -size } else { size };
    Ok(LogRank { o_minus_e, variance })
}
