//! Selection models: the probability that a study is seen, as a function of its p value.
//!
//! Effects are normal before selection; each study is then seen with a probability that depends on its p value. The
//! likelihood of what was seen divides each study's density by its expected probability. Reviewed by Hedges & Vevea (2005),
//! in Rothstein, Sutton & Borenstein, Publication Bias in Meta-Analysis, chapter 9. Such models rest on their assumptions;
//! with fewer than about 20 studies they tell little.

mod error;
mod expected;
mod fit;
mod function;
mod likelihood;
mod maximise;

pub use error::SelectionError;
pub use fit::{
    Estimate, Heterogeneity, LikelihoodRatio, SelectionFit, SelectionOptions, StepInterval, Wald,
    fit_selection_model, selection_log_likelihood,
};
pub use function::{Alternative, Decline, Imprecision, SelectionFunction};
