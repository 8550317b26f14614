//! `rma.glmm`.

use super::case::{Case, Outcome, not_yet};

pub(crate) fn run(_case: &Case) -> Outcome {
    not_yet("function")
}
