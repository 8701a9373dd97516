//! The codec splits what arrives, in whatever pieces; and a real Python is on the other side.

extern crate pickle_core as pickle;

#[path = "../../tests/interop/deadline.rs"]
#[allow(dead_code, reason = "these tests only wait")]
mod deadline;
#[path = "../../tests/interop/support.rs"]
#[allow(dead_code, reason = "these tests run no examples")]
mod support;

use bytes::BytesMut;
use futures_util::{SinkExt, StreamExt};
use pickle::{
    Class, Cursor, Encoder as PickleEncoder, ErrorKind, Instance, Pickle, Pickler, Protocol,
    Unpickle,
};
use pickle_tokio::{PickleCodec, PickleSplitter};
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::codec::{Decoder, Encoder, Framed, FramedRead};

use deadline::{LONG, Running};
use support::pythons;

type Item = (usize, String, Vec<f64>);

fn item(nth: usize) -> Item {
    (nth, "text ".repeat(nth * nth), vec![0.5; nth])
}

fn stream(count: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for nth in 0..count {
        Pickler::new(&mut bytes)
            .with_protocol(Protocol::ALL[nth % 6])
            .dump(&item(nth))
            .unwrap();
    }
    bytes
}

#[test]
fn pickles_are_split_in_whatever_pieces_they_come() {
    const COUNT: usize = 12;
    let bytes = stream(COUNT);
    for size in [1, 2, 3, 7, 64, 1000, bytes.len()] {
        let mut codec = PickleCodec::<Item>::new();
        let mut splitter = PickleSplitter::new();
        let mut buffers = [BytesMut::new(), BytesMut::new()];
        let mut values = Vec::new();
        let mut pickles = Vec::new();
        for piece in bytes.chunks(size) {
            buffers
                .iter_mut()
                .for_each(|buffer| buffer.extend_from_slice(piece));
            while let Some(value) = codec.decode(&mut buffers[0]).unwrap() {
                values.push(value);
            }
            while let Some(pickle) = splitter.decode(&mut buffers[1]).unwrap() {
                pickles.extend(pickle);
            }
        }
        assert_eq!(codec.decode_eof(&mut buffers[0]).unwrap(), None);
        assert_eq!(splitter.decode_eof(&mut buffers[1]).unwrap(), None);
        assert_eq!(values, (0..COUNT).map(item).collect::<Vec<_>>());
        assert_eq!(pickles, bytes);
    }
}

#[test]
fn each_byte_is_looked_at_once() {
    // Were the walk started anew with each byte, this would take hours.
    let values: Vec<u16> = (0..400_000).map(|nth| nth as u16).collect();
    let mut pickler = Pickler::new(Vec::new()).with_protocol(Protocol::V2);
    pickler.dump(&values).unwrap();
    pickler.dump(&"line".repeat(100_000)).unwrap();
    let bytes = pickler.into_inner();
    let mut splitter = PickleSplitter::new();
    let mut buffer = BytesMut::new();
    let mut found = Vec::new();
    for byte in &bytes {
        buffer.extend_from_slice(&[*byte]);
        found.extend(splitter.decode(&mut buffer).unwrap());
    }
    assert_eq!(found.len(), 2);
    assert_eq!(pickle::loads::<Vec<u16>>(&found[0]).unwrap(), values);
}

#[test]
fn a_pickle_that_is_too_long_is_refused_before_it_is_there() {
    let bytes = pickle::dumps(&"x".repeat(1000)).unwrap();
    let mut codec = PickleCodec::<String>::new().with_max_length(bytes.len());
    assert!(
        codec
            .decode(&mut BytesMut::from(&bytes[..]))
            .unwrap()
            .is_some()
    );

    let mut codec = PickleCodec::<String>::new().with_max_length(bytes.len() - 1);
    let mut start = BytesMut::from(&bytes[..20]);
    let error = codec.decode(&mut start).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert_eq!(
        error.message(),
        format!("pickle exceeds the limit of {} bytes", bytes.len() - 1)
    );
    // A claim of much more than the default.
    let claim = &b"\x8e\0\0\0\0\0\0\0\x01"[..];
    let mut codec = PickleCodec::<String>::new();
    assert!(codec.decode(&mut BytesMut::from(claim)).is_err());
    assert!(
        PickleSplitter::new()
            .decode(&mut BytesMut::from(claim))
            .is_err()
    );
}

#[test]
fn a_cut_is_an_error_unless_it_is_between_two() {
    let bytes = stream(4);
    let mut ends = vec![0];
    let mut splitter = pickle::Splitter::new();
    while let Some(length) = splitter.push(&bytes[*ends.last().unwrap()..]).unwrap() {
        ends.push(ends.last().unwrap() + length);
        if ends.last() == Some(&bytes.len()) {
            break;
        }
    }
    for cut in 0..=bytes.len() {
        let whole = ends.iter().rposition(|end| *end <= cut).unwrap();
        let mut codec = PickleCodec::<Item>::new();
        let mut splitter = PickleSplitter::new();
        let mut buffers = [(); 2].map(|()| BytesMut::from(&bytes[..cut]));
        for nth in 0..whole {
            assert_eq!(codec.decode_eof(&mut buffers[0]).unwrap(), Some(item(nth)));
            assert!(splitter.decode_eof(&mut buffers[1]).unwrap().is_some());
        }
        let rest = codec.decode_eof(&mut buffers[0]);
        let bytes = splitter.decode_eof(&mut buffers[1]);
        match ends[whole] == cut {
            true => assert_eq!((rest.unwrap(), bytes.unwrap()), (None, None)),
            false => {
                let (rest, bytes) = (rest.unwrap_err(), bytes.unwrap_err());
                let kinds = [ErrorKind::EndOfInput, ErrorKind::Truncated];
                assert!(kinds.contains(&rest.kind()), "{rest}");
                assert_eq!(rest.to_string(), bytes.to_string());
            }
        }
    }
}

#[test]
fn one_that_does_not_fit_leaves_the_next_one_readable() {
    let mut codec = PickleCodec::<i64>::new();
    let mut buffer = BytesMut::from(&b"X\x01\0\0\0a.K\x02.\xff K\x03."[..]);
    let error = codec.decode(&mut buffer).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    assert_eq!(codec.decode(&mut buffer).unwrap(), Some(2));
    let error = codec.decode(&mut buffer).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Opcode);
}

struct Unwilling;

impl Pickle for Unwilling {
    fn pickle(&self, _: &mut PickleEncoder<'_>) -> pickle::Result<()> {
        Err(pickle::Error::custom("no"))
    }
}

#[test]
fn what_cannot_be_written_leaves_the_buffer_as_it_was() {
    let mut codec = PickleCodec::<i64>::new().with_protocol(Protocol::V2);
    let mut buffer = BytesMut::from(&b"before"[..]);
    // So large that its start is handed over before the end is known.
    let value = ("x".repeat(200_000), Unwilling);
    assert!(codec.encode(&value, &mut buffer).is_err());
    assert_eq!(buffer, b"before"[..]);
    codec.encode(1, &mut buffer).unwrap();
    assert_eq!(buffer, b"before\x80\x02K\x01."[..]);
}

/// The class of the script.
#[derive(Debug, PartialEq)]
struct SimpleObject {
    name: String,
    name_backwards: String,
}

impl SimpleObject {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            name_backwards: name.chars().rev().collect(),
        }
    }
}

impl Instance for SimpleObject {
    const CLASS: &'static Class = &Class::new::<Self>("__main__", "SimpleObject")
        .with_attributes(&["name", "name_backwards"])
        .with_object::<Self>();
}

impl Pickle for SimpleObject {
    fn pickle(&self, encoder: &mut PickleEncoder<'_>) -> pickle::Result<()> {
        let mut object = encoder.object(Self::CLASS, 2)?;
        object.attribute(0, &self.name)?;
        object.attribute(1, &self.name_backwards)?;
        object.end()
    }
}

impl<'de> Unpickle<'de> for SimpleObject {
    fn unpickle(cursor: Cursor<'_, 'de>) -> pickle::Result<Self> {
        let mut attributes = cursor.object(Self::CLASS)?;
        let (mut name, mut name_backwards) = (None, None);
        while let Some(index) = attributes.next()? {
            match index {
                0 => name = Some(attributes.value()?),
                _ => name_backwards = Some(attributes.value()?),
            }
        }
        Ok(Self {
            name: name.ok_or_else(|| attributes.missing(0))?,
            name_backwards: name_backwards.ok_or_else(|| attributes.missing(1))?,
        })
    }
}

pickle::register!(SimpleObject);

#[tokio::test]
async fn python_answers() {
    for python in pythons().iter().filter(|python| !python.is_python2()) {
        for mode in ["plain", "memo", "cut"] {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let port = listener.local_addr().unwrap().port().to_string();
            let mut script = python.script("../tests/python/echo.py");
            script.args([mode, "tcp", &port]);
            let script = Running::start(&mut script);
            let talk = async {
                let (stream, _) = listener.accept().await.unwrap();
                let codec = PickleCodec::<SimpleObject>::new()
                    .with_protocol(*python.protocols().last().unwrap())
                    .with_memo_kept(mode == "memo");
                let mut stream = Framed::new(stream, codec);
                // Each is answered before the next one is sent.
                for name in ["pickle", "preserve", "last"] {
                    stream.send(&SimpleObject::new(name)).await.unwrap();
                    let answer = stream.next().await.unwrap();
                    if mode == "cut" {
                        let kind = answer.unwrap_err().kind();
                        assert!([ErrorKind::EndOfInput, ErrorKind::Truncated].contains(&kind));
                        return;
                    }
                    let backwards = SimpleObject::new(name).name_backwards;
                    assert_eq!(answer.unwrap(), SimpleObject::new(&backwards), "{python}");
                }
                SinkExt::<&SimpleObject>::close(&mut stream).await.unwrap();
                assert!(stream.next().await.is_none());
            };
            timeout(LONG, talk).await.unwrap();
            script.finish();
        }
    }
}

#[tokio::test]
async fn rust_answers_from_another_task() {
    let (near, far) = tokio::io::duplex(7);
    let server = tokio::spawn(async move {
        let mut far = Framed::new(far, PickleCodec::<Item>::new());
        let mut count = 0;
        while let Some(item) = far.next().await {
            far.send(&(item.unwrap(), "seen")).await.unwrap();
            count += 1;
        }
        count
    });
    let talk = async {
        let mut near = Framed::new(near, PickleCodec::<(Item, String)>::new());
        for nth in 0..20 {
            near.send(&item(nth)).await.unwrap();
            let answer = near.next().await.unwrap().unwrap();
            assert_eq!(answer, (item(nth), "seen".to_owned()));
        }
        drop(near);
        server.await.unwrap()
    };
    assert_eq!(timeout(LONG, talk).await.unwrap(), 20);
}

#[tokio::test]
async fn a_stream_that_breaks_off_gives_an_error_and_ends() {
    let bytes = stream(3);
    let mut pickles = FramedRead::new(&bytes[..bytes.len() - 1], PickleSplitter::new());
    assert!(pickles.next().await.unwrap().is_ok());
    assert!(pickles.next().await.unwrap().is_ok());
    assert!(pickles.next().await.unwrap().is_err());
    assert!(pickles.next().await.is_none());
}
