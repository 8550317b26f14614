//! Combined P values and the count of directions.

use consilience_review::analysis::Synthesis;
use consilience_review::inquiry::{Combination, CombinedPValues, Tested};
use consilience_stats::{CombinedP, VoteCount};
use serde_json::{Value, json};

use super::columns::Columns;
use crate::number::{self, bare_p_value, counted, p_value};

/// One-sided, in the direction named and against it.
pub(super) fn json(it: &CombinedPValues) -> Value {
    json!({
        "direction": match it.tested {
            Tested::Above => "above no effect",
            Tested::Below => "below no effect",
            Tested::Experimental => "experimental",
        },
        "methods": it.combinations.iter().map(method_json).collect::<Value>(),
        "vote": it.vote.as_ref().map(crate::json::vote),
        "p_value_at_bound": it.at_bound,
        "without_p_value": it.without,
    })
}

fn method_json(it: &Combination) -> Value {
    json!({
        "method": it.method.name(),
        "k": it.towards.k,
        "statistic": it.towards.statistic,
        "df": it.towards.df,
        "p_value": it.towards.p_value,
        "p_value_against": it.against.p_value,
    })
}

fn direction(tested: Tested, synthesis: &Synthesis) -> String {
    match tested {
        Tested::Above => "above no effect".to_owned(),
        Tested::Below => "below no effect".to_owned(),
        Tested::Experimental => format!("favouring {}", synthesis.comparison.experimental_name),
    }
}

pub(super) fn text(it: &CombinedPValues, synthesis: &Synthesis) -> String {
    let direction = direction(it.tested, synthesis);
    let title = format!("Combined P values ({direction})");
    let header = [&title, "Statistic", "df", "P (one-sided)", "P of the other direction"];
    let mut table = Columns::new(&header);
    for Combination { method, towards, against } in &it.combinations {
        let CombinedP { statistic, df, p_value, .. } = *towards;
        table.row([
            format!("  {}", method.name()),
            number::four_digits(statistic),
            df.map_or_else(String::new, |df| number::fixed(df, 0)),
            bare_p_value(p_value),
            bare_p_value(against.p_value),
        ]);
    }
    let mut lines = table.lines();
    lines.extend(it.vote.as_ref().map(|vote| vote_text(vote, &direction)));
    if !it.at_bound.is_empty() {
        lines.push(format!(
            "P value at the bound that is printed, of {}: cautious where it is of the tested direction, the contrary where not.",
            it.at_bound.join(", ")
        ));
    }
    if !it.without.is_empty() {
        lines.push(format!(
            "Not combined, without a direction or a P value that bounds anything: {}. Where results are reported so because they \
             are not significant, the combined P values are too small.",
            it.without.join(", ")
        ));
    }
    lines.join("\n")
}

/// `Vote count: 2 of 13 studies above no effect (15%, 95% CI 4% to 42%), sign test P = 0.02.`
fn vote_text(vote: &VoteCount, direction: &str) -> String {
    format!(
        "Vote count: {} of {} {direction} ({}), sign test {}.",
        vote.positive,
        counted(usize::try_from(vote.total).unwrap_or(usize::MAX), "study", "studies"),
        share(vote),
        p_value(vote.p_value)
    )
}

/// `15%, 95% CI 4% to 42%`, by Wilson.
pub(super) fn share(vote: &VoteCount) -> String {
    let percent = |it: f64| format!("{}%", number::fixed(100.0 * it, 0));
    format!(
        "{}, 95% CI {} to {}",
        percent(vote.proportion),
        percent(vote.interval.lower),
        percent(vote.interval.upper)
    )
}
