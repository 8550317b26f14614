//! Mantel-Haenszel and Peto as metafor has them: halves for a study's own effect, raw counts in the pooled sums, in
//! which studies without an effect of their own take part too.
//!
//! Everything else is this program's own way with metafor's defaults.

use consilience_stats::{
    self as stats, Effect, EffectError, MhMeasure, MhOptions, PetoOptions, PoolError, Pooled,
    TwoByTwo, ZeroCells,
};

/// A study's own effect in `rma.mh`.
pub(super) fn effect_in_mantel_haenszel(
    measure: MhMeasure,
    table: &TwoByTwo,
) -> Result<Effect, EffectError> {
    let rule = ZeroCells { drop00: true, ..ZeroCells::HALF_TO_ZERO_CELLS };
    stats::table_effect(table, measure, &rule, table.has_zero_cell())
}

/// A study's own effect in `rma.peto`.
pub(super) fn effect_in_peto(table: &TwoByTwo) -> Result<Effect, EffectError> {
    stats::peto_odds_ratio(table)?;
    stats::peto_odds_ratio(&table.corrected())
}

/// `rma.mh` of all tables.
pub(super) fn mantel_haenszel(
    tables: &[TwoByTwo],
    measure: MhMeasure,
    level: f64,
) -> Result<Pooled, PoolError> {
    let options = MhOptions { level, ..MhOptions::default() };
    Ok(stats::mantel_haenszel(tables, measure, &options)?.pooled)
}

/// `rma.peto` of all tables.
pub(super) fn peto(tables: &[TwoByTwo], level: f64) -> Result<Pooled, PoolError> {
    Ok(stats::peto(tables, &PetoOptions { level, ..PetoOptions::default() })?.pooled)
}
