//! One file for each command.

pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod convert;
pub(crate) mod dedup;
pub(crate) mod extract;
pub(crate) mod grade;
pub(crate) mod log;
pub(crate) mod meta;
pub(crate) mod new;
pub(crate) mod records;
pub(crate) mod rob;
