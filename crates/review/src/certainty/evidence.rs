//! The numbers that ratings of one body of evidence rest on, all from its main analysis.

use consilience_appraisal::grade::{
    InformationSize, Interval, Spread, VarianceForm, WeightByRisk, ois_continuous, ois_dichotomous,
};
use consilience_appraisal::tool::Light;
use consilience_stats::Measure;
use consilience_stats::bias::{TableTest, table_asymmetry_test};

use super::absolute::{self, Absolute, AbsoluteScale};
use crate::analysis::{
    MIN_STUDIES_FOR_FUNNEL, People, Restriction, StudyData, StudyEffect, Synthesis, people, short,
    sum_of_people,
};
use crate::keyword::Keyword;
use crate::printed::Printed;
use crate::risk_of_bias::{RobAssessment, assessment_for};
use crate::state::State;
use crate::vocabulary::certainty::RatedOn;
use crate::vocabulary::study::Mismatch;

/// What the main analysis of a body of evidence tells those who rate it.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The analysis.
    pub analysis: String,
    /// The studies that say something: with an effect, or else in words.
    pub studies: usize,
    /// The people in them.
    pub participants: People,
    /// Events or sizes of both groups, the one that is tried first, where every study prints them.
    pub arms: Option<[ArmTotal; 2]>,
    /// The effect as readers see it; `None` where nothing was pooled.
    pub effect: Option<Interval>,
    /// Where the weight comes from.
    pub weight: Option<WeightByRisk>,
    /// Whether the answer without results at high risk of bias has no effect on the same side of its interval, or in it, as that
    /// of all; `None` where there is no such answer.
    pub conclusion_holds: Option<bool>,
    /// What the effect means in absolute numbers, or why that cannot be said.
    pub absolute: Result<Absolute, String>,
    /// In what studies differ from the question, with the share of the weight from them.
    pub mismatches: Vec<(Mismatch, f64)>,
    /// Where the studies' estimates lie; `None` without a pool.
    pub spread: Option<Spread>,
    /// How many studies show an important decrease, too little to matter, and an important increase; `None` without thresholds.
    pub ranges: Option<[usize; 3]>,
    /// The optimal information size, or why it cannot be computed.
    pub information: Result<Information, String>,
    /// The test of funnel asymmetry, from ten studies on.
    pub funnel: Option<Funnel>,
    /// The effect as a risk ratio, for large effects.
    pub risk_ratio: Option<f64>,
}

/// What one group of all studies has together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ArmTotal {
    /// Events; `None` for means.
    pub events: Option<f64>,
    /// People.
    pub n: f64,
}

/// An optimal information size with what it was computed from.
#[derive(Debug, Clone, PartialEq)]
pub struct Information {
    /// The size.
    pub size: InformationSize,
    /// Its inputs and its formula, in words.
    pub inputs: String,
}

/// A test of funnel asymmetry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Funnel {
    /// Its name.
    pub test: &'static str,
    /// Two-sided P value.
    pub p_value: f64,
}

impl Evidence {
    pub(super) fn of(state: &State, synthesis: &Synthesis, judged: &[RobAssessment]) -> Self {
        let effect = synthesis.pooled.as_ref().map(|it| {
            let show = |value| synthesis.display(value);
            Interval {
                estimate: show(it.estimate),
                lower: show(it.ci.lower),
                upper: show(it.ci.upper),
            }
        });
        let absolute = match effect {
            Some(effect) => absolute::absolute(state, synthesis, effect),
            None => Err("no effect was pooled".to_owned()),
        };
        let thresholds = synthesis.outcome.grading.thresholds.as_ref();
        let ranges = absolute.as_ref().ok().zip(thresholds);
        let ranges =
            ranges.and_then(|(it, thresholds)| absolute::ranges(synthesis, it, thresholds));
        let (studies, participants) = studies_and_people(synthesis);
        Self {
            analysis: synthesis.plan.id.clone(),
            studies,
            participants,
            arms: arms(synthesis),
            effect,
            weight: effect.map(|_| weight(synthesis, judged)),
            conclusion_holds: conclusion_holds(synthesis),
            mismatches: mismatches(state, synthesis),
            spread: effect.map(|_| spread(synthesis, ranges)),
            ranges,
            information: information(synthesis, absolute.as_ref().ok()),
            funnel: funnel(synthesis),
            risk_ratio: risk_ratio(synthesis, effect, absolute.as_ref().ok()),
            absolute,
        }
    }

    /// The numbers that a rating made today rests on, as they go into `certainty.csv`.
    pub fn numbers(&self) -> RatedOn {
        let printed = |value: f64| Printed::parse(&short(value)).ok();
        RatedOn {
            proposed: None,
            analysis: Some(self.analysis.clone()),
            estimate: self.effect.and_then(|it| printed(it.estimate)),
            ci_lower: self.effect.and_then(|it| printed(it.lower)),
            ci_upper: self.effect.and_then(|it| printed(it.upper)),
            studies: printed(self.studies as f64),
            participants: self.participants.known().map(Printed::from_value),
        }
    }

    /// Events in both groups together.
    pub fn events(&self) -> Option<f64> {
        let [experimental, comparator] = self.arms?;
        Some(experimental.events? + comparator.events?)
    }
}

/// Those with an effect; where there is none, those that say something in words.
fn studies_and_people(synthesis: &Synthesis) -> (usize, People) {
    let contributing = synthesis.contributing();
    let n = contributing.len();
    match &synthesis.narrative {
        Some(narrative) if synthesis.pooled.is_none() => {
            let rows = narrative.rows.iter().filter(|it| contributing.contains(&&*it.study));
            (n, sum_of_people(rows.map(|it| it.n), n))
        }
        _ => (n, people(&synthesis.studies)),
    }
}

fn arms(synthesis: &Synthesis) -> Option<[ArmTotal; 2]> {
    let empty = |events: Option<f64>| ArmTotal { events, n: 0.0 };
    let counts = synthesis.studies.first()?.data.table().map(|_| 0.0);
    let mut totals = [empty(counts), empty(counts)];
    for study in &synthesis.studies {
        let of_study = match study.data {
            StudyData::Events(it) => [(Some(it.events_e), it.n_e), (Some(it.events_c), it.n_c)],
            StudyData::Means { experimental, comparator } => {
                [(None, experimental.n), (None, comparator.n)]
            }
            StudyData::Contrast { .. } | StudyData::Summary(_) => return None,
        };
        for (total, (events, n)) in totals.iter_mut().zip(of_study) {
            total.n += n;
            total.events = total.events.zip(events).map(|(a, b)| a + b);
        }
    }
    Some(totals)
}

fn weight(synthesis: &Synthesis, judged: &[RobAssessment]) -> WeightByRisk {
    let mut weight = WeightByRisk::default();
    for study in &synthesis.studies {
        let level = assessment_for(judged, &study.study, &synthesis.outcome.id)
            .and_then(RobAssessment::overall);
        let share = match level.map(|it| it.light) {
            Some(Light::Low) => &mut weight.low,
            Some(Light::Some) => &mut weight.some,
            Some(Light::High | Light::Critical) => &mut weight.high,
            Some(Light::Unknown) | None => &mut weight.unknown,
        };
        *share += share_of(synthesis, study);
    }
    weight
}

fn mismatches(state: &State, synthesis: &Synthesis) -> Vec<(Mismatch, f64)> {
    let share = |mismatch: Mismatch| {
        let has = |study: &str| {
            state.studies.get(study).is_some_and(|it| it.indirect.contains(&mismatch))
        };
        let studies = synthesis.studies.iter().filter(|it| has(&it.study));
        studies.map(|it| share_of(synthesis, it)).sum::<f64>()
    };
    let all = Mismatch::all().iter().map(|it| (*it, share(*it)));
    all.filter(|it| it.1 > 0.0).collect()
}

/// A single study is the whole answer, whatever weight it was given.
fn share_of(synthesis: &Synthesis, study: &StudyEffect) -> f64 {
    if synthesis.studies.len() == 1 { 100.0 } else { study.weight }
}

fn conclusion_holds(synthesis: &Synthesis) -> Option<bool> {
    let all = synthesis.pooled.as_ref()?;
    let restricted =
        synthesis.restricted.iter().find(|it| it.restriction == Restriction::LowOrSome)?;
    let some = restricted.pooled.as_ref()?;
    let side = |it: &consilience_stats::Pooled| (it.ci.lower > 0.0, it.ci.upper < 0.0);
    Some(side(all) == side(some))
}

fn spread(synthesis: &Synthesis, ranges: Option<[usize; 3]>) -> Spread {
    match ranges {
        Some([below, _, above]) if below > 0 && above > 0 => Spread::AcrossBothThresholds,
        Some(counts) if counts.iter().filter(|it| **it > 0).count() > 1 => {
            Spread::AcrossOneThreshold
        }
        Some(_) => Spread::OneRange,
        None => {
            let any =
                |test: fn(f64) -> bool| synthesis.studies.iter().any(|it| test(it.effect.estimate));
            let both = any(|it| it < 0.0) && any(|it| it > 0.0);
            if both { Spread::BothSides } else { Spread::OneSide }
        }
    }
}

/// GRADE's usual numbers: two-sided 5%, power 80%, a relative risk reduction of 25%.
const ALPHA: f64 = 0.05;
const POWER: f64 = 0.80;
const RELATIVE_REDUCTION: f64 = 0.25;

fn information(synthesis: &Synthesis, absolute: Option<&Absolute>) -> Result<Information, String> {
    let absolute = absolute.ok_or("there is no absolute effect")?;
    let usual = format!("two-sided alpha {ALPHA}, power {POWER}");
    let made = |size: Result<InformationSize, _>, inputs: String| match size {
        Ok(size) => Ok(Information { size, inputs: format!("{inputs}, {usual}") }),
        Err(error) => Err(consilience_appraisal::grade::GradeError::to_string(&error)),
    };
    let continuous = |difference: f64, sd: f64, inputs: String| {
        made(ois_continuous(difference, sd, ALPHA, POWER), inputs)
    };
    let thresholds = synthesis.outcome.grading.thresholds.as_ref();
    let smallest = thresholds.map(|it| it.smallest().value());
    match &absolute.scale {
        AbsoluteScale::Risk => {
            let risk = absolute.rows.first().and_then(|it| it.comparator);
            let risk = risk.ok_or("the risk without the intervention is not known")? / 1000.0;
            let form = VarianceForm::Pooled;
            let size = ois_dichotomous(risk, RELATIVE_REDUCTION, ALPHA, POWER, form);
            let percent = 100.0 * RELATIVE_REDUCTION;
            made(
                size,
                format!(
                    "risk without the intervention {}, relative risk reduction {percent}%, variance pooled under no effect",
                    short(risk)
                ),
            )
        }
        AbsoluteScale::Mean(_) => {
            let difference = smallest.ok_or(NO_DIFFERENCE)?;
            let sd = pooled_sd(synthesis).ok_or("no study prints a standard deviation")?;
            continuous(
                difference,
                sd,
                format!("difference to detect {difference}, standard deviation {}", short(sd)),
            )
        }
        AbsoluteScale::Familiar(scale) => {
            let difference = smallest.ok_or(NO_DIFFERENCE)?;
            let sd = scale.sd.value();
            continuous(
                difference,
                sd,
                format!(
                    "difference to detect {difference}, standard deviation {sd} of the familiar scale"
                ),
            )
        }
        AbsoluteScale::StandardDeviations => {
            let difference = smallest.unwrap_or(0.2);
            continuous(
                difference,
                1.0,
                format!("difference to detect {difference} standard deviations"),
            )
        }
        AbsoluteScale::Rate => Err("not computed for rates".to_owned()),
    }
}

const NO_DIFFERENCE: &str = "no threshold of importance is stated, so there is no difference to detect; give the outcome \
                             its `thresholds` in review.toml";

/// The standard deviation within the arms of all studies.
fn pooled_sd(synthesis: &Synthesis) -> Option<f64> {
    let (mut squares, mut df) = (0.0, 0.0);
    for study in &synthesis.studies {
        if let StudyData::Means { experimental, comparator } = study.data {
            for arm in [experimental, comparator].iter().filter(|it| it.n > 1.0) {
                squares += (arm.n - 1.0) * arm.sd * arm.sd;
                df += arm.n - 1.0;
            }
        }
    }
    (df > 0.0 && squares > 0.0).then(|| (squares / df).sqrt())
}

/// Harbord's test for odds ratios of tables, Egger's for everything else (Handbook 13.3.5.4).
fn funnel(synthesis: &Synthesis) -> Option<Funnel> {
    if synthesis.studies.len() < MIN_STUDIES_FOR_FUNNEL {
        return None;
    }
    if matches!(synthesis.plan.measure, Measure::OddsRatio | Measure::PetoOddsRatio) {
        let tables: Option<Vec<_>> = synthesis.studies.iter().map(|it| it.data.table()).collect();
        let level = synthesis.plan.level_share();
        let test = table_asymmetry_test(&tables?, TableTest::Harbord, level).ok()?;
        return Some(Funnel { test: "Harbord", p_value: test.p_value });
    }
    synthesis.egger.as_ref().map(|it| Funnel { test: "Egger", p_value: it.p_value })
}

/// A ratio that is one, or that of the risks that another measure leads to.
fn risk_ratio(
    synthesis: &Synthesis,
    effect: Option<Interval>,
    absolute: Option<&Absolute>,
) -> Option<f64> {
    if synthesis.plan.measure == Measure::RiskRatio {
        return effect.map(|it| it.estimate);
    }
    let row = absolute.filter(|it| it.scale.counts_events())?.rows.first()?;
    let (comparator, intervention) = (row.comparator?, row.intervention?);
    (comparator > 0.0).then(|| intervention.estimate / comparator)
}
