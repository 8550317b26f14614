//! A body of evidence as JSON, in `results.json` and from `consil grade --json`.

use consilience_appraisal::grade::Interval;
use consilience_review::analysis::People;
use consilience_review::certainty::{
    Absolute, AbsoluteRow, ArmTotal, BodyOfEvidence, Decision, Evidence, Freshness, Rated,
};
use consilience_review::vocabulary::certainty::CertaintyItem;
use consilience_review::{Keyword, State};
use serde_json::{Map, Value, json};

/// One body of evidence: `certainty`, `start` and `ratings` are the panel's and `null` or empty before it rated anything;
/// `proposals` are the program's; `inputs` are the numbers of today.
pub fn body_json(state: &State, body: &BodyOfEvidence) -> Value {
    let decision = body.decision.as_ref();
    let importance = body.rank(state).0;
    json!({
        "comparison": body.comparison,
        "outcome": body.outcome,
        "importance": importance.map(Keyword::name),
        "start": decision.map(|it| it.start.name()),
        "ratings": decision.map_or_else(|| json!([]), ratings),
        "certainty": decision.map(|it| it.certainty.name()),
        "symbols": decision.map(|it| it.certainty.symbols()),
        "disagreements": decision.map(|it| it.disagreements.clone()).unwrap_or_default(),
        "freshness": decision.map(|it| freshness(&it.freshness())),
        "changes": decision.map(|it| changes(&it.freshness())).unwrap_or_default(),
        "proposals": proposals(body),
        "inputs": body.evidence.as_ref().map(inputs),
        "levels_of_evidence": levels(body),
    })
}

fn ratings(decision: &Decision) -> Value {
    let rating = |it: &Rated| match &it.entry.item {
        CertaintyItem::Domain(domain, rating) => Some(json!({
            "domain": domain.name(),
            "rating": rating.name(),
            "steps": rating.steps(),
            "reason": it.entry.reason,
            "assessor": it.who.0,
            "freshness": freshness(&it.freshness),
            "changes": changes(&it.freshness),
        })),
        CertaintyItem::Start(_) => None,
    };
    decision.entries.iter().filter_map(rating).collect()
}

fn freshness(it: &Freshness) -> &'static str {
    match it {
        Freshness::Current => "current",
        Freshness::Stale(_) => "stale",
        Freshness::Unknown => "not known on which numbers",
    }
}

fn changes(it: &Freshness) -> Vec<String> {
    match it {
        Freshness::Stale(changes) => changes.clone(),
        Freshness::Current | Freshness::Unknown => Vec::new(),
    }
}

fn proposals(body: &BodyOfEvidence) -> Value {
    let start = match &body.proposals.start {
        Ok((start, reason)) => {
            json!({ "domain": "start", "proposed": start.name(), "reasons": [reason] })
        }
        Err(why) => json!({ "domain": "start", "proposed": null, "why_not": why }),
    };
    let domain = |(domain, answer): &(consilience_appraisal::grade::Domain, Result<_, String>)| {
        let answer: &Result<consilience_appraisal::grade::RatingProposal, String> = answer;
        match answer {
            Ok(it) => json!({
                "domain": domain.name(),
                "proposed": it.rating.name(),
                "steps": it.rating.steps(),
                "reasons": it.reasons,
                "program_rule": it.rule(),
            }),
            Err(why) => json!({ "domain": domain.name(), "proposed": null, "why_not": why }),
        }
    };
    std::iter::once(start).chain(body.proposals.domains.iter().map(domain)).collect()
}

fn inputs(it: &Evidence) -> Value {
    let (participants, is_least) = match it.participants {
        People::All(n) => (Some(n), false),
        People::AtLeast(n) => (Some(n), true),
        People::Unknown => (None, false),
    };
    json!({
        "analysis": it.analysis,
        "studies": it.studies,
        "participants": participants,
        "participants_at_least": is_least,
        "experimental": it.arms.map(|it| arm(&it[0])),
        "comparator": it.arms.map(|it| arm(&it[1])),
        "estimate": it.effect.map(|it| it.estimate),
        "ci_lower": it.effect.map(|it| it.lower),
        "ci_upper": it.effect.map(|it| it.upper),
        "weight_by_risk_of_bias": it.weight.map(|it| json!({
            "low": it.low, "some": it.some, "high": it.high, "not_judged": it.unknown,
        })),
        "conclusion_holds_without_high_risk": it.conclusion_holds,
        "weight_of_mismatches": it.mismatches.iter().map(|(what, share)| json!({
            "mismatch": what.name(), "weight": share,
        })).collect::<Value>(),
        "studies_by_threshold": it.ranges.map(|[decrease, trivial, increase]| json!({
            "important_decrease": decrease,
            "too_little_to_matter": trivial,
            "important_increase": increase,
        })),
        "absolute": it.absolute.as_ref().ok().map(absolute),
        "no_absolute_effect": it.absolute.as_ref().err(),
        "optimal_information_size": it.information.as_ref().ok().map(|it| json!({
            "total": it.size.total, "per_group": it.size.per_group, "inputs": it.inputs,
        })),
        "no_information_size": it.information.as_ref().err(),
        "funnel_test": it.funnel.map(|it| json!({ "test": it.test, "p_value": it.p_value })),
        "risk_ratio": it.risk_ratio,
    })
}

fn arm(it: &ArmTotal) -> Value {
    json!({ "events": it.events, "n": it.n })
}

/// Absolute effects in their unit.
pub(crate) fn absolute(it: &Absolute) -> Value {
    let interval = |it: Interval| json!({ "estimate": it.estimate, "ci_lower": it.lower, "ci_upper": it.upper });
    let row = |row: &AbsoluteRow| {
        let mut object = Map::new();
        let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
        put("label", json!(row.label));
        put("basis", json!(row.basis));
        put("comparator", json!(row.comparator));
        put("intervention", json!(row.intervention.map(interval)));
        put("difference", interval(row.difference));
        put("capped", json!(row.capped));
        Value::Object(object)
    };
    json!({
        "unit": it.scale.unit(),
        "rows": it.rows.iter().map(row).collect::<Value>(),
        "refused": it.refused,
    })
}

fn levels(body: &BodyOfEvidence) -> Value {
    match &body.levels {
        Ok(levels) => levels
            .iter()
            .map(|it| json!({ "scale": it.scale, "level": it.level, "reason": it.reason }))
            .collect(),
        Err(_) => json!([]),
    }
}
