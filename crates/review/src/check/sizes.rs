//! Two arms of so different sizes that a digit of one of them may be wrong.

use std::collections::BTreeSet;

use consilience_stats::plausibility::group_sizes::{GroupSizesReading, weigh_group_sizes};
use consilience_stats::plausibility::means::Which;

use super::finding::{Explanation, Finding};
use super::kind::Kind;
use super::material::{Body, Material, Numbers, Pair};
use super::places::Places;
use crate::analysis::short;
use crate::vocabulary::study::Design;

/// Slips less probable than this are not told.
const TOLD: f64 = 0.3;

pub(super) fn findings(material: &Material, places: &Places) -> Vec<Finding> {
    let mut told: BTreeSet<(&str, String)> = BTreeSet::new();
    let mut found = Vec::new();
    for body in &material.bodies {
        for pair in &body.pairs {
            let finding = of_pair(body, pair, places);
            // One number of people stands in many rows; it is told once.
            found.extend(finding.filter(|it| told.insert((&pair.study.study, it.message.clone()))));
        }
    }
    found
}

fn of_pair(body: &Body, pair: &Pair, places: &Places) -> Option<Finding> {
    let is_explained = pair.experimental.note.is_some() || pair.comparator.note.is_some();
    if pair.study.design == Design::Cluster || is_explained {
        return None;
    }
    let others: Vec<(f64, f64)> = body.others(pair).iter().map(sizes).collect();
    let (n_e, n_c) = sizes(pair);
    let weighed = weigh_group_sizes((n_e, n_c), &others);
    let is_slip = |reading| matches!(reading, GroupSizesReading::Slip { .. });
    let certainty: f64 =
        weighed.iter().filter(|it| is_slip(it.reading)).map(|it| it.probability).sum();
    let best = weighed.iter().find(|it| is_slip(it.reading)).filter(|_| certainty >= TOLD)?;
    let GroupSizesReading::Slip { which, n } = best.reading else { return None };
    let arm = if which == Which::Experimental { pair.experimental } else { pair.comparator };
    let name = arm.subject.arm();
    let ratio = |(e, c): (f64, f64)| e.max(c) / e.min(c);
    let largest = others.iter().copied().map(ratio).fold(1.0, f64::max);
    let beside = match others.len() {
        0 => String::new(),
        1 => format!("; in the other study by {} times", short(largest)),
        k => format!("; in the other {k} studies by {} times at most", short(largest)),
    };
    let message = format!(
        "{n_e} people in {} and {n_c} in {} differ by {} times{beside}; is a digit of {name}'s wrong?",
        pair.experimental.subject.arm(),
        pair.comparator.subject.arm(),
        short(ratio((n_e, n_c)))
    );
    let explanation = Explanation {
        reading: format!("{name} had {n} people"),
        probability: Some(best.probability),
        numbers: vec![("n".to_owned(), n)],
    };
    let place = places.of(arm, "n");
    Some(
        Finding::new(Kind::UnequalGroups, &pair.study.study, &arm.outcome, certainty, place)
            .of_arm(name)
            .saying(message)
            .explained(vec![explanation]),
    )
}

fn sizes(pair: &Pair) -> (f64, f64) {
    match pair.numbers {
        Numbers::Means(arms) => (arms.experimental.n, arms.comparator.n),
        Numbers::Counts(table) => (table.n_e, table.n_c),
    }
}
