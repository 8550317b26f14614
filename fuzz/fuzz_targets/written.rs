//! Bytes read as what they look like, and what was read written in every format.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| consilience_fuzz::check_written(bytes));
