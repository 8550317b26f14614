//! A regression refitted without one study, for each study in turn, all in the coordinates of the whole.

use crate::effect::Effect;
use crate::model::design::Design;
use crate::model::kernel::FixedWeights;
use crate::model::kernel::basis::Basis;
use crate::model::kernel::linear::Linear;
use crate::model::options::{RegressionOptions, Weighting};
use crate::model::pool_error::PoolError;
use crate::model::regress::Regression;
use crate::model::solution::Core;
use crate::model::studies::Columns;

/// A fit about to lose its studies one by one.
pub(crate) struct Deletions<'a> {
    fit: &'a Regression,
    pub(crate) columns: Columns,
    pub(crate) basis: Basis,
}

impl<'a> Deletions<'a> {
    /// Of a fit of at least two studies.
    pub(crate) fn of(fit: &'a Regression) -> Result<Self, PoolError> {
        if fit.k() < 2 {
            return Err(PoolError::TooFew {
                what: "leaving out a study",
                found: fit.k(),
                needed: 2,
            });
        }
        let (columns, basis) = fit.parts()?;
        Ok(Self { fit, columns, basis })
    }

    /// Calls `of` with each study's position and the fit without it; `None` where the rest cannot tell all coefficients
    /// apart or are too few.
    pub(crate) fn each<T>(
        &self,
        mut of: impl FnMut(usize, Option<&Core>) -> Result<T, PoolError>,
    ) -> Result<Vec<T>, PoolError> {
        let mut kernel = Linear::new(&self.basis, &self.columns.estimates, &self.columns.variances);
        kernel.solve_with(FixedWeights::Equal);
        let leverages = kernel.leverages();
        (0..self.fit.k())
            .map(|left_out| {
                // Alone in telling some coefficient, whatever the weights.
                if leverages[left_out].1 < 1e-10 {
                    return of(left_out, None);
                }
                match self.without(left_out) {
                    Ok(core) => of(left_out, Some(&core)),
                    Err(PoolError::NoDegreesOfFreedom { .. }) => of(left_out, None),
                    Err(error) => Err(error),
                }
            })
            .collect()
    }

    fn without(&self, left_out: usize) -> Result<Core, PoolError> {
        let columns = self.columns.without(left_out);
        let basis = self.basis.without(left_out);
        let options = options_without(&self.fit.options, left_out);
        let mut kernel = Linear::new(&basis, &columns.estimates, &columns.variances);
        Core::of(&columns, &basis, &mut kernel, &options)
    }

    /// The mean and its variance that `core` predicts for study `i`.
    pub(crate) fn predicted(&self, i: usize, core: &Core) -> (f64, f64) {
        let solution = &core.solution;
        let mean = self.basis.row(i).iter().zip(solution.gamma.iter()).map(|(z, g)| z * g).sum();
        (mean, self.basis.variance_of_mean(&solution.gamma_vcov, i))
    }
}

/// The studies, design and options of a fit without one study.
pub(crate) fn others(
    fit: &Regression,
    left_out: usize,
) -> (Vec<Effect>, Design, RegressionOptions) {
    let others: Vec<usize> = (0..fit.k()).filter(|&i| i != left_out).collect();
    let effects = others.iter().map(|&i| fit.effects[i]).collect();
    (effects, fit.design.rows(&others), options_without(&fit.options, left_out))
}

fn options_without(options: &RegressionOptions, left_out: usize) -> RegressionOptions {
    let mut options = options.clone();
    if let Weighting::Given(weights) = &mut options.weighting {
        weights.remove(left_out);
    }
    options
}
