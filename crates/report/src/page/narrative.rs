//! What the studies say together where not all could be pooled: table of effects, combined P values, vote count.

use consilience_review::analysis::{Favoured, Narrative, NarrativeP, NarrativeRow, Synthesis};

use super::Material;
use super::figure::Figure;
use super::origin::{Input, inputs};
use crate::drawings::AnalysisDrawings;
use crate::forest::effect_text;
use crate::number::{count, fixed, p_value, printed_p_value, typeset};

/// The narrative part of a synthesis. Its own plot is left out where one of all outcomes shows the same.
pub(super) struct NarrativeView {
    pub(super) figure: Option<Figure>,
    pub(super) rows: Vec<EffectRow>,
    pub(super) combined: Vec<String>,
}

/// One study in the table of effects.
pub(super) struct EffectRow {
    pub(super) study: String,
    pub(super) measured: String,
    pub(super) n: String,
    pub(super) effect: String,
    pub(super) p_value: String,
    pub(super) direction: String,
    pub(super) remark: String,
    pub(super) inputs: Vec<Input>,
}

impl NarrativeView {
    pub(super) fn new(
        material: Material,
        synthesis: &Synthesis,
        narrative: &Narrative,
        drawings: &AnalysisDrawings,
        has_overview: bool,
    ) -> Self {
        let names = &synthesis.comparison;
        let own = drawings.direction.as_ref().filter(|_| !has_overview);
        let figure = own.map(|it| {
            let caption = format!(
                "Direction of effect. Up favours {}, down favours {}; the size of the arrow follows the number \
                 of participants.",
                names.experimental_name, names.comparator_name
            );
            let file = format!("effect-direction-{}", drawings.file);
            Figure::new(it, &file, "Effect direction plot", caption).of(&synthesis.title)
        });
        Self {
            figure,
            rows: narrative.rows.iter().map(|it| row(material, synthesis, it)).collect(),
            combined: combined(synthesis, narrative),
        }
    }
}

fn row(material: Material, synthesis: &Synthesis, it: &NarrativeRow) -> EffectRow {
    let names = &synthesis.comparison;
    let direction = match it.favours {
        Some(Favoured::Experimental) => format!("Favours {}", names.experimental_name),
        Some(Favoured::Comparator) => format!("Favours {}", names.comparator_name),
        Some(Favoured::Neither) => "No difference, the report says".to_owned(),
        Some(Favoured::Unclear) => "Unclear".to_owned(),
        None => "Not given".to_owned(),
    };
    let p = match &it.p_value {
        Some(NarrativeP::Printed(p)) => printed_p_value(p),
        Some(NarrativeP::Computed(p)) => format!("{} (computed here)", p_value(*p)),
        None => "Not given".to_owned(),
    };
    EffectRow {
        study: it.study.clone(),
        measured: it.instrument.clone().unwrap_or_default(),
        n: it.n.map_or_else(|| "not stated".to_owned(), count),
        effect: it
            .effect
            .map_or_else(|| "–".to_owned(), |(it, ci)| effect_text(synthesis, it.estimate, ci)),
        p_value: typeset(&p),
        direction,
        remark: it.remark.clone().unwrap_or_default(),
        inputs: inputs(material, &it.inputs),
    }
}

/// The combined tests, each with what it means and what it does not.
fn combined(synthesis: &Synthesis, narrative: &Narrative) -> Vec<String> {
    let name = &synthesis.comparison.experimental_name;
    let mut lines = Vec::new();
    if let Some(test) = &narrative.fisher {
        lines.push(format!(
            "Fisher's method over {} one-sided P values in favour of {name}: χ² = {}, df = {}, {}. A small value \
             says that the effect favours {name} in at least one of the studies. It says neither in how many, nor \
             how large the effect is.",
            test.k,
            fixed(test.statistic, 2),
            fixed(test.df.unwrap_or(f64::NAN), 0),
            p_value(test.p_value)
        ));
    }
    if let Some(test) = &narrative.stouffer {
        lines.push(format!(
            "Stouffer's method over the same {} P values: z = {}, {}. Each study counts alike, whatever its size; \
             it too says nothing about how large the effect is.",
            test.k,
            fixed(test.statistic, 2),
            p_value(test.p_value)
        ));
    }
    if !lines.is_empty() {
        lines.push(format!(
            "A P value printed as a bound (P < 0.05) enters at the bound, which is cautious for a study that favours {name} \
             and not for one that does not. A study is left out that gives no direction, \
             or neither an effect nor a P value that bounds anything (NS). Reports that print a P value only when it \
             is small make the combination look stronger than it is."
        ));
    }
    if let Some(vote) = &narrative.vote {
        lines.push(format!(
            "Vote count by direction of effect: {} of {} studies with a direction favour {name}, a share of {} \
             (95% CI {} to {}, Wilson); sign test {}. It counts directions alone, whatever their size and precision.",
            vote.positive,
            vote.total,
            fixed(vote.proportion, 2),
            fixed(vote.interval.lower, 2),
            fixed(vote.interval.upper, 2),
            p_value(vote.p_value)
        ));
    }
    lines.iter().map(|it| typeset(it)).collect()
}
