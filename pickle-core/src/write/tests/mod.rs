//! What is written, byte for byte. Expected bytes come from CPython 3.13's C pickler.

mod canonical;
mod errors;
mod golden;
mod identity;
mod outside;
mod reduce;
mod sizes;
mod streams;

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Result;
use crate::protocol::Protocol;
use crate::registry::{Class, Global, Instance};
use crate::write::{Encoder, Pickle, Pickler};

/// The pickle of a value at some protocol.
fn dumps_at<T: Pickle + ?Sized>(value: &T, protocol: Protocol) -> Result<Vec<u8>> {
    let mut pickler = Pickler::new(Vec::new()).with_protocol(protocol);
    pickler.dump(value)?;
    let bytes = pickler.into_inner();
    if protocol == Protocol::default() {
        assert_eq!(crate::dumps(value)?, bytes, "with and without a writer");
    }
    Ok(bytes)
}

/// Compares the pickles of a value at protocols 0 to 5.
#[track_caller]
fn golden<T: Pickle + ?Sized>(value: &T, expected: [&[u8]; 6]) {
    for (protocol, expected) in Protocol::ALL.into_iter().zip(expected) {
        let bytes = dumps_at(value, protocol).unwrap();
        assert!(
            bytes == expected,
            "protocol {protocol:?}\n written {}\nexpected {}",
            bytes.escape_ascii(),
            expected.escape_ascii()
        );
    }
}

fn map<const N: usize>(entries: [(&str, i64); N]) -> BTreeMap<&str, i64> {
    BTreeMap::from(entries)
}

fn set<const N: usize>(items: [i64; N]) -> BTreeSet<i64> {
    BTreeSet::from(items)
}

/// The tuple `(0, 1, …)`, of any length.
struct Tuple(usize);

impl Pickle for Tuple {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let mut tuple = encoder.tuple(self.0)?;
        for index in 0..self.0 {
            tuple.item(&index)?;
        }
        tuple.end()
    }
}

fn tuple(len: usize) -> Tuple {
    Tuple(len)
}

struct Point {
    x: i64,
    y: i64,
}

impl Instance for Point {
    const CLASS: &'static Class = &Class::new::<Self>("geo", "Point").with_attributes(&["x", "y"]);
}

impl Pickle for Point {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let mut object = encoder.object(Self::CLASS, 2)?;
        object.attribute(0, &self.x)?;
        object.attribute(1, &self.y)?;
        object.end()
    }
}

struct Line {
    x: &'static str,
    end: &'static str,
}

impl Instance for Line {
    const CLASS: &'static Class = &Class::new::<Self>("geo", "Line").with_attributes(&["x", "end"]);
}

impl Pickle for Line {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let mut object = encoder.object(Self::CLASS, 2)?;
        object.attribute(0, self.x)?;
        object.attribute(1, self.end)?;
        object.end()
    }
}

struct Empty;

impl Pickle for Empty {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        static CLASS: Class = Class::new::<Empty>("geo", "Empty");
        encoder.object(&CLASS, 0)?.end()
    }
}

/// A class or a function itself.
struct Named(&'static str, &'static str);

impl Pickle for Named {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.global(Global::new(self.0, self.1))
    }
}
