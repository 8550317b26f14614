//! What the studies say together without a pooled effect: combined P values and a count of directions (Handbook 12.2).

use consilience_stats::combine::PValueMethod;
use consilience_stats::{CombinedP, Direction, VoteCount, one_sided, vote_count};

use super::refused;
use crate::diagnostic::Diagnostic;
use crate::single::TableAnalysis;

/// Combined P values in the direction of the pooled effect, or of most studies where there is none.
#[derive(Debug, Clone, PartialEq)]
pub struct CombinedPValues {
    /// The direction that is tested.
    pub direction: Direction,
    /// By each method.
    pub methods: Vec<(PValueMethod, CombinedP)>,
    /// How many studies point in that direction.
    pub vote: VoteCount,
}

/// Combines the one-sided P values of the studies' own effects, and counts their directions.
///
/// # Errors
/// No study has a direction.
pub fn combined_p_values(analysis: &TableAnalysis) -> Result<CombinedPValues, Vec<Diagnostic>> {
    let effects: Vec<_> = analysis.synthesis.studies.iter().map(|it| it.effect).collect();
    let no_answer = |it: consilience_stats::PoolError| {
        let expected = "studies with an effect in some direction";
        refused("--combine-p", it.to_string(), expected, "leave it out")
    };
    let count =
        |test: fn(f64) -> bool| effects.iter().filter(|it| test(it.estimate)).count() as u64;
    let (above, below) = (count(|it| it > 0.0), count(|it| it < 0.0));
    let is_positive = match &analysis.synthesis.pooled {
        Some(pooled) => pooled.estimate >= 0.0,
        None => above >= below,
    };
    let (direction, towards, against) = if is_positive {
        (Direction::Positive, above, below)
    } else {
        (Direction::Negative, below, above)
    };
    let p_values: Vec<f64> = effects
        .iter()
        .map(|it| {
            let favours = if (it.estimate >= 0.0) == is_positive {
                Direction::Positive
            } else {
                Direction::Negative
            };
            one_sided(it.p_value(), favours)
        })
        .collect();
    let methods: Result<Vec<_>, _> = PValueMethod::ALL
        .iter()
        .map(|method| method.combine(&p_values).map(|it| (*method, it)))
        .collect();
    Ok(CombinedPValues {
        direction,
        methods: methods.map_err(no_answer)?,
        vote: vote_count(towards, against).map_err(no_answer)?,
    })
}
