//! Frames, and what reaches the writer.

use pickle::opcode::Opcode;
use pickle::{Pickle, Pickler, Protocol, Value};
use std::io::{self, Write};

use super::{count, dumps, opcodes, writes};

const FRAMED: [Protocol; 2] = [Protocol::V4, Protocol::V5];
const TARGET: usize = 64 * 1024;

/// The lengths of the frames of a pickle. Each must end where an opcode ends.
fn frames(pickle: &[u8]) -> Vec<usize> {
    let all = opcodes(pickle);
    let mut lengths = Vec::new();
    for (opcode, end) in &all {
        if *opcode == Opcode::Frame {
            let length = u64::from_le_bytes(pickle[end - 8..*end].try_into().unwrap()) as usize;
            assert!(all.iter().any(|(_, other)| *other == end + length));
            lengths.push(length);
        }
    }
    lengths
}

#[test]
fn many_small_objects() {
    let numbers: Vec<u32> = (0..100_000).collect();
    for protocol in FRAMED {
        let pickle = dumps(&numbers, protocol).unwrap();
        let lengths = frames(&pickle);
        let mean = lengths.iter().sum::<usize>() / lengths.len();
        assert!((TARGET / 2..=TARGET + 10).contains(&mean), "{mean}");
        assert_eq!(pickle::loads::<Vec<u32>>(&pickle).unwrap(), numbers);
    }
}

#[test]
fn large_objects_stand_outside() {
    let large = vec![b'x'; 1024 * 1024];
    let text = "y".repeat(1024 * 1024);
    let small: Vec<u64> = (0..10).collect();
    for protocol in FRAMED {
        let value = writes(|encoder| {
            let mut list = encoder.list(4)?;
            list.item(&large[..])?;
            list.item(&small)?;
            list.item(&large[..])?;
            list.item(&text)?;
            list.end()
        });
        let pickle = dumps(&value, protocol).unwrap();
        // The three opcodes behind the last one are too few for a frame.
        assert_eq!(count(&pickle, Opcode::Frame), 1);
        frames(&pickle);
        let (a, b, c, d): (&[u8], Vec<u64>, &[u8], &str) = pickle::loads(&pickle).unwrap();
        assert!(a == large && b == small && c == large && d == text);
    }
}

#[test]
fn pickles_are_the_same_without_some_of_their_frames() {
    let value: Vec<String> = (0..9).map(|n| n.to_string().repeat(30_000)).collect();
    for protocol in FRAMED {
        let pickle = dumps(&value, protocol).unwrap();
        assert!(count(&pickle, Opcode::Frame) > 2);
        for keep_every in [2, usize::MAX] {
            let mut start = 0;
            let mut nth = 0;
            let mut fewer = Vec::new();
            for (opcode, end) in opcodes(&pickle) {
                nth += usize::from(opcode == Opcode::Frame);
                if opcode != Opcode::Frame || nth % keep_every == 0 {
                    fewer.extend(&pickle[start..end]);
                }
                start = end;
            }
            assert_eq!(pickle::loads::<Vec<String>>(&fewer).unwrap(), value);
        }
    }
}

/// Keeps the sizes of what is written.
#[derive(Default)]
struct Sizes(Vec<usize>);

impl Write for Sizes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.push(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn sizes_of_what_is_written() {
    let chunk = |n: usize| n.to_string().repeat(7000);
    let small: Vec<String> = (0..40).map(chunk).collect();
    let large = [vec![b'x'; 1024 * 1024], vec![b'y'; 1024 * 1024]];
    for protocol in FRAMED {
        let sizes = |value: &dyn Pickle| {
            let mut pickler = Pickler::new(Sizes::default()).with_protocol(protocol);
            pickler.dump(value).unwrap();
            pickler.into_inner().0
        };
        // One for each frame: memory is bounded.
        let written = sizes(&small);
        assert!(written.len() > 3 && written.iter().all(|size| *size < 2 * TARGET));
        // Large objects are handed over as they are, what is between them in one.
        let written = sizes(&writes(|encoder| {
            let mut list = encoder.list(3)?;
            list.item(&large[0][..])?;
            list.item(&small[..2])?;
            list.item(&large[1][..])?;
            list.end()
        }));
        assert_eq!(written.len(), 5);
        assert_eq!((written[1], written[3]), (1024 * 1024, 1024 * 1024));
    }
}

#[test]
fn depth_costs_no_stack() {
    let mut value = Value::from(1);
    for _ in 0..200_000 {
        value = vec![value].into();
    }
    for protocol in Protocol::ALL {
        let pickle = dumps(&value, protocol).unwrap();
        assert!(pickle.len() > 400_000);
    }
}
