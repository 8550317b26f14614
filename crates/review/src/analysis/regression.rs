//! The meta-regression that a plan asks for, on the characteristics of the review's studies.

use super::Synthesis;
use crate::inquiry::{MetaRegression, Moderators, on_characteristics};
use crate::single::StudyTable;
use crate::state::State;

/// From how many studies for each coefficient on a regression says anything (Cochrane Handbook 10.11.5.1).
const LEAST_STUDIES: usize = 10;

/// The regression, if the plan has moderators; why there is none, or why it tells little, goes to the notes.
pub(super) fn planned(
    state: &State,
    synthesis: &Synthesis,
    notes: &mut Vec<String>,
) -> Option<MetaRegression> {
    let terms = &synthesis.plan.moderators;
    if terms.is_empty() || synthesis.studies.is_empty() {
        return None;
    }
    let rows = StudyTable::of_review(state);
    let rows = rows.of(synthesis.studies.iter().map(|it| it.study.as_str()));
    let moderators = Moderators { terms: terms.clone(), intercept: true };
    match on_characteristics(synthesis, &rows, &moderators) {
        Ok(regression) => {
            let (k, slopes) = (regression.fit.k(), regression.fit.p() - 1);
            if k < LEAST_STUDIES * slopes {
                notes.push(format!(
                    "meta-regression of {k} studies: fewer than {LEAST_STUDIES} for each coefficient, so chance \
                     alone may make one"
                ));
            }
            Some(regression)
        }
        Err(problems) => {
            notes.extend(problems.iter().map(|it| {
                format!("no meta-regression: found {}, expected {}", it.found, it.expected)
            }));
            None
        }
    }
}
