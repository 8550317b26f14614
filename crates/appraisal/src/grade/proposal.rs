//! Proposals for GRADE's ratings from numbers that a program can compute, each with its reasons.
//!
//! GRADE leaves these ratings to judgement and publishes no cut-offs for most of them. The rules here are the program's own,
//! say so, and are only ever a place for a panel to begin. Sources of the inputs: Cochrane Handbook 10.10 and 14.2; Guyatt et
//! al., J Clin Epidemiol 2011;64:1283 (imprecision); Guyatt et al., 2023;158:70 (inconsistency, thresholds).

use super::{Domain, Interval, Rating};

/// A rating proposed for a domain.
#[derive(Debug, Clone, PartialEq)]
pub struct RatingProposal {
    /// The domain.
    pub domain: Domain,
    /// The rating.
    pub rating: Rating,
    /// The numbers and the rule that led to it, in words.
    pub reasons: Vec<String>,
}

impl RatingProposal {
    /// The rule that it follows, in words: the program's, not GRADE's.
    pub fn rule(&self) -> &'static str {
        rule(self.domain)
    }
}

/// The rule by which ratings of a domain are proposed, in words; empty where nothing is proposed.
pub fn rule(domain: Domain) -> &'static str {
    match domain {
        Domain::RiskOfBias => {
            "very serious from 50% of the weight at high risk of bias; serious from 20%, or if the conclusion changes without \
             the results at high risk, or with less than 50% at low risk"
        }
        Domain::Inconsistency => {
            "very serious with I² of 75% and more and estimates from important benefit to important harm (without \
             thresholds: on both sides of no effect); serious with I² of 50% and more and estimates that cross a \
             threshold (or no effect), or with a prediction interval that includes no effect where the confidence \
             interval does not"
        }
        Domain::Indirectness => {
            "serious where the outcome stands for another that matters to people, or where half of the weight has a \
             mismatch of people, intervention, comparator or outcome; very serious with several of these"
        }
        Domain::Imprecision => {
            "serious if the confidence interval of the absolute effect crosses a threshold of importance (without one: \
             no effect), very serious if it crosses those of benefit and harm; if it crosses none, serious below the \
             optimal information size (where there is none: with fewer than 300 events or 400 people) and very serious \
             below a quarter of it"
        }
        Domain::PublicationBias => {
            "strongly suspected with a test of funnel asymmetry of P < 0.10 in ten studies or more"
        }
        Domain::LargeEffect => {
            "large with a risk ratio above 2 or below 0.5, very large above 5 or below 0.2, for non-randomised studies \
             that are not rated down for risk of bias"
        }
        Domain::DoseResponse | Domain::OpposingConfounding => "",
    }
}

/// Where the weight of a meta-analysis comes from, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct WeightByRisk {
    /// From results at low risk of bias.
    pub low: f64,
    /// From results with some concerns, or at moderate risk.
    pub some: f64,
    /// From results at high, serious or critical risk.
    pub high: f64,
    /// From results that were not judged, or could not be.
    pub unknown: f64,
}

/// Risk of bias, by the weight of the results judged; `conclusion_holds` says whether the answer without the results at high
/// risk of bias still excludes (or still includes) no effect, as that of all does; `None` where there is no such answer.
///
/// Program rule: at least half of the weight at high risk, very serious; at least 20% at high risk, or any whose removal changes
/// the conclusion, or less than half at low risk, serious; else not serious. `None` where more than half is not judged.
pub fn propose_risk_of_bias(
    weight: WeightByRisk,
    conclusion_holds: Option<bool>,
) -> Option<RatingProposal> {
    if weight.unknown > 50.0 {
        return None;
    }
    let mut reasons = vec![format!(
        "{:.0}% of the weight comes from results at low risk of bias, {:.0}% with some concerns, {:.0}% at high \
         risk, {:.0}% not judged",
        weight.low, weight.some, weight.high, weight.unknown
    )];
    let changes = weight.high > 0.0 && conclusion_holds == Some(false);
    if changes {
        reasons.push("the conclusion changes without the results at high risk".to_owned());
    }
    let name = if weight.high >= 50.0 {
        "very serious"
    } else if weight.high >= 20.0 || changes || weight.low < 50.0 {
        "serious"
    } else {
        "not serious"
    };
    proposal(Domain::RiskOfBias, name, reasons)
}

/// What is known of the differences between results.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heterogeneity {
    /// The number of studies.
    pub k: usize,
    /// I² in percent.
    pub i2: f64,
    /// The P value of Q, where there is one.
    pub q_p_value: Option<f64>,
    /// Where the estimates lie.
    pub spread: Spread,
    /// Whether the confidence interval excludes no effect and the prediction interval does not; `None` without the latter.
    pub prediction_reverses: Option<bool>,
}

/// Where the studies' estimates lie: of no effect, or, where thresholds of importance are stated, of these, which part important
/// benefit, effects too small to matter, and important harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// All on the same side of no effect.
    OneSide,
    /// On both sides of no effect.
    BothSides,
    /// All in the same of the three ranges that the thresholds part.
    OneRange,
    /// Some important, others too small to matter.
    AcrossOneThreshold,
    /// From important benefit to important harm.
    AcrossBothThresholds,
}

impl Spread {
    fn words(self) -> &'static str {
        match self {
            Self::OneSide => "the estimates lie on the same side of no effect",
            Self::BothSides => "the estimates lie on both sides of no effect",
            Self::OneRange => "the estimates lie on the same side of the thresholds of importance",
            Self::AcrossOneThreshold => {
                "some estimates are important and others too small to matter"
            }
            Self::AcrossBothThresholds => {
                "the estimates run from important benefit to important harm"
            }
        }
    }
}

/// Inconsistency.
///
/// Program rule: one study, not serious; I² of 75% and more with estimates on both sides of no effect (with thresholds: from important
/// benefit to important harm), very serious; I² of 50% and more with estimates on both sides of no effect or of a threshold, or with a
/// prediction interval that includes no effect where the confidence interval does not, serious; else not serious.
pub fn propose_inconsistency(found: Heterogeneity) -> Option<RatingProposal> {
    if found.k < 2 {
        let reason = "one study: there is nothing to be inconsistent with".to_owned();
        return proposal(Domain::Inconsistency, "not serious", vec![reason]);
    }
    let q = match found.q_p_value {
        Some(p) if p < 0.001 => ", P of Q < 0.001".to_owned(),
        Some(p) => format!(", P of Q {p:.3}"),
        None => String::new(),
    };
    let mut reasons = vec![format!("I² {:.0}%{q}; {}", found.i2, found.spread.words())];
    let reverses = found.prediction_reverses == Some(true);
    if reverses {
        reasons.push("the prediction interval includes no effect".to_owned());
    }
    let name = match (found.i2, found.spread) {
        (75.0.., Spread::BothSides | Spread::AcrossBothThresholds) => "very serious",
        (50.0.., Spread::BothSides | Spread::AcrossOneThreshold | Spread::AcrossBothThresholds) => {
            "serious"
        }
        _ if reverses && found.i2 >= 50.0 => "serious",
        _ => "not serious",
    };
    proposal(Domain::Inconsistency, name, reasons)
}

/// What is known of the precision of an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Precision {
    /// The effect with its limits, absolute where thresholds are given: in the thresholds' units.
    pub effect: Interval,
    /// No effect, on that scale.
    pub null: f64,
    /// The smallest important benefit and harm, as distances from no effect below and above it; `None`: not stated.
    pub important: Option<(f64, f64)>,
    /// The participants, where known.
    pub participants: Option<f64>,
    /// The optimal information size, where it can be computed.
    pub information_size: Option<u64>,
    /// Whether there are so few events or people that the information is usually too little; counts where there is no optimal
    /// information size.
    pub is_small: bool,
}

/// Imprecision.
///
/// Rule: the interval crosses one threshold (of importance; of no effect where none is stated), serious; crosses those of important
/// benefit and important harm both, very serious; crosses none but has less than the optimal information size, serious, and less than
/// a quarter of it, very serious; where that size is not known, serious with few events or people.
pub fn propose_imprecision(found: Precision) -> Option<RatingProposal> {
    let Interval { lower, upper, .. } = found.effect;
    let crosses = |threshold: f64| lower < threshold && threshold < upper;
    let (steps, how) = match found.important {
        Some((below, above)) => {
            let (low, high) = (found.null - below.abs(), found.null + above.abs());
            match (crosses(low), crosses(high)) {
                (true, true) => (2, "includes both an important benefit and an important harm"),
                (true, false) | (false, true) => (1, "crosses a threshold of importance"),
                (false, false) => (0, "crosses no threshold of importance"),
            }
        }
        None if crosses(found.null) => {
            (1, "includes no effect (no threshold of importance is stated)")
        }
        None => (0, "excludes no effect (no threshold of importance is stated)"),
    };
    let mut reasons = vec![format!("the confidence interval {how}")];
    let mut steps = steps;
    if let (Some(n), Some(size)) = (found.participants, found.information_size) {
        let share = n / size as f64;
        let met = if share >= 1.0 { "meet" } else { "fall short of" };
        reasons.push(format!("{n:.0} participants {met} the optimal information size of {size}"));
        if steps == 0 && share < 1.0 {
            steps = if share < 0.25 { 2 } else { 1 };
        }
    } else if found.is_small && steps == 0 {
        reasons.push("there are few events or people, whatever the interval says".to_owned());
        steps = 1;
    }
    let name = ["not serious", "serious", "very serious"][steps.min(2)];
    proposal(Domain::Imprecision, name, reasons)
}

/// What is known of the differences between the question and the evidence.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Directness {
    /// What the outcome stands for, where that was not measured itself.
    pub surrogate_for: Option<String>,
    /// What differs in some studies (people, intervention, comparator, outcome), with the share of the weight from them, in percent.
    pub mismatches: Vec<(String, f64)>,
}

/// Indirectness, by what people said of the outcome and of the studies; `None` where nobody said anything.
///
/// Program rule: a mismatch counts where at least half of the weight has it, or where the outcome stands for another; one, serious;
/// several, very serious; else not serious.
pub fn propose_indirectness(found: &Directness) -> Option<RatingProposal> {
    if found.surrogate_for.is_none() && found.mismatches.is_empty() {
        return None;
    }
    let surrogate = found.surrogate_for.iter();
    let surrogate =
        surrogate.map(|it| format!("the outcome stands for {it}, which was not measured"));
    let shares = found.mismatches.iter();
    let shares =
        shares.map(|(what, share)| format!("{share:.0}% of the weight from another {what}"));
    let weighty = found.mismatches.iter().filter(|it| it.1 >= 50.0).count();
    let name = match weighty + usize::from(found.surrogate_for.is_some()) {
        0 => "not serious",
        1 => "serious",
        _ => "very serious",
    };
    proposal(Domain::Indirectness, name, surrogate.chain(shares).collect())
}

/// Publication bias, by a test of funnel asymmetry; `None` for its P value with fewer than ten studies.
///
/// Program rule: P below 0.10, strongly suspected; else undetected.
pub fn propose_publication_bias(k: usize, test_p_value: Option<f64>) -> Option<RatingProposal> {
    let (name, reason) = match test_p_value {
        None => (
            "undetected",
            format!(
                "too few studies ({k}) for a test of funnel asymmetry; look at who paid, and in registries"
            ),
        ),
        Some(p) if p < 0.10 => {
            ("strongly suspected", format!("the funnel of {k} studies is asymmetric, P = {p:.3}"))
        }
        Some(p) => ("undetected", format!("no asymmetry of the funnel of {k} studies, P = {p:.3}")),
    };
    proposal(Domain::PublicationBias, name, vec![reason])
}

/// A large effect, by a risk ratio: beyond 2 or 0.5, large; beyond 5 or 0.2, very large (Guyatt et al., J Clin Epidemiol
/// 2011;64:1311).
pub fn propose_large_effect(risk_ratio: f64) -> Option<RatingProposal> {
    let beyond = |factor: f64| risk_ratio > factor || risk_ratio < 1.0 / factor;
    let name = if beyond(5.0) {
        "very large"
    } else if beyond(2.0) {
        "large"
    } else {
        "none"
    };
    proposal(Domain::LargeEffect, name, vec![format!("risk ratio {risk_ratio:.2}")])
}

fn proposal(domain: Domain, name: &str, reasons: Vec<String>) -> Option<RatingProposal> {
    Some(RatingProposal { domain, rating: Rating::parse(domain, name).ok()?, reasons })
}
