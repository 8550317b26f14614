//! What the program proposes for each domain, from the numbers, with its reasons; or why it cannot.

use consilience_appraisal::grade::{
    Directness, Domain, Heterogeneity, Interval, Precision, RatingProposal, propose_imprecision,
    propose_inconsistency, propose_indirectness, propose_large_effect, propose_publication_bias,
    propose_risk_of_bias,
};

use super::absolute::{Absolute, AbsoluteRow};
use super::decision::Entries;
use super::designs::StartProposal;
use super::evidence::Evidence;
use crate::analysis::{MIN_STUDIES_FOR_FUNNEL, Restriction, Synthesis, short};
use crate::flow::Flow;
use crate::keyword::Keyword;
use crate::vocabulary::certainty::{CertaintyItem, Start};
use crate::vocabulary::protocol::Outcome;

/// What is proposed for one domain, or why nothing is.
type Answer = Result<RatingProposal, String>;

/// The proposals for one body of evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposals {
    /// Where it starts, with the reason.
    pub start: Result<(Start, String), String>,
    /// By domain, in GRADE's order.
    pub domains: Vec<(Domain, Answer)>,
}

impl Proposals {
    /// What is proposed for a domain.
    ///
    /// # Errors
    /// Why nothing is.
    pub fn of(&self, domain: Domain) -> Result<&RatingProposal, &str> {
        let found = self.domains.iter().find(|it| it.0 == domain);
        found.map_or(Err(""), |it| it.1.as_ref().map_err(String::as_str))
    }

    /// The start (`None`) and each domain, with the name of what is proposed.
    pub(super) fn items(&self) -> impl Iterator<Item = (Option<Domain>, Option<&'static str>)> {
        let start = self.start.as_ref().ok().map(|it| it.0.name());
        let domains = self.domains.iter();
        let domains = domains.map(|it| (Some(it.0), it.1.as_ref().ok().map(|it| it.rating.name())));
        std::iter::once((None, start)).chain(domains)
    }
}

pub(super) fn proposals(
    start: StartProposal,
    synthesis: Option<&Synthesis>,
    evidence: Option<&Evidence>,
    said: &Entries,
    (outcome, flow): (&Outcome, &Flow),
) -> Proposals {
    const ABSENT: &str = "no analysis of it is planned";
    let both = synthesis.zip(evidence);
    let of = |answer: &dyn Fn(&Synthesis, &Evidence) -> Answer| match both {
        Some((synthesis, evidence)) => answer(synthesis, evidence),
        None => Err(ABSENT.to_owned()),
    };
    let bias = of(&risk_of_bias);
    let upgrade = |what: &str| Err(format!("{what}: a person must judge this"));
    let domains = vec![
        (Domain::Inconsistency, of(&inconsistency)),
        (Domain::Indirectness, indirectness(outcome, evidence)),
        (Domain::Imprecision, of(&imprecision)),
        (
            Domain::PublicationBias,
            of(&|synthesis, evidence| publication_bias(synthesis, evidence, flow)),
        ),
        (Domain::LargeEffect, of(&|_, evidence| large_effect(&start, evidence, said, &bias))),
        (Domain::DoseResponse, upgrade("whether more of it does more")),
        (Domain::OpposingConfounding, upgrade("whether confounding would have hidden the effect")),
    ];
    let domains = std::iter::once((Domain::RiskOfBias, bias)).chain(domains).collect();
    Proposals { start, domains }
}

const NOT_POOLED: &str =
    "nothing was pooled: a person must judge this from the studies' own results";

fn unless<T>(value: Option<T>, reason: &str) -> Result<T, String> {
    value.ok_or_else(|| reason.to_owned())
}

fn risk_of_bias(synthesis: &Synthesis, evidence: &Evidence) -> Answer {
    let weight = unless(evidence.weight, NOT_POOLED)?;
    let proposal = propose_risk_of_bias(weight, evidence.conclusion_holds);
    let mut proposal = proposal.ok_or_else(|| {
        format!(
            "{:.0}% of the weight comes from results without an overall judgement of risk of bias",
            weight.unknown
        )
    })?;
    for restricted in &synthesis.restricted {
        let is_all = restricted.left_out.is_empty();
        let Some(pooled) = restricted.pooled.as_ref().filter(|_| !is_all) else { continue };
        let show = |it: f64| short_two(synthesis.display(it));
        let which = match restricted.restriction {
            Restriction::Low => "from results at low risk alone",
            Restriction::LowOrSome => "without results at high risk",
        };
        proposal.reasons.push(format!(
            "{which}: {} ({} to {}), {} of {} studies",
            show(pooled.estimate),
            show(pooled.ci.lower),
            show(pooled.ci.upper),
            restricted.studies.len(),
            synthesis.studies.len()
        ));
    }
    Ok(proposal)
}

/// Two decimals are enough to see whether an answer moved; small numbers keep theirs.
fn short_two(value: f64) -> String {
    let text = if value.abs() >= 0.1 { format!("{value:.2}") } else { short(value) };
    text.replace('-', "−")
}

fn inconsistency(synthesis: &Synthesis, evidence: &Evidence) -> Answer {
    let pooled = unless(synthesis.pooled.as_ref(), NOT_POOLED)?;
    let spread = unless(evidence.spread, NOT_POOLED)?;
    let prediction_reverses =
        pooled.prediction.map(|it| !pooled.ci.contains(0.0) && it.contains(0.0));
    let found = Heterogeneity {
        k: pooled.k,
        i2: pooled.i2,
        q_p_value: Some(pooled.q_p_value),
        spread,
        prediction_reverses,
    };
    let mut proposal = unless(propose_inconsistency(found), NOT_POOLED)?;
    if let Some(interval) = synthesis.heterogeneity_interval.filter(|it| !it.is_empty) {
        let (low, high) = (interval.i2.lower, interval.i2.upper);
        proposal.reasons.push(format!("the interval of I² runs from {low:.0}% to {high:.0}%"));
    }
    if let Some([below, between, above]) = evidence.ranges.filter(|_| pooled.k > 1) {
        proposal.reasons.push(format!(
            "an important decrease in {below}, too little to matter in {between}, an important increase in {above} of {} \
             studies",
            pooled.k
        ));
    }
    if let Some(interval) = pooled.prediction {
        let show = |it: f64| short_two(synthesis.display(it));
        proposal.reasons.push(format!(
            "the prediction interval runs from {} to {}",
            show(interval.lower),
            show(interval.upper)
        ));
    }
    Ok(proposal)
}

fn indirectness(outcome: &Outcome, evidence: Option<&Evidence>) -> Answer {
    let mismatches = evidence.map(|it| it.mismatches.as_slice()).unwrap_or_default();
    let found = Directness {
        surrogate_for: outcome.grading.surrogate_for.clone(),
        mismatches: mismatches.iter().map(|(it, share)| (it.name().to_owned(), *share)).collect(),
    };
    unless(
        propose_indirectness(&found),
        "a person must compare people, interventions, comparators and outcome with the question; mismatches go into the \
         column `indirect` of studies.csv",
    )
}

fn imprecision(synthesis: &Synthesis, evidence: &Evidence) -> Answer {
    let pooled = unless(synthesis.pooled.as_ref(), NOT_POOLED)?;
    let relative =
        Interval { estimate: pooled.estimate, lower: pooled.ci.lower, upper: pooled.ci.upper };
    let thresholds = synthesis.outcome.grading.thresholds.as_ref();
    let absolute = evidence.absolute.as_ref();
    let smallest = thresholds.filter(|_| absolute.is_ok()).map(|it| it.smallest().value());
    let rate = |row: Option<&AbsoluteRow>| {
        propose_imprecision(Precision {
            effect: row.map_or(relative, |it| it.difference),
            null: 0.0,
            important: row.and(smallest).map(|it| (it, it)),
            participants: evidence.participants.known(),
            information_size: evidence.information.as_ref().ok().map(|it| it.size.total),
            is_small: !alarms(evidence).is_empty(),
        })
    };
    let rows = absolute.map(|it| it.rows.as_slice()).unwrap_or_default();
    let mut proposal = unless(rate(rows.first()), NOT_POOLED)?;
    if let (Ok(absolute), Some(row)) = (absolute, rows.first()) {
        proposal.reasons.insert(0, absolute_words(absolute, row, smallest));
    }
    match &evidence.information {
        Ok(it) => proposal.reasons.push(format!("information size from: {}", it.inputs)),
        Err(reason) => proposal.reasons.push(format!("no optimal information size: {reason}")),
    }
    proposal.reasons.extend(alarms(evidence));
    for row in rows.iter().skip(1) {
        if let Some(other) = rate(Some(row)).filter(|it| it.rating != proposal.rating) {
            let label = row.label.as_deref().unwrap_or("another baseline risk");
            proposal.reasons.push(format!("{label}: it would be {}", other.rating));
        }
    }
    Ok(proposal)
}

/// The interval that is judged, and against what.
fn absolute_words(absolute: &Absolute, row: &AbsoluteRow, smallest: Option<f64>) -> String {
    let Interval { estimate, lower, upper } = row.difference;
    let show = |it: f64| {
        let text = if it.abs() < 10.0 { format!("{it:.2}") } else { format!("{it:.1}") };
        text.trim_end_matches('0').trim_end_matches('.').replace('-', "−")
    };
    let threshold = smallest.map(|it| format!(", thresholds ±{it}")).unwrap_or_default();
    format!(
        "absolute effect {} ({} to {}) {}{threshold}",
        show(estimate),
        show(lower),
        show(upper),
        absolute.scale.unit()
    )
}

/// Sizes below which information is usually too little (GRADE handbook 5.2.4.2).
fn alarms(evidence: &Evidence) -> Vec<String> {
    const FEW_EVENTS: f64 = 300.0;
    const FEW_PEOPLE: f64 = 400.0;
    let events = evidence.events().filter(|it| *it < FEW_EVENTS);
    let people = evidence.participants.known().filter(|it| *it < FEW_PEOPLE);
    let is_of_means = evidence.absolute.as_ref().is_ok_and(|it| !it.scale.counts_events());
    let few_events = events.map(|it| format!("only {it} events, fewer than {FEW_EVENTS}"));
    let few_people = people.filter(|_| is_of_means);
    let few_people = few_people.map(|it| format!("only {it} people, fewer than {FEW_PEOPLE}"));
    few_events.into_iter().chain(few_people).collect()
}

fn publication_bias(synthesis: &Synthesis, evidence: &Evidence, flow: &Flow) -> Answer {
    unless(synthesis.pooled.as_ref(), NOT_POOLED)?;
    let p_value = evidence.funnel.map(|it| it.p_value);
    let proposal = propose_publication_bias(synthesis.studies.len(), p_value);
    let mut proposal = unless(proposal, NOT_POOLED)?;
    if let Some(funnel) = evidence.funnel {
        proposal.reasons.push(format!("{}'s test", funnel.test));
    } else if synthesis.studies.len() >= MIN_STUDIES_FOR_FUNNEL {
        proposal.reasons = vec!["the test of funnel asymmetry has no answer".to_owned()];
    }
    let count = |n: usize, what: &str| (n > 0).then(|| format!("{n} {what}"));
    proposal.reasons.extend(count(
        synthesis.excluded.len(),
        "further studies of this comparison give no result that the analysis can use",
    ));
    proposal.reasons.extend(count(flow.ongoing.len(), "reports of studies that are ongoing"));
    proposal.reasons.extend(count(flow.awaiting.len(), "reports that await classification"));
    Ok(proposal)
}

/// GRADE rates up as a rule only non-randomised studies, and not those rated down for risk of bias.
fn large_effect(
    start: &StartProposal,
    evidence: &Evidence,
    said: &Entries,
    bias: &Answer,
) -> Answer {
    let ratio = unless(evidence.risk_ratio, "the effect is not one of risks")?;
    let decided = said.values().flatten().find_map(|it| match it.value.item {
        CertaintyItem::Start(start) => Some(start),
        CertaintyItem::Domain(..) => None,
    });
    let start = decided.or(start.as_ref().ok().map(|it| it.0));
    match start {
        None => return Err("whether the studies are randomised is not known".to_owned()),
        Some(Start::Randomised) => {
            return Err(format!(
                "GRADE rates up as a rule only non-randomised studies (risk ratio {ratio:.2})"
            ));
        }
        Some(Start::NonRandomised | Start::RobinsI) => {}
    }
    let rated = said.values().flatten().find_map(|it| match it.value.item {
        CertaintyItem::Domain(Domain::RiskOfBias, rating) => Some(rating.steps()),
        _ => None,
    });
    let steps = rated.or(bias.as_ref().ok().map(|it| it.rating.steps()));
    if steps.is_some_and(|it| it < 0) {
        return Err(
            "rated down for risk of bias, so not up as well, unless the panel says why".to_owned()
        );
    }
    unless(propose_large_effect(ratio), NOT_POOLED)
}
