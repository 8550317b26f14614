//! Bias in measurement of the outcome (domain 4).

use super::Judgement::{High, Low, SomeConcerns};
use super::Question;
use super::table::When::{All, Any, Is};
use super::table::{Algorithm, N, N_NI, NI, Row, When, Y, Y_NI};

/// No flaw is known in how the outcome was measured, so it remains by whom.
const NO_KNOWN_FLAW: When = All(&[Is("4.1", N_NI), Is("4.2", N_NI)]);

/// The assessors could not know the intervention (4.3 is asked in two steps of cluster trials), or
/// knowing it could not matter.
const NOT_INFLUENCED: When = Any(&[Is("4.3", N), Is("4.3a", N), Is("4.3b", N), Is("4.4", N)]);

const TABLES: &[&[Row]] = &[&[
    Row { when: Is("4.1", Y), judgement: High },
    Row { when: All(&[Is("4.1", N_NI), Is("4.2", Y)]), judgement: High },
    Row { when: All(&[Is("4.2", N), NOT_INFLUENCED]), judgement: Low },
    Row { when: All(&[Is("4.2", NI), NOT_INFLUENCED]), judgement: SomeConcerns },
    Row { when: Is("4.5", N), judgement: SomeConcerns },
    Row { when: Is("4.5", Y_NI), judgement: High },
]];

/// Domain 4 of parallel and crossover trials.
pub(super) static PARALLEL: Algorithm = Algorithm {
    questions: &[
        UNFIT,
        DIFFERENT,
        Question::asked_if("4", "4.3", NO_KNOWN_FLAW, ASSESSORS_AWARE),
        Question::asked_if("4", "4.4", Is("4.3", Y_NI), COULD_SWAY),
        PROBABLY_SWAYED,
    ],
    tables: TABLES,
};

/// Domain 4 of cluster-randomised trials.
pub(super) static CLUSTER: Algorithm = Algorithm {
    questions: &[
        UNFIT,
        DIFFERENT,
        Question::asked_if(
            "4",
            "4.3a",
            NO_KNOWN_FLAW,
            "Did those who assessed the outcome know that there was a trial?",
        ),
        Question::asked_if("4", "4.3b", Is("4.3a", Y_NI), ASSESSORS_AWARE),
        Question::asked_if("4", "4.4", Is("4.3b", Y_NI), COULD_SWAY),
        PROBABLY_SWAYED,
    ],
    tables: TABLES,
};

const UNFIT: Question =
    Question::always("4", "4.1", "Was the way of measuring unfit for this outcome?");
const DIFFERENT: Question = Question::always(
    "4",
    "4.2",
    "Might one group have been measured, or watched for events, differently from another?",
);
const ASSESSORS_AWARE: &str = "Did those who assessed the outcome (participants, if they reported \
     it themselves) know who had received what?";
const COULD_SWAY: &str = "Might that knowledge have swayed the assessment?";
const PROBABLY_SWAYED: Question = Question::asked_if(
    "4",
    "4.5",
    Is("4.4", Y_NI),
    "Did that knowledge probably sway the assessment?",
);
