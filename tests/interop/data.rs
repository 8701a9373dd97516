//! Data of every type, both ways, at each protocol, with each Python, compared by value.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Debug};
use std::fs;
use std::io::Write as _;
use std::rc::Rc;

use num_bigint::BigInt;
use pickle::{
    ByteArray, Cursor, Encoder, Error, FrozenSet, Pickle, Protocol, Slice, Unpickle, Unpickler,
};

use crate::support::{Python, TempDir, pythons, run};
use crate::{SimpleObject, dump_to};

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(module = "__main__")]
struct Tree {
    label: String,
    children: Vec<Tree>,
}

impl Tree {
    fn new<const N: usize>(label: &str, children: [Self; N]) -> Self {
        Self {
            label: label.to_owned(),
            children: children.into(),
        }
    }
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(module = "__main__")]
struct Empty {}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(module = "__main__", name = "Outer.Inner")]
struct Inner {
    number: u8,
}

#[derive(Pickle, Clone, Debug, PartialEq)]
#[pickle(module = "__main__")]
struct Record {
    nothing: Option<i64>,
    flag: bool,
    count: i32,
    large: i128,
    ratio: f64,
    text: String,
    raw: ByteArray,
    list: Vec<String>,
    pair: (i64, String),
    mapping: BTreeMap<String, Vec<i64>>,
    unique: BTreeSet<u32>,
    child: SimpleObject,
    #[pickle(rename = "rename")]
    renamed: String,
}

/// A list of two references to one list.
#[derive(Clone)]
struct Shared(Rc<Vec<i64>>);

impl Pickle for Shared {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
        encoder.value(&[self.0.clone(), self.0.clone()])
    }
}

impl<'de> Unpickle<'de> for Shared {
    fn unpickle(cursor: Cursor<'_, 'de>) -> pickle::Result<Self> {
        let [first, second] = <[Rc<Vec<i64>>; 2]>::unpickle(cursor)?;
        match Rc::ptr_eq(&first, &second) {
            true => Ok(Self(first)),
            false => Err(Error::custom("two lists instead of one")),
        }
    }
}

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shared({:?})", self.0)
    }
}

/// A float to the bit: `-0.0` is not `0.0`, and `nan` is `nan`.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Bits(u64);

impl Pickle for Bits {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
        encoder.float(f64::from_bits(self.0))
    }
}

impl<'de> Unpickle<'de> for Bits {
    fn unpickle(cursor: Cursor<'_, 'de>) -> pickle::Result<Self> {
        Ok(Self(cursor.float()?.to_bits()))
    }
}

/// Appends the case's pickle.
type Write = dyn Fn(&mut Vec<u8>, Protocol);

/// Reads the next pickle and compares.
type Read = dyn Fn(&mut Unpickler<Slice<'_>>) -> Result<(), String>;

/// A value as Rust and as Python say it.
struct Case {
    python: &'static str,
    flags: &'static str,
    write: Box<Write>,
    read: Box<Read>,
}

impl Case {
    fn new<T>(python: &'static str, value: T) -> Self
    where
        T: Pickle + for<'de> Unpickle<'de> + PartialEq + Debug + Clone + 'static,
    {
        let written = value.clone();
        Self {
            python,
            flags: "",
            write: Box::new(move |bytes, protocol| dump_to(bytes, &written, protocol)),
            read: Box::new(move |unpickler| match unpickler.load::<T>() {
                Ok(read) if read == value => Ok(()),
                Ok(read) => Err(format!("{read:.200?}, not {value:.200?}")),
                Err(error) => Err(format!("{error:?}")),
            }),
        }
    }

    /// Not as in Python 2, whose `bytes` are its `str`.
    fn python3(self) -> Self {
        Self {
            flags: "python3",
            ..self
        }
    }

    /// A class inside of a class, which Python 2 cannot pickle. Below protocol 4 it is the result of
    /// `getattr`, which is memoized in a shorter way since Python 3.13.
    fn nested(self) -> Self {
        Self {
            flags: "python3 nested",
            ..self
        }
    }

    /// Python iterates in an order of its own, which another set of the same elements may not have.
    fn unordered(self) -> Self {
        Self {
            flags: "unordered",
            ..self
        }
    }

    fn is_for(&self, python: &Python) -> bool {
        !(python.is_python2() && self.flags.starts_with("python3"))
    }
}

/// Every type of the format's built-in data, and instances.
#[rustfmt::skip]
fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::new("None", None::<i64>),
        Case::new("None", ()),
        Case::new("True", true),
        Case::new("False", false),

        Case::new("0", 0_i64),
        Case::new("1", 1_u8),
        Case::new("-1", -1_i8),
        Case::new("255", u8::MAX),
        Case::new("256", 256_u16),
        Case::new("65535", u16::MAX),
        Case::new("65536", 65_536_u32),
        Case::new("2**31 - 1", i32::MAX),
        Case::new("2**31", 1_u32 << 31),
        Case::new("-2**31", i32::MIN),
        Case::new("-2**31 - 1", i64::from(i32::MIN) - 1),
        Case::new("2**63 - 1", i64::MAX),
        Case::new("-2**63", i64::MIN),
        Case::new("2**63", 1_u64 << 63),
        Case::new("2**64 - 1", u64::MAX),
        Case::new("2**127 - 1", i128::MAX),
        Case::new("-2**127", i128::MIN),
        Case::new("2**128 - 1", u128::MAX),
        Case::new("3**700", BigInt::from(3).pow(700)),
        Case::new("-3**700", -BigInt::from(3).pow(700)),
        // The longest whose length takes one byte, and the next.
        Case::new("2**2039 - 1", BigInt::from(2).pow(2039) - 1),
        Case::new("2**2040 - 1", BigInt::from(2).pow(2040) - 1),
        Case::new("-2**2039", -BigInt::from(2).pow(2039)),

        Case::new("0.0", Bits(0.0_f64.to_bits())),
        Case::new("-0.0", Bits((-0.0_f64).to_bits())),
        Case::new("1.5", 1.5_f64),
        Case::new("0.1", 0.1_f64),
        Case::new("-2.5e-300", -2.5e-300_f64),
        Case::new("5e-324", 5e-324_f64),
        Case::new("1.7976931348623157e308", f64::MAX),
        Case::new("1e16", 1e16_f64),
        Case::new("1e22", 1e22_f64),
        Case::new("123456789.125", 123_456_789.125_f64),
        Case::new("float('inf')", f64::INFINITY),
        Case::new("float('-inf')", f64::NEG_INFINITY),
        // Python 2 gives it a sign.
        Case::new("float('nan')", Bits(0x7FF8_0000_0000_0000)).python3(),
        Case::new("0.25", 0.25_f32),

        Case::new("''", String::new()),
        Case::new("'x'", 'x'),
        Case::new("'pickle'", "pickle".to_owned()),
        Case::new(r#"'it\'s "so"\\\n\r\t\0\x1a\x7f'"#, "it's \"so\"\\\n\r\t\0\x1a\x7f".to_owned()),
        Case::new("'caf\\xe9'", "café".to_owned()),
        Case::new("'\\u65e5\\u672c'", "日本".to_owned()),
        Case::new("'\\U0001F952'", "🥒".to_owned()),
        Case::new("'\\\\u0041 \\\\'", "\\u0041 \\".to_owned()),
        Case::new("'y' * 255", "y".repeat(255)),
        Case::new("'y' * 256", "y".repeat(256)),
        Case::new("'\\xe9' * 200", "é".repeat(200)),
        Case::new("'y' * 70000", "y".repeat(70_000)),

        Case::new("b''", b"".to_vec()).python3(),
        Case::new("b'raw'", b"raw".to_vec()).python3(),
        Case::new("bytes(range(256))", (0..=255).collect::<Vec<u8>>()).python3(),
        Case::new("b'\\x80\\x00' * 40000", b"\x80\0".repeat(40_000)).python3(),
        Case::new("bytearray()", ByteArray(Vec::new())),
        Case::new("bytearray(b'brine')", ByteArray(b"brine".to_vec())),
        Case::new("bytearray(range(256))", ByteArray((0..=255).collect())),

        Case::new("[]", Vec::<i64>::new()),
        Case::new("[7]", vec![7_i64]),
        Case::new("[1, 2, 3]", [1_i64, 2, 3]),
        Case::new("list(range(1000))", (0..1000).collect::<Vec<i64>>()),
        Case::new("list(range(1001))", (0..1001).collect::<Vec<i64>>()),
        Case::new("list(range(2500))", (0..2500).collect::<Vec<i64>>()),
        Case::new("[None, 1]", vec![None, Some(1_i64)]),
        Case::new("[[], [[]], [[], [1.0]]]", vec![vec![], vec![vec![]], vec![vec![], vec![1.0_f64]]]),

        Case::new("(1,)", (1_i64,)),
        Case::new("(1, 'one')", (1_i64, "one".to_owned())),
        Case::new("(1, 'one', None)", (1_i64, "one".to_owned(), None::<bool>)),
        Case::new("(1, 2, 3, 4)", (1_i64, 2_i64, 3_i64, 4_i64)),
        Case::new("((1, 2), (3, (4, 5)))", ((1_i64, 2_i64), (3_i64, (4_i64, 5_i64)))),

        Case::new("{}", BTreeMap::<String, i64>::new()),
        Case::new("{'a': 1}", BTreeMap::from([("a".to_owned(), 1_i64)])),
        Case::new("{1: 'x', 2: 'yy'}", BTreeMap::from([(1_i64, "x".to_owned()), (2, "yy".to_owned())])),
        Case::new("{(1, 2): [3], (4, 5): []}", BTreeMap::from([((1_i64, 2_i64), vec![3_i64]), ((4, 5), vec![])])),
        Case::new("dict((i, i * i) for i in range(1500))", (0..1500_i64).map(|i| (i, i * i)).collect::<BTreeMap<_, _>>()),

        Case::new("set()", BTreeSet::<i64>::new()),
        Case::new("{42}", BTreeSet::from([42_i64])),
        Case::new("{'red', 'green', 'blue'}", ["red", "green", "blue"].map(str::to_owned).into_iter().collect::<BTreeSet<_>>()).unordered(),
        Case::new("set(range(1500))", (0..1500_i64).collect::<BTreeSet<_>>()).unordered(),
        Case::new("frozenset()", FrozenSet(BTreeSet::<i64>::new())),
        Case::new("frozenset([42])", FrozenSet(BTreeSet::from([42_i64]))),
        Case::new("frozenset([(1, 'x'), (2, 'y')])", FrozenSet(BTreeSet::from([(1_i64, "x".to_owned()), (2, "y".to_owned())]))).unordered(),

        Case::new("[{'aa': 'AA', 'bb': 'BB'}]", vec![BTreeMap::from([("aa", "AA"), ("bb", "BB")].map(|(k, v)| (k.to_owned(), v.to_owned())))]),
        Case::new("shared([1, 2, 3])", Shared(Rc::new(vec![1, 2, 3]))),

        Case::new("SimpleObject('pickle')", SimpleObject::new("pickle")),
        Case::new("[SimpleObject(n) for n in ['pickle', 'preserve', 'last']]", ["pickle", "preserve", "last"].map(SimpleObject::new)),
        Case::new("Tree('root', [Tree('left', [Tree('leaf', [])]), Tree('right', [])])",
            Tree::new("root", [Tree::new("left", [Tree::new("leaf", [])]), Tree::new("right", [])])),
        Case::new("Empty()", Empty {}),
        Case::new("[Empty(), Empty()]", [Empty {}, Empty {}]),
        Case::new("Outer.Inner(7)", Inner { number: 7 }).nested(),
    ];
    cases.push(Case::new("Record()", Record {
        nothing: None,
        flag: true,
        count: -3,
        large: 10_i128.pow(30),
        ratio: 0.1,
        text: "text".to_owned(),
        raw: ByteArray(b"\0raw\xff".to_vec()),
        list: vec!["a".to_owned(), "b".to_owned()],
        pair: (1, "one".to_owned()),
        mapping: BTreeMap::from([("left".to_owned(), vec![1]), ("right".to_owned(), vec![2, 3])]),
        unique: BTreeSet::from([7]),
        child: SimpleObject::new("child"),
        renamed: "from".to_owned(),
    }));
    cases
}

/// A directory with the list of cases in which a script finds what it has to make.
fn directory_of(cases: &[Case]) -> TempDir {
    let directory = TempDir::new();
    let mut list = fs::File::create(directory.join("cases.txt")).unwrap();
    for case in cases {
        assert!(!case.python.contains(['\n', '\t']));
        writeln!(list, "{}\t{}", case.flags, case.python).unwrap();
    }
    directory
}

/// Writes all cases at each protocol, as the script expects them.
fn write_all(cases: &[Case], directory: &TempDir, python: &Python) -> Vec<String> {
    let mut numbers = Vec::new();
    for &protocol in python.protocols() {
        let mut bytes = Vec::new();
        for case in cases.iter().filter(|case| case.is_for(python)) {
            (case.write)(&mut bytes, protocol);
        }
        let number = u8::from(protocol).to_string();
        fs::write(directory.join(format!("rust-{number}.pickle")), bytes).unwrap();
        numbers.push(number);
    }
    numbers
}

#[test]
fn rust_reads_what_python_writes() {
    let cases = cases();
    for python in pythons() {
        let directory = directory_of(&cases);
        let mut script = python.script("tests/python/data.py");
        let files = run(script.arg("write").arg(directory.path()));
        // Two picklers, the one in C and the one in Python.
        assert_eq!(
            files.lines().count(),
            2 * python.protocols().len(),
            "{python}"
        );
        for file in files.lines() {
            let bytes = fs::read(directory.join(file)).unwrap();
            let mut unpickler = Unpickler::from_slice(&bytes);
            for case in cases.iter().filter(|case| case.is_for(python)) {
                if let Err(problem) = (case.read)(&mut unpickler) {
                    panic!("{python}, {file}: {}: {problem}", case.python);
                }
            }
            assert_eq!(unpickler.rest(), b"", "{python}, {file}");
        }
    }
}

#[test]
fn python_reads_what_rust_writes() {
    let cases = cases();
    for python in pythons() {
        let directory = directory_of(&cases);
        let protocols = write_all(&cases, &directory, python);
        let mut script = python.script("tests/python/data.py");
        run(script.arg("check").arg(directory.path()).args(protocols));
    }
}

/// What we write is what Python would have written: `dumps(loads(bytes), protocol) == bytes`.
#[test]
fn python_writes_again_what_rust_writes() {
    let cases = cases();
    for python in pythons() {
        // Earlier Pythons wrote some types in other ways.
        if python.version < (3, 8) {
            continue;
        }
        let directory = directory_of(&cases);
        let protocols = write_all(&cases, &directory, python);
        let mut script = python.script("tests/python/data.py");
        run(script.arg("fixpoint").arg(directory.path()).args(protocols));
    }
}
