//! Any bytes: a document that can be walked, or an error that can be shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pickle::{Unpickler, Value};

fuzz_target!(|data: &[u8]| {
    match Unpickler::from_slice(data).with_persistent_ids(true).document() {
        Ok(document) => {
            pickle_fuzz::render::render(&document);
            // What a value can hold, it holds, prints and drops.
            let mut unpickler = Unpickler::from_slice(data).with_opaque(true);
            match unpickler.load::<Value>() {
                Ok(value) => {
                    if data.len() < 4096 {
                        value.to_string();
                    }
                    assert_eq!(value.clone().is(&value.clone()), value.is(&value));
                }
                Err(error) => drop(error.to_string()),
            }
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert!(error.offset().is_none_or(|offset| offset <= data.len() as u64));
        }
    }
});
