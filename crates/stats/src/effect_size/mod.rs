//! What one study says, as an effect with its sampling variance: one file for each kind of summary.

pub(crate) mod association;
pub(crate) mod binary;
pub(crate) mod continuous;
pub(crate) mod correlation;
pub(crate) mod glass;
pub(crate) mod hedges;
pub(crate) mod incidence;
pub(crate) mod paired;
pub(crate) mod paired_table;
pub(crate) mod proportion;
pub(crate) mod rate;
pub(crate) mod reliability;
pub(crate) mod single_group;
pub(crate) mod variability;
pub(crate) mod zero_cells;
