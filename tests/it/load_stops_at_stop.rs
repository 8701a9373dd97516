//! `load` takes one pickle out of a reader and not a byte more, whatever the reader is.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, Write};

use pickle::{ErrorKind, Pickle, Pickler, Protocol, Unbuffered, Unpickler};

/// Looks like the start of another pickle, should anybody look.
const TRAILING: &[u8] = b"\x80\x04\x95\xff\xff\xff\xff and the rest";

type Data = (Vec<BTreeMap<String, i64>>, String, Vec<f64>);

/// Data whose pickle has lines, counted strings, frames, and one string too large for a frame.
fn data() -> Data {
    let map = |name: &str, value| BTreeMap::from([(name.to_owned(), value)]);
    (
        vec![
            map("a", 1),
            map("it\nhas lines.", -70_000),
            map("é", i64::MAX),
        ],
        "long. ".repeat(20_000),
        vec![0.5; 3],
    )
}

fn dumps<T: Pickle + ?Sized>(value: &T, protocol: Protocol) -> Vec<u8> {
    let mut bytes = Vec::new();
    Pickler::new(&mut bytes)
        .with_protocol(protocol)
        .dump(value)
        .unwrap();
    bytes
}

/// Pickles of every protocol, with something behind them.
fn pickles() -> impl Iterator<Item = Vec<u8>> {
    Protocol::ALL.into_iter().map(|protocol| {
        let mut bytes = dumps(&data(), protocol);
        bytes.extend_from_slice(TRAILING);
        bytes
    })
}

/// Gives out a few bytes at a time, as a pipe does, and fails when asked for more than it has:
/// a real pipe would block.
struct Pipe<'a> {
    bytes: &'a [u8],
    step: usize,
}

impl Read for Pipe<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.bytes.is_empty() {
            return Err(io::Error::other("asked for more than there is"));
        }
        let step = self.step.min(buffer.len());
        self.bytes.read(&mut buffer[..step])
    }
}

#[test]
fn a_slice_is_left_at_the_rest() {
    for bytes in pickles() {
        let mut reader = &bytes[..];
        assert_eq!(pickle::load::<Data>(&mut reader).unwrap(), data());
        assert_eq!(reader, TRAILING);
    }
}

#[test]
fn a_cursor_is_left_at_the_rest() {
    for bytes in pickles() {
        let mut reader = Cursor::new(&bytes);
        assert_eq!(pickle::load::<Data>(&mut reader).unwrap(), data());
        assert_eq!(reader.position() as usize, bytes.len() - TRAILING.len());
    }
}

#[test]
fn a_buffered_reader_has_the_rest() {
    for bytes in pickles() {
        for capacity in [1, 2, 7, 64, 8192, 1 << 20] {
            let mut reader = BufReader::with_capacity(capacity, &bytes[..]);
            assert_eq!(pickle::load::<Data>(&mut reader).unwrap(), data());
            let mut rest = Vec::new();
            reader.read_to_end(&mut rest).unwrap();
            assert_eq!(rest, TRAILING);
        }
    }
}

#[test]
fn an_unbuffered_reader_is_left_at_the_rest() {
    for bytes in pickles() {
        let mut reader = &bytes[..];
        let data_read: Data = pickle::load(Unbuffered::new(&mut reader)).unwrap();
        assert_eq!(data_read, data());
        assert_eq!(reader, TRAILING);
    }
}

#[test]
fn a_file_is_left_at_the_rest() {
    let name = format!("load_stops_at_stop-{}", std::process::id());
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let bytes = pickles().last().unwrap();
    File::create(&path).unwrap().write_all(&bytes).unwrap();

    let mut file = File::open(&path).unwrap();
    let data_read: Data = pickle::load(Unbuffered::new(&mut file)).unwrap();
    assert_eq!(data_read, data());
    let position = file.stream_position().unwrap() as usize;
    assert_eq!(position, bytes.len() - TRAILING.len());
    std::fs::remove_file(path).unwrap();
}

#[test]
fn a_pickle_is_there_as_soon_as_its_stop_is() {
    for mut bytes in pickles() {
        bytes.truncate(bytes.len() - TRAILING.len());
        for step in [1, 3, 1000] {
            let mut pipe = Pipe {
                bytes: &bytes,
                step,
            };
            let data_read: Data = pickle::load(Unbuffered::new(&mut pipe)).unwrap();
            assert_eq!(data_read, data());
            assert!(pipe.bytes.is_empty());

            let pipe = Pipe {
                bytes: &bytes,
                step,
            };
            let data_read: Data = pickle::load(BufReader::new(pipe)).unwrap();
            assert_eq!(data_read, data());
        }
    }
}

#[test]
fn pickles_and_other_things_take_turns() {
    let mut bytes = Vec::new();
    for (nth, protocol) in Protocol::ALL.into_iter().enumerate() {
        bytes.extend(dumps(&(nth, "item"), protocol));
        writeln!(bytes, "line {nth}").unwrap();
    }
    for capacity in [1, 5, 8192] {
        let mut reader = BufReader::with_capacity(capacity, &bytes[..]);
        for nth in 0..Protocol::ALL.len() {
            let (number, text): (usize, String) = pickle::load(&mut reader).unwrap();
            assert_eq!((number, text.as_str()), (nth, "item"));
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            assert_eq!(line, format!("line {nth}\n"));
        }
        assert!(pickle::load::<()>(&mut reader).unwrap_err().is_eof());
    }
}

#[test]
fn an_unpickler_goes_from_pickle_to_pickle() {
    let bytes: Vec<u8> = Protocol::ALL
        .into_iter()
        .flat_map(|protocol| dumps(&data(), protocol))
        .collect();

    let mut unpickler = Unpickler::new(BufReader::with_capacity(100, &bytes[..]));
    let mut slices = Unpickler::from_slice(&bytes);
    for _ in Protocol::ALL {
        assert_eq!(unpickler.load::<Data>().unwrap(), data());
        assert_eq!(slices.load::<Data>().unwrap(), data());
    }
    let end = unpickler.load::<Data>().unwrap_err();
    assert!(end.is_eof());
    assert!(slices.load::<Data>().unwrap_err().is_eof());
    assert_eq!(slices.position(), bytes.len());
    assert_eq!(slices.rest(), b"");
}

#[test]
fn what_a_reader_says_about_itself_is_passed_on() {
    let pipe = Pipe {
        bytes: b"\x80\x04K",
        step: 1,
    };
    let error = pickle::load::<i64>(BufReader::new(pipe)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert_eq!(error.io_kind(), Some(io::ErrorKind::Other));
    assert_eq!(error.message(), "asked for more than there is");
}

#[test]
fn an_interrupted_reader_is_asked_again() {
    /// Every other call is interrupted, as by a signal.
    struct Interrupted<'a>(&'a [u8], bool);

    impl Read for Interrupted<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            match self.1 {
                true => Err(io::ErrorKind::Interrupted.into()),
                false => self.0.read(buffer),
            }
        }
    }

    for bytes in pickles() {
        let reader = BufReader::with_capacity(10, Interrupted(&bytes, false));
        assert_eq!(pickle::load::<Data>(reader).unwrap(), data());
        let mut reader = Interrupted(&bytes, false);
        assert_eq!(
            pickle::load::<Data>(Unbuffered::new(&mut reader)).unwrap(),
            data()
        );
        assert_eq!(reader.0, TRAILING);
    }
}
