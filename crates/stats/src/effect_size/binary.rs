//! Effects from two independent groups and a dichotomous outcome.
//!
//! Zero cells follow metafor's default (`add=1/2, to="only0"`): when any cell of a study's table is 0, one half is
//! added to all four cells of that study, and only of that study. A table in which nobody (or everybody) had the
//! event carries no information on a ratio and is refused. Review Manager's treatment of the risk difference, which
//! differs, lives with its pooling method in [`RevManRules`](crate::RevManRules).

use crate::effect::{Effect, EffectError};
use crate::effect_size::options::VarianceType;
use crate::measure::Measure;

/// Events and people of two arms.
///
/// Counts may be fractional after an adjustment for clustering.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoByTwo {
    /// People with the event in the experimental arm.
    pub events_e: f64,
    /// People in the experimental arm.
    pub n_e: f64,
    /// People with the event in the control arm.
    pub events_c: f64,
    /// People in the control arm.
    pub n_c: f64,
}

impl TwoByTwo {
    /// Events in the experimental arm.
    pub fn a(&self) -> f64 {
        self.events_e
    }

    /// People without the event in the experimental arm.
    pub fn b(&self) -> f64 {
        self.n_e - self.events_e
    }

    /// Events in the control arm.
    pub fn c(&self) -> f64 {
        self.events_c
    }

    /// People without the event in the control arm.
    pub fn d(&self) -> f64 {
        self.n_c - self.events_c
    }

    /// The same people with event and non-event exchanged.
    #[must_use]
    pub fn of_non_events(&self) -> Self {
        Self { events_e: self.b(), events_c: self.d(), ..*self }
    }

    /// Whether nobody in either arm had the event.
    pub fn no_events(&self) -> bool {
        self.a() == 0.0 && self.c() == 0.0
    }

    /// Whether everybody in both arms had the event.
    pub fn all_events(&self) -> bool {
        self.b() == 0.0 && self.d() == 0.0
    }

    /// Whether any of the four cells is 0.
    pub fn has_zero_cell(&self) -> bool {
        [self.a(), self.b(), self.c(), self.d()].contains(&0.0)
    }

    /// The table with one half added to all four cells if any of them is 0, else unchanged.
    #[must_use]
    pub fn corrected(&self) -> Self {
        if self.has_zero_cell() { self.with_added(0.5) } else { *self }
    }

    /// The table with `add` more in each of its four cells.
    pub(crate) fn with_added(&self, add: f64) -> Self {
        Self {
            events_e: self.events_e + add,
            n_e: self.n_e + 2.0 * add,
            events_c: self.events_c + add,
            n_c: self.n_c + 2.0 * add,
        }
    }

    /// This table, if its numbers are possible: arms with people, events from 0 to the number of people.
    pub(crate) fn checked(&self) -> Result<&Self, EffectError> {
        for (arm, events, n, words) in [
            ("experimental", self.events_e, self.n_e, EXPERIMENTAL),
            ("control", self.events_c, self.n_c, CONTROL),
        ] {
            EffectError::positive(words.1, n)?;
            EffectError::not_negative(words.0, events)?;
            if events > n {
                return Err(EffectError::EventsExceedTotal { arm, events, n });
            }
        }
        Ok(self)
    }

    /// This table, if it is possible and says something about `measure`.
    pub(crate) fn informative(&self, measure: &'static str) -> Result<&Self, EffectError> {
        let table = self.checked()?;
        if table.no_events() {
            return Err(EffectError::NoEvents { measure });
        }
        if table.all_events() {
            return Err(EffectError::AllEvents { measure });
        }
        Ok(table)
    }
}

const EXPERIMENTAL: (&str, &str) =
    ("number of events in the experimental arm", "number of people in the experimental arm");
const CONTROL: (&str, &str) =
    ("number of events in the control arm", "number of people in the control arm");

/// Log risk ratio: v = 1/a − 1/n₁ + 1/c − 1/n₂.
///
/// Handbook 6.4.1.1; metafor `RR`. One half is added to every cell when one is 0.
pub fn risk_ratio(table: &TwoByTwo) -> Result<Effect, EffectError> {
    log_risk_ratio(&table.informative(Measure::RiskRatio.long_name())?.corrected())
}

/// Of the cells as they are.
pub(crate) fn log_risk_ratio(t: &TwoByTwo) -> Result<Effect, EffectError> {
    Effect::checked(
        libm::log((t.a() / t.n_e) / (t.c() / t.n_c)),
        t.b() / (t.a() * t.n_e) + t.d() / (t.c() * t.n_c),
    )
}

/// Log odds ratio: v = 1/a + 1/b + 1/c + 1/d (Woolf).
///
/// Handbook 6.4.1.1; metafor `OR`. One half is added to every cell when one is 0.
pub fn odds_ratio(table: &TwoByTwo) -> Result<Effect, EffectError> {
    log_odds_ratio(&table.informative(Measure::OddsRatio.long_name())?.corrected())
}

/// Of the cells as they are.
pub(crate) fn log_odds_ratio(t: &TwoByTwo) -> Result<Effect, EffectError> {
    Effect::checked(
        libm::log((t.a() / t.b()) / (t.c() / t.d())),
        1.0 / t.a() + 1.0 / t.b() + 1.0 / t.c() + 1.0 / t.d(),
    )
}

/// Risk difference: p₁ − p₂ with v = p₁(1−p₁)/n₁ + p₂(1−p₂)/n₂.
///
/// Handbook 6.4.1.3; metafor `RD`. As metafor does, one half is added to every cell when one is 0, for the
/// estimate as for the variance; tables without events (or with nothing else) are therefore estimable.
pub fn risk_difference(table: &TwoByTwo) -> Result<Effect, EffectError> {
    raw_risk_difference(&table.checked()?.corrected(), VarianceType::LargeSample, None)
}

/// Of the cells as they are; `averages` are the mean risks of both arms over all studies, for
/// [`VarianceType::Averaged`]. The unbiased variance has n − 1 for n.
pub(crate) fn raw_risk_difference(
    t: &TwoByTwo,
    variance: VarianceType,
    averages: Option<(f64, f64)>,
) -> Result<Effect, EffectError> {
    let (p_e, p_c) = (t.a() / t.n_e, t.c() / t.n_c);
    let variance = match (variance, averages) {
        (VarianceType::Unbiased, _) => {
            p_e * (t.b() / t.n_e) / (t.n_e - 1.0) + p_c * (t.d() / t.n_c) / (t.n_c - 1.0)
        }
        (VarianceType::Averaged, Some((e, c))) => e * (1.0 - e) / t.n_e + c * (1.0 - c) / t.n_c,
        _ => variance_of_risk_difference(t),
    };
    Effect::checked(p_e - p_c, variance)
}

/// a·b/n₁³ + c·d/n₂³.
pub(crate) fn variance_of_risk_difference(t: &TwoByTwo) -> f64 {
    t.a() / t.n_e * (t.b() / t.n_e) / t.n_e + t.c() / t.n_c * (t.d() / t.n_c) / t.n_c
}

/// Log odds ratio by Peto's one-step method: (O − E)/V with variance 1/V, from the raw cells.
///
/// E = n₁(a+c)/N, V = n₁n₂(a+c)(b+d)/(N²(N−1)). Yusuf et al. (1985), doi 10.1016/S0033-0620(85)80003-7;
/// metafor `PETO`. Pooling these effects with [`Model::CommonEffect`](crate::Model::CommonEffect) is Peto's method.
pub fn peto_odds_ratio(table: &TwoByTwo) -> Result<Effect, EffectError> {
    peto_log_odds_ratio(table.informative(Measure::PetoOddsRatio.long_name())?)
}

/// Of the cells as they are.
pub(crate) fn peto_log_odds_ratio(t: &TwoByTwo) -> Result<Effect, EffectError> {
    let total = EffectError::at_least(2.0, "number of people in both arms", t.n_e + t.n_c)?;
    let events = t.a() + t.c();
    let expected = t.n_e * (events / total);
    let variance = (t.n_e / total) * (t.n_c / total) * events * ((t.b() + t.d()) / (total - 1.0));
    Effect::checked((t.a() - expected) / variance, 1.0 / variance)
}
