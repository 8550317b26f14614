//! Questions to a fitted model: which studies drive it, and how it came about.

pub(crate) mod baujat;
pub(crate) mod cumulative;
mod deleted;
pub(crate) mod gosh;
pub(crate) mod influence;
pub(crate) mod labbe;
pub(crate) mod leave_one_out;
pub(crate) mod normal_quantile;
pub(crate) mod radial;
pub(crate) mod residuals;
