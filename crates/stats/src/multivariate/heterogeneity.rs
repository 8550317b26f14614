//! How much of the variation is heterogeneity, and at which level.

use crate::multivariate::dense::{invert, multiply_add};
use crate::multivariate::fit::MultilevelFit;
use crate::multivariate::likelihood::marginal;
use crate::numeric::matrix::{Factor, Matrix};

/// The shares of heterogeneity in the variation of the effects.
#[derive(Debug, Clone, PartialEq)]
pub struct MultilevelHeterogeneity {
    /// The typical sampling variance, (k − p)/tr P with P of the model without random effects.
    pub typical_variance: f64,
    /// I² in percent: the variance of all random terms in that and the typical sampling variance together.
    pub i2: f64,
    /// The share in percent of each random term; they add up to `i2`.
    pub i2_of: Vec<f64>,
}

impl MultilevelFit {
    /// I² in total and for each random term.
    ///
    /// Higgins & Thompson (2002), doi 10.1002/sim.1186, generalised to any V and design as by Nakagawa & Santos (2012),
    /// doi 10.1007/s10682-012-9555-5. A term with several variances counts with their mean over the rows. `None` if V has no inverse
    /// or there are as many coefficients as rows.
    pub fn heterogeneity(&self) -> Option<MultilevelHeterogeneity> {
        let typical_variance = self.typical_variance()?;
        let rows = &self.state.rows;
        let values = self.term_matrices();
        let mut means = vec![0.0; values.len()];
        for block in &rows.blocks {
            for ((mean, load), g) in means.iter_mut().zip(&block.loads).zip(&values) {
                for i in 0..block.rows.len() {
                    *mean += load.between(g, i, i) * rows.unit / rows.k as f64;
                }
            }
        }
        let total = typical_variance + means.iter().sum::<f64>();
        let i2_of: Vec<f64> = means.iter().map(|mean| 100.0 * mean / total).collect();
        Some(MultilevelHeterogeneity { typical_variance, i2: i2_of.iter().sum(), i2_of })
    }

    /// (k − p)/(tr W − tr (X′WX)⁻¹X′WWX) with W = V⁻¹.
    fn typical_variance(&self) -> Option<f64> {
        let (rows, p) = (&self.state.rows, self.p());
        if rows.k == p {
            return None;
        }
        let (mut information, mut squared) = (Matrix::zeros(p, p), Matrix::zeros(p, p));
        let (mut trace, mut w, mut row) = (0.0, Vec::new(), Vec::new());
        for block in &rows.blocks {
            let n = block.rows.len();
            marginal(block, &[], &mut w);
            invert(&mut w, n, &mut row)?;
            let mut wxy = vec![0.0; n * (p + 1)];
            multiply_add(&mut wxy, &w, &block.xy, [n, n, p + 1]);
            trace += (0..n).map(|i| w[i * n + i]).sum::<f64>();
            for (xy, wxy) in block.xy.chunks_exact(p + 1).zip(wxy.chunks_exact(p + 1)) {
                for a in 0..p {
                    for b in 0..p {
                        information[(a, b)] += xy[a] * wxy[b];
                        squared[(a, b)] += wxy[a] * wxy[b];
                    }
                }
            }
        }
        let explained = Factor::of(information)?.solve(&squared).trace();
        Some((rows.k - p) as f64 * rows.unit / (trace - explained))
    }
}
