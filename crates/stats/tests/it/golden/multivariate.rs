//! `rma.mv`, what is asked of its fits, and what prepares its input.

use super::case::{Case, Outcome, not_yet};

pub(crate) fn run(_case: &Case) -> Outcome {
    not_yet("function")
}
