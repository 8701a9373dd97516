//! A slice and a reader that yields little at a time: the same answer, and nothing read past STOP.
#![no_main]

use std::io::{self, BufRead, Read};

use libfuzzer_sys::fuzz_target;
use pickle::{ErrorKind, Unpickler};

/// Yields at most so many bytes at a time.
struct Drops<'d> {
    data: &'d [u8],
    size: usize,
}

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.size.min(buffer.len()).min(self.data.len());
        buffer[..count].copy_from_slice(&self.data[..count]);
        self.data = &self.data[count..];
        Ok(count)
    }
}

impl BufRead for Drops<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(&self.data[..self.size.min(self.data.len())])
    }

    fn consume(&mut self, count: usize) {
        self.data = &self.data[count..];
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((&size, data)) = data.split_first() else { return };
    let mut slice = Unpickler::from_slice(data).with_persistent_ids(true);
    let from_slice = slice.document().map(|document| pickle_fuzz::render::render(&document));
    let size = usize::from(size % 64) + 1;
    let mut reader = Unpickler::new(Drops { data, size }).with_persistent_ids(true);
    let from_reader = reader.document().map(|document| pickle_fuzz::render::render(&document));
    match (from_slice, from_reader) {
        (Ok(a), Ok(b)) => {
            assert_eq!(a, b);
            assert_eq!(reader.get_ref().data, slice.rest());
        }
        (Err(a), Err(b)) => {
            // Only a slice shows that a frame promises more than there is, before what follows.
            let ends = |kind| matches!(kind, ErrorKind::EndOfInput | ErrorKind::Truncated);
            assert!(a.kind() == b.kind() || ends(a.kind()), "{a:?}\n{b:?}");
        }
        // Only a slice shows that a frame promises more than there is.
        (Err(a), Ok(_)) => assert_eq!(a.kind(), ErrorKind::Truncated),
        (Ok(a), Err(b)) => panic!("the slice has {a}, the reader {b:?}"),
    }
});
