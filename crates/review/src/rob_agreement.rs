//! Two assessors of risk of bias beside each other: where they differ, and how far they agree beyond chance.

use std::collections::BTreeMap;

use consilience_appraisal::tool::Tool;
use consilience_stats::agreement::{Kappa, KappaWeights, kappa};
use indexmap::IndexMap;

use crate::event::Attributed;
use crate::risk_of_bias::{RobAssessment, assess_all};
use crate::rob_file::RobFile;
use crate::vocabulary::records::CONSENSUS;
use crate::vocabulary::risk_of_bias::RobEntry;

/// The agreement of the two assessors of a file.
#[derive(Debug, Clone)]
pub struct RobAgreement {
    /// The two, in the order in which they first appear.
    pub assessors: (String, String),
    /// What they differ on.
    pub conflicts: Vec<RobConflict>,
    /// By tool, and in it by question in the tool's order.
    pub questions: Vec<Agreed>,
    /// By tool, domain and overall: of the judgements that follow from each assessor's own answers.
    pub judgements: Vec<Agreed>,
}

/// One thing on which the assessors differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RobConflict {
    /// The study.
    pub study: String,
    /// The outcome; `None`: all of the study's results.
    pub outcome: Option<String>,
    /// The question, or `domain …` or `overall` for judgements.
    pub question: String,
    /// What each says; the code of an answer, or a judgement.
    pub answers: (String, String),
    /// What they found in consensus.
    pub consensus: Option<String>,
}

/// How far the two agree on one question or domain.
#[derive(Debug, Clone)]
pub struct Agreed {
    /// The tool.
    pub tool: String,
    /// The question, `domain …` or `overall`.
    pub question: String,
    /// Cohen's kappa over the answers; of Y and PY, as of N and PN, as the same answer: see [`Agreed::exact`].
    pub kappa: Kappa,
    /// The share of exactly the same answers, 0 to 1.
    pub exact: f64,
    /// For judgements: kappa with linear weights, from best to worst.
    pub weighted: Option<Kappa>,
}

/// What both assessors said about one thing.
type Both = (String, String);

const LEVEL: f64 = 0.95;

/// Compares the assessors of a file.
///
/// # Errors
/// There are not two of them, besides the consensus.
pub fn rob_agreement(file: &RobFile) -> Result<RobAgreement, String> {
    let mut names: Vec<&str> = Vec::new();
    for entry in &file.entries {
        if let Some(who) = entry.who.0.as_deref().filter(|it| *it != CONSENSUS)
            && !names.contains(&who)
        {
            names.push(who);
        }
    }
    let [first, second] = names.as_slice() else {
        let found = match names.len() {
            0 => "no assessor".to_owned(),
            n => format!("{n} ({})", names.join(", ")),
        };
        return Err(format!("expected answers of two assessors in `assessor`, found {found}"));
    };
    let by = |who: &str| by_question(file, who);
    let (one, two, consensus) = (by(first), by(second), by(CONSENSUS));
    let mut conflicts = Vec::new();
    let mut answers: IndexMap<(String, String), Vec<Both>> = IndexMap::new();
    for (key, said) in &one {
        let Some(other) = two.get(key) else { continue };
        let (tool, study, outcome, question) = key;
        answers
            .entry((tool.clone(), question.clone()))
            .or_default()
            .push((said.clone(), other.clone()));
        if said != other {
            conflicts.push(RobConflict {
                study: study.clone(),
                outcome: outcome.clone(),
                question: question.clone(),
                answers: (said.clone(), other.clone()),
                consensus: consensus.get(key).cloned(),
            });
        }
    }
    let tools = tools(file);
    let questions = agreed_on_questions(&tools, &answers);
    let judgements = agreed_on_judgements(file, &tools, (first, second), &mut conflicts);
    Ok(RobAgreement {
        assessors: ((*first).to_owned(), (*second).to_owned()),
        conflicts,
        questions,
        judgements,
    })
}

type Key = (String, String, Option<String>, String);

/// What an assessor said, by tool, study, outcome and question.
fn by_question(file: &RobFile, who: &str) -> IndexMap<Key, String> {
    let of_who = file.entries.iter().filter(|it| it.who.0.as_deref() == Some(who));
    of_who
        .map(|it| {
            let entry = &it.value;
            let key = (
                entry.tool.name().to_owned(),
                entry.study.clone(),
                entry.outcome.clone(),
                entry.item.question(),
            );
            (key, entry.item.answer().to_owned())
        })
        .collect()
}

fn tools(file: &RobFile) -> BTreeMap<String, Tool> {
    file.assessments.iter().map(|it| (it.tool.name.clone(), (*it.tool).clone())).collect()
}

fn agreed_on_questions(
    tools: &BTreeMap<String, Tool>,
    answers: &IndexMap<(String, String), Vec<Both>>,
) -> Vec<Agreed> {
    let mut agreed = Vec::new();
    for (name, tool) in tools {
        for (_, question) in tool.questions() {
            let Some(both) = answers.get(&(name.clone(), question.number.clone())) else {
                continue;
            };
            // Y and PY lead to the same judgement, as N and PN do.
            let categories: Vec<&str> =
                question.offered.iter().map(|it| it.strip_prefix('P').unwrap_or(it)).collect();
            let of = |it: &str| {
                let plain = it.strip_prefix('P').unwrap_or(it);
                categories.iter().position(|category| *category == plain)
            };
            agreed.extend(agreed_on(name, &question.number, both, categories.len(), of, false));
        }
    }
    agreed
}

/// Each assessor's answers are judged by themselves, and the judgements compared.
fn agreed_on_judgements(
    file: &RobFile,
    tools: &BTreeMap<String, Tool>,
    (first, second): (&str, &str),
    conflicts: &mut Vec<RobConflict>,
) -> Vec<Agreed> {
    let (one, two) = (judged_by(file, first), judged_by(file, second));
    let mut judgements: IndexMap<(String, String), Vec<Both>> = IndexMap::new();
    for a in &one {
        let same = |it: &&RobAssessment| {
            it.study == a.study && it.outcome == a.outcome && it.tool.name == a.tool.name
        };
        let Some(b) = two.iter().find(same) else { continue };
        let of_domains = a
            .domains
            .iter()
            .zip(&b.domains)
            .map(|(a, b)| (format!("domain {}", a.domain.id), a.words().zip(b.words())));
        let overall = ("overall".to_owned(), a.overall_words().zip(b.overall_words()));
        for (name, both) in of_domains.chain([overall]) {
            let Some(both) = both else { continue };
            let key = (a.tool.name.clone(), name.clone());
            if both.0 != both.1 && !conflicts.iter().any(|it| is_about(it, a, &name)) {
                conflicts.push(RobConflict {
                    study: a.study.clone(),
                    outcome: a.outcome.clone(),
                    question: name,
                    answers: both.clone(),
                    consensus: None,
                });
            }
            judgements.entry(key).or_default().push(both);
        }
    }
    let mut agreed = Vec::new();
    for ((tool, question), both) in &judgements {
        let Some(of_tool) = tools.get(tool) else { continue };
        let of = |it: &str| of_tool.rank(it);
        agreed.extend(agreed_on(tool, question, both, of_tool.levels.len(), of, true));
    }
    agreed
}

fn is_about(conflict: &RobConflict, assessment: &RobAssessment, question: &str) -> bool {
    conflict.study == assessment.study
        && conflict.outcome == assessment.outcome
        && conflict.question == question
}

/// The judgements of one assessor alone, who sees no other's answers.
fn judged_by(file: &RobFile, who: &str) -> Vec<RobAssessment> {
    let own: Vec<&Attributed<RobEntry>> =
        file.entries.iter().filter(|it| it.who.0.as_deref() == Some(who)).collect();
    let tools = file.tools.clone();
    assess_all(&own, &tools)
}

fn agreed_on(
    tool: &str,
    question: &str,
    both: &[Both],
    categories: usize,
    of: impl Fn(&str) -> Option<usize>,
    ordered: bool,
) -> Option<Agreed> {
    let pairs: Vec<(usize, usize)> =
        both.iter().filter_map(|(a, b)| Some((of(a)?, of(b)?))).collect();
    let same = both.iter().filter(|it| it.0 == it.1).count();
    let weighted = ordered.then(|| kappa(&pairs, categories, KappaWeights::Linear, LEVEL));
    Some(Agreed {
        tool: tool.to_owned(),
        question: question.to_owned(),
        kappa: kappa(&pairs, categories, KappaWeights::Unweighted, LEVEL)?,
        exact: same as f64 / both.len() as f64,
        weighted: weighted.flatten(),
    })
}
