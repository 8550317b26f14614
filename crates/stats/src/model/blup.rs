//! The studies' own effects as the random-effects model sees them: estimates drawn towards the mean.
//!
//! Raudenbush & Bryk (1985), doi 10.3102/10769986010002075: best linear unbiased predictions, empirical Bayes.

use crate::effect::Interval;
use crate::model::regress::Regression;

/// A predicted effect of a study, or its deviation from the mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Blup {
    /// The prediction.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// Interval at the level of the fit's options.
    pub interval: Interval,
}

impl Regression {
    /// Each study's true effect: its own estimate and the fitted mean, weighted by τ² and its sampling variance.
    ///
    /// Without between-study variance these are the fitted means.
    pub fn blups(&self) -> Vec<Blup> {
        self.shrunken(|fitted, residual, share| (fitted + share * residual, 1.0 - share))
    }

    /// Each study's deviation from its fitted mean; 0 without between-study variance.
    pub fn random_effects(&self) -> Vec<Blup> {
        self.shrunken(|_, residual, share| (share * residual, share))
    }

    /// `of` gives, from fitted mean, residual and the share τ²/(τ² + v), a prediction and how much of the mean's error
    /// it carries.
    fn shrunken(&self, of: impl Fn(f64, f64, f64) -> (f64, f64)) -> Vec<Blup> {
        let x = self.design.matrix();
        let fitted = x * self.beta();
        let width = self.multiplier(self.options.level);
        (0..self.k())
            .map(|i| {
                let effect = self.effects[i];
                let share = self.tau2 / (self.tau2 + effect.variance);
                let (estimate, part) = of(fitted[i], effect.estimate - fitted[i], share);
                let variance = share * effect.variance + part * part * self.variance_of_mean(x, i);
                let se = variance.sqrt();
                Blup { estimate, se, interval: Interval::around(estimate, width * se) }
            })
            .collect()
    }
}
