//! Profile-likelihood intervals of variances and correlations.

use crate::distribution::chi2_quantile;
use crate::multivariate::error::MultivariateError;
use crate::multivariate::fit::MultilevelFit;
use crate::multivariate::problem::{Problem, slots};
use crate::multivariate::random::{Random, leading, reported};
use crate::multivariate::search::maximum_near;
use crate::multivariate::structure::{Kernel, Structure};
use crate::multivariate::unstructured::FactorForm;
use crate::numeric::root::bracketed_root;

/// One variance or correlation of one component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VarianceParameter {
    /// A variance: the component's position and the variance's within it, from 0.
    Variance(usize, usize),
    /// A correlation: the component's position and the correlation's within it, from 0.
    Correlation(usize, usize),
}

/// A profile-likelihood interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProfileInterval {
    /// The estimate.
    pub estimate: f64,
    /// Lower limit; the least value the parameter can have if the likelihood does not fall enough before.
    pub lower: f64,
    /// Upper limit; the greatest value the parameter can have if the likelihood does not fall enough before.
    pub upper: f64,
    /// Whether the lower limit is the least value the parameter can have.
    pub lower_at_edge: bool,
    /// Whether the upper limit is the greatest value the parameter can have.
    pub upper_at_edge: bool,
}

impl MultilevelFit {
    /// All variances and correlations that were estimated, in the order of the components.
    pub fn variance_parameters(&self) -> Vec<VarianceParameter> {
        let mut parameters = Vec::new();
        for (c, component) in self.components.iter().enumerate() {
            let free = |fixed: &[bool]| -> Vec<usize> {
                (0..fixed.len()).filter(|&at| !fixed[at]).collect()
            };
            let variances = free(&component.variances_fixed);
            parameters.extend(variances.into_iter().map(|at| VarianceParameter::Variance(c, at)));
            let correlations = free(&component.correlations_fixed);
            parameters
                .extend(correlations.into_iter().map(|at| VarianceParameter::Correlation(c, at)));
        }
        parameters
    }

    /// The log-likelihood that the fit maximised, with one parameter held at `value` and the others at their best.
    pub fn profile(
        &self,
        parameter: VarianceParameter,
        value: f64,
    ) -> Result<f64, MultivariateError> {
        self.check(parameter)?;
        Profile::new(self, parameter).at(value)
    }

    /// The values of a parameter that a likelihood-ratio test at `level` does not reject (level in (0, 1)).
    ///
    /// Hardy & Thompson (1996), doi `10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A`; Viechtbauer (2010).
    pub fn profile_interval(
        &self,
        parameter: VarianceParameter,
        level: f64,
    ) -> Result<ProfileInterval, MultivariateError> {
        MultivariateError::check_level(level)?;
        self.check(parameter)?;
        let profile = Profile::new(self, parameter);
        let drop = 0.5 * chi2_quantile(level, 1.0);
        let excess = |value: f64| match profile.at(value) {
            Ok(ll) => self.state.log_likelihood - ll - drop,
            // Where the covariance is not positive definite the likelihood is as low as can be.
            Err(_) => f64::MAX,
        };
        let (least, greatest) = profile.range();
        let estimate = profile.estimate;
        let centre =
            if estimate.is_nan() { f64::midpoint(least, greatest.min(1.0)) } else { estimate };
        let (lower, lower_at_edge) = if centre <= least || excess(least) <= 0.0 {
            (least, true)
        } else {
            (root(&excess, least, centre)?, false)
        };
        let (upper, upper_at_edge) = if greatest.is_finite() {
            if centre >= greatest || excess(greatest) <= 0.0 {
                (greatest, true)
            } else {
                (root(&excess, centre, greatest)?, false)
            }
        } else {
            beyond(&excess, centre, self.state.rows.unit)?
        };
        Ok(ProfileInterval { estimate, lower, upper, lower_at_edge, upper_at_edge })
    }

    fn check(&self, parameter: VarianceParameter) -> Result<(), MultivariateError> {
        let (what, component, at) = match parameter {
            VarianceParameter::Variance(component, at) => ("variance", component, at),
            VarianceParameter::Correlation(component, at) => ("correlation", component, at),
        };
        let available = self.components.len();
        let Some(found) = self.components.get(component) else {
            return Err(MultivariateError::NoSuch {
                what: "component",
                found: component,
                available,
            });
        };
        let available = match parameter {
            VarianceParameter::Variance(..) => found.variances.len(),
            VarianceParameter::Correlation(..) => found.correlations.len(),
        };
        if at < available {
            Ok(())
        } else {
            Err(MultivariateError::NoSuch { what, found: at, available })
        }
    }
}

/// The likelihood as a function of one parameter.
struct Profile<'a> {
    fit: &'a MultilevelFit,
    parameter: VarianceParameter,
    /// The model's terms, with the structure in which the parameter can be held.
    random: Vec<Random>,
    /// The maximum in terms of that structure.
    start: Vec<Vec<f64>>,
    estimate: f64,
}

impl<'a> Profile<'a> {
    fn new(fit: &'a MultilevelFit, parameter: VarianceParameter) -> Self {
        let mut random = fit.model.random.clone();
        let mut start = fit.state.theta.clone();
        let (component, estimate) = match parameter {
            VarianceParameter::Variance(c, at) => (c, fit.components[c].variances[at]),
            VarianceParameter::Correlation(c, at) => (c, fit.components[c].correlations[at]),
        };
        if let Structure::Unstructured { order, form: FactorForm::Elements } =
            &random[component].structure
        {
            let q = order.len();
            let g = random[component].structure.value(&start[component]);
            let first = match parameter {
                VarianceParameter::Variance(_, level) => level,
                VarianceParameter::Correlation(_, at) => column_of(at, q),
            };
            let structure =
                Structure::Unstructured { order: leading(q, first), form: FactorForm::Spherical };
            start[component] = structure.parameters_of(&g);
            random[component].structure = structure;
        }
        Self { fit, parameter, random, start, estimate }
    }

    /// The least and greatest values the parameter can have.
    fn range(&self) -> (f64, f64) {
        match self.parameter {
            VarianceParameter::Variance(..) => (0.0, f64::INFINITY),
            VarianceParameter::Correlation(component, _) => match &self.random[component].structure
            {
                Structure::Correlated { kernel: Kernel::Spatial { .. }, .. } => {
                    (0.0, f64::INFINITY)
                }
                Structure::Correlated { kernel: Kernel::Equal { lower }, .. } => (*lower, 1.0),
                Structure::Correlated { kernel: Kernel::Power { lower, .. }, .. }
                    if *lower > 0.0 =>
                {
                    (0.0, 1.0)
                }
                _ => (-1.0, 1.0),
            },
        }
    }

    fn at(&self, value: f64) -> Result<f64, MultivariateError> {
        let rows = &self.fit.state.rows;
        let mut problem = Problem::new(rows, &self.random);
        let mut start = self.start.clone();
        let (component, held) = self.held(value, rows.unit);
        for (at, value) in held {
            problem.terms[component].slots[at].fixed = Some(value);
            start[component][at] = value;
        }
        let near = problem.gather(&start);
        maximum_near(&problem, self.fit.options.likelihood, &near)
            .map(|maximum| maximum.value)
            .ok_or(MultivariateError::NotConverged)
    }

    /// The component and which of its structure's parameters are held at what.
    fn held(&self, value: f64, unit: f64) -> (usize, Vec<(usize, f64)>) {
        let component = match self.parameter {
            VarianceParameter::Variance(component, _)
            | VarianceParameter::Correlation(component, _) => component,
        };
        let structure = &self.random[component].structure;
        let (variances, correlations) = reported(structure);
        let (mut variances, mut correlations) = (vec![None; variances], vec![None; correlations]);
        match self.parameter {
            VarianceParameter::Variance(_, at) => variances[at] = Some(value),
            VarianceParameter::Correlation(_, at) => correlations[at] = Some(value),
        }
        let slots = slots(structure, &variances, &correlations, unit);
        let held = slots.iter().enumerate().filter_map(|(at, slot)| Some((at, slot.fixed?)));
        (component, held.collect())
    }
}

/// The lower of the levels of a correlation, by columns of the lower triangle.
fn column_of(at: usize, q: usize) -> usize {
    let mut left = at;
    for j in 0..q {
        let length = q - 1 - j;
        if left < length {
            return j;
        }
        left -= length;
    }
    0
}

fn root(excess: &impl Fn(f64) -> f64, low: f64, high: f64) -> Result<f64, MultivariateError> {
    bracketed_root(excess, low, high).map_err(|_| MultivariateError::NotConverged)
}

/// The limit above `centre`, which has no bound; (∞, true) if the likelihood never falls enough.
fn beyond(
    excess: &impl Fn(f64) -> f64,
    centre: f64,
    unit: f64,
) -> Result<(f64, bool), MultivariateError> {
    let mut low = centre;
    let mut step = centre.max(0.01 * unit);
    for _ in 0..60 {
        let high = centre + step;
        if excess(high) > 0.0 {
            return Ok((root(excess, low, high)?, false));
        }
        low = high;
        step *= 2.0;
    }
    Ok((f64::INFINITY, true))
}
