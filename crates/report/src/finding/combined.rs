//! Combined P values and the count of directions.

use consilience_review::inquiry::CombinedPValues;
use consilience_stats::Direction;
use serde_json::{Value, json};

use super::columns::Columns;
use crate::number::{self, counted, p_value};

/// One-sided, in the direction named.
pub(super) fn json(it: &CombinedPValues) -> Value {
    json!({
        "direction": direction(it.direction),
        "methods": it.methods.iter().map(|(method, combined)| json!({
            "method": method.name(),
            "k": combined.k,
            "statistic": combined.statistic,
            "df": combined.df,
            "p_value": combined.p_value,
        })).collect::<Value>(),
        "vote": crate::json::vote(&it.vote),
    })
}

const fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Positive => "above no effect",
        Direction::Negative => "below no effect",
    }
}

pub(super) fn text(it: &CombinedPValues) -> String {
    let title = format!("Combined P values ({})", direction(it.direction));
    let mut table = Columns::new(&[&title, "Statistic", "df", "P (one-sided)"]);
    for (method, combined) in &it.methods {
        table.row([
            format!("  {}", method.name()),
            number::four_digits(combined.statistic),
            combined.df.map_or_else(String::new, |df| number::fixed(df, 0)),
            number::bare_p_value(combined.p_value),
        ]);
    }
    let mut lines = table.lines();
    lines.push(format!(
        "Vote count: {} of {} {}, sign test {}.",
        it.vote.positive,
        counted(usize::try_from(it.vote.total).unwrap_or(usize::MAX), "study", "studies"),
        direction(it.direction),
        p_value(it.vote.p_value)
    ));
    lines.join("\n")
}
