//! Plain statements of a finding: a table of certainty, size and direction, in the spirit of GRADE's guidance on wording
//! (Santesso et al., J Clin Epidemiol 2020;119:126, doi:10.1016/j.jclinepi.2019.10.014), with a template of our own.

use super::Certainty;

/// How large an absolute effect is against the thresholds of importance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EffectSize {
    /// Too small to matter, or none.
    Trivial,
    /// Small but important.
    Small,
    /// Moderate.
    Moderate,
    /// Large.
    Large,
}

impl EffectSize {
    /// Every size.
    pub const ALL: [Self; 4] = [Self::Trivial, Self::Small, Self::Moderate, Self::Large];

    /// The size of an absolute effect by three rising thresholds, in the effect's own units and without sign.
    pub fn of(effect: f64, thresholds: [f64; 3]) -> Self {
        let size = effect.abs();
        match thresholds.iter().filter(|it| size >= **it).count() {
            0 => Self::Trivial,
            1 => Self::Small,
            2 => Self::Moderate,
            _ => Self::Large,
        }
    }
}

/// Which way an effect goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Less of the outcome.
    Reduces,
    /// More of it.
    Increases,
}

/// One sentence on what an intervention does to an outcome, "no effect" and "significant" never among its words.
///
/// ```
/// use consilience_appraisal::grade::{Certainty, Change, EffectSize, plain_statement};
/// let said = plain_statement(Certainty::Moderate, EffectSize::Small, Change::Reduces, "Aspirin", "stroke");
/// assert_eq!(said, "Aspirin likely reduces stroke slightly.");
/// ```
pub fn plain_statement(
    certainty: Certainty,
    size: EffectSize,
    change: Change,
    intervention: &str,
    outcome: &str,
) -> String {
    use Certainty::{High, Low, Moderate, VeryLow};
    if certainty == VeryLow {
        return format!(
            "The evidence is very uncertain about the effect of {intervention} on {outcome}."
        );
    }
    if size == EffectSize::Trivial {
        let verb = match certainty {
            High => "results",
            Moderate => "likely results",
            Low | VeryLow => "may result",
        };
        return format!("{intervention} {verb} in little to no difference in {outcome}.");
    }
    let noun = match change {
        Change::Reduces => "reduction",
        Change::Increases => "increase",
    };
    let (plain, third) = match change {
        Change::Reduces => ("reduce", "reduces"),
        Change::Increases => ("increase", "increases"),
    };
    if size == EffectSize::Large {
        let verb = match certainty {
            High => "results",
            Moderate => "likely results",
            Low | VeryLow => "may result",
        };
        return format!("{intervention} {verb} in a large {noun} in {outcome}.");
    }
    let verb = match certainty {
        High => third.to_owned(),
        Moderate => format!("likely {third}"),
        Low | VeryLow => format!("may {plain}"),
    };
    let slightly = if size == EffectSize::Small { " slightly" } else { "" };
    format!("{intervention} {verb} {outcome}{slightly}.")
}
