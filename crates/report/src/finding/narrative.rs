//! The table of effects of studies that could not be pooled, as text.

use consilience_review::analysis::{Narrative, NarrativeP, Synthesis};

use super::columns::Columns;
use super::directions::favours_text;
use crate::number::{bare_p_value, count};

/// The studies with what they say: number of people, P value and whom they favour.
pub fn narrative_text(narrative: &Narrative, synthesis: &Synthesis) -> String {
    let mut table = Columns::new(&["Study", "n", "P", "Favours"]);
    for row in &narrative.rows {
        let p = match &row.p_value {
            Some(NarrativeP::Printed(p)) => p.text().to_owned(),
            Some(NarrativeP::Computed(p)) => bare_p_value(*p),
            None => "–".to_owned(),
        };
        table.row([
            row.study.clone(),
            row.n.map_or_else(|| "–".to_owned(), count),
            p,
            favours_text(row.favours, synthesis),
        ]);
    }
    table.lines().join("\n")
}
