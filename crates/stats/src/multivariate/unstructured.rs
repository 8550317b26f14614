//! Covariance matrices without structure, as `LLᵀ`: any value of the parameters gives a covariance matrix, singular ones included.

use crate::multivariate::structure::Derived;
use crate::numeric::matrix::Matrix;

/// How the rows of L are made of parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FactorForm {
    /// The elements themselves, row by row.
    Elements,
    /// Each row as its length (the level's standard deviation) and direction (angles): all lengths first, then the angles row by
    /// row. The cosine of a row's first angle is its correlation with the first level. Pinheiro & Bates (1996),
    /// doi 10.1007/BF00140873.
    Spherical,
}

impl FactorForm {
    /// `LLᵀ`.
    pub(crate) fn product(self, theta: &[f64], q: usize) -> Matrix {
        let l = self.factor(theta, q, &[]);
        &l * l.transpose()
    }

    /// `LLᵀ` with its derivatives.
    pub(crate) fn derived(self, theta: &[f64], q: usize) -> Derived {
        let l = self.factor(theta, q, &[]);
        let symmetric = |a: &Matrix, b: &Matrix| {
            let product = a * b.transpose();
            &product + product.transpose()
        };
        let directions: Vec<Matrix> =
            (0..theta.len()).map(|a| self.factor(theta, q, &[a])).collect();
        let mut second = Vec::new();
        for a in 0..theta.len() {
            for b in a..theta.len() {
                let mut d = symmetric(&directions[a], &directions[b]);
                if self == Self::Spherical {
                    d += symmetric(&self.factor(theta, q, &[a, b]), &l);
                }
                second.push((a, b, d));
            }
        }
        Derived {
            value: &l * l.transpose(),
            first: directions.iter().map(|d| symmetric(d, &l)).collect(),
            second,
        }
    }

    /// L, or its derivative by the parameters in `by`.
    fn factor(self, theta: &[f64], q: usize, by: &[usize]) -> Matrix {
        Matrix::from_fn(q, q, |i, j| {
            if j > i {
                return 0.0;
            }
            match self {
                Self::Elements => match by {
                    [] => theta[triangle(i) + j],
                    [at] => f64::from(*at == triangle(i) + j),
                    _ => 0.0,
                },
                Self::Spherical => spherical(theta, q, (i, j), by),
            }
        })
    }

    /// The parameters of a positive-semidefinite matrix.
    pub(crate) fn parameters_of(self, g: &Matrix) -> Vec<f64> {
        let q = g.nrows();
        let l = semidefinite_factor(g);
        match self {
            Self::Elements => {
                (0..q).flat_map(|i| (0..=i).map(move |j| (i, j))).map(|at| l[at]).collect()
            }
            Self::Spherical => {
                let length = |i: usize, from: usize| l.view((i, from), (1, q - from)).norm();
                let angles = (1..q).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| {
                    let rest = if j + 1 == i { l[(i, i)] } else { length(i, j + 1) };
                    libm::atan2(rest, l[(i, j)])
                });
                (0..q).map(|i| length(i, 0)).chain(angles).collect()
            }
        }
    }
}

/// Element (i, j) of L in spherical form, or its derivative: length·sin…sin·cos.
fn spherical(theta: &[f64], q: usize, (i, j): (usize, usize), by: &[usize]) -> f64 {
    let times = |at: usize| by.iter().filter(|parameter| **parameter == at).count();
    let mut value = match times(i) {
        0 => theta[i],
        1 => 1.0,
        _ => 0.0,
    };
    let mut used = times(i);
    for k in 0..i.min(j + 1) {
        let at = angle(i, k, q);
        let (sin, cos) = (libm::sin(theta[at]), libm::cos(theta[at]));
        let order = times(at);
        used += order;
        // The last factor is a cosine, except on the diagonal; each derivative turns it a quarter.
        value *= match (k == j, order) {
            (false, 0) => sin,
            (false, 1) | (true, 0) => cos,
            (false, _) | (true, 1) => -sin,
            (true, _) => -cos,
        };
    }
    if used == by.len() { value } else { 0.0 }
}

/// Position of the angle of row i and column j < i.
pub(crate) fn angle(i: usize, j: usize, q: usize) -> usize {
    q + i * (i - 1) / 2 + j
}

/// Number of elements before row i of a lower triangle.
pub(crate) fn triangle(i: usize) -> usize {
    i * (i + 1) / 2
}

/// L of a positive-semidefinite matrix, with columns of zeros where it is singular.
fn semidefinite_factor(g: &Matrix) -> Matrix {
    let q = g.nrows();
    let mut l = Matrix::zeros(q, q);
    for i in 0..q {
        for j in 0..=i {
            let rest: f64 = (0..j).map(|c| l[(i, c)] * l[(j, c)]).sum();
            let left = g[(i, j)] - rest;
            l[(i, j)] = if i == j {
                left.max(0.0).sqrt()
            } else if l[(j, j)] > 1e-8 * g[(j, j)].sqrt() {
                left / l[(j, j)]
            } else {
                0.0
            };
        }
    }
    l
}
