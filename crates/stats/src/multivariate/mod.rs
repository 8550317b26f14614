//! Dependent effects: multilevel and multivariate models, robust variance, aggregation.
