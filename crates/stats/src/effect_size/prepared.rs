//! Counts made ready for a formula: checked, and changed by the rule on zero cells.

use crate::effect::EffectError;
use crate::effect_size::of_measure::proportion_scale;
use crate::effect_size::options::EffectSizeOptions;
use crate::effect_size::proportion::ProportionScale;
use crate::effect_size::rate::{self, Rate};
use crate::effect_size::summary::Summary;
use crate::effect_size::zero_cells::{AddTo, ZeroCells};
use crate::measure::Measure;

/// What a rule on zero cells needs to know of the whole set of studies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Zeros {
    /// Whether some study has a cell that is 0.
    pub(crate) any: bool,
}

impl Summary {
    /// Whether a cell (or count of events) is 0; never for summaries that are not counts.
    pub(crate) fn has_zero_cell(&self) -> bool {
        match self {
            Self::Table(t) => t.has_zero_cell(),
            Self::Rates { experimental, control } => {
                experimental.events == 0.0 || control.events == 0.0
            }
            #[expect(clippy::float_cmp, reason = "a count is 0 or all exactly or not at all")]
            Self::Proportion(group) => group.events == 0.0 || group.events == group.n,
            Self::Rate(group) => group.events == 0.0,
            Self::PairedTable(t) => t.has_zero_cell(),
            Self::PairedMargins(m) => m.has_zero_cell(),
            Self::Genotypes(g) => [g.dominant, g.heterozygous, g.recessive].contains(&0.0),
            _ => false,
        }
    }

    /// With `add` more in every cell; summaries that are not counts as they are.
    fn with_added(&self, add: f64) -> Self {
        match self {
            Self::Table(t) => Self::Table(t.with_added(add)),
            Self::Rates { experimental, control } => Self::Rates {
                experimental: experimental.with_added(add),
                control: control.with_added(add),
            },
            Self::Proportion(group) => Self::Proportion(group.with_added(add)),
            Self::Rate(group) => Self::Rate(group.with_added(add)),
            Self::PairedTable(t) => Self::PairedTable(t.with_added(add)),
            Self::PairedMargins(m) => Self::PairedMargins(m.with_added(add)),
            Self::Genotypes(people) => Self::Genotypes(people.with_added(add)),
            other => *other,
        }
    }

    /// This summary, if its counts are possible; what are no counts is checked where it is used.
    fn checked(&self) -> Result<&Self, EffectError> {
        match self {
            Self::Table(t) => t.checked().map(|_| self),
            Self::Rates { experimental, control } => {
                rate::check(experimental, control).map(|()| self)
            }
            Self::Proportion(group) => group.checked().map(|_| self),
            Self::Rate(group) => group.checked().map(|_| self),
            Self::PairedTable(t) => t.checked().map(|_| self),
            Self::PairedMargins(m) => m.checked().map(|_| self),
            _ => Ok(self),
        }
    }

    /// This summary, if it tells the groups apart: somebody had the event and (but for rates) somebody had not.
    fn informative(&self, measure: Measure) -> Result<&Self, EffectError> {
        match self {
            Self::Table(t) => t.informative(measure.long_name()).map(|_| self),
            Self::Rates {
                experimental: Rate { events: 0.0, .. },
                control: Rate { events: 0.0, .. },
            } => Err(EffectError::NoEvents { measure: measure.long_name() }),
            Self::PairedTable(t) => t.with_events(measure).map(|_| self),
            Self::PairedMargins(m) => m.with_events(measure).map(|_| self),
            _ => Ok(self),
        }
    }
}

/// `summary` with its counts as the formula of `measure` takes them.
pub(crate) fn prepared(
    measure: Measure,
    summary: &Summary,
    options: &EffectSizeOptions,
    zeros: Zeros,
) -> Result<Summary, EffectError> {
    let summary = summary.checked()?;
    let Some(rule) = options.zero_cells else { return prepared_by_the_measure(measure, summary) };
    if rule.drop00 {
        summary.informative(measure)?;
    }
    Ok(with_rule(summary, &rule, zeros))
}

fn with_rule(summary: &Summary, rule: &ZeroCells, zeros: Zeros) -> Summary {
    let applies = match rule.to {
        AddTo::All => true,
        AddTo::OnlyZero => summary.has_zero_cell(),
        AddTo::AllIfAnyZero => zeros.any,
        AddTo::None => false,
    };
    if applies && rule.add > 0.0 { summary.with_added(rule.add) } else { *summary }
}

/// The rule that the measure's own function follows.
fn prepared_by_the_measure(measure: Measure, summary: &Summary) -> Result<Summary, EffectError> {
    use Measure as M;
    let summary = match measure {
        M::RiskDifference
        | M::ArcsineDifference
        | M::RateDifference
        | M::SquareRootRateDifference
        | M::PairedRiskDifference => summary,
        M::ConditionalOddsRatio | M::ConditionalPetoOddsRatio => {
            if let Summary::PairedTable(t) = summary {
                t.discordant(measure)?;
            }
            summary
        }
        _ => summary.informative(measure)?,
    };
    let takes_raw_counts = match measure {
        M::ArcsineDifference
        | M::PetoOddsRatio
        | M::Phi
        | M::Tetrachoric
        | M::SquareRootRateDifference
        | M::SquareRootIncidenceRate
        | M::FreemanTukeyIncidenceRate
        | M::ConditionalPetoOddsRatio
        | M::RelativeExcessHeterozygosity => true,
        _ => matches!(
            proportion_scale(measure),
            Some(ProportionScale::Arcsine | ProportionScale::FreemanTukey)
        ),
    };
    let half = if summary.has_zero_cell() && !takes_raw_counts { 0.5 } else { 0.0 };
    Ok(summary.with_added(half))
}
