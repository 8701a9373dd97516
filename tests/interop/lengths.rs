//! Instances, dicts and lists of what is small, which have a path of their own: texts of every length
//! and numbers of every size, with the ends of frames everywhere among them. A Python that loads them
//! has to write the same bytes.

use pickle::{Pickle, Pickler, Protocol};

use crate::fixpoint::Oracle;
use crate::support::pythons;

#[derive(Pickle)]
#[pickle(module = "fixpoint_classes", name = "Plain")]
struct Article {
    title: String,
    number: i64,
    author: Option<String>,
    weight: f64,
    sold: bool,
    previous: Option<Box<Article>>,
}

#[derive(Pickle)]
#[pickle(module = "fixpoint_classes", name = "Point")]
struct Corner {
    left: f32,
    right: u8,
}

#[derive(Pickle)]
#[pickle(dict)]
struct Entry {
    word: String,
    count: u64,
    corner: Corner,
    pages: Vec<i64>,
}

#[derive(Pickle)]
#[pickle(dict)]
struct Lone {
    only: i32,
}

type Everything = (
    Vec<Article>,
    Vec<Entry>,
    Vec<Lone>,
    Vec<i64>,
    Vec<f64>,
    Vec<String>,
);

fn text(length: usize) -> String {
    ('a'..='z').cycle().skip(length).take(length).collect()
}

/// Numbers around each power of two.
fn numbers() -> impl Iterator<Item = i64> + Clone {
    (0..63)
        .flat_map(|bits| [-1, 0, 1].map(|more| (1_i64 << bits) + more))
        .flat_map(|n| [n, -n])
}

fn article(length: usize, number: i64) -> Article {
    Article {
        title: text(length),
        number,
        author: (!length.is_multiple_of(3)).then(|| text(length / 2)),
        weight: number as f64 / 8.0,
        sold: length.is_multiple_of(2),
        previous: (length.is_multiple_of(5)).then(|| Box::new(article(length / 3 + 1, -number))),
    }
}

/// A text in front moves all that follows, and with it the ends of the frames.
fn everything(padding: usize, many: usize) -> (String, Everything) {
    let lengths = (0..80).chain(250..260).cycle().take(many);
    let rows = || lengths.clone().zip(numbers().cycle());
    let entry = |(length, number): (usize, i64)| Entry {
        word: text(length),
        count: number.unsigned_abs(),
        corner: Corner {
            left: number as f32,
            right: length as u8,
        },
        pages: numbers().take(length % 7).collect(),
    };
    let everything = (
        rows()
            .map(|(length, number)| article(length, number))
            .collect(),
        rows().map(entry).collect(),
        rows()
            .map(|(length, _)| Lone {
                only: length as i32,
            })
            .collect(),
        numbers().cycle().take(20 * many + 1).collect(),
        numbers()
            .cycle()
            .take(10 * many)
            .map(|number| number as f64)
            .collect(),
        lengths.clone().map(text).collect(),
    );
    (text(padding), everything)
}

#[test]
fn what_is_written_in_one_go() {
    for python in pythons().iter().filter(|python| python.version >= (3, 8)) {
        let mut oracle = Oracle::start(python);
        let mut check = |protocol: Protocol, padding, many| {
            let mut pickler = Pickler::new(Vec::new()).with_protocol(protocol);
            pickler.dump(&everything(padding, many)).unwrap();
            let answer = oracle.ask(&pickler.into_inner(), protocol);
            assert!(
                answer.is_empty(),
                "{python}, protocol {protocol:?}, padding {padding}: {answer}"
            );
        };
        for protocol in Protocol::ALL {
            if python.protocols().contains(&protocol) {
                check(protocol, 0, 1001);
            }
        }
        for padding in 3..40 {
            check(Protocol::V4, padding, 150);
        }
    }
}
