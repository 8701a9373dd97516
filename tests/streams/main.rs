//! A pickle that is decoded as it is read gives what the arena gives: the same values, the same
//! errors, the same end.

mod depth;
mod limits;
#[path = "../corpus/manifest.rs"]
#[allow(dead_code, unreachable_pub, reason = "the corpus is tested elsewhere")]
mod manifest;
mod sentences;
#[allow(unreachable_pub, reason = "the fuzzer shares it")]
mod targets;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use pickle::{Pickle, Pickler, Protocol};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use self::manifest::Corpus;
use self::targets::{
    Empty, Label, Node, Open, Owners, Part, Point, Record, Strict, Tree, compare, compare_all,
};

fn same(bytes: &[u8]) -> usize {
    compare_all(bytes).unwrap_or_else(|difference| panic!("{difference}"))
}

#[test]
fn the_corpus_reads_the_same() {
    let corpus = Corpus::open();
    let mut streamed = 0;
    for (_, variant) in corpus.variants() {
        let bytes = corpus.bytes(variant);
        // A reader of one value has seen all that there is to be seen of a very large one.
        if bytes.len() < 1 << 20 {
            streamed += same(&bytes);
        }
    }
    assert!(streamed > 500, "{streamed}");
}

/// SplitMix64.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end as u64) as usize
    }

    /// Opcodes that the stream knows, and some that it does not.
    fn opcode(&mut self) -> u8 {
        const OPCODES: &[u8] =
            b"]})(ae\x94\x94\x85\x86\x87tNK\x88us\x81b\x8f\x90\x91h\x8cq0.2R\x93\x95l";
        OPCODES[self.below(OPCODES.len())]
    }

    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(3) {
            let (at, from) = (self.below(bytes.len()), self.below(bytes.len()));
            let end = (from + 1 + self.below(8)).min(bytes.len());
            match self.below(6) {
                0 => bytes[at] = self.below(256) as u8,
                1 => bytes[at] = self.opcode(),
                2 => bytes.insert(at, self.opcode()),
                3 if bytes.len() > 3 => drop(bytes.remove(at)),
                4 => {
                    let part = bytes[from..end].to_vec();
                    bytes.splice(at..at, part);
                }
                _ => bytes.swap(at, from),
            }
        }
    }
}

#[test]
fn mutations_of_the_corpus_read_the_same() {
    let corpus = Corpus::open();
    let mut numbers = Numbers(1);
    for (_, variant) in corpus.variants() {
        let bytes = corpus.bytes(variant);
        if variant.protocol < 2 || bytes.len() > 300 {
            continue;
        }
        let mut mutated = bytes;
        numbers.mutate(&mut mutated);
        same(&mutated);
    }
}

fn dump<T: Pickle>(value: &T, protocol: Protocol) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut pickler = Pickler::new(&mut bytes).with_protocol(protocol);
    pickler.dump(value).unwrap();
    bytes
}

const PROTOCOLS: [Protocol; 4] = [Protocol::V2, Protocol::V3, Protocol::V4, Protocol::V5];

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-c]{0,2}", "\\PC{0,40}"]
}

fn point() -> impl Strategy<Value = Point> {
    (any::<i64>(), any::<f32>(), proptest::option::of(text())).prop_map(|(x, y, label)| Point {
        x,
        y,
        label: label.map(Label),
    })
}

fn record() -> impl Strategy<Value = Record> {
    let leaf = (
        any::<u64>(),
        text(),
        any::<f64>(),
        proptest::option::of(text()),
        vec(text(), 0..4),
        btree_map(text(), any::<i32>(), 0..4),
        (any::<i64>(), text()),
        point(),
    )
        .prop_map(|(id, name, score, note, tags, stock, pair, place)| Record {
            id,
            name,
            score,
            note,
            tags,
            stock,
            pair,
            place,
            inner: None,
            more: Vec::new(),
        });
    leaf.prop_recursive(3, 12, 3, |inner| {
        (
            inner.clone(),
            proptest::option::of(inner.clone()),
            vec(inner, 0..3),
        )
            .prop_map(|(record, inner, more)| Record {
                inner: inner.map(Box::new),
                more,
                ..record
            })
    })
}

fn tree() -> impl Strategy<Value = Tree> {
    Just(Tree(Vec::new())).prop_recursive(6, 40, 4, |inner| vec(inner, 0..5).prop_map(Tree))
}

/// Checks a value, and mutations of it.
fn round<T>(value: &T, seed: u64)
where
    T: Pickle + for<'de> pickle::Unpickle<'de> + std::fmt::Debug,
{
    let mut numbers = Numbers(seed);
    for protocol in PROTOCOLS {
        let bytes = dump(value, protocol);
        compare::<T>(&bytes).unwrap_or_else(|difference| panic!("{difference}"));
        for nth in 0..8 {
            let mut mutated = bytes.clone();
            numbers.mutate(&mut mutated);
            compare::<T>(&mutated).unwrap_or_else(|difference| panic!("{difference}"));
            if nth == 0 {
                same(&mutated);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn records(records in vec(record(), 0..4), seed: u64) {
        round(&records, seed);
    }

    #[test]
    fn parts(record in record(), seed: u64) {
        let mut numbers = Numbers(seed);
        for protocol in PROTOCOLS {
            let mut bytes = dump(&record, protocol);
            while let Some(at) = bytes.windows(6).position(|name| name == b"Record") {
                bytes[at..at + 6].copy_from_slice(b"Partly");
            }
            for _ in 0..8 {
                compare::<Part<'_>>(&bytes).unwrap_or_else(|difference| panic!("{difference}"));
                numbers.mutate(&mut bytes);
            }
        }
    }

    #[test]
    fn scalars(
        ints in vec(any::<i64>(), 0..5),
        large in any::<u128>(),
        floats in vec(any::<f64>(), 0..5),
        options in vec(any::<Option<bool>>(), 0..5),
        texts in vec(text(), 0..5),
        seed: u64,
    ) {
        round(&(ints, large, floats, options, texts), seed);
    }

    #[test]
    fn tuples(
        pairs in vec((any::<i64>(), text()), 0..5),
        longer in vec((text(), any::<i64>(), (any::<i64>(),), any::<bool>()), 0..4),
        nested in vec(((text(), (any::<i32>(), any::<i32>())), text(), text()), 0..4),
        seed: u64,
    ) {
        round(&(pairs, longer, nested), seed);
    }

    #[test]
    fn maps(
        table in btree_map(text(), vec(any::<i64>(), 0..3), 0..4),
        keys in btree_map((any::<i64>(), text()), text(), 0..4),
        sets in vec(proptest::collection::btree_set(any::<i64>(), 0..4), 0..4),
        seed: u64,
    ) {
        round(&(table, keys, sets), seed);
    }

    #[test]
    fn trees(tree in tree(), seed: u64) {
        let mut numbers = Numbers(seed);
        for protocol in PROTOCOLS {
            let mut bytes = dump(&tree, protocol);
            same(&bytes);
            numbers.mutate(&mut bytes);
            same(&bytes);
        }
    }

    #[test]
    fn instances(
        strict in vec((any::<Option<i64>>(), any::<Option<i64>>()), 0..4),
        rest in btree_map("[b-z]{1,3}", vec(any::<i64>(), 0..3), 0..3),
        seed: u64,
    ) {
        let strict: Vec<_> = strict
            .into_iter()
            .map(|(a, b)| Strict { a, b: b.map(|a| Box::new(Strict { a: Some(a), b: None })) })
            .collect();
        round(&strict, seed);
        round(&vec![Open { a: 1, rest }], seed);
        round(&vec![(Empty {}, None), (Empty {}, Some(Empty {}))], seed);
    }

    #[test]
    fn owners(
        records in vec(record(), 1..3),
        texts in vec(text(), 1..3),
        places in vec(any::<proptest::sample::Index>(), 0..6),
        seed: u64,
    ) {
        let records: Vec<_> = records.into_iter().map(Rc::new).collect();
        let texts: Vec<_> = texts.into_iter().map(Rc::new).collect();
        let pairs: Vec<_> = texts.iter().map(|text| Rc::new((1, text.to_string()))).collect();
        round(&Owners(places.iter().map(|at| at.get(&records).clone()).collect()), seed);
        round(&Owners(places.iter().map(|at| at.get(&texts).clone()).collect()), seed);
        round(&Owners(places.iter().map(|at| at.get(&pairs).clone()).collect()), seed);
        let tables: Vec<_> = places.iter().map(|at| Rc::new(at.get(&records).stock.clone())).collect();
        round(&Owners([&tables[..], &tables[..]].concat()), seed);
    }

    #[test]
    fn graphs(
        links in vec(
            (any::<Option<proptest::sample::Index>>(), any::<proptest::sample::Index>(), text()),
            1..8,
        ),
        seed: u64,
    ) {
        let mut nodes = vec![Arc::new(Node::default())];
        for (number, (left, right, text)) in links.into_iter().enumerate() {
            let pair = (Arc::new(text), right.get(&nodes).clone());
            nodes.push(Arc::new(Node {
                number: number as i64,
                left: left.map(|left| left.get(&nodes).clone()),
                pair: (number % 3 != 0).then_some(pair),
                more: nodes.iter().skip(number).cloned().collect(),
            }));
        }
        let owners: Vec<_> = nodes.iter().map(|node| Rc::new(Node::clone(node))).collect();
        round(&Owners(owners), seed);
        round(&(nodes.pop(), nodes), seed);
    }
}

/// Dumps and reads a value; whether it could be read in one pass.
fn streams<T>(value: &T, protocol: Protocol) -> bool
where
    T: Pickle + for<'de> pickle::Unpickle<'de> + std::fmt::Debug,
{
    compare::<T>(&dump(value, protocol)).unwrap_or_else(|difference| panic!("{difference}"))
}

#[test]
fn what_is_usual_reads_in_one_pass() {
    let simple = Record {
        name: "a name".to_owned(),
        tags: vec!["one".to_owned()],
        stock: BTreeMap::from([("pears".to_owned(), 1)]),
        ..Record::default()
    };
    let nested = Record {
        tags: vec!["one".to_owned(), "two".to_owned()],
        inner: Some(Box::new(simple.clone())),
        more: vec![simple.clone()],
        ..simple.clone()
    };
    let one = Strict {
        a: Some(1),
        b: None,
    };
    for protocol in PROTOCOLS {
        assert!(streams(&simple, protocol));
        assert!(streams(&nested, protocol));
        assert!(streams(
            &vec![nested.clone(), simple.clone(), nested.clone()],
            protocol
        ));
        assert!(streams(&vec![one.clone()], protocol));
        assert!(streams(&vec![Empty {}, Empty {}], protocol));
        assert!(streams(
            &vec![("a".to_owned(), 1, 1.5), ("b".to_owned(), 2, 2.5)],
            protocol
        ));
        assert!(streams(&vec![(1, 2, 3, 4), (5, 6, 7, 8)], protocol));
        assert!(streams(
            &vec![vec![0_i64; 3], vec![], vec![0; 2], vec![0], vec![]],
            protocol
        ));
        assert!(streams(&BTreeMap::from([((1, 2), vec![3])]), protocol));
        assert!(streams(
            &Tree(vec![Tree(vec![]), Tree(vec![Tree(vec![])])]),
            protocol
        ));
        let large = (
            vec![0_u8; 100_000],
            "x".repeat(100_000),
            vec![vec![1_i64]; 3],
        );
        assert!(protocol < Protocol::V3 || streams(&large, protocol));
    }
    let sets = vec![std::collections::BTreeSet::from([1, 2]), Default::default()];
    assert!(streams(&sets, Protocol::V4));
}

#[test]
fn batches_read_in_one_pass() {
    for count in [0, 1, 2, 999, 1000, 1001, 1002, 2000, 2001, 3500] {
        let list: Vec<i64> = (0..count).collect();
        let dict: BTreeMap<i64, Vec<i64>> =
            (0..count).map(|n| (n, vec![n; n as usize % 4])).collect();
        for protocol in PROTOCOLS {
            assert_eq!(
                compare::<Vec<i64>>(&dump(&list, protocol)),
                Ok(true),
                "{count}"
            );
            let bytes = dump(&dict, protocol);
            assert_eq!(
                compare::<BTreeMap<i64, Vec<i64>>>(&bytes),
                Ok(true),
                "{count}"
            );
        }
    }
}

#[test]
fn owners_are_fetched_in_one_pass() {
    let named = |name: &str| {
        Rc::new(Record {
            name: name.to_owned(),
            ..Record::default()
        })
    };
    let (one, two) = (named("one"), named("two"));
    let owners = Owners(vec![one.clone(), two.clone(), one, two.clone(), two]);
    let text = Rc::new("text".to_owned());
    let list = Rc::new(vec![1_i64, 2]);
    let leaf = Arc::new(Node::default());
    let node = Node {
        left: Some(leaf.clone()),
        more: vec![leaf.clone(), leaf],
        ..Node::default()
    };
    for protocol in PROTOCOLS {
        assert!(streams(&owners, protocol));
        assert!(streams(&Owners(vec![text.clone(), text.clone()]), protocol));
        assert!(streams(&Owners(vec![list.clone(), list.clone()]), protocol));
        assert!(streams(&node, protocol));
        assert!(streams(&Owners(vec![Rc::new(node.clone())]), protocol));
    }
}
