//! As Review Manager computes, and where that differs from metafor.
