//! `Unpickler::iter` goes through the pickles of an input, and takes no cut for an end.

use std::io::{BufRead, BufReader, Read};

use pickle::{Pickler, Protocol, Result, Unpickler};

const COUNT: usize = 3 * Protocol::ALL.len();

fn item(nth: usize) -> (usize, String) {
    (nth, "it. ".repeat(nth))
}

/// The bytes of one pickle behind the other, and where each ends.
fn stream() -> (Vec<u8>, Vec<usize>) {
    let mut bytes = Vec::new();
    let mut ends = vec![0];
    for nth in 0..COUNT {
        Pickler::new(&mut bytes)
            .with_protocol(Protocol::ALL[nth % Protocol::ALL.len()])
            .dump(&item(nth))
            .unwrap();
        ends.push(bytes.len());
    }
    (bytes, ends)
}

type Items = Vec<Result<(usize, String)>>;

fn good(items: &Items) -> usize {
    let good = items.iter().take_while(|item| item.is_ok()).count();
    for (nth, read) in items[..good].iter().enumerate() {
        assert_eq!(*read.as_ref().unwrap(), item(nth));
    }
    good
}

#[test]
fn all_of_them_and_then_the_end() {
    let (bytes, ends) = stream();
    let mut slice = Unpickler::from_slice(&bytes);
    let items: Items = slice.iter().collect();
    assert_eq!((good(&items), items.len()), (COUNT, COUNT));
    assert_eq!(slice.position(), ends[COUNT]);
    assert!(slice.iter::<u8>().next().is_none());

    for capacity in [1, 100, 8192] {
        let mut reader = Unpickler::new(BufReader::with_capacity(capacity, &bytes[..]));
        let items: Items = reader.iter().collect();
        assert_eq!((good(&items), items.len()), (COUNT, COUNT));
        assert!(reader.iter::<u8>().next().is_none());
    }
}

#[test]
fn a_cut_is_an_error_unless_it_is_between_two() {
    let (bytes, ends) = stream();
    for cut in 0..bytes.len() {
        let whole = ends.iter().rposition(|end| *end <= cut).unwrap();
        let fails = usize::from(ends[whole] != cut);
        let from_slice: Items = Unpickler::from_slice(&bytes[..cut]).iter().collect();
        let from_reader: Items = Unpickler::new(&bytes[..cut]).iter().collect();
        for items in [from_slice, from_reader] {
            assert_eq!((good(&items), items.len()), (whole, whole + fails), "{cut}");
        }
    }
}

#[test]
fn nothing_comes_behind_an_error() {
    let bytes = b"K\x01.X\x01\0\0\0a.K\x02.";
    let mut slice = Unpickler::from_slice(bytes);
    let mut numbers = slice.iter::<i64>();
    assert_eq!(numbers.next().unwrap().unwrap(), 1);
    assert!(numbers.next().unwrap().is_err());
    assert!(numbers.next().is_none());

    let mut reader = Unpickler::new(&bytes[..]);
    let mut numbers = reader.iter::<i64>();
    assert_eq!(numbers.next().unwrap().unwrap(), 1);
    assert!(numbers.next().unwrap().is_err());
    assert!(numbers.next().is_none());
    // A reader has taken the pickle that was no number, and can go on.
    assert_eq!(reader.load::<i64>().unwrap(), 2);
}

#[test]
fn something_else_may_stand_between_two() {
    let mut bytes = Vec::new();
    for nth in 0..10_u8 {
        bytes.extend(pickle::dumps(&nth).unwrap());
        bytes.extend(b"and\n");
    }
    let mut unpickler = Unpickler::new(BufReader::with_capacity(7, &bytes[..]));
    for nth in 0..10_u8 {
        assert_eq!(unpickler.iter::<u8>().next().unwrap().unwrap(), nth);
        let mut line = String::new();
        unpickler.get_mut().read_line(&mut line).unwrap();
        assert_eq!(line, "and\n");
    }
    assert!(unpickler.iter::<u8>().next().is_none());
}

/// A pipe in which the next pickle is not there yet: a read would block, so it must not come.
struct Slow<'a> {
    there: &'a [u8],
}

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        assert!(!self.there.is_empty(), "asked for more than is there");
        let count = buffer.len().min(3);
        self.there.read(&mut buffer[..count])
    }
}

#[test]
fn a_pickle_is_given_out_before_the_next_one_is_there() {
    let (bytes, ends) = stream();
    for pair in ends.windows(2) {
        let there = &bytes[pair[0]..pair[1]];
        let mut unpickler = Unpickler::new(BufReader::new(Slow { there }));
        let first = unpickler.iter::<(usize, String)>().next();
        assert!(first.unwrap().is_ok());
    }
}
