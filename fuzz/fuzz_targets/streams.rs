//! Any bytes, decoded as they are read and by way of the arena: there must be no difference.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/streams/targets.rs"]
mod targets;

fuzz_target!(|data: &[u8]| {
    let read = |data: &[u8]| {
        if let Err(difference) = targets::compare_all(data) {
            panic!("{difference}");
        }
    };
    read(data);
    // Only what says its protocol is decoded as it is read.
    read(&[b"\x80\x04", data].concat());
});
