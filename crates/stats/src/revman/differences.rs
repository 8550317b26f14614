//! Why Review Manager and metafor disagree on the same data: one sentence for each formula, rule or default that differs
//! and that this analysis depends on.

use crate::effect_size::binary::TwoByTwo;
use crate::model::options::PredictionMethod;
use crate::model::pool::Pooled;
use crate::model::pool_error::PoolError;
use crate::revman::analysis::{
    DichotomousMethod, MeanMeasure, RevManAnalysis, RevManInterval, RevManModel, RevManOptions,
    RevManTau2, TwoMeans,
};
use crate::revman::metafor::metafor_defaults;
use crate::revman::synthesis::{RevManResult, review_manager};
use crate::tables::options::{MhMeasure, MhModel};
use crate::tables::revman_rules::{AllEvents, RdStandardError, RevManRules};

/// What a difference is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DifferenceTopic {
    /// The formula of a study's own effect or of its standard error.
    StudyEffect,
    /// What is done about cells without events.
    ZeroCells,
    /// Which studies count.
    Estimability,
    /// The method of pooling.
    Pooling,
    /// The standard error of the pooled estimate.
    PooledVariance,
    /// The estimator of τ².
    Tau2,
    /// Q and I².
    Heterogeneity,
    /// The confidence interval of the pooled estimate.
    Interval,
    /// The prediction interval.
    Prediction,
}

/// One difference between the two programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is about.
    pub topic: DifferenceTopic,
    /// What each program does, in one sentence.
    pub sentence: String,
}

/// One analysis by both programs' ways.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileComparison {
    /// As Review Manager computes.
    pub review_manager: RevManResult,
    /// As metafor computes by default; an error where it has no answer.
    pub metafor: Result<Pooled, PoolError>,
    /// What differs.
    pub differences: Vec<Difference>,
}

/// Computes an analysis both ways and says what differs.
pub fn compare_profiles(
    analysis: &RevManAnalysis,
    options: &RevManOptions,
) -> Result<ProfileComparison, PoolError> {
    Ok(ProfileComparison {
        review_manager: review_manager(analysis, None, options)?,
        metafor: metafor_defaults(analysis, options.level),
        differences: explain_differences(analysis, options),
    })
}

/// What differs between Review Manager (with these options) and metafor's defaults for this analysis.
///
/// Only what can matter for these data is named: nothing is said of zero cells where there are none. An empty list means
/// that both give the same numbers.
pub fn explain_differences(analysis: &RevManAnalysis, options: &RevManOptions) -> Vec<Difference> {
    let mut list = List(Vec::new());
    match *analysis {
        RevManAnalysis::Dichotomous { tables, measure, method } => {
            let found = Tables::count(tables);
            match method {
                DichotomousMethod::MantelHaenszel(model) => {
                    list.mantel_haenszel(&found, measure, model, options.rules);
                }
                DichotomousMethod::InverseVariance(model) => {
                    list.study_tables(&found, measure, options.rules);
                    list.random_effects(model, options);
                }
            }
        }
        RevManAnalysis::Peto { tables } => list.peto(&Tables::count(tables)),
        RevManAnalysis::Continuous { arms, measure, model } => {
            list.means(arms, measure);
            list.random_effects(model, options);
        }
        RevManAnalysis::Generic { model, .. }
        | RevManAnalysis::ObservedMinusExpected { model, .. } => {
            list.random_effects(model, options);
        }
    }
    list.0
}

/// How many tables are of the kinds on which the programs differ.
struct Tables {
    all: usize,
    /// With a cell of 0, but neither without events nor with nothing else.
    zero_cell: usize,
    no_events: usize,
    all_events: usize,
}

impl Tables {
    fn count(tables: &[TwoByTwo]) -> Self {
        let number = |kind: &dyn Fn(&TwoByTwo) -> bool| tables.iter().filter(|t| kind(t)).count();
        Self {
            all: tables.len(),
            zero_cell: number(&|t| t.has_zero_cell() && !t.no_events() && !t.all_events()),
            no_events: number(&TwoByTwo::no_events),
            all_events: number(&|t| t.all_events() && !t.no_events()),
        }
    }

    fn uninformative(&self) -> usize {
        self.no_events + self.all_events
    }
}

/// "1 of 7 studies has" or "2 of 7 studies have".
fn have(count: usize, all: usize) -> String {
    format!("{count} of {all} studies {}", if count == 1 { "has" } else { "have" })
}

struct List(Vec<Difference>);

impl List {
    fn add(&mut self, topic: DifferenceTopic, sentence: impl Into<String>) {
        self.0.push(Difference { topic, sentence: sentence.into() });
    }

    fn mantel_haenszel(
        &mut self,
        found: &Tables,
        measure: MhMeasure,
        model: MhModel,
        rules: RevManRules,
    ) {
        if model == MhModel::RandomEffects {
            self.study_tables(found, measure, rules);
            self.add(
                DifferenceTopic::Pooling,
                "metafor has no Mantel-Haenszel random-effects method: Review Manager pools by inverse variance with a \
                 tau2 from the Q about the Mantel-Haenszel estimate, metafor's rma() takes Q about the \
                 inverse-variance mean.",
            );
            self.add(DifferenceTopic::Tau2, DL_OR_REML);
            self.add(DifferenceTopic::Heterogeneity, I2_OF_RANDOM_EFFECTS);
            return;
        }
        if measure == MhMeasure::RiskDifference {
            self.mantel_haenszel_difference(found, rules);
            return;
        }
        if found.zero_cell > 0 {
            self.add(
                DifferenceTopic::ZeroCells,
                format!(
                    "{} an empty cell: Review Manager adds one half to all cells of such a study in the \
                     Mantel-Haenszel sums and weights too, metafor only for the study's own effect (on which Q \
                     rests), and pools the raw counts.",
                    have(found.zero_cell, found.all)
                ),
            );
        }
        if found.all_events > 0
            && measure == MhMeasure::RiskRatio
            && rules.all_events == AllEvents::RatioOfOne
        {
            self.add(
                DifferenceTopic::Estimability,
                format!(
                    "{} nothing but events: Review Manager counts such a study with a risk ratio of 1 in the sums \
                     and in Q, metafor in the sums only.",
                    have(found.all_events, found.all)
                ),
            );
        }
    }

    fn mantel_haenszel_difference(&mut self, found: &Tables, rules: RevManRules) {
        self.add(
            DifferenceTopic::PooledVariance,
            "The standard error of the pooled risk difference is Sato's in metafor; Review Manager's is that of a sum \
             of binomial variances.",
        );
        let corrected = found.zero_cell + found.uninformative();
        if corrected > 0 {
            self.risk_difference_cells(corrected, found.all, rules);
        }
        if found.uninformative() > 0 {
            self.add(
                DifferenceTopic::Estimability,
                format!(
                    "{} no events, or nothing else, in both arms: both programs pool them, but metafor leaves them \
                     out of Q.",
                    have(found.uninformative(), found.all)
                ),
            );
        }
    }

    fn risk_difference_cells(&mut self, count: usize, all: usize, rules: RevManRules) {
        let review_manager = match rules.rd_standard_error {
            RdStandardError::AnyZeroCell => {
                "Review Manager takes the risk difference from the raw counts and its standard error and weight from \
                 counts with one half added"
            }
            RdStandardError::WhenZero => {
                "Review Manager uses the raw counts unless the standard error would be 0"
            }
        };
        self.add(
            DifferenceTopic::ZeroCells,
            format!(
                "{} an empty cell: {review_manager}; metafor adds the half for the study's difference and its \
                 standard error alike, and pools raw counts in Mantel-Haenszel sums.",
                have(count, all)
            ),
        );
    }

    /// What differs in the effects of single tables.
    fn study_tables(&mut self, found: &Tables, measure: MhMeasure, rules: RevManRules) {
        if measure == MhMeasure::RiskDifference {
            let corrected = found.zero_cell + found.uninformative();
            if corrected > 0 {
                self.risk_difference_cells(corrected, found.all, rules);
            }
            return;
        }
        let one = measure == MhMeasure::RiskRatio && rules.all_events == AllEvents::RatioOfOne;
        let left_out = found.no_events + if one { 0 } else { found.all_events };
        if left_out > 0 {
            self.add(
                DifferenceTopic::Estimability,
                format!(
                    "{} no events, or nothing else, in both arms: Review Manager leaves such a study out, metafor \
                     adds one half to its cells and keeps it.",
                    have(left_out, found.all)
                ),
            );
        }
        if one && found.all_events > 0 {
            self.add(
                DifferenceTopic::StudyEffect,
                format!(
                    "{} nothing but events: Review Manager's risk ratio is 1, metafor's that of the counts with one \
                     half added; the standard errors agree.",
                    have(found.all_events, found.all)
                ),
            );
        }
    }

    fn peto(&mut self, found: &Tables) {
        if found.zero_cell > 0 {
            self.add(
                DifferenceTopic::ZeroCells,
                format!(
                    "{} an empty cell: Review Manager shows such a study's (O-E)/V from the raw counts, metafor with \
                     one half added; the pooled estimate and Q rest on raw counts in both.",
                    have(found.zero_cell, found.all)
                ),
            );
        }
    }

    fn means(&mut self, arms: &[TwoMeans], measure: MeanMeasure) {
        if measure == MeanMeasure::StandardizedMeanDifference {
            self.add(
                DifferenceTopic::StudyEffect,
                "Hedges' correction is the exact one (by gamma functions) in metafor, 1 - 3/(4N - 9) in Review \
                 Manager.",
            );
            self.add(
                DifferenceTopic::StudyEffect,
                "The variance of the standardised mean difference is 1/n1 + 1/n2 + g2/(2N) in metafor, and \
                 1/n1 + 1/n2 + g2/(2(N - 3.94)) in Review Manager.",
            );
        }
        let one_zero =
            arms.iter().filter(|it| (it.experimental.sd == 0.0) != (it.control.sd == 0.0)).count();
        if one_zero > 0 {
            self.add(
                DifferenceTopic::Estimability,
                format!(
                    "{} a standard deviation of 0 in one arm: Review Manager calls the effect not estimable, metafor \
                     computes it from the other arm's.",
                    have(one_zero, arms.len())
                ),
            );
        }
    }

    fn random_effects(&mut self, model: RevManModel, options: &RevManOptions) {
        let RevManModel::Random(tau2) = model else { return };
        if tau2 == RevManTau2::DerSimonianLaird {
            self.add(DifferenceTopic::Tau2, DL_OR_REML);
        }
        self.add(DifferenceTopic::Heterogeneity, I2_OF_RANDOM_EFFECTS);
        if options.interval == RevManInterval::HartungKnapp {
            self.add(
                DifferenceTopic::Interval,
                "The confidence interval is Hartung-Knapp-Sidik-Jonkman's with k - 1 degrees of freedom in Review \
                 Manager as set here; metafor's default is Wald-type (test=\"z\").",
            );
        }
        if let Some(method) = options.prediction
            && method != PredictionMethod::Normal
        {
            self.add(
                DifferenceTopic::Prediction,
                format!(
                    "The prediction interval uses the {} as set here; metafor's default uses the normal \
                     distribution.",
                    method.long_name()
                ),
            );
        }
    }
}

const DL_OR_REML: &str = "tau2 is DerSimonian-Laird's in Review Manager 5 (and for M-H in all versions), and estimated by \
                          restricted maximum likelihood (REML) by default in metafor.";

const I2_OF_RANDOM_EFFECTS: &str = "I2 comes from Q in Review Manager 5, and from tau2 and the typical sampling variance in \
                                    metafor and in RevMan since 2024; the two agree only for the DerSimonian-Laird tau2.";
