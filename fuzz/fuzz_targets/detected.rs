//! Bytes of which the format is told by themselves.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| consilience_fuzz::check(None, bytes));
