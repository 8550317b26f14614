//! Small dense kernels on row-major slices: what is done in every block at every step.

/// Replaces the symmetric matrix (its upper triangle is read) by its inverse, in full, and returns ln det; `None` if it is not
/// positive definite.
///
/// Gauss-Jordan elimination by symmetric sweeps, which is stable for positive-definite matrices without pivoting.
pub(crate) fn invert(a: &mut [f64], n: usize, row: &mut Vec<f64>) -> Option<f64> {
    let mut log_determinant = 0.0;
    row.clear();
    row.resize(n, 0.0);
    for k in 0..n {
        let pivot = a[k * n + k];
        // NaN fails the comparison, too.
        if !(pivot > 0.0 && pivot.is_finite()) {
            return None;
        }
        log_determinant += libm::log(pivot);
        for i in 0..k {
            row[i] = a[i * n + k];
        }
        row[k..n].copy_from_slice(&a[k * n + k..(k + 1) * n]);
        for i in 0..n {
            if i == k || row[i] == 0.0 {
                continue;
            }
            let factor = row[i] / pivot;
            for (target, source) in a[i * n + i..(i + 1) * n].iter_mut().zip(&row[i..n]) {
                *target -= factor * source;
            }
        }
        for i in 0..k {
            a[i * n + k] = row[i] / pivot;
        }
        for j in k + 1..n {
            a[k * n + j] = row[j] / pivot;
        }
        a[k * n + k] = -1.0 / pivot;
    }
    for i in 0..n {
        for j in i..n {
            let value = -a[i * n + j];
            a[i * n + j] = value;
            a[j * n + i] = value;
        }
    }
    Some(log_determinant)
}

/// `c` (n × m) += `a` (n × l) · `b` (l × m).
pub(crate) fn multiply_add(c: &mut [f64], a: &[f64], b: &[f64], [n, l, m]: [usize; 3]) {
    for i in 0..n {
        let target = &mut c[i * m..(i + 1) * m];
        for k in 0..l {
            let factor = a[i * l + k];
            if factor != 0.0 {
                for (target, source) in target.iter_mut().zip(&b[k * m..(k + 1) * m]) {
                    *target += factor * source;
                }
            }
        }
    }
}

/// tr(A·B) of n × n matrices.
pub(crate) fn trace_of_product(a: &[f64], b: &[f64], n: usize) -> f64 {
    let mut total = 0.0;
    for i in 0..n {
        for j in 0..n {
            total += a[i * n + j] * b[j * n + i];
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::{invert, multiply_add};

    #[test]
    fn an_inverse_times_its_matrix_is_the_identity() {
        let a = [4.0, 2.0, 0.5, 2.0, 3.0, -1.0, 0.5, -1.0, 5.0];
        let mut inverse = a;
        let log_determinant = invert(&mut inverse, 3, &mut Vec::new()).unwrap();
        let determinant: f64 = 4.0 * 14.0 - 2.0 * 10.5 + 0.5 * -3.5;
        assert!((log_determinant - libm::log(determinant)).abs() < 1e-14);
        let mut product = [0.0; 9];
        multiply_add(&mut product, &a, &inverse, [3, 3, 3]);
        for (at, value) in product.iter().enumerate() {
            assert!((value - if at % 4 == 0 { 1.0 } else { 0.0 }).abs() < 1e-15);
        }
    }

    #[test]
    fn an_indefinite_matrix_has_no_inverse_here() {
        assert!(invert(&mut [1.0, 2.0, 2.0, 1.0], 2, &mut Vec::new()).is_none());
        assert!(invert(&mut [f64::NAN], 1, &mut Vec::new()).is_none());
    }
}
