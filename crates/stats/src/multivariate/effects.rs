//! Best linear unbiased predictions of the random effects.

use crate::distribution::two_sided_z;
use crate::effect::Interval;
use crate::multivariate::fit::MultilevelFit;
use crate::multivariate::likelihood::residual_weights;
use crate::multivariate::problem::LoadKind;
use crate::multivariate::random::{Loading, Random};
use crate::numeric::matrix::{Matrix, Vector};

/// The predicted effect of one level (or coefficient) in one group.
#[derive(Debug, Clone, PartialEq)]
pub struct RandomEffect {
    /// The group.
    pub group: String,
    /// The level of the inner variable or the random coefficient; `None` for a random intercept.
    pub level: Option<String>,
    /// The prediction.
    pub estimate: f64,
    /// The standard error of prediction, which includes the uncertainty of the coefficients but not of the variances.
    pub se: f64,
    /// Normal prediction interval at 95 percent.
    pub prediction: Interval,
}

impl MultilevelFit {
    /// The predicted effects of each random term, in the order of its groups and levels; only those that some row has.
    ///
    /// û = GZ′W(y − Xβ̂), with Var(û − u) = G − GZ′PZG (Robinson 1991, doi 10.1214/ss/1177011926).
    pub fn random_effects(&self) -> Vec<Vec<RandomEffect>> {
        let values = self.term_matrices();
        let mut found: Vec<Vec<(usize, usize, f64, f64)>> = vec![Vec::new(); values.len()];
        for block in 0..self.state.rows.blocks.len() {
            for (term, g) in values.iter().enumerate() {
                self.effects_of(block, term, g, &mut found[term]);
            }
        }
        let unit = self.state.rows.unit;
        let z = two_sided_z(0.95);
        self.model
            .random
            .iter()
            .zip(found)
            .map(|(term, mut effects)| {
                effects.sort_by_key(|effect| (effect.0, effect.1));
                effects
                    .into_iter()
                    .map(|(group, level, estimate, variance)| {
                        let (group, level) = names(term, group, level);
                        let (estimate, se) =
                            (estimate * unit.sqrt(), (variance.max(0.0) * unit).sqrt());
                        RandomEffect {
                            group,
                            level,
                            estimate,
                            se,
                            prediction: Interval::around(estimate, z * se),
                        }
                    })
                    .collect()
            })
            .collect()
    }

    /// Appends (group, level, prediction, variance) of the effects of one term in one block.
    fn effects_of(
        &self,
        block: usize,
        term: usize,
        g: &Matrix,
        effects: &mut Vec<(usize, usize, f64, f64)>,
    ) {
        let p = self.p();
        let (rows, weighted) = (&self.state.rows.blocks[block], &self.weighted()[block]);
        let (n, load) = (rows.rows.len(), &rows.loads[term]);
        let u = residual_weights(&weighted.wxy, &self.state.shared.gamma, p);
        for group in 0..load.groups {
            let members: Vec<usize> = (0..n).filter(|&i| load.outer[i] == group).collect();
            let Some(&first) = members.first() else { continue };
            let mut levels: Vec<usize> = match &load.kind {
                LoadKind::Levels(level) => members.iter().map(|&i| level[i]).collect(),
                LoadKind::Slopes(_) => (0..g.nrows()).collect(),
            };
            levels.sort_unstable();
            levels.dedup();
            let outer = self.model.random[term].outer.codes()[rows.rows[first]];
            for level in levels {
                let covariance: Vec<f64> = members
                    .iter()
                    .map(|&i| match &load.kind {
                        LoadKind::Levels(own) => g[(level, own[i])],
                        LoadKind::Slopes(z) => {
                            (0..g.nrows()).map(|c| g[(level, c)] * z[i * g.nrows() + c]).sum()
                        }
                    })
                    .collect();
                let estimate: f64 = members.iter().zip(&covariance).map(|(&i, c)| c * u[i]).sum();
                let mut explained = 0.0;
                let mut shift = Vector::zeros(p);
                for (&i, a) in members.iter().zip(&covariance) {
                    for (&j, b) in members.iter().zip(&covariance) {
                        explained += a * weighted.w[i * n + j] * b;
                    }
                    for (c, shift) in shift.iter_mut().enumerate() {
                        *shift += weighted.wxy[i * (p + 1) + c] * a;
                    }
                }
                let estimation = (&self.state.shared.inverse * &shift).dot(&shift);
                effects.push((outer, level, estimate, g[(level, level)] - explained + estimation));
            }
        }
    }
}

fn names(term: &Random, group: usize, level: usize) -> (String, Option<String>) {
    let grouping = term.grouping();
    match &term.loading {
        _ if term.is_intercept => {
            let own = if grouping == &term.outer { group } else { level };
            (grouping.levels()[own].clone(), None)
        }
        Loading::Levels(inner) => {
            (grouping.levels()[group].clone(), Some(inner.levels()[level].clone()))
        }
        Loading::Slopes { names, .. } => {
            (grouping.levels()[group].clone(), Some(names[level].clone()))
        }
    }
}
