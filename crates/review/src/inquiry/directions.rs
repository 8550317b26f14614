//! Which way each study points, for the Handbook's counts and figures by direction of effect (12.2.1.3, 12.3).

use consilience_stats::{VoteCount, vote_count};

use super::refused;
use super::rule::InclusionRule;
use crate::analysis::Favoured;
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

/// The directions of studies.
#[derive(Debug, Clone, PartialEq)]
pub struct Directions {
    /// Which way each study points.
    pub pointing: Pointing,
    /// How many are above no effect, or favour the experimental group, with a sign test; `None` where none points anywhere.
    pub vote: Option<VoteCount>,
    /// The studies that a rule tells from others.
    pub quality: Option<Quality>,
}

/// Which way studies point.
#[derive(Debug, Clone, PartialEq)]
pub enum Pointing {
    /// Where the effects of a synthesis' studies lie, in its order.
    Effects(Vec<Side>),
    /// Whom the studies of a synthesis' table of effects favour, in its order, where nothing could be pooled.
    Words(Vec<Option<Favoured>>),
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

impl Pointing {
    /// For each study whether it is above no effect or favours the experimental group, or the contrary; `None` if neither.
    fn votes(&self) -> Vec<Option<bool>> {
        match self {
            Self::Effects(sides) => {
                let vote = |it: &Side| match it {
                    Side::Above => Some(true),
                    Side::Below => Some(false),
                    Side::Neither => None,
                };
                sides.iter().map(vote).collect()
            }
            Self::Words(favoured) => {
                let vote = |it: &Option<Favoured>| match it {
                    Some(Favoured::Experimental) => Some(true),
                    Some(Favoured::Comparator) => Some(false),
                    Some(Favoured::Neither | Favoured::Unclear) | None => None,
                };
                favoured.iter().map(vote).collect()
            }
        }
    }
}

/// The directions of the studies' effects, or where nothing could be pooled what the studies say of them; and of those that
/// meet a rule.
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
    let (pointing, rows) = if let Some(narrative) = synthesis.told_alone() {
        let favoured = narrative.rows.iter().map(|it| it.favours).collect();
        let studies = narrative.rows.iter().map(|it| it.study.as_str());
        (Pointing::Words(favoured), analysis.table.of(studies))
    } else {
        let sides = synthesis.studies.iter().map(|it| Side::of(it.effect.estimate));
        (Pointing::Effects(sides.collect()), analysis.rows())
    };
    let votes = pointing.votes();
    let quality = match rule {
        None => None,
        Some(rule) => {
            let is_met = rule.included(&rows)?;
            let theirs = votes.iter().zip(&is_met).filter(|it| *it.1).filter_map(|it| *it.0);
            Some(Quality { rule: rule.clone(), vote: vote(theirs), is_met })
        }
    };
    Ok(Directions { vote: vote(votes.into_iter().flatten()), pointing, quality })
}

fn vote(votes: impl Iterator<Item = bool>) -> Option<VoteCount> {
    let (towards, against): (Vec<bool>, Vec<bool>) = votes.partition(|it| *it);
    vote_count(towards.len() as u64, against.len() as u64).ok()
}
