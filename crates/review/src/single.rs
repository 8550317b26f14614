//! One meta-analysis from one table, without a review: the table becomes a review with one analysis.
//!
//! Columns are recognised by the names that metafor, meta, RevMan and spreadsheets use, or are named by the
//! caller. Everything after that is what any review's analysis goes through.

mod checked;
mod columns;
mod p_values;
mod request;
mod study_table;
mod summaries;

pub use checked::{CheckedTable, table_for_checks};
pub use columns::{Role, TableKind, role_names};
pub use request::{TableRequest, default_plan};
pub use study_table::StudyTable;

use indexmap::{IndexMap, IndexSet};

use crate::analysis::{StudyData, Synthesis, analyse};
use crate::cells::Row;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::event::{Attributed, Event, When, Who};
use crate::package::{self, read_table};
use crate::printed::Printed;
use crate::state::{Repeat, State};
use crate::vocabulary::choice::Weights;
use crate::vocabulary::plan::{AnalysisPlan, default_method};
use crate::vocabulary::result::{
    ContrastEffect, ExtractedResult, PrintedInterval, Reported, Score, Source, Subject,
};
use crate::vocabulary::study::{Arm, Design, Study};
use columns::{Columns, NamedRatio};
use consilience_stats::{MeanSd, Measure, TwoByTwo};
use p_values::DirectionSigns;
use summaries::Summaries;

/// A table's analysis, and its rows for whatever else is asked of the studies.
#[derive(Debug, Clone)]
pub struct TableAnalysis {
    /// The answer.
    pub synthesis: Synthesis,
    /// The rows of all studies, also of those without an effect.
    pub table: StudyTable,
    /// The numbers of all studies whose row has them complete, also of those without an effect.
    pub numbers: IndexMap<String, StudyData>,
    origin: Numbers,
}

/// What an analysis can be repeated from.
#[derive(Debug, Clone)]
enum Numbers {
    /// The results of trials' arms, as a review has them.
    Review(Box<State>),
    /// Numbers of any other kind.
    Summaries(Summaries),
}

impl TableAnalysis {
    /// The rows behind the synthesis' studies, in its order.
    pub fn rows(&self) -> StudyTable {
        self.table.of(self.synthesis.studies.iter().map(|it| it.study.as_str()))
    }

    /// The answer to another plan, of the studies whose rows are `included`; `None` if the plan is of another table.
    pub fn again(&self, plan: &AnalysisPlan, included: &[bool]) -> Option<Synthesis> {
        let is_included = |name: &str| {
            self.table.studies().zip(included).any(|(study, included)| study == name && *included)
        };
        match &self.origin {
            Numbers::Review(state) => {
                let mut state = state.clone();
                state.studies.retain(|name, _| is_included(name));
                analyse(&state, plan)
            }
            Numbers::Summaries(summaries) => Some(summaries.analyse(plan, &is_included)),
        }
    }
}

/// Analyses a table.
///
/// # Errors
/// Every problem of the table, each with its place.
pub fn analyse_table(
    file: &str,
    bytes: &[u8],
    request: &TableRequest,
) -> Result<TableAnalysis, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let columns = package::Columns { required: &[], known: &[], others_allowed: true };
    let read = read_table(file, bytes, &columns, &mut problems).ok_or_else(|| problems.clone())?;
    if read.rows.is_empty() && read.torn.is_empty() {
        problems.push(
            Diagnostic::error(Place::file(file))
                .found("a header without rows")
                .expected("a row for each study")
                .help("add the studies"),
        );
        return Err(problems);
    }
    if let Some(measure) = request.measure.filter(|it| summaries::is_measured(*it)) {
        return analyse_summaries(file, &read, request, measure, problems);
    }
    let mut table = Table::new(file, &read.names, request, problems)?;
    table.signs = DirectionSigns::of(table.columns.get(Role::Favours), request.better, &read.rows);
    for row in read.rows {
        table.study(row);
    }
    let plan = table.plan();
    table.check(&plan);
    if table.problems.iter().any(|it| it.severity == Severity::Error) {
        return Err(table.problems);
    }
    let mut synthesis = analyse(&table.state, &plan).ok_or_else(Vec::new)?;
    synthesis.notes.splice(0..0, table.note_on_logs());
    synthesis.notes.splice(0..0, table.notes_on_directions());
    let n_names = table.written_names.len();
    if request.several_rows && n_names < table.rows.len() {
        synthesis.notes.push(format!(
            "{} rows of {n_names} studies stand above as if they were independent",
            table.rows.len()
        ));
    }
    let Table { rows, state, numbers, .. } = table;
    let origin = Numbers::Review(Box::new(state));
    Ok(TableAnalysis { synthesis, table: StudyTable::new(file, read.names, rows), numbers, origin })
}

/// Analyses a table of proportions, rates, correlations and the like.
fn analyse_summaries(
    file: &str,
    read: &package::Table,
    request: &TableRequest,
    measure: Measure,
    mut problems: Vec<Diagnostic>,
) -> Result<TableAnalysis, Vec<Diagnostic>> {
    let plan = AnalysisPlan { measure, outcome: OUTCOME.to_owned(), ..request.plan.clone() };
    problems.extend(contradictions(&plan));
    if request.effects_are_logs || request.design != Design::Parallel {
        let option = if request.effects_are_logs { "--log" } else { "--paired" };
        problems.push(
            Diagnostic::error(Place::file(option))
                .found(format!("this with {}", measure.name()))
                .expected("a measure of two groups")
                .help("remove it: the measure says how its columns are read"),
        );
    }
    let Some((summaries, table)) = Summaries::read(file, read, request, measure, &mut problems)
    else {
        return Err(problems);
    };
    if problems.iter().any(|it| it.severity == Severity::Error) {
        return Err(problems);
    }
    let synthesis = summaries.analyse(&plan, &|_| true);
    let numbers = summaries.numbers();
    Ok(TableAnalysis { synthesis, table, numbers, origin: Numbers::Summaries(summaries) })
}

/// The settings that contradict each other, as options of the command line.
fn contradictions(plan: &AnalysisPlan) -> impl Iterator<Item = Diagnostic> {
    plan.contradictions().into_iter().map(|it| {
        Diagnostic::error(Place::file(&option(it.field)))
            .found(it.found)
            .expected(it.expected)
            .help(it.help)
    })
}

struct Table<'a> {
    file: &'a str,
    request: &'a TableRequest,
    columns: Columns,
    kind: TableKind,
    measure: Measure,
    state: State,
    rows: IndexMap<String, Row>,
    numbers: IndexMap<String, StudyData>,
    /// The studies' names as the table has them, where a study may have several rows.
    written_names: IndexSet<String>,
    signs: DirectionSigns,
    problems: Vec<Diagnostic>,
}

impl<'a> Table<'a> {
    fn new(
        file: &'a str,
        names: &[String],
        request: &'a TableRequest,
        mut problems: Vec<Diagnostic>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let names: Vec<&str> =
            names.iter().map(String::as_str).filter(|it| !it.is_empty()).collect();
        let columns = Columns::assign(file, &names, &request.columns, &mut problems);
        let Some(kind) = columns.kind(file, &names, request.measure, &mut problems) else {
            return Err(problems);
        };
        let measure = request.measure.unwrap_or_else(|| kind.default_measure());
        if !columns.has(Role::Study) && !columns.has(Role::Author) {
            problems.push(
                Diagnostic::error(Place::spot(file, 1, 1))
                    .found(format!("the columns {}", names.join(", ")))
                    .expected("a column `study` with the studies' names")
                    .help("add it, or name it with --columns study=…"),
            );
        }
        if problems.iter().any(|it| it.severity == Severity::Error) {
            return Err(problems);
        }
        let state = base_state(request, measure);
        Ok(Self {
            file,
            request,
            columns,
            kind,
            measure,
            state,
            rows: IndexMap::new(),
            numbers: IndexMap::new(),
            written_names: IndexSet::new(),
            signs: DirectionSigns::default(),
            problems,
        })
    }

    fn study(&mut self, mut row: Row) {
        let name = self.name(&mut row);
        let Some(name) = name else { return self.problems.append(&mut row.take_problems()) };
        let name = if self.request.several_rows { self.apart(name) } else { name };
        let characteristics = row.others(&self.columns.of_numbers());
        let study = Study {
            study: name.clone(),
            reports: Vec::new(),
            preferred_report: None,
            design: self.request.design,
            study_type: None,
            indirect: Vec::new(),
            pairing: None,
            icc: None,
            cluster_size: None,
            characteristics,
        };
        let arm = |arm: &str| Arm {
            study: name.clone(),
            arm: arm.to_owned(),
            group: arm.to_owned(),
            description: None,
            n: None,
            characteristics: IndexMap::new(),
        };
        let mut events = vec![
            Event::StudyDescribed(study),
            Event::ArmDescribed(arm(EXPERIMENTAL)),
            Event::ArmDescribed(arm(COMPARATOR)),
        ];
        let results = match self.kind {
            TableKind::Events => self.events(&mut row),
            TableKind::Means => self.means(&mut row),
            TableKind::Effects => self.effect(&mut row),
            TableKind::PValues => self.p_value_and_direction(&mut row),
        };
        self.numbers.extend(numbers(&results).map(|it| (name.clone(), it)));
        events.extend(results.into_iter().map(|(subject, n, reported)| {
            Event::ResultExtracted(result(&name, subject, n, reported))
        }));
        self.problems.append(&mut row.take_problems());
        self.rows.entry(name).or_insert_with(|| row.clone());
        for event in events {
            let entry = Attributed { who: Who::default(), when: When::default(), value: event };
            let events = match &entry.value {
                Event::ResultExtracted(it) if it.subject.arm() == COMPARATOR => Role::EventsC,
                _ => Role::EventsE,
            };
            if let Err(rejection) = self.state.apply(entry, Repeat::IsRefused) {
                let column = match rejection.field {
                    "events" => self.columns.get(events),
                    _ => None,
                };
                let place = row.place_of(column.unwrap_or_else(|| self.columns.of_name()));
                self.problems.push(
                    Diagnostic::error(place)
                        .found(rejection.found)
                        .expected(rejection.expected)
                        .help(rejection.help),
                );
                break;
            }
        }
    }

    /// The name, with a number where other rows are of the same study.
    fn apart(&mut self, name: String) -> String {
        self.written_names.insert(name.clone());
        let numbered = (2..).map(|n| format!("{name} ({n})"));
        let mut names = std::iter::once(name.clone()).chain(numbered);
        names.find(|it| !self.rows.contains_key(it)).unwrap_or(name)
    }

    fn name(&self, row: &mut Row) -> Option<String> {
        let name = self.name_as_written(row)?;
        if is_total(&name) {
            let found = format!("`{name}`, which looks like a total, not a study");
            row.problem_found(self.columns.of_name(), found, "a study", "remove the row");
            return None;
        }
        Some(name)
    }

    fn name_as_written(&self, row: &mut Row) -> Option<String> {
        if let Some(column) = self.columns.get(Role::Study) {
            let name = row.required(column, "the study's name");
            return row.is_sound().then_some(name);
        }
        let author = row.required(self.columns.get(Role::Author)?, "the study's author");
        let year = self.columns.get(Role::Year).and_then(|it| row.text(it));
        let year = year.filter(|it| !MISSING.contains(&it.as_str()));
        let name = year.map_or_else(|| author.clone(), |year| format!("{author} {year}"));
        row.is_sound().then_some(name)
    }

    /// A number of a row; see [`MISSING`].
    fn number(
        &self,
        row: &mut Row,
        role: Role,
        expected: &str,
        test: fn(f64) -> bool,
    ) -> Option<Printed> {
        let column = self.columns.get(role)?;
        if row.text(column).is_some_and(|it| MISSING.contains(&it.as_str())) {
            return None;
        }
        row.printed_if(column, test, expected)
    }

    /// The number of people of an arm.
    fn people(&self, row: &mut Row, role: Role) -> Option<Printed> {
        self.number(row, role, "a number of people, 0 or more", |it| it >= 0.0)
    }

    fn events(&self, row: &mut Row) -> Vec<(Subject, Option<Printed>, Reported)> {
        let mut arm = |arm: &str, [events, others, n]: [Role; 3]| {
            let what = "a number of events, 0 or more";
            let events = self.number(row, events, what, |it| it >= 0.0);
            let others = self.people(row, others);
            let printed = self.people(row, n);
            let sum = events.as_ref().zip(others.as_ref()).map(|(a, b)| a.value() + b.value());
            if let (Some(n), Some(sum), Some(column)) = (&printed, sum, self.columns.get(n))
                && n.value().total_cmp(&sum).is_ne()
            {
                let expected = format!("{sum}, those with and without the event together");
                row.problem(column, expected, "check the three numbers");
            }
            let reported = match events {
                Some(events) => Reported::Events { events, person_time: None },
                None => Reported::Missing("no events given".to_owned()),
            };
            (Subject::Arm(arm.to_owned()), printed.or(sum.map(Printed::from_value)), reported)
        };
        vec![
            arm(EXPERIMENTAL, [Role::EventsE, Role::NoneventsE, Role::NE]),
            arm(COMPARATOR, [Role::EventsC, Role::NoneventsC, Role::NC]),
        ]
    }

    fn means(&self, row: &mut Row) -> Vec<(Subject, Option<Printed>, Reported)> {
        let mut arm = |arm: &str, [mean, sd, n]: [Role; 3]| {
            let mean = self.number(row, mean, "a mean", |_| true);
            let sd = self.number(row, sd, "a standard deviation of 0 or more", |it| it >= 0.0);
            let n = self.people(row, n);
            let reported = match mean {
                Some(mean) => Reported::Mean { mean, sd, se: None, ci: None },
                None => Reported::Missing("no mean given".to_owned()),
            };
            (Subject::Arm(arm.to_owned()), n, reported)
        };
        vec![
            arm(EXPERIMENTAL, [Role::MeanE, Role::SdE, Role::NE]),
            arm(COMPARATOR, [Role::MeanC, Role::SdC, Role::NC]),
        ]
    }

    fn p_value_and_direction(
        &mut self,
        row: &mut Row,
    ) -> Vec<(Subject, Option<Printed>, Reported)> {
        let missing = || Reported::Missing("neither a P value nor a direction given".to_owned());
        let reported = self.without_effect(row).unwrap_or_else(missing);
        vec![(between_arms(), self.people(row, Role::N), reported)]
    }

    fn effect(&mut self, row: &mut Row) -> Vec<(Subject, Option<Printed>, Reported)> {
        let se =
            self.number(row, Role::Se, "a standard error above 0", |it| it > 0.0).or_else(|| {
                let positive = |it: f64| it > 0.0;
                let variance = self.number(row, Role::Variance, "a variance above 0", positive)?;
                Some(Printed::from_value(variance.value().sqrt()))
            });
        let mut natural = |role: Role| {
            if self.effects_are_logs() {
                let log = self.number(row, role, "the logarithm of a ratio", is_log_of_ratio)?;
                return Some(Printed::from_value(libm::exp(log.value())));
            }
            self.number(row, role, "a number", |_| true)
        };
        let (effect, lower, upper) =
            (natural(Role::Effect), natural(Role::CiLower), natural(Role::CiUpper));
        let ci =
            lower.zip(upper).map(|(lower, upper)| PrintedInterval { lower, upper, level: None });
        let reported = match effect {
            Some(effect) => Reported::Contrast {
                effect: Some(ContrastEffect {
                    effect,
                    measure: self.effect_name().unwrap_or(self.measure.name()).to_owned(),
                    se,
                    ci,
                }),
                p_value: None,
                p_test: None,
                favours: None,
            },
            None => (self.without_effect(row))
                .unwrap_or_else(|| Reported::Missing("no effect given".to_owned())),
        };
        vec![(between_arms(), self.people(row, Role::N), reported)]
    }

    /// Whether the effects of the table are logarithms: because the caller says so, or because they bear the name
    /// by which metafor and meta call effects on the analysis scale.
    fn effects_are_logs(&self) -> bool {
        self.request.effects_are_logs
            || (self.measure.is_ratio() && self.columns.effects_are_named_as_logs)
    }

    fn note_on_logs(&self) -> Option<String> {
        let is_unasked = self.kind == TableKind::Effects
            && self.effects_are_logs()
            && !self.request.effects_are_logs;
        let column = self.columns.get(Role::Effect).filter(|_| is_unasked)?;
        Some(format!(
            "`{column}` is read as logarithms, as metafor and meta have it; `--columns effect={column}` reads ratios"
        ))
    }

    /// What the effects are called: by the caller, or by the name of their column.
    fn effect_name(&self) -> Option<&str> {
        let by_column = || self.named_ratio().map(|it| it.effect_name);
        self.request.plan.effect_name.as_deref().or_else(by_column)
    }

    /// The ratio that generic effects are by the name of their column.
    fn named_ratio(&self) -> Option<NamedRatio> {
        let is_generic = self.kind == TableKind::Effects && self.measure == Measure::Generic;
        self.columns.named_ratio(self.request.measure).filter(|_| is_generic)
    }

    /// The plan for what the table holds. Logarithms of a generic effect are those of ratios.
    fn plan(&self) -> AnalysisPlan {
        let is_generic_log = self.measure == Measure::Generic && self.request.effects_are_logs;
        let request = &self.request.plan;
        let by_profile = self.request.method_is_open && self.kind == TableKind::Events;
        AnalysisPlan {
            method: if by_profile {
                default_method(request.profile, self.measure)
            } else {
                request.method
            },
            measure: self.measure,
            effect_name: self.effect_name().map(str::to_owned),
            outcome: OUTCOME.to_owned(),
            ratio: request.ratio || is_generic_log || self.named_ratio().is_some(),
            ..request.clone()
        }
    }

    /// What the request asks and the table, or another option, does not allow.
    fn check(&mut self, plan: &AnalysisPlan) {
        self.check_columns(plan);
        if self.request.effects_are_logs && (self.kind != TableKind::Effects || !plan.is_ratio()) {
            self.problems.push(
                Diagnostic::error(Place::file("--log"))
                    .found(format!("logarithms, for {}", self.measure.name()))
                    .expected("a table of effects that are ratios")
                    .help("remove it, or choose the measure of the effects"),
            );
            return;
        }
        self.problems.extend(contradictions(plan));
    }

    fn check_columns(&mut self, plan: &AnalysisPlan) {
        if let Some(subgroup) = &plan.subgroup {
            self.check_column(subgroup, "name the column by which subgroups are made");
        }
        if let Weights::Column(column) = &plan.weights {
            self.check_column(column, "name the column of the weights, or write `equal`");
        }
    }

    fn check_column(&mut self, column: &str, help: &str) {
        let known = self.state.characteristic_names();
        if known.contains(&column) || self.state.studies.is_empty() {
            return;
        }
        self.problems.push(
            Diagnostic::error(Place::spot(self.file, 1, 1))
                .found(format!("no column `{column}`"))
                .expected(match known.as_slice() {
                    [] => "a column besides those of the analysis".to_owned(),
                    known => format!("one of: {}", known.join(", ")),
                })
                .help(help),
        );
    }
}

/// The option of the command line for a field of a plan.
fn option(field: &str) -> String {
    match field {
        "prediction_interval" => "--prediction".to_owned(),
        field => format!("--{}", field.replace('_', "-")),
    }
}

/// How spreadsheets, R and Stata write a number that is not known.
const MISSING: [&str; 5] = ["NA", ".", "-", "–", "—"];

/// Whether a row sums up others: `Total (95% CI)`, `Subtotal:`.
fn is_total(name: &str) -> bool {
    const WORDS: [&str; 6] = ["total", "subtotal", "sub-total", "overall", "pooled", "summary"];
    let name = name.to_lowercase();
    let word = name.split('(').next().unwrap_or_default().trim().trim_end_matches(':').trim_end();
    WORDS.contains(&word)
}

/// Whether the ratio of a logarithm is a number that can be computed with.
fn is_log_of_ratio(log: f64) -> bool {
    log.abs() < 700.0
}

/// The numbers of both arms, where they are complete.
fn numbers(results: &[(Subject, Option<Printed>, Reported)]) -> Option<StudyData> {
    let [(_, Some(n_e), experimental), (_, Some(n_c), comparator)] = results else { return None };
    let (n_e, n_c) = (n_e.value(), n_c.value());
    match (experimental, comparator) {
        (Reported::Events { events: e, .. }, Reported::Events { events: c, .. }) => {
            Some(StudyData::Events(TwoByTwo { events_e: e.value(), n_e, events_c: c.value(), n_c }))
        }
        (
            Reported::Mean { mean: mean_e, sd: Some(sd_e), .. },
            Reported::Mean { mean: mean_c, sd: Some(sd_c), .. },
        ) => Some(StudyData::Means {
            experimental: MeanSd { mean: mean_e.value(), sd: sd_e.value(), n: n_e },
            comparator: MeanSd { mean: mean_c.value(), sd: sd_c.value(), n: n_c },
        }),
        _ => None,
    }
}

const EXPERIMENTAL: &str = "experimental";
const COMPARATOR: &str = "comparator";
const OUTCOME: &str = "outcome";

/// What is said of one group against the other.
fn between_arms() -> Subject {
    Subject::Contrast { arm: EXPERIMENTAL.to_owned(), versus: COMPARATOR.to_owned() }
}

fn result(
    study: &str,
    subject: Subject,
    n: Option<Printed>,
    reported: Reported,
) -> ExtractedResult {
    ExtractedResult {
        study: study.to_owned(),
        outcome: OUTCOME.to_owned(),
        subject,
        time: None,
        instrument: None,
        score: Score::Final,
        population: None,
        n,
        reported,
        correlation: None,
        source: Source::default(),
        note: None,
    }
}

/// A review with one comparison and one outcome, to which the table's studies are added.
fn base_state(request: &TableRequest, measure: Measure) -> State {
    let mut state = State::default();
    measure.long_name().clone_into(&mut state.description.title);
    let (comparison, outcome) = summaries::subject(request);
    state.outcomes.insert(OUTCOME.to_owned(), outcome);
    state.comparisons.insert(comparison.id.clone(), comparison);
    state
}
