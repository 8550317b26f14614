//! `results.json`: everything a review found, for scripts.

use consilience_review::extraction::Extraction;
use consilience_review::flow::{Flow, Route};
use consilience_review::vocabulary::protocol::SourceKind;
use consilience_review::{Evaluation, State};
use serde_json::{Map, Value, json};

use crate::certainty_json::body_json;
use crate::json::synthesis_json;
use crate::rob_json::assessment_json;
use crate::summary_of_findings::{SummaryOfFindings, summaries_json};
use crate::trace_json::add_inputs;

/// The whole of a review's results, with the names of the files beside it. Keys of `flow` are those of the
/// `PRISMA2020` package for R.
pub(crate) fn results_json(
    state: &State,
    evaluation: &Evaluation,
    summaries: &[SummaryOfFindings],
    files: &[String],
) -> Value {
    let extraction = Extraction::of(state);
    let analyses: Map<String, Value> = evaluation
        .syntheses
        .iter()
        .map(|it| {
            let mut object = synthesis_json(it);
            add_inputs(state, &extraction, it, &mut object);
            (it.plan.id.clone(), object)
        })
        .collect();
    let claims: Value = state
        .claims
        .iter()
        .map(|it| {
            json!({
                "analysis": it.analysis,
                "statement": it.statement,
                "source": it.source,
                "explanation": it.explanation,
            })
        })
        .collect();
    json!({
        "title": state.description.title,
        "authors": state.description.authors,
        "software": { "name": "Consilience", "version": env!("CARGO_PKG_VERSION") },
        "files": files,
        "analyses": analyses,
        "claims": claims,
        "flow": flow_json(state, &evaluation.flow),
        "risk_of_bias": evaluation.risk_of_bias.iter().map(assessment_json).collect::<Value>(),
        "certainty": evaluation.certainty.iter().map(|it| body_json(state, it)).collect::<Value>(),
        "summary_of_findings": summaries_json(summaries),
        "todo": evaluation
            .todos
            .iter()
            .map(|it| json!({ "what": it.what, "how": it.how }))
            .collect::<Value>(),
    })
}

/// The flow's counts; `null` where the package holds no records, which is not the same as 0.
fn flow_json(state: &State, flow: &Flow) -> Value {
    let has = flow.has_records();
    let count = |it: &[String]| has.then_some(it.len());
    let identified = |kind: SourceKind| has.then(|| flow.identified(kind));
    let per_source = |kind: SourceKind| -> Value {
        flow.sources
            .iter()
            .filter(|it| it.kind == kind)
            .map(|it| {
                json!({
                    "name": it.name,
                    "hits": it.hits,
                    "records": it.records,
                    "quarantined": it.quarantined,
                })
            })
            .collect()
    };
    let reasons = |flow: &Flow| -> Value {
        flow.excluded_with_reasons
            .iter()
            .map(|(reason, reports)| json!({ "reason": reason, "n": reports.len(), "reports": reports }))
            .collect()
    };
    let dbr = flow.through(Route::DatabasesAndRegisters);
    let other = flow.through(Route::OtherMethods);
    json!({
        "database_results": identified(SourceKind::Database),
        "register_results": identified(SourceKind::Register),
        "other_results": identified(SourceKind::Other),
        "database_specific_results": per_source(SourceKind::Database),
        "register_specific_results": per_source(SourceKind::Register),
        "other_specific_results": per_source(SourceKind::Other),
        "duplicates": count(&dbr.duplicates),
        "excluded_automatic": has.then_some(0),
        "excluded_other": has.then_some(0),
        "records_screened": count(&dbr.screened),
        "records_excluded": count(&dbr.excluded),
        "records_undecided": count(&dbr.undecided_records),
        "dbr_sought_reports": count(&dbr.sought),
        "dbr_notretrieved_reports": count(&dbr.not_retrieved),
        "dbr_assessed": count(&dbr.assessed),
        "dbr_excluded": reasons(&dbr),
        "other_duplicates": count(&other.duplicates),
        "other_records_excluded": count(&other.excluded),
        "other_sought_reports": count(&other.sought),
        "other_notretrieved_reports": count(&other.not_retrieved),
        "other_assessed": count(&other.assessed),
        "other_excluded": reasons(&other),
        "reports_awaiting_classification": count(&flow.awaiting),
        "reports_ongoing": count(&flow.ongoing),
        "reports_undecided": count(&flow.undecided_reports),
        "new_studies": flow.included_studies.len(),
        "new_reports": count(&flow.included_reports),
        "studies": state.studies.keys().collect::<Vec<_>>(),
    })
}
