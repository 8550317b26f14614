//! The domains of each variant of the tool, and the questions they ask.

use super::table::Algorithm;
use super::{
    Aim, Assessment, Question, Rob2Error, Variant, deviations, list, measurement, missing_data,
    period, randomisation, selection,
};

/// A domain of bias.
#[derive(Debug, Clone, Copy)]
pub struct Domain {
    /// "1" to "5"; "1a" and "1b" in cluster-randomised trials, "S" in crossover trials.
    pub id: &'static str,
    /// The label of plots and tables, as "D1".
    pub short: &'static str,
    /// What the bias arises from.
    pub name: &'static str,
    /// What to tell the reader about the domain's questions or its algorithm, if anything.
    pub note: Option<&'static str>,
    assignment: &'static Algorithm,
    adhering: &'static Algorithm,
}

/// The domains of a variant, in the tool's order.
pub fn domains(variant: Variant) -> &'static [Domain] {
    match variant {
        Variant::Parallel => PARALLEL,
        Variant::Cluster => CLUSTER,
        Variant::Crossover => CROSSOVER,
    }
}

/// All questions of a variant under an aim, in the tool's order.
pub fn questions(variant: Variant, aim: Aim) -> Vec<Question> {
    domains(variant).iter().flat_map(|domain| domain.algorithm(aim).questions).copied().collect()
}

impl Domain {
    /// The domain of the assessment's variant that has this id.
    pub(super) fn find(assessment: &Assessment, id: &str) -> Result<&'static Self, Rob2Error> {
        let domains = domains(assessment.variant);
        domains.iter().find(|domain| domain.id == id).ok_or_else(|| Rob2Error::UnknownDomain {
            variant: assessment.variant,
            domain: id.to_owned(),
            expected: list(domains.iter().map(|domain| domain.id)),
        })
    }

    pub(super) fn algorithm(&self, aim: Aim) -> &'static Algorithm {
        match aim {
            Aim::Assignment => self.assignment,
            Aim::Adhering => self.adhering,
        }
    }

    /// A domain that asks the same whatever the aim.
    const fn new(
        id: &'static str,
        short: &'static str,
        name: &'static str,
        algorithm: &'static Algorithm,
    ) -> Self {
        Self { id, short, name, note: None, assignment: algorithm, adhering: algorithm }
    }

    const fn deviations(assignment: &'static Algorithm) -> Self {
        let name = "Deviations from intended interventions";
        Self { adhering: &deviations::ADHERING, ..Self::new("2", "D2", name, assignment) }
    }

    const fn noting(self, note: &'static str) -> Self {
        Self { note: Some(note), ..self }
    }
}

const RANDOMISATION: &str = "Randomisation process";
const MISSING_DATA: &str = "Missing outcome data";
const MEASUREMENT: &str = "Measurement of the outcome";
const SELECTION: &str = "Selection of the reported result";

const PARALLEL: &[Domain] = &[
    Domain::new("1", "D1", RANDOMISATION, &randomisation::PARALLEL),
    Domain::deviations(&deviations::ASSIGNMENT),
    Domain::new("3", "D3", MISSING_DATA, &missing_data::PARALLEL),
    Domain::new("4", "D4", MEASUREMENT, &measurement::PARALLEL),
    Domain::new("5", "D5", SELECTION, &selection::PARALLEL),
];

const CLUSTER: &[Domain] = &[
    Domain::new("1a", "D1a", RANDOMISATION, &randomisation::CLUSTERS),
    Domain::new(
        "1b",
        "D1b",
        "Timing of identification or recruitment of participants",
        &randomisation::RECRUITMENT,
    ),
    Domain::deviations(&deviations::CLUSTER_ASSIGNMENT),
    Domain::new("3", "D3", MISSING_DATA, &missing_data::CLUSTER),
    Domain::new("4", "D4", MEASUREMENT, &measurement::CLUSTER),
    Domain::new("5", "D5", SELECTION, &selection::PARALLEL)
        .noting("Ways of handling the clustering count among the analyses."),
];

const BOTH_PERIODS: &str = "Answer for both periods together.";

const CROSSOVER: &[Domain] = &[
    Domain::new("1", "D1", RANDOMISATION, &randomisation::CROSSOVER),
    Domain::new("S", "DS", "Period and carryover effects", &period::PERIOD_AND_CARRYOVER).noting(
        "The algorithm of this domain is a reconstruction that could not be verified: treat its \
         proposal as advice.",
    ),
    Domain::deviations(&deviations::ASSIGNMENT).noting(BOTH_PERIODS),
    Domain::new("3", "D3", MISSING_DATA, &missing_data::CROSSOVER),
    Domain::new("4", "D4", MEASUREMENT, &measurement::PARALLEL).noting(BOTH_PERIODS),
    Domain::new("5", "D5", SELECTION, &selection::CROSSOVER),
];
