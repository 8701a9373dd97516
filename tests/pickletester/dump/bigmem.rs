//! Strings of gigabytes, out of memory that nobody has touched: they are handed to the writer
//! without a copy, or refused before a byte of them is looked at.

use std::io::{self, Write};

use memmap2::MmapMut;
use pickle::opcode::Opcode;
use pickle::{ByteArray, Pickle, Pickler, Protocol};

const GIB: usize = 1 << 30;

/// So many zeros, for which the machine needs no memory.
fn zeros(len: usize) -> MmapMut {
    MmapMut::map_anon(len).unwrap()
}

/// Keeps where the bytes of each call are, and those of small ones.
#[derive(Default)]
struct Calls(Vec<(usize, usize, Vec<u8>)>);

impl Write for Calls {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let small = bytes.get(..100).unwrap_or(bytes);
        self.0
            .push((bytes.as_ptr().addr(), bytes.len(), small.to_vec()));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn calls(value: &(impl Pickle + ?Sized), protocol: Protocol) -> pickle::Result<Calls> {
    let mut pickler = Pickler::new(Calls::default()).with_protocol(protocol);
    pickler.dump(value)?;
    Ok(pickler.into_inner())
}

/// Checks that data is handed over as it lies there, with its opcode and length right before it.
#[track_caller]
fn assert_in_place(value: &(impl Pickle + ?Sized), data: &[u8], opcode: Opcode, p: Protocol) {
    let calls = calls(value, p).unwrap().0;
    assert_eq!(calls.len(), 3, "{p:?}");
    assert_eq!((calls[1].0, calls[1].1), (data.as_ptr().addr(), data.len()));
    let length = (data.len() as u64).to_le_bytes();
    let width = opcode.argument().fixed();
    let header = [&[opcode.byte()], &length[..width]].concat();
    assert!(calls[0].2.ends_with(&header), "{p:?}: {:?}", calls[0].2);
}

#[test]
fn strings_of_more_than_2_gib() {
    let data = zeros(2 * GIB + 3);
    for protocol in [Protocol::V3, Protocol::V4, Protocol::V5] {
        assert_in_place(&data[..], &data, Opcode::Binbytes, protocol);
    }
    let text = std::str::from_utf8(&data).unwrap();
    for protocol in &Protocol::ALL[1..] {
        assert_in_place(text, &data, Opcode::Binunicode, *protocol);
    }
}

#[test]
fn strings_of_more_than_4_gib() {
    let data = zeros(4 * GIB + 3);
    for protocol in [Protocol::V4, Protocol::V5] {
        assert_in_place(&data[..], &data, Opcode::Binbytes8, protocol);
    }
    let error = calls(&data[..], Protocol::V3).err().unwrap();
    assert_eq!(error.python_type(), "OverflowError");
    assert_eq!(
        error.message(),
        "serializing a bytes object larger than 4 GiB requires pickle protocol 4 or higher"
    );
    let text = std::str::from_utf8(&data).unwrap();
    for protocol in [Protocol::V4, Protocol::V5] {
        assert_in_place(text, &data, Opcode::Binunicode8, protocol);
    }
    for protocol in [Protocol::V1, Protocol::V2, Protocol::V3] {
        let error = calls(text, protocol).err().unwrap();
        assert_eq!(error.python_type(), "OverflowError");
        assert_eq!(
            error.message(),
            "serializing a string larger than 4 GiB requires pickle protocol 4 or higher"
        );
    }
}

#[test]
fn large_strings_are_not_copied() {
    let data = vec![b'x'; 100_000];
    for protocol in [Protocol::V3, Protocol::V4, Protocol::V5] {
        assert_in_place(&data[..], &data, Opcode::Binbytes, protocol);
    }
    let array = ByteArray(data);
    assert_in_place(&array, &array.0, Opcode::Bytearray8, Protocol::V5);
}
