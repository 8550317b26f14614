//! bib.
