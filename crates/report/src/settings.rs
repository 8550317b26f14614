//! How a synthesis was in fact pooled. The plan's defaults do not always apply: Peto's method has no random
//! effects, Mantel and Haenszel's comes with DerSimonian and Laird's τ², and one study has no spread.

use consilience_review::analysis::{StudyData, Synthesis};
use consilience_review::vocabulary::choice::{Profile, Tau2Choice, Weights};
use consilience_review::vocabulary::plan::{Method, ModelKind};
use consilience_stats::{CiMethod, Measure, Summary, Tau2Method};

/// The method, model, estimator and interval that the pooled numbers rest on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    /// How studies were weighed.
    pub(crate) method: Method,
    /// Random effects or one common effect.
    pub(crate) model: ModelKind,
    /// The estimator of τ², or the number that was given; `None` under a common effect.
    pub(crate) tau2: Option<Tau2Choice>,
    /// The confidence interval's method.
    pub(crate) ci: CiMethod,
    /// What studies are weighed by.
    pub(crate) weights: Weights,
    /// Whose formulas and defaults were followed.
    pub(crate) profile: Profile,
}

impl Settings {
    /// The settings that a synthesis was pooled with, or would be if it had studies.
    pub(crate) fn of(synthesis: &Synthesis) -> Self {
        let plan = &synthesis.plan;
        let is_pooled = |data: &StudyData| {
            matches!(data, StudyData::Events(_) | StudyData::Summary(Summary::Rates { .. }))
        };
        let mantel_haenszel = plan.method == Method::MantelHaenszel
            && synthesis.studies.iter().all(|it| is_pooled(&it.data));
        let model =
            if plan.measure == Measure::PetoOddsRatio { ModelKind::Common } else { plan.model };
        let tau2 = match (model, mantel_haenszel) {
            (ModelKind::Common, _) => None,
            (ModelKind::Random, true) => Some(Tau2Choice::Estimated(Tau2Method::DerSimonianLaird)),
            (ModelKind::Random, false) => Some(plan.tau2.clone()),
        };
        let wald = mantel_haenszel || synthesis.studies.len() == 1;
        Self {
            method: if mantel_haenszel { Method::MantelHaenszel } else { Method::InverseVariance },
            model,
            tau2,
            ci: if wald { CiMethod::Wald } else { plan.ci },
            weights: plan.weights.clone(),
            profile: plan.profile,
        }
    }

    /// For a sentence: `random effects (REML, Wald interval)`, `common effect (Mantel-Haenszel)`, `common effect (Peto)`.
    pub(crate) fn words(&self, measure: Measure) -> String {
        let by_name = match (self.method, measure) {
            (Method::MantelHaenszel, _) => Some("Mantel-Haenszel".to_owned()),
            (Method::InverseVariance, Measure::PetoOddsRatio) => Some("Peto".to_owned()),
            (Method::InverseVariance, _) => None,
        };
        let interval = match (&self.tau2, self.ci) {
            (None, CiMethod::Wald) => None,
            (_, ci) => Some(format!("{} interval", ci.name())),
        };
        let estimator = self.tau2.as_ref().map(|it| match it {
            Tau2Choice::Estimated(method) => method.name().to_owned(),
            Tau2Choice::Given(_) => "τ² given".to_owned(),
        });
        let details = by_name.into_iter().chain(estimator).chain(interval);
        let details: Vec<String> = details.chain(self.weights_words()).collect();
        let model = self.model_words();
        let words = if details.is_empty() {
            format!("{model} (inverse variance)")
        } else {
            format!("{model} ({})", details.join(", "))
        };
        match self.profile_words() {
            Some(profile) => format!("{words}, {profile}"),
            None => words,
        }
    }

    /// `equal weights`; nothing for inverse variances.
    pub(crate) fn weights_words(&self) -> Option<String> {
        match &self.weights {
            Weights::InverseVariance => None,
            Weights::Equal => Some("equal weights".to_owned()),
            Weights::Column(column) => Some(format!("weights by {}", column.replace('_', " "))),
        }
    }

    /// `as Review Manager 5.4 computes it`; nothing for this program's own way.
    pub(crate) fn profile_words(&self) -> Option<&'static str> {
        match self.profile {
            Profile::Consilience => None,
            Profile::ReviewManager => Some("as Review Manager 5.4 computes it"),
            Profile::ReviewManager2025 => Some("as Review Manager of 2025 computes it"),
            Profile::Metafor => Some("by metafor's defaults"),
        }
    }

    /// `random effects` or `common effect`.
    pub(crate) fn model_words(&self) -> &'static str {
        match self.model {
            ModelKind::Random => "random effects",
            ModelKind::Common => "common effect",
        }
    }

    /// For the small line over a forest plot: `IV, random (REML), 95% CI`.
    pub(crate) fn short(&self, measure: Measure, level: &str) -> String {
        let method = match (self.method, measure) {
            (Method::MantelHaenszel, _) => "M-H",
            (Method::InverseVariance, Measure::PetoOddsRatio) => "Peto",
            (Method::InverseVariance, _) => "IV",
        };
        match &self.tau2 {
            Some(Tau2Choice::Estimated(tau2)) => {
                format!("{method}, random ({}), {level}% CI", tau2.name())
            }
            Some(Tau2Choice::Given(tau2)) => {
                format!("{method}, random (τ² = {tau2}), {level}% CI")
            }
            None => format!("{method}, common, {level}% CI"),
        }
    }
}
