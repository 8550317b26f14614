//! What looks wrong in the results, as JSON and as text.

use consilience_review::Keyword;
use consilience_review::check::{Explanation, Finding, Without};
use serde_json::{Map, Value, json};

use crate::number::Decimals;

/// `findings` with the stable names of `consil check --json`.
pub fn checks_json(findings: &[Finding]) -> Value {
    json!({ "findings": findings.iter().map(finding).collect::<Vec<_>>() })
}

fn finding(it: &Finding) -> Value {
    json!({
        "study": it.study,
        "outcome": it.outcome,
        "arm": it.arm,
        "kind": it.kind.name(),
        "certainty": it.certainty,
        "message": it.message,
        "what_to_do": it.kind.what_to_do(),
        "place": it.place.to_string(),
        "file": it.place.file,
        "line": it.place.line,
        "column": it.place.column,
        "field": it.place.field,
        "readings": it.readings.iter().map(explanation).collect::<Vec<_>>(),
        "answer": it.answer.as_ref().map(|it| json!({
            "answer": it.answer.name(),
            "who": it.who.to_string(),
            "when": it.when.0,
            "note": it.note,
        })),
        "open": it.is_open(),
        "without": it.without.iter().map(without).collect::<Vec<_>>(),
    })
}

fn explanation(it: &Explanation) -> Value {
    let numbers: Map<String, Value> =
        it.numbers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    json!({ "reading": it.reading, "probability": it.probability, "numbers": numbers })
}

fn without(it: &Without) -> Value {
    let answer = |it: &consilience_review::check::Answer| {
        json!({
            "estimate": it.estimate,
            "ci_lower": it.lower,
            "ci_upper": it.upper,
            "p_value": it.p_value,
        })
    };
    json!({
        "analysis": it.analysis,
        "with": answer(&it.with),
        "without": answer(&it.without),
        "changes_conclusion": it.changes_conclusion,
    })
}

/// The findings as a page for a terminal: by study, the surest first, each with what to do next.
pub fn checks_text(findings: &[Finding]) -> String {
    let mut studies: Vec<&str> = Vec::new();
    for it in findings {
        if !studies.contains(&it.study.as_str()) {
            studies.push(&it.study);
        }
    }
    let mut lines = Vec::new();
    for study in studies {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(if study.is_empty() { "(no study)".to_owned() } else { study.to_owned() });
        for it in findings.iter().filter(|it| it.study == study) {
            lines.extend(lines_of(it));
        }
    }
    lines.join("\n")
}

fn lines_of(it: &Finding) -> Vec<String> {
    let about: Vec<&str> = [it.outcome.as_str()]
        .into_iter()
        .chain(it.arm.as_deref())
        .filter(|it| !it.is_empty())
        .collect();
    let mut lines = vec![
        format!("  {} ({}), certainty {:.2}", it.kind.name(), about.join(", "), it.certainty),
        format!("    {}", it.message),
        format!("    at {}", it.place),
    ];
    for reading in &it.readings {
        let probability =
            reading.probability.map(|it| format!(" (probability {it:.2})")).unwrap_or_default();
        lines.push(format!("    would explain it: {}{probability}", reading.reading));
    }
    for without in it.without.iter().filter(|it| it.changes_conclusion) {
        let answer = |it: &consilience_review::check::Answer| {
            let decimals = Decimals::for_estimate(it.estimate, it.lower, it.upper);
            format!("{} [{}]", decimals.show(it.estimate), decimals.range(it.lower, it.upper))
        };
        lines.push(format!(
            "    the conclusion of `{}` rests on it: {}, without this study {}",
            without.analysis,
            answer(&without.with),
            answer(&without.without)
        ));
    }
    match &it.answer {
        Some(answered) => {
            let note = answered.note.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
            lines.push(format!(
                "    answered: {} by {}{note}",
                answered.answer.name(),
                answered.who
            ));
            if it.is_open() {
                lines.push("    said to be corrected, and still there".to_owned());
            }
        }
        None => lines.push(format!("    to do: {}", it.kind.what_to_do())),
    }
    lines
}
