//! Arms that differ more at baseline, or less, than chance allows.

use consilience_stats::plausibility::agree::PrintedArm;
use consilience_stats::plausibility::baseline::baseline_test;

use super::finding::Finding;
use super::kind::Kind;
use super::material::{Material, Pair, rounded};
use super::places::Places;
use crate::analysis::short;
use crate::vocabulary::result::{ExtractedResult, Reported};

/// So rare a difference is told; being too alike needs several variables.
const TOO_DIFFERENT: f64 = 0.0005;
const TOO_ALIKE: f64 = 0.0005;

pub(super) fn findings(material: &Material, places: &Places) -> Vec<Finding> {
    let mut studies: Vec<(&str, Vec<&Pair>)> = Vec::new();
    let pairs = material.bodies.iter().flat_map(|it| &it.pairs);
    for pair in pairs.filter(|it| is_baseline(it.experimental) && !it.study.design.is_paired()) {
        match studies.iter_mut().find(|it| it.0 == pair.study.study) {
            Some((_, pairs)) => pairs.push(pair),
            None => studies.push((&pair.study.study, vec![pair])),
        }
    }
    studies.iter().filter_map(|(study, pairs)| of_study(study, pairs, places)).collect()
}

/// Whether a result was measured before anything was done.
pub(super) fn is_baseline(result: &ExtractedResult) -> bool {
    let time = result.time.as_deref().unwrap_or_default().to_lowercase();
    ["baseline", "at baseline", "week 0", "day 0", "month 0", "before treatment", "pre-treatment"]
        .contains(&time.as_str())
}

fn of_study(study: &str, pairs: &[&Pair], places: &Places) -> Option<Finding> {
    let arms: Vec<(PrintedArm, PrintedArm)> = pairs
        .iter()
        .filter_map(|it| Some((printed(it.experimental, it)?, printed(it.comparator, it)?)))
        .collect();
    let test = baseline_test(&arms)?;
    let p = test.p_too_different;
    let (how, rare) = if p < TOO_DIFFERENT {
        ("differ more", p)
    } else if 1.0 - p < TOO_ALIKE && test.variables >= 5 {
        ("differ less", 1.0 - p)
    } else {
        return None;
    };
    let message = format!(
        "the arms {how} at baseline than chance allows: P = {} over {} {}",
        short(rare),
        test.variables,
        if test.variables == 1 { "variable" } else { "variables" }
    );
    let first = pairs.first()?.experimental;
    let certainty = (0.3 + 0.1 * -libm::log10(rare / TOO_DIFFERENT)).min(0.8);
    let place = places.of(first, "mean");
    Some(
        Finding::new(Kind::BaselineImbalance, study, &first.outcome, certainty, place)
            .saying(message),
    )
}

fn printed(result: &ExtractedResult, pair: &Pair) -> Option<PrintedArm> {
    let arms = pair.means()?;
    let is_experimental = std::ptr::eq(result, pair.experimental);
    let arm = if is_experimental { arms.experimental } else { arms.comparator };
    match &result.reported {
        Reported::Mean { mean, sd: Some(sd), .. } => {
            Some(PrintedArm { n: arm.n, mean: rounded(mean), sd: rounded(sd) })
        }
        _ => Some(PrintedArm::from(arm)),
    }
}
