//! The text forms of protocol 0: numbers and strings on a line of their own.
//!
//! Source: `load_int`, `load_long`, `load_float`, `load_string`, `load_unicode` of CPython 3.13's
//! `Modules/_pickle.c`, whose grammar these functions share, oddities included.

use num_bigint::BigInt;

use crate::error::{Error, ErrorKind, Result};
use crate::read::argument::text::{escape_error, push_code_point};

/// An int as the text forms give it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TextInt {
    Bool(bool),
    Small(i64),
    Big(BigInt),
}

impl From<BigInt> for TextInt {
    fn from(value: BigInt) -> Self {
        i64::try_from(&value).map_or(Self::Big(value), Self::Small)
    }
}

/// Reads the line of `INT`: C's `strtol` first, then a Python literal.
///
/// Lines of two characters that C takes for 0 or 1 are bools.
pub(crate) fn int(line: &[u8], digits: usize) -> Result<TextInt> {
    match strtol(line) {
        Some(bit @ (0 | 1)) if line.len() == 2 => Ok(TextInt::Bool(bit == 1)),
        Some(value) => Ok(TextInt::Small(value)),
        None => python_int(line, 0, digits)
            .map(TextInt::from)
            .map_err(|_| literal_error("could not convert string to int")),
    }
}

/// Reads the line of `LONG`: a Python literal, after which one `L` may stand.
pub(crate) fn long(line: &[u8], digits: usize) -> Result<TextInt> {
    let (literal, shown) = match line {
        [literal @ .., b'L'] => (literal, literal.to_vec()),
        // Without an L, CPython parses and shows the line feed too.
        _ => (line, [line, b"\n"].concat()),
    };
    python_int(literal, 0, digits)
        .map(TextInt::from)
        .map_err(|error| error.into_error(&shown))
}

/// Reads the line of `GET` and `PUT`.
pub(crate) fn index(line: &[u8], digits: usize) -> Result<i64> {
    let value =
        python_int(line, 10, digits).map_err(|error| error.into_error(&[line, b"\n"].concat()))?;
    i64::try_from(&value).map_err(|_| {
        literal_error("Python int too large to convert to C ssize_t").raised_as("OverflowError")
    })
}

/// Reads the line of `FLOAT`.
pub(crate) fn float(line: &[u8]) -> Result<f64> {
    let line = until_nul(line);
    let length = float_prefix(line);
    // CPython shows the line with its line feed.
    let shown = || String::from_utf8_lossy(line).into_owned();
    let prefix = std::str::from_utf8(&line[..length]).unwrap_or_default();
    let Ok(value) = prefix.parse::<f64>() else {
        return Err(literal_error(format!(
            "could not convert string to float: '{}\n'",
            shown()
        )));
    };
    let spelled = prefix.contains(['i', 'I', 'n', 'N']);
    if value.is_infinite() && !spelled {
        let message = format!("value too large to convert to float: '{}\n'", shown());
        return Err(literal_error(message).raised_as("OverflowError"));
    }
    if length != line.len() {
        return Err(literal_error("could not convert string to float"));
    }
    Ok(value)
}

/// Reads the line of `STRING`: Python 2's `repr` of a byte string.
pub(crate) fn string(line: &[u8]) -> Result<Vec<u8>> {
    let body = match line {
        [b'\'', body @ .., b'\''] | [b'"', body @ .., b'"'] => body,
        _ => {
            let message = "the STRING opcode argument must be quoted";
            return Err(literal_error(message).raised_as("UnpicklingError"));
        }
    };
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body;
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let [escape, after @ ..] = rest else {
            return Err(literal_error("Trailing \\ in string"));
        };
        rest = after;
        match escape {
            b'\\' | b'\'' | b'"' => bytes.push(*escape),
            b'a' => bytes.push(7),
            b'b' => bytes.push(8),
            b'f' => bytes.push(12),
            b'n' => bytes.push(b'\n'),
            b'r' => bytes.push(b'\r'),
            b't' => bytes.push(b'\t'),
            b'v' => bytes.push(11),
            b'0'..=b'7' => {
                let mut value = u32::from(escape - b'0');
                for _ in 0..2 {
                    let [digit @ b'0'..=b'7', after @ ..] = rest else {
                        break;
                    };
                    value = value * 8 + u32::from(digit - b'0');
                    rest = after;
                }
                bytes.push(value as u8);
            }
            b'x' => {
                let digits = rest.get(..2).and_then(hex);
                let Some(value) = digits else {
                    let at = body.len() - rest.len() - 2;
                    return Err(literal_error(format!(
                        "invalid \\x escape at position {at}"
                    )));
                };
                bytes.push(value as u8);
                rest = &rest[2..];
            }
            _ => bytes.extend_from_slice(&[b'\\', *escape]),
        }
    }
    Ok(bytes)
}

/// Reads the line of `UNICODE`: Latin-1, with `\uXXXX` and `\UXXXXXXXX` for the rest. The result
/// is UTF-8, in which surrogates may stand alone.
pub(crate) fn unicode(line: &[u8]) -> Result<Vec<u8>> {
    let mut text = Vec::with_capacity(line.len());
    let mut at = 0;
    while at < line.len() {
        let rest = &line[at..];
        match rest {
            [b'\\', kind @ (b'u' | b'U'), digits @ ..] => {
                let (count, name) = if *kind == b'u' {
                    (4, "\\uXXXX")
                } else {
                    (8, "\\UXXXXXXXX")
                };
                let good = digits
                    .iter()
                    .take(count)
                    .take_while(|d| d.is_ascii_hexdigit())
                    .count();
                let end = at + 2 + good;
                let Some(code) = (good == count).then(|| hex(&digits[..count])).flatten() else {
                    return Err(escape_error(at, end, &format!("truncated {name} escape")));
                };
                if code > 0x10_FFFF {
                    return Err(escape_error(at, end, "\\Uxxxxxxxx out of range"));
                }
                push_code_point(&mut text, code);
                at = end;
            }
            // A backslash before a backslash stands for itself, and so does the second one.
            [b'\\', b'\\', ..] => {
                text.extend_from_slice(b"\\\\");
                at += 2;
            }
            [byte, ..] => {
                push_code_point(&mut text, u32::from(*byte));
                at += 1;
            }
            [] => break,
        }
    }
    Ok(text)
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |value, digit| {
        Some(value << 4 | char::from(*digit).to_digit(16)?)
    })
}

#[cold]
fn literal_error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Literal, message)
}

/// C strings end at a NUL, whatever follows on the line.
fn until_nul(line: &[u8]) -> &[u8] {
    line.iter()
        .position(|&b| b == 0)
        .map_or(line, |end| &line[..end])
}

/// What C's `isspace` and Python agree on.
fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// C's `strtol` with base 0; `None` unless it takes the whole line and the value fits.
fn strtol(line: &[u8]) -> Option<i64> {
    let line = until_nul(line);
    if line.is_empty() {
        // No digits at all: `strtol` gives 0 and stops where it began, which is the end.
        return Some(0);
    }
    let start = line.iter().position(|b| !is_space(b))?;
    let (negative, digits) = split_sign(&line[start..]);
    let (base, digits) = match digits {
        [b'0', b'x' | b'X', digits @ ..] => (16, digits),
        [b'0', ..] => (8, digits),
        _ => (10, digits),
    };
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let digits = std::str::from_utf8(digits).ok()?;
    let magnitude = i128::from(u64::from_str_radix(digits, base).ok()?);
    i64::try_from(if negative { -magnitude } else { magnitude }).ok()
}

fn split_sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    }
}

/// Why a Python literal is no int.
enum BadInt {
    Invalid { base: u32 },
    TooManyDigits { digits: usize, limit: usize },
}

impl BadInt {
    #[cold]
    fn into_error(self, shown: &[u8]) -> Error {
        literal_error(match self {
            Self::Invalid { base } => {
                let literal = crate::error::quoted(&String::from_utf8_lossy(until_nul(shown)));
                format!("invalid literal for int() with base {base}: {literal}")
            }
            Self::TooManyDigits { digits, limit } => format!(
                "Exceeds the limit ({limit} digits) for integer string conversion: value has \
                 {digits} digits; use sys.set_int_max_str_digits() to increase the limit"
            ),
        })
    }
}

/// `PyLong_FromString`: white space around, a sign, a prefix for base 0, single underscores.
fn python_int(line: &[u8], base: u32, limit: usize) -> Result<BigInt, BadInt> {
    let text = until_nul(line).trim_ascii();
    // `trim_ascii` leaves the vertical tab, which C's `isspace` takes for a space.
    let start = text.iter().position(|b| !is_space(b)).unwrap_or(text.len());
    let end = text
        .iter()
        .rposition(|b| !is_space(b))
        .map_or(start, |last| last + 1);
    let (negative, digits) = split_sign(&text[start..end]);
    let (radix, digits) = match digits {
        [b'0', b'x' | b'X', digits @ ..] if base == 0 => (16, digits),
        [b'0', b'o' | b'O', digits @ ..] if base == 0 => (8, digits),
        [b'0', b'b' | b'B', digits @ ..] if base == 0 => (2, digits),
        _ => (10, digits),
    };
    let invalid = || BadInt::Invalid { base: radix };
    // After a prefix an underscore may come first.
    let digits = match digits {
        [b'_', rest @ ..] if radix != 10 => rest,
        _ => digits,
    };
    let mut plain = Vec::with_capacity(digits.len());
    let mut last_was_digit = false;
    for &byte in digits {
        if byte == b'_' && last_was_digit {
            last_was_digit = false;
        } else if char::from(byte).is_digit(radix) {
            plain.push(byte);
            last_was_digit = true;
        } else {
            return Err(invalid());
        }
    }
    if !last_was_digit {
        return Err(invalid());
    }
    if radix == 10 && plain.len() > limit {
        return Err(BadInt::TooManyDigits {
            digits: plain.len(),
            limit,
        });
    }
    let value = BigInt::parse_bytes(&plain, radix).ok_or_else(invalid)?;
    // An octal literal of C's kind is refused, zero excepted.
    if base == 0 && radix == 10 && plain.first() == Some(&b'0') && value != BigInt::ZERO {
        return Err(BadInt::Invalid { base: 0 });
    }
    Ok(if negative { -value } else { value })
}

/// How many bytes at the start of the line are a float: `PyOS_string_to_double`'s grammar.
fn float_prefix(line: &[u8]) -> usize {
    let sign = usize::from(matches!(line.first(), Some(b'+' | b'-')));
    let rest = &line[sign..];
    for word in [&b"infinity"[..], b"inf", b"nan"] {
        if rest
            .get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
        {
            return sign + word.len();
        }
    }
    let count = |from: usize| {
        rest[from..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count()
    };
    let whole = count(0);
    let mut end = whole;
    let mut fraction = 0;
    if rest.get(end) == Some(&b'.') {
        fraction = count(end + 1);
        end += 1 + fraction;
    }
    if whole + fraction == 0 {
        return 0;
    }
    if matches!(rest.get(end), Some(b'e' | b'E')) {
        let signed = usize::from(matches!(rest.get(end + 1), Some(b'+' | b'-')));
        let exponent = count((end + 1 + signed).min(rest.len()));
        if exponent > 0 {
            end += 1 + signed + exponent;
        }
    }
    sign + end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small(line: &str) -> Option<i64> {
        match int(line.as_bytes(), 4300) {
            Ok(TextInt::Small(value)) => Some(value),
            _ => None,
        }
    }

    // Each row as CPython 3.13's `pickle.loads(b'I…\n.')` answers.
    #[test]
    fn int_reads_what_strtol_and_python_read() {
        assert_eq!(int(b"01", 9).unwrap(), TextInt::Bool(true));
        assert_eq!(int(b"-0", 9).unwrap(), TextInt::Bool(false));
        assert_eq!(int(b" 1", 9).unwrap(), TextInt::Bool(true));
        for (line, value) in [
            ("1", 1),
            ("001", 1),
            ("010", 8),
            ("0x10", 16),
            ("  -7", -7),
            ("1_000", 1000),
            ("12 ", 12),
            ("9223372036854775807", i64::MAX),
            ("0b11", 3),
        ] {
            assert_eq!(small(line), Some(value), "{line}");
        }
        let big = int(b"9223372036854775808", 4300).unwrap();
        assert_eq!(big, TextInt::Big(BigInt::from(1_u64 << 63)));
        assert_eq!(int(b"\x001", 9).unwrap(), TextInt::Bool(false));
        for line in ["x", "1__0", "01\r", "1L"] {
            let error = int(line.as_bytes(), 4300).unwrap_err();
            assert_eq!(
                error.message(),
                "could not convert string to int",
                "{line:?}"
            );
        }
    }

    #[test]
    fn long_drops_one_l() {
        assert_eq!(long(b"12L", 9).unwrap(), TextInt::Small(12));
        assert_eq!(long(b"12", 9).unwrap(), TextInt::Small(12));
        assert_eq!(
            long(b"12LL", 9).unwrap_err().message(),
            "invalid literal for int() with base 10: '12L'"
        );
        assert_eq!(
            long(b"1x", 9).unwrap_err().message(),
            "invalid literal for int() with base 10: '1x\\n'"
        );
        let error = long(b"12345678901L", 10).unwrap_err();
        assert!(error.message().starts_with("Exceeds the limit (10 digits)"));
    }

    #[test]
    fn float_takes_the_line_or_says_why_not() {
        assert_eq!(float(b"1e+16").unwrap(), 1e16);
        assert_eq!(float(b"-INF").unwrap(), f64::NEG_INFINITY);
        assert_eq!(float(b"1.").unwrap(), 1.0);
        assert_eq!(float(b".5").unwrap(), 0.5);
        assert_eq!(float(b"1e-400").unwrap(), 0.0);
        assert!(float(b"nan").unwrap().is_nan());
        assert_eq!(float(b"1e400").unwrap_err().python_type(), "OverflowError");
        assert_eq!(
            float(b"1.5x").unwrap_err().message(),
            "could not convert string to float"
        );
        assert_eq!(float(b" 1").unwrap_err().python_type(), "ValueError");
    }

    #[test]
    fn string_undoes_python_2s_repr() {
        assert_eq!(string(b"'a'b'").unwrap(), b"a'b");
        assert_eq!(string(b"\"\\n\\x41\\101\\q\"").unwrap(), b"\nAA\\q");
        assert_eq!(string(b"'").unwrap_err().python_type(), "UnpicklingError");
        assert_eq!(
            string(b"'a\\x4'").unwrap_err().message(),
            "invalid \\x escape at position 1"
        );
        assert_eq!(
            string(b"'\\'").unwrap_err().message(),
            "Trailing \\ in string"
        );
    }

    #[test]
    fn unicode_counts_backslashes() {
        assert_eq!(unicode(b"a\\u0041").unwrap(), b"aA");
        assert_eq!(unicode(b"\\\\u0041").unwrap(), b"\\\\u0041");
        assert_eq!(unicode(b"\\\\\\u0041").unwrap(), b"\\\\A");
        assert_eq!(unicode(b"\xe9").unwrap(), "\u{e9}".as_bytes());
        assert_eq!(unicode(b"\\ud800").unwrap(), b"\xed\xa0\x80");
        assert_eq!(
            unicode(b"\\u12").unwrap_err().message(),
            "'rawunicodeescape' codec can't decode bytes in position 0-3: truncated \\uXXXX escape"
        );
        assert!(
            unicode(b"\\U00110000")
                .unwrap_err()
                .message()
                .ends_with("out of range")
        );
    }
}
