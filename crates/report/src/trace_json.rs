//! Where a study's effect comes from, for scripts: the choice among its results, the conversions, and every row that anybody
//! entered.

use consilience_review::State;
use consilience_review::analysis::{Choice, StudyEffect, Synthesis};
use consilience_review::extraction::{Extracted, Extraction, Reason, Settled};
use consilience_review::{Cell, Out, Tabular};
use serde_json::{Map, Value, json};

/// Which of several results was used; `null` where there was only one.
pub(crate) fn choice_json(choice: Option<&Choice>) -> Value {
    choice.map_or(Value::Null, |it| {
        let others: Value = it
            .others
            .iter()
            .map(|it| json!({ "result": it.result, "reason": it.reason }))
            .collect();
        json!({ "used": it.used, "rule": it.rule, "by_name": it.by_name, "others": others })
    })
}

/// The steps that are conversions; `step` counts from 0.
pub(crate) fn conversions_json(study: &StudyEffect) -> Value {
    let one = |it: &consilience_review::analysis::Applied| {
        json!({
            "step": it.step,
            "name": it.conversion.name,
            "method": it.conversion.method,
            "source": it.source,
            "assumptions": it.assumes,
            "is_estimate": it.conversion.is_estimate,
        })
    };
    study.conversions.iter().map(one).collect()
}

/// Adds to each study of a synthesis the rows that its effect rests on.
pub(crate) fn add_inputs(
    state: &State,
    extraction: &Extraction,
    synthesis: &Synthesis,
    object: &mut Value,
) {
    let Some(studies) = object.get_mut("studies").and_then(Value::as_array_mut) else { return };
    for (study, object) in synthesis.studies.iter().zip(studies) {
        let extracted = study.inputs.iter().filter_map(|it| extraction.get(it));
        object["inputs"] = extracted.map(|it| input(state, it)).collect();
    }
}

fn input(state: &State, extracted: &Extracted) -> Value {
    let counts = extracted.counts();
    let rows: Value = extracted
        .rows
        .iter()
        .map(|row| {
            let mut out = Out::default();
            row.value.write(&mut out);
            let cells: Map<String, Value> =
                out.into_cells().iter().map(|(name, cell)| (name.clone(), value(cell))).collect();
            json!({
                "entered_by": row.who.0,
                "entered_at": row.when.0,
                "report": state.report_of(&row.value),
                "counts": counts.is_some_and(|it| std::ptr::eq(it, *row)),
                "row": cells,
            })
        })
        .collect();
    let settled = match extracted.settled {
        Settled::On(_, Reason::Only) => "only row",
        Settled::On(_, Reason::Agreed { .. }) => "rows agree",
        Settled::On(_, Reason::Consensus) => "consensus",
        Settled::On(_, Reason::PreferredReport) => "preferred report",
        Settled::Open(_) => "open",
    };
    json!({ "settled": settled, "rows": rows })
}

/// As printed: a text, so that `0.000` stays what it is.
fn value(cell: &Cell) -> Value {
    json!(cell.to_text())
}
