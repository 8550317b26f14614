//! `consil meta --by`: one meta-analysis for each value of a column, of a table of any length.

use consilience_review::single::{Role, TableKind};
use consilience_review::vocabulary::plan::AnalysisPlan;
use consilience_review::{Diagnostic, Place};
use consilience_stats::batch::{PooledColumns, pool_groups};
use consilience_stats::{
    Effect, EffectSizeOptions, MeanSd, Measure, Summary, SummaryKind, TwoByTwo, effect_size,
};
use serde_json::{Map, Value, json};

use super::{Arguments, request};
use crate::columns::{Source, Wanted};
use crate::{Failed, printer};

/// The options that say something about one analysis, not about many.
pub(super) const REFUSED: [&str; 39] = [
    "columns",
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
    "vtype",
    "small_sample",
    "tau2_interval",
    "weights",
    "zero_cells",
    "drop00",
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
    "bootstrap",
    "combine_p",
    "directions",
    "small_study",
    "selection",
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
    let effects = effects(&input, &data.numbers, data.groups.rows());
    let sorted = data.groups.sorted(|row| effects.get(row).is_some_and(Option::is_some));
    let studies = || sorted.rows.iter().filter_map(|&row| effects.get(row).copied().flatten());
    let estimates: Vec<f64> = studies().map(|it| it.estimate).collect();
    let variances: Vec<f64> = studies().map(|it| it.variance).collect();
    let plan = AnalysisPlan { measure: input.measure, ..request(arguments).plan };
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
    /// An effect and its standard error, or its variance; of a ratio perhaps as it is read.
    Effects { is_se: bool, is_read: bool },
}

impl Kind {
    /// The kinds in the order in which they are looked for, with their columns.
    const ALL: [(Self, &'static [Role]); 5] = [
        (Self::Events, &[Role::EventsE, Role::NE, Role::EventsC, Role::NC]),
        (Self::Cells, &[Role::EventsE, Role::NoneventsE, Role::EventsC, Role::NoneventsC]),
        (Self::Means, &[Role::MeanE, Role::SdE, Role::NE, Role::MeanC, Role::SdC, Role::NC]),
        (Self::Effects { is_se: false, is_read: false }, &[Role::Effect, Role::Variance]),
        (Self::Effects { is_se: true, is_read: false }, &[Role::Effect, Role::Se]),
    ];

    fn default_measure(self) -> Measure {
        match self {
            Self::Events | Self::Cells => TableKind::Events.default_measure(),
            Self::Means => TableKind::Means.default_measure(),
            Self::Effects { .. } => TableKind::Effects.default_measure(),
        }
    }

    fn gives(self, measure: Measure) -> bool {
        match self {
            Self::Events | Self::Cells => measure.input() == SummaryKind::Table,
            Self::Means => measure.input() == SummaryKind::Means,
            Self::Effects { .. } => true,
        }
    }
}

impl Input {
    fn of(
        file: &str,
        names: &[String],
        by: &str,
        arguments: &Arguments,
    ) -> Result<Self, Diagnostic> {
        let column = |role: &Role| names.iter().find(|it| *it != by && role.is_named(it)).cloned();
        let found = Kind::ALL.into_iter().find_map(|(kind, roles)| {
            let columns: Vec<String> = roles.iter().map(column).collect::<Option<_>>()?;
            arguments.measure.is_none_or(|it| kind.gives(it)).then_some((kind, columns))
        });
        let Some((mut kind, columns)) = found else {
            let measure = arguments.measure.map(|it| format!(" that give {}", it.name()));
            return Err(Diagnostic::error(Place::spot(file, 1, 1))
                .found(format!("the columns {}", names.join(", ")))
                .expected(format!(
                    "columns{}: events_e, n_e, events_c, n_c (or ai, bi, ci, di); or mean_e, sd_e, n_e, mean_c, sd_c, \
                     n_c; or effect with se or variance (or yi, vi)",
                    measure.unwrap_or_default()
                ))
                .help("rename the columns, or choose another measure"));
        };
        let measure = arguments.measure.unwrap_or(kind.default_measure());
        if let (Kind::Effects { is_read, .. }, Some(effect)) = (&mut kind, columns.first()) {
            let is_log = arguments.log || Role::is_named_as_log(effect);
            *is_read = arguments.ratio || (measure.is_ratio() && !is_log);
        }
        Ok(Self { kind, measure, columns })
    }

    /// The effect of a study on the analysis scale, from its numbers in the order of the columns.
    fn effect(&self, numbers: &[f64]) -> Result<Effect, String> {
        let summary = match (self.kind, numbers) {
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
            (Kind::Effects { is_se, is_read }, &[effect, spread]) => {
                if is_read && effect <= 0.0 {
                    return Err(format!("the ratio is {effect}; expected a number above 0"));
                }
                let estimate = if is_read { libm::log(effect) } else { effect };
                // The square keeps the sign: a negative standard error is refused as its variance.
                let variance = if is_se { spread * spread.abs() } else { spread };
                Summary::Estimate(Effect { estimate, variance })
            }
            _ => Summary::Estimate(Effect { estimate: f64::NAN, variance: f64::NAN }),
        };
        let measure = match summary {
            Summary::Estimate(_) => Measure::Generic,
            _ => self.measure,
        };
        effect_size(measure, &summary, &EffectSizeOptions::default()).map_err(|it| it.to_string())
    }
}

/// The effect of each row, `None` where there is none; how many those are is said.
fn effects(input: &Input, columns: &[Vec<f64>], rows: usize) -> Vec<Option<Effect>> {
    let mut numbers: Vec<f64> = Vec::with_capacity(columns.len());
    let (mut n_left_out, mut first) = (0_usize, None);
    let mut effect = |row: usize| {
        numbers.clear();
        numbers.extend(columns.iter().filter_map(|it| it.get(row)));
        let is_missing = numbers.iter().any(|it| it.is_nan());
        let effect =
            if is_missing { Err("a number is missing".to_owned()) } else { input.effect(&numbers) };
        if let Err(why) = &effect {
            n_left_out += 1;
            first.get_or_insert_with(|| (row + 1, why.clone()));
        }
        effect.ok()
    };
    let effects = (0..rows).map(&mut effect).collect();
    if let Some((row, why)) = first {
        let counted = printer::counted(n_left_out, "row", "rows");
        printer::remark(format!(
            "Left out: {counted} without an effect; the first is row {row}: {why}"
        ));
    }
    effects
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
