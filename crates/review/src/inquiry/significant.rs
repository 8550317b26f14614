//! What the studies' significance says: the p-curve of those that are significant, and p-uniform*.
//!
//! Handbook 13.3.5. Both take the choice of what is published to hang on significance at 0.05, and tell little with few
//! studies.

use consilience_stats::bias::{PCurve, PUniform, PUniformOptions, p_curve, p_uniform_star};
use consilience_stats::{Direction, Effect};

use super::refused;
use crate::diagnostic::Diagnostic;
use crate::single::TableAnalysis;

/// p-uniform* in the direction of the pooled effect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PUniformFinding {
    /// In which direction results are taken to be published for their significance.
    pub direction: Direction,
    /// The fit.
    pub fit: PUniform,
}

/// The p-curve of the studies.
///
/// # Errors
/// No study is significant.
pub fn curve_of_p_values(analysis: &TableAnalysis) -> Result<PCurve, Vec<Diagnostic>> {
    p_curve(&effects(analysis)).map_err(|it| {
        refused("--p-curve", it.to_string(), "studies with P below 0.05", "leave it out")
    })
}

/// p-uniform* of the studies, with significance sought in the direction of the pooled effect.
///
/// # Errors
/// There are too few studies, or their likelihood has no maximum.
pub fn uniform_p_values(analysis: &TableAnalysis) -> Result<PUniformFinding, Vec<Diagnostic>> {
    let synthesis = &analysis.synthesis;
    let is_positive = synthesis.pooled.as_ref().is_none_or(|it| it.estimate >= 0.0);
    let direction = if is_positive { Direction::Positive } else { Direction::Negative };
    let options = PUniformOptions { direction, alpha: 0.05, level: synthesis.plan.level_share() };
    match p_uniform_star(&effects(analysis), &options) {
        Ok(fit) => Ok(PUniformFinding { direction, fit }),
        Err(it) => Err(refused(
            "--p-uniform",
            it.to_string(),
            "studies whose likelihood has a maximum",
            "leave it out",
        )),
    }
}

fn effects(analysis: &TableAnalysis) -> Vec<Effect> {
    analysis.synthesis.studies.iter().map(|it| it.effect).collect()
}
