//! What an analysis is to do, as the protocol declares it.

use consilience_stats::{
    CiMethod, EffectSizeOptions, FiveNumberMethod, Measure, Model, PoolOptions, PredictionMethod,
    RegressionOptions, Scale, SmallSample, Tau2IntervalMethod, Tau2Method, VarianceType, Weighting,
    ZeroCells,
};

use crate::cells::{Out, Row, Tabular};
use crate::keyword::{Keyword, foreign_keyword, keyword};
use crate::printed::Printed;
use crate::vocabulary::choice::{
    self, Increment, MultiArm, Profile, Tau2Choice, WantedPopulation, Weights,
};
use crate::vocabulary::result::Score;
use crate::vocabulary::term::Term;
use crate::vocabulary::time::TimeRule;

foreign_keyword!(Tau2Method, CiMethod);

/// The measures that an analysis of a review can be expressed in: contrasts of the arms of trials.
const MEASURES: &[Measure] = &[
    Measure::MeanDifference,
    Measure::StandardizedMeanDifference,
    Measure::RatioOfMeans,
    Measure::RiskRatio,
    Measure::OddsRatio,
    Measure::PetoOddsRatio,
    Measure::RiskDifference,
    Measure::Generic,
];

impl Keyword for Measure {
    fn all() -> &'static [Self] {
        MEASURES
    }

    fn name(self) -> &'static str {
        Self::name(self)
    }
}

keyword! {
    /// How studies' effects are weighed into one.
    Method {
        /// Each study by the inverse of its variance (Peto's method is this, for PETO).
        InverseVariance = "inverse variance",
        /// Mantel and Haenszel's, as Review Manager 5 does it.
        MantelHaenszel = "Mantel-Haenszel",
    }
}

keyword! {
    /// What the pooled number is.
    ModelKind {
        /// The mean of a distribution of true effects.
        Random = "random",
        /// The one effect that all studies share (also called fixed effect).
        Common = "common",
    }
}

/// One planned analysis: which results, as which effect, pooled how.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the file, and none depends on another"
)]
#[derive(Debug, Clone, PartialEq)]
pub struct AnalysisPlan {
    /// Its key.
    pub id: String,
    /// The comparison it is about.
    pub comparison: String,
    /// The outcome it is about.
    pub outcome: String,
    /// A title for the report; made from outcome and measure when not given.
    pub title: Option<String>,
    /// Whether certainty is rated on this analysis of the comparison and the outcome; else it is the first.
    pub main: bool,
    /// Whose formulas and defaults it follows.
    pub profile: Profile,
    /// The effect measure.
    pub measure: Measure,
    /// For generic effects: what the effect is called.
    pub effect_name: Option<String>,
    /// For generic effects: whether they are ratios, to be analysed as logarithms.
    pub ratio: bool,
    /// Which estimate of the studies' sampling variances is used.
    pub vtype: VarianceType,
    /// How standardised effects are corrected for their bias in small samples.
    pub small_sample: SmallSample,
    /// How studies are weighed.
    pub method: Method,
    /// Random effects or one common effect.
    pub model: ModelKind,
    /// The between-study variance: its estimator, or a number.
    pub tau2: Tau2Choice,
    /// The interval of the between-study variance under random effects, if wanted.
    pub tau2_interval: Option<Tau2IntervalMethod>,
    /// The confidence interval's method.
    pub ci: CiMethod,
    /// The confidence level in percent, from 50 to below 100.
    pub level: Printed,
    /// The prediction interval of random effects, if wanted.
    pub prediction_interval: Option<PredictionMethod>,
    /// What studies are weighed by in the inverse-variance method.
    pub weights: Weights,
    /// What is added to the cells of 2×2 tables. Where nothing is said: one half to those with a cell of 0, and tables
    /// that say nothing of a ratio are left out.
    pub zero_cells: Option<Increment>,
    /// Whether tables without events in both arms, or with nothing but events, are left out.
    pub drop00: bool,
    /// The characteristic by which subgroups are made.
    pub subgroup: Option<String>,
    /// Whether the subgroups have one between-study variance in common.
    pub common_tau2: bool,
    /// The moderators of a meta-regression on characteristics of the studies; none: no regression.
    pub moderators: Vec<Term>,
    /// Whether each study is left out in turn.
    pub leave_one_out: bool,
    /// Time points wanted, or rules that choose one, most wanted first; empty: any.
    pub time: Vec<TimeRule>,
    /// Instruments wanted, most wanted first; empty: any.
    pub instrument: Vec<String>,
    /// Analysis populations wanted, most wanted first; empty: any.
    pub population: Vec<WantedPopulation>,
    /// Final values, changes or percent changes wanted, most wanted first; empty: any.
    pub score: Vec<Score>,
    /// What becomes of several arms in one group.
    pub multi_arm: MultiArm,
    /// The arms wanted where one of several is selected, most wanted first.
    pub arms: Vec<String>,
    /// How medians with quartiles or a range become means and standard deviations.
    pub median_method: FiveNumberMethod,
    /// For graded outcomes and measures of events: the lowest grade that is an event.
    pub event_from_grade: Option<Printed>,
    /// For paired designs: the correlation that is assumed when no trial gives it.
    pub correlation: Option<Printed>,
    /// For paired designs: the correlations of the sensitivity table.
    pub correlations: Vec<Printed>,
    /// For paired designs: whether a printed P value gives the correlation, as if from a paired t test.
    pub correlation_from_p: bool,
}

impl AnalysisPlan {
    /// The correlation assumed for paired designs: what the plan says, or 0.5.
    pub fn assumed_correlation(&self) -> f64 {
        self.correlation.as_ref().map_or(0.5, Printed::value)
    }

    /// The correlations at which a paired analysis is repeated.
    pub fn correlation_grid(&self) -> Vec<f64> {
        if self.correlations.is_empty() {
            vec![0.0, 0.3, 0.5, 0.7, 0.9]
        } else {
            self.correlations.iter().map(Printed::value).collect()
        }
    }

    /// The confidence level as a share, 0.95 for 95%.
    pub fn level_share(&self) -> f64 {
        self.level.value() / 100.0
    }

    /// Whether the analysis scale is the logarithm.
    pub fn is_ratio(&self) -> bool {
        self.measure.is_ratio() || (self.measure == Measure::Generic && self.ratio)
    }

    /// How the analysis scale relates to the one that people read.
    pub fn scale(&self) -> Scale {
        if self.is_ratio() { Scale::Log } else { self.measure.scale() }
    }

    /// What the effect is called in words.
    pub fn effect_words(&self) -> String {
        match (&self.measure, &self.effect_name) {
            (Measure::Generic, Some(name)) => name.clone(),
            (measure, _) => measure.read_as().to_owned(),
        }
    }

    /// What is done about zero cells where that is not left to [`AnalysisPlan::method`] and the measure.
    pub fn zero_cell_rule(&self) -> Option<ZeroCells> {
        match (&self.zero_cells, self.drop00) {
            (None, false) if self.profile == Profile::Metafor => {
                Some(ZeroCells::HALF_TO_ZERO_CELLS)
            }
            (None, false) => None,
            (given, drop00) => Some(given.clone().unwrap_or_else(Increment::half).rule(drop00)),
        }
    }

    /// The options for the studies' own effects.
    pub fn effect_size_options(&self) -> EffectSizeOptions {
        let given = self.zero_cells.is_some() || self.drop00;
        EffectSizeOptions {
            variance: self.vtype,
            small_sample: self.small_sample,
            zero_cells: self.zero_cell_rule().filter(|_| given),
        }
    }

    /// The options for the pooling engine. Peto's odds ratio has a common effect, whatever the plan says.
    pub fn pool_options(&self) -> PoolOptions {
        PoolOptions {
            model: match (self.model, &self.tau2) {
                _ if self.measure == Measure::PetoOddsRatio => Model::CommonEffect,
                (ModelKind::Common, _) => Model::CommonEffect,
                (ModelKind::Random, Tau2Choice::Estimated(method)) => Model::RandomEffects(*method),
                (ModelKind::Random, Tau2Choice::Given(tau2)) => Model::GivenTau2(tau2.value()),
            },
            ci: self.ci,
            level: self.level_share(),
            prediction: self.prediction_interval,
        }
    }

    /// The options for a regression of studies with these weights.
    pub fn regression_options(&self, weighting: Weighting) -> RegressionOptions {
        let PoolOptions { model, ci, level, prediction: _ } = self.pool_options();
        RegressionOptions { model, ci, weighting, level }
    }
}

impl Tabular for AnalysisPlan {
    const FIELDS: &'static [&'static str] = &[
        "id",
        "comparison",
        "outcome",
        "title",
        "main",
        "profile",
        "measure",
        "effect_name",
        "ratio",
        "vtype",
        "small_sample",
        "method",
        "model",
        "tau2",
        "tau2_interval",
        "ci",
        "level",
        "prediction_interval",
        "weights",
        "zero_cells",
        "drop00",
        "subgroup",
        "common_tau2",
        "moderators",
        "leave_one_out",
        "time",
        "instrument",
        "population",
        "score",
        "multi_arm",
        "arms",
        "median_method",
        "event_from_grade",
        "correlation",
        "correlations",
        "correlation_from_p",
    ];

    fn read(row: &mut Row) -> Option<Self> {
        let id = row.required("id", "a short key for the analysis");
        let comparison = row.required("comparison", "the id of a comparison");
        let outcome = row.required("outcome", "the id of an outcome");
        let measure = row.required_keyword("measure");
        let profile = row.keyword("profile").unwrap_or(Profile::Consilience);
        let method = row.keyword("method").unwrap_or(default_method(profile, measure));
        let model = row.keyword("model").unwrap_or(default_model(profile, measure, method));
        let plan = Self {
            id,
            comparison,
            outcome,
            title: row.text("title"),
            main: row.flag("main").unwrap_or(false),
            profile,
            measure,
            effect_name: row.text("effect_name"),
            ratio: row.flag("ratio").unwrap_or(false),
            vtype: row.keyword("vtype").unwrap_or_default(),
            small_sample: row.keyword("small_sample").unwrap_or_default(),
            method,
            model,
            tau2: row
                .parsed("tau2", Tau2Choice::parse)
                .unwrap_or(Tau2Choice::Estimated(default_tau2(profile, method))),
            tau2_interval: row
                .parsed("tau2_interval", choice::tau2_interval)
                .unwrap_or(default_tau2_interval(profile)),
            ci: row.keyword("ci").unwrap_or(default_ci(profile, method, model)),
            level: row.level("level").unwrap_or_else(|| Printed::from_value(95.0)),
            prediction_interval: prediction_interval(row),
            weights: row.text("weights").map_or(Weights::InverseVariance, |it| Weights::parse(&it)),
            zero_cells: row.parsed("zero_cells", Increment::parse),
            drop00: row.flag("drop00").unwrap_or(false),
            subgroup: row.text("subgroup"),
            common_tau2: row.flag("common_tau2").unwrap_or(false),
            moderators: moderators(row),
            leave_one_out: row.flag("leave_one_out").unwrap_or(false),
            time: list_of(row, "time", TimeRule::parse),
            instrument: row.list("instrument"),
            population: list_of(row, "population", WantedPopulation::parse),
            score: list_of(row, "score", |it| {
                Score::from_name(it).ok_or_else(|| format!("one of {}", Score::names()))
            }),
            multi_arm: row.keyword("multi_arm").unwrap_or(MultiArm::Combine),
            arms: row.list("arms"),
            median_method: row.keyword("median_method").unwrap_or_default(),
            event_from_grade: row.printed("event_from_grade"),
            correlation: row.correlation("correlation"),
            correlations: row.numbers("correlations"),
            correlation_from_p: row.flag("correlation_from_p").unwrap_or(false),
        };
        for it in plan.contradictions() {
            row.problem_found(it.field, it.found, it.expected, it.help);
        }
        row.is_sound().then_some(plan)
    }

    fn write(&self, out: &mut Out) {
        out.text("id", &self.id);
        out.text("comparison", &self.comparison);
        out.text("outcome", &self.outcome);
        out.optional("title", self.title.as_deref());
        if self.main {
            out.flag("main", true);
        }
        if self.profile != Profile::Consilience {
            out.keyword("profile", self.profile);
        }
        out.keyword("measure", self.measure);
        out.optional("effect_name", self.effect_name.as_deref());
        if self.ratio {
            out.flag("ratio", true);
        }
        if self.vtype != VarianceType::default() {
            out.keyword("vtype", self.vtype);
        }
        if self.small_sample != SmallSample::default() {
            out.keyword("small_sample", self.small_sample);
        }
        out.keyword("method", self.method);
        out.keyword("model", self.model);
        match &self.tau2 {
            Tau2Choice::Estimated(method) => out.keyword("tau2", *method),
            Tau2Choice::Given(number) => out.printed("tau2", Some(number)),
        }
        if self.tau2_interval != default_tau2_interval(self.profile) {
            out.text("tau2_interval", self.tau2_interval.map_or("none", Keyword::name));
        }
        out.keyword("ci", self.ci);
        out.printed("level", Some(&self.level));
        match self.prediction_interval {
            Some(method) if method != HANDBOOKS => out.keyword("prediction_interval", method),
            wanted => out.flag("prediction_interval", wanted.is_some()),
        }
        if self.weights != Weights::InverseVariance {
            out.text("weights", self.weights.text());
        }
        if let Some(increment) = &self.zero_cells {
            out.text("zero_cells", &increment.text());
        }
        if self.drop00 {
            out.flag("drop00", true);
        }
        out.optional("subgroup", self.subgroup.as_deref());
        if self.common_tau2 {
            out.flag("common_tau2", true);
        }
        out.list("moderators", &self.moderators.iter().map(Term::to_string).collect::<Vec<_>>());
        out.flag("leave_one_out", self.leave_one_out);
        let texts = |it: &mut dyn Iterator<Item = String>| it.collect::<Vec<_>>();
        out.list("time", &texts(&mut self.time.iter().map(TimeRule::to_string)));
        out.list("instrument", &self.instrument);
        let populations = &mut self.population.iter().map(|it| it.name().to_owned());
        out.list("population", &texts(populations));
        out.list("score", &texts(&mut self.score.iter().map(|it| it.name().to_owned())));
        if self.multi_arm != MultiArm::Combine {
            out.keyword("multi_arm", self.multi_arm);
        }
        out.list("arms", &self.arms);
        if self.median_method != FiveNumberMethod::default() {
            out.keyword("median_method", self.median_method);
        }
        out.printed("event_from_grade", self.event_from_grade.as_ref());
        out.printed("correlation", self.correlation.as_ref());
        out.numbers("correlations", &self.correlations);
        if self.correlation_from_p {
            out.flag("correlation_from_p", true);
        }
    }
}

/// The prediction interval of the Handbook, which `true` stands for.
const HANDBOOKS: PredictionMethod = PredictionMethod::HigginsThompsonSpiegelhalter;

/// `true`, `false`, or a method's name.
fn prediction_interval(row: &mut Row) -> Option<PredictionMethod> {
    if row.is_text("prediction_interval") {
        return row.parsed("prediction_interval", choice::prediction).flatten();
    }
    row.flag("prediction_interval").unwrap_or(false).then_some(HANDBOOKS)
}

/// A list whose items are more than texts.
fn list_of<T>(row: &mut Row, name: &str, parse: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
    let mut items = Vec::new();
    for text in row.list(name) {
        match parse(&text) {
            Ok(item) => items.push(item),
            Err(expected) => {
                row.problem_found(name, format!("`{text}`"), expected, "correct it");
            }
        }
    }
    items
}

/// The terms of a regression, each a text.
fn moderators(row: &mut Row) -> Vec<Term> {
    let mut terms = Vec::new();
    for text in row.list("moderators") {
        match Term::list(&text) {
            Ok(more) => terms.extend(more),
            Err(error) => {
                let help = "write it as in [\"dose\", \"factor(region)\"]";
                row.problem_found("moderators", error.found, error.expected, help);
            }
        }
    }
    terms
}

/// The method when the plan names none; Review Manager 5.4 pools events by Mantel and Haenszel's unless told otherwise.
pub fn default_method(profile: Profile, measure: Measure) -> Method {
    if profile == Profile::ReviewManager && is_of_tables(measure) {
        Method::MantelHaenszel
    } else {
        Method::InverseVariance
    }
}

/// The model when the plan names none: random effects, which neither Peto's method has, nor metafor's Mantel-Haenszel, nor
/// anybody's of rates.
pub fn default_model(profile: Profile, measure: Measure, method: Method) -> ModelKind {
    let is_common = profile == Profile::Metafor || is_of_rates(measure);
    if measure == Measure::PetoOddsRatio || (is_common && method == Method::MantelHaenszel) {
        ModelKind::Common
    } else {
        ModelKind::Random
    }
}

/// The estimator of τ² when the plan names none; Review Manager 5.4 knows one only.
pub fn default_tau2(profile: Profile, method: Method) -> Tau2Method {
    match (profile, method) {
        (Profile::ReviewManager, _) | (_, Method::MantelHaenszel) => Tau2Method::DerSimonianLaird,
        (_, Method::InverseVariance) => Tau2Method::Reml,
    }
}

/// The interval of τ² when the plan names none; Review Manager 5.4 has none.
pub fn default_tau2_interval(profile: Profile) -> Option<Tau2IntervalMethod> {
    (profile != Profile::ReviewManager).then_some(Tau2IntervalMethod::QProfile)
}

/// The confidence interval when the plan names none: Wald's, and in Review Manager of 2025 Hartung and Knapp's for random
/// effects by inverse variance.
pub fn default_ci(profile: Profile, method: Method, model: ModelKind) -> CiMethod {
    let is_inverse_variance_random =
        method == Method::InverseVariance && model == ModelKind::Random;
    if profile == Profile::ReviewManager2025 && is_inverse_variance_random {
        CiMethod::HartungKnapp
    } else {
        CiMethod::Wald
    }
}

/// The prediction interval when nobody says whether one is wanted, of random effects.
pub fn default_prediction(profile: Profile) -> Option<PredictionMethod> {
    match profile {
        Profile::Consilience | Profile::ReviewManager2025 => Some(HANDBOOKS),
        Profile::Metafor => Some(PredictionMethod::Normal),
        Profile::ReviewManager => None,
    }
}

/// Whether the measure is one of those that Mantel and Haenszel's method pools from events over person-time.
pub(crate) fn is_of_rates(measure: Measure) -> bool {
    [Measure::RateRatio, Measure::RateDifference].contains(&measure)
}

/// Whether the measure is one of those that Mantel and Haenszel's method pools from tables.
pub(crate) fn is_of_tables(measure: Measure) -> bool {
    [Measure::RiskRatio, Measure::OddsRatio, Measure::RiskDifference].contains(&measure)
}
