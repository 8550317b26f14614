//! What the studies say together without a pooled effect: combined P values and a count of directions (Handbook 12.2).

use consilience_stats::combine::{PValueMethod, inverse_chi2};
use consilience_stats::{
    CombinedP, Direction, PoolError, VoteCount, one_sided, stouffer_weighted, vote_count,
};

use super::refused;
use crate::analysis::{Favoured, Narrative, NarrativeP, NarrativeRow};
use crate::diagnostic::Diagnostic;
use crate::single::TableAnalysis;

/// P values combined in a direction and against it.
#[derive(Debug, Clone, PartialEq)]
pub struct CombinedPValues {
    /// The direction that is tested.
    pub tested: Tested,
    /// By each method.
    pub combinations: Vec<Combination>,
    /// How many studies point in that direction; `None` where none points anywhere.
    pub vote: Option<VoteCount>,
    /// The studies whose P value is printed as a bound, at which it enters.
    pub at_bound: Vec<String>,
    /// The studies that give no direction, or no P value that bounds anything.
    pub without: Vec<String>,
}

/// A direction of effects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tested {
    /// Above no effect: that of the pooled effect, or of most studies.
    Above,
    /// Below no effect, likewise.
    Below,
    /// In favour of the experimental group, where there are no effects.
    Experimental,
}

/// P values combined by one method.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Combination {
    /// The method.
    pub method: CombinationMethod,
    /// One-sided, in the tested direction.
    pub towards: CombinedP,
    /// One-sided, in the other direction.
    pub against: CombinedP,
}

/// How P values are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CombinationMethod {
    /// Every study alike.
    Alike(PValueMethod),
    /// Stouffer's method weighted by the roots of the studies' numbers of participants.
    WeightedStouffer,
    /// Lancaster's method with as many degrees of freedom as participants.
    Lancaster,
}

impl CombinationMethod {
    /// The method's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alike(method) => method.name(),
            Self::WeightedStouffer => "weighted Stouffer",
            Self::Lancaster => "Lancaster",
        }
    }

    fn combine(self, p_values: &[f64], sizes: Option<&[f64]>) -> Result<CombinedP, PoolError> {
        match self {
            Self::Alike(method) => method.combine(p_values),
            Self::WeightedStouffer => {
                let roots: Vec<f64> = sizes.into_iter().flatten().map(|it| it.sqrt()).collect();
                stouffer_weighted(p_values, &roots)
            }
            Self::Lancaster => inverse_chi2(p_values, sizes.unwrap_or_default()),
        }
    }
}

/// A study's P value as it is combined.
struct Told {
    p_two_sided: f64,
    direction: Direction,
    participants: Option<f64>,
}

/// Combines the one-sided P values of the studies' own effects, or where there are none those that they report, and counts
/// their directions.
///
/// # Errors
/// No study has a direction.
pub fn combined_p_values(analysis: &TableAnalysis) -> Result<CombinedPValues, Vec<Diagnostic>> {
    match analysis.synthesis.told_alone() {
        Some(narrative) => of_narrative(narrative),
        None => of_effects(analysis),
    }
}

fn of_narrative(narrative: &Narrative) -> Result<CombinedPValues, Vec<Diagnostic>> {
    let told = |row: &NarrativeRow| {
        let direction = match row.favours? {
            Favoured::Experimental => Direction::Positive,
            Favoured::Comparator => Direction::Negative,
            Favoured::Neither | Favoured::Unclear => return None,
        };
        let p_two_sided = match row.p_value.as_ref()? {
            NarrativeP::Printed(p) => p.upper_bound()?,
            NarrativeP::Computed(p) => *p,
        };
        Some(Told { p_two_sided, direction, participants: row.n })
    };
    let all: Vec<(&NarrativeRow, Option<Told>)> =
        narrative.rows.iter().map(|row| (row, told(row))).collect();
    let is_bound = |row: &NarrativeRow| matches!(&row.p_value, Some(NarrativeP::Printed(p)) if p.exact().is_none());
    let names = |test: &dyn Fn(&NarrativeRow, bool) -> bool| {
        let those = all.iter().filter(|(row, told)| test(row, told.is_some()));
        those.map(|it| it.0.study.clone()).collect::<Vec<_>>()
    };
    let at_bound = names(&|row, is_told| is_told && is_bound(row));
    let without = names(&|_, is_told| !is_told);
    let told: Vec<Told> = all.into_iter().filter_map(|it| it.1).collect();
    let vote = narrative.vote;
    Ok(CombinedPValues {
        tested: Tested::Experimental,
        combinations: combinations(&told)?,
        vote,
        at_bound,
        without,
    })
}

fn of_effects(analysis: &TableAnalysis) -> Result<CombinedPValues, Vec<Diagnostic>> {
    let studies = &analysis.synthesis.studies;
    let count =
        |test: fn(f64) -> bool| studies.iter().filter(|it| test(it.effect.estimate)).count() as u64;
    let (above, below) = (count(|it| it > 0.0), count(|it| it < 0.0));
    let is_positive = match &analysis.synthesis.pooled {
        Some(pooled) => pooled.estimate >= 0.0,
        None => above >= below,
    };
    let (tested, vote) = if is_positive {
        (Tested::Above, vote_count(above, below))
    } else {
        (Tested::Below, vote_count(below, above))
    };
    let told: Vec<Told> = studies
        .iter()
        .map(|it| Told {
            p_two_sided: it.effect.p_value(),
            direction: if (it.effect.estimate >= 0.0) == is_positive {
                Direction::Positive
            } else {
                Direction::Negative
            },
            participants: it.participants,
        })
        .collect();
    Ok(CombinedPValues {
        tested,
        combinations: combinations(&told)?,
        vote: vote.ok(),
        at_bound: Vec::new(),
        without: Vec::new(),
    })
}

/// The P values by every method; those that weigh studies by their size, where all sizes are known.
fn combinations(told: &[Told]) -> Result<Vec<Combination>, Vec<Diagnostic>> {
    let sides = |turned: bool| -> Vec<f64> {
        let p = |it: &Told| {
            let is_towards = (it.direction == Direction::Positive) != turned;
            let direction = if is_towards { Direction::Positive } else { Direction::Negative };
            one_sided(it.p_two_sided, direction)
        };
        told.iter().map(p).collect()
    };
    let (towards, against) = (sides(false), sides(true));
    let sizes: Option<Vec<f64>> =
        told.iter().map(|it| it.participants.filter(|n| *n > 0.0)).collect();
    let alike = PValueMethod::ALL.iter().map(|it| CombinationMethod::Alike(*it));
    let by_size = [CombinationMethod::WeightedStouffer, CombinationMethod::Lancaster];
    let by_size = by_size.into_iter().filter(|_| sizes.is_some());
    let combined: Result<Vec<Combination>, PoolError> = alike
        .chain(by_size)
        .map(|method| {
            let towards = method.combine(&towards, sizes.as_deref())?;
            let against = method.combine(&against, sizes.as_deref())?;
            Ok(Combination { method, towards, against })
        })
        .collect();
    combined.map_err(|it| {
        let expected = "P values of studies with an effect in some direction";
        refused("--combine-p", it.to_string(), expected, "leave it out")
    })
}
