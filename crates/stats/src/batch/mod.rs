//! Millions of small meta-analyses: columns in, columns out, on all cores.
