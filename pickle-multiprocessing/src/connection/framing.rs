//! Messages in a stream of bytes: a length, then that many bytes.

use std::borrow::Cow;
use std::io::{self, IoSlice, Read, Write};

use crate::{Error, ErrorKind, Result};

/// Python's limit for lengths of 32 bits; a longer message has -1 there, and 64 bits behind it.
const MAX_SHORT: u64 = 0x7fff_ffff;

/// The longest header.
const MAX_HEADER: usize = 12;

/// Room for several small messages, which then take one system call.
const BUFFER: usize = 8192;

/// What is allocated for a message before any of it has arrived.
const FIRST: usize = 64 * 1024;

/// How much memory is kept of one message for the next.
const KEPT: usize = 4 << 20;

/// The bytes that go before a message.
struct Header {
    bytes: [u8; MAX_HEADER],
    len: usize,
}

impl Header {
    fn of(size: u64) -> Self {
        let mut bytes = [0; MAX_HEADER];
        match u32::try_from(size) {
            Ok(short) if size <= MAX_SHORT => {
                bytes[..4].copy_from_slice(&short.to_be_bytes());
                Self { bytes, len: 4 }
            }
            _ => {
                bytes[..4].copy_from_slice(&(-1_i32).to_be_bytes());
                bytes[4..].copy_from_slice(&size.to_be_bytes());
                Self { bytes, len: 12 }
            }
        }
    }

    /// The size of a header and of the message that it announces; `None` if there is too little.
    fn parse(bytes: &[u8]) -> Result<Option<(usize, u64)>> {
        let Some((short, rest)) = bytes.split_first_chunk::<4>() else {
            return Ok(None);
        };
        match i32::from_be_bytes(*short) {
            -1 => Ok(rest
                .first_chunk::<8>()
                .map(|long| (MAX_HEADER, u64::from_be_bytes(*long)))),
            size => match u64::try_from(size) {
                Ok(size) => Ok(Some((4, size))),
                Err(_) => Err(bad_length(format!("it is said to be {size}"))),
            },
        }
    }
}

#[cold]
fn bad_length(why: String) -> Error {
    let message = format!("bad message length: {why}");
    Error::new(ErrorKind::MessageLength, "OSError", message)
}

/// Writes a message.
pub(super) fn write_message(mut writer: impl Write, message: &[u8]) -> io::Result<()> {
    let header = Header::of(message.len() as u64);
    // In one go: on TCP a header alone may wait for the answer to what was sent before.
    let mut slices = [
        IoSlice::new(&header.bytes[..header.len]),
        IoSlice::new(message),
    ];
    let mut left = &mut slices[..];
    while !left.is_empty() {
        match writer.write_vectored(left) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => IoSlice::advance_slices(&mut left, written),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Takes messages out of a stream.
pub(super) struct MessageReader {
    buffer: Box<[u8; BUFFER]>,
    start: usize,
    end: usize,
    /// Memory for a long message.
    spare: Vec<u8>,
    /// Whether the place where the next message starts is no longer known.
    lost: bool,
}

impl MessageReader {
    pub(super) fn new() -> Self {
        Self {
            buffer: Box::new([0; BUFFER]),
            start: 0,
            end: 0,
            spare: Vec::new(),
            lost: false,
        }
    }

    /// Whether anything is here that was not taken.
    pub(super) fn has_bytes(&self) -> bool {
        self.start < self.end
    }

    fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Takes what the stream has, by one call of `read`.
    pub(super) fn fill(&mut self, stream: impl Read) -> Result<()> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        match read_some(stream, &mut self.buffer[self.end..])? {
            0 if self.has_bytes() => Err(Error::truncated()),
            0 => Err(Error::end_of_file()),
            read => {
                self.end += read;
                Ok(())
            }
        }
    }

    /// The size of the next header and its message, if the header is here.
    fn header(&mut self, limit: u64) -> Result<Option<(usize, u64)>> {
        if self.lost {
            return Err(bad_length("of an earlier message".to_owned()));
        }
        let header = match Header::parse(self.bytes()) {
            Ok(Some((_, size))) if size > limit => Err(bad_length(format!(
                "{size} bytes are announced, and {limit} allowed"
            ))),
            header => header,
        };
        self.lost = header.is_err();
        header
    }

    /// Takes a message that is here as a whole. Not for messages longer than the buffer.
    pub(super) fn buffered(&mut self, limit: u64) -> Result<Option<&[u8]>> {
        let Some((header, size)) = self.header(limit)? else {
            return Ok(None);
        };
        let start = self.start + header;
        let end = match usize::try_from(size) {
            Ok(size) if size <= self.end - start => start + size,
            _ => return Ok(None),
        };
        self.start = end;
        Ok(Some(&self.buffer[start..end]))
    }

    /// Takes the next message, and waits for it.
    pub(super) fn read(&mut self, mut stream: impl Read, limit: u64) -> Result<Cow<'_, [u8]>> {
        let (header, size) = loop {
            match self.header(limit)? {
                Some(header) => break header,
                None => self.fill(&mut stream)?,
            }
        };
        let fits = usize::try_from(size)
            .ok()
            .filter(|&size| size <= BUFFER - header);
        let Some(size) = fits else {
            return self.read_long(stream, header, size).map(Cow::Owned);
        };
        while self.end - self.start < header + size {
            self.fill(&mut stream)?;
        }
        let start = self.start + header;
        self.start = start + size;
        Ok(Cow::Borrowed(&self.buffer[start..start + size]))
    }

    /// Reads a message that the buffer has no room for. What it takes grows with what arrives.
    fn read_long(&mut self, stream: impl Read, header: usize, size: u64) -> Result<Vec<u8>> {
        let here = &self.buffer[self.start + header..self.end];
        let mut message = std::mem::take(&mut self.spare);
        message.reserve(usize::try_from(size).map_or(FIRST, |size| size.min(FIRST)));
        message.extend_from_slice(here);
        (self.start, self.end) = (0, 0);
        let missing = size - message.len() as u64;
        let read = stream.take(missing).read_to_end(&mut message);
        if !matches!(read, Ok(read) if read as u64 == missing) {
            self.lost = true;
        }
        match read? as u64 == missing {
            true => Ok(message),
            false => Err(Error::truncated()),
        }
    }

    /// Keeps the memory of a message for the next one, unless it is much.
    pub(super) fn reuse(&mut self, mut message: Vec<u8>) {
        if message.capacity() <= KEPT {
            message.clear();
            self.spare = message;
        }
    }
}

/// Reads what there is.
fn read_some(mut stream: impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match stream.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a byte at a time.
    struct Dripping<'a>(&'a [u8]);

    impl Read for Dripping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let len = buffer.len().min(1);
            self.0.read(&mut buffer[..len])
        }
    }

    fn read(stream: &[u8], limit: u64) -> Result<Vec<u8>> {
        let whole = MessageReader::new()
            .read(stream, limit)
            .map(Cow::into_owned);
        let dripped = MessageReader::new()
            .read(Dripping(stream), limit)
            .map(Cow::into_owned);
        assert_eq!(format!("{whole:?}"), format!("{dripped:?}"));
        whole
    }

    #[test]
    fn lengths_are_written_as_python_does() {
        let written = |size| {
            let header = Header::of(size);
            header.bytes[..header.len].to_vec()
        };
        // struct.pack('!i', n); struct.pack('!iQ', -1, n)
        assert_eq!(written(5), b"\0\0\0\x05");
        assert_eq!(written(0x7fff_ffff), b"\x7f\xff\xff\xff");
        assert_eq!(written(0x8000_0000), b"\xff\xff\xff\xff\0\0\0\0\x80\0\0\0");
    }

    #[test]
    fn both_forms_are_read() {
        assert_eq!(read(b"\0\0\0\x03abcdef", 100).unwrap(), b"abc");
        assert_eq!(
            read(b"\xff\xff\xff\xff\0\0\0\0\0\0\0\x03abcdef", 100).unwrap(),
            b"abc"
        );
        assert_eq!(read(b"\0\0\0\0", 0).unwrap(), b"");
    }

    #[test]
    fn long_messages_and_what_follows() {
        for size in [
            BUFFER - 5,
            BUFFER - 4,
            BUFFER - 3,
            BUFFER,
            3 * BUFFER,
            5 * FIRST,
        ] {
            let message: Vec<u8> = (0..size).map(|n| n as u8).collect();
            let mut stream = Vec::new();
            write_message(&mut stream, &message).unwrap();
            write_message(&mut stream, b"next").unwrap();
            let mut stream = &stream[..];
            let mut reader = MessageReader::new();
            assert!(*reader.read(&mut stream, u64::MAX).unwrap() == *message);
            assert_eq!(*reader.read(&mut stream, u64::MAX).unwrap(), *b"next");
        }
    }

    #[test]
    fn ends_between_and_inside_of_messages_differ() {
        assert_eq!(read(b"", 9).unwrap_err().kind(), ErrorKind::EndOfFile);
        for end in [
            &b"\0"[..],
            b"\0\0\0\x03",
            b"\0\0\0\x03ab",
            b"\xff\xff\xff\xff\0\0",
        ] {
            let error = read(end, 9).unwrap_err();
            assert_eq!(error.message(), "got end of file during message");
        }
        assert_eq!(
            read(b"\0\x01\0\0ab", 1 << 20).unwrap_err().kind(),
            ErrorKind::Truncated
        );
    }

    #[test]
    fn a_length_is_a_claim() {
        let mut claim = b"\xff\xff\xff\xff".to_vec();
        claim.extend(u64::MAX.to_be_bytes());
        assert_eq!(
            read(&claim, u64::MAX).unwrap_err().kind(),
            ErrorKind::Truncated
        );

        for claim in [
            &claim[..],
            b"\xff\xff\xff\xfe",
            b"\x80\0\0\0",
            b"\0\0\x01\x01",
        ] {
            let mut reader = MessageReader::new();
            let mut stream = claim;
            let error = reader.read(&mut stream, 256).unwrap_err();
            assert!(error.message().starts_with("bad message length"), "{error}");
            // Where the next message starts is not known.
            assert!(reader.read(&mut stream, u64::MAX).is_err());
        }
    }
}
