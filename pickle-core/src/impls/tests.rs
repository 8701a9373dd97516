//! Reading back what was written, and what is refused.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fmt::Debug;
use std::rc::Rc;
use std::sync::Arc;

use num_bigint::{BigInt, BigUint};

use super::{ByteArray, FrozenSet};
use crate::protocol::Protocol;
use crate::read::{Unpickle, loads};
use crate::write::{Pickle, Pickler};

fn dumps_at<T: Pickle + ?Sized>(value: &T, protocol: Protocol) -> Vec<u8> {
    let mut pickler = Pickler::new(Vec::new()).with_protocol(protocol);
    pickler.dump(value).unwrap();
    pickler.into_inner()
}

#[track_caller]
fn round_trip<T>(value: T)
where
    T: Pickle + for<'de> Unpickle<'de> + Debug + PartialEq,
{
    for protocol in Protocol::ALL {
        let bytes = dumps_at(&value, protocol);
        assert_eq!(
            loads::<T>(&bytes).unwrap(),
            value,
            "{}",
            bytes.escape_ascii()
        );
    }
}

#[track_caller]
fn refused<T: for<'de> Unpickle<'de> + Debug>(value: &dyn Pickle, message: &str) {
    for protocol in Protocol::ALL {
        let error = loads::<T>(&dumps_at(value, protocol)).unwrap_err();
        assert_eq!(error.message(), message);
    }
}

#[test]
fn every_type_reads_what_it_writes() {
    round_trip((true, false, (), 'é', '😀'));
    round_trip((i8::MIN, i16::MIN, i32::MIN, i64::MIN, i128::MIN, isize::MIN));
    round_trip((u8::MAX, u16::MAX, u32::MAX, u64::MAX, u128::MAX, usize::MAX));
    round_trip((i64::MAX, i128::MAX, 0_u64, 0_u128));
    round_trip((1.5, -0.0, f64::INFINITY, f32::MAX, f32::MIN_POSITIVE));
    round_trip((String::new(), "a\né\\😀".to_owned(), Box::<str>::from("x")));
    round_trip((vec![1, -1], VecDeque::from([1, 2]), [3, 4, 5], [0_i32; 0]));
    round_trip(vec![b"".to_vec(), b"a".to_vec(), b"\xff\n\0".to_vec()]);
    round_trip((
        [1_u8, 2],
        Box::<[u8]>::from([3]),
        ByteArray(vec![4]),
        ByteArray(vec![]),
    ));
    round_trip((Some(1), None::<String>, Some(Some(2))));
    round_trip((
        Box::new(1),
        Rc::new(2),
        Arc::new(3),
        Cell::new(4),
        RefCell::new(5),
    ));
    round_trip((Rc::<str>::from("ab"), Arc::<[i32]>::from([1])));
    round_trip((
        BigInt::from(-5),
        BigInt::from(7).pow(200),
        BigUint::from(7_u8).pow(900),
    ));
    round_trip((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
    round_trip(((1,), vec![((), ())]));
}

#[test]
fn maps_and_sets_read_what_they_write() {
    let pairs = [("one".to_owned(), 1), ("two".to_owned(), 2)];
    round_trip((HashMap::from(pairs.clone()), BTreeMap::from(pairs)));
    round_trip((HashSet::from([1, 2, 3]), BTreeSet::from([4, 5])));
    round_trip((
        FrozenSet(HashSet::from([1])),
        FrozenSet(BTreeSet::<String>::new()),
    ));
    round_trip((0..3000).map(|i| (i, i)).collect::<BTreeMap<_, _>>());
}

#[test]
fn slices_and_references_are_the_value() {
    let text = String::from("ab");
    let borrowed: (&str, &[u8], &[i32], Cow<'_, [u8]>) =
        (&text, b"xy", &[1, 2], Cow::Borrowed(b"z"));
    let owned = ("ab".to_owned(), b"xy".to_vec(), vec![1, 2], b"z".to_vec());
    assert_eq!(
        crate::dumps(&borrowed).unwrap(),
        crate::dumps(&owned).unwrap()
    );
    assert_eq!(crate::dumps(&&&text).unwrap(), crate::dumps("ab").unwrap());
}

#[test]
fn text_and_bytes_borrow_from_the_input() {
    let bytes = crate::dumps(&("text", b"bytes")).unwrap();
    let (text, data): (&str, &[u8]) = loads(&bytes).unwrap();
    assert_eq!((text, data), ("text", &b"bytes"[..]));
    assert!(bytes.as_ptr_range().contains(&text.as_ptr()));
    assert!(bytes.as_ptr_range().contains(&data.as_ptr()));
    let cows: (Cow<'_, str>, Cow<'_, [u8]>) = loads(&bytes).unwrap();
    assert!(matches!(
        cows,
        (Cow::Borrowed("text"), Cow::Borrowed(b"bytes"))
    ));

    // Protocol 0 escapes, and protocol 2 writes bytes as text.
    let escaped = dumps_at("a\nb", Protocol::V0);
    assert!(
        loads::<&str>(&escaped)
            .unwrap_err()
            .message()
            .contains("use `Cow<str>` or `String`")
    );
    assert_eq!(loads::<Cow<'_, str>>(&escaped).unwrap(), "a\nb");
    let encoded = dumps_at(b"\xff", Protocol::V2);
    assert!(
        loads::<&[u8]>(&encoded)
            .unwrap_err()
            .message()
            .contains("use `Cow<[u8]>`")
    );
    assert_eq!(loads::<Cow<'_, [u8]>>(&encoded).unwrap(), &b"\xff"[..]);
}

#[test]
fn numbers_out_of_range() {
    refused::<u8>(&300, "300 does not fit in u8");
    refused::<u8>(&-1, "-1 does not fit in u8");
    refused::<i8>(&128, "128 does not fit in i8");
    refused::<u32>(&u64::MAX, "18446744073709551615 does not fit in u32");
    refused::<i64>(&u64::MAX, "18446744073709551615 does not fit in i64");
    refused::<u64>(&-1, "-1 does not fit in u64");
    refused::<u128>(
        &i128::MIN,
        "-170141183460469231731687303715884105728 does not fit in u128",
    );
    refused::<usize>(&-5, "-5 does not fit in usize");
    refused::<BigUint>(&-5, "-5 is negative");
    refused::<f32>(&1e300, "1e300 does not fit in f32");
    refused::<Vec<u8>>(&vec![1, 256], "256 does not fit in u8");
}

#[test]
fn other_types_than_expected() {
    refused::<u8>(&"x", "expected int, found str");
    refused::<u64>(&1.5, "expected int, found float");
    refused::<i32>(&true, "expected int, found bool");
    refused::<bool>(&1, "expected bool, found int");
    refused::<f64>(&"x", "expected float, found str");
    refused::<String>(&1, "expected str, found int");
    refused::<()>(&1, "expected NoneType, found int");
    refused::<Option<i32>>(&"x", "expected int, found str");
    refused::<BTreeSet<i32>>(&vec![1], "expected set, found list");
    refused::<BTreeMap<i32, i32>>(&vec![1], "expected dict, found list");
    refused::<Vec<u8>>(&"x", "expected bytes, found str");
    refused::<ByteArray>(&"x", "expected bytearray, found str");
}

#[test]
fn lengths() {
    refused::<(i32, i32)>(&(1, 2, 3), "expected a tuple of 2 items, found 3");
    refused::<(i32, i32)>(&vec![1], "expected a tuple of 2 items, found 1");
    refused::<[i32; 2]>(&(1, 2, 3), "expected 2 items, found 3");
    refused::<[u8; 2]>(b"abc", "expected 2 items, found 3");
    refused::<char>(&"ab", "expected a str of one character, found one of 2");
    refused::<char>(&"", "expected a str of one character, found one of 0");
}

#[test]
fn neighbouring_types_are_read_too() {
    let read = |value: &dyn Pickle| crate::dumps(value).unwrap();
    assert_eq!(loads::<Vec<i32>>(&read(&(1, 2))).unwrap(), [1, 2]);
    assert_eq!(loads::<(i32, i32)>(&read(&[1, 2])).unwrap(), (1, 2));
    assert_eq!(
        loads::<Vec<u8>>(&read(&ByteArray(vec![1, 2]))).unwrap(),
        [1, 2]
    );
    assert_eq!(loads::<Vec<u8>>(&read(&[1_i32, 2])).unwrap(), [1, 2]);
    assert_eq!(loads::<ByteArray>(&read(b"ab")).unwrap().0, b"ab");
    assert_eq!(loads::<[u8; 2]>(&read(b"ab")).unwrap(), *b"ab");
    assert_eq!(loads::<f64>(&read(&3)).unwrap(), 3.0);
    assert_eq!(
        loads::<HashSet<i32>>(&read(&FrozenSet(BTreeSet::from([1]))))
            .unwrap()
            .len(),
        1
    );
    // () in Python
    loads::<()>(b").").unwrap();
    // {1: 'a', 1: 'b'}, as bytes may have it
    let map: HashMap<i32, String> = loads(b"}(K\x01X\x01\0\0\0aK\x01X\x01\0\0\0bu.").unwrap();
    assert_eq!(map, HashMap::from([(1, "b".to_owned())]));
}

#[test]
fn a_cell_in_use_is_an_error() {
    let cell = RefCell::new(1);
    let guard = cell.borrow_mut();
    assert!(crate::dumps(&cell).is_err());
    drop(guard);
    assert!(crate::dumps(&cell).is_ok());
}
