//! Risk-of-bias assessments as JSON, for `results.json` and `consil rob judge`.

use std::collections::BTreeMap;

use consilience_appraisal::tool::Level;
use consilience_review::Keyword;
use consilience_review::risk_of_bias::{DomainAssessment, RobAssessment};
use consilience_review::vocabulary::risk_of_bias::RobItem;
use serde_json::{Map, Value, json};

/// An assessment with its domains as a list, as `results.json` has it.
pub(crate) fn assessment_json(it: &RobAssessment) -> Value {
    let mut json = common(it);
    json["domains"] = it.domains.iter().map(|domain| domain_json(it, domain)).collect();
    json
}

/// An assessment with its domains by id, as `consil rob judge --json` prints it.
pub fn judged_json(it: &RobAssessment) -> Value {
    let mut json = common(it);
    let domains: Map<String, Value> = it
        .domains
        .iter()
        .map(|domain| (domain.domain.id.clone(), domain_json(it, domain)))
        .collect();
    json["domains"] = domains.into();
    json
}

fn common(it: &RobAssessment) -> Value {
    let answers: BTreeMap<&str, Value> = it
        .entries
        .iter()
        .filter_map(|entry| match &entry.value.item {
            RobItem::Question(number, answer) => {
                Some((number.as_str(), json!({ "answer": answer, "support": entry.value.support })))
            }
            _ => None,
        })
        .collect();
    let preliminaries: BTreeMap<String, &str> = it
        .entries
        .iter()
        .filter(|entry| matches!(entry.value.item, RobItem::Preliminary(..)))
        .map(|entry| (entry.value.item.question(), entry.value.item.answer()))
        .collect();
    json!({
        "study": it.study,
        "outcome": it.outcome,
        "tool": it.tool.name,
        "tool_version": it.tool.version,
        "domains": null,
        "answers": answers,
        "preliminaries": preliminaries,
        "overall": it.overall_words(),
        "proposed": it.proposed.as_ref().map(name),
        "overall_reason": it.decided.as_ref().map(|it| it.1.clone()),
        "overall_direction": it.direction.map(Keyword::name),
        "may_raise_to_high": it.may_raise(),
        "below_worst_domain": it.is_lowered(),
        "disagreements": it.disagreements,
        "refused": it.refused,
        "notes": it.tool.notes,
    })
}

fn name(level: &Level) -> String {
    level.name.clone()
}

fn domain_json(assessment: &RobAssessment, domain: &DomainAssessment) -> Value {
    let proposal = &domain.proposal;
    let path: Vec<String> =
        proposal.path.iter().map(|(number, answer)| format!("{number} {answer}")).collect();
    let ignored: Vec<String> =
        proposal.ignored.iter().map(|(number, answer)| format!("{number} {answer}")).collect();
    let notes = domain.domain.note.iter().chain(&proposal.notes);
    let mut json = json!({
        "domain": domain.domain.id,
        "short": domain.domain.short,
        "name": domain.domain.name,
        "judgement": domain.words(),
        "proposed": domain.proposed.as_ref().map(name),
        "reason": domain.decided.as_ref().map(|it| it.1.clone()),
        "direction": domain.direction.map(Keyword::name),
        "path": path,
        "missing": proposal.missing,
        "contradicted": proposal.contradicted,
        "ignored": ignored,
        "left_to_rater": proposal.left_to_rater && domain.decided.is_none(),
        "notes": notes.collect::<Vec<_>>(),
    });
    if assessment.tool.counts_stars() {
        json["stars"] = proposal.stars.into();
        json["stars_possible"] = domain.domain.most_stars().into();
    }
    json
}
