//! RoB 2 as a [`Tool`] like any other, for one variant, aim and set of deviations.

use super::table::When;
use super::{Aim, Answer, Assessment, Domain, Judgement, Question, Variant, domains};
use crate::tool::{
    AnswerOption, Condition, Domain as ToolDomain, DomainKind, Level, Light, Overall,
    Question as ToolQuestion, Row, Tool,
};

/// Said of every judgement by the table of domain S.
const UNVERIFIED: &str = "Algorithm not verified: a reconstruction, to be treated as advice.";

/// Said where one reading of the cluster tool has "low".
const DISPUTED: &str = "Disputed: one published reading of the cluster tool proposes Low where 2.4 is \
     answered no.";

/// The questions and tables of an assessment's variant and aim.
pub fn tool(assessment: &Assessment) -> Tool {
    Tool {
        name: name(assessment.variant).to_owned(),
        version: match assessment.variant {
            Variant::Parallel => "22 August 2019",
            Variant::Cluster | Variant::Crossover => "18 March 2021, test version",
        }
        .to_owned(),
        source: "https://www.riskofbias.info".to_owned(),
        notes: Vec::new(),
        answers: Answer::ALL
            .iter()
            .filter(|it| **it != Answer::NotApplicable)
            .map(|it| AnswerOption { code: it.code().to_owned(), name: it.name().to_owned() })
            .collect(),
        levels: [
            (Judgement::Low, Light::Low),
            (Judgement::SomeConcerns, Light::Some),
            (Judgement::High, Light::High),
        ]
        .map(|(judgement, light)| Level { name: judgement.name().to_owned(), light })
        .to_vec(),
        domains: domains(assessment.variant).iter().map(|it| domain(assessment, it)).collect(),
        overall: Overall::Worst,
    }
}

/// The name of a variant in files: "RoB 2 cluster".
pub fn name(variant: Variant) -> &'static str {
    match variant {
        Variant::Parallel => "RoB 2",
        Variant::Cluster => "RoB 2 cluster",
        Variant::Crossover => "RoB 2 crossover",
    }
}

fn domain(assessment: &Assessment, domain: &Domain) -> ToolDomain {
    let algorithm = domain.algorithm(assessment.aim);
    let conditions = Conditions { assessment, questions: algorithm.questions };
    let note = |when: &When| {
        let is_disputed = assessment.variant == Variant::Cluster
            && assessment.aim == Aim::Assignment
            && matches!(when, When::Is("2.4", _));
        if domain.id == "S" {
            Some(UNVERIFIED.to_owned())
        } else {
            is_disputed.then(|| DISPUTED.to_owned())
        }
    };
    let row = |row: &super::table::Row| Row {
        when: conditions.of(&row.when),
        judgement: row.judgement.name().to_owned(),
        note: note(&row.when),
    };
    ToolDomain {
        id: domain.id.to_owned(),
        short: domain.short.to_owned(),
        name: domain.name.to_owned(),
        note: domain.note.map(str::to_owned),
        kind: DomainKind::Bias,
        questions: algorithm.questions.iter().map(|it| question(&conditions, it)).collect(),
        tables: algorithm.tables.iter().map(|it| it.iter().map(row).collect()).collect(),
    }
}

fn question(conditions: &Conditions, question: &Question) -> ToolQuestion {
    ToolQuestion {
        number: question.number.to_owned(),
        text: question.text.to_owned(),
        offered: question.offered.iter().map(|it| it.code().to_owned()).collect(),
        asked: conditions.of(&question.asked),
        aim: None,
        stars: std::collections::BTreeMap::new(),
    }
}

/// Conditions in the terms of the tool: the preliminaries have been looked up, and questions that the variant does not
/// have were answered with nothing.
struct Conditions<'a> {
    assessment: &'a Assessment,
    questions: &'a [Question],
}

impl Conditions<'_> {
    fn of(&self, when: &When) -> Condition {
        match when {
            When::Always => Condition::Always,
            When::Addresses(deviation) => {
                constant(self.assessment.deviations_addressed.contains(deviation))
            }
            When::Is(number, answers) => {
                if self.questions.iter().any(|it| it.number == *number) {
                    let answers = answers.iter().map(|it| it.code().to_owned());
                    Condition::Is((*number).to_owned(), answers.collect())
                } else {
                    constant(false)
                }
            }
            When::Not(inner) => match self.of(inner) {
                Condition::Not(inner) => *inner,
                inner => Condition::Not(Box::new(inner)),
            },
            When::Any(parts) => self.joined(parts, true),
            When::All(parts) => self.joined(parts, false),
        }
    }

    /// The parts without the constants among them; the constant that settles the whole, if there is one.
    fn joined(&self, parts: &[When], is_any: bool) -> Condition {
        let parts: Vec<Condition> = parts.iter().map(|it| self.of(it)).collect();
        if parts.contains(&constant(is_any)) {
            return constant(is_any);
        }
        let mut parts: Vec<_> = parts.into_iter().filter(|it| *it != constant(!is_any)).collect();
        match parts.len() {
            0 => constant(!is_any),
            1 => parts.remove(0),
            _ if is_any => Condition::Any(parts),
            _ => Condition::All(parts),
        }
    }
}

fn constant(holds: bool) -> Condition {
    if holds { Condition::Always } else { Condition::Not(Box::new(Condition::Always)) }
}
