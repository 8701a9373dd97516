//! Byte strings of Python 2, read with every encoding and every handler of errors.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use pickle::{Encoding, EncodingErrors, Unpickler, Value};

use crate::support::{pythons, text};

const ENCODINGS: [(&str, Encoding); 3] = [
    ("ASCII", Encoding::Ascii),
    ("latin-1", Encoding::Latin1),
    ("utf-8", Encoding::Utf8),
];

const ERRORS: [(&str, EncodingErrors); 6] = [
    ("strict", EncodingErrors::Strict),
    ("ignore", EncodingErrors::Ignore),
    ("replace", EncodingErrors::Replace),
    ("backslashreplace", EncodingErrors::BackslashReplace),
    ("surrogateescape", EncodingErrors::SurrogateEscape),
    ("surrogatepass", EncodingErrors::SurrogatePass),
];

/// Bytes that begin, continue, break and end the forms of UTF-8.
const BYTES: [u8; 12] = [
    b'a', b'\\', 0x80, 0xA0, 0xBF, 0xC3, 0xE0, 0xE2, 0xED, 0xF0, 0xF4, 0xFF,
];

/// All byte strings of up to three of [`BYTES`], and longer ones.
fn byte_strings() -> Vec<Vec<u8>> {
    let mut all = vec![vec![]];
    let mut last = all.clone();
    for _ in 0..3 {
        last = last
            .iter()
            .flat_map(|start| BYTES.map(|byte| [&start[..], &[byte]].concat()))
            .collect();
        all.extend(last.clone());
    }
    all.extend([
        b"\xed\xa0\x80\xed\xbf\xbf and on".to_vec(),
        b"\xf0\x9f\x98\x80\xf0\x9f\x98".to_vec(),
        b"\xf0\x90\x80\xe2\x82\xac\xe2\x82".to_vec(),
        (0..=255).collect(),
    ]);
    all
}

fn read(bytes: &[u8], encoding: Encoding, errors: EncodingErrors) -> String {
    let length = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let pickle = [b"T", &length[..], bytes, b"."].concat();
    let mut unpickler = Unpickler::from_slice(&pickle).with_encoding(encoding, errors);
    match unpickler.load::<Value>() {
        Ok(Value::Str(text)) => {
            let mut line = "=".to_owned();
            for byte in text.as_wtf8() {
                write!(line, "{byte:02x}").unwrap();
            }
            line
        }
        Ok(value) => panic!("{value} is no text"),
        Err(error) => {
            assert_eq!(error.python_type(), "UnicodeDecodeError");
            format!("!{}", error.message())
        }
    }
}

#[test]
fn byte_strings_are_read_as_python_reads_them() {
    let byte_strings = byte_strings();
    let pairs: Vec<_> = ENCODINGS
        .into_iter()
        .flat_map(|encoding| ERRORS.map(|errors| (encoding, errors)))
        .collect();
    let mut lines = String::new();
    for bytes in &byte_strings {
        for byte in bytes {
            write!(lines, "{byte:02x}").unwrap();
        }
        lines.push('\n');
    }
    // Their codecs are the same.
    if let Some(python) = pythons().last() {
        let mut script = python.script("tests/python/encodings.py");
        let names = pairs
            .iter()
            .map(|(encoding, errors)| format!("{}:{}", encoding.0, errors.0));
        let mut child = script
            .args(names)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let answers = std::thread::scope(|scope| {
            // Moved, so that it is closed at the end.
            let lines = &lines;
            scope.spawn(move || stdin.write_all(lines.as_bytes()).unwrap());
            child.wait_with_output().unwrap()
        });
        assert!(answers.status.success(), "{python}");
        let answers = text(&answers.stdout);
        let mut answers = answers.lines();
        for bytes in &byte_strings {
            for (encoding, errors) in &pairs {
                let answer = answers.next().expect("an answer to each");
                assert_eq!(
                    read(bytes, encoding.1, errors.1),
                    answer,
                    "{}, {}, {}: {python}",
                    bytes.escape_ascii(),
                    encoding.0,
                    errors.0
                );
            }
        }
        assert_eq!(answers.next(), None);
    }
}
