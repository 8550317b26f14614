//! Effects from paired dichotomous data: the same people (or matched pairs) on both sides.
//!
//! Marginal measures answer the question a parallel trial asks, so they may be pooled with parallel trials; the
//! conditional odds ratio of the discordant pairs may not. Elbourne et al.
//! (2002), doi 10.1093/ije/31.1.140; Becker & Balagtas (1993), doi 10.2307/2532217; Handbook 23.2.

use crate::effect::{Effect, EffectError};
use crate::measure::Measure;

/// Numbers of pairs by what happened on each side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairedTable {
    /// Pairs with the event on both sides.
    pub both: f64,
    /// Pairs with the event on the experimental side only.
    pub experimental_only: f64,
    /// Pairs with the event on the control side only.
    pub control_only: f64,
    /// Pairs with the event on neither side.
    pub neither: f64,
}

/// Events of each side of `pairs` pairs, when the pairing itself was not reported.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairedMargins {
    /// Number of pairs.
    pub pairs: f64,
    /// Events on the experimental side.
    pub events_e: f64,
    /// Events on the control side.
    pub events_c: f64,
    /// Assumed correlation φ between the two sides; 0 ignores the pairing and is conservative.
    pub phi: f64,
}

/// Marginal log odds ratio of a paired table (Becker & Balagtas 1993; metafor `MPOR`).
///
/// v = \[p₁₂(1−p₁₂) + p₂₁(1−p₂₁) + 2p₁₂p₂₁\]/(n·p₁(1−p₁)·p₂(1−p₂)). As in metafor, one half is added to all four
/// cells when one of them is 0.
pub fn paired_odds_ratio(table: &PairedTable) -> Result<Effect, EffectError> {
    marginal_log_odds_ratio(&table.informative(Measure::PairedOddsRatio)?)
}

/// Of the cells as they are.
pub(crate) fn marginal_log_odds_ratio(t: &PairedTable) -> Result<Effect, EffectError> {
    let n = t.pairs();
    let (risk_e, risk_c) = (t.events_e() / n, t.events_c() / n);
    let scale = risk_e * (1.0 - risk_e) * risk_c * (1.0 - risk_c);
    let odds_e = t.events_e() / (t.control_only + t.neither);
    let odds_c = t.events_c() / (t.experimental_only + t.neither);
    Effect::checked(libm::log(odds_e / odds_c), t.variance_of_risk_difference() / scale)
}

/// Marginal log risk ratio of a paired table: v = (b+c)/((a+b)(a+c)) (metafor `MPRR`).
///
/// As in metafor, one half is added to all four cells when one of them is 0.
pub fn paired_risk_ratio(table: &PairedTable) -> Result<Effect, EffectError> {
    marginal_log_risk_ratio(&table.informative(Measure::PairedRiskRatio)?)
}

/// Of the cells as they are.
pub(crate) fn marginal_log_risk_ratio(t: &PairedTable) -> Result<Effect, EffectError> {
    Effect::checked(
        libm::log(t.events_e() / t.events_c()),
        (t.experimental_only + t.control_only) / t.events_e() / t.events_c(),
    )
}

/// Marginal risk difference of a paired table, (b − c)/n (metafor `MPRD`).
///
/// v = \[p₁₂(1−p₁₂) + p₂₁(1−p₂₁) + 2p₁₂p₂₁\]/n. As in metafor, one half is added to all four cells when one of
/// them is 0.
pub fn paired_risk_difference(table: &PairedTable) -> Result<Effect, EffectError> {
    marginal_risk_difference(&table.checked()?.corrected())
}

/// Of the cells as they are.
pub(crate) fn marginal_risk_difference(t: &PairedTable) -> Result<Effect, EffectError> {
    let difference = (t.experimental_only - t.control_only) / t.pairs();
    Effect::checked(difference, t.variance_of_risk_difference())
}

/// Conditional log odds ratio of the discordant pairs, ln(b/c): v = 1/b + 1/c (`McNemar`; metafor `MPORC`).
///
/// It answers another question than the marginal odds ratio and must not be pooled with parallel trials. One half is
/// added to all four cells when one of them is 0; refused when there are no discordant pairs. Zou (2007),
/// doi 10.1177/1740774506075667.
pub fn conditional_odds_ratio(table: &PairedTable) -> Result<Effect, EffectError> {
    conditional_log_odds_ratio(&table.discordant(Measure::ConditionalOddsRatio)?.corrected())
}

/// Of the cells as they are.
pub(crate) fn conditional_log_odds_ratio(t: &PairedTable) -> Result<Effect, EffectError> {
    let (b, c) = (t.experimental_only, t.control_only);
    Effect::checked(libm::log(b / c), 1.0 / b + 1.0 / c)
}

/// Conditional log odds ratio of the discordant pairs by Peto's method, 2(b − c)/(b + c): v = 4/(b + c), from the raw cells.
///
/// Curtin, Elbourne & Altman (2002), doi 10.1002/sim.1206; metafor `MPPETO`. Refused when there are no discordant pairs.
pub fn conditional_peto_odds_ratio(table: &PairedTable) -> Result<Effect, EffectError> {
    conditional_peto_log_odds_ratio(table.discordant(Measure::ConditionalPetoOddsRatio)?)
}

/// Of the cells as they are.
pub(crate) fn conditional_peto_log_odds_ratio(t: &PairedTable) -> Result<Effect, EffectError> {
    let (b, c) = (t.experimental_only, t.control_only);
    Effect::checked(2.0 * (b - c) / (b + c), 4.0 / (b + c))
}

/// Marginal log odds ratio from the two margins and an assumed φ (metafor `MPORM`).
///
/// The variance is that of independent groups less 2φn/√(e₁f₁e₂f₂), with e events and f non-events of a side. One
/// half is added to every cell when one is 0.
pub fn paired_odds_ratio_from_margins(margins: &PairedMargins) -> Result<Effect, EffectError> {
    margins_log_odds_ratio(&margins.informative(Measure::PairedOddsRatioFromMargins)?)
}

/// Of the margins as they are.
pub(crate) fn margins_log_odds_ratio(m: &PairedMargins) -> Result<Effect, EffectError> {
    let (f_e, f_c) = (m.pairs - m.events_e, m.pairs - m.events_c);
    let independent = 1.0 / m.events_e + 1.0 / f_e + 1.0 / m.events_c + 1.0 / f_c;
    let shared = m.phi * m.pairs / (m.events_e * f_e).sqrt() / (m.events_c * f_c).sqrt();
    Effect::checked(libm::log((m.events_e / f_e) / (m.events_c / f_c)), independent - 2.0 * shared)
}

/// Marginal log risk ratio from the two margins and an assumed φ.
///
/// The delta method: v = q₁/(n·p₁) + q₂/(n·p₂) − 2φ·√(q₁q₂/(p₁p₂))/n with q = 1 − p.
pub fn paired_risk_ratio_from_margins(margins: &PairedMargins) -> Result<Effect, EffectError> {
    margins_log_risk_ratio(&margins.informative(Measure::PairedRiskRatio)?)
}

/// Of the margins as they are.
pub(crate) fn margins_log_risk_ratio(m: &PairedMargins) -> Result<Effect, EffectError> {
    let odds_against_e = (m.pairs - m.events_e) / m.events_e;
    let odds_against_c = (m.pairs - m.events_c) / m.events_c;
    let shared = m.phi * (odds_against_e * odds_against_c).sqrt();
    Effect::checked(
        libm::log(m.events_e / m.events_c),
        (odds_against_e + odds_against_c - 2.0 * shared) / m.pairs,
    )
}

/// Risk difference from the two margins and an assumed φ: v = (p₁q₁ + p₂q₂ − 2φ·√(p₁q₁p₂q₂))/n with q = 1 − p.
pub fn paired_risk_difference_from_margins(margins: &PairedMargins) -> Result<Effect, EffectError> {
    margins_risk_difference(&margins.checked()?.corrected())
}

/// Of the margins as they are.
pub(crate) fn margins_risk_difference(m: &PairedMargins) -> Result<Effect, EffectError> {
    let (risk_e, risk_c) = (m.events_e / m.pairs, m.events_c / m.pairs);
    let (spread_e, spread_c) = (risk_e * (1.0 - risk_e), risk_c * (1.0 - risk_c));
    let shared = m.phi * (spread_e * spread_c).sqrt();
    Effect::checked(risk_e - risk_c, (spread_e + spread_c - 2.0 * shared) / m.pairs)
}

impl PairedTable {
    pub(crate) fn pairs(&self) -> f64 {
        self.both + self.experimental_only + self.control_only + self.neither
    }

    fn events_e(&self) -> f64 {
        self.both + self.experimental_only
    }

    fn events_c(&self) -> f64 {
        self.both + self.control_only
    }

    /// \[p₁₂ + p₂₁ − (p₁₂ − p₂₁)²\]/n, which is the expanded form of the published variance.
    fn variance_of_risk_difference(&self) -> f64 {
        let n = self.pairs();
        let (p12, p21) = (self.experimental_only / n, self.control_only / n);
        (p12 + p21 - (p12 - p21) * (p12 - p21)) / n
    }

    pub(crate) fn checked(&self) -> Result<&Self, EffectError> {
        for (words, count) in [
            ("number of pairs with the event on both sides", self.both),
            (
                "number of pairs with the event on the experimental side only",
                self.experimental_only,
            ),
            ("number of pairs with the event on the control side only", self.control_only),
            ("number of pairs with the event on neither side", self.neither),
        ] {
            EffectError::not_negative(words, count)?;
        }
        EffectError::positive("number of pairs", self.pairs())?;
        Ok(self)
    }

    /// The table with one half added to all four cells if any of them is 0.
    fn corrected(&self) -> Self {
        if self.has_zero_cell() { self.with_added(0.5) } else { *self }
    }

    pub(crate) fn has_zero_cell(&self) -> bool {
        [self.both, self.experimental_only, self.control_only, self.neither].contains(&0.0)
    }

    pub(crate) fn with_added(&self, add: f64) -> Self {
        Self {
            both: self.both + add,
            experimental_only: self.experimental_only + add,
            control_only: self.control_only + add,
            neither: self.neither + add,
        }
    }

    /// This table, if some pair differs.
    pub(crate) fn discordant(&self, measure: Measure) -> Result<&Self, EffectError> {
        let t = self.checked()?;
        if t.experimental_only + t.control_only == 0.0 {
            return Err(EffectError::NoDiscordantPairs { measure: measure.long_name() });
        }
        Ok(t)
    }

    /// The corrected table, if somebody had the event and somebody had not.
    fn informative(&self, measure: Measure) -> Result<Self, EffectError> {
        Ok(self.checked()?.with_events(measure)?.corrected())
    }

    /// This table, if somebody had the event and somebody had not.
    pub(crate) fn with_events(&self, measure: Measure) -> Result<&Self, EffectError> {
        if self.events_e() == 0.0 && self.events_c() == 0.0 {
            return Err(EffectError::NoEvents { measure: measure.long_name() });
        }
        if self.experimental_only + self.control_only + self.neither == 0.0 {
            return Err(EffectError::AllEvents { measure: measure.long_name() });
        }
        Ok(self)
    }
}

impl PairedMargins {
    pub(crate) fn checked(&self) -> Result<&Self, EffectError> {
        EffectError::positive("number of pairs", self.pairs)?;
        for (arm, words, events) in [
            ("experimental", "number of events on the experimental side", self.events_e),
            ("control", "number of events on the control side", self.events_c),
        ] {
            EffectError::not_negative(words, events)?;
            if events > self.pairs {
                return Err(EffectError::EventsExceedTotal { arm, events, n: self.pairs });
            }
        }
        let (lower, upper) = self.possible_phi();
        EffectError::within((lower, upper), "assumed correlation phi for these margins", self.phi)?;
        Ok(self)
    }

    /// The range of φ that some paired table with these margins can have (any, when a margin is empty).
    ///
    /// The number of pairs with both events, (φ·√(e₁f₁e₂f₂) + e₁e₂)/n, must fit into both margins.
    fn possible_phi(&self) -> (f64, f64) {
        let (f_e, f_c) = (self.pairs - self.events_e, self.pairs - self.events_c);
        let scale = (self.events_e * f_e).sqrt() * (self.events_c * f_c).sqrt();
        if scale == 0.0 {
            return (-1.0, 1.0);
        }
        let both = |count: f64| (self.pairs * count - self.events_e * self.events_c) / scale;
        let least = (self.events_e + self.events_c - self.pairs).max(0.0);
        // Rounding must not refuse the phi of a table that exists.
        let slack = 1e-12;
        (both(least).max(-1.0) - slack, both(self.events_e.min(self.events_c)).min(1.0) + slack)
    }

    /// The margins with one half more in each of the four cells if one of them is empty.
    fn corrected(&self) -> Self {
        if self.has_zero_cell() { self.with_added(0.5) } else { *self }
    }

    pub(crate) fn has_zero_cell(&self) -> bool {
        [self.events_e, self.pairs - self.events_e, self.events_c, self.pairs - self.events_c]
            .contains(&0.0)
    }

    pub(crate) fn with_added(&self, add: f64) -> Self {
        Self {
            pairs: self.pairs + 2.0 * add,
            events_e: self.events_e + add,
            events_c: self.events_c + add,
            phi: self.phi,
        }
    }

    fn informative(&self, measure: Measure) -> Result<Self, EffectError> {
        Ok(self.checked()?.with_events(measure)?.corrected())
    }

    /// These margins, if somebody had the event and somebody had not.
    pub(crate) fn with_events(&self, measure: Measure) -> Result<&Self, EffectError> {
        if self.events_e == 0.0 && self.events_c == 0.0 {
            return Err(EffectError::NoEvents { measure: measure.long_name() });
        }
        #[expect(clippy::float_cmp, reason = "a side on which everybody had the event is exact")]
        if self.events_e == self.pairs && self.events_c == self.pairs {
            return Err(EffectError::AllEvents { measure: measure.long_name() });
        }
        Ok(self)
    }
}
