//! Bodies of evidence as a page for a terminal: the numbers, what is proposed and why, what was decided, whether it is stale.

use consilience_appraisal::grade::Domain;
use consilience_review::certainty::{BodyOfEvidence, Decision, Evidence, Freshness, Rated};
use consilience_review::{Evaluation, Keyword, State};

use crate::number::{count, counted, fixed, p_value};
use crate::statement::{capitalised, key_finding};
use crate::summary_of_findings::{RiskText, importance_word};

/// Every body of evidence, one after another, the most important of each comparison first.
pub fn bodies_text(state: &State, evaluation: &Evaluation) -> String {
    let mut lines = Vec::new();
    for comparison in state.comparisons.values() {
        let mut bodies: Vec<&BodyOfEvidence> =
            evaluation.certainty.iter().filter(|it| it.comparison == comparison.id).collect();
        bodies.sort_by_key(|it| it.rank(state).1);
        for body in bodies {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.extend(body_lines(state, evaluation, body));
        }
    }
    lines.join("\n")
}

fn body_lines(state: &State, evaluation: &Evaluation, body: &BodyOfEvidence) -> Vec<String> {
    let outcome = state.outcomes.get(&body.outcome);
    let name = outcome.map_or(body.outcome.as_str(), |it| &it.name);
    let comparison = state.comparisons.get(&body.comparison);
    let comparison = comparison.map_or(body.comparison.as_str(), |it| &it.name);
    let importance = importance_word(body.rank(state).0);
    let mut lines = vec![format!("{name} ({comparison})"), format!("  importance: {importance}")];
    match body.main.and_then(|it| evaluation.syntheses.get(it)) {
        Some(synthesis) => lines.push(format!(
            "  analysis `{}`: {}",
            synthesis.plan.id,
            capitalised(&key_finding(synthesis))
        )),
        None => lines.push("  no analysis is planned".to_owned()),
    }
    if let Some(evidence) = &body.evidence {
        let better = outcome.and_then(|it| it.direction);
        lines.extend(numbers(evidence, better).into_iter().map(|it| format!("    {it}")));
    }
    lines.push(certainty(body.decision.as_ref()));
    let start = match &body.proposals.start {
        Ok((start, reason)) => Ok((start.name(), vec![reason.clone()])),
        Err(why) => Err(why.as_str()),
    };
    let rated_start = body.decision.as_ref().and_then(|it| it.of(None));
    lines.extend(domain_lines("start", rated_start, start, ""));
    for (domain, answer) in &body.proposals.domains {
        let rated = body.decision.as_ref().and_then(|it| it.of(Some(*domain)));
        let proposed = match answer {
            Ok(it) => Ok((it.rating.name(), it.reasons.clone())),
            Err(why) => Err(why.as_str()),
        };
        let rule = answer.as_ref().map_or("", |it| it.rule());
        lines.extend(domain_lines(&domain.name().to_lowercase(), rated, proposed, rule));
    }
    match &body.levels {
        Ok(levels) => lines.extend(levels.iter().map(|it| {
            format!("  {} level {}: {} (not GRADE's certainty)", it.scale, it.level, it.reason)
        })),
        Err(why) => lines.push(format!("  no level of evidence: {why}")),
    }
    lines
}

/// What the ratings rest on and the analysis does not say by itself.
fn numbers(
    evidence: &Evidence,
    better: Option<consilience_review::vocabulary::protocol::Better>,
) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some([experimental, comparator]) = &evidence.arms {
        let arm = |it: &consilience_review::certainty::ArmTotal| match it.events {
            Some(events) => format!("{}/{}", count(events), count(it.n)),
            None => count(it.n),
        };
        let what = if experimental.events.is_some() { "events/people" } else { "people" };
        lines.push(format!("{what}: {} against {}", arm(experimental), arm(comparator)));
    }
    match &evidence.absolute {
        Ok(absolute) => {
            for row in &absolute.rows {
                let text = RiskText::new(absolute, row, better);
                let label = text.label.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
                let nnt = text.nnt.as_ref().map(|it| format!("; {it}")).unwrap_or_default();
                lines.push(format!(
                    "absolute effect{label}: {}{nnt}; without it {} ({})",
                    text.difference, text.comparator, text.basis
                ));
            }
            lines.extend(absolute.refused.iter().map(|it| format!("not used: {it}")));
        }
        Err(why) => lines.push(format!("no absolute effect: {why}")),
    }
    if let Some(weight) = &evidence.weight {
        lines.push(format!(
            "weight by risk of bias: low {}%, some {}%, high {}%, not judged {}%",
            fixed(weight.low, 0),
            fixed(weight.some, 0),
            fixed(weight.high, 0),
            fixed(weight.unknown, 0)
        ));
    }
    match &evidence.information {
        Ok(it) => lines.push(format!(
            "optimal information size {} ({})",
            count(it.size.total as f64),
            it.inputs
        )),
        Err(why) => lines.push(format!("no optimal information size: {why}")),
    }
    lines.push(evidence.funnel.map_or_else(
        || "no test of funnel asymmetry (from ten studies on)".to_owned(),
        |it| format!("{}'s test of funnel asymmetry: {}", it.test, p_value(it.p_value)),
    ));
    lines
}

fn certainty(decision: Option<&Decision>) -> String {
    let Some(decision) = decision else {
        return "  certainty: not rated".to_owned();
    };
    let freshness = match decision.freshness() {
        Freshness::Current => "rated on the numbers of today".to_owned(),
        Freshness::Stale(changes) => {
            format!("STALE, rated on other numbers: {}", changes.join("; "))
        }
        Freshness::Unknown => "not known on which numbers it was rated".to_owned(),
    };
    let unrated = decision.unrated();
    let unrated = match unrated.len() {
        0 => String::new(),
        n => {
            let names: Vec<&str> = unrated.into_iter().map(Domain::name).collect();
            format!("; {} not rated ({})", counted(n, "domain", "domains"), names.join(", "))
        }
    };
    let (symbols, level) = (decision.certainty.symbols(), decision.certainty.name());
    format!("  certainty: {symbols} {level}, {freshness}{unrated}")
}

fn domain_lines(
    name: &str,
    rated: Option<&Rated>,
    proposed: Result<(&str, Vec<String>), &str>,
    rule: &str,
) -> Vec<String> {
    let decided = rated.map_or_else(|| "not rated".to_owned(), |it| it.entry.rating_name());
    let mut lines = Vec::new();
    let (words, reasons) = match proposed {
        Ok((proposed, reasons)) => (format!("proposed: {proposed}"), reasons),
        Err(why) => ("no proposal".to_owned(), vec![why.to_owned()]),
    };
    lines.push(format!("  {name}: {decided}; {words}"));
    lines.extend(reasons.into_iter().map(|it| format!("      - {it}")));
    if !rule.is_empty() {
        lines.push(format!("      program's rule, not GRADE's: {rule}"));
    }
    if let Some(reason) = rated.and_then(|it| it.entry.reason.as_ref()) {
        lines.push(format!("      the panel: {reason}"));
    }
    if let Some(Freshness::Stale(changes)) = rated.map(|it| &it.freshness) {
        lines.push(format!("      stale: {}", changes.join("; ")));
    }
    lines
}
