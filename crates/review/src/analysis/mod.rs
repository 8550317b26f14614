//! From results to syntheses: which results an analysis uses, what effect each study has, what they give
//! together, and what was left out and why.

mod arms;
mod contrast;
mod effect;
mod estimated;
mod heterogeneity;
mod metafor;
mod narrative;
mod no_effect;
mod notes;
mod numbers;
mod paired;
mod people;
mod pool;
mod prefer;
mod regression;
mod restricted;
mod review_manager;
mod select;
mod steps;
mod variance;

pub(crate) use effect::weight_in;
pub use estimated::WithoutEstimates;
pub(crate) use numbers::short;
pub(crate) use people::sum as sum_of_people;
pub use people::{People, people};
pub use pool::MIN_STUDIES_FOR_FUNNEL;
pub(crate) use pool::of_studies;
pub use prefer::{Choice, NotUsed};
pub use restricted::{Restricted, Restriction};
pub(crate) use restricted::{pooled_without, restricted};
pub use review_manager::differences;
pub use steps::Applied;

use consilience_stats::transform::harmonic_mean;
use consilience_stats::{
    CombinedP, Effect, HeterogeneityInterval, Interval, MeanSd, Measure, Pooled, RegressionTest,
    SubgroupTest, Summary, TwoByTwo, VoteCount, Weighting,
};

use crate::inquiry::MetaRegression;
use crate::printed::PValue;
use crate::state::State;
use crate::vocabulary::plan::AnalysisPlan;
use crate::vocabulary::protocol::{Comparison, Outcome};
use crate::vocabulary::result::ResultKey;

/// The answer to one planned analysis.
#[derive(Debug, Clone, PartialEq)]
pub struct Synthesis {
    /// What was asked.
    pub plan: AnalysisPlan,
    /// Of which comparison.
    pub comparison: Comparison,
    /// Of which outcome.
    pub outcome: Outcome,
    /// A title: the plan's, or made from outcome and measure.
    pub title: String,
    /// The studies with an effect, in the order of `studies.csv`.
    pub studies: Vec<StudyEffect>,
    /// The studies of this comparison without one, and why, in the same order.
    pub excluded: Vec<Excluded>,
    /// All of them together; of one study, its own answer. `None` when no study has an effect, or
    /// when the method failed, which `notes` then says.
    pub pooled: Option<Pooled>,
    /// How uncertain the heterogeneity of all of them is, under random effects whose variance is estimated.
    pub heterogeneity_interval: Option<HeterogeneityInterval>,
    /// By subgroup, in the order in which the subgroups first appear.
    pub subgroups: Vec<Subgroup>,
    /// Whether the subgroups differ; studies of which the characteristic is not known do not count.
    pub subgroup_test: Option<SubgroupTest>,
    /// How the effect varies with the characteristics that the plan names.
    pub regression: Option<MetaRegression>,
    /// Without each study in turn.
    pub leave_one_out: Vec<LeftOut>,
    /// For paired designs, at several correlations and as if unpaired.
    pub correlations: Vec<CorrelationRow>,
    /// From studies at low risk of bias alone, and with those of some concerns, where studies were judged.
    pub restricted: Vec<Restricted>,
    /// Without the studies whose numbers are estimates, where there are any.
    pub without_estimates: Option<WithoutEstimates>,
    /// Egger's regression test, from ten studies on.
    pub egger: Option<RegressionTest>,
    /// What can be said of the studies together without pooling, where some could not be pooled.
    pub narrative: Option<Narrative>,
    /// Assumptions and choices that a reader must know, in words.
    pub notes: Vec<String>,
}

/// One study's part in an analysis.
#[derive(Debug, Clone, PartialEq)]
pub struct StudyEffect {
    /// The study.
    pub study: String,
    /// The arm that tells this effect from the study's others, where the plan splits the arm that several share.
    pub arm: Option<String>,
    /// Its effect, on the analysis scale.
    pub effect: Effect,
    /// Its confidence interval, on the analysis scale.
    pub ci: Interval,
    /// Its weight in the pool, in percent.
    pub weight: f64,
    /// The numbers beside it in a forest plot.
    pub data: StudyData,
    /// How the pairing was allowed for, in a paired design.
    pub pairing: Option<Pairing>,
    /// The people whom the effect is of, in both arms together and as printed: each once in a paired design, and not
    /// divided by a design effect. `None` where a trial's own effect comes without their number.
    pub participants: Option<f64>,
    /// How the printed numbers became this effect, step by step.
    pub steps: Vec<String>,
    /// Which of the steps are conversions, with their source and what they assume.
    pub conversions: Vec<Applied>,
    /// Which of several results was used, of which, and by which rule; `None` where there was only one.
    pub choice: Option<Choice>,
    /// What must not be overlooked among the steps; [`Synthesis::notes`] say it too.
    pub cautions: Vec<String>,
    /// The results it rests on.
    pub inputs: Vec<ResultKey>,
    /// The subgroup it belongs to.
    pub subgroup: Option<String>,
    /// What the plan's column weighs it by.
    pub given_weight: Option<f64>,
}

/// The numbers of a study beside its effect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StudyData {
    /// Means of both arms.
    Means {
        /// The arm that is tried.
        experimental: MeanSd,
        /// The arm that it is compared with.
        comparator: MeanSd,
    },
    /// Events of both arms.
    Events(TwoByTwo),
    /// Numbers of another kind: of one group, of a correlation, of person-time.
    Summary(Summary),
    /// The effect as the trial gave it.
    Contrast {
        /// The number analysed, where printed.
        n: Option<f64>,
    },
}

impl StudyData {
    /// The events of both arms, where it is these.
    pub fn table(&self) -> Option<TwoByTwo> {
        match self {
            Self::Events(table) => Some(*table),
            Self::Means { .. } | Self::Contrast { .. } | Self::Summary(_) => None,
        }
    }
}

impl Excluded {
    /// A study that has no numbers to show.
    pub fn new(study: &str, reason: String) -> Self {
        Self { study: study.to_owned(), reason, data: None, subgroup: None, position: 0 }
    }
}

/// How a paired design was analysed.
#[derive(Debug, Clone, PartialEq)]
pub enum Pairing {
    /// The trial's own paired result was used.
    AsReported,
    /// With this correlation, and where it comes from.
    Correlation(f64, CorrelationSource),
}

/// Where a correlation comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CorrelationSource {
    /// Printed by the trial.
    Given,
    /// Worked back from a printed standard error or interval of the difference.
    FromPrecision,
    /// Worked back from a printed P value, as if it came from a paired t test.
    FromP,
    /// Assumed.
    Assumed,
}

/// A study that an analysis could not use.
#[derive(Debug, Clone, PartialEq)]
pub struct Excluded {
    /// The study.
    pub study: String,
    /// Why.
    pub reason: String,
    /// Its numbers, where they are complete and it is by the measure that they give no effect.
    pub data: Option<StudyData>,
    /// The subgroup it belongs to.
    pub subgroup: Option<String>,
    /// How many of the studies with an effect come before it.
    pub position: usize,
}

/// Studies that share a value of the subgroup's characteristic.
#[derive(Debug, Clone, PartialEq)]
pub struct Subgroup {
    /// The value.
    pub level: String,
    /// Positions in [`Synthesis::studies`].
    pub members: Vec<usize>,
    /// Together.
    pub pooled: Option<Pooled>,
}

/// The pool without one study.
#[derive(Debug, Clone, PartialEq)]
pub struct LeftOut {
    /// The study that is left out.
    pub study: String,
    /// The others together.
    pub pooled: Pooled,
}

/// The answer at one assumption about the pairing, of the same studies.
#[derive(Debug, Clone, PartialEq)]
pub struct CorrelationRow {
    /// The correlation in every study of which none is printed or implied by a printed precision, or the one nearest
    /// to it that the study's events can have; `None`: as if the arms were different people.
    pub correlation: Option<f64>,
    /// The answer.
    pub pooled: Pooled,
}

/// What the Handbook's chapter 12 does where effects cannot be pooled.
#[derive(Debug, Clone, PartialEq)]
pub struct Narrative {
    /// The table of effects: every study of the comparison that says anything about the outcome.
    pub rows: Vec<NarrativeRow>,
    /// Fisher's combination of one-sided P values, towards the experimental arm.
    pub fisher: Option<CombinedP>,
    /// Stouffer's.
    pub stouffer: Option<CombinedP>,
    /// How many studies point to the experimental arm, of those that point anywhere.
    pub vote: Option<VoteCount>,
}

/// One study in the table of effects.
#[derive(Debug, Clone, PartialEq)]
pub struct NarrativeRow {
    /// The study.
    pub study: String,
    /// Scale or device, time point, as printed.
    pub instrument: Option<String>,
    /// The effect, where one could be computed: analysis scale.
    pub effect: Option<(Effect, Interval)>,
    /// The P value as printed, or else the computed one.
    pub p_value: Option<NarrativeP>,
    /// Which arm did better: by the effect where it can be computed, else by the text.
    pub favours: Option<Favoured>,
    /// The one-sided P value towards the experimental arm that was combined.
    pub one_sided: Option<f64>,
    /// The number analysed.
    pub n: Option<f64>,
    /// The results it rests on.
    pub inputs: Vec<ResultKey>,
    /// What the study says instead of a number, or that its text and its numbers disagree.
    pub remark: Option<String>,
}

/// A P value in the table of effects.
#[derive(Debug, Clone, PartialEq)]
pub enum NarrativeP {
    /// As the trial printed it.
    Printed(PValue),
    /// Computed here from the effect.
    Computed(f64),
}

/// Which arm of a comparison did better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Favoured {
    /// The arm that is tried.
    Experimental,
    /// The arm that it is compared with.
    Comparator,
    /// The text says that there was no difference.
    Neither,
    /// The text leaves it open.
    Unclear,
}

impl StudyEffect {
    /// The study's name, with the arm where it has several effects: `Lee 2014 (20 mg)`.
    pub fn label(&self) -> String {
        match &self.arm {
            None => self.study.clone(),
            Some(arm) => format!("{} ({arm})", self.study),
        }
    }

    /// The study's size, on which the scales of Freeman and Tukey depend: people, or person-time.
    fn size(&self) -> Option<f64> {
        match &self.data {
            StudyData::Summary(summary) => summary.size(),
            _ => self.participants,
        }
    }
}

impl Synthesis {
    /// A number of the analysis scale as readers see it: the ratio itself, for ratios.
    pub fn display(&self, value: f64) -> f64 {
        let scale = self.plan.scale();
        if !scale.depends_on_size() {
            return scale.to_display(value);
        }
        let sizes: Vec<f64> = self.studies.iter().filter_map(StudyEffect::size).collect();
        scale.to_display_at(value, harmonic_mean(&sizes).unwrap_or(f64::INFINITY))
    }

    /// A number of one study as readers see it.
    pub fn display_of(&self, study: &StudyEffect, value: f64) -> f64 {
        let scale = self.plan.scale();
        match study.size() {
            Some(size) => scale.to_display_at(value, size),
            None => scale.to_display(value),
        }
    }

    /// The studies that say something: those with an effect, or else those of the narrative with an effect, a P value or a direction.
    pub fn contributing(&self) -> Vec<&str> {
        match &self.narrative {
            Some(narrative) if self.pooled.is_none() => {
                let says = |it: &&NarrativeRow| {
                    it.effect.is_some() || it.p_value.is_some() || it.favours.is_some()
                };
                narrative.rows.iter().filter(says).map(|it| it.study.as_str()).collect()
            }
            _ => self.studies.iter().map(|it| it.study.as_str()).collect(),
        }
    }

    /// The weights of some of its studies in a regression.
    pub fn weighting(&self, studies: &[usize]) -> Weighting {
        let members: Vec<StudyEffect> =
            studies.iter().filter_map(|it| self.studies.get(*it).cloned()).collect();
        heterogeneity::weighting(&self.plan, &members)
    }

    /// The narrative synthesis, where it stands alone because nothing could be pooled.
    pub fn told_alone(&self) -> Option<&Narrative> {
        self.narrative.as_ref().filter(|_| self.pooled.is_none())
    }

    /// The value of no effect, as readers see it; none of one group's numbers means that.
    pub fn null_value(&self) -> Option<f64> {
        match self.plan.measure {
            Measure::Generic => Some(if self.plan.is_ratio() { 1.0 } else { 0.0 }),
            measure => measure.null_value(),
        }
    }
}

/// Answers one analysis.
pub fn analyse(state: &State, plan: &AnalysisPlan) -> Option<Synthesis> {
    let comparison = state.comparisons.get(&plan.comparison)?;
    let outcome = state.outcomes.get(&plan.outcome)?;
    Some(pool::synthesis(state, plan, comparison, outcome))
}
