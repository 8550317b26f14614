//! One meta-analysis from one table, without a review: the table becomes a review with one analysis.
//!
//! Columns are recognised by the names that metafor, meta, RevMan and spreadsheets use, or are named by the
//! caller. Everything after that is what any review's analysis goes through.

use indexmap::IndexMap;

use crate::analysis::{Synthesis, analyse};
use crate::cells::Row;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::event::{Attributed, Event, When, Who};
use crate::package::{Columns, read_table};
use crate::printed::Printed;
use crate::state::{Repeat, State};
use crate::vocabulary::plan::AnalysisPlan;
use crate::vocabulary::protocol::{Comparison, Outcome};
use crate::vocabulary::result::{
    ContrastEffect, ExtractedResult, PrintedInterval, Reported, Score, Source, Subject,
};
use crate::vocabulary::study::{Arm, Design, Study};
use consilience_stats::Measure;

/// A column's role in the analysis, with the names under which tables have it.
struct Role {
    name: &'static str,
    aliases: &'static [&'static str],
}

const ROLES: [Role; 18] = [
    Role {
        name: "study",
        aliases: &["study", "studlab", "slab", "trial", "study_id", "studyid", "source", "name"],
    },
    Role { name: "author", aliases: &["author", "authors"] },
    Role { name: "year", aliases: &["year"] },
    Role {
        name: "events_e",
        aliases: &["events_e", "event.e", "events1", "events_1", "e1", "ai", "tpos", "event1"],
    },
    Role { name: "nonevents_e", aliases: &["nonevents_e", "bi", "tneg"] },
    Role {
        name: "n_e",
        aliases: &["n_e", "n.e", "n1", "n1i", "n_1", "total1", "total_1", "total_e"],
    },
    Role {
        name: "events_c",
        aliases: &["events_c", "event.c", "events2", "events_2", "e2", "ci", "cpos", "event2"],
    },
    Role { name: "nonevents_c", aliases: &["nonevents_c", "di", "cneg"] },
    Role {
        name: "n_c",
        aliases: &["n_c", "n.c", "n2", "n2i", "n_2", "total2", "total_2", "total_c"],
    },
    Role { name: "mean_e", aliases: &["mean_e", "mean.e", "mean1", "mean_1", "m1", "m1i"] },
    Role { name: "sd_e", aliases: &["sd_e", "sd.e", "sd1", "sd_1", "sd1i"] },
    Role { name: "mean_c", aliases: &["mean_c", "mean.c", "mean2", "mean_2", "m2", "m2i"] },
    Role { name: "sd_c", aliases: &["sd_c", "sd.c", "sd2", "sd_2", "sd2i"] },
    Role { name: "effect", aliases: &["effect", "estimate", "yi", "te"] },
    Role { name: "se", aliases: &["se", "sei", "sete", "standard_error"] },
    Role { name: "variance", aliases: &["variance", "vi", "var"] },
    Role { name: "ci_lower", aliases: &["ci_lower", "lower", "ci_lb", "lcl"] },
    Role { name: "ci_upper", aliases: &["ci_upper", "upper", "ci_ub", "ucl"] },
];

/// The names of all roles, for messages and for naming columns by hand.
pub fn role_names() -> impl Iterator<Item = &'static str> {
    ROLES.iter().map(|it| it.name)
}

/// What the table holds of each study.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    /// Events and people per arm.
    Events,
    /// Means per arm.
    Means,
    /// An effect with its standard error, variance or confidence interval.
    Effects,
}

impl TableKind {
    /// The measure of effect when none is asked for.
    pub fn default_measure(self) -> Measure {
        match self {
            Self::Events => Measure::RiskRatio,
            Self::Means => Measure::MeanDifference,
            Self::Effects => Measure::Generic,
        }
    }

    fn fits(self, measure: Measure) -> bool {
        let needed = match measure {
            Measure::MeanDifference
            | Measure::StandardizedMeanDifference
            | Measure::RatioOfMeans => Self::Means,
            Measure::Generic => Self::Effects,
            _ => Self::Events,
        };
        needed == self || self == Self::Effects
    }

    fn needs(self) -> &'static str {
        match self {
            Self::Events => "events_e, n_e, events_c, n_c (or ai, bi, ci, di)",
            Self::Means => "mean_e, sd_e, n_e, mean_c, sd_c, n_c",
            Self::Effects => "effect with se, variance or ci_lower and ci_upper",
        }
    }
}

/// How a table is to be analysed.
#[derive(Debug, Clone)]
pub struct TableRequest {
    /// Roles named by the caller: role → column.
    pub columns: IndexMap<String, String>,
    /// The measure; chosen by the columns when not given.
    pub measure: Option<Measure>,
    /// Whether effects in the table are already on the analysis scale (logarithms, for ratios).
    pub effects_are_logs: bool,
    /// What the two groups are called.
    pub groups: (String, String),
    /// The design of all studies.
    pub design: Design,
    /// Everything else; its measure is replaced.
    pub plan: AnalysisPlan,
}

/// Analyses a table.
///
/// # Errors
/// Every problem of the table, each with its place.
pub fn analyse_table(
    file: &str,
    bytes: &[u8],
    request: &TableRequest,
) -> Result<Synthesis, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let columns = Columns { required: &[], known: &[], others_allowed: true };
    let rows = read_table(file, bytes, &columns, &mut problems).ok_or_else(|| problems.clone())?;
    let mut table = Table::new(file, &rows, request, problems)?;
    for row in rows {
        table.study(row);
    }
    if table.state.studies.is_empty() && table.problems.is_empty() {
        table.problems.push(
            Diagnostic::error(Place::file(file))
                .found("a header without rows")
                .expected("a row for each study")
                .help("add the studies"),
        );
    }
    let plan = AnalysisPlan { measure: table.measure, ..request.plan.clone() };
    table.check_subgroup(&plan);
    table.problems.extend(plan.contradictions().into_iter().map(|it| {
        Diagnostic::error(Place::file(&format!("--{}", it.field.replace('_', "-"))))
            .found(it.found)
            .expected(it.expected)
            .help(it.help)
    }));
    if table.problems.iter().any(|it| it.severity == Severity::Error) {
        return Err(table.problems);
    }
    analyse(&table.state, &plan).ok_or_else(Vec::new)
}

struct Table<'a> {
    file: &'a str,
    request: &'a TableRequest,
    /// Role → column.
    columns: IndexMap<&'static str, String>,
    kind: TableKind,
    measure: Measure,
    state: State,
    problems: Vec<Diagnostic>,
}

impl<'a> Table<'a> {
    fn new(
        file: &'a str,
        rows: &[Row],
        request: &'a TableRequest,
        problems: Vec<Diagnostic>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut problems = problems;
        let names: Vec<&str> = rows.first().map(|row| row.names().collect()).unwrap_or_default();
        let columns = assign_roles(file, &names, request, &mut problems);
        let has = |role: &str| columns.contains_key(role);
        let kind = if has("events_e") && has("events_c") {
            Some(TableKind::Events)
        } else if has("mean_e") && has("mean_c") {
            Some(TableKind::Means)
        } else if has("effect") {
            Some(TableKind::Effects)
        } else {
            None
        };
        let Some(kind) = kind else {
            let needs =
                [TableKind::Events, TableKind::Means, TableKind::Effects].map(TableKind::needs);
            problems.push(
                Diagnostic::error(Place::spot(file, 1, 1))
                    .found(format!("the columns {}", names.join(", ")))
                    .expected(needs.join("; or "))
                    .help("rename the columns, or name them with --columns events_e=…,n_e=…"),
            );
            return Err(problems);
        };
        let measure = request.measure.unwrap_or_else(|| kind.default_measure());
        if !kind.fits(measure) {
            problems.push(
                Diagnostic::error(Place::spot(file, 1, 1))
                    .found(format!(
                        "the columns {}, which do not give {}",
                        names.join(", "),
                        measure.name()
                    ))
                    .expected("the columns that the measure needs")
                    .help(format!(
                        "choose another measure, {} for one",
                        kind.default_measure().name()
                    )),
            );
        }
        if !has("study") && !has("author") {
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
        Ok(Self { file, request, columns, kind, measure, state, problems })
    }

    fn study(&mut self, mut row: Row) {
        let name = self.name(&mut row);
        let Some(name) = name else { return self.problems.append(&mut row.take_problems()) };
        let used: Vec<&str> = self.columns.values().map(String::as_str).collect();
        let mut characteristics = row.others(&used);
        for role in ["year"] {
            if let Some(text) = self.columns.get(role).and_then(|it| row.text(it)) {
                characteristics.insert(role.to_owned(), text);
            }
        }
        let study = Study {
            study: name.clone(),
            reports: Vec::new(),
            design: self.request.design,
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
        };
        events.extend(results.into_iter().map(|(subject, n, reported)| {
            Event::ResultExtracted(result(&name, subject, n, reported))
        }));
        self.problems.append(&mut row.take_problems());
        for event in events {
            let entry = Attributed { who: Who::default(), when: When::default(), value: event };
            if let Err(rejection) = self.state.apply(entry, Repeat::IsRefused) {
                let column = match rejection.field {
                    "events" => "events_e",
                    field => field,
                };
                let place = row.place_of(self.columns.get(column).map_or("study", String::as_str));
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

    fn name(&self, row: &mut Row) -> Option<String> {
        if let Some(column) = self.columns.get("study") {
            let name = row.required(column, "the study's name");
            return row.is_sound().then_some(name);
        }
        let author = row.required(self.columns.get("author")?, "the study's author");
        let year = self.columns.get("year").and_then(|it| row.text(it));
        let name = year.map_or_else(|| author.clone(), |year| format!("{author} {year}"));
        row.is_sound().then_some(name)
    }

    fn number(
        &self,
        row: &mut Row,
        role: &str,
        expected: &str,
        test: fn(f64) -> bool,
    ) -> Option<Printed> {
        row.printed_if(self.columns.get(role)?, test, expected)
    }

    fn events(&self, row: &mut Row) -> Vec<(Subject, Option<Printed>, Reported)> {
        let not_negative = |it: f64| it >= 0.0;
        let mut arm = |arm: &str, events: &str, others: &str, n: &str| {
            let what = "a number of events, 0 or more";
            let events = self.number(row, events, what, not_negative);
            let others = self.number(row, others, "a number of people, 0 or more", not_negative);
            let n =
                self.number(row, n, "a number of people, 0 or more", not_negative).or_else(|| {
                    Some(Printed::from_value(events.as_ref()?.value() + others.as_ref()?.value()))
                });
            let reported = match events {
                Some(events) => Reported::Events { events, person_time: None },
                None => Reported::Missing("no events given".to_owned()),
            };
            (Subject::Arm(arm.to_owned()), n, reported)
        };
        vec![
            arm(EXPERIMENTAL, "events_e", "nonevents_e", "n_e"),
            arm(COMPARATOR, "events_c", "nonevents_c", "n_c"),
        ]
    }

    fn means(&self, row: &mut Row) -> Vec<(Subject, Option<Printed>, Reported)> {
        let mut arm = |arm: &str, mean: &str, sd: &str, n: &str| {
            let mean = self.number(row, mean, "a mean", |_| true);
            let sd = self.number(row, sd, "a standard deviation of 0 or more", |it| it >= 0.0);
            let n = self.number(row, n, "a number of people, 0 or more", |it| it >= 0.0);
            let reported = match mean {
                Some(mean) => Reported::Mean { mean, sd, se: None, ci: None },
                None => Reported::Missing("no mean given".to_owned()),
            };
            (Subject::Arm(arm.to_owned()), n, reported)
        };
        vec![arm(EXPERIMENTAL, "mean_e", "sd_e", "n_e"), arm(COMPARATOR, "mean_c", "sd_c", "n_c")]
    }

    fn effect(&self, row: &mut Row) -> Vec<(Subject, Option<Printed>, Reported)> {
        let subject =
            Subject::Contrast { arm: EXPERIMENTAL.to_owned(), versus: COMPARATOR.to_owned() };
        let any = |_: f64| true;
        let se = self.number(row, "se", "a standard error above 0", |it| it > 0.0).or_else(|| {
            let variance = self.number(row, "variance", "a variance above 0", |it| it > 0.0)?;
            Some(Printed::from_value(variance.value().sqrt()))
        });
        let is_log = self.request.effects_are_logs;
        let natural = |number: Printed| {
            if is_log { Printed::from_value(libm::exp(number.value())) } else { number }
        };
        let lower = self.number(row, "ci_lower", "a lower limit", any).map(natural);
        let upper = self.number(row, "ci_upper", "an upper limit", any).map(natural);
        let ci =
            lower.zip(upper).map(|(lower, upper)| PrintedInterval { lower, upper, level: None });
        let reported = match self.number(row, "effect", "an effect", any).map(natural) {
            Some(effect) => Reported::Contrast {
                effect: Some(ContrastEffect {
                    effect,
                    measure: self.measure.name().to_owned(),
                    se,
                    ci,
                }),
                p_value: None,
                p_test: None,
                favours: None,
            },
            None => Reported::Missing("no effect given".to_owned()),
        };
        vec![(subject, None, reported)]
    }

    fn check_subgroup(&mut self, plan: &AnalysisPlan) {
        let Some(subgroup) = &plan.subgroup else { return };
        let known = self.state.characteristic_names();
        if known.contains(&subgroup.as_str()) || self.state.studies.is_empty() {
            return;
        }
        self.problems.push(
            Diagnostic::error(Place::spot(self.file, 1, 1))
                .found(format!("no column `{subgroup}`"))
                .expected(format!("one of: {}", known.join(", ")))
                .help("name the column by which subgroups are made"),
        );
    }
}

const EXPERIMENTAL: &str = "experimental";
const COMPARATOR: &str = "comparator";
const OUTCOME: &str = "outcome";

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
    let outcome = Outcome {
        id: OUTCOME.to_owned(),
        name: request.plan.title.clone().unwrap_or_else(|| "Outcome".to_owned()),
        direction: None,
        unit: None,
        description: None,
    };
    let comparison = Comparison {
        id: request.plan.comparison.clone(),
        name: format!("{} versus {}", request.groups.0, request.groups.1),
        experimental: EXPERIMENTAL.to_owned(),
        comparator: COMPARATOR.to_owned(),
        experimental_name: request.groups.0.clone(),
        comparator_name: request.groups.1.clone(),
    };
    state.outcomes.insert(OUTCOME.to_owned(), outcome);
    state.comparisons.insert(comparison.id.clone(), comparison);
    state
}

/// The plan that a table is analysed by when nothing else is said.
pub fn default_plan() -> AnalysisPlan {
    AnalysisPlan {
        id: "meta".to_owned(),
        comparison: "table".to_owned(),
        outcome: OUTCOME.to_owned(),
        title: None,
        measure: Measure::Generic,
        effect_name: None,
        ratio: false,
        method: crate::vocabulary::plan::Method::InverseVariance,
        model: crate::vocabulary::plan::ModelKind::Random,
        tau2: consilience_stats::Tau2Method::Reml,
        ci: consilience_stats::CiMethod::Wald,
        level: Printed::from_value(95.0),
        prediction_interval: true,
        subgroup: None,
        leave_one_out: false,
        time: Vec::new(),
        instrument: Vec::new(),
        score: None,
        event_from_grade: None,
        correlation: None,
        correlations: Vec::new(),
        correlation_from_p: false,
    }
}

/// Which column plays which role: named by the caller, or recognised by its name.
fn assign_roles(
    file: &str,
    names: &[&str],
    request: &TableRequest,
    problems: &mut Vec<Diagnostic>,
) -> IndexMap<&'static str, String> {
    let mut roles = IndexMap::new();
    for (role, column) in &request.columns {
        let known = ROLES.iter().find(|it| it.name == role);
        match (known, names.contains(&column.as_str())) {
            (Some(known), true) => {
                roles.insert(known.name, column.clone());
            }
            (None, _) => problems.push(
                Diagnostic::error(Place::file("--columns"))
                    .found(format!("`{role}`"))
                    .expected(format!("one of: {}", role_names().collect::<Vec<_>>().join(", ")))
                    .help("write ROLE=COLUMN"),
            ),
            (_, false) => problems.push(
                Diagnostic::error(Place::file("--columns"))
                    .found(format!("`{column}`, and no such column in {file}"))
                    .expected(format!("one of: {}", names.join(", ")))
                    .help("correct the name"),
            ),
        }
    }
    for role in &ROLES {
        let taken = |name: &str| roles.values().any(|it: &String| it == name);
        if !roles.contains_key(role.name)
            && let Some(name) = names
                .iter()
                .find(|name| role.aliases.contains(&name.to_lowercase().as_str()) && !taken(name))
        {
            roles.insert(role.name, (*name).to_owned());
        }
    }
    roles
}
