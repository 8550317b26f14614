//! What remains when effects cannot be pooled: p values and directions (Handbook chapter 12).

pub(crate) mod p_values;
pub(crate) mod vote;
