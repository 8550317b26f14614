//! The analysis as Review Manager shows it: studies, subgroups, totals, tests.

use crate::effect::{Effect, EffectError, Interval};
use crate::effect_size::binary::TwoByTwo;
use crate::model::options::{CiMethod, Model, PoolOptions};
use crate::model::pool::{Pooled, from_q, pool};
use crate::model::pool_error::PoolError;
use crate::model::subgroup::{SubgroupTest, test_for_subgroup_differences};
use crate::model::tau2_interval::tau2_interval_q_profile;
use crate::revman::analysis::{
    DichotomousMethod, RevManAnalysis, RevManInterval, RevManModel, RevManOptions, RevManTotals,
    Totals,
};
use crate::revman::studies::{study_effects, totals};
use crate::tables::mantel_haenszel::mantel_haenszel;
use crate::tables::options::{CellTreatment, MhModel, MhOptions};

/// One study's line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RevManStudy {
    /// Its effect on the analysis scale, or why it is not estimable.
    pub effect: Result<Effect, EffectError>,
    /// Its interval at the studies' level.
    pub interval: Option<Interval>,
    /// Its weight in percent of the total it belongs to; 0 if it is not estimable or no total is shown.
    pub weight: f64,
}

/// One total: of all studies or of a subgroup.
#[derive(Debug, Clone, PartialEq)]
pub struct RevManSynthesis {
    /// The pooled answer; weights are those of the estimable studies. I² of random effects comes from τ² (as RevMan has
    /// it since 2024; with the DerSimonian-Laird τ² of an inverse-variance analysis that is the same as from Q).
    pub pooled: Pooled,
    /// I² in percent from Q, as Review Manager 5 has it.
    pub i2_from_q: f64,
    /// Q-profile interval of τ² for random effects of at least two studies.
    pub tau2_interval: Option<Interval>,
    /// Events and people of all its studies, estimable or not, as Review Manager prints them under the studies.
    pub totals: Totals,
    /// Events and people of the estimable studies.
    pub estimable_totals: Totals,
}

/// An analysis as Review Manager shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct RevManResult {
    /// The studies, in order.
    pub studies: Vec<RevManStudy>,
    /// All studies together.
    pub overall: Result<RevManSynthesis, PoolError>,
    /// Each subgroup, in the order of its first study; empty without subgroups.
    pub subgroups: Vec<RevManSubgroup>,
    /// The test for subgroup differences; `None` for fewer than two subgroups with an estimate.
    pub subgroup_test: Option<SubgroupTest>,
}

/// One subgroup.
#[derive(Debug, Clone, PartialEq)]
pub struct RevManSubgroup {
    /// Its label, as given.
    pub label: usize,
    /// Its total.
    pub synthesis: Result<RevManSynthesis, PoolError>,
}

/// Computes an analysis as Review Manager does.
///
/// `subgroups` gives each study's subgroup; subgroups are pooled each on its own, with their own τ². A study may appear
/// in several subgroups as several rows, as in Review Manager. A total without an estimable study is an error in its
/// place; the analysis itself is refused only for a level outside (0, 1), no studies, or a wrong number of labels.
pub fn review_manager(
    analysis: &RevManAnalysis,
    subgroups: Option<&[usize]>,
    options: &RevManOptions,
) -> Result<RevManResult, PoolError> {
    PoolError::check_level(options.level)?;
    PoolError::check_level(options.study_level)?;
    if analysis.is_empty() {
        return Err(PoolError::NoStudies);
    }
    let all: Vec<usize> = (0..analysis.len()).collect();
    let members = match subgroups {
        None => Vec::new(),
        Some(labels) if labels.len() == analysis.len() => members_of(labels),
        Some(labels) => {
            return Err(PoolError::LabelsAndStudies {
                labels: labels.len(),
                studies: analysis.len(),
            });
        }
    };
    let profile = Profile { analysis, options, effects: study_effects(analysis, options.rules) };
    let overall = profile.synthesis(&all);
    let subgroups: Vec<RevManSubgroup> = members
        .iter()
        .map(|(label, rows)| RevManSubgroup { label: *label, synthesis: profile.synthesis(rows) })
        .collect();
    let mut studies: Vec<RevManStudy> =
        profile.effects.iter().map(|effect| profile.study(*effect)).collect();
    match options.totals {
        RevManTotals::Overall => profile.weigh(&mut studies, &all, &overall),
        RevManTotals::SubgroupsOnly => {
            for (subgroup, (_, rows)) in subgroups.iter().zip(&members) {
                profile.weigh(&mut studies, rows, &subgroup.synthesis);
            }
        }
        RevManTotals::None => {}
    }
    let between: Vec<Effect> = subgroups
        .iter()
        .filter_map(|it| it.synthesis.as_ref().ok())
        .map(|it| Effect { estimate: it.pooled.estimate, variance: it.pooled.se * it.pooled.se })
        .collect();
    let subgroup_test = test_for_subgroup_differences(&between).ok();
    Ok(RevManResult { studies, overall, subgroups, subgroup_test })
}

/// The rows of each label, in the order of first appearance.
fn members_of(labels: &[usize]) -> Vec<(usize, Vec<usize>)> {
    let mut members: Vec<(usize, Vec<usize>)> = Vec::new();
    for (row, label) in labels.iter().enumerate() {
        match members.iter_mut().find(|(known, _)| known == label) {
            Some((_, rows)) => rows.push(row),
            None => members.push((*label, vec![row])),
        }
    }
    members
}

struct Profile<'a> {
    analysis: &'a RevManAnalysis<'a>,
    options: &'a RevManOptions,
    effects: Vec<Result<Effect, EffectError>>,
}

impl Profile<'_> {
    fn study(&self, effect: Result<Effect, EffectError>) -> RevManStudy {
        let interval = effect.ok().map(|effect| effect.interval(self.options.study_level));
        RevManStudy { effect, interval, weight: 0.0 }
    }

    /// Gives the estimable studies at `rows` their weights in a synthesis.
    fn weigh(
        &self,
        studies: &mut [RevManStudy],
        rows: &[usize],
        synthesis: &Result<RevManSynthesis, PoolError>,
    ) {
        let Ok(synthesis) = synthesis else { return };
        let estimable = rows.iter().filter(|&&row| self.effects[row].is_ok());
        for (&row, weight) in estimable.zip(&synthesis.pooled.weights) {
            studies[row].weight = *weight;
        }
    }

    fn synthesis(&self, rows: &[usize]) -> Result<RevManSynthesis, PoolError> {
        let (estimable, effects): (Vec<usize>, Vec<Effect>) =
            rows.iter().filter_map(|&row| Some((row, self.effects[row].ok()?))).unzip();
        if effects.is_empty() {
            return Err(PoolError::NothingEstimable { found: rows.len() });
        }
        let mut pooled = self.pooled(&estimable, &effects)?;
        let random = self.is_random();
        if random {
            pooled.prediction = self.options.prediction.and_then(|method| {
                method.interval(
                    pooled.estimate,
                    pooled.se,
                    pooled.tau2,
                    pooled.k,
                    self.options.level,
                )
            });
        }
        let tau2_interval = if random && effects.len() > 1 {
            Some(tau2_interval_q_profile(&effects, self.options.level)?)
        } else {
            None
        };
        Ok(RevManSynthesis {
            i2_from_q: from_q(pooled.q, pooled.q_df).0,
            pooled,
            tau2_interval,
            totals: totals(self.analysis, rows),
            estimable_totals: totals(self.analysis, &estimable),
        })
    }

    fn pooled(&self, rows: &[usize], effects: &[Effect]) -> Result<Pooled, PoolError> {
        match *self.analysis {
            RevManAnalysis::Dichotomous {
                tables,
                measure,
                method: DichotomousMethod::MantelHaenszel(model),
            } => {
                let tables: Vec<TwoByTwo> = rows.iter().map(|&row| tables[row]).collect();
                let cells = CellTreatment::ReviewManager(self.options.rules);
                let options =
                    MhOptions { cells, ..MhOptions::review_manager(model, self.options.level) };
                Ok(mantel_haenszel(&tables, measure, &options)?.pooled)
            }
            RevManAnalysis::Dichotomous {
                method: DichotomousMethod::InverseVariance(model),
                ..
            }
            | RevManAnalysis::Continuous { model, .. }
            | RevManAnalysis::Generic { model, .. }
            | RevManAnalysis::ObservedMinusExpected { model, .. } => {
                pool(effects, &self.pool_options(model, effects.len()))
            }
            RevManAnalysis::Peto { .. } => {
                pool(effects, &self.pool_options(RevManModel::Fixed, effects.len()))
            }
        }
    }

    fn pool_options(&self, model: RevManModel, k: usize) -> PoolOptions {
        let (model, random) = match model {
            RevManModel::Fixed => (Model::CommonEffect, false),
            RevManModel::Random(tau2) => (Model::RandomEffects(tau2.method()), true),
        };
        let ci = match self.options.interval {
            RevManInterval::HartungKnapp if random && k > 1 => CiMethod::HartungKnapp,
            RevManInterval::HartungKnapp | RevManInterval::Wald => CiMethod::Wald,
        };
        PoolOptions { model, ci, level: self.options.level, prediction: None }
    }

    fn is_random(&self) -> bool {
        match *self.analysis {
            RevManAnalysis::Dichotomous { method, .. } => matches!(
                method,
                DichotomousMethod::MantelHaenszel(MhModel::RandomEffects)
                    | DichotomousMethod::InverseVariance(RevManModel::Random(_))
            ),
            RevManAnalysis::Continuous { model, .. }
            | RevManAnalysis::Generic { model, .. }
            | RevManAnalysis::ObservedMinusExpected { model, .. } => model != RevManModel::Fixed,
            RevManAnalysis::Peto { .. } => false,
        }
    }
}
