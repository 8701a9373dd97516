//! A key and a layout: bytes to signed bytes and back.

use std::fmt;
use std::io::{BufRead, ErrorKind, Read, Write};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::error::{Error, Result};
use crate::layout::{DIGEST, Header, Layout, from_hex, to_hex};

/// What signs and verifies: a key, and the [`Layout`] of the files.
///
/// It works on bytes, which need not be pickles. [`dump_signed`](crate::dump_signed) and
/// [`load_signed`](crate::load_signed) are the same for values.
///
/// ```
/// use pickle_core::{Pickler, Protocol, Unpickler};
/// use pickle_signed::{Layout, Signer};
///
/// let signer = Signer::new("key").with_layout(Layout::Raw);
///
/// let mut pickler = Pickler::new(Vec::new()).with_protocol(Protocol::V2);
/// pickler.dump("tea")?;
/// let signed = signer.sign(&pickler.into_inner());
///
/// let pickle = signer.verify(&signed)?;
/// let word: &str = Unpickler::from_slice(pickle).load()?; // borrows from `signed`
/// assert_eq!(word, "tea");
/// # Ok::<(), pickle_signed::Error>(())
/// ```
#[derive(Clone)]
pub struct Signer {
    /// Has taken in the key and nothing else.
    mac: Hmac<Sha256>,
    layout: Layout,
    size_limit: u64,
}

impl Signer {
    /// Returns a signer with a key and [`Layout::Line`].
    ///
    /// A key may be of any length; a good one is 32 random bytes, as `secrets.token_bytes(32)`
    /// gives them. A password is not: whoever has a signed file can try them all.
    pub fn new(key: impl AsRef<[u8]>) -> Self {
        Self {
            mac: Hmac::new_from_slice(key.as_ref()).expect("HMAC takes keys of any length"),
            layout: Layout::default(),
            size_limit: u64::MAX,
        }
    }

    /// Writes and reads another layout.
    pub fn with_layout(mut self, layout: Layout) -> Self {
        self.layout = layout;
        self
    }

    /// Refuses data that is longer than so many bytes, signature not counted, when it is read. No
    /// limit unless told otherwise; no more memory is taken than twice what has arrived.
    pub fn with_size_limit(mut self, bytes: u64) -> Self {
        self.size_limit = bytes;
        self
    }

    /// Returns the data with its signature.
    pub fn sign(&self, data: &[u8]) -> Vec<u8> {
        let mut signed = self.signature(data);
        signed.extend_from_slice(data);
        signed
    }

    /// Writes the data with its signature.
    ///
    /// # Errors
    ///
    /// When the writer fails.
    pub fn write(&self, data: &[u8], mut writer: impl Write) -> Result<()> {
        writer.write_all(&self.signature(data))?;
        writer.write_all(data)?;
        Ok(())
    }

    /// Returns the data that was signed, if its signature is right. Nothing may follow it.
    ///
    /// # Errors
    ///
    /// Those that say why the data is not to be trusted: every variant of [`Error`] from
    /// [`EndOfInput`](Error::EndOfInput) to [`TooLarge`](Error::TooLarge).
    pub fn verify<'d>(&self, signed: &'d [u8]) -> Result<&'d [u8]> {
        if signed.is_empty() {
            return Err(Error::EndOfInput);
        }
        match self.layout {
            Layout::Raw | Layout::Hex => {
                let (digest, data) = self.split_digest(signed)?;
                self.allow(data.len() as u64)?;
                self.matches(data, &digest)
                    .map_err(|_| self.mismatch(signed))?;
                Ok(data)
            }
            Layout::Line | Layout::LineWithKey => {
                let (header, data) = Header::split(signed)?;
                self.allow(header.length)?;
                let length = usize::try_from(header.length).unwrap_or(usize::MAX);
                let Some((data, rest)) = data.split_at_checked(length) else {
                    return Err(truncated(&header, signed.len() - data.len(), data.len()));
                };
                self.verify_with(&header, data)?;
                match rest {
                    [] => Ok(data),
                    _ => Err(self.why(&header)),
                }
            }
        }
    }

    /// Reads signed data, and returns it without its signature, if that is right.
    ///
    /// With a layout that has a line, it takes not a byte more; the others have no end of their
    /// own, and take the reader to its end.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify), and when the reader fails.
    pub fn read(&self, mut reader: impl BufRead) -> Result<Vec<u8>> {
        if at_end(&mut reader)? {
            return Err(Error::EndOfInput);
        }
        match self.layout {
            Layout::Raw | Layout::Hex => {
                let length = self.digest_length();
                let mut signed = Vec::new();
                // One more than the limit, to see that there is more.
                let most = (length as u64 + 1).saturating_add(self.size_limit);
                reader.take(most).read_to_end(&mut signed)?;
                self.verify(&signed)?;
                signed.drain(..length);
                Ok(signed)
            }
            Layout::Line | Layout::LineWithKey => {
                let mut line = Vec::new();
                let mut start = (&mut reader).take(Header::LONGEST as u64);
                start.read_until(b'\n', &mut line)?;
                let (header, _) = Header::split(&line)?;
                self.allow(header.length)?;
                // The length is a claim: the vector grows with what arrives.
                let mut data = Vec::new();
                reader.take(header.length).read_to_end(&mut data)?;
                if (data.len() as u64) < header.length {
                    return Err(truncated(&header, line.len(), data.len()));
                }
                self.verify_with(&header, &data)?;
                Ok(data)
            }
        }
    }

    /// What stands before the data.
    fn signature(&self, data: &[u8]) -> Vec<u8> {
        let digest: [u8; DIGEST] = self.mac_of(data).finalize().into_bytes().into();
        match self.layout {
            Layout::Raw => digest.into(),
            Layout::Hex => to_hex(&digest).into(),
            Layout::Line | Layout::LineWithKey => Header {
                digest,
                length: data.len() as u64,
                key_check: (self.layout == Layout::LineWithKey).then(|| self.key_check()),
            }
            .write(),
        }
    }

    fn mac_of(&self, data: &[u8]) -> Hmac<Sha256> {
        self.mac.clone().chain_update(data)
    }

    /// Eight digits that another key has by an accident of one in four billion, and that say
    /// nothing about the key which a digest would not.
    fn key_check(&self) -> String {
        let digest = self.mac_of(b"key").finalize().into_bytes();
        to_hex(&digest[..4])
    }

    /// Compares in constant time.
    fn matches(&self, data: &[u8], digest: &[u8; DIGEST]) -> Result<(), hmac::digest::MacError> {
        self.mac_of(data).verify(digest.into())
    }

    fn verify_with(&self, header: &Header, data: &[u8]) -> Result<()> {
        self.matches(data, &header.digest)
            .map_err(|_| self.why(header))
    }

    /// Why data with this header did not verify: here and nowhere else the check of the key counts.
    fn why(&self, header: &Header) -> Error {
        match &header.key_check {
            Some(check) if *check == self.key_check() => Error::Changed,
            Some(_) => Error::WrongKey,
            None => Error::Mismatch { looks_like: None },
        }
    }

    fn mismatch(&self, signed: &[u8]) -> Error {
        Error::Mismatch {
            looks_like: self.layout.other_than(signed),
        }
    }

    fn digest_length(&self) -> usize {
        match self.layout {
            Layout::Raw => DIGEST,
            _ => 2 * DIGEST,
        }
    }

    fn split_digest<'d>(&self, signed: &'d [u8]) -> Result<([u8; DIGEST], &'d [u8])> {
        let length = self.digest_length();
        let Some((digest, data)) = signed.split_at_checked(length) else {
            return Err(Error::Truncated {
                expected: length as u64,
                found: signed.len() as u64,
            });
        };
        let digest = match self.layout {
            Layout::Raw => digest.try_into().ok(),
            _ => from_hex(digest),
        };
        Ok((digest.ok_or(Error::Malformed)?, data))
    }

    fn allow(&self, length: u64) -> Result<()> {
        let limit = self.size_limit;
        if length > limit {
            return Err(Error::TooLarge { limit });
        }
        Ok(())
    }
}

/// The key stays out of logs.
impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("layout", &self.layout)
            .finish_non_exhaustive()
    }
}

fn truncated(header: &Header, before: usize, data: usize) -> Error {
    Error::Truncated {
        expected: header.length.saturating_add(before as u64),
        found: (before + data) as u64,
    }
}

fn at_end(reader: &mut impl BufRead) -> Result<bool> {
    loop {
        match reader.fill_buf() {
            Ok(available) => return Ok(available.is_empty()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
}
