//! Bytes read as BibTeX.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| consilience_fuzz::check(Some(consilience_bib::Format::Bibtex), bytes));
