//! What one study says, as an effect with its sampling variance: one file for each kind of summary.

pub(crate) mod association;
mod average;
pub(crate) mod binary;
pub(crate) mod biserial;
pub(crate) mod continuous;
pub(crate) mod correlation;
pub(crate) mod genotypes;
pub(crate) mod glass;
pub(crate) mod hedges;
pub(crate) mod incidence;
pub(crate) mod of_measure;
pub(crate) mod options;
pub(crate) mod paired;
pub(crate) mod paired_table;
mod prepared;
pub(crate) mod proportion;
pub(crate) mod rate;
pub(crate) mod reliability;
pub(crate) mod single_group;
pub(crate) mod standardized;
pub(crate) mod summary;
pub(crate) mod tetrachoric;
pub(crate) mod variability;
pub(crate) mod zero_cells;
