//! Bias in selection of the reported result (domain 5).

use super::Judgement::{High, Low, SomeConcerns};
use super::Question;
use super::table::When::{All, Any, Is};
use super::table::{Algorithm, N, N_NI, NI, Row, Y};

/// Domain 5 of parallel and cluster-randomised trials.
pub(super) static PARALLEL: Algorithm = Algorithm {
    questions: &[AS_PLANNED, AMONG_MEASUREMENTS, AMONG_ANALYSES],
    tables: &[&[
        Row { when: Any(&[Is("5.2", Y), Is("5.3", Y)]), judgement: High },
        Row {
            when: All(&[Is("5.2", N_NI), Is("5.3", N_NI), Any(&[Is("5.2", NI), Is("5.3", NI)])]),
            judgement: SomeConcerns,
        },
        Row { when: All(&[Is("5.2", N), Is("5.3", N), Is("5.1", Y)]), judgement: Low },
        Row { when: All(&[Is("5.2", N), Is("5.3", N), Is("5.1", N_NI)]), judgement: SomeConcerns },
    ]],
};

/// Domain 5 of crossover trials: 5.4 counts like 5.2 and 5.3.
pub(super) static CROSSOVER: Algorithm = Algorithm {
    questions: &[
        AS_PLANNED,
        AMONG_MEASUREMENTS,
        AMONG_ANALYSES,
        Question::always(
            "5",
            "5.4",
            "Is a result from both periods withheld because a test for carryover led the authors \
             to report the first period alone?",
        ),
    ],
    tables: &[&[
        Row { when: Any(&[Is("5.2", Y), Is("5.3", Y), Is("5.4", Y)]), judgement: High },
        Row {
            when: All(&[
                Is("5.2", N_NI),
                Is("5.3", N_NI),
                Is("5.4", N_NI),
                Any(&[Is("5.2", NI), Is("5.3", NI), Is("5.4", NI)]),
            ]),
            judgement: SomeConcerns,
        },
        Row {
            when: All(&[Is("5.2", N), Is("5.3", N), Is("5.4", N), Is("5.1", Y)]),
            judgement: Low,
        },
        Row {
            when: All(&[Is("5.2", N), Is("5.3", N), Is("5.4", N), Is("5.1", N_NI)]),
            judgement: SomeConcerns,
        },
    ]],
};

const AS_PLANNED: Question = Question::always(
    "5",
    "5.1",
    "Did the analysis follow a plan fixed before anyone saw unblinded outcomes?",
);
const AMONG_MEASUREMENTS: Question = Question::always(
    "5",
    "5.2",
    "Was this number probably picked for what it shows, out of several ways the outcome was \
     measured?",
);
const AMONG_ANALYSES: Question = Question::always(
    "5",
    "5.3",
    "Was this number probably picked for what it shows, out of several ways the data were \
     analysed?",
);
