//! Derivatives by differences, to check exact ones against.

use crate::numeric::matrix::Matrix;

/// The gradient of `f` by central differences with one Richardson step: good to about ten digits.
pub(crate) fn gradient(f: impl Fn(&[f64]) -> f64, at: &[f64]) -> Vec<f64> {
    let mut point = at.to_vec();
    (0..at.len())
        .map(|i| {
            let h = 1e-3 * at[i].abs().max(0.1);
            let mut slope = |h: f64| {
                point[i] = at[i] + h;
                let above = f(&point);
                point[i] = at[i] - h;
                let below = f(&point);
                point[i] = at[i];
                (above - below) / (2.0 * h)
            };
            let (wide, narrow) = (slope(h), slope(h / 2.0));
            (4.0 * narrow - wide) / 3.0
        })
        .collect()
}

/// The Hessian from an exact gradient, by central differences with one Richardson step, made symmetric.
pub(crate) fn hessian_of_gradient(gradient: impl Fn(&[f64]) -> Vec<f64>, at: &[f64]) -> Matrix {
    let n = at.len();
    let mut point = at.to_vec();
    let mut matrix = Matrix::zeros(n, n);
    for i in 0..n {
        let h = 1e-3 * at[i].abs().max(0.1);
        let mut slopes = |h: f64| -> Vec<f64> {
            point[i] = at[i] + h;
            let above = gradient(&point);
            point[i] = at[i] - h;
            let below = gradient(&point);
            point[i] = at[i];
            above.iter().zip(&below).map(|(a, b)| (a - b) / (2.0 * h)).collect()
        };
        let (wide, narrow) = (slopes(h), slopes(h / 2.0));
        for j in 0..n {
            matrix[(i, j)] = (4.0 * narrow[j] - wide[j]) / 3.0;
        }
    }
    (&matrix + matrix.transpose()) * 0.5
}
