//! A design whose columns are made orthogonal and of mean square 1, so that moderators such as calendar years cost no digits.

use crate::model::design::Design;
use crate::numeric::matrix::{Matrix, Vector};

/// A design's column space in well-conditioned coordinates.
pub(crate) struct Scaled {
    /// One row a study.
    pub(crate) matrix: Matrix,
    /// Coefficients of the design = `back` · coefficients of `matrix`.
    back: Matrix,
}

/// Why a design cannot be used for so many studies.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Unusable {
    /// It has another number of rows.
    Rows { found: usize, expected: usize },
    /// It has more columns than rows.
    TooFewStudies { k: usize, p: usize },
    /// A column is a combination of those before it.
    Collinear { column: String },
}

/// A column whose part outside the earlier columns is smaller than this share of it is collinear.
const COLLINEAR: f64 = 1e-10;

impl Scaled {
    /// The coordinates of a design for `k` studies.
    pub(crate) fn of(design: &Design, k: usize) -> Result<Self, Unusable> {
        let (rows, p) = design.matrix().shape();
        if rows != k {
            return Err(Unusable::Rows { found: rows, expected: k });
        }
        if k < p {
            return Err(Unusable::TooFewStudies { k, p });
        }
        let (q, r) = design.matrix().clone().qr().unpack();
        for j in 0..p {
            if r[(j, j)].abs() <= COLLINEAR * design.matrix().column(j).norm() {
                return Err(Unusable::Collinear { column: design.names()[j].clone() });
            }
        }
        let root = (k as f64).sqrt();
        let last = || Unusable::Collinear { column: design.names()[p - 1].clone() };
        let back = r.try_inverse().ok_or_else(last)? * root;
        Ok(Self { matrix: q * root, back })
    }

    pub(crate) fn p(&self) -> usize {
        self.matrix.ncols()
    }

    /// The design's coefficients and their covariance from those of the coordinates, which come first in `global`.
    pub(crate) fn coefficients(&self, global: &[f64], covariance: &Matrix) -> (Vector, Matrix) {
        let p = self.p();
        let part = covariance.view((0, 0), (p, p));
        (
            &self.back * Vector::from_column_slice(&global[..p]),
            &self.back * part * self.back.transpose(),
        )
    }
}
