//! A regression refitted without one study, for each study in turn.

use crate::effect::Effect;
use crate::model::design::Design;
use crate::model::kernel::linear::Linear;
use crate::model::options::{RegressionOptions, Weighting};
use crate::model::pool_error::PoolError;
use crate::model::regress::Regression;
use crate::model::solution::Core;
use crate::model::studies::Columns;

/// Calls `of` with each study's position and the fit without it; `None` where the rest cannot tell all coefficients
/// apart or are too few.
pub(crate) fn without_each<T>(
    fit: &Regression,
    mut of: impl FnMut(usize, Option<&Core>) -> Result<T, PoolError>,
) -> Result<Vec<T>, PoolError> {
    let k = fit.k();
    if k < 2 {
        return Err(PoolError::TooFew { what: "leaving out a study", found: k, needed: 2 });
    }
    (0..k)
        .map(|left_out| match without(fit, left_out) {
            Ok(core) => of(left_out, Some(&core)),
            Err(PoolError::Collinear { .. } | PoolError::NoDegreesOfFreedom { .. }) => {
                of(left_out, None)
            }
            Err(error) => Err(error),
        })
        .collect()
}

/// The studies, design and options of a fit without one study.
pub(crate) fn others(
    fit: &Regression,
    left_out: usize,
) -> (Vec<Effect>, Design, RegressionOptions) {
    let others: Vec<usize> = (0..fit.k()).filter(|&i| i != left_out).collect();
    let effects = others.iter().map(|&i| fit.effects[i]).collect();
    let weighting = match &fit.options.weighting {
        Weighting::Given(weights) => Weighting::Given(others.iter().map(|&i| weights[i]).collect()),
        other => other.clone(),
    };
    let options = RegressionOptions { weighting, ..fit.options.clone() };
    (effects, fit.design.rows(&others), options)
}

fn without(fit: &Regression, left_out: usize) -> Result<Core, PoolError> {
    let (effects, design, options) = others(fit, left_out);
    if design.k() < design.p() {
        return Err(PoolError::NoDegreesOfFreedom { k: design.k(), p: design.p() });
    }
    let columns = Columns::of(&effects)?;
    let basis = columns.basis(&design)?;
    let mut kernel = Linear::new(&basis, &columns.estimates, &columns.variances);
    Core::of(&columns, (&design, &basis), &mut kernel, &options)
}
