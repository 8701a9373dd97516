//! Any document, written at every protocol: what comes out is read again, and written again as it
//! is. Values are written, too. The canonical form is left out: a few bytes may ask for gigabytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pickle::{Document, Pickle, Pickler, Protocol, Unpickler, Value};

fn dump<T: Pickle>(value: &T, protocol: Protocol) -> Option<Vec<u8>> {
    let mut pickler = Pickler::new(Vec::new()).with_protocol(protocol);
    match pickler.dump(value) {
        Ok(()) => Some(pickler.into_inner()),
        Err(error) => {
            assert!(!error.to_string().is_empty());
            None
        }
    }
}

fn read(pickle: &[u8]) -> Option<Document<'_>> {
    let unpickler = Unpickler::from_slice(pickle);
    unpickler.with_persistent_ids(true).document().ok()
}

fuzz_target!(|data: &[u8]| {
    let Some(document) = read(data) else {
        return;
    };
    for protocol in Protocol::ALL {
        if let Some(written) = dump(&document, protocol) {
            let again = read(&written).expect("what is written can be read");
            let again = dump(&again, protocol).expect("what was written can be written");
            assert_eq!(written, again, "at {protocol:?}");
        }
    }
    if let Ok(value) = Unpickler::from_slice(data).with_opaque(true).load::<Value>() {
        for protocol in Protocol::ALL {
            dump(&value, protocol);
        }
    }
});
