//! Questions to a fitted model: which studies drive it, and how it came about.

pub(crate) mod leave_one_out;
