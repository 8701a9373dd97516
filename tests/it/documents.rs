//! Documents written back, where it is not obvious how. The pickles are CPython 3.13's.

use pickle::{Document, ErrorKind, Pickler, Protocol, Unpickler};

fn written_back(pickle: &[u8], protocol: Protocol) -> Vec<u8> {
    let document = Document::parse(pickle).unwrap();
    let mut pickler = Pickler::new(Vec::new()).with_protocol(protocol);
    pickler.dump(&document).unwrap();
    pickler.into_inner()
}

#[track_caller]
fn comes_back(pickle: &[u8], protocol: Protocol) {
    let back = written_back(pickle, protocol);
    assert_eq!(
        back.escape_ascii().to_string(),
        pickle.escape_ascii().to_string()
    );
}

/// `l = []; x = X(X(), l); l.append(x)`, where `X.__reduce__` gives the same arguments each time:
/// made once inside its own arguments, and again, for nothing, when they are complete. That second
/// call looks like that of a state setter, whose result is dropped too.
#[test]
fn an_object_in_its_own_arguments_has_no_state_setter() {
    comes_back(
        b"\x80\x02c__main__\nX\nq\x00h\x00)Rq\x01]q\x02h\x00h\x01h\x02\x86q\x03Rq\x04a00h\x03R0h\x04.",
        Protocol::V2,
    );
}

/// `k = {}; n = NX(**k); k['n'] = n`
#[test]
fn keyword_arguments_that_hold_the_object() {
    comes_back(
        b"\x80\x04\x950\x00\x00\x00\x00\x00\x00\x00\x8c\x08__main__\x94\x8c\x02NX\x94\x93\x94)}\
          \x94\x8c\x01n\x94h\x02)h\x03\x92\x94}\x94\x8c\x01k\x94h\x03sbs\x920h\x05.",
        Protocol::V4,
    );
}

/// `[Str('s'), Str('s')]` of a subclass of `str`: Python copies the text of each.
#[test]
fn one_character_that_is_two_objects() {
    comes_back(
        b"\x80\x04\x95*\x00\x00\x00\x00\x00\x00\x00]\x94(\x8c\x08__main__\x94\x8c\x03Str\x94\x93\
          \x94\x8c\x01s\x94\x85\x94\x81\x94h\x03\x8c\x01s\x94\x85\x94\x81\x94e.",
        Protocol::V4,
    );
}

/// The path of an error names the keys of dicts. This key holds the dict that it is a key of, and
/// with it what cannot be written.
#[test]
fn an_error_below_a_key_that_holds_the_dict() {
    let pickle = b"\x80\x05}\x94c__main__\nK\n)\x81\x94}\x8c\x01dh\x00sb\x97s.";
    let mut unpickler = Unpickler::from_slice(pickle).with_buffers([&b"data"[..]]);
    let document = unpickler.document().unwrap();
    let error = Pickler::new(Vec::new()).dump(&document).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unpicklable, "{error}");
    assert_eq!(error.path(), "$[…]");
}

/// `k.owner = s = {k}`: below protocol 4 a set is written after its elements, so that they are come
/// across twice, though only the set is at two places.
#[test]
fn a_set_in_its_own_element_at_older_protocols() {
    let pickle = b"\x80\x04\x95'\0\0\0\0\0\0\0\x8f\x94(\x8c\x06shapes\x94\x8c\x03Key\x94\x93\x94)\
        \x81\x94}\x94\x8c\x05owner\x94h\0sb\x90.";
    comes_back(pickle, Protocol::V4);
    for (protocol, expected) in [
        (
            Protocol::V2,
            &b"\x80\x02c__builtin__\nset\nq\0]q\x01cshapes\nKey\nq\x02)\x81q\x03}q\x04\
               X\x05\0\0\0ownerq\x05h\0]q\x06h\x03a\x85q\x07Rq\x08sba\x85q\tR0h\x08."[..],
        ),
        (
            Protocol::V3,
            b"\x80\x03cbuiltins\nset\nq\0]q\x01cshapes\nKey\nq\x02)\x81q\x03}q\x04\
              X\x05\0\0\0ownerq\x05h\0]q\x06h\x03a\x85q\x07Rq\x08sba\x85q\tR0h\x08.",
        ),
    ] {
        assert_eq!(
            written_back(pickle, protocol).escape_ascii().to_string(),
            expected.escape_ascii().to_string()
        );
    }
    for protocol in [Protocol::V0, Protocol::V1] {
        let written = written_back(pickle, protocol);
        comes_back(&written, protocol);
    }
}
