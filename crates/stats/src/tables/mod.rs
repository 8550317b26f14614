//! Pooling 2×2 tables and person-time directly: Mantel-Haenszel and Peto.

pub(crate) mod mantel_haenszel;
