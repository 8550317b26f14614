//! How a table is to be analysed.

use consilience_stats::{
    CiMethod, FiveNumberMethod, Measure, PredictionMethod, SmallSample, Tau2IntervalMethod,
    Tau2Method, VarianceType,
};
use indexmap::IndexMap;

use super::OUTCOME;
use crate::printed::Printed;
use crate::vocabulary::choice::{MultiArm, Profile, Tau2Choice, Weights};
use crate::vocabulary::plan::{AnalysisPlan, Method, ModelKind};
use crate::vocabulary::protocol::Better;
use crate::vocabulary::study::Design;

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
    /// Which effects are better, where that is known.
    pub better: Option<Better>,
    /// The design of all studies.
    pub design: Design,
    /// Whether a study may have several rows, as effects of one study that depend on one another do.
    pub several_rows: bool,
    /// Whether the profile chooses how studies are weighed, as the plan's method is nobody's choice.
    pub method_is_open: bool,
    /// Everything else; its measure is replaced.
    pub plan: AnalysisPlan,
}

impl Default for TableRequest {
    /// A table of trials of two parallel arms, a row a study, analysed by [`default_plan`].
    fn default() -> Self {
        Self {
            columns: IndexMap::new(),
            measure: None,
            effects_are_logs: false,
            groups: ("Experimental".to_owned(), "Control".to_owned()),
            better: None,
            design: Design::Parallel,
            several_rows: false,
            method_is_open: false,
            plan: default_plan(),
        }
    }
}

/// The plan that a table is analysed by when nothing else is said.
pub fn default_plan() -> AnalysisPlan {
    AnalysisPlan {
        id: "meta".to_owned(),
        comparison: "table".to_owned(),
        outcome: OUTCOME.to_owned(),
        title: None,
        main: false,
        profile: Profile::Consilience,
        measure: Measure::Generic,
        effect_name: None,
        ratio: false,
        vtype: VarianceType::default(),
        small_sample: SmallSample::default(),
        method: Method::InverseVariance,
        model: ModelKind::Random,
        tau2: Tau2Choice::Estimated(Tau2Method::Reml),
        tau2_interval: Some(Tau2IntervalMethod::QProfile),
        ci: CiMethod::Wald,
        level: Printed::from_value(95.0),
        prediction_interval: Some(PredictionMethod::HigginsThompsonSpiegelhalter),
        weights: Weights::InverseVariance,
        zero_cells: None,
        drop00: false,
        subgroup: None,
        common_tau2: false,
        moderators: Vec::new(),
        leave_one_out: false,
        time: Vec::new(),
        instrument: Vec::new(),
        population: Vec::new(),
        score: Vec::new(),
        multi_arm: MultiArm::Combine,
        arms: Vec::new(),
        median_method: FiveNumberMethod::default(),
        event_from_grade: None,
        correlation: None,
        correlations: Vec::new(),
        correlation_from_p: false,
    }
}
