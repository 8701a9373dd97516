//! What is signed is loaded; what is not says why. Python's side is in `python/signed.py`.

extern crate pickle_core as pickle;

#[path = "../../tests/interop/deadline.rs"]
#[allow(dead_code, reason = "these tests only wait")]
mod deadline;
#[path = "../../tests/interop/support.rs"]
#[allow(dead_code, reason = "these tests run no examples")]
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufReader, Read};

use pickle::{Pickler, Protocol, Unpickler, Value};
use pickle_signed::{Error, Layout, Signer, dump_signed, load_signed};

use deadline::Running;
use support::{TempDir, pythons};

const KEY: &str = "the key of these tests";

const LAYOUTS: [(Layout, &str); 4] = [
    (Layout::Raw, "raw"),
    (Layout::Hex, "hex"),
    (Layout::Line, "line"),
    (Layout::LineWithKey, "line_with_key"),
];

type Order = (String, f64, Vec<i64>);

fn order() -> Order {
    ("tea".to_owned(), 2.5, (0..10).collect())
}

fn signer(layout: Layout) -> Signer {
    Signer::new(KEY).with_layout(layout)
}

fn signed(layout: Layout) -> Vec<u8> {
    let mut bytes = Vec::new();
    dump_signed(&order(), &mut bytes, &signer(layout)).unwrap();
    bytes
}

fn load(bytes: &[u8], signer: &Signer) -> Result<Order, Error> {
    let read = load_signed(bytes, signer);
    // Slices and readers are of one mind.
    match (&read, signer.verify(bytes)) {
        (Ok(_), Ok(_)) | (Err(Error::Pickle(_)), Ok(_)) => {}
        (Err(read), Err(verified)) => assert_eq!(format!("{read:?}"), format!("{verified:?}")),
        (read, verified) => panic!("{read:?}, but {verified:?}"),
    }
    read
}

#[test]
fn what_is_signed_is_loaded() {
    for (layout, _) in LAYOUTS {
        let bytes = signed(layout);
        assert_eq!(load(&bytes, &signer(layout)).unwrap(), order());
        // Python's words for the layouts that have no line.
        let pickle = pickle::dumps(&order()).unwrap();
        assert!(bytes.ends_with(&pickle));
        assert_eq!(signer(layout).sign(&pickle), bytes);
    }
    assert_eq!(signed(Layout::Raw).len() + 32, signed(Layout::Hex).len());
}

#[test]
fn several_stand_in_one_stream_with_other_things_between() {
    for layout in [Layout::Line, Layout::LineWithKey] {
        let signer = signer(layout);
        let mut bytes = Vec::new();
        for nth in 0..3 {
            dump_signed(&nth, &mut bytes, &signer).unwrap();
            bytes.extend(b"and");
        }
        let mut reader = BufReader::with_capacity(7, &bytes[..]);
        for nth in 0..3 {
            assert_eq!(load_signed::<i64>(&mut reader, &signer).unwrap(), nth);
            let mut between = [0; 3];
            reader.read_exact(&mut between).unwrap();
            assert_eq!(&between, b"and");
        }
        let end = load_signed::<i64>(&mut reader, &signer).unwrap_err();
        assert!(matches!(end, Error::EndOfInput));
    }
}

#[test]
fn another_key_is_known_as_one_where_the_file_says_so() {
    for (layout, _) in LAYOUTS {
        let other = Signer::new("another key").with_layout(layout);
        match (layout, load(&signed(layout), &other).unwrap_err()) {
            (Layout::LineWithKey, Error::WrongKey) => {}
            (Layout::LineWithKey, error) => panic!("{error:?}"),
            (_, Error::Mismatch { looks_like: None }) => {}
            (_, error) => panic!("{layout:?}: {error:?}"),
        }
    }
}

#[test]
fn every_changed_bit_is_found() {
    for (layout, _) in LAYOUTS {
        let bytes = signed(layout);
        let pickle = bytes.len() - pickle::dumps(&order()).unwrap().len();
        for position in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[position] ^= 1 << bit;
                let result = load(&changed, &signer(layout));
                match (layout, result) {
                    // The words of the line explain, they do not decide; digits have two cases.
                    (_, Ok(loaded)) if position < pickle => {
                        assert_eq!(loaded, order());
                        assert_ne!(layout, Layout::Raw);
                    }
                    (Layout::LineWithKey, Err(Error::Changed)) => {}
                    (_, Err(Error::Mismatch { .. })) if layout != Layout::LineWithKey => {}
                    (_, Err(error)) if position < pickle => {
                        assert!(!matches!(error, Error::Pickle(_) | Error::EndOfInput));
                    }
                    (_, result) => panic!("{layout:?}, byte {position}: {result:?}"),
                }
            }
        }
    }
}

#[test]
fn a_file_that_was_cut_off_is_known_as_one_where_it_says_its_length() {
    for (layout, _) in LAYOUTS {
        let bytes = signed(layout);
        for cut in 0..bytes.len() {
            let error = load(&bytes[..cut], &signer(layout)).unwrap_err();
            match (layout, error) {
                (_, Error::EndOfInput) => assert_eq!(cut, 0),
                (_, Error::Truncated { expected, found }) => {
                    assert_eq!(found, cut as u64);
                    assert!(expected > found && expected <= bytes.len() as u64);
                }
                (Layout::Raw | Layout::Hex, Error::Mismatch { .. }) => assert!(cut >= 32),
                (_, error) => panic!("{layout:?}, cut at {cut}: {error:?}"),
            }
        }
    }
}

#[test]
fn what_follows_belongs_to_nobody() {
    for (layout, _) in LAYOUTS {
        let mut bytes = signed(layout);
        bytes.push(b'!');
        assert!(signer(layout).verify(&bytes).is_err());
    }
}

#[test]
fn nothing_is_interpreted_before_it_is_verified() {
    // It would be an error of the pickle, if anybody looked.
    let signer = signer(Layout::LineWithKey);
    let mut bytes = signer.sign(b"cos\nsystem\n.");
    assert!(matches!(
        load(&bytes, &signer).unwrap_err(),
        Error::Pickle(_)
    ));
    *bytes.last_mut().unwrap() ^= 1;
    assert!(matches!(load(&bytes, &signer).unwrap_err(), Error::Changed));
}

#[test]
fn another_layout_is_recognized() {
    let error = load(&signed(Layout::Hex), &signer(Layout::Raw)).unwrap_err();
    assert!(matches!(
        error,
        Error::Mismatch {
            looks_like: Some(Layout::Hex)
        }
    ));
    assert_eq!(
        error.to_string(),
        "wrong signature: the data was changed or cut off, or signed with another key\n  \
         it looks like `Layout::Hex`"
    );
    let error = load(&signed(Layout::Line), &signer(Layout::Hex)).unwrap_err();
    assert!(matches!(
        error,
        Error::Mismatch {
            looks_like: Some(Layout::Line)
        }
    ));
    let error = load(&signed(Layout::Raw), &signer(Layout::Line)).unwrap_err();
    assert!(matches!(error, Error::Malformed), "{error:?}");
    // Either reads what the other writes.
    for (one, other) in [
        (Layout::Line, Layout::LineWithKey),
        (Layout::LineWithKey, Layout::Line),
    ] {
        assert_eq!(load(&signed(one), &signer(other)).unwrap(), order());
    }
}

#[test]
fn a_limit_holds_before_the_data_is_taken() {
    for (layout, _) in LAYOUTS {
        let bytes = signed(layout);
        let data = pickle::dumps(&order()).unwrap().len() as u64;
        let limited = |bytes| signer(layout).with_size_limit(bytes);
        assert!(load(&bytes, &limited(data)).is_ok());
        let error = load(&bytes, &limited(data - 1)).unwrap_err();
        assert!(matches!(error, Error::TooLarge { limit } if limit == data - 1));
    }
    // A length is a claim: nothing is allocated for it.
    let line = format!("{} {}\n", "0".repeat(64), u64::MAX);
    let error = load(line.as_bytes(), &signer(Layout::Line)).unwrap_err();
    assert!(matches!(error, Error::Truncated { .. }));
}

#[test]
fn the_key_stays_out_of_logs() {
    let shown = format!("{:?}", signer(Layout::Raw));
    assert_eq!(shown, "Signer { layout: Raw, .. }");
}

#[test]
fn python_reads_and_writes_every_layout() {
    let directory = TempDir::new();
    let objects = [
        Value::from(BTreeMap::from([
            ("tea", Value::from(2.5)),
            ("cups", Value::from(vec![1, 2, 300])),
        ])),
        Value::from(vec!["another"]),
    ];
    for python in pythons() {
        for (layout, name) in LAYOUTS {
            let signer = signer(layout);
            let count = match layout {
                Layout::Raw | Layout::Hex => 1,
                _ => 2,
            };
            let path = directory.join(format!("{}.{}.{name}", python.version.0, python.version.1));
            let talk = |verb, key| {
                let mut script = python.script("tests/python/signed.py");
                script.arg(name).arg(verb).arg(&path).arg(key);
                Running::start(&mut script)
            };

            let mut file = Vec::new();
            for object in &objects[..count] {
                let mut pickler = Pickler::new(Vec::new()).with_protocol(Protocol::V2);
                pickler.dump(object).unwrap();
                signer.write(&pickler.into_inner(), &mut file).unwrap();
            }
            fs::write(&path, &file).unwrap();
            talk("load", KEY).finish();

            talk("dump", KEY).finish();
            let written = fs::read(&path).unwrap();
            let mut reader = &written[..];
            for object in &objects[..count] {
                let pickle = signer.read(&mut reader).unwrap();
                let read: Value = Unpickler::from_slice(&pickle).load().unwrap();
                assert_eq!(read, *object, "{python}, {layout:?}");
            }
            assert_eq!(reader, b"");

            talk("dump", "another key").finish();
            let error = load(&fs::read(&path).unwrap(), &signer).unwrap_err();
            assert!(matches!(error, Error::WrongKey | Error::Mismatch { .. }));
        }
    }
}
