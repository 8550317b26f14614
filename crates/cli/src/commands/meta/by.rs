//! `consil meta --by`: one meta-analysis for each value of a column, of a table of any length.

use consilience_review::single::{Role, TableKind};
use consilience_review::vocabulary::plan::AnalysisPlan;
use consilience_review::{Diagnostic, Keyword, Place};
use consilience_stats::batch::{PooledColumns, pool_groups};
use consilience_stats::{
    Effect, EffectSizeOptions, MeanSd, Measure, Summary, SummaryKind, TwoByTwo, effect_size,
    effect_sizes, se_from_ci,
};
use serde_json::{Map, Value, json};

use super::{Arguments, request};
use crate::columns::{Data, Source, Wanted};
use crate::{Failed, printer};

/// The options that say something about one analysis, not about many.
pub(super) const REFUSED: [&str; 37] = [
    "subgroup",
    "common_tau2",
    "leave_one_out",
    "effect_name",
    "paired",
    "correlation",
    "groups",
    "better",
    "title",
    "plot",
    "profile",
    "method",
    "tau2_interval",
    "weights",
    "mods",
    "no_intercept",
    "scale",
    "scale_link",
    "random",
    "cluster",
    "robust",
    "sampling_correlation",
    "glmm",
    "influence",
    "cumulative",
    "gosh",
    "seed",
    "permute",
    "alternative",
    "bootstrap",
    "combine_p",
    "directions",
    "small_study",
    "selection",
    "p_curve",
    "p_uniform",
    "multiverse",
];

/// The columns of the answer that are numbers, but for the number of studies.
const NUMBERS: [&str; 11] = [
    "estimate",
    "se",
    "ci_lower",
    "ci_upper",
    "p_value",
    "tau2",
    "i2",
    "q",
    "q_p_value",
    "prediction_lower",
    "prediction_upper",
];

/// Pools the studies of each group and prints a row for each, in the order in which the groups first appear.
pub(super) fn run(arguments: &Arguments, by: &str) -> Result<(), Failed> {
    let refused = |problem| {
        printer::diagnostics(&[problem]);
        Failed
    };
    let source = Source::open(&arguments.file).map_err(refused)?;
    let names = source.names().map_err(refused)?;
    if !names.iter().any(|it| it == by) {
        let header = Diagnostic::error(Place::spot(source.name(), 1, 1));
        return Err(refused(
            header
                .found(format!("the columns {}", names.join(", ")))
                .expected(format!("a column `{by}`, which --by names"))
                .help("correct the name"),
        ));
    }
    let input = Input::of(source.name(), &names, by, arguments).map_err(refused)?;
    let numbers: Vec<&str> = input.columns.iter().map(String::as_str).collect();
    let data = source.read(&Wanted { group: by, numbers: &numbers }).map_err(refused)?;
    let plan = AnalysisPlan { measure: input.measure, ..request(arguments).plan };
    contradictions(&plan)?;
    let effects = effects(&input, &data, &plan.effect_size_options());
    let sorted = data.groups.sorted(|row| effects.get(row).is_some_and(Option::is_some));
    let studies = || sorted.rows.iter().filter_map(|&row| effects.get(row).copied().flatten());
    let estimates: Vec<f64> = studies().map(|it| it.estimate).collect();
    let variances: Vec<f64> = studies().map(|it| it.variance).collect();
    let pooled = pool_groups(&estimates, &variances, &sorted.offsets, &plan.pool_options())
        .map_err(printer::failure)?;
    if arguments.json {
        let groups: Vec<Value> = data
            .groups
            .labels()
            .enumerate()
            .map(|(group, label)| json_row(label, group, &pooled))
            .collect();
        let answer = json!({
            "by": by,
            "measure": input.measure.name(),
            "level": plan.level.value(),
            "groups": groups,
        });
        return printer::result(serde_json::to_string_pretty(&answer).map_err(printer::failure)?);
    }
    let table = table(data.groups.labels(), &pooled).map_err(printer::failure)?;
    printer::result(table.trim_end())
}

/// What the table holds of each study, and in which columns.
struct Input {
    kind: Kind,
    measure: Measure,
    columns: Vec<String>,
}

/// What the columns are, in their order.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// Events and people of two arms.
    Events,
    /// Events and people without them of two arms.
    Cells,
    /// Mean, standard deviation and people of two arms.
    Means,
    /// An effect and how uncertain it is; of a ratio perhaps as it is read.
    Effects(Spread, Scale),
}

/// What says how uncertain an effect is.
#[derive(Debug, Clone, Copy)]
enum Spread {
    /// Its variance.
    Variance,
    /// Its standard error.
    Se,
    /// The limits of its 95% confidence interval.
    Limits,
}

/// On which scale effects and their limits stand in the table.
#[derive(Debug, Clone, Copy)]
enum Scale {
    /// That of the analysis.
    Analysis,
    /// Ratios, of which the analysis takes the logarithms.
    Ratios,
}

impl Kind {
    /// The kinds in the order in which they are looked for, with their columns.
    const ALL: [(Self, &'static [Role]); 6] = [
        (Self::Events, &[Role::EventsE, Role::NE, Role::EventsC, Role::NC]),
        (Self::Cells, &[Role::EventsE, Role::NoneventsE, Role::EventsC, Role::NoneventsC]),
        (Self::Means, &[Role::MeanE, Role::SdE, Role::NE, Role::MeanC, Role::SdC, Role::NC]),
        (Self::Effects(Spread::Variance, Scale::Analysis), &[Role::Effect, Role::Variance]),
        (Self::Effects(Spread::Se, Scale::Analysis), &[Role::Effect, Role::Se]),
        (
            Self::Effects(Spread::Limits, Scale::Analysis),
            &[Role::Effect, Role::CiLower, Role::CiUpper],
        ),
    ];

    fn default_measure(self) -> Measure {
        match self {
            Self::Events | Self::Cells => TableKind::Events.default_measure(),
            Self::Means => TableKind::Means.default_measure(),
            Self::Effects(..) => TableKind::Effects.default_measure(),
        }
    }

    fn gives(self, measure: Measure) -> bool {
        match self {
            Self::Events | Self::Cells => measure.input() == SummaryKind::Table,
            Self::Means => measure.input() == SummaryKind::Means,
            Self::Effects(..) => true,
        }
    }
}

/// The columns of the table by role: those named by hand, and those that are recognised by their names.
struct Roles<'a> {
    names: &'a [String],
    by: &'a str,
    by_hand: Vec<(Role, &'a str)>,
    measure: Option<Measure>,
}

impl<'a> Roles<'a> {
    fn of(
        file: &str,
        names: &'a [String],
        by: &'a str,
        arguments: &'a Arguments,
    ) -> Result<Self, Diagnostic> {
        let mut by_hand = Vec::new();
        for (role, column) in &arguments.columns {
            let problem = Diagnostic::error(Place::file("--columns"));
            let Some(known) = Role::from_name(role) else {
                return Err(problem
                    .found(format!("`{role}`"))
                    .expected(format!("one of: {}", Role::names()))
                    .help("write ROLE=COLUMN"));
            };
            if !names.contains(column) {
                return Err(problem
                    .found(format!("`{column}`, and no such column in {file}"))
                    .expected(format!("one of: {}", names.join(", ")))
                    .help("correct the name"));
            }
            by_hand.push((known, column.as_str()));
        }
        Ok(Self { names, by, by_hand, measure: arguments.measure })
    }

    fn column(&self, role: Role) -> Option<String> {
        if let Some((_, column)) = self.by_hand.iter().find(|it| it.0 == role) {
            return Some((*column).to_owned());
        }
        let is_free = |name: &str| name != self.by && self.by_hand.iter().all(|it| it.1 != name);
        let mut free = self.names.iter().filter(|it| is_free(it));
        let named = free.clone().find(|it| role.is_named(it));
        let ratio = |name: &&String| Role::is_named_ratio(name, self.measure);
        named.or_else(|| free.find(ratio).filter(|_| role == Role::Effect)).cloned()
    }

    /// The scale of a column of effects, by what the caller says or else by its name.
    fn scale(&self, effect: &str, measure: Measure, arguments: &Arguments) -> Scale {
        let is_log = arguments.log || Role::is_named_as_log(effect);
        let is_ratio = measure.is_ratio() || Role::is_named_ratio(effect, self.measure);
        if arguments.ratio || (is_ratio && !is_log) { Scale::Ratios } else { Scale::Analysis }
    }
}

impl Input {
    fn of(
        file: &str,
        names: &[String],
        by: &str,
        arguments: &Arguments,
    ) -> Result<Self, Diagnostic> {
        let roles = Roles::of(file, names, by, arguments)?;
        let found = Kind::ALL.into_iter().find_map(|(kind, needed)| {
            let columns: Vec<String> =
                needed.iter().map(|it| roles.column(*it)).collect::<Option<_>>()?;
            arguments.measure.is_none_or(|it| kind.gives(it)).then_some((kind, columns))
        });
        let Some((kind, columns)) = found else {
            let measure = arguments.measure.map(|it| format!(" that give {}", it.name()));
            return Err(Diagnostic::error(Place::spot(file, 1, 1))
                .found(format!("the columns {}", names.join(", ")))
                .expected(format!(
                    "columns{}: events_e, n_e, events_c, n_c (or ai, bi, ci, di); or mean_e, sd_e, n_e, mean_c, sd_c, \
                     n_c; or effect with se or variance (or yi, vi), or with ci_lower and ci_upper; or hr, or, rr or irr \
                     in place of effect",
                    measure.unwrap_or_default()
                ))
                .help("name them with --columns ROLE=COLUMN, or choose another measure"));
        };
        let measure = arguments.measure.unwrap_or(kind.default_measure());
        let kind = match (kind, columns.first()) {
            (Kind::Effects(spread, _), Some(effect)) => {
                Kind::Effects(spread, roles.scale(effect, measure, arguments))
            }
            (kind, _) => kind,
        };
        Ok(Self { kind, measure, columns })
    }

    /// What a study reports, from its numbers in the order of the columns.
    fn summary(&self, numbers: &[f64]) -> Result<Summary, String> {
        if numbers.iter().any(|it| it.is_nan()) {
            return Err("a number is missing".to_owned());
        }
        Ok(match (self.kind, numbers) {
            (Kind::Events, &[events_e, n_e, events_c, n_c]) => {
                Summary::Table(TwoByTwo { events_e, n_e, events_c, n_c })
            }
            (Kind::Cells, &[ai, bi, ci, di]) => {
                Summary::Table(TwoByTwo { events_e: ai, n_e: ai + bi, events_c: ci, n_c: ci + di })
            }
            (Kind::Means, &[mean_e, sd_e, n_e, mean_c, sd_c, n_c]) => Summary::Means {
                experimental: MeanSd { n: n_e, mean: mean_e, sd: sd_e },
                control: MeanSd { n: n_c, mean: mean_c, sd: sd_c },
            },
            (Kind::Effects(spread, scale), &[effect, ref spreads @ ..]) => {
                Summary::Estimate(of_numbers(scale, effect, spread, spreads)?)
            }
            _ => Summary::Estimate(Effect { estimate: f64::NAN, variance: f64::NAN }),
        })
    }

    /// The measure by which effects are computed; effects that are given are what they are.
    fn computed(&self) -> Measure {
        match self.kind {
            Kind::Effects(..) => Measure::Generic,
            _ => self.measure,
        }
    }
}

/// The options on effect sizes that the measure does not know.
fn contradictions(plan: &AnalysisPlan) -> Result<(), Failed> {
    let of_effects = ["vtype", "small_sample", "zero_cells", "drop00"];
    let problems: Vec<Diagnostic> = plan
        .contradictions()
        .into_iter()
        .filter(|it| of_effects.contains(&it.field))
        .map(|it| {
            let option = format!("--{}", it.field.replace('_', "-"));
            Diagnostic::error(Place::file(&option))
                .found(it.found)
                .expected(it.expected)
                .help(it.help)
        })
        .collect();
    if problems.is_empty() {
        return Ok(());
    }
    printer::diagnostics(&problems);
    Err(Failed)
}

/// An effect on the analysis scale, with its variance.
fn of_numbers(
    scale: Scale,
    effect: f64,
    spread: Spread,
    numbers: &[f64],
) -> Result<Effect, String> {
    const LEVEL: f64 = 0.95;
    let on_scale = |what: &str, number: f64| match scale {
        Scale::Analysis => Ok(number),
        Scale::Ratios if number > 0.0 => Ok(libm::log(number)),
        Scale::Ratios => Err(format!("the {what} is {number}; expected a number above 0")),
    };
    let estimate = on_scale("ratio", effect)?;
    let variance = match (spread, numbers) {
        (Spread::Variance, &[variance]) => variance,
        // The square keeps the sign: a negative standard error is refused as its variance.
        (Spread::Se, &[se]) => se * se.abs(),
        (Spread::Limits, &[lower, upper]) => {
            let lower = on_scale("lower limit", lower)?;
            let upper = on_scale("upper limit", upper)?;
            if !(lower..=upper).contains(&estimate) {
                return Err("the effect lies outside of its interval".to_owned());
            }
            let se = se_from_ci(lower, upper, LEVEL).map_err(|it| it.to_string())?;
            se * se
        }
        _ => f64::NAN,
    };
    Ok(Effect { estimate, variance })
}

/// The effect of each row, `None` where there is none; how many those are is said.
fn effects(input: &Input, data: &Data, options: &EffectSizeOptions) -> Vec<Option<Effect>> {
    // Effects that are given are what they are.
    let given = matches!(input.kind, Kind::Effects(..));
    let options = if given { &EffectSizeOptions::default() } else { options };
    let effects = if *options == EffectSizeOptions::default() {
        let mut summaries = Summaries::of(input, data);
        let effect = |row| {
            effect_size(input.computed(), &summaries.row(row)?, options)
                .map_err(|it| it.to_string())
        };
        (0..data.groups.rows()).map(effect).collect()
    } else {
        group_by_group(input, data, options)
    };
    say_what_is_left_out(&effects);
    effects.into_iter().map(Result::ok).collect()
}

/// The rows' summaries, read one by one into the same buffer.
struct Summaries<'a> {
    input: &'a Input,
    columns: &'a [Vec<f64>],
    numbers: Vec<f64>,
}

impl<'a> Summaries<'a> {
    fn of(input: &'a Input, data: &'a Data) -> Self {
        Self { input, columns: &data.numbers, numbers: Vec::with_capacity(data.numbers.len()) }
    }

    fn row(&mut self, row: usize) -> Result<Summary, String> {
        self.numbers.clear();
        self.numbers.extend(self.columns.iter().filter_map(|it| it.get(row)));
        self.input.summary(&self.numbers)
    }
}

/// The effects of each group by themselves, as averaged variances and rules on zero cells look at all studies of an analysis.
fn group_by_group(
    input: &Input,
    data: &Data,
    options: &EffectSizeOptions,
) -> Vec<Result<Effect, String>> {
    let mut rows = Summaries::of(input, data);
    let read: Vec<Result<Summary, String>> =
        (0..data.groups.rows()).map(|row| rows.row(row)).collect();
    let sorted = data.groups.sorted(|row| read.get(row).is_some_and(Result::is_ok));
    let mut effects: Vec<Result<Effect, String>> =
        read.iter().map(|it| Err(it.clone().err().unwrap_or_default())).collect();
    for range in sorted.offsets.windows(2) {
        let members = sorted.rows.get(range[0]..range[1]).unwrap_or_default();
        let summaries: Vec<Summary> =
            members.iter().filter_map(|row| read[*row].clone().ok()).collect();
        let computed = effect_sizes(input.computed(), &summaries, options);
        for (row, effect) in members.iter().zip(computed) {
            effects[*row] = effect.map_err(|it| it.to_string());
        }
    }
    effects
}

fn say_what_is_left_out(effects: &[Result<Effect, String>]) {
    let mut left_out =
        effects.iter().enumerate().filter_map(|(row, it)| Some((row + 1, it.as_ref().err()?)));
    let n_left_out = left_out.clone().count();
    if let Some((row, why)) = left_out.next() {
        let counted = printer::counted(n_left_out, "row", "rows");
        printer::remark(format!(
            "Left out: {counted} without an effect; the first is row {row}: {why}"
        ));
    }
}

/// The numbers of a group, in the order of [`NUMBERS`].
fn numbers(pooled: &PooledColumns) -> [&[f64]; 11] {
    [
        &pooled.estimate,
        &pooled.se,
        &pooled.ci_lower,
        &pooled.ci_upper,
        &pooled.p_value,
        &pooled.tau2,
        &pooled.i2,
        &pooled.q,
        &pooled.q_p_value,
        &pooled.prediction_lower,
        &pooled.prediction_upper,
    ]
}

fn json_row(label: &str, group: usize, pooled: &PooledColumns) -> Value {
    let mut row = Map::new();
    row.insert("group".to_owned(), label.into());
    row.insert("k".to_owned(), pooled.k.get(group).copied().into());
    for (name, column) in NUMBERS.into_iter().zip(numbers(pooled)) {
        // What is not a finite number is null in JSON.
        row.insert(name.to_owned(), column.get(group).copied().into());
    }
    row.insert("error".to_owned(), pooled.error(group).map(ToString::to_string).into());
    Value::Object(row)
}

/// The answer as comma-separated values, an empty cell for a number that there is not.
fn table<'a>(
    labels: impl Iterator<Item = &'a str>,
    pooled: &PooledColumns,
) -> Result<String, Box<dyn std::error::Error>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["group", "k"].into_iter().chain(NUMBERS).chain(["error"]))?;
    for (group, label) in labels.enumerate() {
        writer.write_field(label)?;
        writer.write_field(pooled.k.get(group).map(ToString::to_string).unwrap_or_default())?;
        for column in numbers(pooled) {
            let number = column.get(group).filter(|it| it.is_finite());
            writer.write_field(number.map(|it| format!("{it:?}")).unwrap_or_default())?;
        }
        writer.write_field(pooled.error(group).map(ToString::to_string).unwrap_or_default())?;
        writer.write_record(None::<&[u8]>)?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}
