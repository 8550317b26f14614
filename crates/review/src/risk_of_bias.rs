//! Risk of bias: from the entries of assessors to judgements per study and outcome.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use consilience_appraisal::rob2::{self, Aim, Assessment, Deviation};
use consilience_appraisal::tool::{Domain, DomainProposal, Level, Overall, Tool};
use indexmap::IndexMap;

use crate::agreement::{Agreement, agreement};
use crate::event::Attributed;
use crate::state::State;
use crate::vocabulary::risk_of_bias::{Direction, RobEntry, RobItem, ToolName};

/// One assessment of one study's results for one outcome (or for all of them).
#[derive(Debug, Clone)]
pub struct RobAssessment {
    /// The study.
    pub study: String,
    /// The outcome; `None`: all results of the study.
    pub outcome: Option<String>,
    /// The tool, as it asks for the effect of interest.
    pub tool: Arc<Tool>,
    /// By domain, in the tool's order.
    pub domains: Vec<DomainAssessment>,
    /// The overall judgement proposed; `None` while a domain is open.
    pub proposed: Option<Level>,
    /// The overall judgement of a person, with the reason.
    pub decided: Option<(Level, String)>,
    /// The direction of the bias overall.
    pub direction: Option<Direction>,
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
    pub domain: Domain,
    /// The judgement proposed by the algorithm; `None` while answers are missing or where a person judges.
    pub proposed: Option<Level>,
    /// What the tool made of the answers: the path to its proposal, what is missing and what was set aside.
    pub proposal: DomainProposal,
    /// A person's judgement instead of the proposal, with the reason.
    pub decided: Option<(Level, String)>,
    /// The direction of the bias.
    pub direction: Option<Direction>,
}

impl DomainAssessment {
    /// The judgement that counts: a person's, or else the proposal.
    pub fn judgement(&self) -> Option<&Level> {
        self.decided.as_ref().map(|it| &it.0).or(self.proposed.as_ref())
    }

    /// The judgement in words, stars in tools that count them; `None` while it is open.
    pub fn words(&self) -> Option<String> {
        match (self.judgement(), self.proposal.stars) {
            (Some(level), _) => Some(level.name.clone()),
            (None, Some(stars)) => Some(stars_text(stars, self.domain.most_stars())),
            (None, None) => None,
        }
    }
}

fn stars_text(stars: usize, most: usize) -> String {
    format!("{stars} of {most} stars")
}

impl RobAssessment {
    /// The judgement that counts: a person's, or else what follows from the domains' judgements.
    pub fn overall(&self) -> Option<Level> {
        match &self.decided {
            Some((level, _)) => Some(level.clone()),
            None => self.from_domains(),
        }
    }

    /// The overall judgement that follows from the domains, whoever judged them.
    pub fn from_domains(&self) -> Option<Level> {
        let judgements: Vec<Option<&str>> =
            self.domains.iter().map(|it| it.judgement().map(|it| it.name.as_str())).collect();
        let proposals: Vec<DomainProposal> =
            self.domains.iter().map(|it| it.proposal.clone()).collect();
        level_named(&self.tool, self.tool.overall_of(&judgements, &proposals))
    }

    /// The overall judgement in words, stars in tools that count them; `None` while it is open.
    pub fn overall_words(&self) -> Option<String> {
        if let Some(level) = self.overall() {
            return Some(level.name);
        }
        if self.tool.overall != Overall::Stars {
            return None;
        }
        let stars: Option<Vec<usize>> = self.domains.iter().map(|it| it.proposal.stars).collect();
        let most = self.domains.iter().map(|it| it.domain.most_stars()).sum();
        stars.map(|it| stars_text(it.into_iter().sum(), most))
    }

    /// Whether a person may raise the overall judgement, with a reason, because several domains are at the second-best
    /// level of RoB 2 and none is worse. The tool fixes no number, so this is never done by itself.
    pub fn may_raise(&self) -> bool {
        let judgements: Vec<_> = self
            .domains
            .iter()
            .map(|it| it.judgement().and_then(|it| it.name.parse::<rob2::Judgement>().ok()))
            .collect();
        ToolName::new(&self.tool.name).variant().is_some()
            && self.decided.is_none()
            && rob2::may_raise_to_high(&judgements)
    }

    /// Whether a person judged the whole better than its worst domain.
    pub fn is_lowered(&self) -> bool {
        let rank = |it: &Level| self.tool.rank(&it.name);
        match (&self.decided, self.from_domains()) {
            (Some((decided, _)), Some(worst)) => rank(decided) < rank(&worst),
            _ => false,
        }
    }
}

fn level_named(tool: &Tool, name: Option<String>) -> Option<Level> {
    let name = name?;
    tool.levels.iter().find(|it| it.name == name).cloned()
}

/// What decides which questions a tool asks: the effect of interest, and the tools that the team wrote.
#[derive(Debug, Clone, Default)]
pub struct Tools {
    /// The effect of interest; assignment when not said.
    pub aim: Option<Aim>,
    /// Under adhering, the deviations that the effect excludes.
    pub deviations: BTreeSet<Deviation>,
    /// A team's own, by name.
    pub own: BTreeMap<String, Arc<Tool>>,
}

impl Tools {
    /// Those of a review.
    pub fn of(state: &State) -> Self {
        Self {
            aim: Some(state.methods.aim()),
            deviations: state.methods.deviations().into_iter().collect(),
            own: state
                .tools
                .values()
                .map(|it| (it.tool.name.clone(), Arc::clone(&it.tool)))
                .collect(),
        }
    }

    /// The tool of a name as it asks for the effect of interest; `None` if there is none.
    pub fn tool(&self, name: &ToolName) -> Option<Arc<Tool>> {
        let aim = self.aim.unwrap_or(Aim::Assignment);
        if let Some(variant) = name.variant() {
            let assessment = match aim {
                Aim::Adhering => Assessment::adhering(variant, self.deviations.iter().copied()),
                Aim::Assignment => Assessment::assignment(variant),
            };
            return Some(Arc::new(rob2::tool(&assessment)));
        }
        let own = || self.own.get(name.name()).cloned();
        own().or_else(|| name.shipped().map(Arc::new)).map(|it| Arc::new(it.for_aim(aim)))
    }

    /// Why answers to a tool are refused whatever they are.
    fn refusal(&self, name: &ToolName) -> Option<String> {
        let is_missing = name.variant().is_some()
            && self.aim == Some(Aim::Adhering)
            && self.deviations.is_empty();
        is_missing.then(|| rob2::Rob2Error::DeviationsMissing.to_string())
    }
}

/// All assessments: of each study as a whole, and of each outcome that has entries of its own.
pub fn assessments(state: &State) -> Vec<RobAssessment> {
    let entries: Vec<&Attributed<RobEntry>> = state.risk_of_bias.values().collect();
    let mut assessed = assess_all(&entries, &Tools::of(state));
    let position = |it: &RobAssessment| {
        (state.studies.get_index_of(&it.study).unwrap_or(usize::MAX), it.outcome.clone())
    };
    assessed.sort_by_key(position);
    assessed
}

/// The assessments that some entries make, in the order in which the studies first appear.
pub fn assess_all(entries: &[&Attributed<RobEntry>], tools: &Tools) -> Vec<RobAssessment> {
    let mut by_study: IndexMap<&str, Vec<&Attributed<RobEntry>>> = IndexMap::new();
    for entry in entries {
        by_study.entry(&entry.value.study).or_default().push(entry);
    }
    let assess_study = |(study, entries): (&str, Vec<&Attributed<RobEntry>>)| {
        let outcomes: BTreeSet<Option<&str>> =
            entries.iter().map(|it| it.value.outcome.as_deref()).collect();
        outcomes
            .into_iter()
            .filter_map(|outcome| assess(study, outcome, &entries, tools))
            .collect::<Vec<_>>()
    };
    by_study.into_iter().flat_map(assess_study).collect()
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

/// What assessors agree on, or found in consensus, about one result.
#[derive(Default)]
struct Settled {
    answers: BTreeMap<String, String>,
    domains: BTreeMap<String, (Level, String)>,
    directions: BTreeMap<String, Direction>,
    overall: Option<(Level, String)>,
    overall_direction: Option<Direction>,
}

impl Settled {
    fn take(&mut self, tool: &Tool, entry: &RobEntry) {
        let reason = entry.support.clone().unwrap_or_default();
        let level = |name: &String| level_named(tool, Some(name.clone()));
        match &entry.item {
            RobItem::Question(number, answer) => {
                self.answers.insert(number.clone(), answer.clone());
            }
            RobItem::Domain(id, name) => {
                if let Some(level) = level(name) {
                    self.domains.insert(id.clone(), (level, reason));
                }
            }
            RobItem::Overall(name) => self.overall = level(name).map(|it| (it, reason)),
            RobItem::Direction(Some(id), direction) => {
                self.directions.insert(id.clone(), *direction);
            }
            RobItem::Direction(None, direction) => self.overall_direction = Some(*direction),
            RobItem::Preliminary(..) => {}
        }
    }
}

/// `None` for a tool that nobody knows, which is said where the entries are read.
fn assess(
    study: &str,
    outcome: Option<&str>,
    of_study: &[&Attributed<RobEntry>],
    tools: &Tools,
) -> Option<RobAssessment> {
    let by_question = entries_by_question(of_study, outcome);
    // An outcome's own entries come last; their tool decides.
    let name = by_question
        .values()
        .flatten()
        .filter(|it| it.value.outcome.as_deref() == outcome)
        .map(|it| it.value.tool.clone())
        .next()?;
    let tool = tools.tool(&name)?;
    let mut entries: Vec<Attributed<RobEntry>> = Vec::new();
    let mut disagreements = Vec::new();
    let mut settled = Settled::default();
    for (question, said) in by_question {
        let said: Vec<_> = said.into_iter().filter(|it| it.value.tool == name).collect();
        entries.extend(said.iter().map(|it| (*it).clone()));
        match agreement(&said, |a, b| a.item == b.item) {
            Agreement::On(entry) => settled.take(&tool, &entry.value),
            Agreement::None => disagreements.push(question),
            Agreement::Nobody => {}
        }
    }
    let refused = tools.refusal(&name);
    if refused.is_some() {
        settled.answers.clear();
    }
    let proposal = tool.judge(&settled.answers);
    let domains =
        tool.domains.iter().zip(proposal.domains).map(|(domain, proposal)| DomainAssessment {
            domain: domain.clone(),
            proposed: level_named(&tool, proposal.judgement.clone()),
            proposal,
            decided: settled.domains.remove(&domain.id),
            direction: settled.directions.remove(&domain.id),
        });
    Some(RobAssessment {
        study: study.to_owned(),
        outcome: outcome.map(str::to_owned),
        domains: domains.collect(),
        proposed: level_named(&tool, proposal.overall),
        decided: settled.overall,
        direction: settled.overall_direction,
        tool,
        entries,
        disagreements,
        refused,
    })
}

/// What everybody said on each question. Answers for the whole study hold for an outcome too, unless the outcome
/// has its own.
fn entries_by_question<'a>(
    of_study: &[&'a Attributed<RobEntry>],
    outcome: Option<&str>,
) -> IndexMap<String, Vec<&'a Attributed<RobEntry>>> {
    let said_of = |wanted: Option<&str>| {
        let mut by_question: IndexMap<String, Vec<&Attributed<RobEntry>>> = IndexMap::new();
        for entry in of_study.iter().filter(|it| it.value.outcome.as_deref() == wanted) {
            by_question.entry(entry.value.item.question()).or_default().push(entry);
        }
        by_question
    };
    let mut entries = said_of(None);
    if outcome.is_some() {
        entries.extend(said_of(outcome));
    }
    entries
}
