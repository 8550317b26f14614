//! The answer from the studies whose results were judged well enough: at low risk of bias only, and with those of some
//! concerns (Cochrane Handbook 7.6.2).

use consilience_appraisal::tool::Light;
use consilience_stats::Pooled;

use super::pool::pool_members;
use super::{StudyEffect, Synthesis};
use crate::risk_of_bias::{RobAssessment, assessment_for};

/// Which judgements were let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restriction {
    /// Low alone.
    Low,
    /// Low, and some concerns or moderate.
    LowOrSome,
}

impl Restriction {
    /// Both, the stricter first.
    pub const ALL: [Self; 2] = [Self::Low, Self::LowOrSome];

    /// The restriction as a key: `low`, `low_or_some_concerns`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::LowOrSome => "low_or_some_concerns",
        }
    }

    fn admits(self, light: Light) -> bool {
        match self {
            Self::Low => light == Light::Low,
            Self::LowOrSome => matches!(light, Light::Low | Light::Some),
        }
    }
}

/// The pool of the studies that a restriction lets in.
#[derive(Debug, Clone, PartialEq)]
pub struct Restricted {
    /// The restriction.
    pub restriction: Restriction,
    /// The judgements let in, in the tools' words: "Low or Some concerns".
    pub judgements: String,
    /// The studies let in.
    pub studies: Vec<String>,
    /// The studies left out, with their judgement; `None`: not judged.
    pub left_out: Vec<(String, Option<String>)>,
    /// Together; `None` without a study, or where the method failed.
    pub pooled: Option<Pooled>,
}

/// The analysis under each restriction; nothing where no study of it was judged overall.
pub(crate) fn restricted(synthesis: &Synthesis, judged: &[RobAssessment]) -> Vec<Restricted> {
    let level_of = |study: &str| {
        assessment_for(judged, study, &synthesis.outcome.id).and_then(RobAssessment::overall)
    };
    let levels: Vec<_> = synthesis.studies.iter().map(|it| level_of(&it.study)).collect();
    if synthesis.pooled.is_none() || levels.iter().all(Option::is_none) {
        return Vec::new();
    }
    let of_tools = synthesis
        .studies
        .iter()
        .filter_map(|it| assessment_for(judged, &it.study, &synthesis.outcome.id))
        .flat_map(|it| &it.tool.levels);
    let mut known: Vec<_> = Vec::new();
    for level in of_tools {
        if !known.contains(&level) {
            known.push(level);
        }
    }
    let answer = |restriction: Restriction| {
        let names =
            known.iter().filter(|it| restriction.admits(it.light)).map(|it| it.name.as_str());
        let admits = |i: &usize| levels[*i].as_ref().is_some_and(|it| restriction.admits(it.light));
        let (within, without): (Vec<usize>, Vec<usize>) = (0..levels.len()).partition(admits);
        let members: Vec<_> = within.iter().map(|i| synthesis.studies[*i].clone()).collect();
        Restricted {
            restriction,
            judgements: names.collect::<Vec<_>>().join(" or "),
            studies: members.iter().map(StudyEffect::label).collect(),
            left_out: without
                .iter()
                .map(|i| {
                    let judgement = levels[*i].as_ref().map(|it| it.name.clone());
                    (synthesis.studies[*i].label(), judgement)
                })
                .collect(),
            pooled: pool_members(&synthesis.plan, &members, &[]).ok(),
        }
    };
    Restriction::ALL.map(answer).to_vec()
}

/// The answer without a study; `None` where none is left, or where the method failed.
pub(crate) fn pooled_without(synthesis: &Synthesis, study: &str) -> Option<Pooled> {
    let others = synthesis.studies.iter().filter(|it| it.study != study);
    let others: Vec<StudyEffect> = others.cloned().collect();
    pool_members(&synthesis.plan, &others, &[]).ok()
}
