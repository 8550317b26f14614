//! From a synthesis to its forest plot.

use consilience_figures as figures;
use consilience_figures::{Estimate, ForestColumn, ForestPlot, ForestRow, Judgement, Scale};
use consilience_review::analysis::{Excluded, StudyData, StudyEffect, Subgroup, Synthesis};
use consilience_review::risk_of_bias::{RobAssessment, assessment_for};
use consilience_review::vocabulary::protocol::Better;
use consilience_stats::{Interval, MeanSd, Measure, Pooled, Summary, TwoByTwo};

use crate::bias::{key_of_lights, light, lights_of};
use crate::number::{self, Decimals, count, p_value, percent};
use crate::settings::Settings;
use crate::slug::slug;
use crate::statement::{capitalised, decimals, heterogeneity, statement};

/// What stands for the effect of a study that has none.
pub(crate) const NOT_ESTIMABLE: &str = "Not estimable";

/// The forest plot of a synthesis: its studies by subgroup with their data, the pooled estimates, the
/// prediction interval, heterogeneity, and the risk of bias of each result where it was assessed.
pub fn forest_plot(synthesis: &Synthesis, risk_of_bias: &[RobAssessment]) -> ForestPlot {
    let table = DataTable::of(synthesis);
    let lights = lights_of(synthesis, risk_of_bias);
    let (lower, higher) = favours(synthesis);
    let level = synthesis.plan.level.text();
    ForestPlot {
        id: slug(&format!("forest {}", synthesis.plan.id)),
        title: format!("Forest plot: {}", synthesis.title),
        description: format!(
            "{} The table after the figure has the same numbers.",
            statement(synthesis)
        ),
        label_header: "Study".to_owned(),
        columns: table.columns(synthesis),
        effect_header: format!("{} ({level}% CI)", effect_name(synthesis)),
        method_line: method_line(synthesis),
        rows: rows(synthesis, table, &lights, risk_of_bias),
        scale: if synthesis.plan.is_ratio() { Scale::Log } else { Scale::Linear },
        null_value: synthesis.null_value().unwrap_or(f64::NAN),
        favours_lower: lower,
        favours_higher: higher,
        limits: None,
        lights,
        key: key_of_lights(synthesis, risk_of_bias),
        footnotes: Vec::new(),
    }
}

fn method_line(synthesis: &Synthesis) -> String {
    let level = synthesis.plan.level.text();
    match synthesis.studies.len() {
        0 | 1 => format!("{level}% CI"),
        _ => Settings::of(synthesis).short(synthesis.plan.measure, level),
    }
}

/// The effect's name where room is short.
pub(crate) fn effect_name(synthesis: &Synthesis) -> String {
    match synthesis.plan.measure {
        Measure::StandardizedMeanDifference => "Std. mean difference".to_owned(),
        _ => capitalised(&synthesis.plan.effect_words()),
    }
}

/// What lies below and above the null, where it is settled which direction is better.
pub(crate) fn favours(synthesis: &Synthesis) -> (String, String) {
    let experimental = format!("Favours {}", synthesis.comparison.experimental_name);
    let comparator = format!("Favours {}", synthesis.comparison.comparator_name);
    match synthesis.outcome.direction {
        Some(Better::Lower) => (experimental, comparator),
        Some(Better::Higher) => (comparator, experimental),
        None => (String::new(), String::new()),
    }
}

/// The form of the data beside the effects: the richest that any of the studies has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DataTable {
    /// Mean, SD and number of both arms.
    Means(Decimals),
    /// Events and number of both arms.
    Events,
    /// Numbers of another kind, under these headers.
    Summary(&'static [&'static str]),
    /// The number analysed.
    Number,
    /// Nothing but the effect.
    Nothing,
}

impl DataTable {
    pub(crate) fn of(synthesis: &Synthesis) -> Self {
        let has = |test: fn(&StudyData) -> bool| synthesis.studies.iter().any(|it| test(&it.data));
        if has(|it| matches!(it, StudyData::Means { .. })) {
            Self::Means(mean_decimals(synthesis))
        } else if has(|it| matches!(it, StudyData::Events(_))) {
            Self::Events
        } else if let Some(headers) =
            synthesis.studies.iter().find_map(|it| summary_headers(&it.data))
        {
            Self::Summary(headers)
        } else if has(|it| matches!(it, StudyData::Contrast { n: Some(_) })) {
            Self::Number
        } else {
            Self::Nothing
        }
    }

    /// The headers of one arm's columns; of both arms for [`DataTable::Number`].
    pub(crate) fn headers(self) -> &'static [&'static str] {
        match self {
            Self::Means(_) => &["Mean", "SD", "Total"],
            Self::Events => &["Events", "Total"],
            Self::Summary(headers) => headers,
            Self::Number => &["Total"],
            Self::Nothing => &[],
        }
    }

    /// Whether the columns stand once for each arm.
    pub(crate) fn is_by_arm(self) -> bool {
        matches!(self, Self::Means(_) | Self::Events)
    }

    fn columns(self, synthesis: &Synthesis) -> Vec<ForestColumn> {
        let comparison = &synthesis.comparison;
        let groups: &[&str] = if self.is_by_arm() {
            &[&comparison.experimental_name, &comparison.comparator_name]
        } else {
            &[""]
        };
        groups
            .iter()
            .flat_map(|group| {
                self.headers().iter().map(|header| ForestColumn {
                    group: (*group).to_owned(),
                    header: (*header).to_owned(),
                })
            })
            .collect()
    }

    /// The cells of one study; blank where its data have another form.
    pub(crate) fn cells(self, data: &StudyData) -> Vec<String> {
        match (self, data) {
            (Self::Means(decimals), StudyData::Means { experimental, comparator }) => {
                [experimental, comparator].iter().flat_map(|it| mean_cells(it, decimals)).collect()
            }
            (Self::Events, StudyData::Events(table)) => event_cells(table),
            (Self::Summary(_), StudyData::Summary(summary)) => summary_cells(summary),
            (Self::Number, StudyData::Contrast { n }) => vec![n.map(count).unwrap_or_default()],
            _ => Vec::new(),
        }
    }

    /// The cells of some studies together: how many people and events; blank where it is not known of all.
    pub(crate) fn total_cells(self, studies: &[StudyData]) -> Vec<String> {
        let sum = |of: fn(&StudyData) -> Option<f64>| {
            let all: Option<Vec<f64>> = studies.iter().map(of).collect();
            all.map(|it| count(it.iter().sum())).unwrap_or_default()
        };
        match self {
            Self::Means(_) => {
                let blank = String::new;
                let n_e = sum(|it| match it {
                    StudyData::Means { experimental, .. } => Some(experimental.n),
                    _ => None,
                });
                let n_c = sum(|it| match it {
                    StudyData::Means { comparator, .. } => Some(comparator.n),
                    _ => None,
                });
                vec![blank(), blank(), n_e, blank(), blank(), n_c]
            }
            Self::Events => {
                let all: Option<Vec<TwoByTwo>> = studies.iter().map(StudyData::table).collect();
                all.map(|it| event_cells(&total(&it))).unwrap_or_default()
            }
            Self::Summary(headers) => {
                let all: Option<Vec<Vec<f64>>> = studies.iter().map(summary_counts).collect();
                let all = all.filter(|it| it.iter().all(|row| row.len() == headers.len()));
                all.map_or_else(
                    || vec![String::new(); headers.len()],
                    |rows| {
                        let total = |column: usize| rows.iter().map(|row| row[column]).sum();
                        (0..headers.len()).map(|column| count(total(column))).collect()
                    },
                )
            }
            Self::Number => vec![sum(|it| match it {
                StudyData::Contrast { n } => *n,
                _ => None,
            })],
            Self::Nothing => Vec::new(),
        }
    }
}

/// What stands over the numbers of a summary.
fn summary_headers(data: &StudyData) -> Option<&'static [&'static str]> {
    let StudyData::Summary(summary) = data else { return None };
    Some(match summary {
        Summary::Proportion(_) => &["Events", "Total"],
        Summary::Rate(_) => &["Events", "Time"],
        Summary::Rates { .. } => &["Events 1", "Time 1", "Events 2", "Time 2"],
        Summary::Mean(_) => &["Mean", "SD", "Total"],
        Summary::Correlation(_) => &["Correlation", "Total"],
        Summary::Alpha(_) => &["Alpha", "Items", "Total"],
        _ => &["Total"],
    })
}

fn summary_cells(summary: &Summary) -> Vec<String> {
    let two = |it: f64| number::fixed(it, 2);
    match summary {
        Summary::Mean(it) => vec![two(it.mean), two(it.sd), count(it.n)],
        Summary::Correlation(it) => vec![two(it.r), count(it.n)],
        Summary::Alpha(it) => vec![two(it.alpha), count(it.items), count(it.n)],
        other => summary_counts(&StudyData::Summary(*other))
            .map_or_else(|| vec![String::new()], |it| it.into_iter().map(count).collect()),
    }
}

/// The numbers of a summary where each can be added up over studies.
fn summary_counts(data: &StudyData) -> Option<Vec<f64>> {
    let StudyData::Summary(summary) = data else { return None };
    match summary {
        Summary::Proportion(it) => Some(vec![it.events, it.n]),
        Summary::Rate(it) => Some(vec![it.events, it.person_time]),
        Summary::Rates { experimental: e, control: c } => {
            Some(vec![e.events, e.person_time, c.events, c.person_time])
        }
        Summary::Mean(_) | Summary::Correlation(_) | Summary::Alpha(_) => None,
        other => other.size().map(|it| vec![it]),
    }
}

fn mean_cells(it: &MeanSd, decimals: Decimals) -> Vec<String> {
    vec![decimals.show(it.mean), decimals.show(it.sd), count(it.n)]
}

fn event_cells(it: &TwoByTwo) -> Vec<String> {
    [it.events_e, it.n_e, it.events_c, it.n_c].map(count).to_vec()
}

fn total(tables: &[TwoByTwo]) -> TwoByTwo {
    let sum = |of: fn(&TwoByTwo) -> f64| tables.iter().map(of).sum();
    TwoByTwo {
        events_e: sum(|it| it.events_e),
        n_e: sum(|it| it.n_e),
        events_c: sum(|it| it.events_c),
        n_c: sum(|it| it.n_c),
    }
}

/// Whole numbers stay whole; otherwise as many decimals as the smallest standard deviation needs.
fn mean_decimals(synthesis: &Synthesis) -> Decimals {
    let values: Vec<f64> = synthesis
        .studies
        .iter()
        .filter_map(|it| match it.data {
            StudyData::Means { experimental: e, comparator: c } => {
                Some([e.mean, e.sd, c.mean, c.sd])
            }
            _ => None,
        })
        .flatten()
        .collect();
    if values.iter().all(|it| it.fract() == 0.0) {
        return Decimals::whole();
    }
    let largest = values.iter().fold(0.0, |largest: f64, it| largest.max(it.abs()));
    Decimals::for_estimate(largest, largest, largest)
}

fn rows(
    synthesis: &Synthesis,
    table: DataTable,
    lights: &[String],
    risk_of_bias: &[RobAssessment],
) -> Vec<ForestRow> {
    let lights_of = |study: &str| -> Vec<Judgement> {
        let assessment = assessment_for(risk_of_bias, study, &synthesis.outcome.id);
        lights.iter().map(|header| light(assessment, header)).collect()
    };
    let study_row = |it: &StudyEffect| ForestRow::Study {
        label: it.label(),
        cells: table.cells(&it.data),
        effect: Some(shown_of(synthesis, it)),
        effect_text: effect_text_of(synthesis, it),
        weight: (synthesis.studies.len() > 1).then_some(it.weight),
        weight_text: weight_text(synthesis, it.weight),
        lights: lights_of(&it.study),
    };
    // The studies in their order, those that are shown without an effect in their places.
    let study_rows = |positions: &[usize], not_estimable: &[&Excluded]| -> Vec<ForestRow> {
        let with_effect = positions
            .iter()
            .filter_map(|it| Some(((*it, 1), study_row(synthesis.studies.get(*it)?))));
        let without = not_estimable
            .iter()
            .map(|it| ((it.position, 0), not_estimable_row(it, table, lights_of(&it.study))));
        let mut rows: Vec<_> = with_effect.chain(without).collect();
        rows.sort_by_key(|it| it.0);
        rows.into_iter().map(|it| it.1).collect()
    };
    let mut rows = Vec::new();
    if synthesis.subgroups.is_empty() {
        let all: Vec<usize> = (0..synthesis.studies.len()).collect();
        rows.extend(study_rows(&all, &not_estimable(synthesis, None)));
    }
    for subgroup in &synthesis.subgroups {
        let others = not_estimable(synthesis, Some(&subgroup.level));
        rows.push(ForestRow::Heading(subgroup.level.clone()));
        rows.extend(study_rows(&subgroup.members, &others));
        rows.extend(subtotal(synthesis, table, subgroup, &others));
        rows.push(ForestRow::Space);
    }
    rows.extend(total_rows(synthesis, table));
    if rows.is_empty() {
        rows.push(ForestRow::Note("No study has an effect".to_owned()));
    }
    rows
}

/// The studies of a subgroup.
pub(crate) fn members<'a>(synthesis: &'a Synthesis, subgroup: &Subgroup) -> Vec<&'a StudyEffect> {
    subgroup.members.iter().filter_map(|it| synthesis.studies.get(*it)).collect()
}

/// The studies that Review Manager shows although they have no effect, all or of one subgroup; their people count in its
/// totals.
pub(crate) fn not_estimable<'a>(
    synthesis: &'a Synthesis,
    subgroup: Option<&str>,
) -> Vec<&'a Excluded> {
    let is_shown = |it: &&Excluded| {
        synthesis.plan.profile.is_review_manager()
            && it.data.is_some()
            && (subgroup.is_none() || it.subgroup.as_deref() == subgroup)
    };
    synthesis.excluded.iter().filter(is_shown).collect()
}

fn not_estimable_row(it: &Excluded, table: DataTable, lights: Vec<Judgement>) -> ForestRow {
    ForestRow::Study {
        label: it.study.clone(),
        cells: it.data.map(|data| table.cells(&data)).unwrap_or_default(),
        effect: None,
        effect_text: NOT_ESTIMABLE.to_owned(),
        weight: None,
        weight_text: String::new(),
        lights,
    }
}

/// The numbers behind a total.
pub(crate) fn numbers(studies: &[&StudyEffect], not_estimable: &[&Excluded]) -> Vec<StudyData> {
    let without = not_estimable.iter().filter_map(|it| it.data);
    studies.iter().map(|it| it.data).chain(without).collect()
}

fn subtotal(
    synthesis: &Synthesis,
    table: DataTable,
    subgroup: &Subgroup,
    not_estimable: &[&Excluded],
) -> Vec<ForestRow> {
    let members = &members(synthesis, subgroup);
    let Some(pooled) = &subgroup.pooled else {
        return vec![ForestRow::Note("Not pooled".to_owned())];
    };
    let weight: f64 = members.iter().map(|it| it.weight).sum();
    let mut rows = vec![ForestRow::Summary {
        label: "Subtotal".to_owned(),
        cells: table.total_cells(&numbers(members, not_estimable)),
        estimate: shown(synthesis, pooled.estimate, pooled.ci),
        effect_text: effect_text(synthesis, pooled.estimate, pooled.ci),
        weight_text: weight_text(synthesis, weight),
        overall: false,
    }];
    if pooled.k > 1 {
        rows.push(ForestRow::Note(heterogeneity_line(synthesis, pooled)));
    }
    rows
}

fn total_rows(synthesis: &Synthesis, table: DataTable) -> Vec<ForestRow> {
    let Some(pooled) = synthesis.pooled.as_ref().filter(|it| it.k > 1) else { return Vec::new() };
    let all: Vec<&StudyEffect> = synthesis.studies.iter().collect();
    let mut rows = Vec::new();
    if synthesis.subgroups.is_empty() {
        rows.push(ForestRow::Space);
    }
    rows.push(ForestRow::Summary {
        label: "Total".to_owned(),
        cells: table.total_cells(&numbers(&all, &not_estimable(synthesis, None))),
        estimate: shown(synthesis, pooled.estimate, pooled.ci),
        effect_text: effect_text(synthesis, pooled.estimate, pooled.ci),
        weight_text: weight_text(synthesis, 100.0),
        overall: true,
    });
    if let Some(interval) = pooled.prediction {
        let (lower, upper) = (synthesis.display(interval.lower), synthesis.display(interval.upper));
        rows.push(ForestRow::Prediction {
            label: "Prediction interval".to_owned(),
            lower,
            upper,
            text: format!("({})", decimals(synthesis).range(lower, upper)),
        });
    }
    rows.push(ForestRow::Note(heterogeneity_line(synthesis, pooled)));
    if synthesis.null_value().is_some() {
        let test = format!("Test of the overall effect: {}", p_value(pooled.p_value));
        rows.push(ForestRow::Note(test));
    }
    if let Some(line) = subgroup_line(synthesis) {
        rows.push(ForestRow::Note(line));
    }
    rows
}

/// `Heterogeneity: τ² = 0.31, I² = 92%; Q = 152.23, df = 12, P < 0.0001`.
pub(crate) fn heterogeneity_line(synthesis: &Synthesis, pooled: &Pooled) -> String {
    format!(
        "Heterogeneity: {}; Q = {}, df = {}, {}",
        heterogeneity(synthesis, pooled),
        number::fixed(pooled.q, 2),
        number::fixed(pooled.q_df, 0),
        p_value(pooled.q_p_value)
    )
}

/// `Test for subgroup differences: Q = 1.77, df = 2, P = 0.41, I² = 0%`.
pub(crate) fn subgroup_line(synthesis: &Synthesis) -> Option<String> {
    let test = synthesis.subgroup_test?;
    Some(format!(
        "Test for subgroup differences: Q = {}, df = {}, {}, I² = {}",
        number::fixed(test.q, 2),
        number::fixed(test.df, 0),
        p_value(test.p_value),
        percent(test.i2)
    ))
}

/// A study's effect as readers see it.
fn shown_of(synthesis: &Synthesis, study: &StudyEffect) -> Estimate {
    let show = |it: f64| synthesis.display_of(study, it);
    Estimate {
        estimate: show(study.effect.estimate),
        lower: show(study.ci.lower),
        upper: show(study.ci.upper),
    }
}

/// `0.49 (0.34 to 0.70)` of a study.
pub(crate) fn effect_text_of(synthesis: &Synthesis, study: &StudyEffect) -> String {
    let Estimate { estimate, lower, upper } = shown_of(synthesis, study);
    let decimals = decimals(synthesis);
    format!("{} ({})", decimals.show(estimate), decimals.range(lower, upper))
}

fn shown(synthesis: &Synthesis, estimate: f64, ci: Interval) -> Estimate {
    Estimate {
        estimate: synthesis.display(estimate),
        lower: synthesis.display(ci.lower),
        upper: synthesis.display(ci.upper),
    }
}

/// `0.49 (0.34 to 0.70)`.
pub(crate) fn effect_text(synthesis: &Synthesis, estimate: f64, ci: Interval) -> String {
    let decimals = decimals(synthesis);
    format!(
        "{} ({})",
        decimals.show(synthesis.display(estimate)),
        decimals.range(synthesis.display(ci.lower), synthesis.display(ci.upper))
    )
}

/// A weight; nothing for one study alone.
pub(crate) fn weight_text(synthesis: &Synthesis, weight: f64) -> String {
    if synthesis.studies.len() > 1 { number::weight(weight) } else { String::new() }
}

/// Draws the plot, where there is anything to draw; `anchor` is its own in the page.
pub(crate) fn draw(
    synthesis: &Synthesis,
    anchor: &str,
    risk_of_bias: &[RobAssessment],
) -> Option<figures::Svg> {
    if synthesis.studies.is_empty() {
        return None;
    }
    let plot = forest_plot(synthesis, risk_of_bias);
    Some(figures::forest(&ForestPlot { id: format!("forest-{anchor}"), ..plot }))
}
