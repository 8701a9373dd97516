//! Reading a stream takes the memory of one pickle, however many there are. A program of its own,
//! for the memory that is looked at is that of the process.

#![cfg(target_os = "linux")]

use std::io::{self, BufReader, Read};

use pickle::{Unpickler, Value};

/// Gives the same pickle again and again, out of nothing.
struct Endless {
    pickle: Vec<u8>,
    position: usize,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = &self.pickle[self.position..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.position = (self.position + count) % self.pickle.len();
        Ok(count)
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
fn a_stream_takes_the_memory_of_one_pickle() {
    const PICKLES: usize = 10_000;
    let item = (vec![1, 2, 3, 100_000], "text ".repeat(1000), [0.5; 10]);
    let pickle = pickle::dumps(&item).unwrap();
    let size = pickle.len();
    let endless = Endless {
        pickle,
        position: 0,
    };
    let mut unpickler = Unpickler::new(BufReader::new(endless));
    let mut values = unpickler.iter::<Value>();
    let mut warm = 0;
    for nth in 0..PICKLES {
        let value = values.next().unwrap().unwrap();
        assert_eq!(value[0][3], 100_000);
        if nth == 100 {
            warm = resident();
        }
    }
    let grown = resident().saturating_sub(warm);
    assert!(
        grown < 4096,
        "{grown} KiB for {PICKLES} pickles of {size} bytes"
    );
}
