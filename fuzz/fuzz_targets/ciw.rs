//! Bytes read as Web of Science's tagged format.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| consilience_fuzz::check(Some(consilience_bib::Format::Ciw), bytes));
