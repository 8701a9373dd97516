//! Which opcodes are written at which protocol.

use std::collections::{BTreeMap, BTreeSet};

use num_bigint::BigInt;
use pickle::opcode::Opcode;
use pickle::{Class, Encoder, ErrorKind, Global, NoArgs, Pickle, Pickler, Protocol};

use super::{count, dumps, opcodes, writes};

#[test]
fn the_protocol_comes_first() {
    for protocol in Protocol::ALL {
        let pickle = dumps(&(), protocol).unwrap();
        match protocol >= Protocol::V2 {
            true => assert_eq!(pickle[..2], [0x80, u8::from(protocol)]),
            false => assert_eq!(count(&pickle, Opcode::Proto), 0),
        }
    }
    let error = pickle::loads::<()>(b"\x80\x06N.").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert_eq!(error.python_type(), "ValueError");
    assert!(error.message().contains("unsupported pickle protocol"));
}

#[test]
fn constants() {
    let expected = [
        ["N.", "I01\n.", "I00\n."],
        ["N.", "I01\n.", "I00\n."],
        ["N.", "\u{88}.", "\u{89}."],
    ];
    let latin1 = |text: &str| text.chars().map(|c| c as u8).collect::<Vec<u8>>();
    for (protocol, [none, yes, no]) in Protocol::ALL.into_iter().zip(expected) {
        assert!(dumps(&(), protocol).unwrap().ends_with(&latin1(none)));
        assert!(dumps(&true, protocol).unwrap().ends_with(&latin1(yes)));
        assert!(dumps(&false, protocol).unwrap().ends_with(&latin1(no)));
    }
}

#[test]
fn ints() {
    for protocol in Protocol::ALL {
        let binary = protocol >= Protocol::V2;
        let long1 = dumps(&12_345_678_910_111_213_141_516_178_920_i128, protocol).unwrap();
        assert_eq!(count(&long1, Opcode::Long1), usize::from(binary));
        let large = BigInt::from(1) << (255 * 8);
        let long4 = dumps(&large, protocol).unwrap();
        assert_eq!(count(&long4, Opcode::Long4), usize::from(binary));
        // The size of 2ⁿ does not shrink, and nothing is text from protocol 2 on.
        let mut last = 0;
        for n in 0..=70 {
            let pickle = dumps(&(1_i128 << n), protocol).unwrap();
            assert!(pickle.len() >= last, "2**{n} at {protocol:?}");
            last = pickle.len();
            if binary {
                assert_eq!(
                    count(&pickle, Opcode::Int) + count(&pickle, Opcode::Long),
                    0
                );
            }
        }
    }
}

#[test]
fn floats_of_protocol_0() {
    assert_eq!(dumps(&1.0, Protocol::V0).unwrap(), b"F1.0\n.");
}

#[test]
fn tuples() {
    for protocol in Protocol::ALL {
        for (len, short) in [
            (0, Opcode::EmptyTuple),
            (1, Opcode::Tuple1),
            (2, Opcode::Tuple2),
            (3, Opcode::Tuple3),
            (4, Opcode::Tuple),
        ] {
            let since = match len {
                0 => Protocol::V1,
                1..=3 => Protocol::V2,
                _ => Protocol::V0,
            };
            let expected = match protocol >= since {
                true => short,
                false => Opcode::Tuple,
            };
            let tuple = writes(|encoder: &mut Encoder<'_>| {
                let mut tuple = encoder.tuple(len)?;
                (0..len).try_for_each(|n| tuple.item(&n))?;
                tuple.end()
            });
            let pickle = dumps(&tuple, protocol).unwrap();
            assert_eq!(count(&pickle, expected), 1, "{len} at {protocol:?}");
        }
    }
}

#[test]
fn chunks() {
    let list: Vec<usize> = (0..2500).collect();
    let dict: BTreeMap<usize, usize> = (0..2500).map(|n| (n, n)).collect();
    let set: BTreeSet<usize> = (0..2500).collect();
    let like = writes(|encoder| {
        let mut object = encoder.reduce(&Global::new("m", "C"), &NoArgs)?;
        let mut items = object.items(2500)?;
        (0..2500).try_for_each(|n| items.item(&n))?;
        items.end()?;
        let mut pairs = object.pairs(2500)?;
        (0..2500).try_for_each(|n| pairs.entry(&n, &n))?;
        pairs.end()?;
        object.end()
    });
    for protocol in Protocol::ALL {
        let many = if protocol == Protocol::V0 { 0 } else { 3 };
        assert_eq!(
            count(&dumps(&list, protocol).unwrap(), Opcode::Appends),
            many
        );
        assert_eq!(
            count(&dumps(&dict, protocol).unwrap(), Opcode::Setitems),
            many
        );
        let sets = if protocol < Protocol::V4 { 0 } else { 3 };
        assert_eq!(
            count(&dumps(&set, protocol).unwrap(), Opcode::Additems),
            sets
        );
        let like = dumps(&like, protocol).unwrap();
        assert_eq!(count(&like, Opcode::Appends), many);
        assert_eq!(count(&like, Opcode::Setitems), many);
        let short = dumps(&list[..10], protocol).unwrap();
        assert_eq!(count(&short, Opcode::Appends), many.min(1));
    }
}

#[test]
fn instances_use_the_opcode_of_the_protocol() {
    let class = Global::new("m", "C");
    let simple = writes(|encoder| encoder.new_object(&class, &NoArgs)?.end());
    let with_args = writes(|encoder| encoder.new_object(&class, &(1, 2))?.end());
    let with_kwargs = writes(|encoder| {
        encoder
            .new_object_ex(&class, &(1, 2), &BTreeMap::from([("k", 3)]))?
            .end()
    });
    let call = writes(|encoder| encoder.reduce(&class, &(1, 2))?.end());
    for protocol in Protocol::ALL {
        let since = |first| usize::from(protocol >= first);
        for value in [&simple as &dyn Pickle, &with_args] {
            let pickle = dumps(value, protocol).unwrap();
            assert_eq!(count(&pickle, Opcode::Newobj), since(Protocol::V2));
        }
        let pickle = dumps(&with_kwargs, protocol).unwrap();
        assert_eq!(count(&pickle, Opcode::NewobjEx), since(Protocol::V4));
        let pickle = dumps(&call, protocol).unwrap();
        assert_eq!(count(&pickle, Opcode::Reduce), 1);
        assert_eq!(count(&pickle, Opcode::Newobj), 0);
    }
}

#[test]
fn names_of_the_protocol() {
    for (module, name, python2) in [
        ("builtins", "Ellipsis", "__builtin__\nEllipsis"),
        ("builtins", "NotImplemented", "__builtin__\nNotImplemented"),
        ("builtins", "int", "__builtin__\nlong"),
        ("builtins", "range", "__builtin__\nxrange"),
        ("builtins", "map", "itertools\nimap"),
        ("functools", "reduce", "__builtin__\nreduce"),
        ("dbm", "whichdb", "whichdb\nwhichdb"),
        ("builtins", "Exception", "exceptions\nException"),
        ("collections", "UserDict", "UserDict\nIterableUserDict"),
        ("collections", "UserList", "UserList\nUserList"),
        ("collections", "defaultdict", "collections\ndefaultdict"),
        ("builtins", "len", "__builtin__\nlen"),
    ] {
        let global = Global::new(module, name);
        for protocol in Protocol::ALL {
            let pickle = dumps(&global, protocol).unwrap();
            let expected = match protocol {
                Protocol::V0 | Protocol::V1 | Protocol::V2 => format!("c{python2}\n"),
                Protocol::V3 => format!("c{module}\n{name}\n"),
                _ => name.to_owned(),
            };
            let found = pickle.escape_ascii().to_string();
            let expected = expected.as_bytes().escape_ascii().to_string();
            assert!(found.contains(&expected), "{found} without {expected}");
            let read: pickle::Value = pickle::Unpickler::from_slice(&pickle)
                .with_opaque(true)
                .load()
                .unwrap();
            assert!(
                read.as_global()
                    .is_some_and(|global| global.is(module, name))
            );
        }
    }
    let nested = Global::new("m", "A.B.C");
    for protocol in Protocol::ALL {
        let pickle = dumps(&nested, protocol).unwrap();
        let calls = if protocol < Protocol::V4 { 2 } else { 0 };
        assert_eq!(count(&pickle, Opcode::Reduce), calls);
    }
}

#[test]
fn extension_codes() {
    static ONE: Class = Class::new::<u8>("m", "One").with_extension(0xFF);
    static TWO: Class = Class::new::<u16>("m", "Two").with_extension(0xFFFF);
    static FOUR: Class = Class::new::<u32>("m", "Four").with_extension(0x1_0000);
    for (class, opcode) in [
        (&ONE, Opcode::Ext1),
        (&TWO, Opcode::Ext2),
        (&FOUR, Opcode::Ext4),
    ] {
        let instance = writes(|encoder: &mut Encoder<'_>| {
            let mut list = encoder.list(2)?;
            list.item(&writes(|encoder| encoder.object(class, 0)?.end()))?;
            list.item(&writes(|encoder| encoder.object(class, 0)?.end()))?;
            list.end()
        });
        for protocol in Protocol::ALL {
            let pickle = dumps(&instance, protocol).unwrap();
            // They take no slot of the memo, and are written each time.
            let codes = if protocol >= Protocol::V2 { 2 } else { 0 };
            assert_eq!(count(&pickle, opcode), codes);
        }
    }
}

#[test]
fn a_type_knows_the_protocol() {
    for protocol in Protocol::ALL {
        let value = writes(|encoder| {
            let protocol = i64::from(u8::from(encoder.protocol()));
            encoder.int(protocol)
        });
        let pickle = dumps(&value, protocol).unwrap();
        assert_eq!(pickle::loads::<u8>(&pickle).unwrap(), u8::from(protocol));
    }
}

#[derive(Pickle)]
#[pickle(module = "m")]
struct Overridden {
    number: i64,
}

#[test]
fn a_pickler_may_write_a_type_otherwise() {
    // test_reducer_override of test_pickle.py
    let value = vec![Overridden { number: 1 }, Overridden { number: 2 }];
    let mut pickler = Pickler::new(Vec::new())
        .with_protocol(Protocol::V2)
        .with_override(|value: &Overridden, encoder| match value.number {
            1 => encoder.reduce(&Global::new("m", "one"), &NoArgs)?.end(),
            _ => encoder.not_overridden(value),
        });
    pickler.dump(&value).unwrap();
    assert_eq!(
        pickler.into_inner(),
        b"\x80\x02]q\0(cm\none\nq\x01)Rq\x02\
          cm\nOverridden\nq\x03)\x81q\x04}q\x05X\x06\0\0\0numberq\x06K\x02sbe."
    );
    assert_eq!(
        count(&dumps(&value, Protocol::V2).unwrap(), Opcode::Newobj),
        2
    );
}

#[test]
fn bytes_for_python_2() {
    // DATA_SET, and range(5) as a list, of CPython's suite
    assert_eq!(
        dumps(&vec![0, 1, 2, 3, 4], Protocol::V2).unwrap(),
        b"\x80\x02]q\0(K\0K\x01K\x02K\x03K\x04e."
    );
    assert_eq!(
        dumps(&BTreeSet::from([3]), Protocol::V2).unwrap(),
        b"\x80\x02c__builtin__\nset\nq\0]q\x01K\x03a\x85q\x02Rq\x03."
    );
    assert_eq!(opcodes(b"N.").len(), 2);
}
