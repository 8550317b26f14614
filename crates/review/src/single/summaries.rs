//! Tables of everything but two groups' events and means: proportions, rates, correlations, single means, matched pairs,
//! reliabilities. The measure, which must be named, says which columns are needed.
//!
//! Columns are recognised by plain names and by those of metafor's `escalc`.

use consilience_stats::{
    Alpha, Correlation, Genotypes, MeanSd, Measure, PairedMargins, PairedTable, PartialCorrelation,
    Proportion, Rate, SemiPartialCorrelation, StandardizedDifference, Summary, SummaryKind,
    TwoByTwo, VarianceExplained, effect_sizes,
};
use indexmap::IndexMap;

use super::columns::Role;
use super::study_table::StudyTable;
use super::{MISSING, OUTCOME, TableRequest, is_total};
use crate::analysis::{Excluded, StudyData, StudyEffect, Synthesis, of_studies, weight_in};
use crate::cells::Row;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::keyword::Keyword;
use crate::package::Table as RawTable;
use crate::printed::Printed;
use crate::vocabulary::choice::Weights;
use crate::vocabulary::grading::Grading;
use crate::vocabulary::plan::AnalysisPlan;
use crate::vocabulary::protocol::{Comparison, Outcome};

/// Whether a measure comes from such a table, rather than from the results of a trial's arms.
pub(super) fn is_measured(measure: Measure) -> bool {
    !<Measure as Keyword>::all().contains(&measure)
}

/// A column that a summary needs.
struct Field {
    name: &'static str,
    aliases: &'static [&'static str],
}

const fn field(name: &'static str, aliases: &'static [&'static str]) -> Field {
    Field { name, aliases }
}

const N: Field = field("n", &["ni", "n_total", "total", "size"]);
const EVENTS: Field = field("events", &["xi", "event", "cases"]);
const TIME: Field = field("time", &["ti", "person_time", "exposure"]);
const R_SQUARED: Field = field("r_squared", &["r2i", "r2"]);
const PREDICTORS: Field = field("predictors", &["mi", "n_predictors"]);
const T: Field = field("t", &["ti", "t_value"]);
const CORRELATION: Field = field("correlation", &["ri", "r", "cor"]);
const EVENTS_E: Field = field("events_e", &["ai", "x1i", "event.e", "events1"]);
const EVENTS_C: Field = field("events_c", &["ci", "x2i", "event.c", "events2"]);
const N_E: Field = field("n_e", &["n1i", "n.e", "n1"]);
const N_C: Field = field("n_c", &["n2i", "n.c", "n2"]);
const NONEVENTS_E: Field = field("nonevents_e", &["bi"]);
const NONEVENTS_C: Field = field("nonevents_c", &["di"]);
const MEAN_E: Field = field("mean_e", &["m1i", "mean.e", "mean1"]);
const SD_E: Field = field("sd_e", &["sd1i", "sd.e", "sd1"]);
const MEAN_C: Field = field("mean_c", &["m2i", "mean.c", "mean2"]);
const SD_C: Field = field("sd_c", &["sd2i", "sd.c", "sd2"]);

/// The ways to give a summary, each with the columns it needs.
fn ways(kind: SummaryKind) -> Vec<Vec<Field>> {
    match kind {
        SummaryKind::Table => vec![
            vec![EVENTS_E, N_E, EVENTS_C, N_C],
            vec![EVENTS_E, NONEVENTS_E, EVENTS_C, NONEVENTS_C],
        ],
        SummaryKind::PairedMargins => {
            vec![vec![EVENTS_E, NONEVENTS_E, EVENTS_C, NONEVENTS_C, CORRELATION]]
        }
        SummaryKind::Means => vec![vec![MEAN_E, SD_E, N_E, MEAN_C, SD_C, N_C]],
        SummaryKind::StandardizedDifference => vec![vec![field("d", &["di"]), N_E, N_C]],
        SummaryKind::Rates => vec![vec![
            EVENTS_E,
            field("time_e", &["t1i", "time.e"]),
            EVENTS_C,
            field("time_c", &["t2i", "time.c"]),
        ]],
        SummaryKind::Proportion => vec![vec![EVENTS, N]],
        SummaryKind::Rate => vec![vec![EVENTS, TIME]],
        SummaryKind::Mean => {
            vec![vec![field("mean", &["mi", "m"]), field("sd", &["sdi", "s"]), N]]
        }
        SummaryKind::Correlation => vec![vec![CORRELATION, N]],
        SummaryKind::PartialCorrelation => vec![vec![T, N, PREDICTORS]],
        SummaryKind::SemiPartialCorrelation => vec![vec![T, N, PREDICTORS, R_SQUARED]],
        SummaryKind::VarianceExplained => vec![vec![R_SQUARED, N, PREDICTORS]],
        SummaryKind::PairedMeans => {
            vec![vec![MEAN_E, SD_E, MEAN_C, SD_C, field("n", &["ni", "pairs", "n1i"]), CORRELATION]]
        }
        SummaryKind::PairedTable => vec![vec![
            field("both", &["ai"]),
            field("experimental_only", &["bi"]),
            field("control_only", &["ci"]),
            field("neither", &["di"]),
        ]],
        SummaryKind::Alpha => {
            vec![vec![field("alpha", &["ai"]), field("items", &["mi", "m"]), N]]
        }
        SummaryKind::Genotypes => vec![vec![
            field("dominant", &["ai"]),
            field("heterozygous", &["bi"]),
            field("recessive", &["ci"]),
        ]],
        SummaryKind::Estimate => vec![vec![field("yi", &[]), field("vi", &[])]],
    }
}

/// The summary that the numbers of one way make.
fn summary(kind: SummaryKind, v: &[f64], counts_others: bool) -> Option<Summary> {
    let total = |events: f64, n_or_others: f64| {
        if counts_others { events + n_or_others } else { n_or_others }
    };
    Some(match (kind, v) {
        (SummaryKind::Table, &[events_e, e, events_c, c]) => Summary::Table(TwoByTwo {
            events_e,
            n_e: total(events_e, e),
            events_c,
            n_c: total(events_c, c),
        }),
        (SummaryKind::PairedMargins, &[events_e, e, events_c, _, phi]) => {
            Summary::PairedMargins(PairedMargins { pairs: events_e + e, events_e, events_c, phi })
        }
        (SummaryKind::Means, &[mean_e, sd_e, n_e, mean_c, sd_c, n_c]) => Summary::Means {
            experimental: MeanSd { mean: mean_e, sd: sd_e, n: n_e },
            control: MeanSd { mean: mean_c, sd: sd_c, n: n_c },
        },
        (SummaryKind::StandardizedDifference, &[d, n_e, n_c]) => {
            Summary::StandardizedDifference(StandardizedDifference { d, n_e, n_c })
        }
        (SummaryKind::Rates, &[events_e, time_e, events_c, time_c]) => Summary::Rates {
            experimental: Rate { events: events_e, person_time: time_e },
            control: Rate { events: events_c, person_time: time_c },
        },
        (SummaryKind::Proportion, &[events, n]) => Summary::Proportion(Proportion { events, n }),
        (SummaryKind::Rate, &[events, person_time]) => Summary::Rate(Rate { events, person_time }),
        (SummaryKind::Mean, &[mean, sd, n]) => Summary::Mean(MeanSd { mean, sd, n }),
        (SummaryKind::Correlation, &[r, n]) => Summary::Correlation(Correlation { r, n }),
        (SummaryKind::PartialCorrelation, &[t, n, predictors]) => {
            Summary::PartialCorrelation(PartialCorrelation { t, n, predictors })
        }
        (SummaryKind::SemiPartialCorrelation, &[t, n, predictors, r_squared]) => {
            let predictor = PartialCorrelation { t, n, predictors };
            Summary::SemiPartialCorrelation(SemiPartialCorrelation { predictor, r_squared })
        }
        (SummaryKind::VarianceExplained, &[r_squared, n, predictors]) => {
            Summary::VarianceExplained(VarianceExplained { r_squared, n, predictors })
        }
        (SummaryKind::PairedMeans, &[mean_e, sd_e, mean_c, sd_c, n, correlation]) => {
            Summary::PairedMeans {
                experimental: MeanSd { mean: mean_e, sd: sd_e, n },
                control: MeanSd { mean: mean_c, sd: sd_c, n },
                correlation,
            }
        }
        (SummaryKind::PairedTable, &[both, experimental_only, control_only, neither]) => {
            Summary::PairedTable(PairedTable { both, experimental_only, control_only, neither })
        }
        (SummaryKind::Alpha, &[alpha, items, n]) => Summary::Alpha(Alpha { alpha, items, n }),
        (SummaryKind::Genotypes, &[dominant, heterozygous, recessive]) => {
            Summary::Genotypes(Genotypes { dominant, heterozygous, recessive })
        }
        _ => return None,
    })
}

/// What such a table holds of its studies.
#[derive(Debug, Clone)]
pub(super) struct Summaries {
    comparison: Comparison,
    outcome: Outcome,
    studies: IndexMap<String, Result<Summary, String>>,
    subgroups: IndexMap<String, String>,
    /// What stands in the column of weights.
    weights: IndexMap<String, String>,
}

impl Summaries {
    /// Reads the rows.
    pub(super) fn read(
        file: &str,
        read: &RawTable,
        request: &TableRequest,
        measure: Measure,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<(Self, StudyTable)> {
        let names: Vec<&str> = read.names.iter().map(String::as_str).collect();
        let kind = measure.input();
        let Some((columns, counts_others)) = columns(kind, &names, &request.columns) else {
            problems.push(missing_columns(file, measure, &names));
            return None;
        };
        let Some(study_column) = study_column(&names, &request.columns) else {
            problems.push(
                Diagnostic::error(Place::spot(file, 1, 1))
                    .found(format!("the columns {}", names.join(", ")))
                    .expected("a column `study` with the studies' names")
                    .help("add it, or name it with --columns study=…"),
            );
            return None;
        };
        let mut rows: IndexMap<String, Row> = IndexMap::new();
        let mut studies = IndexMap::new();
        let mut subgroups = IndexMap::new();
        let mut weights = IndexMap::new();
        for row in &read.rows {
            let mut row = row.clone();
            let name = row.required(&study_column, "the study's name");
            if is_total(&name) {
                let found = format!("`{name}`, which looks like a total, not a study");
                row.problem_found(&study_column, found, "a study", "remove the row");
            }
            let numbers: Vec<Option<f64>> = columns.iter().map(|it| number(&mut row, it)).collect();
            problems.append(&mut row.take_problems());
            let name = match (rows.contains_key(&name), request.several_rows) {
                (false, _) => name,
                (true, true) => apart(&rows, &name),
                (true, false) => {
                    problems.push(
                        Diagnostic::error(row.place_of(&study_column))
                            .found(format!("`{name}` a second time"))
                            .expected("each study in one row")
                            .help("rename it, or allow for several effects a study with --random or --cluster"),
                    );
                    continue;
                }
            };
            let absent: Vec<&str> = columns
                .iter()
                .zip(&numbers)
                .filter(|it| it.1.is_none())
                .map(|it| it.0.as_str())
                .collect();
            let values: Vec<f64> = numbers.iter().flatten().copied().collect();
            let summary = if absent.is_empty() {
                summary(kind, &values, counts_others)
                    .ok_or_else(|| "numbers that make no summary".to_owned())
            } else {
                Err(format!("no {}", absent.join(", ")))
            };
            if let Weights::Column(column) = &request.plan.weights
                && let Some(weight) = row.text(column)
            {
                weights.insert(name.clone(), weight);
            }
            if let Some(level) = request.plan.subgroup.as_ref().and_then(|it| row.text(it)) {
                subgroups.insert(name.clone(), level);
            }
            studies.insert(name.clone(), summary);
            rows.insert(name, row);
        }
        if problems.iter().any(|it| it.severity == Severity::Error) {
            return None;
        }
        let names = read.names.clone();
        let table = StudyTable::new(file, names, rows);
        let weights_column = match &request.plan.weights {
            Weights::Column(column) => Some(column),
            Weights::InverseVariance | Weights::Equal => None,
        };
        for column in request.plan.subgroup.iter().chain(weights_column) {
            if let Err(mut more) = table.texts(column) {
                problems.append(&mut more);
                return None;
            }
        }
        let (comparison, outcome) = subject(request);
        Some((Self { comparison, outcome, studies, subgroups, weights }, table))
    }

    /// The studies as another measure or plan sees them.
    pub(super) fn analyse(
        &self,
        plan: &AnalysisPlan,
        is_included: &dyn Fn(&str) -> bool,
    ) -> Synthesis {
        let included: Vec<(&String, &Result<Summary, String>)> =
            self.studies.iter().filter(|it| is_included(it.0)).collect();
        let summaries: Vec<Summary> =
            included.iter().filter_map(|it| it.1.as_ref().ok()).copied().collect();
        let options = plan.effect_size_options();
        let mut effects = effect_sizes(plan.measure, &summaries, &options).into_iter();
        let mut studies = Vec::new();
        let mut excluded = Vec::new();
        for (study, summary) in included {
            let effect = match summary {
                Err(reason) => Err(reason.clone()),
                Ok(summary) => match effects.next() {
                    Some(Ok(effect)) => {
                        self.weight(plan, study).map(|weight| (effect, *summary, weight))
                    }
                    Some(Err(reason)) => Err(reason.to_string()),
                    None => Err("no effect".to_owned()),
                },
            };
            match effect {
                Err(reason) => excluded.push(Excluded {
                    data: summary.as_ref().ok().map(|it| StudyData::Summary(*it)),
                    position: studies.len(),
                    ..Excluded::new(study, reason)
                }),
                Ok((effect, summary, given_weight)) => studies.push(StudyEffect {
                    study: study.clone(),
                    arm: None,
                    effect,
                    ci: effect.interval(plan.level_share()),
                    weight: 0.0,
                    data: StudyData::Summary(summary),
                    pairing: None,
                    participants: people(&summary),
                    steps: Vec::new(),
                    conversions: Vec::new(),
                    choice: None,
                    cautions: Vec::new(),
                    inputs: Vec::new(),
                    subgroup: plan.subgroup.as_ref().map(|_| {
                        self.subgroups
                            .get(study)
                            .cloned()
                            .unwrap_or_else(|| "not stated".to_owned())
                    }),
                    given_weight,
                }),
            }
        }
        of_studies(plan, &self.comparison, &self.outcome, studies, excluded)
    }

    /// What the plan's column weighs a study by.
    fn weight(&self, plan: &AnalysisPlan, study: &str) -> Result<Option<f64>, String> {
        let Weights::Column(column) = &plan.weights else { return Ok(None) };
        weight_in(column, self.weights.get(study).map(String::as_str)).map(Some)
    }

    /// The numbers of all studies whose row has them complete.
    pub(super) fn numbers(&self) -> IndexMap<String, StudyData> {
        let complete = self.studies.iter().filter_map(|(study, summary)| {
            Some((study.clone(), StudyData::Summary(*summary.as_ref().ok()?)))
        });
        complete.collect()
    }
}

fn people(summary: &Summary) -> Option<f64> {
    match summary.kind() {
        SummaryKind::Rates | SummaryKind::Rate => None,
        _ => summary.size(),
    }
}

fn number(row: &mut Row, column: &str) -> Option<f64> {
    if row.text(column).is_some_and(|it| MISSING.contains(&it.as_str())) {
        return None;
    }
    row.printed(column).as_ref().map(Printed::value)
}

fn apart(rows: &IndexMap<String, Row>, name: &str) -> String {
    let mut n = 2;
    while rows.contains_key(&format!("{name} ({n})")) {
        n += 1;
    }
    format!("{name} ({n})")
}

/// The table's column for each field of the first way that is complete, and whether that way counts people without
/// the event rather than all.
fn columns(
    kind: SummaryKind,
    names: &[&str],
    by_hand: &IndexMap<String, String>,
) -> Option<(Vec<String>, bool)> {
    ways(kind).into_iter().find_map(|way| {
        let counts_others = way.iter().any(|it| it.name == NONEVENTS_E.name);
        let column = |field: &Field| {
            if let Some(column) = by_hand.get(field.name) {
                return names.contains(&column.as_str()).then(|| column.clone());
            }
            let is_named = |name: &&&str| {
                let name = name.to_lowercase();
                name == field.name || field.aliases.contains(&name.as_str())
            };
            names.iter().find(is_named).map(|it| (*it).to_owned())
        };
        let columns: Option<Vec<String>> = way.iter().map(column).collect();
        Some((columns?, counts_others))
    })
}

fn study_column(names: &[&str], by_hand: &IndexMap<String, String>) -> Option<String> {
    let by_hand = by_hand.get(Role::Study.name()).filter(|it| names.contains(&it.as_str()));
    let by_name = || {
        let is_study = |name: &&&str| Role::Study.is_named(name) || Role::Author.is_named(name);
        names.iter().find(is_study).map(|it| (*it).to_owned())
    };
    by_hand.cloned().or_else(by_name)
}

fn missing_columns(file: &str, measure: Measure, names: &[&str]) -> Diagnostic {
    let ways: Vec<String> = ways(measure.input())
        .iter()
        .map(|way| {
            let field = |it: &Field| match it.aliases.first() {
                Some(alias) => format!("{} (or {alias})", it.name),
                None => it.name.to_owned(),
            };
            way.iter().map(field).collect::<Vec<_>>().join(", ")
        })
        .collect();
    Diagnostic::error(Place::spot(file, 1, 1))
        .found(format!("the columns {}, which do not give {}", names.join(", "), measure.name()))
        .expected(format!("{}: {}", measure.input().words(), ways.join("; or ")))
        .help("rename the columns, or name them with --columns ROLE=COLUMN")
}

/// What the table is about: two groups and one outcome.
pub(super) fn subject(request: &TableRequest) -> (Comparison, Outcome) {
    let comparison = Comparison {
        id: request.plan.comparison.clone(),
        name: format!("{} versus {}", request.groups.0, request.groups.1),
        experimental: super::EXPERIMENTAL.to_owned(),
        comparator: super::COMPARATOR.to_owned(),
        experimental_name: request.groups.0.clone(),
        comparator_name: request.groups.1.clone(),
    };
    let outcome = Outcome {
        id: OUTCOME.to_owned(),
        name: request.plan.title.clone().unwrap_or_else(|| "Outcome".to_owned()),
        direction: request.better,
        unit: None,
        minimum: None,
        maximum: None,
        items: None,
        description: None,
        grading: Grading::default(),
    };
    (comparison, outcome)
}
