//! What one table says by itself, under a rule for zero cells.

use crate::effect::{Effect, EffectError};
use crate::effect_size::binary::TwoByTwo;
use crate::effect_size::zero_cells::ZeroCells;
use crate::tables::cells::Cells;
use crate::tables::options::MhMeasure;

/// The effect of a table that belongs to a set of tables, by metafor's rules (`escalc` with `add`, `to` and `drop00`).
///
/// `set_has_zero_cell` says whether any table of the set has a cell of 0, which [`AddTo::AllIfAnyZero`](crate::AddTo) asks.
///
/// # Errors
/// The table is impossible, the rule drops it, or a cell that is still 0 leaves no effect or no variance.
///
/// ```
/// use consilience_stats::{MhMeasure, TwoByTwo, ZeroCells, table_effect};
/// let nobody = TwoByTwo { events_e: 0.0, n_e: 20.0, events_c: 0.0, n_c: 20.0 };
/// let kept = table_effect(&nobody, MhMeasure::RiskRatio, &ZeroCells::HALF_TO_ZERO_CELLS, true)?;
/// assert_eq!(kept.estimate, 0.0);
/// assert!(table_effect(&nobody, MhMeasure::RiskRatio, &ZeroCells::UNCHANGED, true).is_err());
/// # Ok::<(), consilience_stats::EffectError>(())
/// ```
pub fn table_effect(
    table: &TwoByTwo,
    measure: MhMeasure,
    rule: &ZeroCells,
    set_has_zero_cell: bool,
) -> Result<Effect, EffectError> {
    let (table, rule) = (table.checked()?, rule.checked()?);
    let words = measure.long_name();
    if rule.drop00 && table.no_events() {
        return Err(EffectError::NoEvents { measure: words });
    }
    if rule.drop00 && table.all_events() {
        return Err(EffectError::AllEvents { measure: words });
    }
    let added = rule.increment(table.has_zero_cell(), set_has_zero_cell);
    let cells = Cells::of(table).plus(added);
    cells.effect(measure).ok_or(if table.has_zero_cell() && added == 0.0 {
        EffectError::ZeroCell { measure: words }
    } else {
        EffectError::Overflow
    })
}
