//! How digest and data stand in a file.

use crate::error::{Error, Result};

/// The bytes of a SHA-256 digest.
pub(crate) const DIGEST: usize = 32;

/// How the digest and the data stand in a file.
///
/// Python's names for the parts: `data = pickle.dumps(obj)`, `h = hmac.new(key, data, sha256)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Layout {
    /// `h.digest() + data`: 32 bytes, and the data up to the end of the file.
    Raw,
    /// `h.hexdigest().encode() + data`: 64 digits, and the data up to the end of the file.
    Hex,
    /// `b"%s %d\n" % (h.hexdigest().encode(), len(data)) + data`: a line that says how long the
    /// data is, so that several may follow one another, and a file that was cut off is known as
    /// one.
    #[default]
    Line,
    /// As [`Line`](Self::Line), and the line has a third word,
    /// `hmac.new(key, b"key", sha256).hexdigest()[:8]`, so that another key is known as one.
    ///
    /// Files of these two layouts are read with either: the word is used where it stands.
    LineWithKey,
}

impl Layout {
    /// The layout that data looks like which is not of this one: said when it does not verify.
    pub(crate) fn other_than(self, signed: &[u8]) -> Option<Self> {
        let seen = match Header::split(signed) {
            Ok((header, _)) if header.key_check.is_some() => Self::LineWithKey,
            Ok(_) => Self::Line,
            Err(_) if signed.get(..2 * DIGEST).and_then(from_hex).is_some() => Self::Hex,
            Err(_) => Self::Raw,
        };
        (seen != self && seen != Self::Raw).then_some(seen)
    }
}

/// The first line of a file.
#[derive(Debug, PartialEq)]
pub(crate) struct Header {
    pub(crate) digest: [u8; DIGEST],
    pub(crate) length: u64,
    pub(crate) key_check: Option<String>,
}

impl Header {
    /// No header is longer: a digest, a length of 20 digits, a check of 8.
    pub(crate) const LONGEST: usize = 2 * DIGEST + 1 + 20 + 1 + 8 + 1;

    /// No header is shorter: a digest, a length of one digit.
    pub(crate) const SHORTEST: usize = 2 * DIGEST + 1 + 1 + 1;

    pub(crate) fn write(&self) -> Vec<u8> {
        let Self {
            digest,
            length,
            key_check,
        } = self;
        let digest = to_hex(digest);
        let line = match key_check {
            Some(check) => format!("{digest} {length} {check}\n"),
            None => format!("{digest} {length}\n"),
        };
        line.into_bytes()
    }

    /// Reads the header at the start, and gives what stands behind it.
    pub(crate) fn split(bytes: &[u8]) -> Result<(Self, &[u8])> {
        let start = &bytes[..bytes.len().min(Self::LONGEST)];
        match start.iter().position(|&byte| byte == b'\n') {
            Some(end) => Ok((Self::parse(&start[..end])?, &bytes[end + 1..])),
            None if bytes.len() < Self::LONGEST && starts_with_digits(start) => {
                Err(Error::Truncated {
                    expected: Self::SHORTEST.max(bytes.len() + 1) as u64,
                    found: bytes.len() as u64,
                })
            }
            None => Err(Error::Malformed),
        }
    }

    /// Reads a line without its line feed.
    fn parse(line: &[u8]) -> Result<Self> {
        let line = std::str::from_utf8(line).map_err(|_| Error::Malformed)?;
        // A Python that writes to a text file of Windows ends it so.
        let mut words = line.strip_suffix('\r').unwrap_or(line).split(' ');
        let digest = words.next().and_then(|word| from_hex(word.as_bytes()));
        let length = words.next().filter(|word| is_number(word));
        let key_check = words.next();
        match (digest, length.and_then(|word| word.parse().ok())) {
            (Some(digest), Some(length)) if words.next().is_none() => Ok(Self {
                digest,
                length,
                key_check: key_check.map(str::to_owned),
            }),
            _ => Err(Error::Malformed),
        }
    }
}

/// Whether this may be the start of a digest, and of more.
fn starts_with_digits(start: &[u8]) -> bool {
    start.iter().take(2 * DIGEST).all(u8::is_ascii_hexdigit)
}

/// Digits alone: `parse` would take a sign as well.
fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn from_hex(digits: &[u8]) -> Option<[u8; DIGEST]> {
    let value = |digit: u8| char::from(digit).to_digit(16);
    let (pairs, []) = digits.as_chunks::<2>() else {
        return None;
    };
    let mut bytes = [0; DIGEST];
    if pairs.len() != DIGEST {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = (value(*high)? << 4 | value(*low)?) as u8;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_reads_back() {
        for key_check in [None, Some("0123abcd".to_owned())] {
            let header = Header {
                digest: std::array::from_fn(|nth| nth as u8 * 7),
                length: u64::MAX,
                key_check,
            };
            let mut bytes = header.write();
            bytes.extend(b"data\n");
            assert_eq!(Header::split(&bytes).unwrap(), (header, &b"data\n"[..]));
        }
    }

    #[test]
    fn what_is_no_header_is_malformed() {
        let digest = "0f".repeat(DIGEST);
        for line in [
            "\n".to_owned(),
            format!("{digest}\n"),
            format!("{digest} \n"),
            format!("{digest} -1\n"),
            format!("{digest} +1\n"),
            format!("{digest} 1_0\n"),
            format!("{digest} 18446744073709551616\n"),
            format!("{digest} 1 2 3\n"),
            format!(" {digest} 1\n"),
            format!("{digest}0 1\n"),
            format!("{} 1\n", "zz".repeat(DIGEST)),
            format!("{digest} 1{}", " ".repeat(Header::LONGEST)),
        ] {
            let error = Header::split(line.as_bytes()).unwrap_err();
            assert!(matches!(error, Error::Malformed), "{line:?}: {error:?}");
        }
    }
}
