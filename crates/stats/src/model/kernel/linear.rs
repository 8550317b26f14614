//! The kernel of a mean that depends on moderators.
//!
//! It works in the coordinates of [`super::basis`], in which the most precise study touches the constant's coefficient
//! only: its share of every sum is kept apart (as in [`super::mean`]), so residuals keep their digits when it outweighs
//! the rest, or when all estimates share a large offset.

use crate::model::kernel::basis::Basis;
use crate::model::kernel::{FixedWeights, Kernel, Moments, Spread, most_precise};
use crate::numeric::matrix::{Matrix, Vector};

/// Studies whose effects have a mean that is linear in moderators.
pub(crate) struct Linear<'a> {
    basis: &'a Basis,
    variances: &'a [f64],
    /// Estimates minus `reference`.
    centred: Vec<f64>,
    reference: f64,
    weights: Vec<f64>,
    residuals: Vec<f64>,
    /// L with L·L′ = Z′WZ, row by row.
    factor: Vec<f64>,
    /// The basis' coefficients.
    gamma: Vec<f64>,
    /// The last pivot of `factor`, squared, without the most precise study's share.
    rest_pivot: f64,
    /// 1/Lᵢᵢ.
    inverse_pivots: Vec<f64>,
    /// L⁻¹z of one study.
    row: Vec<f64>,
    /// Σ w²·f·tt′ over all but the most precise study, for f = 1 and f = v.
    outer: [Vec<f64>; 2],
}

impl<'a> Linear<'a> {
    /// The kernel of studies under `basis`.
    pub(crate) fn new(basis: &'a Basis, estimates: &[f64], variances: &'a [f64]) -> Self {
        let (k, p) = (basis.k, basis.p);
        let reference = if basis.has_constant { estimates[most_precise(variances)] } else { 0.0 };
        Self {
            basis,
            variances,
            centred: estimates.iter().map(|y| y - reference).collect(),
            reference,
            weights: vec![0.0; k],
            residuals: vec![0.0; k],
            factor: vec![0.0; p * p],
            gamma: vec![0.0; p],
            rest_pivot: 0.0,
            inverse_pivots: vec![0.0; p],
            row: vec![0.0; p],
            outer: [vec![0.0; p * p], vec![0.0; p * p]],
        }
    }

    /// Weights 1/(v + τ²), with factor, coefficients and residuals to match.
    pub(crate) fn solve_at(&mut self, tau2: f64) {
        self.solve_with(FixedWeights::At(tau2));
    }

    /// Given weights, likewise.
    pub(crate) fn solve_with(&mut self, weights: FixedWeights) {
        weights.write(self.variances, &mut self.weights);
        self.solve();
    }

    /// Estimate minus fitted value, of the last solution.
    pub(crate) fn residuals(&self) -> &[f64] {
        &self.residuals
    }

    /// The weights of the last solution.
    pub(crate) fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The basis' coefficients for the estimates as given (not centred).
    pub(crate) fn coefficients(&self) -> Vector {
        let mut gamma = Vector::from_column_slice(&self.gamma);
        let last = gamma.len() - 1;
        gamma[last] += self.reference;
        gamma
    }

    /// (Z′WZ)⁻¹ of the last solution.
    pub(crate) fn inverse_information(&self) -> Matrix {
        let p = self.basis.p;
        // L⁻¹, column by column.
        let mut inverse = Matrix::zeros(p, p);
        let mut unit = vec![0.0; p];
        for j in 0..p {
            unit.fill(0.0);
            unit[j] = 1.0;
            forward(&self.factor, p, &mut unit);
            for (i, value) in unit.iter().enumerate() {
                inverse[(i, j)] = *value;
            }
        }
        inverse.transpose() * inverse
    }

    /// Σ f·zz′ over all studies.
    pub(crate) fn gram(&self, factor: impl Fn(usize) -> f64) -> Matrix {
        let p = self.basis.p;
        let mut gram = Matrix::zeros(p, p);
        for i in 0..self.basis.k {
            let (z, f) = (self.basis.row(i), factor(i));
            for a in 0..p {
                for b in 0..=a {
                    gram[(a, b)] += f * z[a] * z[b];
                }
            }
        }
        for a in 0..p {
            for b in 0..a {
                gram[(b, a)] = gram[(a, b)];
            }
        }
        gram
    }

    /// ln|Z′WZ| of the last solution.
    pub(crate) fn log_determinant(&self) -> f64 {
        let p = self.basis.p;
        2.0 * (0..p).map(|i| libm::log(self.factor[i * p + i])).sum::<f64>()
    }

    /// For each study its leverage h and 1 − h, of the last solution.
    pub(crate) fn leverages(&mut self) -> Vec<(f64, f64)> {
        (0..self.basis.k)
            .map(|i| {
                let size = self.scaled_row(i);
                (self.weights[i] * size, self.one_minus_leverage(i, size))
            })
            .collect()
    }

    /// 1 − h of study `i`, whose |L⁻¹z|² is `size`.
    fn one_minus_leverage(&self, i: usize, size: f64) -> f64 {
        let w = self.weights[i];
        if Some(i) == self.basis.best {
            self.rest_pivot / (self.rest_pivot + w)
        } else {
            (1.0 - w * size).max(0.0)
        }
    }

    fn solve(&mut self) {
        match self.basis.p {
            2 => self.solve_of::<2>(),
            3 => self.solve_of::<3>(),
            4 => self.solve_of::<4>(),
            _ => self.solve_of::<0>(),
        }
    }

    /// The solution for P coefficients, or for as many as there are if P is 0: a number known to the compiler makes straight
    /// code of the loops over them.
    fn solve_of<const P: usize>(&mut self) {
        let p = if P == 0 { self.basis.p } else { P };
        let Self { basis, weights, centred, residuals, .. } = self;
        let (factor, gamma) = (&mut self.factor[..p * p], &mut self.gamma[..p]);
        let best = basis.best.unwrap_or(usize::MAX);
        factor.fill(0.0);
        gamma.fill(0.0);
        for (i, z) in basis.rows.chunks_exact(p).enumerate() {
            // The most precise study's share is added to the last pivot below.
            let w = if i == best { 0.0 } else { weights[i] };
            let y = centred[i];
            for a in 0..p {
                let wz = w * z[a];
                gamma[a] += wz * y;
                for b in 0..=a {
                    factor[a * p + b] += wz * z[b];
                }
            }
        }
        let extra = basis.best.map_or(0.0, |best| weights[best]);
        self.rest_pivot = factorise(factor, p, extra);
        forward(factor, p, gamma);
        backward(factor, p, gamma);
        for ((r, y), z) in residuals.iter_mut().zip(centred.iter()).zip(basis.rows.chunks_exact(p))
        {
            let mut fitted = 0.0;
            for a in 0..p {
                fitted += z[a] * gamma[a];
            }
            *r = y - fitted;
        }
        if let Some(best) = basis.best {
            residuals[best] = -gamma[p - 1];
        }
    }

    /// Fills `row` with L⁻¹z of study `i` and gives its squared length.
    fn scaled_row(&mut self, i: usize) -> f64 {
        let p = self.basis.p;
        self.row.copy_from_slice(&self.basis.rows[i * p..(i + 1) * p]);
        forward(&self.factor, p, &mut self.row);
        self.row.iter().map(|t| t * t).sum()
    }

    /// The moments of the last solution, for P coefficients as in [`Self::solve_of`].
    fn moments_of<const P: usize>(&mut self) -> Moments {
        let p = if P == 0 { self.basis.p } else { P };
        let Self { basis, weights, residuals, inverse_pivots, rest_pivot, .. } = self;
        let factor = &self.factor[..p * p];
        let (row, outer) = (&mut self.row[..p], &mut self.outer[0][..p * p]);
        let inverse_pivots = &mut inverse_pivots[..p];
        for (i, inverse) in inverse_pivots.iter_mut().enumerate() {
            *inverse = 1.0 / factor[i * p + i];
        }
        let best = basis.best.unwrap_or(usize::MAX);
        outer.fill(0.0);
        // Σ w·u·t, whose squared length is what P takes from Σ w·u².
        let along = &mut self.gamma[..p];
        along.fill(0.0);
        let (mut q, mut pp, mut wuu, mut sum_w, mut sum_w2) = (0.0, 0.0, 0.0, 0.0, 0.0);
        let (mut trace, mut diagonals, mut squares) = (0.0, 0.0, 0.0);
        for (i, z) in basis.rows.chunks_exact(p).enumerate() {
            let (w, r) = (weights[i], residuals[i]);
            // t = L⁻¹z and its squared length.
            let mut size = 0.0;
            for a in 0..p {
                let mut value = z[a];
                for b in 0..a {
                    value -= factor[a * p + b] * row[b];
                }
                row[a] = value * inverse_pivots[a];
                size += row[a] * row[a];
            }
            let u = w * r;
            let (wu, ww) = (w * u, w * w);
            q += u * r;
            pp += u * u;
            wuu += wu * u;
            sum_w += w;
            sum_w2 += ww;
            let own =
                if i == best { *rest_pivot / (*rest_pivot + w) } else { (1.0 - w * size).max(0.0) };
            let diagonal = w * own;
            trace += diagonal;
            diagonals += diagonal * diagonal;
            let ww = if i == best { 0.0 } else { ww };
            squares += ww * size * (ww * size);
            for a in 0..p {
                along[a] += wu * row[a];
                let scaled = ww * row[a];
                for b in 0..p {
                    outer[a * p + b] += scaled * row[b];
                }
            }
        }
        let taken: f64 = along.iter().map(|g| g * g).sum();
        let off_diagonal = outer.iter().map(|c| c * c).sum::<f64>() - squares;
        let of_best = self.basis.best.map_or(0.0, |best| {
            let w = self.weights[best];
            self.best_with(0, w * w)
        });
        Moments {
            q,
            pp,
            ppp: (wuu - taken).max(0.0),
            sum_w,
            sum_w2,
            trace,
            trace_pp: diagonals + off_diagonal + 2.0 * of_best,
        }
    }

    /// Adds `factor`·tt′ (t in `row`) to one of the outer products.
    fn add_outer(&mut self, which: usize, factor: f64) {
        let p = self.basis.p;
        for a in 0..p {
            let scaled = factor * self.row[a];
            for b in 0..p {
                self.outer[which][a * p + b] += scaled * self.row[b];
            }
        }
    }

    /// t′·C·t for the outer product `which` and t = L⁻¹z of the most precise study, times `factor`.
    fn best_with(&self, which: usize, factor: f64) -> f64 {
        let p = self.basis.p;
        let last = p * p - 1;
        factor * self.outer[which][last] / (self.factor[last] * self.factor[last])
    }
}

impl Kernel for Linear<'_> {
    fn k(&self) -> usize {
        self.basis.k
    }

    fn p(&self) -> usize {
        self.basis.p
    }

    fn variances(&self) -> &[f64] {
        self.variances
    }

    fn q_and_slope(&mut self, tau2: f64) -> (f64, f64) {
        self.solve_at(tau2);
        let (mut q, mut pp) = (0.0, 0.0);
        for (w, r) in self.weights.iter().zip(&self.residuals) {
            let u = w * r;
            q += u * r;
            pp += u * u;
        }
        (q, pp)
    }

    fn moments(&mut self, tau2: f64) -> Moments {
        self.solve_at(tau2);
        match self.basis.p {
            2 => self.moments_of::<2>(),
            3 => self.moments_of::<3>(),
            4 => self.moments_of::<4>(),
            _ => self.moments_of::<0>(),
        }
    }

    fn log_information(&mut self, tau2: f64) -> f64 {
        self.solve_at(tau2);
        self.log_determinant()
    }

    fn spread(&mut self, weights: FixedWeights) -> Spread {
        self.solve_with(weights);
        let mut s = Spread {
            rss: 0.0,
            trace: 0.0,
            trace_pp: 0.0,
            trace_pv: 0.0,
            trace_pvp: 0.0,
            trace_pvpv: 0.0,
        };
        self.outer[0].fill(0.0);
        self.outer[1].fill(0.0);
        for i in 0..self.basis.k {
            let (w, v, r) = (self.weights[i], self.variances[i], self.residuals[i]);
            let size = self.scaled_row(i);
            s.rss += w * r * r;
            let d = w * self.one_minus_leverage(i, size);
            s.trace += d;
            s.trace_pv += d * v;
            let a = w * size * w;
            let is_best = Some(i) == self.basis.best;
            // What the products of outer sums hold of the pair (i, i), which is on the diagonal.
            let own = d * d - if is_best { 0.0 } else { a * a };
            s.trace_pp += own;
            s.trace_pvp += own * v;
            s.trace_pvpv += own * v * v;
            if !is_best {
                self.add_outer(0, w * w);
                self.add_outer(1, w * w * v);
            }
        }
        let product = |left: &[f64], right: &[f64]| -> f64 {
            left.iter().zip(right).map(|(a, b)| a * b).sum()
        };
        s.trace_pp += product(&self.outer[0], &self.outer[0]);
        s.trace_pvp += product(&self.outer[0], &self.outer[1]);
        s.trace_pvpv += product(&self.outer[1], &self.outer[1]);
        if let Some(best) = self.basis.best {
            let (ww, v) = (self.weights[best] * self.weights[best], self.variances[best]);
            s.trace_pp += 2.0 * self.best_with(0, ww);
            s.trace_pvp += self.best_with(0, ww * v) + self.best_with(1, ww);
            s.trace_pvpv += 2.0 * self.best_with(1, ww * v);
        }
        s
    }
}

/// Replaces the lower triangle of a p × p matrix (row by row) by its Cholesky factor, `extra` being added to the last
/// pivot; gives that pivot, squared, before the addition. What is not positive becomes NaN.
fn factorise(matrix: &mut [f64], p: usize, extra: f64) -> f64 {
    let mut rest = 0.0;
    for i in 0..p {
        for j in 0..=i {
            let mut value = matrix[i * p + j];
            for l in 0..j {
                value -= matrix[i * p + l] * matrix[j * p + l];
            }
            if i == j {
                if i + 1 == p {
                    rest = value.max(0.0);
                    value = rest + extra;
                }
                matrix[i * p + i] = if value > 0.0 { value.sqrt() } else { f64::NAN };
            } else {
                matrix[i * p + j] = value / matrix[j * p + j];
            }
        }
    }
    rest
}

/// L⁻¹·b in place.
fn forward(factor: &[f64], p: usize, b: &mut [f64]) {
    for i in 0..p {
        let mut value = b[i];
        for l in 0..i {
            value -= factor[i * p + l] * b[l];
        }
        b[i] = value / factor[i * p + i];
    }
}

/// L⁻ᵀ·b in place.
fn backward(factor: &[f64], p: usize, b: &mut [f64]) {
    for i in (0..p).rev() {
        let mut value = b[i];
        for l in i + 1..p {
            value -= factor[l * p + i] * b[l];
        }
        b[i] = value / factor[i * p + i];
    }
}
