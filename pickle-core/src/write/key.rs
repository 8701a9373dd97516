//! Dict keys in the paths of errors.

use num_bigint::BigInt;

use super::Pickle;
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

/// Reads a pickle of protocol 4 back that is a scalar and nothing else.
fn scalar_repr(pickle: &[u8]) -> Option<String> {
    // PROTO, perhaps FRAME.
    let mut code = pickle.get(2..)?;
    if code.first() == Some(&Opcode::Frame.byte()) {
        code = code.get(9..)?;
    }
    let (opcode, argument) = code.split_first()?;
    let short_data = || Some(1 + usize::from(*argument.first()?));
    let opcode = Opcode::from_byte(*opcode)?;
    let length = match opcode {
        Opcode::Long1 | Opcode::ShortBinunicode => short_data()?,
        _ => opcode.argument().fixed(),
    };
    let (argument, rest) = argument.split_at_checked(length)?;
    // MEMOIZE, STOP.
    if !matches!(rest, b"." | b"\x94.") {
        return None;
    }
    Some(match opcode {
        Opcode::None => "None".to_owned(),
        Opcode::Newtrue => "True".to_owned(),
        Opcode::Newfalse => "False".to_owned(),
        Opcode::Binint1 | Opcode::Binint2 => {
            let mut bytes = [0; 2];
            bytes[..length].copy_from_slice(argument);
            u16::from_le_bytes(bytes).to_string()
        }
        Opcode::Binint => i32::from_le_bytes(argument.try_into().ok()?).to_string(),
        Opcode::Long1 => BigInt::from_signed_bytes_le(&argument[1..]).to_string(),
        Opcode::Binfloat => crate::float::repr(f64::from_be_bytes(argument.try_into().ok()?)),
        Opcode::ShortBinunicode => quoted(std::str::from_utf8(&argument[1..]).ok()?),
        _ => return None,
    })
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
