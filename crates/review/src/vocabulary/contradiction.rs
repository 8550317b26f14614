//! Settings of a plan that cannot stand together.

use std::collections::BTreeSet;

use consilience_stats::{
    CiMethod, Measure, PredictionMethod, SmallSample, SummaryKind, Tau2IntervalMethod, Tau2Method,
    VarianceType,
};

use super::choice::{MultiArm, Profile, Tau2Choice, Weights};
use super::plan::{
    AnalysisPlan, Method, ModelKind, default_tau2_interval, is_of_rates, is_of_tables,
};
use crate::keyword::Keyword;

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

impl Contradiction {
    fn new(field: &'static str, found: &str, expected: &str, help: &'static str) -> Self {
        Self { field, found: format!("`{found}`"), expected: expected.to_owned(), help }
    }
}

impl AnalysisPlan {
    /// The settings that contradict each other, each once.
    pub fn contradictions(&self) -> Vec<Contradiction> {
        let mut found = Vec::new();
        match self.profile {
            Profile::Consilience => {}
            Profile::ReviewManager => self.against_review_manager(&mut found),
            Profile::ReviewManager2025 => self.against_review_manager_2025(&mut found),
            Profile::Metafor => self.against_metafor(&mut found),
        }
        self.against_method(&mut found);
        self.against_model(&mut found);
        self.against_measure(&mut found);
        self.against_arms(&mut found);
        let mut fields = BTreeSet::new();
        found.retain(|it| fields.insert(it.field));
        found
    }

    fn against_arms(&self, found: &mut Vec<Contradiction>) {
        let is_select = self.multi_arm == MultiArm::Select;
        if is_select && self.arms.is_empty() {
            let help = "name them in `arms`, or choose `combine` or `split`";
            let expected = "the arms wanted, most wanted first, beside `select`";
            found.push(Contradiction::new("multi_arm", MultiArm::Select.name(), expected, help));
        }
        if !is_select && !self.arms.is_empty() {
            let help = "choose `select`, or remove `arms`";
            let expected = "`multi_arm = \"select\"` beside `arms`";
            found.push(Contradiction::new("arms", &self.arms.join("; "), expected, help));
        }
    }

    fn against_method(&self, found: &mut Vec<Contradiction>) {
        let mut add = |field, name: &str, expected: &str, help| {
            found.push(Contradiction::new(field, name, expected, help));
        };
        if self.method != Method::MantelHaenszel {
            return;
        }
        if !is_of_tables(self.measure) && !is_of_rates(self.measure) {
            let expected = "`inverse variance` for this measure";
            let help = "Mantel-Haenszel needs RR, OR or RD, or IRR or IRD";
            add("method", self.method.name(), expected, help);
        }
        if is_of_rates(self.measure) && self.model == ModelKind::Random {
            let help = "Mantel-Haenszel's method of rates has no random effects";
            add("model", self.model.name(), "`common` with Mantel-Haenszel of rates", help);
        }
        if self.model == ModelKind::Random && self.estimator() != Some(Tau2Method::DerSimonianLaird)
        {
            let help = "remove it, or choose inverse variance as the method";
            add("tau2", self.tau2.text(), "`DL` with Mantel-Haenszel", help);
        }
        if self.vtype != VarianceType::default() {
            let help = "choose inverse variance as the method";
            add("vtype", Keyword::name(self.vtype), "nothing with Mantel-Haenszel", help);
        }
        if self.ci != CiMethod::Wald {
            let help = "choose inverse variance as the method";
            add("ci", self.ci.name(), "`Wald` with Mantel-Haenszel", help);
        }
    }

    fn against_model(&self, found: &mut Vec<Contradiction>) {
        let mut add = |field, name: &str, expected: &str, help| {
            found.push(Contradiction::new(field, name, expected, help));
        };
        let is_random = self.model == ModelKind::Random;
        let is_plain =
            self.method == Method::InverseVariance && self.measure != Measure::PetoOddsRatio;
        if self.measure == Measure::PetoOddsRatio && is_random {
            let help = "Peto's method has no random effects";
            add("model", self.model.name(), "`common` with Peto's odds ratio", help);
        }
        if self.weights != Weights::InverseVariance && !is_plain {
            let help = "choose another method or measure, or remove it";
            add("weights", self.weights.text(), "the method's own weights", help);
        }
        if let Some(increment) = self.zero_cells.as_ref().filter(|_| !is_plain) {
            let expected = "nothing: this method has a rule of its own for zero cells";
            let help =
                "remove it; the profile `metafor` pools raw counts by Mantel-Haenszel and Peto";
            add("zero_cells", &increment.text(), expected, help);
        }
        if self.drop00 && !is_plain {
            let expected = "nothing: this method has a rule of its own for zero cells";
            add("drop00", "true", expected, "remove it");
        }
        if self.common_tau2 && !(is_plain && is_random) {
            let help = "remove it, or choose random effects and inverse variance";
            add("common_tau2", "true", "random effects by inverse variance", help);
        }
        let wanted = &self.moderators;
        if let Some(first) =
            wanted.first().filter(|_| !is_plain || self.profile.is_review_manager())
        {
            let expected = "the inverse-variance method, and not Review Manager's profile";
            add("moderators", &first.to_string(), expected, "remove it, or choose that method");
        }
        if self.common_tau2 && self.subgroup.is_none() {
            add("common_tau2", "true", "subgroups that have it in common", "name their column");
        }
        let has_likelihood = is_random
            && matches!(self.estimator(), Some(Tau2Method::Reml | Tau2Method::MaximumLikelihood));
        if self.tau2_interval == Some(Tau2IntervalMethod::ProfileLikelihood) && !has_likelihood {
            let help = "choose Q-profile, or REML or ML as the estimator";
            add("tau2_interval", "profile likelihood", "`REML` or `ML` to go with it", help);
        }
    }

    fn against_measure(&self, found: &mut Vec<Contradiction>) {
        let mut add = |field, name: &str, expected: &str, help| {
            found.push(Contradiction::new(field, name, expected, help));
        };
        if self.measure != Measure::Generic && self.ratio {
            add("ratio", "true", "this only with the measure `GEN`", "remove it");
        }
        if let (false, Some(name)) = (self.measure == Measure::Generic, &self.effect_name) {
            add("effect_name", name, "this only with the measure `GEN`", "remove it");
        }
        let variances = self.measure.variances();
        if !variances.contains(&self.vtype) {
            let names: Vec<&str> = variances.iter().map(|it| Keyword::name(*it)).collect();
            let expected = format!("{} with {}", names.join(", "), self.measure.name());
            add("vtype", Keyword::name(self.vtype), &expected, "choose one of them, or remove it");
        }
        if self.small_sample != SmallSample::default()
            && !self.measure.has_small_sample_correction()
        {
            let expected = "this only with standardised effects, such as SMD";
            add("small_sample", Keyword::name(self.small_sample), expected, "remove it");
        }
        if !is_of_counts(self.measure) {
            let expected = "this only with measures of counts, such as RR, OR and RD";
            if let Some(increment) = &self.zero_cells {
                add("zero_cells", &increment.text(), expected, "remove it");
            }
            if self.drop00 {
                add("drop00", "true", expected, "remove it");
            }
        }
        if let Some(bad) = self.correlations.iter().find(|r| !r.is_correlation()) {
            add("correlations", bad.text(), "correlations from -1 to 1", "correct it");
        }
    }

    /// The measures that Review Manager has not.
    fn measure_against_review_manager(&self, found: &mut Vec<Contradiction>) {
        let measures = [
            Measure::MeanDifference,
            Measure::StandardizedMeanDifference,
            Measure::PetoOddsRatio,
            Measure::Generic,
        ];
        if !is_of_tables(self.measure) && !measures.contains(&self.measure) {
            let expected = "one that Review Manager has: RR, OR, RD, PETO, MD, SMD or GEN";
            let help = "give effects with standard errors (GEN), or remove the profile";
            found.push(Contradiction::new("measure", self.measure.name(), expected, help));
        }
    }

    /// Since 2025 there is a choice of two estimators and two intervals, and prediction intervals.
    fn against_review_manager_2025(&self, found: &mut Vec<Contradiction>) {
        self.measure_against_review_manager(found);
        let mut add = |field, name: &str, expected: &str, help| {
            found.push(Contradiction::new(field, name, expected, help));
        };
        let remove = "remove it, or the profile";
        let estimators = [Tau2Method::Reml, Tau2Method::DerSimonianLaird];
        let is_random = self.model == ModelKind::Random;
        if is_random && !self.estimator().is_some_and(|it| estimators.contains(&it)) {
            let expected = "`REML` or `DL`, which Review Manager of 2025 has";
            add("tau2", self.tau2.text(), expected, remove);
        }
        if ![CiMethod::Wald, CiMethod::HartungKnapp].contains(&self.ci) {
            let expected = "`Hartung-Knapp` or `Wald`, which Review Manager of 2025 has";
            add("ci", self.ci.name(), expected, remove);
        }
        if !is_random && self.ci != CiMethod::Wald {
            add("ci", self.ci.name(), "`Wald` with a common effect", remove);
        }
        if let Some(method) = self.tau2_interval.filter(|it| *it != Tau2IntervalMethod::QProfile) {
            let expected = "`Q-profile`, the only one that Review Manager of 2025 has";
            add("tau2_interval", method.name(), expected, remove);
        }
        self.own_choices(found, "nothing, as Review Manager has no such choice", remove);
    }

    fn against_review_manager(&self, found: &mut Vec<Contradiction>) {
        self.measure_against_review_manager(found);
        let mut add = |field, name: &str, expected: &str, help| {
            found.push(Contradiction::new(field, name, expected, help));
        };
        let remove = "remove it, or the profile";
        if self.model == ModelKind::Random && self.estimator() != Some(Tau2Method::DerSimonianLaird)
        {
            add("tau2", self.tau2.text(), "`DL`, the only one that Review Manager 5.4 has", remove);
        }
        if self.ci != CiMethod::Wald {
            let expected = "`Wald`, the only one that Review Manager 5.4 has";
            add("ci", self.ci.name(), expected, remove);
        }
        if let Some(method) = self.prediction_interval {
            let expected = "none, as in Review Manager 5.4";
            add("prediction_interval", method.name(), expected, remove);
        }
        if let Some(method) = self.tau2_interval {
            add("tau2_interval", method.name(), "none, as in Review Manager 5.4", remove);
        }
        self.own_choices(found, "nothing, as Review Manager 5.4 has no such choice", remove);
    }

    fn against_metafor(&self, found: &mut Vec<Contradiction>) {
        let mut add = |field, name: &str, expected: &str, help| {
            found.push(Contradiction::new(field, name, expected, help));
        };
        let remove =
            "remove the profile: without it, options give what metafor gives with the same options";
        let is_mh = self.method == Method::MantelHaenszel;
        if is_mh && self.model == ModelKind::Random {
            let expected = "`common`, as `rma.mh` has it";
            add(
                "model",
                self.model.name(),
                expected,
                "choose inverse variance, or a common effect",
            );
        }
        if !is_mh && self.model == ModelKind::Random && self.estimator() != Some(Tau2Method::Reml) {
            add("tau2", self.tau2.text(), "`REML`, metafor's default", remove);
        }
        if self.ci != CiMethod::Wald {
            add("ci", self.ci.name(), "`Wald`, metafor's default (test = \"z\")", remove);
        }
        let own = [PredictionMethod::Normal, PredictionMethod::AsTest];
        if let Some(method) = self.prediction_interval.filter(|it| !own.contains(it)) {
            add("prediction_interval", method.name(), "`normal`, metafor's default", remove);
        }
        if self.tau2_interval.is_some() && self.tau2_interval != default_tau2_interval(self.profile)
        {
            let name = self.tau2_interval.map_or("none", Keyword::name);
            add("tau2_interval", name, "`Q-profile`, metafor's default", remove);
        }
        self.own_choices(found, "nothing, for metafor's default", remove);
    }

    /// Choices that a profile leaves no room for.
    fn own_choices(&self, found: &mut Vec<Contradiction>, expected: &str, help: &'static str) {
        let mut add =
            |field, name: &str| found.push(Contradiction::new(field, name, expected, help));
        if self.weights != Weights::InverseVariance {
            add("weights", self.weights.text());
        }
        if let Some(increment) = &self.zero_cells {
            add("zero_cells", &increment.text());
        }
        if self.drop00 {
            add("drop00", "true");
        }
        if self.vtype != VarianceType::default() {
            add("vtype", Keyword::name(self.vtype));
        }
        if self.small_sample != SmallSample::default() {
            add("small_sample", Keyword::name(self.small_sample));
        }
        if self.common_tau2 {
            add("common_tau2", "true");
        }
    }

    fn estimator(&self) -> Option<Tau2Method> {
        match self.tau2 {
            Tau2Choice::Estimated(method) => Some(method),
            Tau2Choice::Given(_) => None,
        }
    }
}

/// Whether the measure is computed from counts, in which a 0 needs a rule.
fn is_of_counts(measure: Measure) -> bool {
    use SummaryKind::{Proportion, Rate, Rates, Table};
    matches!(measure.input(), Table | Rates | Proportion | Rate)
}
