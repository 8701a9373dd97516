//! What comes back as it was.

use std::collections::{BTreeMap, BTreeSet};

use num_bigint::BigInt;
use pickle::{ByteArray, FrozenSet, Pickle, Protocol, Unpickle, Value};

use super::dumps;

#[track_caller]
fn round<T>(value: &T)
where
    T: Pickle + for<'de> Unpickle<'de> + PartialEq + std::fmt::Debug,
{
    for protocol in Protocol::ALL {
        let pickle = dumps(value, protocol).unwrap();
        let read: T = pickle::loads(&pickle).unwrap();
        assert!(read == *value, "{read:.200?}, not {value:.200?}");
        // As data it is written again as it was.
        let data: Value = pickle::loads(&pickle).unwrap();
        assert_eq!(dumps(&data, protocol).unwrap(), pickle);
    }
}

#[test]
fn data_of_all_kinds() {
    type Everything = (
        Vec<Option<i64>>,
        (BTreeMap<String, f64>, BTreeSet<u8>),
        (FrozenSet<BTreeSet<String>>, bool, ByteArray),
        BTreeMap<(i64, String), Vec<BTreeMap<String, bool>>>,
    );
    let value: Everything = (
        vec![Some(1), None, Some(-70_000), Some(i64::MIN)],
        (
            BTreeMap::from([("pi".into(), 3.25)]),
            BTreeSet::from([1, 200]),
        ),
        (
            FrozenSet(BTreeSet::from(["tea".into(), "x".into()])),
            true,
            ByteArray(b"\0\xff".to_vec()),
        ),
        BTreeMap::from([(
            (1, "one".into()),
            vec![BTreeMap::from([("yes".into(), true)])],
        )]),
    );
    round(&value);
}

#[test]
fn text() {
    for text in [
        "",
        "<\\u>",
        "<\\\u{1234}>",
        "<\n>",
        "<\\>",
        "<\\\u{12345}>",
        "\u{12345}",
        "é\0\x1a\r",
    ] {
        round(&text.to_owned());
    }
    for protocol in Protocol::ALL {
        let lone = pickle::value::Text::from_wtf8(b"<\xed\xb0\x80>".to_vec()).unwrap();
        let pickle = dumps(&lone, protocol).unwrap();
        assert_eq!(pickle::loads::<Value>(&pickle).unwrap(), Value::from(lone));
    }
}

#[test]
fn bytes_of_every_value() {
    for byte in 0..=255_u8 {
        round(&vec![byte]);
        round(&vec![byte, byte]);
        round(&ByteArray(vec![byte]));
    }
    for bytes in [vec![], b"xyz".repeat(100)] {
        round(&bytes);
        round(&ByteArray(bytes));
    }
}

#[test]
fn numbers() {
    let mut n = i64::MAX;
    while n > 0 {
        for expected in [-n, n] {
            round(&expected);
        }
        n >>= 1;
    }
    for bits in [1, 7, 8 * 254, 8 * 255, 8 * 256, 8 * 257].map(|bits| bits as usize) {
        let base = BigInt::from(1) << bits;
        for n in [&base - 1, base.clone(), &base + 1] {
            round(&-&n);
            round(&n);
        }
    }
    let huge = (BigInt::from(1) << 1_000_000_usize) - 1;
    let pickle = dumps(&huge, Protocol::V2).unwrap();
    assert_eq!(pickle::loads::<BigInt>(&pickle).unwrap(), huge);

    for float in [
        0.0,
        4.94e-324,
        1e-310,
        7e-308,
        6.626e-34,
        0.1,
        0.5,
        3.25,
        263.44582062374053,
        6.022e23,
        1e30,
    ] {
        round(&float);
        round(&-float);
    }
}

#[test]
fn large_data_among_small() {
    let data = vec![b'x'; 60 * 1024];
    let small = BTreeMap::from([("key".to_owned(), vec![1, 2, 3])]);
    round(&(small.clone(), data.clone(), small.clone(), data, small));
}
