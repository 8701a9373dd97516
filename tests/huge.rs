//! Inputs of more than 2 GiB, out of a sparse file that is mapped into memory: what is not looked
//! at takes no room.
//!
//! What does look at all of it, and copies it, takes some 7 GiB and is run by `scripts/huge`.

#![cfg(all(target_os = "linux", target_pointer_width = "64"))]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use memmap2::Mmap;
use pickle::{Document, Pickle, Unpickler, View};

const HOLE: u64 = (2 << 30) + (200 << 20);

/// A file with two pickles, the first of them with a hole in it. Gone when it is dropped.
struct Sparse {
    path: PathBuf,
    file: File,
}

impl Sparse {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("huge-{name}-{}", std::process::id()));
        let file = File::options()
            .create(true)
            .truncate(true)
            .read(true)
            .write(true)
            .open(&path)
            .unwrap();
        Self { path, file }
    }

    /// Writes bytes, then a hole, then bytes, then a second pickle.
    fn write(&mut self, head: &[u8], tail: &[u8]) {
        self.file.write_all(head).unwrap();
        self.file.seek(SeekFrom::Current(HOLE as i64)).unwrap();
        self.file.write_all(tail).unwrap();
        self.file
            .write_all(&pickle::dumps("the second one").unwrap())
            .unwrap();
    }

    #[expect(unsafe_code, reason = "mapping a file has no other way")]
    fn map(&self) -> Mmap {
        // SAFETY: the file is this test's own, and nobody changes it while it is mapped.
        unsafe { Mmap::map(&self.file).unwrap() }
    }
}

impl Drop for Sparse {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "huge")]
struct Point<'a> {
    x: i64,
    name: &'a str,
}

/// `(['early'], …)`, and in the memo the list as 0, the text as 1.
const HEAD: &[u8] = b"\x80\x04(]q\0X\x05\0\0\0earlyq\x01a";

fn with_data(opcode: u8) -> Vec<u8> {
    let mut head = HEAD.to_vec();
    head.push(opcode);
    head.extend_from_slice(&HOLE.to_le_bytes());
    head
}

/// Something of everything behind the data.
const TAIL: &[u8] = b"\x8c\x04late\x94h\0(h\x01h\x02K\x07e0}(h\x01K\x01h\x02G?\xf8\0\0\0\0\0\0u\
    \x8c\x04huge\x8c\x05Point\x93)\x81}(X\x01\0\0\0xJ\xff\xff\xff\xffX\x04\0\0\0nameh\x02ub\
    h\0t.";

type Parts<'a> = (
    pickle::Value,
    &'a [u8],
    &'a str,
    BTreeMap<&'a str, f64>,
    Point<'a>,
    Vec<pickle::Value>,
);

#[test]
fn positions_beyond_2_gib_are_positions() {
    let mut sparse = Sparse::new("bytes");
    sparse.write(&with_data(b'\x8e'), TAIL);
    let map = sparse.map();
    let mut unpickler = Unpickler::from_slice(&map);
    let (list, hole, late, dict, point, again) = unpickler.load::<Parts<'_>>().unwrap();
    assert_eq!(list.to_string(), "['early', 'early', 'late', 7]");
    assert_eq!(again.len(), 4);
    assert_eq!(hole.len() as u64, HOLE);
    assert_eq!(late, "late");
    assert_eq!(dict, BTreeMap::from([("early", 1.0), ("late", 1.5)]));
    let name = "late";
    assert_eq!(point, Point { x: -1, name });

    // Nothing was copied: all of it points into the map.
    let offset = hole.as_ptr() as usize - map.as_ptr() as usize;
    assert_eq!(offset, HEAD.len() + 9);
    assert!(map.as_ptr_range().contains(&late.as_ptr()));
    assert_eq!(point.name.as_ptr(), late.as_ptr());

    assert_eq!(
        unpickler.position() as u64,
        offset as u64 + HOLE + TAIL.len() as u64
    );
    assert_eq!(unpickler.load::<&str>().unwrap(), "the second one");
    assert!(unpickler.rest().is_empty());
}

#[test]
fn documents_and_errors_know_where() {
    let mut sparse = Sparse::new("error");
    let broken = [&TAIL[..TAIL.len() - 2], b"cnothing\nsuch\nt."].concat();
    sparse.write(&with_data(b'\x96'), &broken);
    let map = sparse.map();
    let error = Unpickler::from_slice(&map).load::<()>().unwrap_err();
    assert_eq!(error.message(), "No module named 'nothing'");
    let at = HEAD.len() as u64 + 9 + HOLE + TAIL.len() as u64 - 2;
    assert_eq!(error.offset(), Some(at));

    let document = Document::parse(&map).unwrap();
    let View::Tuple(parts) = document.root().view() else {
        panic!("no tuple")
    };
    let parts: Vec<_> = parts.collect();
    assert_eq!(parts[0].id(), parts[5].id());
    assert!(matches!(parts[1].view(), View::ByteArray(bytes) if bytes.len() as u64 == HOLE));
    assert!(matches!(parts[6].view(), View::Global { qualname, .. } if qualname == "such"));
}

/// Whether there is memory for all of it: `PICKLE_HUGE=1`.
fn all_of_it() -> bool {
    std::env::var_os("PICKLE_HUGE").is_some()
}

#[test]
fn text_of_more_than_2_gib() {
    if !all_of_it() {
        return;
    }
    let mut sparse = Sparse::new("text");
    sparse.write(&with_data(b'\x8d'), TAIL);
    let map = sparse.map();
    type Texts<'a> = (Vec<&'a str>, &'a str, &'a str);
    let error = Unpickler::from_slice(&map).load::<Texts<'_>>().unwrap_err();
    // All of the text was checked on the way to what is wrong with the target.
    assert_eq!(error.kind(), pickle::ErrorKind::Custom);
    let document = Document::parse(&map).unwrap();
    let View::Tuple(mut parts) = document.root().view() else {
        panic!("no tuple")
    };
    let text = parts.nth(1).unwrap();
    assert!(matches!(text.view(), View::Str(text) if text.len() as u64 == HOLE));
}

#[test]
fn a_reader_of_more_than_2_gib() {
    if !all_of_it() {
        return;
    }
    let mut sparse = Sparse::new("reader");
    sparse.write(&with_data(b'\x8e'), b"t.");
    sparse.file.rewind().unwrap();
    let mut unpickler = Unpickler::new(BufReader::new(&sparse.file));
    let (early, hole) = unpickler.load::<(Vec<String>, Vec<u8>)>().unwrap();
    assert_eq!(early, ["early"]);
    assert_eq!(hole.len() as u64, HOLE);
    assert_eq!(unpickler.load::<String>().unwrap(), "the second one");
}
