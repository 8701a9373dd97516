//! The index: lines of a key and a place, `'tea', (512, 31)`.

use std::collections::HashMap;

use pickle_core::repr;

use super::place::Place;
use crate::error::{Error, Result};

/// Where the value of each key stands.
#[derive(Debug, Default)]
pub(super) struct Index {
    entries: HashMap<Vec<u8>, Entry>,
    /// How many lines the file has.
    pub(super) lines: usize,
    next: usize,
}

#[derive(Debug)]
struct Entry {
    place: Place,
    /// Python's dicts keep the order of insertion.
    nth: usize,
}

impl Index {
    /// Reads the lines of a file; a later one overrides an earlier one. False if the last line was
    /// not written to its end, so that the next one must not be appended.
    ///
    /// # Errors
    ///
    /// When a line is none; not the last one, if it has no line feed: a program was killed that
    /// was writing it.
    pub(super) fn parse(bytes: &[u8]) -> Result<(Self, bool)> {
        let mut index = Self::default();
        for line in bytes.split_inclusive(|&byte| byte == b'\n') {
            let whole = line.ends_with(b"\n");
            match parse_line(line.trim_ascii_end()) {
                Some((key, place)) => {
                    index.set(key, place);
                    index.lines += 1;
                }
                None if whole => {
                    return Err(Error::corrupt(format!(
                        "line {} of the index is no key and place: {}",
                        index.lines + 1,
                        repr(&line[..line.len().min(100)])
                    )));
                }
                None => return Ok((index, false)),
            }
            if !whole {
                return Ok((index, false));
            }
        }
        Ok((index, true))
    }

    /// What a file with these keys has in it.
    pub(super) fn write(&self) -> Vec<u8> {
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_unstable_by_key(|(_, entry)| entry.nth);
        let mut bytes = Vec::new();
        for (key, entry) in entries {
            bytes.extend(line(key, entry.place));
        }
        bytes
    }

    pub(super) fn get(&self, key: &[u8]) -> Option<Place> {
        self.entries.get(key).map(|entry| entry.place)
    }

    /// Sets the place of a key, and returns where its value stood before.
    pub(super) fn set(&mut self, key: Vec<u8>, place: Place) -> Option<Place> {
        if let Some(entry) = self.entries.get_mut(&key) {
            return Some(std::mem::replace(&mut entry.place, place));
        }
        let nth = self.next;
        self.next += 1;
        self.entries.insert(key, Entry { place, nth });
        None
    }

    pub(super) fn remove(&mut self, key: &[u8]) -> Option<Place> {
        self.entries.remove(key).map(|entry| entry.place)
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn keys(&self) -> Vec<Vec<u8>> {
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_unstable_by_key(|(_, entry)| entry.nth);
        entries.into_iter().map(|(key, _)| key.clone()).collect()
    }

    pub(super) fn places(&self) -> impl Iterator<Item = Place> {
        self.entries.values().map(|entry| entry.place)
    }
}

/// `"%r, %r\n" % (key.decode("Latin-1"), (pos, siz))`, in Latin-1.
pub(super) fn line(key: &[u8], place: Place) -> Vec<u8> {
    let key: String = key.iter().copied().map(char::from).collect();
    let Place { start, size } = place;
    let line = format!("{}, ({start}, {size})\n", repr(key.as_str()));
    line.chars()
        .map(|char| u8::try_from(char).expect("`repr` leaves or escapes what Latin-1 has"))
        .collect()
}

fn parse_line(line: &[u8]) -> Option<(Vec<u8>, Place)> {
    let (key, rest) = parse_str(line)?;
    let rest = rest.trim_ascii_start().strip_prefix(b",")?;
    let rest = rest.trim_ascii_start().strip_prefix(b"(")?;
    let rest = std::str::from_utf8(rest.strip_suffix(b")")?).ok()?;
    let (start, size) = rest.split_once(',')?;
    let place = Place {
        start: parse_int(start)?,
        size: parse_int(size)?,
    };
    place.is_in_a_file().then_some((key, place))
}

fn parse_int(text: &str) -> Option<u64> {
    // Python 2 may have written longs.
    let text = text.trim();
    let digits = text.strip_suffix('L').unwrap_or(text);
    let number = digits.bytes().all(|byte| byte.is_ascii_digit());
    number.then(|| digits.parse().ok())?
}

/// Reads a str literal whose characters are bytes; gives what stands behind it.
fn parse_str(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let (&quote @ (b'\'' | b'"'), mut rest) = text.split_first()? else {
        return None;
    };
    let mut value = Vec::new();
    loop {
        let (&byte, after) = rest.split_first()?;
        rest = after;
        if byte == quote {
            return Some((value, rest));
        }
        if byte != b'\\' {
            value.push(byte);
            continue;
        }
        let (&escape, after) = rest.split_first()?;
        rest = after;
        value.push(match escape {
            b'\\' | b'\'' | b'"' => escape,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'x' => {
                let (digits, after) = rest.split_at_checked(2)?;
                rest = after;
                if !digits.iter().all(u8::is_ascii_hexdigit) {
                    return None;
                }
                u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?
            }
            // `repr` writes no others.
            _ => return None,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_a_key_reads_back() {
        let place = Place {
            start: 512,
            size: 1 << 40,
        };
        for byte in 0..=255 {
            for key in [vec![byte], vec![byte, b'\''], vec![b'\'', byte, b'"']] {
                let line = line(&key, place);
                assert!(line.ends_with(b"\n") && !line[..line.len() - 1].contains(&b'\n'));
                assert_eq!(parse_line(line.trim_ascii_end()).unwrap(), (key, place));
            }
        }
    }

    #[test]
    fn a_later_line_overrides_an_earlier_one_and_keeps_its_turn() {
        let text = b"'a', (0, 1)\n'b', (512, 2)\r\n\"a\", ( 1024 ,3L)\n";
        let (index, whole) = Index::parse(text).unwrap();
        assert!(whole);
        assert_eq!(index.lines, 3);
        assert_eq!(index.write(), b"'a', (1024, 3)\n'b', (512, 2)\n");
    }

    #[test]
    fn a_last_line_that_was_cut_off_was_never_written() {
        let text = b"'a', (0, 1)\n'b', (512, 20)\n";
        for cut in 13..text.len() {
            let (index, whole) = Index::parse(&text[..cut]).unwrap();
            let complete = cut == text.len() - 1;
            assert_eq!(index.len(), 1 + usize::from(complete), "{cut}");
            assert!(!whole);
        }
    }

    #[test]
    fn what_is_no_line_is_an_error() {
        for line in [
            "",
            "a, (0, 1)",
            "'a' (0, 1)",
            "'a', (0)",
            "'a', (0, -1)",
            "'a', (0, 1) #",
            "'a', (0, 1, 2)",
            "'a, (0, 1)",
            r"'\xg0', (0, 1)",
            r"'\x+1', (0, 1)",
            r"'\u0041', (0, 1)",
            "'a', (0, 18446744073709551616)",
            "'a', (9223372036854775807, 1)",
            "'a', (18446744073709551615, 1)",
        ] {
            let error = Index::parse(format!("{line}\n").as_bytes()).unwrap_err();
            assert!(matches!(error, Error::Corrupt { .. }), "{line}");
        }
    }
}
