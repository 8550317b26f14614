//! Risk of bias: from the entries of the log to judgements per study and outcome.

use std::collections::{BTreeMap, BTreeSet};

use consilience_appraisal::rob2::{self, Aim, Answer, Assessment, Judgement};
use indexmap::IndexMap;

use crate::agreement::{Agreement, agreement};
use crate::event::Attributed;
use crate::state::State;
use crate::vocabulary::judgement::{RobEntry, RobItem, Tool};

/// One assessment of one study's results for one outcome (or for all of them).
#[derive(Debug, Clone)]
pub struct RobAssessment {
    /// The study.
    pub study: String,
    /// The outcome; `None`: all results of the study.
    pub outcome: Option<String>,
    /// The tool.
    pub tool: Tool,
    /// By domain, in the tool's order.
    pub domains: Vec<DomainAssessment>,
    /// The overall judgement proposed; `None` while a domain is open.
    pub proposed: Option<Judgement>,
    /// The overall judgement of a person, with the reason.
    pub decided: Option<(Judgement, String)>,
    /// The entries it rests on, with those that disagree.
    pub entries: Vec<Attributed<RobEntry>>,
    /// Questions and judgements on which assessors disagree without a consensus: they stay open.
    pub disagreements: Vec<String>,
    /// Why the tool refused the answers, if it did.
    pub refused: Option<String>,
}

/// One domain of an assessment.
#[derive(Debug, Clone)]
pub struct DomainAssessment {
    /// The domain.
    pub domain: &'static rob2::Domain,
    /// The judgement proposed by the algorithm; `None` while answers are missing.
    pub proposed: Option<Judgement>,
    /// The answers that led to it.
    pub path: Vec<(String, Answer)>,
    /// Questions still to be answered.
    pub missing: Vec<String>,
    /// A person's judgement instead of the proposal, with the reason.
    pub decided: Option<(Judgement, String)>,
}

impl DomainAssessment {
    /// The judgement that counts: a person's, or else the proposal.
    pub fn judgement(&self) -> Option<Judgement> {
        self.decided.as_ref().map(|it| it.0).or(self.proposed)
    }
}

impl RobAssessment {
    /// The judgement that counts: a person's, or else the proposal; the worst domain where domains were
    /// decided by hand.
    pub fn overall(&self) -> Option<Judgement> {
        if let Some((judgement, _)) = &self.decided {
            return Some(*judgement);
        }
        let judgements: Option<Vec<Judgement>> =
            self.domains.iter().map(DomainAssessment::judgement).collect();
        judgements.and_then(|it| it.into_iter().max())
    }
}

/// All assessments: of each study as a whole, and of each outcome that has entries of its own.
pub fn assessments(state: &State) -> Vec<RobAssessment> {
    let mut keys: BTreeSet<(usize, Option<&str>)> = BTreeSet::new();
    for entry in state.risk_of_bias.values() {
        let position = state.studies.get_index_of(&entry.value.study).unwrap_or(usize::MAX);
        keys.insert((position, entry.value.outcome.as_deref()));
    }
    keys.iter()
        .filter_map(|(position, outcome)| {
            let (study, _) = state.studies.get_index(*position)?;
            Some(assess(state, study, *outcome))
        })
        .collect()
}

/// The assessment that holds for a study's result of an outcome: its own, or else the study's.
pub fn assessment_for<'a>(
    assessments: &'a [RobAssessment],
    study: &str,
    outcome: &str,
) -> Option<&'a RobAssessment> {
    let of_study = || assessments.iter().filter(|it| it.study == study);
    of_study()
        .find(|it| it.outcome.as_deref() == Some(outcome))
        .or_else(|| of_study().find(|it| it.outcome.is_none()))
}

fn assess(state: &State, study: &str, outcome: Option<&str>) -> RobAssessment {
    let mut entries: Vec<Attributed<RobEntry>> = Vec::new();
    let mut disagreements = Vec::new();
    let mut answers = BTreeMap::new();
    let mut decided_domains = BTreeMap::new();
    let mut decided = None;
    for (question, said) in entries_by_question(state, study, outcome) {
        entries.extend(said.iter().map(|it| (*it).clone()));
        let Agreement::On(entry) = agreement(&said, |a, b| a.item == b.item) else {
            disagreements.push(question);
            continue;
        };
        let reason = entry.value.support.clone().unwrap_or_default();
        match &entry.value.item {
            RobItem::Question(number, answer) => {
                answers.insert(number.clone(), *answer);
            }
            RobItem::Domain(id, judgement) => {
                decided_domains.insert(id.clone(), (*judgement, reason));
            }
            RobItem::Overall(judgement) => decided = Some((*judgement, reason)),
        }
    }
    let tool = entries.first().map_or(Tool::Rob2, |it| it.value.tool);
    let judged = rob2::judge(&assessment(state, tool), &answers);
    let refused = judged.as_ref().err().map(ToString::to_string);
    let judged = judged.ok();
    let domains = rob2::domains(tool.variant())
        .iter()
        .map(|domain| {
            let found =
                judged.as_ref().and_then(|it| it.domains.iter().find(|it| it.domain == domain.id));
            DomainAssessment {
                domain,
                proposed: found.and_then(|it| it.judgement),
                path: found.map_or_else(Vec::new, |it| {
                    it.path.iter().map(|(number, answer)| ((*number).to_owned(), *answer)).collect()
                }),
                missing: found.map_or_else(Vec::new, |it| {
                    it.missing.iter().map(|it| (*it).to_owned()).collect()
                }),
                decided: decided_domains.get(domain.id).cloned(),
            }
        })
        .collect();
    RobAssessment {
        study: study.to_owned(),
        outcome: outcome.map(str::to_owned),
        tool,
        domains,
        proposed: judged.and_then(|it| it.overall),
        decided,
        entries,
        disagreements,
        refused,
    }
}

/// What everybody said on each question. Answers for the whole study hold for an outcome too, unless the outcome
/// has its own.
fn entries_by_question<'a>(
    state: &'a State,
    study: &str,
    outcome: Option<&str>,
) -> IndexMap<String, Vec<&'a Attributed<RobEntry>>> {
    let said_of = |wanted: Option<&str>| {
        let mut by_question: IndexMap<String, Vec<&Attributed<RobEntry>>> = IndexMap::new();
        for entry in state.risk_of_bias.values() {
            if entry.value.study == study && entry.value.outcome.as_deref() == wanted {
                by_question.entry(entry.value.item.question()).or_default().push(entry);
            }
        }
        by_question
    };
    let mut entries = said_of(None);
    if outcome.is_some() {
        entries.extend(said_of(outcome));
    }
    entries
}

fn assessment(state: &State, tool: Tool) -> Assessment {
    match state.methods.aim() {
        Aim::Adhering => Assessment::adhering(tool.variant(), state.methods.deviations()),
        Aim::Assignment => Assessment::assignment(tool.variant()),
    }
}
