//! What a reader must know of a synthesis: doubts about its numbers, and what it takes them for.

use std::collections::BTreeSet;

use consilience_stats::{AddTo, Measure, PredictionMethod};
use indexmap::IndexMap;

use super::StudyEffect;
use super::numbers::degrees_of_freedom;
use crate::extraction::Extraction;
use crate::printed::Printed;
use crate::vocabulary::plan::AnalysisPlan;
use crate::vocabulary::result::{ContrastEffect, PrintedInterval, Reported};

/// What is to be known of single studies: `A, B: …`.
pub(super) fn cautions(studies: &[StudyEffect]) -> Vec<String> {
    let mut by_caution: IndexMap<&str, Vec<&str>> = IndexMap::new();
    for study in studies {
        for caution in &study.cautions {
            let names = by_caution.entry(caution).or_default();
            if !names.contains(&study.study.as_str()) {
                names.push(&study.study);
            }
        }
    }
    by_caution.iter().map(|(caution, names)| format!("{}: {caution}", names.join(", "))).collect()
}

/// What the plan's rule on zero cells adds beyond the tables that have one.
pub(super) fn on_zero_cells(plan: &AnalysisPlan, any_zero_cell: bool) -> Option<String> {
    let increment = plan.zero_cells.as_ref().filter(|it| it.add.value() > 0.0)?;
    let to_all = match increment.to {
        AddTo::All => true,
        AddTo::AllIfAnyZero => any_zero_cell,
        AddTo::OnlyZero | AddTo::None => false,
    };
    to_all.then(|| format!("{} added to every cell of every study", increment.add))
}

/// How the prediction interval was made.
pub(super) fn on_prediction(method: PredictionMethod, k: usize) -> String {
    let t = |lost: usize| {
        format!("t distribution with {}", degrees_of_freedom(k.saturating_sub(lost) as f64))
    };
    match method {
        PredictionMethod::HigginsThompsonSpiegelhalter => {
            format!("prediction interval by Higgins, Thompson and Spiegelhalter: {}", t(2))
        }
        PredictionMethod::PartlettRiley => {
            format!("prediction interval by Partlett and Riley: {}", t(1))
        }
        other => format!("prediction interval: {}", other.long_name()),
    }
}

/// What a generic analysis may have taken for what it is not.
pub(super) fn on_generic(
    extraction: &Extraction,
    plan: &AnalysisPlan,
    studies: &[StudyEffect],
) -> Vec<String> {
    if plan.measure != Measure::Generic {
        return Vec::new();
    }
    let keys = studies.iter().flat_map(|it| &it.inputs);
    let results = keys.filter_map(|it| extraction.get(it)?.counts());
    let effects: Vec<&ContrastEffect> = results
        .filter_map(|it| match &it.value.reported {
            Reported::Contrast { effect, .. } => effect.as_ref(),
            _ => None,
        })
        .collect();
    let kinds = several_kinds(&effects).filter(|_| plan.effect_name.is_none());
    let ratios = (!plan.ratio && look_like_ratios(&effects)).then(|| {
        "these look like ratios: all are above 0, and in the middle of their intervals as logarithms only; \
         `--ratio`, or `ratio = true` in review.toml, analyses them as ratios"
            .to_owned()
    });
    kinds.into_iter().chain(ratios).collect()
}

/// A generic analysis that names no effect pools whatever it is given, and says so.
fn several_kinds(effects: &[&ContrastEffect]) -> Option<String> {
    let kinds: BTreeSet<String> = effects.iter().map(|it| it.measure.to_uppercase()).collect();
    let kinds: Vec<String> = kinds.into_iter().collect();
    (kinds.len() > 1).then(|| {
        format!(
            "effects of several kinds are pooled: {}; `effect_name` chooses one",
            kinds.join(", ")
        )
    })
}

/// The scale on which an estimate lies in the middle of its interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scale {
    Linear,
    Logarithmic,
    /// The interval is too narrow, or printed with too few digits, to tell.
    Either,
}

fn look_like_ratios(effects: &[&ContrastEffect]) -> bool {
    let scales: Option<Vec<Scale>> = effects.iter().map(|it| scale(it, it.ci.as_ref()?)).collect();
    scales.is_some_and(|it| !it.contains(&Scale::Linear) && it.contains(&Scale::Logarithmic))
}

/// The scale of a printed interval, as far as its digits tell; `None` where it cannot be that of a ratio.
fn scale(printed: &ContrastEffect, ci: &PrintedInterval) -> Option<Scale> {
    const OFF_CENTRE: f64 = 0.1;
    let [lower, estimate, upper] = [&ci.lower, &printed.effect, &ci.upper].map(Printed::value);
    if lower <= 0.0 || estimate <= lower || upper <= estimate {
        return None;
    }
    let [of_lower, of_estimate, of_upper] =
        [&ci.lower, &printed.effect, &ci.upper].map(Printed::rounding);
    let linear = Centre {
        off: (estimate - f64::midpoint(lower, upper)).abs(),
        width: upper - lower,
        rounding: of_estimate + f64::midpoint(of_lower, of_upper),
    };
    let logs = [lower, estimate, upper].map(libm::log);
    let logarithmic = Centre {
        off: (logs[1] - f64::midpoint(logs[0], logs[2])).abs(),
        width: logs[2] - logs[0],
        rounding: of_estimate / estimate + f64::midpoint(of_lower / lower, of_upper / upper),
    };
    if logarithmic.share() > OFF_CENTRE {
        return None;
    }
    Some(match (logarithmic.is_exact(), linear.is_exact()) {
        (true, true) => Scale::Either,
        (true, false) => Scale::Logarithmic,
        (false, false) if logarithmic.share() < linear.share() => Scale::Logarithmic,
        (false, true | false) => Scale::Linear,
    })
}

/// How far an estimate lies from the middle of its interval.
struct Centre {
    off: f64,
    width: f64,
    /// How far rounding alone may have moved it.
    rounding: f64,
}

impl Centre {
    fn share(&self) -> f64 {
        self.off / self.width
    }

    fn is_exact(&self) -> bool {
        const SLACK: f64 = 1e-9;
        self.off <= self.rounding + SLACK * self.width
    }
}
