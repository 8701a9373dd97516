//! Python's `str`: text in which surrogates may stand alone.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::rc::Rc;
use std::str::FromStr;
use std::sync::Arc;

use triomphe::ThinArc;

use super::hash::{self, Cache};
use super::repr;
use crate::error::{Error, ErrorKind, Result};
use crate::read::str_of;

/// A Python `str`. A clone is the same object: it costs a reference count, and is written once.
///
/// Nearly every `str` is a Rust `str`. Python's may also hold lone surrogates (file names that are
/// not UTF-8, JavaScript's `"\ud83d"`), which are kept, and seen through [`as_wtf8`](Self::as_wtf8)
/// and [`code_points`](Self::code_points).
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::value::Text;
///
/// let text = Text::from("naïve");
/// assert_eq!(text.as_str(), Some("naïve"));
///
/// let lone = Text::from_wtf8(b"caf\xed\xb3\xa9".to_vec())?; // b'caf\xe9' as Python names a file
/// assert_eq!(lone.as_str(), None);
/// assert_eq!(lone.to_string_lossy(), "caf\u{fffd}");
/// assert_eq!(lone.to_string(), r"'caf\udce9'");
/// # Ok::<(), pickle::Error>(())
/// ```
// One pointer wide, so that a `Value` is two; hash, length and text are one allocation. Generalized
// UTF-8: each surrogate that stands alone is three bytes.
#[derive(Clone)]
pub struct Text(ThinArc<Cache, u8>);

impl Text {
    /// Returns the text of bytes that were checked before: generalized UTF-8.
    #[inline]
    pub(super) fn checked(bytes: &[u8]) -> Self {
        Self(ThinArc::from_header_and_slice(Cache::default(), bytes))
    }

    /// Returns the text of these bytes: UTF-8 in which each surrogate is three bytes of its own, as
    /// Python's `'surrogatepass'` writes it.
    ///
    /// # Errors
    ///
    /// When the bytes are not that.
    pub fn from_wtf8(bytes: impl Into<Vec<u8>>) -> Result<Self> {
        let bytes = bytes.into();
        let mut rest = bytes.as_slice();
        while let Err(error) = str_of(rest) {
            let at = error.valid_up_to();
            match rest.get(at..at + 3) {
                Some([0xED, 0xA0..=0xBF, 0x80..=0xBF]) => rest = &rest[at + 3..],
                _ => {
                    let at = bytes.len() - rest.len() + at;
                    return Err(Error::new(
                        ErrorKind::Encoding,
                        format!(
                            "'utf-8' codec can't decode byte 0x{:02x} in position {at}",
                            bytes[at]
                        ),
                    ));
                }
            }
        }
        Ok(Self::checked(&bytes))
    }

    /// The text, unless it holds a surrogate, which no Rust `str` can. To find that out, the text is
    /// looked through.
    pub fn as_str(&self) -> Option<&str> {
        str_of(self.as_wtf8()).ok()
    }

    /// The text with U+FFFD in place of each surrogate.
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        match self.as_str() {
            Some(text) => Cow::Borrowed(text),
            None => self
                .code_points()
                .map(|point| char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect(),
        }
    }

    /// The text as UTF-8 in which each surrogate is three bytes of its own.
    pub fn as_wtf8(&self) -> &[u8] {
        &self.0.slice
    }

    /// The code points, as iterating over the `str` in Python.
    pub fn code_points(&self) -> CodePoints<'_> {
        code_points(self.as_wtf8())
    }

    /// Whether this is the empty text.
    pub fn is_empty(&self) -> bool {
        self.as_wtf8().is_empty()
    }

    /// Whether both are one object, Python's `is`.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        self.address() == other.address()
    }

    /// What tells this object from others while it lives.
    pub fn address(&self) -> *const () {
        self.0.as_ptr().cast()
    }

    pub(super) fn is_shared(&self) -> bool {
        ThinArc::strong_count(&self.0) > 1
    }

    pub(super) fn hash(&self) -> u64 {
        self.0.header.header.get_or(|| hash::text(self.as_wtf8()))
    }
}

/// The code points of generalized UTF-8 that was checked before.
pub(crate) fn code_points(text: &[u8]) -> CodePoints<'_> {
    CodePoints(text)
}

/// The code points of a [`Text`], surrogates among them.
#[derive(Clone, Debug)]
pub struct CodePoints<'a>(&'a [u8]);

impl Iterator for CodePoints<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let (&first, rest) = self.0.split_first()?;
        let (mut point, following) = match first {
            0x00..0x80 => (u32::from(first), 0),
            0x80..0xE0 => (u32::from(first & 0x1F), 1),
            0xE0..0xF0 => (u32::from(first & 0x0F), 2),
            _ => (u32::from(first & 0x07), 3),
        };
        let (following, rest) = rest.split_at_checked(following)?;
        for byte in following {
            point = point << 6 | u32::from(byte & 0x3F);
        }
        self.0 = rest;
        Some(point)
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::from("")
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::checked(text.as_bytes())
    }
}

macro_rules! from {
    ($($type:ty)*) => {$(
        impl From<$type> for Text {
            fn from(text: $type) -> Self {
                Self::from(&*text)
            }
        }
    )*};
}
from!(String Cow<'_, str> Box<str> Rc<str> Arc<str>);

impl From<char> for Text {
    fn from(char: char) -> Self {
        Self::from(&*char.encode_utf8(&mut [0; 4]))
    }
}

impl FromStr for Text {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.ptr_eq(other) || self.as_wtf8() == other.as_wtf8()
    }
}

impl Eq for Text {}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_wtf8() == other.as_bytes()
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

impl std::hash::Hash for Text {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_wtf8().hash(state);
    }
}

/// By code points, as Python orders them.
impl Ord for Text {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_wtf8().cmp(other.as_wtf8())
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Python's `repr`, quotes and all; the bare text is [`as_str`](Text::as_str).
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        repr::write_text(self.as_wtf8(), f)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_point_survives() {
        for point in (0..=0x10_FFFF_u32).step_by(7).chain(0xD7F0..0xE010) {
            let bytes = match char::from_u32(point) {
                Some(char) => char.to_string().into_bytes(),
                None => vec![
                    0xED,
                    0x80 | (point >> 6 & 0x3F) as u8,
                    0x80 | (point & 0x3F) as u8,
                ],
            };
            let text = Text::from_wtf8(bytes.clone()).unwrap();
            assert_eq!(text.as_wtf8(), bytes);
            assert_eq!(text.code_points().collect::<Vec<_>>(), [point]);
            assert_eq!(text.as_str().is_none(), (0xD800..0xE000).contains(&point));
        }
    }

    #[test]
    fn a_pair_of_surrogates_is_not_the_character_they_stand_for() {
        let pair = Text::from_wtf8(b"\xed\xa0\xbd\xed\xb8\x80".as_slice()).unwrap();
        assert_eq!(pair.code_points().collect::<Vec<_>>(), [0xD83D, 0xDE00]);
        assert_ne!(pair, Text::from("\u{1F600}"));
    }

    #[test]
    fn what_is_not_utf_8_is_refused_at_its_place() {
        let long = b"ab\xed\xa0\xbdcd\xff".as_slice();
        for (bytes, at) in [(long, 7), (b"\xed", 0), (b"x\xed\xa0", 1), (b"\xc0\x80", 0)] {
            let error = Text::from_wtf8(bytes).unwrap_err();
            assert_eq!(error.python_type(), "UnicodeDecodeError");
            assert!(
                error.message().ends_with(&format!("in position {at}")),
                "{error}"
            );
        }
    }

    #[test]
    fn texts_are_ordered_by_code_point() {
        let lone = Text::from_wtf8(b"\xed\xa0\x80".as_slice()).unwrap();
        let [a, b, before, after, astral] =
            ["a", "b", "\u{D7FF}", "\u{E000}", "\u{10000}"].map(Text::from);
        assert!([a, b, before, lone, after, astral].is_sorted());
    }
}
