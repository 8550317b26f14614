//! One effect a study: common-effect and random-effects models, with or without moderators, and what follows from them.

pub(crate) mod blup;
pub(crate) mod design;
pub(crate) mod fit_statistics;
pub(crate) mod generalised_q;
pub(crate) mod inflation;
pub(crate) mod kernel;
pub(crate) mod likelihood;
pub(crate) mod likelihood_ratio;
pub(crate) mod options;
pub(crate) mod pool;
pub(crate) mod pool_error;
pub(crate) mod pool_weighted;
pub(crate) mod predict;
pub(crate) mod quantiles;
pub(crate) mod regress;
pub(crate) mod scaled_design;
pub(crate) mod solution;
pub(crate) mod studies;
pub(crate) mod subgroup;
pub(crate) mod tau2;
pub(crate) mod tau2_interval;
pub(crate) mod wald;
