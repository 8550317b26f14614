//! What Review Manager can be asked: kinds of data, each with the measures, methods and models that it has.

use crate::effect::Effect;
use crate::effect_size::binary::TwoByTwo;
use crate::effect_size::continuous::MeanSd;
use crate::model::options::PredictionMethod;
use crate::model::tau2::Tau2Method;
use crate::tables::options::{MhMeasure, MhModel};
use crate::tables::revman_rules::RevManRules;

/// Means of the two arms of a study.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoMeans {
    /// The experimental arm.
    pub experimental: MeanSd,
    /// The control arm.
    pub control: MeanSd,
}

/// Observed minus expected events of the experimental arm, with its variance (from a log-rank test, say).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ObservedMinusExpected {
    /// O − E.
    pub difference: f64,
    /// V, the variance of O − E; above 0.
    pub variance: f64,
}

/// Review Manager's measures of continuous outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeanMeasure {
    /// Mean difference.
    MeanDifference,
    /// Standardised mean difference: Hedges' g with the approximate correction.
    StandardizedMeanDifference,
}

/// How Review Manager estimates τ².
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevManTau2 {
    /// DerSimonian & Laird, all that Review Manager 5 has.
    DerSimonianLaird,
    /// Restricted maximum likelihood, since 2024.
    Reml,
}

impl RevManTau2 {
    /// The same estimator among all estimators.
    pub const fn method(self) -> Tau2Method {
        match self {
            Self::DerSimonianLaird => Tau2Method::DerSimonianLaird,
            Self::Reml => Tau2Method::Reml,
        }
    }
}

/// The model of an inverse-variance analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevManModel {
    /// "Fixed effect".
    Fixed,
    /// "Random effects".
    Random(RevManTau2),
}

/// How tables are pooled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DichotomousMethod {
    /// "M-H".
    MantelHaenszel(MhModel),
    /// "IV".
    InverseVariance(RevManModel),
}

/// One analysis: data, measure, method and model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RevManAnalysis<'a> {
    /// Tables by Mantel-Haenszel or inverse variance. For ratios of non-events ("swap event and non-event"), give
    /// [`TwoByTwo::of_non_events`].
    Dichotomous {
        /// Events and people.
        tables: &'a [TwoByTwo],
        /// Risk ratio, odds ratio or risk difference.
        measure: MhMeasure,
        /// Mantel-Haenszel or inverse variance, and the model.
        method: DichotomousMethod,
    },
    /// Odds ratios by Peto's method.
    Peto {
        /// Events and people.
        tables: &'a [TwoByTwo],
    },
    /// Means by inverse variance.
    Continuous {
        /// Means of both arms.
        arms: &'a [TwoMeans],
        /// Mean difference or standardised mean difference.
        measure: MeanMeasure,
        /// Fixed or random effects.
        model: RevManModel,
    },
    /// Estimates with standard errors ("generic inverse variance"), logs for ratios.
    Generic {
        /// Estimates and their variances.
        estimates: &'a [Effect],
        /// Fixed or random effects.
        model: RevManModel,
    },
    /// "Exp[(O-E)/Var]": log hazard ratios or Peto odds ratios from O − E and V.
    ObservedMinusExpected {
        /// O − E and V.
        studies: &'a [ObservedMinusExpected],
        /// Fixed (Peto's method) or random effects.
        model: RevManModel,
    },
}

impl RevManAnalysis<'_> {
    /// Number of studies.
    pub fn len(&self) -> usize {
        match self {
            Self::Dichotomous { tables, .. } | Self::Peto { tables } => tables.len(),
            Self::Continuous { arms, .. } => arms.len(),
            Self::Generic { estimates, .. } => estimates.len(),
            Self::ObservedMinusExpected { studies, .. } => studies.len(),
        }
    }

    /// Whether there is no study.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The interval of the pooled estimate in a random-effects analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevManInterval {
    /// Wald-type, all that Review Manager 5 has.
    Wald,
    /// Hartung-Knapp-Sidik-Jonkman, since 2024; for inverse-variance random effects of two studies and more, else Wald-type.
    HartungKnapp,
}

/// Which totals are shown; weights are shares of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevManTotals {
    /// All studies together, and each subgroup.
    Overall,
    /// Each subgroup only.
    SubgroupsOnly,
    /// None: all weights are 0.
    None,
}

/// The choices of an analysis that do not depend on the kind of data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RevManOptions {
    /// Zero cells, where there is more than one reading of the algorithms.
    pub rules: RevManRules,
    /// Which totals are shown.
    pub totals: RevManTotals,
    /// The interval of the pooled estimate.
    pub interval: RevManInterval,
    /// Prediction interval of a random-effects analysis, if wanted. Which degrees of freedom RevMan takes is not published.
    pub prediction: Option<PredictionMethod>,
    /// Confidence level of the pooled estimates, in (0, 1).
    pub level: f64,
    /// Confidence level of the studies' own intervals, in (0, 1).
    pub study_level: f64,
}

impl Default for RevManOptions {
    /// Review Manager 5.4: totals, Wald-type intervals, level 0.95, no prediction interval.
    fn default() -> Self {
        Self {
            rules: RevManRules::default(),
            totals: RevManTotals::Overall,
            interval: RevManInterval::Wald,
            prediction: None,
            level: 0.95,
            study_level: 0.95,
        }
    }
}

/// Events and people of both arms together over studies; events are 0 where the data have none.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Totals {
    /// Number of studies.
    pub studies: usize,
    /// Events in the experimental arms.
    pub events_e: f64,
    /// People in the experimental arms.
    pub n_e: f64,
    /// Events in the control arms.
    pub events_c: f64,
    /// People in the control arms.
    pub n_c: f64,
}
