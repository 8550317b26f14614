//! Bias due to missing outcome data (domain 3).

use super::Judgement::{High, Low, SomeConcerns};
use super::Question;
use super::table::When::{Any, Is, Not};
use super::table::{Algorithm, N, N_NI, Row, When, Y, Y_NI};

/// Outcome data are, or may be, lacking (3.1 is asked in two halves of cluster trials).
const LACKING: When = Any(&[Is("3.1", N_NI), Is("3.1a", N_NI), Is("3.1b", N_NI)]);

const TABLES: &[&[Row]] = &[&[
    Row { when: Not(&LACKING), judgement: Low },
    Row { when: Is("3.2", Y), judgement: Low },
    Row { when: Is("3.3", N), judgement: Low },
    Row { when: Is("3.4", N), judgement: SomeConcerns },
    Row { when: Is("3.4", Y_NI), judgement: High },
]];

/// Domain 3 of parallel trials.
pub(super) static PARALLEL: Algorithm = Algorithm {
    questions: &[
        Question::always(
            "3",
            "3.1",
            "Is the outcome known for everyone who was randomised, or almost everyone?",
        ),
        UNBIASED,
        COULD_DEPEND,
        PROBABLY_DEPENDED,
    ],
    tables: TABLES,
};

/// Domain 3 of crossover trials.
pub(super) static CROSSOVER: Algorithm = Algorithm {
    questions: &[
        Question::always(
            "3",
            "3.1",
            "Is the outcome known in both periods for everyone who was randomised, or almost \
             everyone?",
        ),
        UNBIASED,
        COULD_DEPEND,
        PROBABLY_DEPENDED,
    ],
    tables: TABLES,
};

/// Domain 3 of cluster-randomised trials.
pub(super) static CLUSTER: Algorithm = Algorithm {
    questions: &[
        Question::always(
            "3",
            "3.1a",
            "Is the outcome known in every cluster that recruited participants?",
        ),
        Question::always(
            "3",
            "3.1b",
            "Within the clusters, is the outcome known for every participant, or almost every one?",
        ),
        UNBIASED,
        COULD_DEPEND,
        PROBABLY_DEPENDED,
    ],
    tables: TABLES,
};

const UNBIASED: Question = Question::asked_if(
    "3",
    "3.2",
    LACKING,
    "Does anything show that the gaps in the data left the result unbiased?",
)
.without_no_information();
const COULD_DEPEND: Question = Question::asked_if(
    "3",
    "3.3",
    Is("3.2", N),
    "Might people's outcomes have been a reason for their data going missing?",
);
const PROBABLY_DEPENDED: Question = Question::asked_if(
    "3",
    "3.4",
    Is("3.3", Y_NI),
    "Were people's outcomes probably a reason for their data going missing?",
);
