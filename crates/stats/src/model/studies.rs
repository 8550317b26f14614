//! Effects checked and set out in columns, and the estimate of τ² that every model starts from.

use crate::effect::Effect;
use crate::model::design::Design;
use crate::model::kernel::basis::Basis;
use crate::model::kernel::linear::Linear;
use crate::model::kernel::mean::Mean;
use crate::model::kernel::{Kernel, most_precise};
use crate::model::options::{Model, Weighting};
use crate::model::pool_error::PoolError;
use crate::model::tau2::{self, Extra, Tau2};

/// Estimates and sampling variances, all finite and the variances above 0.
pub(crate) struct Columns {
    pub(crate) estimates: Vec<f64>,
    pub(crate) variances: Vec<f64>,
}

impl Columns {
    /// The columns of at least one effect.
    pub(crate) fn of(effects: &[Effect]) -> Result<Self, PoolError> {
        if effects.is_empty() {
            return Err(PoolError::NoStudies);
        }
        for (study, effect) in effects.iter().enumerate() {
            check_study(study, effect.estimate, effect.variance)?;
        }
        Ok(Self {
            estimates: effects.iter().map(|effect| effect.estimate).collect(),
            variances: effects.iter().map(|effect| effect.variance).collect(),
        })
    }

    /// All studies but one.
    pub(crate) fn without(&self, left_out: usize) -> Self {
        let rest = |column: &[f64]| [&column[..left_out], &column[left_out + 1..]].concat();
        Self { estimates: rest(&self.estimates), variances: rest(&self.variances) }
    }

    pub(crate) fn k(&self) -> usize {
        self.estimates.len()
    }

    /// The kernel of their plain mean; `weights` is only a buffer.
    pub(crate) fn mean<'a>(&'a self, weights: &'a mut Vec<f64>) -> Mean<'a> {
        Mean::new(&self.estimates, &self.variances, weights)
    }

    /// The basis of `design` for these studies.
    pub(crate) fn basis(&self, design: &Design) -> Result<Basis, PoolError> {
        Basis::new(design, most_precise(&self.variances))
    }

    /// τ² under the design of `basis`; `None` for the common-effect model.
    pub(crate) fn tau2(
        &self,
        basis: &Basis,
        model: Model,
        weighting: &Weighting,
    ) -> Result<Option<Tau2>, PoolError> {
        if basis.is_mean() {
            let mut buffer = Vec::new();
            let mut kernel = Mean::new(&self.estimates, &self.variances, &mut buffer);
            self.tau2_of(&mut kernel, basis, model, weighting)
        } else {
            let mut kernel = Linear::new(basis, &self.estimates, &self.variances);
            self.tau2_of(&mut kernel, basis, model, weighting)
        }
    }

    fn tau2_of(
        &self,
        kernel: &mut impl Kernel,
        basis: &Basis,
        model: Model,
        weighting: &Weighting,
    ) -> Result<Option<Tau2>, PoolError> {
        let ones;
        let weights = match weighting {
            Weighting::InverseVariance => None,
            Weighting::Unweighted => {
                ones = vec![1.0; self.k()];
                Some(ones.as_slice())
            }
            Weighting::Given(weights) => Some(weights.as_slice()),
        };
        match model {
            Model::CommonEffect => Ok(None),
            Model::GivenTau2(tau2) => Ok(Some(Tau2 { estimate: tau2, se: None })),
            Model::RandomEffects(method) => {
                let extra = Extra { estimates: &self.estimates, weights, basis: Some(basis) };
                let fixed = kernel.moments(0.0);
                tau2::estimate(kernel, &fixed, extra, method).map(Some)
            }
        }
    }
}

/// Refuses a study that is no number, has no variance, or is too extreme to compute with.
pub(crate) fn check_study(study: usize, estimate: f64, variance: f64) -> Result<(), PoolError> {
    if is_bearable(estimate, variance) {
        return Ok(());
    }
    if !estimate.is_finite() {
        return Err(PoolError::NotFinite { study, found: estimate });
    }
    if !variance.is_finite() || variance <= 0.0 {
        return Err(PoolError::VarianceNotPositive { study, found: variance });
    }
    Err(PoolError::Overflow)
}

/// As [`check_study`] for each study of two columns; the error is the first study's.
pub(crate) fn check_studies(estimates: &[f64], variances: &[f64]) -> Result<(), PoolError> {
    let studies = || estimates.iter().zip(variances);
    // Nearly always all is well, which is seen fastest without a jump at each study.
    if studies().fold(true, |sound, (y, v)| sound & is_bearable(*y, *v)) {
        return Ok(());
    }
    studies().enumerate().try_for_each(|(study, (y, v))| check_study(study, *y, *v))
}

/// Whether squares and cubes of weights and of weighted residuals stay in a double's range; NaN never does.
fn is_bearable(estimate: f64, variance: f64) -> bool {
    (1e-50..=1e50).contains(&variance) & (estimate.abs() <= 1e50)
}
