//! What no pickler writes and CPython still has an answer to. The answers are those of
//! `pickle.loads` of Python 3.13.

use pickle::{ByteArray, Pickler, Protocol, Unpickler, Value};

/// What `repr` shows of the value, or the exception.
fn answer(pickle: &[u8]) -> String {
    match pickle::loads::<Value>(pickle) {
        Ok(value) => value.to_string(),
        Err(error) => format!("{}: {}", error.python_type(), error.message()),
    }
}

#[track_caller]
fn assert_answers(cases: &[(&[u8], &str)]) {
    for (pickle, expected) in cases {
        assert_eq!(answer(pickle), *expected, "{}", pickle.escape_ascii());
    }
}

#[test]
fn a_state_of_what_is_no_instance() {
    assert_answers(&[
        (b"]Nb.", "[]"),
        (b"K\x01Nb.", "1"),
        (b"](N}tb.", "[]"),
        (b"cbuiltins\nset\nNb.", "<class 'set'>"),
        (b"cbuiltins\nset\n}b.", "<class 'set'>"),
        (
            b"cbuiltins\nset\n}K\x01K\x02sb.",
            "TypeError: 'mappingproxy' object does not support item assignment",
        ),
        (
            b"]}b.",
            "AttributeError: 'list' object has no attribute '__dict__'",
        ),
        (
            b"](}}tb.",
            "AttributeError: 'list' object has no attribute '__dict__'",
        ),
        (
            b"](N}X\x01\0\0\0xK\x01stb.",
            "AttributeError: 'list' object has no attribute 'x'",
        ),
        (b"]K\x01b.", "UnpicklingError: state is not a dictionary"),
        (
            b"](NNtb.",
            "UnpicklingError: slot state is not a dictionary",
        ),
        (
            b"](NK\x01tb.",
            "UnpicklingError: slot state is not a dictionary",
        ),
    ]);
}

#[test]
fn items_for_the_results_of_calls() {
    assert_answers(&[
        (b"cbuiltins\nset\n]\x85R(K\x01\x90.", "{1}"),
        (b"cbuiltins\nlist\n]\x85RK\x01a.", "[1]"),
        (b"cbuiltins\nlist\n]K\x01a\x85RK\x00K\x09s.", "[9]"),
        (b"cbuiltins\ndict\n)RK\x01K\x02s.", "{1: 2}"),
        (
            b"cbuiltins\nset\n]\x85R(K\x01e.",
            "AttributeError: 'set' object has no attribute 'append'",
        ),
        (
            b"cbuiltins\nlist\n]\x85R(K\x01K\x02\x90.",
            "AttributeError: 'list' object has no attribute 'add'",
        ),
        (
            b"cbuiltins\ntuple\n]\x85R(K\x01K\x02u.",
            "TypeError: 'tuple' object does not support item assignment",
        ),
        (
            b"cbuiltins\nfrozenset\n]\x85R(K\x01\x90.",
            "AttributeError: 'frozenset' object has no attribute 'add'",
        ),
        (
            b"cbuiltins\ndict\n]\x85R(K\x01e.",
            "AttributeError: 'dict' object has no attribute 'append'",
        ),
        (
            b"cbuiltins\nbytes\n)R(K\x01e.",
            "AttributeError: 'bytes' object has no attribute 'append'",
        ),
        (
            b"cbuiltins\nset\n]\x85R(]\x90.",
            "TypeError: unhashable type: 'list'",
        ),
        (
            b"cbuiltins\ndict\n]\x85R]K\x01s.",
            "TypeError: unhashable type: 'list'",
        ),
        (
            b"cbuiltins\nlist\n]\x85RK\x01K\x02s.",
            "IndexError: list assignment index out of range",
        ),
    ]);
}

/// Calls whose results Python knows and we do not: they stay calls, and nothing is made up.
#[test]
fn calls_that_stay_calls() {
    for (pickle, shown) in [
        (&b"cbuiltins\nset\nX\x02\0\0\0aa\x85R."[..], "set('aa')"),
        (b"cbuiltins\nlist\nC\x02ab\x85R.", "list(b'ab')"),
        (b"cbuiltins\ntuple\ncm\nC\n)R\x85R.", "tuple(m.C())"),
        (b"cbuiltins\nbytearray\n)R(K\x01K\x02e.", "bytearray()"),
    ] {
        let mut unpickler = Unpickler::from_slice(pickle).with_opaque(true);
        let value: Value = unpickler.load().unwrap();
        assert!(matches!(value, Value::Opaque(_)), "{value:?}");
        assert_eq!(format!("{value:?}"), shown);
        assert!(pickle::loads::<Vec<Value>>(pickle).is_err(), "{shown}");
        assert!(pickle::loads::<ByteArray>(pickle).is_err(), "{shown}");
        // What was done to the result is not lost.
        let mut pickler = Pickler::new(Vec::new()).with_protocol(Protocol::V3);
        pickler.dump(&value).unwrap();
        let items = |pickle: &[u8]| pickle.ends_with(b"(K\x01K\x02e.");
        assert_eq!(items(pickler.get_ref()), items(pickle), "{shown}");
    }
}

#[test]
fn a_view_of_what_is_read_only_is_itself() {
    assert_answers(&[
        (b"C\x01x\x98\x98.", "b'x'"),
        (b"C\x01x\x94\x98h\0\x86.", "(b'x', b'x')"),
    ]);
    let value: Value = pickle::loads(b"C\x01x\x94\x98h\0\x86.").unwrap();
    assert!(value[0].is(&value[1]));
    let array = b"\x96\x01\0\0\0\0\0\0\0x\x98\x94\x98h\0\x86.";
    let value: Value = pickle::loads(array).unwrap();
    assert!(value[0].is(&value[1]));
}

#[test]
fn only_what_c_reads_as_an_int_is_a_bool() {
    assert_answers(&[
        (b"I01\n.", "True"),
        (b"I 0\n.", "False"),
        (b"I0 \n.", "0"),
        (b"I0\t\n.", "0"),
        (b"I1 \n.", "1"),
    ]);
}

#[test]
fn built_in_types_by_the_opcodes_of_old_classes() {
    assert_answers(&[
        (b"(c__builtin__\nset\n](K\x01K\x02eo.", "{1, 2}"),
        (b"((lK\x01ai__builtin__\nlist\n.", "[1]"),
        (b"(i__builtin__\ndict\n.", "{}"),
        (
            b"(c__builtin__\nset\n]K0o.",
            "TypeError: set expected at most 1 argument, got 2",
        ),
        (
            b"(i__builtin__\nset\n]a.",
            "AttributeError: 'set' object has no attribute 'append'",
        ),
    ]);
}
