//! Pooling 2×2 tables and person-time directly: Mantel-Haenszel and Peto.

pub(crate) mod cells;
pub(crate) mod mantel_haenszel;
pub(crate) mod options;
pub(crate) mod peto;
pub(crate) mod rates;
pub(crate) mod revman_rules;
pub(crate) mod stratified_tests;
pub(crate) mod subsets;
mod summary;
pub(crate) mod table_effect;
