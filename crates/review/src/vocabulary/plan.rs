//! What an analysis is to do, as the protocol declares it.

use consilience_stats::{
    CiMethod, Measure, Model, PoolOptions, PredictionMethod, RegressionOptions, Scale, Tau2Method,
    Weighting,
};

use crate::cells::{Out, Row, Tabular};
use crate::keyword::{Keyword, foreign_keyword, keyword};
use crate::printed::Printed;
use crate::vocabulary::result::Score;

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

impl crate::keyword::Keyword for Measure {
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
    /// The effect measure.
    pub measure: Measure,
    /// For generic effects: what the effect is called.
    pub effect_name: Option<String>,
    /// For generic effects: whether they are ratios, to be analysed as logarithms.
    pub ratio: bool,
    /// How studies are weighed.
    pub method: Method,
    /// Random effects or one common effect.
    pub model: ModelKind,
    /// The estimator of the between-study variance.
    pub tau2: Tau2Method,
    /// The confidence interval's method.
    pub ci: CiMethod,
    /// The confidence level in percent, from 50 to below 100.
    pub level: Printed,
    /// Whether a prediction interval is shown.
    pub prediction_interval: bool,
    /// The characteristic by which subgroups are made.
    pub subgroup: Option<String>,
    /// Whether each study is left out in turn.
    pub leave_one_out: bool,
    /// Time points wanted, most wanted first; empty: any.
    pub time: Vec<String>,
    /// Instruments wanted, most wanted first; empty: any.
    pub instrument: Vec<String>,
    /// Final values, changes or percent changes only; none: any.
    pub score: Option<Score>,
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

    /// The options for the pooling engine. Peto's odds ratio has a common effect, whatever the plan says.
    pub fn pool_options(&self) -> PoolOptions {
        PoolOptions {
            model: match self.model {
                ModelKind::Random if self.measure != Measure::PetoOddsRatio => {
                    Model::RandomEffects(self.tau2)
                }
                ModelKind::Random | ModelKind::Common => Model::CommonEffect,
            },
            ci: self.ci,
            level: self.level_share(),
            prediction: self
                .prediction_interval
                .then_some(PredictionMethod::HigginsThompsonSpiegelhalter),
        }
    }
}

impl AnalysisPlan {
    /// The options for a regression of the same studies.
    pub fn regression_options(&self) -> RegressionOptions {
        let PoolOptions { model, ci, level, prediction: _ } = self.pool_options();
        RegressionOptions { model, ci, weighting: Weighting::InverseVariance, level }
    }
}

impl Tabular for AnalysisPlan {
    const FIELDS: &'static [&'static str] = &[
        "id",
        "comparison",
        "outcome",
        "title",
        "measure",
        "effect_name",
        "ratio",
        "method",
        "model",
        "tau2",
        "ci",
        "level",
        "prediction_interval",
        "subgroup",
        "leave_one_out",
        "time",
        "instrument",
        "score",
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
        let method = row.keyword("method").unwrap_or(Method::InverseVariance);
        let plan = Self {
            id,
            comparison,
            outcome,
            title: row.text("title"),
            measure,
            effect_name: row.text("effect_name"),
            ratio: row.flag("ratio").unwrap_or(false),
            method,
            model: row.keyword("model").unwrap_or(default_model(measure)),
            tau2: row.keyword("tau2").unwrap_or(default_tau2(method)),
            ci: row.keyword("ci").unwrap_or(CiMethod::Wald),
            level: row.level("level").unwrap_or_else(|| Printed::from_value(95.0)),
            prediction_interval: row.flag("prediction_interval").unwrap_or(false),
            subgroup: row.text("subgroup"),
            leave_one_out: row.flag("leave_one_out").unwrap_or(false),
            time: row.list("time"),
            instrument: row.list("instrument"),
            score: row.keyword("score"),
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
        out.keyword("measure", self.measure);
        out.optional("effect_name", self.effect_name.as_deref());
        if self.ratio {
            out.flag("ratio", true);
        }
        out.keyword("method", self.method);
        out.keyword("model", self.model);
        out.keyword("tau2", self.tau2);
        out.keyword("ci", self.ci);
        out.printed("level", Some(&self.level));
        out.flag("prediction_interval", self.prediction_interval);
        out.optional("subgroup", self.subgroup.as_deref());
        out.flag("leave_one_out", self.leave_one_out);
        out.list("time", &self.time);
        out.list("instrument", &self.instrument);
        if let Some(score) = self.score {
            out.keyword("score", score);
        }
        out.printed("event_from_grade", self.event_from_grade.as_ref());
        out.printed("correlation", self.correlation.as_ref());
        out.numbers("correlations", &self.correlations);
        if self.correlation_from_p {
            out.flag("correlation_from_p", true);
        }
    }
}

/// The model when the plan names none: random effects, which Peto's method does not have.
pub fn default_model(measure: Measure) -> ModelKind {
    if measure == Measure::PetoOddsRatio { ModelKind::Common } else { ModelKind::Random }
}

/// The estimator of τ² when the plan names none; Review Manager's Mantel-Haenszel knows one only.
pub fn default_tau2(method: Method) -> Tau2Method {
    match method {
        Method::InverseVariance => Tau2Method::Reml,
        Method::MantelHaenszel => Tau2Method::DerSimonianLaird,
    }
}

/// Two settings that cannot stand together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// The setting to change.
    pub field: &'static str,
    /// What it is.
    pub found: String,
    /// What it can be.
    pub expected: String,
    /// What to do.
    pub help: &'static str,
}

impl AnalysisPlan {
    /// The settings that contradict each other.
    pub fn contradictions(&self) -> Vec<Contradiction> {
        let mut found = Vec::new();
        let mut add = |field, name: &str, expected: &str, help| {
            let (found_text, expected) = (format!("`{name}`"), expected.to_owned());
            found.push(Contradiction { field, found: found_text, expected, help });
        };
        let is_mh = self.method == Method::MantelHaenszel;
        let is_random = self.model == ModelKind::Random;
        let binary = [Measure::RiskRatio, Measure::OddsRatio, Measure::RiskDifference];
        if is_mh && !binary.contains(&self.measure) {
            let expected = "`inverse variance` for this measure";
            add("method", self.method.name(), expected, "Mantel-Haenszel needs RR, OR or RD");
        }
        if is_mh && is_random && self.tau2 != Tau2Method::DerSimonianLaird {
            let help = "remove it, or choose inverse variance as the method";
            add("tau2", self.tau2.name(), "`DL` with Mantel-Haenszel", help);
        }
        if is_mh && self.ci != CiMethod::Wald {
            let help = "choose inverse variance as the method";
            add("ci", self.ci.name(), "`Wald` with Mantel-Haenszel", help);
        }
        if self.measure == Measure::PetoOddsRatio && is_random {
            let help = "Peto's method has no random effects";
            add("model", self.model.name(), "`common` with Peto's odds ratio", help);
        }
        if self.measure != Measure::Generic && self.ratio {
            add("ratio", "true", "this only with the measure `GEN`", "remove it");
        }
        if let (false, Some(name)) = (self.measure == Measure::Generic, &self.effect_name) {
            add("effect_name", name, "this only with the measure `GEN`", "remove it");
        }
        if let Some(bad) = self.correlations.iter().find(|r| !r.is_correlation()) {
            add("correlations", bad.text(), "correlations from -1 to 1", "correct it");
        }
        found
    }
}
