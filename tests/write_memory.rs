//! Writing a stream takes the memory of a frame and of the memo, however long the pickle is. A
//! program of its own, for the memory that is looked at is that of the process.

#![cfg(target_os = "linux")]

use std::io::{self, Write};

use pickle::{Encoder, Pickle, Pickler, Protocol};

/// A list that is made as it is written.
struct Long(usize);

impl Pickle for Long {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
        let mut list = encoder.list(self.0)?;
        for nth in 0..self.0 {
            list.item(&(nth, "some text that is not the same", [0.5; 4]))?;
        }
        list.end()
    }
}

/// Counts what it is given, and looks at the memory now and then.
#[derive(Default)]
struct Counter {
    bytes: usize,
    calls: usize,
    largest: usize,
    warm: u64,
}

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes += bytes.len();
        self.calls += 1;
        self.largest = self.largest.max(bytes.len());
        if self.calls == 20 {
            self.warm = resident();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How many KiB of memory the process has.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let words = line.unwrap().split_whitespace().nth(1);
    words.unwrap().parse().unwrap()
}

#[test]
fn a_long_pickle_takes_the_memory_of_a_frame() {
    for protocol in Protocol::ALL {
        let mut pickler = Pickler::new(Counter::default()).with_protocol(protocol);
        pickler.dump(&Long(100_000)).unwrap();
        let counter = pickler.into_inner();
        let grown = resident().saturating_sub(counter.warm);
        assert!(counter.bytes > 7_000_000, "{protocol:?}");
        assert!(counter.largest < 2 * 64 * 1024, "{protocol:?}");
        assert!(grown < 2048, "{protocol:?}: {grown} KiB");
    }
}
