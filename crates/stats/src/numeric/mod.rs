//! The numerical tools that the methods share: sums, roots, minima, integrals, matrices.

pub(crate) mod complex;
pub(crate) mod integrate;
pub(crate) mod laplace;
pub(crate) mod matrix;
pub(crate) mod minimise;
pub(crate) mod random;
pub(crate) mod root;
pub(crate) mod sum;
