//! Bias due to deviations from intended interventions (domain 2), for each of the two aims.

use super::Deviation::{ImplementationFailures, NonAdherence, NonProtocolInterventions};
use super::Judgement::{High, Low, SomeConcerns};
use super::Question;
use super::table::When::{Addresses, All, Any, Is, Not};
use super::table::{Algorithm, N, N_NI, NI, Row, When, Y, Y_NI};

/// Someone who could act on it knew, or may have known, the assignment (2.1b in cluster trials).
const AWARE: When = Any(&[Is("2.1", Y_NI), Is("2.1b", Y_NI), Is("2.2", Y_NI)]);

/// The tables for the effect of assignment: the departures, then the analysis.
const ASSIGNMENT_TABLES: &[&[Row]] = &[
    &[
        Row { when: Not(&AWARE), judgement: Low },
        Row { when: Is("2.3", N), judgement: Low },
        Row { when: Is("2.3", NI), judgement: SomeConcerns },
        // The cluster tool's own page is read by some as Low here; see the crate's disputed cases.
        Row { when: Is("2.4", N), judgement: SomeConcerns },
        Row { when: Is("2.5", Y), judgement: SomeConcerns },
        Row { when: Is("2.5", N_NI), judgement: High },
    ],
    &[
        Row { when: Is("2.6", Y), judgement: Low },
        Row { when: Is("2.7", N), judgement: SomeConcerns },
        Row { when: Is("2.7", Y_NI), judgement: High },
    ],
];

/// Effect of assignment, parallel and crossover trials.
pub(super) static ASSIGNMENT: Algorithm = Algorithm {
    questions: &[
        PARTICIPANTS_AWARE,
        CARERS_AWARE,
        DEPARTURES,
        DEPARTURES_MATTERED,
        DEPARTURES_BALANCED,
        Question::always(
            "2",
            "2.6",
            "Does the analysis suit the effect of assignment, with people kept in the group they \
             were randomised to?",
        ),
        ANALYSIS_MATTERED,
    ],
    tables: ASSIGNMENT_TABLES,
};

/// Effect of assignment, cluster-randomised trials.
pub(super) static CLUSTER_ASSIGNMENT: Algorithm = Algorithm {
    questions: &[
        Question::always("2", "2.1a", "Did participants know that they took part in a trial?"),
        Question::asked_if(
            "2",
            "2.1b",
            Is("2.1a", Y_NI),
            "While the trial ran, did participants know which group they were in?",
        ),
        CARERS_AWARE,
        DEPARTURES,
        DEPARTURES_MATTERED,
        DEPARTURES_BALANCED,
        Question::always(
            "2",
            "2.6",
            "Does the analysis suit the effect of assignment, with people and whole clusters kept \
             in the group they were randomised to?",
        ),
        ANALYSIS_MATTERED,
    ],
    tables: ASSIGNMENT_TABLES,
};

const PARTICIPANTS_AWARE: Question = Question::always(
    "2",
    "2.1",
    "While the trial ran, did participants know which group they were in?",
);
const CARERS_AWARE: Question = Question::always(
    "2",
    "2.2",
    "Did those who cared for participants or delivered the interventions know the groups?",
);
const DEPARTURES: Question = Question::asked_if(
    "2",
    "2.3",
    AWARE,
    "Did being in a trial lead people to depart from the intended intervention?",
);
const DEPARTURES_MATTERED: Question = Question::asked_if(
    "2",
    "2.4",
    Is("2.3", Y),
    "Would such departures tend to alter the outcome?",
);
const DEPARTURES_BALANCED: Question = Question::asked_if(
    "2",
    "2.5",
    Is("2.4", Y_NI),
    "Did such departures happen about equally in the groups?",
);
const ANALYSIS_MATTERED: Question = Question::asked_if(
    "2",
    "2.7",
    Is("2.6", N_NI),
    "Might the result be materially different had everyone been analysed as randomised?",
);

/// An answer that calls for an analysis which corrects for the deviations.
const DEVIATED: When = Any(&[Is("2.3", N_NI), Is("2.4", Y_NI), Is("2.5", Y_NI)]);

/// Effect of adhering, every variant.
pub(super) static ADHERING: Algorithm = Algorithm {
    questions: &[
        PARTICIPANTS_AWARE,
        CARERS_AWARE,
        Question::asked_if(
            "2",
            "2.3",
            All(&[AWARE, Addresses(NonProtocolInterventions)]),
            "Did the groups receive important interventions from outside the protocol about \
             equally?",
        ),
        Question::asked_if(
            "2",
            "2.4",
            Addresses(ImplementationFailures),
            "Did delivery fall short of the intention in a way that might alter the outcome?",
        ),
        Question::asked_if(
            "2",
            "2.5",
            Addresses(NonAdherence),
            "Did participants stray from their regimen in a way that might alter the outcome?",
        ),
        Question::asked_if(
            "2",
            "2.6",
            DEVIATED,
            "Does the analysis suit the effect of adhering, with the deviations corrected for?",
        ),
    ],
    tables: &[&[
        Row { when: Not(&DEVIATED), judgement: Low },
        Row { when: Is("2.6", Y), judgement: SomeConcerns },
        Row { when: Is("2.6", N_NI), judgement: High },
    ]],
};
