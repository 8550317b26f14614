//! What looks wrong in a review's results, how sure that is, and which other reading would explain it.
//!
//! Nothing here changes a number. A [`Finding`] names the study, the outcome, what is suspected, and where it stands; a person
//! looks it up in the source and answers it in `checks.csv`, and the answer is part of the log. One file for each
//! kind of question; the arithmetic is `consilience_stats::plausibility`.

mod answered;
mod baseline;
mod contrasts;
mod counts;
mod effects;
mod finding;
mod kind;
mod material;
mod means;
mod people;
mod places;
mod possible;
mod refused;
mod sizes;
mod tables;
mod turned;
mod twins;
mod without;

use std::collections::BTreeSet;

pub use answered::Answered;
pub use finding::{Explanation, Finding};
pub use kind::Kind;
pub use places::Places;
pub use refused::Refused;
pub use without::{Answer, Without};

use crate::extraction::Extraction;
use crate::state::State;
use material::Material;

/// Everything that looks wrong, the surest first within a study; studies in the order of their surest finding.
pub fn check(state: &State, places: &Places, refused: &[Refused]) -> Vec<Finding> {
    let extraction = Extraction::of(state);
    let material = Material::of(state, &extraction);
    let mut found: Vec<Finding> = Vec::new();
    found.extend(refused.iter().map(Refused::finding));
    found.extend(counts::findings(state, &material, places));
    found.extend(possible::findings(state, &material, places));
    found.extend(means::findings(&material, places));
    found.extend(tables::findings(&material, places));
    found.extend(contrasts::findings(state, &material, places));
    found.extend(effects::findings(state, &extraction, places));
    found.extend(people::findings(state, &material, places));
    found.extend(sizes::findings(&material, places));
    found.extend(twins::findings(state, &material, places));
    found.extend(baseline::findings(&material, places));
    let mut found = each_once(found);
    without::add(state, &mut found);
    answered::add(state, &mut found);
    found.sort_by(|a, b| b.certainty.total_cmp(&a.certainty));
    found
}

/// Of findings of the same kind about the same numbers, the surest.
fn each_once(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by(|a, b| b.certainty.total_cmp(&a.certainty));
    let mut seen = BTreeSet::new();
    found.retain(|it| seen.insert((it.study.clone(), it.outcome.clone(), it.kind, it.arm.clone())));
    found
}
