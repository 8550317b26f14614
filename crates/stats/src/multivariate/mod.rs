//! Dependent effects: multilevel and multivariate models, sampling covariance, cluster-robust inference, aggregation.

mod aggregate;
mod answers;
mod correlated_errors;
mod correlations;
mod deletion;
mod dense;
mod effects;
mod error;
mod fit;
mod fullrank;
mod grouping;
mod heterogeneity;
mod landscape;
mod likelihood;
mod likelihood_ratio;
mod lowrank;
mod maximise;
mod problem;
mod profile;
mod random;
mod robust;
mod robust_regression;
mod sampling;
mod search;
mod structure;
mod unstructured;
mod weighting;

pub use aggregate::{AggregateWeights, WithinCluster, aggregate};
pub use answers::{MeanPrediction, RowWeights, StandardizedResiduals};
pub use correlated_errors::{Condition, CorrelatedErrors, LevelCorrelation};
pub use correlations::{
    CorrelationForm, CorrelationRegression, DependentCorrelations, MatrixPrecision,
    ReportedCorrelation, dependent_correlations, regression_from_correlations,
};
pub use deletion::{DeletedResidual, Deletion, Deletions, Reestimated};
pub use effects::RandomEffect;
pub use error::MultivariateError;
pub use fit::{
    CoefficientTest, Component, FitNote, MultilevelFit, MultilevelModel, MultilevelOptions,
};
pub use grouping::Grouping;
pub use heterogeneity::MultilevelHeterogeneity;
pub use likelihood::LikelihoodKind;
pub use likelihood_ratio::MultilevelLikelihoodRatioTest;
pub use profile::{ProfileInterval, VarianceParameter};
pub use random::{LevelStructure, Random, SlopeStructure};
pub use robust::{ClusterCorrection, RobustInference};
pub use robust_regression::{DependenceWeights, RobustRegression, robust_regression};
pub use sampling::Sampling;
pub use structure::SpatialKernel;
pub use weighting::WeightedInference;
