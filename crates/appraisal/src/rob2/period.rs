//! Bias from period and carryover effects (domain S of crossover trials).
//!
//! The table is a reconstruction: no public rendering of the official one was found to check it
//! against. The domain says so in its note, and its proposal is advisory.

use super::Judgement::{High, Low, SomeConcerns};
use super::Question;
use super::table::When::{All, Any, Is, Not};
use super::table::{Algorithm, N, N_NI, NI, Row, When, Y};

/// A period effect, if there is one, does not distort the comparison.
const PERIOD_HANDLED: When = Any(&[Is("S.1", Y), Is("S.2", Y)]);

/// Domain S.
pub(super) static PERIOD_AND_CARRYOVER: Algorithm = Algorithm {
    questions: &[
        Question::always("S", "S.1", "Were about as many people allocated to each sequence?"),
        Question::asked_if(
            "S",
            "S.2",
            Is("S.1", N_NI),
            "Does the analysis allow for an effect of the period?",
        ),
        Question::always(
            "S",
            "S.3",
            "Had any effect of the first intervention worn off by the time the outcome was \
             assessed in the second period?",
        ),
    ],
    tables: &[&[
        Row { when: Is("S.3", N), judgement: High },
        Row { when: Is("S.3", NI), judgement: SomeConcerns },
        Row { when: All(&[Is("S.3", Y), PERIOD_HANDLED]), judgement: Low },
        Row { when: All(&[Is("S.3", Y), Not(&PERIOD_HANDLED)]), judgement: SomeConcerns },
    ]],
};
