//! Location-scale models: moderators of the mean and of the between-study variance.
