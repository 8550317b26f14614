//! The numerical tools that the methods share: sums, roots, integrals, matrices.

pub(crate) mod complex;
#[cfg(test)]
pub(crate) mod differences;
pub(crate) mod integrate;
pub(crate) mod laplace;
pub(crate) mod matrix;
pub(crate) mod random;
pub(crate) mod root;
pub(crate) mod simplex;
pub(crate) mod sum;
