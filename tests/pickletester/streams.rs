//! Pickles out of files.

use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, Write};

use pickle::{Pickler, Protocol, Unbuffered, Unpickler, Value};

fn pickled(protocol: Protocol, value: &impl pickle::Pickle) -> Vec<u8> {
    let mut bytes = Vec::new();
    Pickler::new(&mut bytes)
        .with_protocol(protocol)
        .dump(value)
        .unwrap();
    bytes
}

#[test]
fn one_pickle_of_a_file() {
    let mut file = Cursor::new(Vec::new());
    pickle::dump(&(1, "two", 3.5), &mut file).unwrap();
    file.rewind().unwrap();
    let loaded: (i64, String, f64) = pickle::load(&mut file).unwrap();
    assert_eq!(loaded, (1, "two".to_owned(), 3.5));
}

#[test]
fn pickles_one_after_the_other() {
    let data: Vec<(i64, String)> = (0..2000).map(|n| (n, n.to_string())).collect();
    for protocol in Protocol::ALL {
        let pickle = pickled(protocol, &data);
        let stream = pickle.repeat(5);

        let mut seekable = Unpickler::new(Cursor::new(&stream));
        let mut buffered = Unpickler::new(BufReader::new(stream.as_slice()));
        let mut minimal = Unpickler::new(Unbuffered::new(Minimal(&stream)));
        for nth in 1..=5 {
            assert_eq!(seekable.load::<Vec<(i64, String)>>().unwrap(), data);
            assert_eq!(seekable.get_ref().position(), (nth * pickle.len()) as u64);
            assert_eq!(buffered.load::<Vec<(i64, String)>>().unwrap(), data);
            assert_eq!(minimal.load::<Vec<(i64, String)>>().unwrap(), data);
        }
        assert!(seekable.load::<Value>().unwrap_err().is_eof());
        assert!(buffered.load::<Value>().unwrap_err().is_eof());
        assert!(minimal.load::<Value>().unwrap_err().is_eof());
    }
}

/// A reader that can do nothing but read, and gives few bytes at a time.
struct Minimal<'b>(&'b [u8]);

impl Read for Minimal<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min(7);
        self.0.read(&mut buffer[..count])
    }
}

#[test]
fn lines_cross_buffers_of_any_size() {
    let data: Vec<i64> = (0..10).map(|n| n * 1_000_000_007).collect();
    for protocol in Protocol::ALL {
        let pickle = pickled(protocol, &data);
        for size in 1..=10 {
            let reader = BufReader::with_capacity(size, pickle.as_slice());
            assert_eq!(pickle::load::<Vec<i64>>(reader).unwrap(), data);
        }
    }
}

#[test]
fn an_unpickler_can_be_used_again() {
    let mut unpickler = Unpickler::new(Cursor::new(pickle::dumps(&["leaf", "cup"]).unwrap()));
    assert_eq!(unpickler.load::<Vec<String>>().unwrap(), ["leaf", "cup"]);

    let file = unpickler.get_mut();
    file.rewind().unwrap();
    file.get_mut().clear();
    file.write_all(&pickle::dumps(&["pot"]).unwrap()).unwrap();
    file.rewind().unwrap();
    assert_eq!(unpickler.load::<Vec<String>>().unwrap(), ["pot"]);
}

// p = Pickler(file, protocol); data = ["leaf", "leaf", 44]; p.dump(data); p.dump(data)
#[test]
fn a_later_pickle_refers_to_an_earlier_one() {
    for stream in [
        &b"(lp0\nVleaf\np1\nag1\naI44\na.g0\n."[..],
        b"\x80\x04\x95\x10\0\0\0\0\0\0\0]\x94(\x8c\x04leaf\x94h\x01K,e.\x80\x04h\0.",
    ] {
        let mut slice = Unpickler::from_slice(stream).with_memo_kept(true);
        let first = slice.document().unwrap().root().id();
        assert_eq!(slice.document().unwrap().root().id(), first);

        let mut reader = Unpickler::new(stream).with_memo_kept(true);
        for _ in 0..2 {
            let value: Value = reader.load().unwrap();
            assert_eq!(value.to_string(), "['leaf', 'leaf', 44]");
        }

        let mut forgetful = Unpickler::new(stream);
        forgetful.load::<Value>().unwrap();
        let error = forgetful.load::<Value>().unwrap_err();
        assert_eq!(error.message(), "Memo value not found at index 0");
    }
}

/// A reader whose reading fails.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::new(io::ErrorKind::ConnectionReset, "gone"))
    }
}

impl BufRead for Broken {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Err(io::Error::new(io::ErrorKind::ConnectionReset, "gone"))
    }

    fn consume(&mut self, _: usize) {}
}

#[test]
fn what_reading_fails_with_is_passed_on() {
    for pickle in [&b""[..], b"(", b"X\x10\0\0\0abc", b"Vline", b"C\xff"] {
        let error = pickle::load::<Value>(pickle.chain(Broken)).unwrap_err();
        assert_eq!(error.io_kind(), Some(io::ErrorKind::ConnectionReset));
        assert_eq!(error.python_type(), "OSError");
        assert!(error.message().contains("gone"));
    }
}
