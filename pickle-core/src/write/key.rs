//! Dict keys in the paths of errors.

use super::{Pickle, number};
use crate::error::quoted;
use crate::opcode::Opcode;

/// Returns a key as Python's `repr` shows it, or `…` if it is no text or number.
///
/// All that is known of a key's type is how to dump it, so that is what is looked at.
#[cold]
pub(super) fn key_repr<K: Pickle + ?Sized>(key: &K) -> String {
    super::dumps(key)
        .ok()
        .and_then(|bytes| scalar_repr(&bytes))
        .unwrap_or_else(|| "…".to_owned())
}

/// Reads a scalar of protocol 4 back.
fn scalar_repr(pickle: &[u8]) -> Option<String> {
    // PROTO, perhaps FRAME.
    let mut code = pickle.get(2..)?;
    if code.first() == Some(&Opcode::Frame.byte()) {
        code = code.get(9..)?;
    }
    let (opcode, rest) = code.split_first()?;
    let counted = || rest.get(1..=usize::from(*rest.first()?));
    let (length, text) = match Opcode::from_byte(*opcode)? {
        Opcode::None => (0, "None".to_owned()),
        Opcode::Newtrue => (0, "True".to_owned()),
        Opcode::Newfalse => (0, "False".to_owned()),
        Opcode::Binint1 => (1, rest.first()?.to_string()),
        Opcode::Binint2 => (2, u16::from_le_bytes(*rest.first_chunk()?).to_string()),
        Opcode::Binint => (4, i32::from_le_bytes(*rest.first_chunk()?).to_string()),
        Opcode::Long1 => {
            let bytes = counted()?;
            let number = num_bigint::BigInt::from_signed_bytes_le(bytes);
            (1 + bytes.len(), number.to_string())
        }
        Opcode::Binfloat => {
            let number = f64::from_be_bytes(*rest.first_chunk()?);
            (8, number::float_repr(number))
        }
        Opcode::ShortBinunicode => {
            let bytes = counted()?;
            (1 + bytes.len(), quoted(std::str::from_utf8(bytes).ok()?))
        }
        _ => return None,
    };
    // If more follows, this was the first item of a tuple.
    let memoized = &[Opcode::Memoize.byte(), Opcode::Stop.byte()];
    let end = rest.get(length..)?;
    (end == memoized || end == &memoized[1..]).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::key_repr;

    #[test]
    fn keys_as_python_shows_them() {
        assert_eq!(key_repr("note"), "'note'");
        assert_eq!(key_repr("it's"), "\"it's\"");
        assert_eq!(key_repr("a\n\\"), "'a\\n\\\\'");
        assert_eq!(key_repr(&-70000), "-70000");
        assert_eq!(key_repr(&u64::MAX), "18446744073709551615");
        assert_eq!(key_repr(&true), "True");
        assert_eq!(key_repr(&1.5), "1.5");
        assert_eq!(key_repr(&(1, 2)), "…");
    }
}
