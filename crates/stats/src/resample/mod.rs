//! Answers by resampling: permutation tests and the bootstrap.
