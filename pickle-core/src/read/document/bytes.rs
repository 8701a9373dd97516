//! Bytes that a pickle makes by calls, as the older protocols do, or has beside it.

use std::borrow::Cow;

use crate::error::{Error, ErrorKind, Result};
use crate::read::arena::node::Node;
use crate::read::arena::{Meaning, Shape};
use crate::read::argument::scalar::Scalar;
use crate::read::argument::text::utf8_to_latin1;
use crate::read::document::Document;

impl<'de> Document<'de> {
    /// The bytes that `bytes(…)`, `bytearray(…)` or `_codecs.encode(…)` give, or that an
    /// out-of-band buffer has, and as which of the two types; `None` for anything else.
    pub(in crate::read) fn called_bytes(
        &self,
        node: Node,
    ) -> Result<Option<(Meaning, Cow<'de, [u8]>)>> {
        let Some(container) = self.container(node) else {
            return Ok(None);
        };
        match container.shape {
            Shape::Buffer => {
                let buffers = self.options.buffers.as_deref().unwrap_or_default();
                let buffer = buffers.get(self.arena.number(container.start));
                return Ok(buffer.map(|buffer| (Meaning::ByteArray, buffer.clone())));
            }
            Shape::ReadOnly => {
                let bytes = self.bytes_like(self.arena.child(container.start))?;
                return Ok(bytes.map(|bytes| (Meaning::Bytes, bytes)));
            }
            _ if !matches!(container.meaning, Meaning::Bytes | Meaning::ByteArray) => {
                return Ok(None);
            }
            _ => {}
        }
        let callable = self.builtin(self.arena.child(container.start));
        let name = callable.map_or("bytes", |builtin| builtin.name());
        let args = self
            .tuple(self.arena.child(container.start + 1))
            .unwrap_or_default();
        let bytes = match args[..] {
            [] if name != "encode" => Cow::Borrowed(&[][..]),
            [value] if name != "encode" => match self.bytes_like(value)? {
                Some(bytes) => bytes,
                None => Cow::Owned(self.bytes_of_ints(name, value)?),
            },
            [text] => self.encode(text, None)?,
            [text, codec] => self.encode(text, Some(codec))?,
            _ => {
                let message = format!("{name}() takes no {} arguments here", args.len());
                return Err(Error::new(ErrorKind::Operand, message));
            }
        };
        Ok(Some((container.meaning, bytes)))
    }

    /// The content of bytes or a bytearray.
    fn bytes_like(&self, mut node: Node) -> Result<Option<Cow<'de, [u8]>>> {
        // `bytearray(bytes(…))` is as deep as picklers nest; a chain of calls is not followed
        // further.
        for _ in 0..4 {
            match self.scalar(node)? {
                Some(Scalar::Bytes(bytes) | Scalar::ByteArray(bytes)) => {
                    return Ok(Some(bytes.into()));
                }
                Some(Scalar::ByteString(bytes)) => return Ok(Some(bytes)),
                Some(_) => return Ok(None),
                None => {}
            }
            let Some(container) = self.container(node) else {
                return Ok(None);
            };
            let inner = match (container.shape, container.meaning) {
                (Shape::Buffer, _) => {
                    return Ok(self.called_bytes(node)?.map(|(_, bytes)| bytes));
                }
                (Shape::ReadOnly, _) => Some(self.arena.child(container.start)),
                (_, Meaning::Bytes | Meaning::ByteArray) => {
                    let args = self.arena.child(container.start + 1);
                    match self.tuple(args).unwrap_or_default()[..] {
                        [inner] => Some(inner),
                        [] => return Ok(Some(Cow::Borrowed(&[]))),
                        [text, codec] => return self.encode(text, Some(codec)).map(Some),
                        _ => None,
                    }
                }
                _ => None,
            };
            match inner {
                Some(inner) => node = inner,
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    /// `bytes([1, 2, 3])`. A number instead of a list would only allocate.
    fn bytes_of_ints(&self, name: &str, node: Node) -> Result<Vec<u8>> {
        let content = self.content(node).filter(|content| {
            matches!(
                content.shape,
                Shape::List | Shape::Tuple | Shape::Set | Shape::FrozenSet
            )
        });
        let Some(content) = content else {
            if self.is_empty_tuple(node) {
                return Ok(Vec::new());
            }
            let message = format!("{name}() does not take '{}' here", self.kind(node));
            return Err(Error::new(ErrorKind::Operand, message));
        };
        (0..content.len)
            .map(
                |nth| match self.scalar(self.arena.child(content.start + nth))? {
                    Some(Scalar::Int(value)) => u8::try_from(value).map_err(|_| {
                        Error::new(ErrorKind::Literal, "bytes must be in range(0, 256)")
                    }),
                    _ => {
                        let kind = self.kind(self.arena.child(content.start + nth));
                        let message =
                            format!("'{kind}' object cannot be interpreted as an integer");
                        Err(Error::new(ErrorKind::Operand, message))
                    }
                },
            )
            .collect()
    }

    /// `_codecs.encode(text, codec)`, for the codecs that picklers use.
    fn encode(&self, text: Node, codec: Option<Node>) -> Result<Cow<'de, [u8]>> {
        let bytes = match self.scalar(text)? {
            Some(Scalar::Str(bytes) | Scalar::ByteString(bytes)) => bytes,
            _ => {
                let message = format!("expected str to encode, found {}", self.kind(text));
                return Err(Error::new(ErrorKind::Operand, message));
            }
        };
        let codec = match codec.map(|codec| self.scalar(codec)).transpose()? {
            None => Cow::Borrowed(&b"utf-8"[..]),
            Some(Some(Scalar::Str(codec) | Scalar::ByteString(codec))) => codec,
            Some(_) => {
                let message = "encode() argument 'encoding' must be str";
                return Err(Error::new(ErrorKind::Operand, message));
            }
        };
        let codec = String::from_utf8_lossy(&codec);
        let text = std::str::from_utf8(&bytes).ok();
        let encoded = match codec.to_ascii_lowercase().replace('_', "-").as_str() {
            "latin1" | "latin-1" | "iso-8859-1" => text.and_then(utf8_to_latin1),
            "utf-8" | "utf8" => text.map(|text| text.as_bytes().to_vec()),
            "ascii" | "us-ascii" => text
                .filter(|text| text.is_ascii())
                .map(|text| text.as_bytes().to_vec()),
            _ => {
                let message = format!("unknown encoding: {codec}");
                return Err(Error::new(ErrorKind::Encoding, message).raised_as("LookupError"));
            }
        };
        encoded.map(Cow::Owned).ok_or_else(|| {
            let message = format!("'{codec}' codec can't encode this text");
            Error::new(ErrorKind::Encoding, message).raised_as("UnicodeEncodeError")
        })
    }
}
