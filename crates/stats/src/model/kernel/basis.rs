//! A design's column space in well-conditioned coordinates.
//!
//! The design is replaced by an orthonormal basis of its column space, which leaves P unchanged. If the space holds the
//! constant, rows are first taken relative to the most precise study, and the constant is the last column: moderators
//! such as calendar years then cost no digits, and that study's row is 0 but for the constant.

use crate::model::design::Design;
use crate::model::kernel::most_precise;
use crate::model::pool_error::PoolError;
use crate::numeric::matrix::{Matrix, Vector};

/// A column whose part outside the earlier columns is smaller than this share of it is collinear.
const COLLINEAR: f64 = 1e-10;

/// An orthonormal basis of a design's column space, and the way back.
#[derive(Debug)]
pub(crate) struct Basis {
    /// k × p, row by row; the constant, if there, is the last column.
    pub(super) rows: Vec<f64>,
    pub(super) k: usize,
    pub(super) p: usize,
    /// Whether the space holds the constant, which then is the last column.
    pub(super) has_constant: bool,
    /// Position of the study whose row is 0 but for the constant; `None` if there is none.
    pub(super) best: Option<usize>,
    /// γ = T·β, with β the design's and γ the basis' coefficients.
    transform: Matrix,
    /// T⁻¹.
    back: Matrix,
}

impl Basis {
    /// The basis of `design` for studies of which number `best` is the most precise.
    pub(crate) fn new(design: &Design, best: usize) -> Result<Self, PoolError> {
        let x = design.matrix();
        let (k, p) = x.shape();
        let collinear =
            |column: usize| PoolError::Collinear { column: design.names()[column].clone() };
        let constant = design.intercept_column();
        let centred = Matrix::from_fn(k, p, |i, j| x[(i, j)] - x[(best, j)]);
        let norms: Vec<f64> = (0..p).map(|j| x.column(j).norm()).collect();
        if constant.is_none() {
            let plain = Orthonormal::of(x, &norms);
            if let Some(&column) = plain.dependent.first() {
                return Err(collinear(column));
            }
            if !plain.spans_constant() {
                let rows = plain.q.transpose().as_slice().to_vec();
                return Self::with_transform(rows, (k, p), None, plain.r);
            }
        }
        let Orthonormal { q, r, dependent } = Orthonormal::of(&centred, &norms);
        // The constant itself, or one column that it and the others make up, leaves nothing when centred.
        if q.ncols() + 1 != p {
            let column = dependent.iter().rev().find(|&&j| Some(j) != constant);
            return Err(collinear(*column.unwrap_or(&(p - 1))));
        }
        let mut transform = Matrix::zeros(p, p);
        transform.rows_mut(0, p - 1).copy_from(&r);
        transform.row_mut(p - 1).copy_from(&x.row(best));
        let mut rows = Vec::with_capacity(k * p);
        for i in 0..k {
            rows.extend(q.row(i).iter());
            rows.push(1.0);
        }
        Self::with_transform(rows, (k, p), Some(best), transform)
    }

    /// The basis of the plain mean of at least one study.
    pub(crate) fn of_mean(variances: &[f64]) -> Self {
        let k = variances.len();
        let best = most_precise(variances);
        let one = Matrix::identity(1, 1);
        Self {
            rows: vec![1.0; k],
            k,
            p: 1,
            has_constant: true,
            best: Some(best),
            transform: one.clone(),
            back: one,
        }
    }

    /// ln|X′X| of the design.
    pub(crate) fn log_determinant_of_design(&self) -> f64 {
        // |X′X| = |Z′Z|·|T|²: Z′Z is the identity but for the constant's row and column.
        let mut gram = Matrix::zeros(self.p, self.p);
        for row in self.rows.chunks_exact(self.p) {
            for a in 0..self.p {
                for b in 0..self.p {
                    gram[(a, b)] += row[a] * row[b];
                }
            }
        }
        let log_abs = |m: Matrix| libm::log(m.lu().determinant().abs());
        log_abs(gram) + 2.0 * log_abs(self.transform.clone())
    }

    /// ln|X′WX| − ln|Z′WZ|.
    pub(crate) fn log_scale(&self) -> f64 {
        2.0 * libm::log(self.transform.clone().lu().determinant().abs())
    }

    /// T⁻¹: the design's coefficients are T⁻¹·γ.
    pub(crate) fn back(&self) -> &Matrix {
        &self.back
    }

    /// Whether the mean is all there is.
    pub(crate) fn is_mean(&self) -> bool {
        self.has_constant && self.p == 1
    }

    /// The same basis, so the same coordinates, for all studies but one (which need not span it).
    pub(crate) fn without(&self, left_out: usize) -> Self {
        let mut rows = self.rows.clone();
        rows.drain(left_out * self.p..(left_out + 1) * self.p);
        let best = self.best.filter(|&best| best != left_out);
        Self {
            rows,
            k: self.k - 1,
            best: best.map(|best| if best > left_out { best - 1 } else { best }),
            transform: self.transform.clone(),
            back: self.back.clone(),
            ..*self
        }
    }

    fn with_transform(
        rows: Vec<f64>,
        (k, p): (usize, usize),
        best: Option<usize>,
        transform: Matrix,
    ) -> Result<Self, PoolError> {
        let back = transform.clone().try_inverse().ok_or(PoolError::Overflow)?;
        Ok(Self { rows, k, p, has_constant: best.is_some(), best, transform, back })
    }

    /// z′Vz of study `i`, for variances `v` of the basis' coefficients.
    pub(crate) fn variance_of_mean(&self, v: &Matrix, i: usize) -> f64 {
        let z = Vector::from_column_slice(self.row(i));
        z.dot(&(v * &z))
    }

    /// Number of studies.
    pub(crate) fn k(&self) -> usize {
        self.k
    }

    /// Number of columns.
    pub(crate) fn p(&self) -> usize {
        self.p
    }

    /// The basis' values for study `i`.
    pub(crate) fn row(&self, i: usize) -> &[f64] {
        &self.rows[i * self.p..(i + 1) * self.p]
    }
}

/// The result of Gram and Schmidt's process, each column passed twice.
struct Orthonormal {
    /// k × rank.
    q: Matrix,
    /// rank × p: matrix = q·r.
    r: Matrix,
    /// Columns that add nothing to those before them.
    dependent: Vec<usize>,
}

impl Orthonormal {
    /// `norms` are the columns' sizes before any centring: a column left with less than rounding of it is dependent.
    fn of(matrix: &Matrix, norms: &[f64]) -> Self {
        let (k, p) = matrix.shape();
        let mut kept: Vec<Vector> = Vec::with_capacity(p);
        let mut coefficients: Vec<Vec<f64>> = Vec::with_capacity(p);
        let mut dependent = Vec::new();
        for (j, size) in norms.iter().enumerate() {
            let mut column: Vector = matrix.column(j).into_owned();
            let before = column.norm();
            let mut own = vec![0.0; p];
            for _ in 0..2 {
                for (slot, q) in own.iter_mut().zip(&kept) {
                    let along = q.dot(&column);
                    *slot += along;
                    column.axpy(-along, q, 1.0);
                }
            }
            let norm = column.norm();
            if norm <= COLLINEAR * before || norm <= 1e-13 * size {
                dependent.push(j);
            } else {
                own[kept.len()] = norm;
                kept.push(column / norm);
            }
            coefficients.push(own);
        }
        let rank = kept.len();
        Self {
            q: Matrix::from_fn(k, rank, |i, j| kept[j][i]),
            r: Matrix::from_fn(rank, p, |i, j| coefficients[j][i]),
            dependent,
        }
    }

    fn spans_constant(&self) -> bool {
        let mut rest = Vector::from_element(self.q.nrows(), 1.0);
        for j in 0..self.q.ncols() {
            let along = self.q.column(j).dot(&rest);
            rest.axpy(-along, &self.q.column(j), 1.0);
        }
        rest.norm_squared() <= COLLINEAR * COLLINEAR * self.q.nrows() as f64
    }
}
