//! Which measure, level, method, model and totals an analysis was computed with, told from its printed numbers.

use consilience_stats::{
    DichotomousMethod, Effect, EffectError, MeanMeasure, MhMeasure, MhModel, ObservedMinusExpected,
    RevManAnalysis, RevManModel, RevManOptions, RevManResult, RevManTau2, RevManTotals, TwoByTwo,
    TwoMeans, review_manager,
};

use super::rows::{Analysis, Printed};

/// What an analysis' printed numbers say.
pub(super) enum Inferred {
    /// No effect is printed, and none is estimable in Review Manager's way.
    NothingPrinted { reasons: Vec<&'static str> },
    /// All effects, limits and weights are reproduced.
    Reproduced {
        /// Measure and level; all of them, where several give the same numbers.
        effect: String,
        /// The methods that give the printed weights.
        methods: String,
        /// Number of weights reproduced: 0 where no totals are shown.
        weights: usize,
        /// Why rows have no effect.
        reasons: Vec<&'static str>,
    },
    /// Something differs.
    Unexplained(String),
}

/// A row prints six decimals, without trailing zeros.
const HALF_A_DIGIT: f64 = 0.5000001e-6;

/// RevMan's REML stops a little before its maximum.
const REML_STOPS_EARLY: f64 = 2e-6;

pub(super) fn infer(analysis: &Analysis) -> Inferred {
    let data = Data::of(analysis);
    let mut best = (0, "no measure");
    let mut explained: Option<Inferred> = None;
    for kind in Kind::ALL {
        for level in [0.95, 0.99, 0.90] {
            let options = RevManOptions { study_level: level, ..RevManOptions::default() };
            let result =
                review_manager(&data.analysis(*kind, Method::Fixed), None, &options).unwrap();
            let fitting = rows_that_fit(analysis, &result, kind.is_ratio());
            if fitting > best.0 {
                best = (fitting, kind.name());
            }
            if fitting < analysis.rows.len() {
                continue;
            }
            let reasons = reasons(&result);
            if analysis.printed() == 0 {
                return Inferred::NothingPrinted { reasons };
            }
            let effect = if level == 0.95 {
                kind.name().to_owned()
            } else {
                format!("{} with {:.0}% intervals", kind.name(), 100.0 * level)
            };
            explained = Some(match (explained, weights(analysis, &data, *kind, effect, reasons)) {
                (Some(first @ Inferred::Reproduced { .. }), second) => first.or_also(&second),
                (_, answer) => answer,
            });
        }
    }
    explained.unwrap_or_else(|| {
        let (fitting, name) = best;
        let all = analysis.rows.len();
        Inferred::Unexplained(format!("effects: {fitting} of {all} rows fit at most, as {name}"))
    })
}

impl Inferred {
    /// This explanation, naming another one that fits as well.
    fn or_also(mut self, other: &Self) -> Self {
        if let (Self::Reproduced { effect, .. }, Self::Reproduced { effect: also, .. }) =
            (&mut self, other)
        {
            *effect = format!("{effect} or {also}");
        }
        self
    }
}

fn weights(
    analysis: &Analysis,
    data: &Data,
    kind: Kind,
    effect: String,
    reasons: Vec<&'static str>,
) -> Inferred {
    let printed: Vec<Printed> = analysis.rows.iter().filter_map(|row| row.printed).collect();
    if printed.iter().all(|it| it.weight == 0.0) {
        return Inferred::Reproduced { effect, methods: "no totals".into(), weights: 0, reasons };
    }
    let subgroups = analysis.subgroups();
    let mut methods = Vec::new();
    for totals in [RevManTotals::Overall, RevManTotals::SubgroupsOnly] {
        for method in kind.methods() {
            let options = RevManOptions { totals, ..RevManOptions::default() };
            let analysed = data.analysis(kind, *method);
            let result = review_manager(&analysed, Some(&subgroups), &options).unwrap();
            let tolerance = if *method == Method::Reml { REML_STOPS_EARLY } else { HALF_A_DIGIT };
            let fits = analysis.rows.iter().zip(&result.studies).all(|(row, study)| {
                row.printed.is_none_or(|it| (it.weight - study.weight).abs() <= tolerance)
            });
            if fits && !methods.contains(&method.name()) {
                methods.push(method.name());
            }
        }
    }
    if methods.is_empty() {
        return Inferred::Unexplained(format!("weights of {effect}"));
    }
    Inferred::Reproduced { effect, methods: methods.join(", "), weights: printed.len(), reasons }
}

/// Rows whose effect and limits are as printed, or that have none on either side.
fn rows_that_fit(analysis: &Analysis, result: &RevManResult, ratio: bool) -> usize {
    let shown = |x: f64| if ratio { libm::exp(x) } else { x };
    let same = |got: f64, printed: f64| {
        (shown(got) - printed).abs() <= HALF_A_DIGIT + 1e-14 * printed.abs()
    };
    analysis
        .rows
        .iter()
        .zip(&result.studies)
        .filter(|(row, study)| match (row.printed, study.effect, study.interval) {
            (None, Err(_), _) => true,
            (Some(printed), Ok(effect), Some(interval)) => {
                same(effect.estimate, printed.effect)
                    && same(interval.lower, printed.lower)
                    && same(interval.upper, printed.upper)
            }
            _ => false,
        })
        .count()
}

/// Why rows have no effect, as classes.
fn reasons(result: &RevManResult) -> Vec<&'static str> {
    let class = |error: EffectError| match error {
        EffectError::NoEvents { .. } => "no events in either arm",
        EffectError::AllEvents { .. } => "everybody had the event",
        EffectError::NotFinite { .. } => "a number is missing",
        EffectError::NotPositive { quantity, .. } if quantity.contains("deviation") => {
            "a standard deviation is 0"
        }
        EffectError::NotPositive { .. } | EffectError::TooFew { .. } => "an arm without people",
        _ => "the variance is 0",
    };
    result.studies.iter().filter_map(|study| study.effect.err()).map(class).collect()
}

/// An analysis' rows as each kind of data.
struct Data {
    tables: Vec<TwoByTwo>,
    non_events: Vec<TwoByTwo>,
    arms: Vec<TwoMeans>,
    estimates: Vec<Effect>,
    differences: Vec<ObservedMinusExpected>,
}

impl Data {
    fn of(analysis: &Analysis) -> Self {
        let rows = &analysis.rows;
        Self {
            tables: rows.iter().map(|row| row.table).collect(),
            non_events: rows.iter().map(|row| row.table.of_non_events()).collect(),
            arms: rows.iter().map(|row| row.means).collect(),
            estimates: rows.iter().map(|row| row.estimate).collect(),
            differences: rows.iter().map(|row| row.difference).collect(),
        }
    }

    fn analysis(&self, kind: Kind, method: Method) -> RevManAnalysis<'_> {
        match kind {
            Kind::Table(measure) => RevManAnalysis::Dichotomous {
                tables: &self.tables,
                measure,
                method: method.of_tables(),
            },
            Kind::NonEvents(measure) => RevManAnalysis::Dichotomous {
                tables: &self.non_events,
                measure,
                method: method.of_tables(),
            },
            Kind::Peto => RevManAnalysis::Peto { tables: &self.tables },
            Kind::Means(measure) => {
                RevManAnalysis::Continuous { arms: &self.arms, measure, model: method.model() }
            }
            Kind::Generic { .. } => {
                RevManAnalysis::Generic { estimates: &self.estimates, model: method.model() }
            }
            Kind::Differences { .. } => RevManAnalysis::ObservedMinusExpected {
                studies: &self.differences,
                model: method.model(),
            },
        }
    }
}

/// Kinds of data and measures that an analysis may have.
#[derive(Clone, Copy)]
enum Kind {
    Table(MhMeasure),
    NonEvents(MhMeasure),
    Peto,
    Means(MeanMeasure),
    Generic { log: bool },
    Differences { log: bool },
}

impl Kind {
    const ALL: &[Self] = &[
        Self::Table(MhMeasure::RiskRatio),
        Self::Table(MhMeasure::OddsRatio),
        Self::Table(MhMeasure::RiskDifference),
        Self::Peto,
        Self::NonEvents(MhMeasure::RiskRatio),
        Self::NonEvents(MhMeasure::OddsRatio),
        Self::Means(MeanMeasure::MeanDifference),
        Self::Means(MeanMeasure::StandardizedMeanDifference),
        Self::Generic { log: true },
        Self::Generic { log: false },
        Self::Differences { log: true },
        Self::Differences { log: false },
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Table(measure) => measure.name(),
            Self::NonEvents(MhMeasure::RiskRatio) => "RR of non-events",
            Self::NonEvents(_) => "OR of non-events",
            Self::Peto => "Peto OR",
            Self::Means(MeanMeasure::MeanDifference) => "MD",
            Self::Means(MeanMeasure::StandardizedMeanDifference) => "SMD",
            Self::Generic { log: true } => "generic, logs",
            Self::Generic { log: false } => "generic",
            Self::Differences { log: true } => "exp[(O-E)/V]",
            Self::Differences { log: false } => "(O-E)/V",
        }
    }

    fn is_ratio(self) -> bool {
        match self {
            Self::Table(measure) | Self::NonEvents(measure) => measure != MhMeasure::RiskDifference,
            Self::Peto => true,
            Self::Means(_) => false,
            Self::Generic { log } | Self::Differences { log } => log,
        }
    }

    const fn methods(self) -> &'static [Method] {
        match self {
            Self::Table(_) | Self::NonEvents(_) => {
                &[Method::MhFixed, Method::MhRandom, Method::Fixed, Method::Random, Method::Reml]
            }
            Self::Peto => &[Method::Fixed],
            Self::Means(_) | Self::Generic { .. } | Self::Differences { .. } => {
                &[Method::Fixed, Method::Random, Method::Reml]
            }
        }
    }
}

/// Methods and models of pooling.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    MhFixed,
    MhRandom,
    Fixed,
    Random,
    Reml,
}

impl Method {
    const fn name(self) -> &'static str {
        match self {
            Self::MhFixed => "M-H fixed",
            Self::MhRandom => "M-H random",
            Self::Fixed => "IV fixed",
            Self::Random => "IV random (DL)",
            Self::Reml => "IV random (REML)",
        }
    }

    const fn model(self) -> RevManModel {
        match self {
            Self::MhFixed | Self::Fixed => RevManModel::Fixed,
            Self::MhRandom | Self::Random => RevManModel::Random(RevManTau2::DerSimonianLaird),
            Self::Reml => RevManModel::Random(RevManTau2::Reml),
        }
    }

    const fn of_tables(self) -> DichotomousMethod {
        match self {
            Self::MhFixed => DichotomousMethod::MantelHaenszel(MhModel::CommonEffect),
            Self::MhRandom => DichotomousMethod::MantelHaenszel(MhModel::RandomEffects),
            Self::Fixed | Self::Random | Self::Reml => {
                DichotomousMethod::InverseVariance(self.model())
            }
        }
    }
}
