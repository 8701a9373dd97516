//! The digests of the challenge.

use hmac::{Hmac, KeyInit, Mac, SimpleHmac};

use crate::{Error, Result};

/// A digest that CPython allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digest {
    Md5,
    Sha256,
    Sha384,
    Sha3_256,
    Sha3_384,
}

use Digest::{Md5, Sha3_256, Sha3_384, Sha256, Sha384};

const ALL: [Digest; 5] = [Md5, Sha256, Sha384, Sha3_256, Sha3_384];

/// One expression for whichever algorithm a digest is.
macro_rules! with_mac {
    ($digest:expr, $key:expr, $message:expr, |$mac:ident| $result:expr) => {{
        macro_rules! run {
            ($hmac:ty) => {{
                let mut $mac = <$hmac>::new_from_slice($key).map_err(|error| {
                    Error::authentication(format!("the key cannot be used: {error}"))
                })?;
                $mac.update($message);
                $result
            }};
        }
        match $digest {
            Md5 => run!(Hmac<md5::Md5>),
            Sha256 => run!(Hmac<sha2::Sha256>),
            Sha384 => run!(Hmac<sha2::Sha384>),
            Sha3_256 => run!(SimpleHmac<sha3::Sha3_256>),
            Sha3_384 => run!(SimpleHmac<sha3::Sha3_384>),
        }
    }};
}

impl Digest {
    /// The digest of this name.
    pub(super) fn from_name(name: &[u8]) -> Option<Self> {
        ALL.into_iter()
            .find(|digest| digest.name().as_bytes() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Md5 => "md5",
            Sha256 => "sha256",
            Sha384 => "sha384",
            Sha3_256 => "sha3_256",
            Sha3_384 => "sha3_384",
        }
    }

    /// How many bytes it gives.
    pub(super) fn size(self) -> usize {
        match self {
            Md5 => 16,
            Sha256 | Sha3_256 => 32,
            Sha384 | Sha3_384 => 48,
        }
    }

    /// The HMAC of a message.
    pub(super) fn hmac(self, key: &[u8], message: &[u8]) -> Result<Vec<u8>> {
        with_mac!(self, key, message, |mac| Ok(mac
            .finalize()
            .into_bytes()
            .to_vec()))
    }

    /// Whether this is the HMAC of a message. How long it takes says nothing about where they
    /// differ.
    pub(super) fn verify(self, key: &[u8], message: &[u8], hmac: &[u8]) -> Result<bool> {
        with_mac!(self, key, message, |mac| Ok(mac.verify_slice(hmac).is_ok()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn digests_are_those_of_python() {
        // hmac.new(b'key', b'message', name).hexdigest()
        let expected = [
            "4e4748e62b463521f6775fbf921234b5",
            "6e9ef29b75fffc5b7abae527d58fdadb2fe42e7219011976917343065f58ed4a",
            "0fd3ae3237be98c64a075b7394989fc6789f31788fada42eada85ee6698bde2f\
             eae20b66271b67544b9062c773b2d86f",
            "0f43852a24d5597a8200312a95993991581679d63264f1b1ad4b5ccac7fe8ba4",
            "be48b7a82bf3dda2dc743a584e7a7d6375a664e611d240a6c951f3d15e18666f\
             c6d4b3e31f8d6c44caec98667209aa31",
        ];
        for (digest, expected) in ALL.into_iter().zip(expected) {
            let hmac = digest.hmac(b"key", b"message").unwrap();
            assert_eq!(hex(&hmac), expected);
            assert_eq!(hmac.len(), digest.size());
            assert!(digest.verify(b"key", b"message", &hmac).unwrap());
            assert!(!digest.verify(b"kez", b"message", &hmac).unwrap());
            assert!(!digest.verify(b"key", b"message", &hmac[1..]).unwrap());
            assert_eq!(Digest::from_name(digest.name().as_bytes()), Some(digest));
        }
    }
}
