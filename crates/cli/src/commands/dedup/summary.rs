//! What was found: as a table of PRISMA's numbers, as JSON, and for one pair in words.

use consilience_dedup::{Answer, Counts, Explanation, Outcome};
use serde_json::json;

use super::files::Source;
use crate::printer;

pub(super) fn as_json(
    sources: &[Source],
    ids: &[String],
    answer: &Answer,
    counts: &Counts,
) -> serde_json::Value {
    let group = |group: &Vec<usize>| group.iter().map(|it| &ids[*it]).collect::<Vec<_>>();
    let by_source = sources.iter().zip(&counts.sources).map(|(source, it)| {
        json!({
            "source": source.name,
            "records_read": it.records,
            "records_kept_aside": source.n_kept_aside,
            "duplicates_within": it.duplicates_within,
            "duplicates_of_earlier": it.duplicates_of_earlier,
            "reports_left": it.reports_left,
            "reports_only_here": it.reports_only_here,
        })
    });
    json!({
        "records_read": counts.records,
        "records_kept_aside": sources.iter().map(|source| source.n_kept_aside).sum::<usize>(),
        "duplicates_removed": counts.duplicates,
        "reports": counts.reports,
        "groups": answer.groups.iter().map(group).collect::<Vec<_>>(),
        "ask": answer.ask.iter().map(|it| [&ids[it.a], &ids[it.b]]).collect::<Vec<_>>(),
        "sources": by_source.collect::<Vec<_>>(),
    })
}

pub(super) fn in_words(it: &Explanation) -> String {
    let outcome = match it.outcome {
        Outcome::Same => "one report",
        Outcome::Ask => "a person should look",
        Outcome::Different => "different reports",
    };
    let conflict = it.conflict.map(consilience_dedup::Conflict::words).or(it.doubt);
    let conflict = conflict.map(|words| format!("\nwhatever the evidence: {words}"));
    let reasons = it.reasons.iter();
    let reasons: Vec<String> =
        reasons.map(|it| format!("  {:10} {:+5.1}  {}", it.field, it.weight, it.words)).collect();
    format!(
        "{outcome} (probability by the evidence {:.4}){}\n{}",
        it.probability,
        conflict.unwrap_or_default(),
        reasons.join("\n")
    )
}

/// PRISMA's numbers as a table to paste.
pub(super) fn summary(sources: &[Source], answer: &Answer, counts: &Counts) -> String {
    let mut rows = vec![
        [
            "source",
            "records read",
            "kept aside",
            "duplicates within",
            "of earlier sources",
            "reports left",
            "only here",
        ]
        .map(str::to_owned),
    ];
    for (source, it) in sources.iter().zip(&counts.sources) {
        let numbers = [
            it.records,
            source.n_kept_aside,
            it.duplicates_within,
            it.duplicates_of_earlier,
            it.reports_left,
            it.reports_only_here,
        ];
        rows.push(row(&source.name, numbers));
    }
    let sum =
        |of: fn(&consilience_dedup::SourceCounts) -> usize| counts.sources.iter().map(of).sum();
    let total = [
        counts.records,
        sources.iter().map(|source| source.n_kept_aside).sum(),
        sum(|it| it.duplicates_within),
        sum(|it| it.duplicates_of_earlier),
        counts.reports,
        sum(|it| it.reports_only_here),
    ];
    rows.push(row("all", total));
    format!(
        "{}\n\n{} - {} = {}. To be looked at: {}.",
        aligned(&rows),
        printer::counted(counts.records, "record", "records"),
        printer::counted(counts.duplicates, "duplicate", "duplicates"),
        printer::counted(counts.reports, "report", "reports"),
        printer::counted(answer.ask.len(), "pair", "pairs"),
    )
}

fn row(name: &str, numbers: [usize; 6]) -> [String; 7] {
    let [a, b, c, d, e, f] = numbers.map(|it| it.to_string());
    [name.to_owned(), a, b, c, d, e, f]
}

fn aligned(rows: &[[String; 7]]) -> String {
    let width = |i: usize| rows.iter().map(|row| row[i].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..7).map(width).collect();
    let line = |row: &[String; 7]| {
        let numbers =
            row.iter().zip(&widths).skip(1).map(|(cell, width)| format!("{cell:>width$}"));
        let name = format!("{:<width$}", row[0], width = widths[0]);
        [name].into_iter().chain(numbers).collect::<Vec<_>>().join("  ")
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
