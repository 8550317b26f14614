//! What remains when effects cannot be pooled: p values and directions (Handbook chapter 12).
//!
//! [`fisher`](crate::fisher), [`stouffer`](crate::stouffer) and [`vote_count`](crate::vote_count) are at the crate's root.

pub(crate) mod albatross;
pub(crate) mod direction;
pub(crate) mod p_values;
pub(crate) mod vote;

pub use albatross::{ContourEffect, albatross_contour, albatross_position};
pub use direction::{SharedDirection, shared_direction};
pub use p_values::{
    PValueMethod, cauchy, edgington, fisher_dependent, harmonic_mean_p, inverse_chi2, logit,
    mean_p, pearson, tippett, wilkinson,
};
