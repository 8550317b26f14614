//! Selection models: the probability that a study is seen, as a function of its p value.
