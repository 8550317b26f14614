//! What a trial says of one arm against the other: whether effect, interval, standard error, P value, direction and the arms'
//! own numbers belong together.

use consilience_stats::plausibility::agree::{
    PrintedArm, distance_of_p, p_of_t_test, p_range, position_in_interval,
};
use consilience_stats::{Effect, MeanSd, Measure, TwoByTwo, distribution};

use super::finding::{Explanation, Finding};
use super::kind::Kind;
use super::material::{Material, Numbers, Pair, rounded};
use super::places::Places;
use crate::analysis::short;
use crate::printed::{PValue, Printed};
use crate::state::State;
use crate::vocabulary::plan::AnalysisPlan;
use crate::vocabulary::protocol::Better;
use crate::vocabulary::result::{ContrastEffect, ExtractedResult, Favours, Reported};

/// How far a P value may lie from what the other numbers allow, as a ratio of test statistics, before it is told: other
/// tests and adjustments explain less than this.
const FAR: f64 = 1.35;
/// How far from the middle of its interval an estimate may lie, as a share of the width.
const OFF_CENTRE: f64 = 0.08;

pub(super) fn findings(state: &State, material: &Material, places: &Places) -> Vec<Finding> {
    let mut found = Vec::new();
    for result in material.extraction.settled() {
        if let Reported::Contrast { effect, p_value, favours, .. } = &result.reported {
            let contrast = Contrast { state, result, places };
            if let Some(effect) = effect {
                found.extend(contrast.interval(effect));
                found.extend(contrast.p_of_effect(effect, p_value.as_ref()));
            }
            if let Some((pair, is_reversed)) = arms_of(material, result) {
                found.extend(contrast.against_arms(
                    &pair,
                    is_reversed,
                    effect.as_ref(),
                    p_value.as_ref(),
                ));
                found.extend(contrast.direction(&pair, favours.as_ref()));
            }
        }
    }
    found
}

/// The two arms' own numbers at the same time, with the same instrument; and whether the contrast is the other way round.
fn arms_of<'a>(material: &Material<'a>, result: &ExtractedResult) -> Option<(Pair<'a>, bool)> {
    let setting = |it: &ExtractedResult| {
        (it.outcome.clone(), it.time.clone(), it.instrument.clone(), it.score, it.population)
    };
    let pairs = material.bodies.iter().flat_map(|it| &it.pairs);
    pairs
        .filter(|it| it.study.study == result.study && setting(it.experimental) == setting(result))
        .find_map(|it| {
            let (e, c) = (it.experimental.subject.arm(), it.comparator.subject.arm());
            match (result.subject.arm(), result.subject.versus()?) {
                (a, b) if a == e && b == c => Some((*it, false)),
                (a, b) if a == c && b == e => Some((*it, true)),
                _ => None,
            }
        })
}

struct Contrast<'a> {
    state: &'a State,
    result: &'a ExtractedResult,
    places: &'a Places,
}

/// Whether an effect of this name is a ratio, whose logarithm is symmetric.
fn is_ratio(state: &State, result: &ExtractedResult, measure: &str) -> bool {
    const RATIOS: [&str; 8] = ["RR", "OR", "HR", "IRR", "ROM", "PETO", "PR", "RATE RATIO"];
    let name = measure.to_uppercase();
    let is_planned = || {
        let plans = state.analyses.values().filter(|it| it.outcome == result.outcome);
        plans.clone().next().is_some() && plans.clone().all(AnalysisPlan::is_ratio)
    };
    RATIOS.contains(&name.as_str()) || (name == Measure::Generic.name() && is_planned())
}

impl Contrast<'_> {
    fn finding(&self, kind: Kind, certainty: f64, field: &'static str, message: String) -> Finding {
        let place = self.places.of(self.result, field);
        Finding::new(kind, &self.result.study, &self.result.outcome, certainty, place)
            .of_arm(self.result.subject.arm())
            .saying(message)
    }

    /// The effect in its interval, and in the middle of it.
    fn interval(&self, effect: &ContrastEffect) -> Option<Finding> {
        let ratio = is_ratio(self.state, self.result, &effect.measure);
        let value = effect.effect.value();
        if ratio && value <= 0.0 {
            let message = format!(
                "{} {}: a ratio is above 0; is it a logarithm?",
                effect.measure, effect.effect
            );
            return Some(self.finding(Kind::LostSign, 0.95, "effect", message));
        }
        let ci = effect.ci.as_ref()?;
        let interval = format!("{} [{}, {}]", effect.effect, ci.lower, ci.upper);
        let (e, l, u) = (rounded(&effect.effect), rounded(&ci.lower), rounded(&ci.upper));
        if e.high() < l.low() || e.low() > u.high() {
            let mirrored = -value >= ci.lower.value() && -value <= ci.upper.value();
            let kind = if mirrored && !ratio { Kind::LostSign } else { Kind::EffectOutsideCi };
            let mut finding = self.finding(
                kind,
                0.98,
                "effect",
                format!("{interval}: the effect lies outside its interval"),
            );
            if mirrored {
                finding = finding.explained(vec![Explanation {
                    reading: format!("a sign: {} lies in the interval", short(-value)),
                    probability: None,
                    numbers: vec![("effect".to_owned(), -value)],
                }]);
            }
            return Some(finding);
        }
        let (low, high) = position_in_interval(e, l, u, ratio)?;
        let off = (low - 0.5).max(0.5 - high).max(0.0);
        if off <= OFF_CENTRE {
            return None;
        }
        let other =
            position_in_interval(e, l, u, !ratio).filter(|(low, high)| *low <= 0.5 && 0.5 <= *high);
        let scale = if ratio { "as logarithms" } else { "" };
        let message = format!(
            "{interval}: the effect lies at {} of the way from the lower to the upper limit{}{scale}, not in the middle",
            short(f64::midpoint(low, high)),
            if ratio { ", " } else { "" },
        );
        let readings = other.map(|_| Explanation {
            reading: if ratio {
                "the interval was made on the plain scale".to_owned()
            } else {
                "it is a ratio, whose logarithm lies in the middle".to_owned()
            },
            probability: None,
            numbers: Vec::new(),
        });
        // Exact and profile intervals are a little lopsided; a typing error is rarely so small.
        let certainty = (0.3 + 2.5 * (off - OFF_CENTRE)).min(0.9);
        let finding = self.finding(Kind::CiAsymmetric, certainty, "ci_lower", message);
        Some(finding.explained(readings.into_iter().collect()))
    }

    /// The P value that the effect and its precision allow.
    fn p_of_effect(&self, effect: &ContrastEffect, p: Option<&PValue>) -> Option<Finding> {
        let ratio = is_ratio(self.state, self.result, &effect.measure);
        let scale = |it: f64| if ratio { (it > 0.0).then(|| libm::log(it)) } else { Some(it) };
        let ends = |it: &Printed| Some((scale(rounded(it).low())?, scale(rounded(it).high())?));
        let estimate = ends(&effect.effect)?;
        let of_se = effect.se.as_ref().map(|it| (rounded(it).low(), rounded(it).high()));
        let of_ci = effect.ci.as_ref().and_then(|ci| {
            let (lower, upper) = (ends(&ci.lower)?, ends(&ci.upper)?);
            let z = distribution::two_sided_z(ci.level_share());
            Some(((upper.0 - lower.1) / (2.0 * z), (upper.1 - lower.0) / (2.0 * z)))
        });
        if let (Some(se), Some(ci)) = (of_se, of_ci) {
            let ratio = if se.0 > ci.1 { se.0 / ci.1 } else { ci.0 / se.1 };
            if ratio > FAR && ratio.is_finite() {
                let message = format!(
                    "the interval implies an SE of {}, and {} is printed",
                    short(f64::midpoint(ci.0, ci.1)),
                    short(f64::midpoint(se.0, se.1))
                );
                return Some(self.finding(Kind::PDisagrees, 0.8, "se", message));
            }
        }
        let possible = p_range(estimate, of_se.or(of_ci)?)?;
        let p = p?;
        self.p_far(p, possible, "effect and its precision", 0.7)
    }

    fn p_far(
        &self,
        p: &PValue,
        possible: (f64, f64),
        what: &str,
        certainty: f64,
    ) -> Option<Finding> {
        let printed = printed_p(p)?;
        let far = distance_of_p(printed, possible);
        let far = if far < 1.0 { 1.0 / far } else { far };
        // Between P values that say next to nothing, ratios of statistics say nothing either.
        if far <= FAR || (printed.0 > 0.3 && possible.0 > 0.3) {
            return None;
        }
        let range = if possible.0 > 0.0 && possible.1 / possible.0 < 1.05 {
            short(possible.0)
        } else {
            format!("{} to {}", short(possible.0), short(possible.1))
        };
        let message = format!("{p} is printed, and {what} give P from {range}");
        let certainty = (certainty * (1.0 - FAR / (far * far))).clamp(0.25, 0.95);
        Some(self.finding(Kind::PDisagrees, certainty, "p_value", message))
    }

    /// The effect and the P value that the arms' own numbers give.
    fn against_arms(
        &self,
        pair: &Pair,
        is_reversed: bool,
        effect: Option<&ContrastEffect>,
        p: Option<&PValue>,
    ) -> Vec<Finding> {
        let mut found = Vec::new();
        if let Some(effect) = effect {
            found.extend(self.effect_of_arms(pair, is_reversed, effect));
        }
        if let (Some(p), Numbers::Means(_), false) =
            (p, pair.numbers, pair.study.design.is_paired())
            && let Some((e, c)) = printed_arms(pair)
            && let Some(possible) = p_of_t_test(&e, &c)
        {
            let finding = self.p_far(p, possible, "means and SDs of both arms", 0.7);
            found.extend(finding.map(|it| as_se(it, pair, p)));
        }
        found
    }

    fn effect_of_arms(
        &self,
        pair: &Pair,
        is_reversed: bool,
        effect: &ContrastEffect,
    ) -> Option<Finding> {
        let own = measured(pair, &effect.measure)?;
        let turned = if is_reversed { -1.0 } else { 1.0 };
        let own_value = turned * own.estimate;
        let ratio = is_ratio(self.state, self.result, &effect.measure);
        let printed = effect.effect.value();
        let printed = if ratio { (printed > 0.0).then(|| libm::log(printed))? } else { printed };
        let slack =
            effect.effect.rounding() * if ratio { 1.0 / effect.effect.value() } else { 1.0 };
        let se = own.variance.sqrt();
        let off = (printed - own_value).abs() - slack;
        // An adjusted effect lies near the plain one; one that is off by a whole standard error is another number.
        if off <= se.max(0.05 * own_value.abs()) {
            return None;
        }
        let mirrored = (printed + own_value).abs() <= 0.35 * off && own_value.abs() > 0.5 * se;
        let kind = if mirrored { Kind::LostSign } else { Kind::EffectDisagrees };
        let shown = if ratio { libm::exp(own_value) } else { own_value };
        let message = format!(
            "{} {} is printed, and the arms' own numbers give {}",
            effect.measure,
            effect.effect,
            short(shown)
        );
        let certainty = if mirrored { 0.9 } else { (0.3 + 0.15 * off / se).min(0.9) };
        Some(self.finding(kind, certainty, "effect", message))
    }

    /// The direction that the words say, and the one of the arms' numbers.
    fn direction(&self, pair: &Pair, favours: Option<&Favours>) -> Option<Finding> {
        let Some(Favours::Arm(said)) = favours else { return None };
        let better = self.state.outcomes.get(&self.result.outcome)?.direction?;
        let effect = measured(
            pair,
            match pair.numbers {
                Numbers::Means(_) => "MD",
                Numbers::Counts(_) => "OR",
            },
        )?;
        let z = effect.estimate / effect.variance.sqrt();
        let experimental = pair.experimental.subject.arm();
        let is_better = match better {
            Better::Higher => z > 0.0,
            Better::Lower => z < 0.0,
        };
        let by_numbers = if is_better { experimental } else { pair.comparator.subject.arm() };
        if z.abs() < 0.5 || by_numbers == said.as_str() {
            return None;
        }
        let message = format!(
            "the text favours {said}, and by the numbers {by_numbers} did better ({} is better)",
            match better {
                Better::Higher => "higher",
                Better::Lower => "lower",
            }
        );
        let certainty = (0.4 + 0.15 * z.abs()).min(0.95);
        Some(self.finding(Kind::DirectionDisagrees, certainty, "favours", message))
    }
}

/// Whether SDs that are standard errors would explain the P value.
fn as_se(finding: Finding, pair: &Pair, p: &PValue) -> Finding {
    let Numbers::Means(arms) = pair.numbers else { return finding };
    let se = |it: MeanSd| PrintedArm::from(MeanSd { sd: it.sd * it.n.sqrt(), ..it });
    let possible = p_of_t_test(&se(arms.experimental), &se(arms.comparator));
    let explains = possible.zip(printed_p(p)).is_some_and(|(possible, printed)| {
        let far = distance_of_p(printed, possible);
        (1.0 / FAR..=FAR).contains(&far)
    });
    if !explains {
        return finding;
    }
    let explanation = Explanation {
        reading: "the SDs of both arms are standard errors: then P agrees".to_owned(),
        probability: None,
        numbers: Vec::new(),
    };
    Finding { kind: Kind::SeAsSd, certainty: finding.certainty.max(0.9), ..finding }
        .explained(vec![explanation])
}

/// The P values that a printed one stands for.
fn printed_p(p: &PValue) -> Option<(f64, f64)> {
    if let Some(exact) = p.exact() {
        let text: String =
            p.text().chars().filter(|it| it.is_ascii_digit() || *it == '.').collect();
        let half = Printed::parse(&text).map_or(0.0, |it| it.rounding());
        return Some(((exact - half).max(0.0), (exact + half).min(1.0)));
    }
    match p.upper_bound() {
        Some(bound) => Some((0.0, bound)),
        None => p.text().contains('>').then(|| {
            let text: String =
                p.text().chars().filter(|it| it.is_ascii_digit() || *it == '.').collect();
            (Printed::parse(&text).map_or(0.05, |it| it.value()), 1.0)
        }),
    }
}

fn printed_arms(pair: &Pair) -> Option<(PrintedArm, PrintedArm)> {
    let Numbers::Means(arms) = pair.numbers else { return None };
    let arm = |result: &ExtractedResult, numbers: MeanSd| match &result.reported {
        Reported::Mean { mean, sd: Some(sd), .. } => {
            Some(PrintedArm { n: numbers.n, mean: rounded(mean), sd: rounded(sd) })
        }
        Reported::Mean { .. } => Some(PrintedArm::from(numbers)),
        _ => None,
    };
    Some((arm(pair.experimental, arms.experimental)?, arm(pair.comparator, arms.comparator)?))
}

/// The effect of the arms' own numbers by a measure's name, on the analysis scale.
fn measured(pair: &Pair, measure: &str) -> Option<Effect> {
    let of_means = |e: &MeanSd, c: &MeanSd| match measure.to_uppercase().as_str() {
        "MD" => consilience_stats::mean_difference(e, c).ok(),
        "SMD" => consilience_stats::standardized_mean_difference(e, c).ok(),
        "ROM" => consilience_stats::ratio_of_means(e, c).ok(),
        _ => None,
    };
    let of_counts = |it: &TwoByTwo| match measure.to_uppercase().as_str() {
        "OR" => consilience_stats::odds_ratio(it).ok(),
        "RR" => consilience_stats::risk_ratio(it).ok(),
        "RD" => consilience_stats::risk_difference(it).ok(),
        _ => None,
    };
    match &pair.numbers {
        Numbers::Means(arms) => of_means(&arms.experimental, &arms.comparator),
        Numbers::Counts(table) => of_counts(table),
    }
}
