//! Limits are on, can be set, and can be taken away.

use pickle::{Document, Error, ErrorKind, Limits, Unpickle, Unpickler, Value};

/// Loads from a slice and from a reader, which must agree.
fn load<T>(pickle: &[u8], limits: Limits) -> pickle::Result<T>
where
    T: for<'de> Unpickle<'de>,
{
    let slice = Unpickler::from_slice(pickle)
        .with_limits(limits)
        .load::<T>();
    let reader = Unpickler::new(pickle).with_limits(limits).load::<T>();
    match (&slice, &reader) {
        (Ok(_), Ok(_)) => {}
        (Err(slice), Err(reader)) => assert_eq!(slice.to_string(), reader.to_string()),
        _ => panic!("{:?} {:?}", slice.err(), reader.err()),
    }
    slice
}

#[track_caller]
fn assert_limit(error: Error, python_type: &str, text: &str) {
    assert_eq!(error.python_type(), python_type);
    assert!(error.message().contains(text), "{error}");
}

/// Lists in one another that a type owns.
struct Nested(Vec<Nested>);

impl<'de> Unpickle<'de> for Nested {
    fn unpickle(cursor: pickle::Cursor<'_, 'de>) -> pickle::Result<Self> {
        Vec::unpickle(cursor).map(Self)
    }
}

impl Nested {
    fn depth(&self) -> usize {
        1 + self.0.first().map_or(0, Self::depth)
    }
}

fn nested(levels: usize) -> Vec<u8> {
    let mut pickle = b"]".repeat(levels);
    pickle.extend(b"a".repeat(levels - 1));
    pickle.push(b'.');
    pickle
}

#[test]
fn depth_of_owned_values() {
    let limits = Limits::default();
    assert_eq!(limits.depth(), 512);
    assert_eq!(load::<Nested>(&nested(512), limits).unwrap().depth(), 512);
    for (levels, limits) in [
        (513, limits),
        (4, limits.with_depth(3)),
        (100_000, limits),
        (100_000, limits.with_depth(600)),
    ] {
        let error = load::<Nested>(&nested(levels), limits).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Depth);
        assert_limit(error, "RecursionError", "maximum recursion depth exceeded");
    }
    let more = limits.with_depth(600);
    assert_eq!(load::<Nested>(&nested(600), more).unwrap().depth(), 600);
    let none = Limits::none();
    assert_eq!(load::<Nested>(&nested(600), none).unwrap().depth(), 600);

    // What does not recurse has no such limit.
    let deep = nested(100_000);
    assert!(Document::parse(&deep).is_ok());
    assert!(load::<Value>(&deep, limits.with_depth(3)).is_ok());
}

#[test]
fn memory_of_the_tables() {
    // The limit is looked at now and then, so the pickle needs some length.
    let lists = [&b"("[..], &b"]".repeat(100_000), b"t."].concat();
    let limits = Limits::default();
    assert!(load::<Value>(&lists, limits).is_ok());
    for tight in [limits.with_memory(10_000, 0), limits.with_memory(0, 2)] {
        let error = load::<Value>(&lists, tight).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert_limit(
            error,
            "MemoryError",
            "bytes of memory that the limits allow",
        );
        let mut unpickler = Unpickler::from_slice(&lists).with_limits(tight);
        assert!(unpickler.document().is_err());
    }
    assert!(load::<Value>(&lists, limits.with_memory(0, 200)).is_ok());
    assert!(load::<Value>(&lists, Limits::none()).is_ok());
}

#[test]
fn expansion_of_what_is_shared() {
    // [text] * 1000, where the text has 100,000 characters
    let text = "x".repeat(100_000);
    let length = 100_000_u32.to_le_bytes();
    let get = b"h\0".repeat(999);
    let pickle = [b"(X", &length[..], text.as_bytes(), b"q\0", &get, b"l."].concat();
    let limits = Limits::default();
    for tight in [limits, limits.with_expansion(90_000_000, 0)] {
        let error = load::<Vec<String>>(&pickle, tight).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert_limit(error, "MemoryError", "that the limits allow");
    }
    let more = limits.with_expansion(120_000_000, 0);
    assert_eq!(load::<Vec<String>>(&pickle, more).unwrap().len(), 1000);
    let none = Limits::none();
    assert_eq!(load::<Vec<String>>(&pickle, none).unwrap().len(), 1000);
    // What is borrowed is not copied, and what shares, shares.
    let mut unpickler = Unpickler::from_slice(&pickle);
    assert_eq!(unpickler.load::<Vec<&str>>().unwrap().len(), 1000);
    assert!(load::<Value>(&pickle, limits.with_expansion(1000, 1)).is_ok());
}

#[test]
fn digits_of_text_numbers() {
    let long = |digits: usize| [b"L", &b"7".repeat(digits)[..], b"L\n."].concat();
    let limits = Limits::default();
    assert_eq!(limits.digits(), 4300);
    assert!(load::<Value>(&long(4300), limits).is_ok());
    for (digits, limits) in [(4301, limits), (4, limits.with_digits(3))] {
        let error = load::<Value>(&long(digits), limits).unwrap_err();
        assert_limit(error, "ValueError", "for integer string conversion");
    }
    assert!(load::<Value>(&long(5000), limits.with_digits(5000)).is_ok());
    assert!(load::<Value>(&long(10_000), Limits::none()).is_ok());
}
