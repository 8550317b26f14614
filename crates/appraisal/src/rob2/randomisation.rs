//! Bias arising from the randomisation process (domains 1 and 1a), and from when the participants of
//! randomised clusters were identified and recruited (domain 1b).

use super::Judgement::{High, Low, SomeConcerns};
use super::Question;
use super::table::When::{All, Is};
use super::table::{Algorithm, N, N_NI, NI, Row, Y, Y_NI};

/// The decision table on the three questions about sequence, concealment and baseline differences.
macro_rules! table {
    ($sequence:literal, $concealment:literal, $baseline:literal) => {
        &[&[
            Row { when: Is($concealment, N), judgement: High },
            Row { when: All(&[Is($concealment, Y), Is($sequence, N)]), judgement: SomeConcerns },
            Row {
                when: All(&[Is($concealment, Y), Is($sequence, Y_NI), Is($baseline, Y)]),
                judgement: SomeConcerns,
            },
            Row {
                when: All(&[Is($concealment, Y), Is($sequence, Y_NI), Is($baseline, N_NI)]),
                judgement: Low,
            },
            Row { when: All(&[Is($concealment, NI), Is($baseline, Y)]), judgement: High },
            Row {
                when: All(&[Is($concealment, NI), Is($baseline, N_NI)]),
                judgement: SomeConcerns,
            },
        ]]
    };
}

/// Domain 1 of parallel trials.
pub(super) static PARALLEL: Algorithm = Algorithm {
    questions: &[
        SEQUENCE,
        CONCEALMENT,
        Question::always(
            "1",
            "1.3",
            "Are the groups so unlike at baseline that the randomisation must be doubted?",
        ),
    ],
    tables: table!("1.1", "1.2", "1.3"),
};

/// Domain 1 of crossover trials.
pub(super) static CROSSOVER: Algorithm = Algorithm {
    questions: &[
        SEQUENCE,
        CONCEALMENT,
        Question::always(
            "1",
            "1.3",
            "Are the sequence groups so unlike at the start of the first period that the \
             randomisation must be doubted?",
        ),
    ],
    tables: table!("1.1", "1.2", "1.3"),
};

const SEQUENCE: Question =
    Question::always("1", "1.1", "Did chance decide the order of the allocations?");
const CONCEALMENT: Question = Question::always(
    "1",
    "1.2",
    "Was each allocation impossible to foresee before the person had been enrolled and assigned?",
);

/// Domain 1a of cluster-randomised trials.
pub(super) static CLUSTERS: Algorithm = Algorithm {
    questions: &[
        Question::always(
            "1a",
            "1a.1",
            "Did chance decide the order in which the clusters were allocated?",
        ),
        Question::always(
            "1a",
            "1a.2",
            "Was each allocation impossible to foresee before the cluster had been enrolled and \
             assigned?",
        ),
        Question::always(
            "1a",
            "1a.3",
            "Are the groups of clusters so unlike at baseline that the randomisation must be \
             doubted?",
        ),
    ],
    tables: table!("1a.1", "1a.2", "1a.3"),
};

/// Domain 1b of cluster-randomised trials.
pub(super) static RECRUITMENT: Algorithm = Algorithm {
    questions: &[
        Question::always(
            "1b",
            "1b.1",
            "Had every participant been identified and recruited before their cluster was \
             randomised?",
        ),
        Question::asked_if(
            "1b",
            "1b.2",
            Is("1b.1", N_NI),
            "Did knowing the cluster's group probably affect who was selected?",
        ),
        Question::always(
            "1b",
            "1b.3",
            "Do differences at baseline point to people being identified or recruited differently \
             in the groups?",
        ),
    ],
    tables: &[&[
        Row { when: Is("1b.1", Y), judgement: Low },
        Row { when: Is("1b.2", Y), judgement: High },
        Row { when: All(&[Is("1b.2", N), Is("1b.3", N_NI)]), judgement: Low },
        Row { when: All(&[Is("1b.2", N), Is("1b.3", Y)]), judgement: SomeConcerns },
        Row { when: All(&[Is("1b.2", NI), Is("1b.3", N_NI)]), judgement: SomeConcerns },
        Row { when: All(&[Is("1b.2", NI), Is("1b.3", Y)]), judgement: High },
    ]],
};
