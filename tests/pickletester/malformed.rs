//! Pickles that are cut short, or whose instructions lack what they work on.

use std::io::BufReader;

use pickle::{Document, Unpickler};

use crate::{assert_raised, error};

#[test]
fn instructions_need_their_operands() {
    let pickles: [&[u8]; 44] = [
        // STOP, POP, POP_MARK, DUP, REDUCE
        b".",
        b"0",
        b"1",
        b"2",
        b"(2",
        b"R",
        b")R",
        // APPEND, BUILD, DICT, APPENDS
        b"a",
        b"Na",
        b"b",
        b"Nb",
        b"d",
        b"e",
        b"(e",
        // INST, LIST, OBJ
        b"imodule\nname\n",
        b"l",
        b"o",
        b"(o",
        // PUT, BINPUT, LONG_BINPUT
        b"p1\n",
        b"q\0",
        b"r\0\0\0\0",
        // SETITEM, TUPLE, SETITEMS
        b"s",
        b"Ns",
        b"NNs",
        b"t",
        b"u",
        b"(u",
        b"}(Nu",
        // NEWOBJ, TUPLE1, TUPLE2, TUPLE3
        b"\x81",
        b")\x81",
        b"\x85",
        b"\x86",
        b"N\x86",
        b"\x87",
        b"N\x87",
        b"NN\x87",
        // ADDITEMS, FROZENSET, NEWOBJ_EX, STACK_GLOBAL, MEMOIZE
        b"\x90",
        b"(\x90",
        b"\x91",
        b"\x92",
        b")}\x92",
        b"\x93",
        b"Vname\n\x93",
        b"\x94",
    ];
    for pickle in pickles {
        let error = error(pickle);
        assert_eq!(error.python_type(), "UnpicklingError");
        // None of them is only cut short.
        let shown = format!("{}: {error:?}", pickle.escape_ascii());
        assert!(!error.message().contains("truncated"), "{shown}");
        assert!(error.offset().is_some(), "{shown}");
    }
}

#[test]
fn a_mark_is_no_operand() {
    assert_raised(
        "UnpicklingError",
        &[
            // STOP, DUP, REDUCE, APPEND, BUILD
            b"N(.",
            b"N(2",
            b"cbuiltins\nobject\n)(R",
            b"cbuiltins\nobject\n()R",
            b"]N(a",
            b"cbuiltins\nobject\n)R}(b",
            b"cbuiltins\nobject\n)R(}b",
            // DICT of one, PUT, BINPUT, LONG_BINPUT
            b"(Nd",
            b"N(p1\n",
            b"N(q\0",
            b"N(r\0\0\0\0",
            // SETITEM, SETITEMS
            b"}NN(s",
            b"}N(Ns",
            b"}(NNs",
            b"}((u",
            // NEWOBJ, TUPLE1, TUPLE2, TUPLE3
            b"cbuiltins\nobject\n)(\x81",
            b"cbuiltins\nobject\n()\x81",
            b"N(\x85",
            b"NN(\x86",
            b"N(N\x86",
            b"NNN(\x87",
            b"NN(N\x87",
            b"N(NN\x87",
            // ADDITEMS, NEWOBJ_EX, STACK_GLOBAL, MEMOIZE
            b"]((\x90",
            b"cbuiltins\nobject\n)}(\x92",
            b"cbuiltins\nobject\n)(}\x92",
            b"cbuiltins\nobject\n()}\x92",
            b"Vm\n(VC\n\x93",
            b"Vm\nVC\n(\x93",
            b"N(\x94",
        ],
    );
}

#[test]
fn an_argument_cut_short_is_truncated_data() {
    let whole: [&[u8]; 35] = [
        b"B\x03\0\0\0abc",
        b"C\x03abc",
        b"F0.5\n",
        b"G\0\0\0\0\0\0\0\0",
        b"I10\n",
        b"J\0\0\0\0",
        b"K\x01",
        b"L10L\n",
        b"M\0\0",
        b"S'abc'\n",
        b"T\x03\0\0\0abc",
        b"U\x03abc",
        b"Vabc\n",
        b"X\x03\0\0\0abc",
        b"cmodule\nname\n",
        b"g0\n",
        b"h\0",
        b"j\0\0\0\0",
        b"p0\n",
        b"q\0",
        b"r\0\0\0\0",
        b"\x80\x02",
        b"\x82\x01",
        b"\x83\x01\0",
        b"\x84\x01\0\0\0",
        b"\x8a\x02ab",
        b"\x8b\x02\0\0\0ab",
        b"\x8c\x03abc",
        b"\x8d\x03\0\0\0\0\0\0\0abc",
        b"\x8e\x03\0\0\0\0\0\0\0abc",
        b"\x95\x02\0\0\0\0\0\0\0N.",
        b"\x96\x03\0\0\0\0\0\0\0abc",
        b"imodule\nname\n",
        b"Pid\n",
        b"V\n",
    ];
    for instruction in whole {
        for length in 1..instruction.len() {
            // Something to store, a mark to take.
            let pickle = [b"N(N", &instruction[..length]].concat();
            let slice = Document::parse(&pickle).err().unwrap();
            let reader = BufReader::with_capacity(1, pickle.as_slice());
            let reader = Unpickler::new(reader).document().err().unwrap();
            for error in [slice, reader] {
                let shown = format!("{}: {error:?}", pickle.escape_ascii());
                assert_eq!(error.message(), "pickle data was truncated", "{shown}");
                assert_eq!(error.python_type(), "UnpicklingError");
            }
        }
    }
}

#[test]
fn data_that_ends_between_instructions_is_the_end_of_the_file() {
    assert_raised("EOFError", &[b"", b"N", b"\x80\x04", b"](K\x01"]);
    assert!(error(b"N").is_eof());
}

#[test]
fn text_that_is_shorter_than_it_claims() {
    let mut reader: &[u8] = b"X''.";
    let error = pickle::load::<String>(&mut reader).unwrap_err();
    assert_eq!(error.message(), "pickle data was truncated");
}

#[test]
fn lengths_beyond_the_input() {
    for pickle in [
        &b"\x80\x03B\xff\xff\xff\xffabc."[..],
        b"\x80\x03X\xff\xff\xff\xffabc.",
        b"\x80\x04\x8d\x04\0\0\0\x01\0\0\0abcd.",
        b"\x80\x04\x8e\x04\0\0\0\x01\0\0\0abcd.",
        b"\x80\x05\x96\x04\0\0\0\x01\0\0\0abcd.",
    ] {
        assert_eq!(error(pickle).message(), "pickle data was truncated");
    }
    // A slot of any number is a slot.
    assert_eq!(
        crate::value(b"Vtea\nr\xff\xff\xff\xff0j\xff\xff\xff\xff."),
        "tea"
    );
}
