//! Section 6: each synthesis with its studies, its picture, its numbers and what they rest on.

use askama::Template;
use consilience_review::State;
use consilience_review::analysis::{Excluded, StudyEffect, Synthesis};

use super::Material;
use super::figure::Figure;
use super::narrative::NarrativeView;
use super::regression::RegressionView;
use super::sensitivity::{self, PoolTable};
use super::text::{Named, origin_anchor, paragraphs, quoted, row_anchor, study_anchor};
use crate::bias::lights_of;
use crate::drawings::AnalysisDrawings;
use crate::forest::{
    DataTable, NOT_ESTIMABLE, effect_name, effect_text, heterogeneity_line, members, not_estimable,
    numbers, subgroup_line, weight_text,
};
use crate::number::typeset;
use crate::statement::{capitalised, statement};

/// All syntheses.
#[derive(Template)]
#[template(path = "syntheses.html", whitespace = "minimize")]
pub(super) struct SynthesesSection {
    overviews: Vec<Figure>,
    syntheses: Vec<SynthesisView>,
}

/// One synthesis.
#[derive(Template)]
#[template(path = "synthesis.html", whitespace = "minimize")]
pub(super) struct SynthesisView {
    anchor: String,
    title: String,
    question: String,
    statement: String,
    forest: Option<Figure>,
    table: Option<StudyTable>,
    paragraphs: Vec<String>,
    notes: Vec<String>,
    subgroups: Option<PoolTable>,
    subgroup_test: Option<String>,
    regression: Option<RegressionView>,
    leave_one_out: Option<PoolTable>,
    leave_one_out_words: Option<String>,
    correlations: Option<PoolTable>,
    by_judgement: Option<PoolTable>,
    by_judgement_words: Vec<String>,
    without_estimates: Option<PoolTable>,
    without_estimates_words: Option<String>,
    funnel: Option<Figure>,
    small_studies: Option<String>,
    excluded: Vec<Named>,
    narrative: Option<NarrativeView>,
    claims: Vec<ClaimView>,
}

/// The numbers of a forest plot as a table.
struct StudyTable {
    /// Names of the arms over their columns; empty where columns do not stand by arm.
    arms: Vec<String>,
    headers: Vec<&'static str>,
    effect: String,
    has_weights: bool,
    groups: Vec<StudyGroup>,
    total: Option<TotalRow>,
}

struct StudyGroup {
    level: Option<String>,
    rows: Vec<StudyRow>,
    subtotal: Option<TotalRow>,
}

struct StudyRow {
    /// Its own place, to which its origin leads back; `None` for a study without an effect.
    anchor: Option<String>,
    study: String,
    study_anchor: String,
    cells: Vec<String>,
    weight: String,
    effect: String,
    /// Where the effect comes from; `None` for a study without one.
    origin: Option<String>,
}

struct TotalRow {
    name: String,
    cells: Vec<String>,
    weight: String,
    effect: String,
}

struct ClaimView {
    statement: String,
    source: String,
    explanation: Vec<String>,
}

impl SynthesesSection {
    pub(super) fn new(material: Material) -> Self {
        let names =
            crate::slug::file_names(material.drawings.overviews.iter().map(|it| it.0.as_str()));
        let overviews = names
            .iter()
            .zip(&material.drawings.overviews)
            .map(|(name, (_, svg))| {
                let file = format!("effect-direction-of-all-outcomes-{name}");
                let caption = "Direction of effect by study and outcome, for the outcomes where not all studies \
                               could be pooled.";
                Figure::new(svg, &file, "Effect direction plot of all outcomes", caption)
            })
            .collect();
        let syntheses = material
            .evaluation
            .syntheses
            .iter()
            .zip(&material.drawings.analyses)
            .map(|(synthesis, drawings)| {
                let has_overview =
                    material.drawings.overviews.iter().any(|it| it.0 == synthesis.comparison.id);
                let has_lights =
                    !lights_of(synthesis, &material.evaluation.risk_of_bias).is_empty();
                let has = Extras { overview: has_overview, lights: has_lights };
                SynthesisView::new(material, synthesis, drawings, has)
            })
            .collect();
        Self { overviews, syntheses }
    }
}

/// What else the report shows of a synthesis.
#[derive(Clone, Copy)]
struct Extras {
    /// A plot of all outcomes that shows its directions.
    overview: bool,
    /// Judgements beside its forest plot.
    lights: bool,
}

impl SynthesisView {
    fn new(
        material: Material,
        synthesis: &Synthesis,
        drawings: &AnalysisDrawings,
        has: Extras,
    ) -> Self {
        let state = &material.reading.state;
        let anchor = format!("analysis-{}", drawings.anchor);
        let claims = state
            .claims
            .iter()
            .filter(|it| it.analysis == synthesis.plan.id)
            .map(|it| ClaimView {
                statement: typeset(&it.statement),
                source: it.source.clone(),
                explanation: paragraphs(it.explanation.as_deref()),
            })
            .collect();
        Self {
            title: synthesis.title.clone(),
            question: format!(
                "{}. Outcome: {}.",
                synthesis.comparison.name,
                synthesis.outcome.name.to_lowercase()
            ),
            statement: typeset(&statement(synthesis)),
            forest: drawings.forest.as_ref().map(|it| {
                let file = format!("forest-{}", drawings.file);
                Figure::new(it, &file, "Forest plot", forest_caption(synthesis, has.lights))
                    .of(&synthesis.title)
            }),
            table: table(state, synthesis, &anchor),
            paragraphs: heterogeneity_words(synthesis),
            notes: synthesis.notes.iter().map(|it| typeset(&quoted(&sentence(it)))).collect(),
            subgroups: sensitivity::subgroups(synthesis),
            subgroup_test: subgroup_line(synthesis).map(|it| typeset(&format!("{it}."))),
            regression: RegressionView::new(synthesis, drawings),
            leave_one_out: sensitivity::leave_one_out(synthesis),
            leave_one_out_words: sensitivity::leave_one_out_words(synthesis),
            correlations: sensitivity::correlations(synthesis),
            by_judgement: sensitivity::by_judgement(synthesis),
            by_judgement_words: sensitivity::by_judgement_words(synthesis),
            without_estimates: sensitivity::without_estimates(synthesis),
            without_estimates_words: sensitivity::without_estimates_words(synthesis),
            funnel: drawings.funnel.as_ref().map(|it| {
                let file = format!("funnel-{}", drawings.file);
                let caption = "Effect of each study against its standard error.";
                Figure::new(it, &file, "Funnel plot", caption).of(&synthesis.title)
            }),
            small_studies: sensitivity::small_studies(synthesis),
            excluded: synthesis
                .excluded
                .iter()
                .map(|it| Named::new(&it.study, quoted(&format!("{}.", it.reason))))
                .collect(),
            narrative: synthesis
                .narrative
                .as_ref()
                .map(|it| NarrativeView::new(material, synthesis, it, drawings, has.overview)),
            claims,
            anchor,
        }
    }
}

/// A phrase as a sentence.
fn sentence(text: &str) -> String {
    let text = capitalised(text.trim());
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}

fn forest_caption(synthesis: &Synthesis, has_lights: bool) -> String {
    let squares = if synthesis.studies.len() > 1 {
        " The area of a square follows the study's weight, lines are confidence intervals, diamonds are pooled \
         estimates."
    } else {
        ""
    };
    let lights = if has_lights {
        " The signs on the right are the judgements of section 5, domain by domain."
    } else {
        ""
    };
    format!("{} of each study.{squares}{lights}", capitalised(&synthesis.plan.effect_words()))
}

fn heterogeneity_words(synthesis: &Synthesis) -> Vec<String> {
    let Some(pooled) = synthesis.pooled.as_ref().filter(|it| it.k > 1) else { return Vec::new() };
    let mut words = vec![format!(
        "{}. I² is the share of the variation between the estimates that chance within the studies does not \
         explain.",
        heterogeneity_line(synthesis, pooled)
    )];
    if let Some(interval) = crate::statement::prediction_words(synthesis, pooled) {
        words.push(format!(
            "{interval}: where the effect in a new, similar study would be expected to lie."
        ));
    }
    words.iter().map(|it| typeset(it)).collect()
}

fn table(state: &State, synthesis: &Synthesis, anchor: &str) -> Option<StudyTable> {
    if synthesis.studies.is_empty() {
        return None;
    }
    let form = DataTable::of(synthesis);
    let names = &synthesis.comparison;
    let arms = if form.is_by_arm() {
        vec![names.experimental_name.clone(), names.comparator_name.clone()]
    } else {
        Vec::new()
    };
    let n_columns = form.headers().len() * arms.len().max(1);
    let row = |i: usize, study: &StudyEffect| {
        let position = state.studies.get_index_of(&study.study).unwrap_or_default();
        StudyRow {
            anchor: Some(row_anchor(anchor, i)),
            study: study.label(),
            study_anchor: study_anchor(position),
            cells: padded(form.cells(&study.data), n_columns),
            weight: weight_text(synthesis, study.weight),
            effect: effect_text(synthesis, study.effect.estimate, study.ci),
            origin: Some(origin_anchor(anchor, i)),
        }
    };
    let row_without_effect = |it: &Excluded| {
        let position = state.studies.get_index_of(&it.study).unwrap_or_default();
        let cells = it.data.map(|data| form.cells(&data)).unwrap_or_default();
        StudyRow {
            anchor: None,
            study: it.study.clone(),
            study_anchor: study_anchor(position),
            cells: padded(cells, n_columns),
            weight: String::new(),
            effect: NOT_ESTIMABLE.to_owned(),
            origin: None,
        }
    };
    // As in the forest plot: the studies in their order, those without an effect in their places.
    let rows = |members: &[usize], others: &[&Excluded]| -> Vec<StudyRow> {
        let with_effect =
            members.iter().filter_map(|it| Some(((*it, 1), row(*it, synthesis.studies.get(*it)?))));
        let without = others.iter().map(|it| ((it.position, 0), row_without_effect(it)));
        let mut rows: Vec<_> = with_effect.chain(without).collect();
        rows.sort_by_key(|it| it.0);
        rows.into_iter().map(|it| it.1).collect()
    };
    let total_row = |name: &str,
                     studies: &[&StudyEffect],
                     others: &[&Excluded],
                     pooled: &consilience_stats::Pooled| {
        let weight: f64 = studies.iter().map(|it| it.weight).sum();
        TotalRow {
            name: name.to_owned(),
            cells: padded(form.total_cells(&numbers(studies, others)), n_columns),
            weight: weight_text(synthesis, weight),
            effect: effect_text(synthesis, pooled.estimate, pooled.ci),
        }
    };
    let all: Vec<&StudyEffect> = synthesis.studies.iter().collect();
    let all_positions: Vec<usize> = (0..all.len()).collect();
    let all_others = not_estimable(synthesis, None);
    let groups = if synthesis.subgroups.is_empty() {
        vec![StudyGroup { level: None, rows: rows(&all_positions, &all_others), subtotal: None }]
    } else {
        synthesis
            .subgroups
            .iter()
            .map(|subgroup| {
                let members = members(synthesis, subgroup);
                let others = not_estimable(synthesis, Some(&subgroup.level));
                StudyGroup {
                    level: Some(subgroup.level.clone()),
                    rows: rows(&subgroup.members, &others),
                    subtotal: subgroup
                        .pooled
                        .as_ref()
                        .map(|it| total_row("Subtotal", &members, &others, it)),
                }
            })
            .collect()
    };
    Some(StudyTable {
        headers: form.headers().repeat(arms.len().max(1)),
        arms,
        effect: format!("{} ({}% CI)", effect_name(synthesis), synthesis.plan.level),
        has_weights: synthesis.studies.len() > 1,
        groups,
        total: synthesis
            .pooled
            .as_ref()
            .filter(|it| it.k > 1)
            .map(|it| total_row("Total", &all, &all_others, it)),
    })
}

impl StudyTable {
    /// How many columns one arm has.
    fn span(&self) -> usize {
        self.headers.len() / self.arms.len().max(1)
    }

    fn n_columns(&self) -> usize {
        2 + self.headers.len() + usize::from(self.has_weights)
    }
}

fn padded(mut cells: Vec<String>, n: usize) -> Vec<String> {
    cells.resize(n, String::new());
    cells
}
