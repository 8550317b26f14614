//! Readings of a study's effect, judged by the effects of the other studies: as given, or turned round.

use super::predictive::{Observed, Predictive, Prior};
use crate::effect::Effect;

/// The scale on which effects are given, for what spread between studies is usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EffectScale {
    /// Logarithms of ratios, standardised differences, log odds: about 1 is a large effect.
    Standard,
    /// Differences in some unit: measured by the other studies' spread.
    Unit,
}

/// How much likelier a study's effect is with its sign turned round than as given, under a random-effects model of the
/// other studies with heavy tails (Student's t, 6 degrees of freedom): a likelihood ratio. `None` without two others or if a
/// variance is not above 0.
pub fn turned_round(effect: &Effect, others: &[Effect], scale: EffectScale) -> Option<f64> {
    let usable =
        |it: &Effect| it.estimate.is_finite() && it.variance > 0.0 && it.variance.is_finite();
    if others.len() < 2 || !usable(effect) || !others.iter().all(usable) {
        return None;
    }
    let unit = match scale {
        EffectScale::Standard => 1.0,
        EffectScale::Unit => typical(others),
    };
    let observed =
        |it: &Effect| Observed { value: it.estimate / unit, variance: it.variance / (unit * unit) };
    let prior = Prior { location: Some((0.0, 1.0)), tau: 0.3, tau_log_sd: 0.8 };
    let others: Vec<Observed> = others.iter().map(observed).collect();
    let predictive = Predictive::new(&prior, &others)?;
    let Observed { value, variance } = observed(effect);
    let log = predictive.log_density(-value, variance) - predictive.log_density(value, variance);
    Some(libm::exp(log))
}

/// Root mean square of the effects and their standard errors.
fn typical(effects: &[Effect]) -> f64 {
    let squares: f64 = effects.iter().map(|it| it.estimate * it.estimate + it.variance).sum();
    (squares / effects.len() as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_effect_that_mirrors_the_others_is_likelier_turned_round() {
        let others: Vec<Effect> = [-0.9, -1.1, -0.8, -1.0, -1.2]
            .iter()
            .map(|&estimate| Effect { estimate, variance: 0.02 })
            .collect();
        let mirrored = Effect { estimate: 1.0, variance: 0.02 };
        assert!(turned_round(&mirrored, &others, EffectScale::Standard).unwrap() > 50.0);
        let alike = Effect { estimate: -1.0, variance: 0.02 };
        assert!(turned_round(&alike, &others, EffectScale::Standard).unwrap() < 0.02);
        assert!(turned_round(&alike, &others[..1], EffectScale::Standard).is_none());
    }
}
