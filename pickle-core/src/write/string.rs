//! Text and bytes.

use std::borrow::Cow;

use super::encoder::Encoder;
use super::global;
use super::memo::{self, Single, Slot};
use super::output::LITTLE;
use super::reference::Reference;
use crate::error::{Error, ErrorKind, Result};
use crate::opcode::Opcode;
use crate::protocol::Protocol;

impl Encoder<'_> {
    /// Writes text.
    ///
    /// Python has one object for each empty and each one-character string up to U+00FF, so these
    /// are references from the second time on. Other text is a new object each time: see
    /// [`shared`](Self::shared) and [`name`](Self::name).
    ///
    /// # Errors
    ///
    /// When the writer refuses the bytes; when the text is larger than 4 GiB, below protocol 4.
    #[inline]
    pub fn str(&mut self, text: &str) -> Result<()> {
        self.str_behind(Reference::NONE, text)
    }

    /// Writes text behind a name that was written before.
    #[doc(hidden)]
    #[inline]
    pub fn str_behind(&mut self, name: Reference, text: &str) -> Result<()> {
        if matches!(text.len(), 3..=LITTLE)
            && self.is_plain(Reference::LONGEST)
            && self.out.has_room()
        {
            let data = text.as_bytes();
            self.out.little_object(name, Opcode::ShortBinunicode, data);
            self.memo.count();
            self.count_value();
            return Ok(());
        }
        self.longer_str(name, text)
    }

    fn longer_str(&mut self, name: Reference, text: &str) -> Result<()> {
        self.out.make_room();
        if matches!(text.len(), 3..=255) && self.is_plain(Reference::LONGEST) {
            let data = text.as_bytes();
            self.out.short_object(name, Opcode::ShortBinunicode, data);
            self.memo.count();
            self.count_value();
            return Ok(());
        }
        self.known_name(name)?;
        self.any_str(text)
    }

    fn any_str(&mut self, text: &str) -> Result<()> {
        if text.len() <= 2
            && let Some(single) = Single::of_str(text)
        {
            return self.single_str(single, text).map(drop);
        }
        self.out.boundary()?;
        self.write_str(text)?;
        self.count_value();
        let address = self.take_address();
        self.put_at(address)
    }

    /// Writes text of which Python has only one object, as it has of the names of attributes,
    /// classes and modules: a reference, if the same text was written as a name before.
    ///
    /// # Errors
    ///
    /// As [`str`](Self::str).
    pub fn name(&mut self, text: &str) -> Result<()> {
        // Only a new name is copied.
        match Single::of_str(text)
            .is_none()
            .then(|| self.memo.name(text))
            .flatten()
        {
            Some(slot) => self.get(slot),
            None => self.name_slot(Cow::Owned(text.to_owned())).map(drop),
        }
    }

    /// As [`name`](Self::name) for text that the program has in it, and returns the slot.
    pub(super) fn static_name(&mut self, text: &'static str) -> Result<Slot> {
        if matches!(text.len(), 3..=LITTLE)
            && self.is_plain(0)
            && self.out.has_room()
            && self.memo.name(text).is_none()
        {
            let slot = memo::slot(self.memo.count())?;
            let (data, opcode) = (text.as_bytes(), Opcode::ShortBinunicode);
            self.out.little_object(Reference::NONE, opcode, data);
            self.count_value();
            self.memo.set_name(text.into(), slot);
            return Ok(slot);
        }
        self.name_slot(text.into())
    }

    /// As [`name`](Self::name), and returns the slot of the text.
    pub(super) fn name_slot(&mut self, text: Cow<'static, str>) -> Result<Slot> {
        if let Some(single) = Single::of_str(&text) {
            return self.single_str(single, &text);
        }
        if let Some(slot) = self.memo.name(&text) {
            self.get(slot)?;
            return Ok(slot);
        }
        let slot = self.fresh_str(&text)?;
        self.memo.set_name(text, slot);
        Ok(slot)
    }

    fn single_str(&mut self, single: Single, text: &str) -> Result<Slot> {
        if let Some(slot) = self.memo.single(single) {
            self.get(slot)?;
            return Ok(slot);
        }
        let slot = self.fresh_str(text)?;
        self.memo.set_single(single, slot);
        Ok(slot)
    }

    /// Writes text as a new object, whatever was written before.
    pub(super) fn fresh_str(&mut self, text: &str) -> Result<Slot> {
        self.out.boundary()?;
        self.write_str(text)?;
        self.count_value();
        let address = self.take_address();
        self.put_known(address)
    }

    /// Writes the opcode of some text, without memo.
    #[inline]
    fn write_str(&mut self, text: &str) -> Result<()> {
        match u8::try_from(text.len()) {
            Ok(length) if self.protocol >= Protocol::V4 => {
                self.push(&[Opcode::ShortBinunicode.byte(), length]);
                self.push(text.as_bytes());
                Ok(())
            }
            _ => self.write_long_str(text),
        }
    }

    fn write_long_str(&mut self, text: &str) -> Result<()> {
        if self.protocol == Protocol::V0 {
            self.op(Opcode::Unicode);
            raw_unicode_escape(&mut self.out.bytes, text);
            self.push(b"\n");
            return Ok(());
        }
        self.long_data(
            Opcode::Binunicode,
            Opcode::Binunicode8,
            text.as_bytes(),
            "string",
        )
    }

    /// Writes text in which surrogates may stand alone, as they may in Python: UTF-8 with each
    /// surrogate as three bytes of its own. It is a new object each time, as with
    /// [`str`](Self::str).
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// use pickle::{Encoder, Pickle};
    ///
    /// /// A file name that is no UTF-8, as Python has it: `os.fsdecode(b"caf\xe9")`.
    /// struct FileName;
    ///
    /// impl Pickle for FileName {
    ///     fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
    ///         encoder.wtf8(b"caf\xed\xb3\xa9")
    ///     }
    /// }
    ///
    /// let name: pickle::Value = pickle::loads(&pickle::dumps(&FileName)?)?;
    /// assert_eq!(name.to_string(), r"'caf\udce9'");
    /// # Ok::<(), pickle::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the bytes are not that; otherwise as [`str`](Self::str).
    pub fn wtf8(&mut self, text: &[u8]) -> Result<()> {
        if let Ok(text) = std::str::from_utf8(text) {
            return self.str(text);
        }
        check_wtf8(text)?;
        self.out.boundary()?;
        match u8::try_from(text.len()) {
            _ if self.protocol == Protocol::V0 => {
                self.op(Opcode::Unicode);
                for character in crate::value::code_points(text) {
                    escape_character(&mut self.out.bytes, character);
                }
                self.push(b"\n");
            }
            Ok(length) if self.protocol >= Protocol::V4 => {
                self.push(&[Opcode::ShortBinunicode.byte(), length]);
                self.push(text);
            }
            _ => self.long_data(Opcode::Binunicode, Opcode::Binunicode8, text, "string")?,
        }
        self.count_value();
        let address = self.take_address();
        self.put_at(address)
    }

    /// Writes text of a document, which says of each `str` itself whether it is one seen before:
    /// one character is a new object too where the document has one.
    pub(crate) fn literal_str(&mut self, text: &[u8]) -> Result<()> {
        match std::str::from_utf8(text) {
            Ok(text) => self.fresh_str(text).map(drop),
            Err(_) => self.wtf8(text),
        }
    }

    /// Writes a `str` of Python 2, which has bytes: text or data, the pickle does not say.
    pub(crate) fn byte_string(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.boundary()?;
        match (self.protocol, u8::try_from(bytes.len())) {
            (Protocol::V0, _) => {
                self.op(Opcode::String);
                self.push(b"'");
                for &byte in bytes {
                    match byte {
                        b'\'' | b'\\' => self.push(&[b'\\', byte]),
                        b' '..=b'~' => self.push(&[byte]),
                        b'\n' => self.push(b"\\n"),
                        b'\r' => self.push(b"\\r"),
                        b'\t' => self.push(b"\\t"),
                        _ => self.push(format!("\\x{byte:02x}").as_bytes()),
                    }
                }
                self.push(b"'\n");
            }
            (_, Ok(length)) => {
                self.push(&[Opcode::ShortBinstring.byte(), length]);
                self.push(bytes);
            }
            _ => match i32::try_from(bytes.len()) {
                Ok(length) => {
                    let [a, b, c, d] = length.to_le_bytes();
                    self.out
                        .data(&[Opcode::Binstring.byte(), a, b, c, d], bytes)?;
                }
                Err(_) => return Err(too_large("string")),
            },
        }
        self.count_value();
        let address = self.take_address();
        self.put_at(address)
    }

    /// Writes bytes.
    ///
    /// # Errors
    ///
    /// When the writer refuses the bytes; when there are more than 4 GiB, below protocol 4.
    #[inline]
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        if bytes.is_empty() {
            return self.empty_bytes();
        }
        if self.protocol < Protocol::V3 {
            return self.old_bytes(bytes);
        }
        self.literal_bytes(bytes)
    }

    /// As [`literal_str`](Self::literal_str), for bytes: empty ones are not always the same object.
    pub(crate) fn literal_bytes(&mut self, bytes: &[u8]) -> Result<()> {
        if self.protocol < Protocol::V3 {
            return self.bytes(bytes);
        }
        self.out.boundary()?;
        self.write_bytes(bytes)?;
        self.count_value();
        let address = self.take_address();
        self.put_at(address)
    }

    fn empty_bytes(&mut self) -> Result<()> {
        if let Some(slot) = self.memo.single(Single::EmptyBytes) {
            return self.get(slot);
        }
        let level = self.enter()?;
        if self.protocol >= Protocol::V3 {
            self.write_bytes(b"")?;
        } else {
            // `bytes()`
            self.global(global::BYTES)?;
            self.empty_tuple();
            self.op(Opcode::Reduce);
        }
        let slot = self.put_known(level.address)?;
        self.memo.set_single(Single::EmptyBytes, slot);
        self.leave(&level);
        Ok(())
    }

    /// Writes bytes that are not empty, below protocol 3.
    ///
    /// Python makes them by `_codecs.encode(text, 'latin1')`, whose results of one byte come out
    /// of a cache; there is one object for each.
    fn old_bytes(&mut self, bytes: &[u8]) -> Result<()> {
        let &[byte] = bytes else {
            let level = self.enter()?;
            self.encoded_bytes(bytes)?;
            self.put_at(level.address)?;
            self.leave(&level);
            return Ok(());
        };
        if let Some(slot) = self.memo.one_byte(byte) {
            return self.get(slot);
        }
        let level = self.enter()?;
        self.encoded_bytes(bytes)?;
        let slot = self.put_known(level.address)?;
        self.memo.set_one_byte(byte, slot);
        self.leave(&level);
        Ok(())
    }

    /// Writes `_codecs.encode(text, 'latin1')`, without memo.
    fn encoded_bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.global(global::ENCODE)?;
        let text: String = bytes.iter().copied().map(char::from).collect();
        if self.protocol < Protocol::V2 {
            self.op(Opcode::Mark);
        }
        self.str(&text)?;
        self.name_slot("latin1".into())?;
        self.op(if self.protocol < Protocol::V2 {
            Opcode::Tuple
        } else {
            Opcode::Tuple2
        });
        self.put()?;
        self.op(Opcode::Reduce);
        Ok(())
    }

    /// Writes the opcode of some bytes at protocol 3 and above, without memo.
    #[inline]
    fn write_bytes(&mut self, bytes: &[u8]) -> Result<()> {
        if let Ok(length) = u8::try_from(bytes.len()) {
            self.push(&[Opcode::ShortBinbytes.byte(), length]);
            self.push(bytes);
            return Ok(());
        }
        self.long_data(Opcode::Binbytes, Opcode::Binbytes8, bytes, "bytes object")
    }

    /// Writes bytes that Python can change: a `bytearray`.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes).
    pub fn byte_array(&mut self, bytes: &[u8]) -> Result<()> {
        let level = self.enter()?;
        if self.protocol >= Protocol::V5 {
            self.data8(Opcode::Bytearray8, bytes)?;
        } else {
            // `bytearray(bytes)`, with bytes made for the purpose, which are no one else's.
            self.global(global::BYTEARRAY)?;
            if bytes.is_empty() {
                self.empty_tuple();
            } else {
                if self.protocol < Protocol::V2 {
                    self.op(Opcode::Mark);
                }
                self.out.boundary()?;
                match self.protocol >= Protocol::V3 {
                    true => self.write_bytes(bytes)?,
                    false => self.encoded_bytes(bytes)?,
                }
                self.put()?;
                self.op(if self.protocol < Protocol::V2 {
                    Opcode::Tuple
                } else {
                    Opcode::Tuple1
                });
                self.put()?;
            }
            self.op(Opcode::Reduce);
        }
        self.put_at(level.address)?;
        self.leave(&level);
        Ok(())
    }

    /// Writes data under a length of four bytes, or of eight if it takes that many.
    fn long_data(&mut self, four: Opcode, eight: Opcode, data: &[u8], what: &str) -> Result<()> {
        match u32::try_from(data.len()) {
            Ok(length) => {
                let [a, b, c, d] = length.to_le_bytes();
                self.out.data(&[four.byte(), a, b, c, d], data)
            }
            Err(_) if self.protocol >= Protocol::V4 => self.data8(eight, data),
            Err(_) => Err(too_large(what)),
        }
    }

    /// Writes data under a length of eight bytes.
    fn data8(&mut self, opcode: Opcode, data: &[u8]) -> Result<()> {
        let [a, b, c, d, e, f, g, h] = (data.len() as u64).to_le_bytes();
        self.out
            .data(&[opcode.byte(), a, b, c, d, e, f, g, h], data)
    }
}

#[cold]
fn too_large(what: &str) -> Error {
    Error::new(
        ErrorKind::Unpicklable,
        format!("serializing a {what} larger than 4 GiB requires pickle protocol 4 or higher"),
    )
    .raised_as("OverflowError")
}

/// Checks that bytes are UTF-8 in which surrogates may stand alone.
fn check_wtf8(text: &[u8]) -> Result<()> {
    let mut rest = text;
    while let Err(error) = std::str::from_utf8(rest) {
        let at = error.valid_up_to();
        match rest.get(at..at + 3) {
            Some([0xED, 0xA0..=0xBF, 0x80..=0xBF]) => rest = &rest[at + 3..],
            _ => {
                let at = text.len() - rest.len() + at;
                let message = format!(
                    "'utf-8' codec can't decode byte 0x{:02x} in position {at}",
                    text[at]
                );
                return Err(Error::new(ErrorKind::Encoding, message));
            }
        }
    }
    Ok(())
}

/// Writes text in the encoding of protocol 0, Python's `raw-unicode-escape` with line breaks and a
/// few others escaped as well: Latin-1, and escapes for what it does not have.
fn raw_unicode_escape(bytes: &mut Vec<u8>, text: &str) {
    for character in text.chars() {
        escape_character(bytes, character.into());
    }
}

fn escape_character(bytes: &mut Vec<u8>, code: u32) {
    use std::io::Write as _;
    // Writing to a `Vec` cannot fail.
    let _ = match code {
        0x1_0000.. => write!(bytes, "\\U{code:08x}"),
        0 | 0x0A | 0x0D | 0x1A | 0x5C | 0x100.. => write!(bytes, "\\u{code:04x}"),
        _ => {
            bytes.push(code as u8);
            Ok(())
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_protocol_0() {
        // pickle.dumps(s, 0)[1:-5]
        for (text, expected) in [
            ("plain", &b"plain"[..]),
            (
                "a\nb\rc\\d\0e\x1af",
                b"a\\u000ab\\u000dc\\u005cd\\u0000e\\u001af",
            ),
            ("tab\t\x7f\u{80}é", b"tab\t\x7f\x80\xe9"),
            ("Ā\u{ffff}", b"\\u0100\\uffff"),
            ("\u{1f600}", b"\\U0001f600"),
        ] {
            let mut bytes = Vec::new();
            raw_unicode_escape(&mut bytes, text);
            assert_eq!(bytes, expected);
        }
    }
}
