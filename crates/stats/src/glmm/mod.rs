//! Generalised linear mixed models: the studies' counts themselves are modelled, not estimates made of them.
//!
//! What is fitted is the exact binomial, Poisson or hypergeometric likelihood with normal random effects integrated out by
//! quadrature ([`quadrature`], [`marginal`]), maximised by Newton's method with exact derivatives ([`jet`], [`newton`]).

mod beta_binomial;
mod bivariate;
pub(crate) mod error;
pub(crate) mod family;
pub(crate) mod fit;
mod fixed_studies;
mod hypergeometric;
mod jet;
mod marginal;
mod newton;
mod observed;
pub(crate) mod one_group;
mod parts;
mod quadrature;
mod random_studies;
mod rising;
mod single;
pub(crate) mod two_groups;

pub use beta_binomial::{
    BetaBinomial, BetaBinomialOptions, Dispersion, IntraclassCorrelation,
    beta_binomial_proportions, beta_binomial_tables,
};
pub use bivariate::{BivariateGlmm, glmm_bivariate};
pub use error::GlmmError;
pub use fit::{Glmm, GlmmEffects, GlmmOptions, GlmmTest};
pub use one_group::{ProportionLink, glmm_incidence_rates, glmm_proportions};
pub use quadrature::Quadrature;
pub use two_groups::{
    GroupCoding, RateModel, StudyLevels, TableMeasure, TableModel, glmm_rates, glmm_tables,
};
