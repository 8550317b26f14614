//! The answers of a batch, one column for each number and one row for each group.

use crate::model::pool::Synthesis;
use crate::model::pool_error::PoolError;

/// What [`crate::Pooled`] holds, as columns; a group that could not be pooled has an error and NaN in every column.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PooledColumns {
    /// Numbers of studies.
    pub k: Vec<usize>,
    /// Pooled estimates.
    pub estimate: Vec<f64>,
    /// Their standard errors.
    pub se: Vec<f64>,
    /// Lower limits of the confidence intervals.
    pub ci_lower: Vec<f64>,
    /// Upper limits of the confidence intervals.
    pub ci_upper: Vec<f64>,
    /// Two-sided p values.
    pub p_value: Vec<f64>,
    /// Between-study variances.
    pub tau2: Vec<f64>,
    /// I² in percent.
    pub i2: Vec<f64>,
    /// Cochran's Q about the common-effect mean.
    pub q: Vec<f64>,
    /// Its p values.
    pub q_p_value: Vec<f64>,
    /// Lower limits of the prediction intervals; NaN where there is none (see [`crate::Pooled::prediction`]).
    pub prediction_lower: Vec<f64>,
    /// Upper limits of the prediction intervals; NaN where there is none.
    pub prediction_upper: Vec<f64>,
    /// The groups (from 0, ascending) that could not be pooled, and why.
    pub errors: Vec<(usize, PoolError)>,
}

impl PooledColumns {
    /// Number of groups.
    pub fn len(&self) -> usize {
        self.k.len()
    }

    /// Whether there are no groups.
    pub fn is_empty(&self) -> bool {
        self.k.is_empty()
    }

    /// Why a group could not be pooled; `None` if it was, or if there is no such group.
    pub fn error(&self, group: usize) -> Option<&PoolError> {
        let at = self.errors.binary_search_by_key(&group, |error| error.0).ok()?;
        Some(&self.errors[at].1)
    }

    /// Rows of 0 for so many groups.
    pub(super) fn zeros(groups: usize) -> Self {
        let column = || vec![0.0; groups];
        Self {
            k: vec![0; groups],
            estimate: column(),
            se: column(),
            ci_lower: column(),
            ci_upper: column(),
            p_value: column(),
            tau2: column(),
            i2: column(),
            q: column(),
            q_p_value: column(),
            prediction_lower: column(),
            prediction_upper: column(),
            errors: Vec::new(),
        }
    }

    /// All rows, to be written.
    pub(super) fn rows(&mut self) -> Rows<'_> {
        Rows {
            k: &mut self.k,
            numbers: [
                &mut self.estimate,
                &mut self.se,
                &mut self.ci_lower,
                &mut self.ci_upper,
                &mut self.p_value,
                &mut self.tau2,
                &mut self.i2,
                &mut self.q,
                &mut self.q_p_value,
                &mut self.prediction_lower,
                &mut self.prediction_upper,
            ],
        }
    }
}

/// Rows that one thread writes.
pub(super) struct Rows<'a> {
    k: &'a mut [usize],
    numbers: [&'a mut [f64]; 11],
}

impl Rows<'_> {
    /// Takes the first `count` rows away; there are as many.
    pub(super) fn split_off(&mut self, count: usize) -> Self {
        Self {
            k: self.k.split_off_mut(..count).unwrap_or_default(),
            numbers: self
                .numbers
                .each_mut()
                .map(|it| it.split_off_mut(..count).unwrap_or_default()),
        }
    }

    /// Writes the answer of a group of `k` studies; NaN where there is none.
    pub(super) fn write(&mut self, row: usize, k: usize, answer: Option<&Synthesis>) {
        self.k[row] = k;
        let numbers = answer.map_or([f64::NAN; 11], |it| {
            let prediction = it.prediction.map_or([f64::NAN; 2], |it| [it.lower, it.upper]);
            [
                it.estimate,
                it.se,
                it.ci.lower,
                it.ci.upper,
                it.p_value,
                it.tau2(),
                it.i2,
                it.q,
                it.q_p_value,
                prediction[0],
                prediction[1],
            ]
        });
        for (column, number) in self.numbers.iter_mut().zip(numbers) {
            column[row] = number;
        }
    }
}
