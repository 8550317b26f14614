//! Reports that may be of one study: how many, which, and why. They are suggested, never removed.

use consilience_dedup::{SameStudy, Study};
use serde_json::json;

use crate::printer;

/// The groups with the record that stands for the report in front.
pub(super) fn standing_first(
    groups: &[Vec<usize>],
    standing: impl Fn(&[usize]) -> usize,
) -> Vec<Vec<usize>> {
    let with_first = |group: &Vec<usize>| {
        let first = standing(group);
        let others = group.iter().copied().filter(|it| *it != first);
        std::iter::once(first).chain(others).collect()
    };
    groups.iter().map(with_first).collect()
}

/// Studies of which something is suggested that nobody has said yet.
fn suggested(studies: &[Study]) -> impl Iterator<Item = &Study> {
    studies.iter().filter(|it| it.suggestions().next().is_some())
}

pub(super) fn as_json(ids: &[String], studies: &[Study]) -> serde_json::Value {
    let reason = |it: &SameStudy| json!([ids[it.first], ids[it.second], it.evidence.words()]);
    let study = |it: &Study| {
        json!({
            "reports": it.reports.iter().map(|it| &ids[*it]).collect::<Vec<_>>(),
            "reasons": it.suggestions().map(reason).collect::<Vec<_>>(),
        })
    };
    suggested(studies).map(study).collect()
}

/// A line on how many there are, after one that is empty; or each of them.
pub(super) fn in_words(
    ids: &[String],
    studies: &[Study],
    citation: impl Fn(usize) -> String,
    is_listed: bool,
) -> String {
    let n = suggested(studies).count();
    if n == 0 {
        return if is_listed {
            "\n\nNo reports look like several of one study.".to_owned()
        } else {
            String::new()
        };
    }
    let may = printer::counted(n, "study has", "studies have");
    let text = format!("\n\n{may} perhaps several reports each, of which none was removed");
    if !is_listed {
        return format!("{text}; --studies lists them.");
    }
    let mut lines = vec![format!("{text}:")];
    for study in suggested(studies) {
        lines.push(String::new());
        lines.extend(study.reports.iter().map(|it| format!("{}  {}", ids[*it], citation(*it))));
        lines.extend(study.suggestions().map(|it| {
            let (a, b) = (&ids[it.first], &ids[it.second]);
            format!("    {a} and {b}: {}", it.evidence.words())
        }));
    }
    lines.join("\n")
}
