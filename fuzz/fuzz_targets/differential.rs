//! CPython's unpickler and ours accept the same pickles, refuse the others in the same words, and
//! read the same values.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Err(difference) = pickle_fuzz::differential::compare(data) {
        panic!("{difference}");
    }
});
