//! What Review Manager does about zero cells.
//!
//! Deeks & Higgins, Statistical algorithms in Review Manager 5 (2010): a table with an empty cell gets one half in all four
//! cells, for its own effect as for the pooled sums; tables without events are not estimable for ratios. Two points that
//! the document leaves open were settled, as far as they could be, on the numbers that Review Manager printed for 77
//! published Cochrane reviews; see [`RevManRules`].

use crate::effect::{Effect, EffectError};
use crate::effect_size::binary::TwoByTwo;
use crate::tables::cells::Cells;
use crate::tables::options::MhMeasure;

/// What the risk ratio of a table is in which everybody had the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllEvents {
    /// The ratio of the raw risks, 1, with the standard error of the corrected cells. So Review Manager prints it (29 of
    /// 29 against 20 of 20: 1.00, 0.92 to 1.08), and so it enters the Mantel-Haenszel sums.
    RatioOfOne,
    /// Not estimable, as the algorithms document has it.
    NotEstimable,
}

/// When the standard error of a risk difference is taken from cells with one half added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RdStandardError {
    /// When any cell is 0. The Mantel-Haenszel weights are those of the corrected cells too; the difference itself is
    /// that of the raw cells.
    AnyZeroCell,
    /// Only when it would be 0 without, because neither arm (or every arm) had nothing but events or none; weights are
    /// those of the raw cells.
    WhenZero,
}

/// Review Manager's rules where there is more than one reading of them.
///
/// That one half is added also when only a cell of people *without* the event is 0 is certain: so the printed risk ratios
/// of real reviews have it. None of those reviews has a risk difference, so [`RevManRules::rd_standard_error`] keeps the
/// reading of the algorithms document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevManRules {
    /// Risk ratios of tables in which everybody had the event.
    pub all_events: AllEvents,
    /// Standard errors of risk differences.
    pub rd_standard_error: RdStandardError,
}

impl Default for RevManRules {
    /// What Review Manager prints.
    fn default() -> Self {
        Self { all_events: AllEvents::RatioOfOne, rd_standard_error: RdStandardError::AnyZeroCell }
    }
}

impl RevManRules {
    /// The algorithms document to the letter: tables with nothing but events have no risk ratio.
    pub const PUBLISHED: Self = Self {
        all_events: AllEvents::NotEstimable,
        rd_standard_error: RdStandardError::AnyZeroCell,
    };
}

/// One table as Review Manager sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RevManTable {
    /// The study's own effect.
    pub(crate) effect: Effect,
    /// The cells for weights and variances.
    pub(crate) cells: Cells,
    /// The ratio (or difference) itself, not its logarithm, if it is not that of `cells`.
    pub(crate) given: Option<f64>,
}

impl RevManTable {
    /// The table's effect and cells, or why it is not estimable.
    pub(crate) fn of(
        table: &TwoByTwo,
        measure: MhMeasure,
        rules: RevManRules,
    ) -> Result<Self, EffectError> {
        let raw = Cells::of(table.checked()?);
        let corrected = Cells::of(&table.corrected());
        if measure == MhMeasure::RiskDifference {
            return Self::risk_difference(&raw, &corrected, rules.rd_standard_error);
        }
        if table.no_events() {
            return Err(EffectError::NoEvents { measure: measure.long_name() });
        }
        if !table.all_events() {
            let effect = corrected.effect(measure).ok_or(EffectError::Overflow)?;
            return Ok(Self { effect, cells: corrected, given: None });
        }
        if measure == MhMeasure::RiskRatio && rules.all_events == AllEvents::RatioOfOne {
            let effect = Effect::checked(0.0, corrected.variance_of_log_risk_ratio())?;
            return Ok(Self { effect, cells: corrected, given: Some(1.0) });
        }
        Err(EffectError::AllEvents { measure: measure.long_name() })
    }

    fn risk_difference(
        raw: &Cells,
        corrected: &Cells,
        rule: RdStandardError,
    ) -> Result<Self, EffectError> {
        let (cells, variance) = match rule {
            RdStandardError::AnyZeroCell => (*corrected, corrected.variance_of_risk_difference()),
            RdStandardError::WhenZero => {
                let own = raw.variance_of_risk_difference();
                (*raw, if own > 0.0 { own } else { corrected.variance_of_risk_difference() })
            }
        };
        let difference = raw.risk_difference();
        let effect = Effect::checked(difference, variance)?;
        Ok(Self { effect, cells, given: Some(difference) })
    }
}
