//! Bytes to text: UTF-8 with lone surrogates, and Python 2's byte strings.

use std::borrow::Cow;

use crate::error::{Error, ErrorKind, Result};

/// Checks UTF-8 in which surrogates may stand alone, as CPython's `surrogatepass` reads it.
///
/// Source: `load_counted_binunicode` in `Modules/_pickle.c`.
#[inline]
pub(crate) fn check_utf8(bytes: &[u8]) -> Result<()> {
    match is_short_ascii(bytes) {
        true => Ok(()),
        false => check_long_utf8(bytes),
    }
}

/// Text out of bytes: what `std::str::from_utf8` gives.
///
/// The check of short ASCII makes a list of short strings a fifth faster, and instances with borrowed
/// ones a quarter.
#[inline]
pub(crate) fn str_of(bytes: &[u8]) -> std::result::Result<&str, std::str::Utf8Error> {
    if is_short_ascii(bytes) {
        #[expect(
            unsafe_code,
            reason = "spares the validator where it costs most: short strings"
        )]
        // SAFETY: ASCII is UTF-8.
        return Ok(unsafe { std::str::from_utf8_unchecked(bytes) });
    }
    std::str::from_utf8(bytes)
}

/// Whether bytes are ASCII and few, as most strings are, which takes less to find out than to
/// validate UTF-8.
#[inline]
fn is_short_ascii(bytes: &[u8]) -> bool {
    // The first and the last bytes, which may be the same ones in part, are all.
    match bytes.len() {
        8..=16 => match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => {
                (u64::from_ne_bytes(*first) | u64::from_ne_bytes(*last)) & (u64::MAX / 255 * 128)
                    == 0
            }
            _ => false,
        },
        4..8 => match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => {
                (u32::from_ne_bytes(*first) | u32::from_ne_bytes(*last)) & (u32::MAX / 255 * 128)
                    == 0
            }
            _ => false,
        },
        17..=32 => match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => {
                let both = u128::from_ne_bytes(*first) | u128::from_ne_bytes(*last);
                both & (u128::MAX / 255 * 128) == 0
            }
            _ => false,
        },
        0..4 => bytes.iter().all(u8::is_ascii),
        _ => false,
    }
}

fn check_long_utf8(bytes: &[u8]) -> Result<()> {
    let mut start = 0;
    while let Err(error) = std::str::from_utf8(&bytes[start..]) {
        let at = start + error.valid_up_to();
        if !starts_with_surrogate(&bytes[at..]) {
            return Err(utf8_error(bytes, at, error.error_len()));
        }
        start = at + 3;
    }
    Ok(())
}

/// Whether the bytes start with a surrogate in the three-byte form.
fn starts_with_surrogate(bytes: &[u8]) -> bool {
    matches!(bytes, [0xED, 0xA0..=0xBF, 0x80..=0xBF, ..])
}

/// Python's text for bytes that are not UTF-8. `length` is `None` where the data ends too early.
#[cold]
pub(crate) fn utf8_error(bytes: &[u8], at: usize, length: Option<usize>) -> Error {
    let (length, reason) = match length {
        None => (bytes.len() - at, "unexpected end of data"),
        Some(1) if !matches!(bytes[at], 0xC2..=0xF4) => (1, "invalid start byte"),
        Some(length) => (length, "invalid continuation byte"),
    };
    decode_error("utf-8", bytes, at, length, reason)
}

#[cold]
fn decode_error(codec: &str, bytes: &[u8], at: usize, length: usize, reason: &str) -> Error {
    let place = match length {
        1 => format!("byte 0x{:02x} in position {at}", bytes[at]),
        _ => format!("bytes in position {at}-{}", at + length - 1),
    };
    Error::new(
        ErrorKind::Encoding,
        format!("'{codec}' codec can't decode {place}: {reason}"),
    )
}

/// The error of text that is not valid after an escape: the codec's own words.
#[cold]
pub(in crate::read) fn escape_error(at: usize, end: usize, reason: &str) -> Error {
    let message = format!(
        "'rawunicodeescape' codec can't decode bytes in position {at}-{}: {reason}",
        end.max(at + 1) - 1
    );
    Error::new(ErrorKind::Encoding, message)
}

/// Appends a code point, which may be a surrogate, as three or more bytes of UTF-8.
pub(in crate::read) fn push_code_point(text: &mut Vec<u8>, code: u32) {
    match char::from_u32(code) {
        Some(c) => text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        // Surrogates have the form of any other code point below U+10000.
        None => text.extend_from_slice(&[
            0xE0 | (code >> 12) as u8,
            0x80 | (code >> 6 & 0x3F) as u8,
            0x80 | (code & 0x3F) as u8,
        ]),
    }
}

/// How Python 2's byte strings (`str` there) become text.
///
/// Python's `encoding` argument of `loads`; it concerns the opcodes `STRING`, `BINSTRING` and
/// `SHORT_BINSTRING` alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encoding {
    /// Text of seven-bit characters; anything else is an error. Python's default.
    #[default]
    Ascii,
    /// Every byte is the character of its number. What datetime and numpy pickles need.
    Latin1,
    /// UTF-8.
    Utf8,
    /// No text at all: byte strings stay bytes.
    Bytes,
}

/// What to do about bytes that the [`Encoding`] cannot express, Python's `errors` argument.
///
/// These are all the handlers that Python has for decoding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodingErrors {
    /// The load fails with Python's `UnicodeDecodeError`. Python's default.
    #[default]
    Strict,
    /// They are left out.
    Ignore,
    /// Each becomes U+FFFD.
    Replace,
    /// Each is spelled as an escape: `\xe9`.
    BackslashReplace,
    /// Each becomes a lone surrogate from which the byte can be told (PEP 383).
    SurrogateEscape,
    /// Surrogates that stand alone pass in UTF-8, as Python 2 wrote them; all else is an error.
    SurrogatePass,
}

impl Encoding {
    /// Decodes a byte string; `None` where it stays bytes. The result is UTF-8, with surrogates
    /// where the handler of errors made them or let them pass.
    pub(crate) fn decode<'b>(
        self,
        bytes: &'b [u8],
        errors: EncodingErrors,
    ) -> Result<Option<Cow<'b, [u8]>>> {
        if self == Self::Bytes {
            return Ok(None);
        }
        if bytes.is_ascii() {
            return Ok(Some(Cow::Borrowed(bytes)));
        }
        if self == Self::Latin1 {
            return Ok(Some(Cow::Owned(latin1_to_utf8(bytes).into_bytes())));
        }
        let mut text = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while !rest.is_empty() {
            let at = bytes.len() - rest.len();
            let (good, bad) = self.split(rest);
            text.extend_from_slice(&rest[..good]);
            let mut failing = &rest[good..good + bad.unwrap_or(rest.len() - good)];
            if failing.is_empty() {
                break;
            }
            match errors {
                EncodingErrors::SurrogatePass
                    if self == Self::Utf8 && starts_with_surrogate(&rest[good..]) =>
                {
                    failing = &rest[good..good + 3];
                    text.extend_from_slice(failing);
                }
                EncodingErrors::Strict | EncodingErrors::SurrogatePass => {
                    return Err(match self {
                        Self::Ascii => {
                            let reason = "ordinal not in range(128)";
                            decode_error("ascii", bytes, at + good, 1, reason)
                        }
                        _ => utf8_error(bytes, at + good, bad),
                    });
                }
                EncodingErrors::Ignore => {}
                EncodingErrors::Replace => push_code_point(&mut text, 0xFFFD),
                EncodingErrors::BackslashReplace => {
                    let escapes = failing.iter().map(|byte| format!("\\x{byte:02x}"));
                    text.extend(escapes.flat_map(String::into_bytes));
                }
                EncodingErrors::SurrogateEscape => {
                    for &byte in failing {
                        push_code_point(&mut text, 0xDC00 + u32::from(byte));
                    }
                }
            }
            rest = &rest[good + failing.len()..];
        }
        Ok(Some(Cow::Owned(text)))
    }

    /// How many bytes are good, and how many after them are bad (`None`: all that are left).
    fn split(self, bytes: &[u8]) -> (usize, Option<usize>) {
        if self == Self::Ascii {
            let good = bytes
                .iter()
                .position(|b| !b.is_ascii())
                .unwrap_or(bytes.len());
            return (good, Some(usize::from(good < bytes.len())));
        }
        match std::str::from_utf8(bytes) {
            Ok(_) => (bytes.len(), Some(0)),
            Err(error) => (error.valid_up_to(), error.error_len()),
        }
    }
}

/// Each byte as the character of its number.
pub(crate) fn latin1_to_utf8(bytes: &[u8]) -> String {
    bytes.iter().map(|&b| char::from(b)).collect()
}

/// The bytes of text whose characters are all below U+0100; `None` where one is not.
pub(crate) fn utf8_to_latin1(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: &[u8]) -> String {
        check_utf8(bytes).unwrap_err().message().to_owned()
    }

    // Texts of Python 3.13: `bytes.decode('utf-8', 'surrogatepass')`.
    #[test]
    fn bad_utf8_is_reported_in_pythons_words() {
        assert_eq!(
            message(b"a\xff"),
            "'utf-8' codec can't decode byte 0xff in position 1: invalid start byte"
        );
        assert_eq!(
            message(b"\xe9t\xe9"),
            "'utf-8' codec can't decode byte 0xe9 in position 0: invalid continuation byte"
        );
        assert_eq!(
            message(b"ab\xf0\x9f\x98"),
            "'utf-8' codec can't decode bytes in position 2-4: unexpected end of data"
        );
    }

    #[test]
    fn lone_surrogates_pass() {
        check_utf8(b"\xed\xa0\x80 and \xed\xbf\xbf").unwrap();
        check_utf8(b"\xed\x9f\xbf").unwrap();
        assert!(check_utf8(b"\xed\xa0").is_err());
    }

    #[test]
    fn byte_strings_decode_as_the_caller_says() {
        let errors = EncodingErrors::Strict;
        let error = Encoding::Ascii.decode(b"caf\xe9", errors).unwrap_err();
        assert_eq!(
            error.message(),
            "'ascii' codec can't decode byte 0xe9 in position 3: ordinal not in range(128)"
        );
        let latin = Encoding::Latin1
            .decode(b"caf\xe9", errors)
            .unwrap()
            .unwrap();
        assert_eq!(latin, "caf\u{e9}".as_bytes());
        assert!(
            Encoding::Bytes
                .decode(b"caf\xe9", errors)
                .unwrap()
                .is_none()
        );
        let replaced = Encoding::Ascii.decode(b"\xff!\xfe", EncodingErrors::Replace);
        assert_eq!(replaced.unwrap().unwrap(), "\u{fffd}!\u{fffd}".as_bytes());
        let escaped = Encoding::Utf8.decode(b"\xff", EncodingErrors::SurrogateEscape);
        assert_eq!(escaped.unwrap().unwrap().as_ref(), b"\xed\xb3\xbf");
    }
}
