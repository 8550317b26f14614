//! Which way each study points, for the Handbook's counts and figures by direction of effect (12.2.1.3, 12.3).

use consilience_stats::{VoteCount, vote_count};

use super::refused;
use super::rule::InclusionRule;
use crate::diagnostic::Diagnostic;
use crate::single::TableAnalysis;

/// On which side of no effect an estimate lies, whatever its P value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Below no effect.
    Below,
    /// Exactly at no effect.
    Neither,
    /// Above no effect.
    Above,
}

/// The directions of a synthesis' studies, in its order.
#[derive(Debug, Clone, PartialEq)]
pub struct Directions {
    /// Where each study lies.
    pub sides: Vec<Side>,
    /// How many are above no effect, with a sign test; `None` where all are at no effect.
    pub vote: Option<VoteCount>,
    /// The studies that a rule tells from others.
    pub quality: Option<Quality>,
}

/// What a rule says of the studies.
#[derive(Debug, Clone, PartialEq)]
pub struct Quality {
    /// The rule.
    pub rule: InclusionRule,
    /// Whether each study meets it.
    pub is_met: Vec<bool>,
    /// The vote of those that do.
    pub vote: Option<VoteCount>,
}

impl Side {
    /// The side of an estimate on the analysis scale, whose 0 is no effect.
    pub fn of(estimate: f64) -> Self {
        if estimate < 0.0 {
            Self::Below
        } else if estimate > 0.0 {
            Self::Above
        } else {
            Self::Neither
        }
    }
}

/// The directions of the studies' effects, and of those that meet a rule.
///
/// # Errors
/// The measure has no value that means no effect, or the rule's column is not there.
pub fn directions(
    analysis: &TableAnalysis,
    rule: Option<&InclusionRule>,
) -> Result<Directions, Vec<Diagnostic>> {
    let synthesis = &analysis.synthesis;
    if synthesis.null_value().is_none() {
        return Err(refused(
            "--directions",
            format!("{}, of which no value means no effect", synthesis.plan.measure.name()),
            "an effect that has a direction",
            "leave it out",
        ));
    }
    let sides: Vec<Side> =
        synthesis.studies.iter().map(|it| Side::of(it.effect.estimate)).collect();
    let quality = match rule {
        None => None,
        Some(rule) => {
            let is_met = rule.included(&analysis.rows())?;
            let theirs = sides.iter().zip(&is_met).filter(|it| *it.1).map(|it| *it.0);
            Some(Quality { rule: rule.clone(), vote: vote(theirs), is_met })
        }
    };
    Ok(Directions { vote: vote(sides.iter().copied()), sides, quality })
}

fn vote(sides: impl Iterator<Item = Side>) -> Option<VoteCount> {
    let (above, below) = sides.fold((0, 0), |(above, below), side| match side {
        Side::Above => (above + 1, below),
        Side::Below => (above, below + 1),
        Side::Neither => (above, below),
    });
    vote_count(above, below).ok()
}
