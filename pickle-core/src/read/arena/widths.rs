//! The machine gives the same documents with narrow and with wide words: inputs that are long
//! enough for wide ones are too long for most tests.

use crate::error::Result;
use crate::read::{Document, Unpickler};
use crate::value::Value;

/// Numbers without a pattern, the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn pick<'a>(&mut self, of: &[&'a [u8]]) -> &'a [u8] {
        of[self.next() as usize % of.len()]
    }
}

/// Instructions that nearly always work, and some that often do not.
const INSTRUCTIONS: &[&[u8]] = &[
    b"N",
    b"K\x07",
    b"J\xff\xff\xff\xff",
    b"I01\n",
    b"L123456789012345678901L\n",
    b"G\x3f\xf0\0\0\0\0\0\0",
    b"X\x02\0\0\0ab",
    b"\x8c\x01c",
    b"Va\\u00e9\n",
    b"U\x02ab",
    b"C\x01x",
    b"\x96\x02\0\0\0\0\0\0\0xy",
    b"]",
    b"}",
    b"\x8f",
    b")",
    b"(",
    b"(NK\x01]e",
    b"(NK\x01e",
    b"(K\x01NK\x02Nu",
    b"(K\x01K\x02\x90",
    b"Na",
    b"K\x03Ns",
    b"a",
    b"s",
    b"e",
    b"u",
    b"t",
    b"l",
    b"d",
    b"\x91",
    b"\x85",
    b"\x86",
    b"\x87",
    b"0",
    b"1",
    b"2",
    b"q\0",
    b"q\x01",
    b"p7\n",
    b"r\xff\xff\xff\xff",
    b"j\xff\xff\xff\xff",
    b"\x94",
    b"h\0",
    b"h\x01",
    b"g7\n",
    b"cm\nC\n",
    b"cm\nC\n)\x81}X\x01\0\0\0xK\x01sb",
    b"\x8c\x01m\x8c\x01C\x93",
    b"cbuiltins\nset\n](K\x01K\x02e\x85R",
    b"cbuiltins\nlist\n(K\x01K\x02t\x85R",
    b"cbuiltins\ndict\n](K\x01N\x86e\x85R",
    b"cbuiltins\ngetattr\ncm\nC\nX\x01\0\0\0x\x86R",
    b")R",
    b")\x81",
    b"b",
    b"\x98",
    b"\x80\x02",
    b"\x95\x01\0\0\0\0\0\0\0",
];

fn document(bytes: &[u8], wide_from: usize) -> Result<Document<'_>> {
    let mut unpickler = Unpickler::from_slice(bytes);
    unpickler.options.wide_from = wide_from;
    unpickler.document()
}

fn value(bytes: &[u8], wide_from: usize) -> String {
    let mut unpickler = Unpickler::from_slice(bytes).with_opaque(true);
    unpickler.options.wide_from = wide_from;
    match unpickler.load::<Value>() {
        Ok(value) => format!("{value:?}"),
        Err(error) => format!("{error:?}"),
    }
}

fn assert_same(bytes: &[u8]) -> bool {
    let shown = || bytes.escape_ascii();
    match (document(bytes, usize::MAX), document(bytes, 0)) {
        (Ok(narrow), Ok(wide)) => {
            assert_eq!(narrow.root, wide.root, "{}", shown());
            assert!(narrow.arena.same(&wide.arena), "{}", shown());
            assert_eq!(value(bytes, usize::MAX), value(bytes, 0), "{}", shown());
            true
        }
        (Err(narrow), Err(wide)) => {
            assert_eq!(format!("{narrow:?}"), format!("{wide:?}"), "{}", shown());
            false
        }
        (narrow, wide) => panic!("{:?} {:?} {}", narrow.err(), wide.err(), shown()),
    }
}

#[test]
fn narrow_and_wide_words_say_the_same() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut good = 0;
    for _ in 0..20_000 {
        let mut bytes = Vec::new();
        for _ in 0..random.next() % 30 {
            bytes.extend_from_slice(random.pick(INSTRUCTIONS));
        }
        // What is left on the stack becomes one tuple, unless a mark is among it.
        bytes.insert(0, b'(');
        bytes.extend_from_slice(b"t.");
        good += usize::from(assert_same(&bytes));
    }
    assert!(good > 1_000, "only {good} were pickles");
}
