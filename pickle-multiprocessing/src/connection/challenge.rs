//! The proof that both sides know the same key, step by step: what is received goes in, what is to
//! be sent comes out. Nothing here waits, so that a listener can follow many at once.
//!
//! ```text
//! listener                                   client
//! #CHALLENGE#{sha256}<40 bytes>      ──▶
//!                                    ◀──     {sha256}<HMAC of {sha256}<40 bytes>>
//! #WELCOME#  or  #FAILURE#           ──▶
//!                                    ◀──     #CHALLENGE#{sha256}<40 bytes>
//! {sha256}<HMAC>                     ──▶
//!                                    ◀──     #WELCOME#  or  #FAILURE#
//! ```
//!
//! Python up to 3.11 challenges with 20 bytes and no name of a digest, and answers every challenge
//! with the 16 bytes of an HMAC-MD5. It is known by these lengths.

use pickle_core::Value;

use super::digest::Digest;
use crate::{Error, Result};

const CHALLENGE: &[u8] = b"#CHALLENGE#";
const WELCOME: &[u8] = b"#WELCOME#";
const FAILURE: &[u8] = b"#FAILURE#";

/// How many random bytes are sent, as CPython 3.12. More than a challenge of old.
const RANDOM: usize = 40;

/// The length of a challenge of Python 3.11 and before.
const OLD_CHALLENGE: usize = 20;

/// The length of what Python 3.11 and before answer: an HMAC-MD5.
const OLD_RESPONSE: usize = 16;

/// No message of a handshake is longer; Python reads no longer one.
pub(super) const MESSAGE_LIMIT: u64 = 256;

/// Who is who: the listener challenges first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Listener,
    Client,
}

/// A handshake under way.
pub(super) struct Handshake {
    role: Role,
    key: Box<[u8]>,
    awaited: Awaited,
}

/// What the other side is to send next.
enum Awaited {
    Challenge,
    /// The HMAC of this challenge of ours.
    Response(Vec<u8>),
    /// What it says to ours.
    Verdict,
    Nothing,
}

/// What comes of a message.
pub(super) struct Step {
    /// What is to be sent, whatever the result.
    pub(super) send: Vec<Vec<u8>>,
    /// Whether the handshake is over and both have the key.
    pub(super) result: Result<bool>,
}

impl Handshake {
    pub(super) fn new(role: Role, key: &[u8]) -> Self {
        Self {
            role,
            key: key.into(),
            awaited: Awaited::Nothing,
        }
    }

    /// Begins: gives what is to be sent first.
    pub(super) fn begin(&mut self) -> Result<Vec<Vec<u8>>> {
        match self.role {
            Role::Listener => Ok(vec![self.challenge()?]),
            Role::Client => {
                self.awaited = Awaited::Challenge;
                Ok(Vec::new())
            }
        }
    }

    /// Takes the next message of the other side.
    pub(super) fn receive(&mut self, message: &[u8]) -> Step {
        let mut send = Vec::new();
        let result = self.take(message, &mut send);
        Step { send, result }
    }

    fn take(&mut self, message: &[u8], send: &mut Vec<Vec<u8>>) -> Result<bool> {
        match std::mem::replace(&mut self.awaited, Awaited::Nothing) {
            Awaited::Response(challenge) => {
                if let Err(error) = verify(&self.key, &challenge, message) {
                    send.push(FAILURE.to_vec());
                    return Err(error);
                }
                send.push(WELCOME.to_vec());
                self.awaited = Awaited::Challenge;
                // The client has answered before it challenges.
                Ok(self.role == Role::Client)
            }
            Awaited::Challenge => {
                send.push(respond(&self.key, message)?);
                self.awaited = Awaited::Verdict;
                Ok(false)
            }
            Awaited::Verdict if message != WELCOME => {
                Err(Error::authentication("digest sent was rejected"))
            }
            Awaited::Verdict if self.role == Role::Listener => Ok(true),
            Awaited::Verdict => {
                send.push(self.challenge()?);
                Ok(false)
            }
            Awaited::Nothing => Err(Error::authentication("the handshake is over")),
        }
    }

    /// A challenge of ours, whose answer is awaited.
    fn challenge(&mut self) -> Result<Vec<u8>> {
        let mut random = [0; RANDOM];
        getrandom::fill(&mut random)
            .map_err(|error| Error::authentication(format!("no random bytes: {error}")))?;
        let challenge = [b"{sha256}", &random[..]].concat();
        let message = [CHALLENGE, &challenge].concat();
        self.awaited = Awaited::Response(challenge);
        Ok(message)
    }
}

/// Splits what names its digest; without a name, by its length, it is MD5 of old: `None`.
fn split(message: &[u8]) -> Result<(Option<Digest>, &[u8])> {
    if matches!(message.len(), OLD_CHALLENGE | OLD_RESPONSE) {
        return Ok((None, message));
    }
    let named = message.strip_prefix(b"{").and_then(|rest| {
        let end = rest.iter().position(|&byte| byte == b'}')?;
        Some((Digest::from_name(&rest[..end])?, &rest[end + 1..]))
    });
    match named {
        Some((digest, rest)) => Ok((Some(digest), rest)),
        None => Err(Error::authentication(format!(
            "unsupported message length, missing digest prefix, or unsupported digest: message={}",
            shown(message)
        ))),
    }
}

/// What answers a challenge.
fn respond(key: &[u8], message: &[u8]) -> Result<Vec<u8>> {
    let Some(challenge) = message.strip_prefix(CHALLENGE) else {
        return Err(Error::authentication(format!(
            "Protocol error, expected challenge: message={}",
            shown(message)
        )));
    };
    if challenge.len() < OLD_CHALLENGE {
        return Err(Error::authentication(format!(
            "challenge too short: {} bytes",
            challenge.len()
        )));
    }
    // The name of the digest is part of what is proved, so that nobody in between can choose a
    // weaker one.
    match split(challenge)?.0 {
        None => Digest::Md5.hmac(key, challenge),
        Some(digest) => {
            let hmac = digest.hmac(key, challenge)?;
            Ok([b"{", digest.name().as_bytes(), b"}", &hmac].concat())
        }
    }
}

/// Checks what answers a challenge of ours.
fn verify(key: &[u8], challenge: &[u8], response: &[u8]) -> Result<()> {
    let (digest, hmac) = split(response)?;
    let digest = digest.unwrap_or(Digest::Md5);
    if hmac.len() != digest.size() {
        return Err(Error::authentication(format!(
            "expected '{}' of length {} got {}",
            digest.name(),
            digest.size(),
            hmac.len()
        )));
    }
    match digest.verify(key, challenge, hmac)? {
        true => Ok(()),
        false => Err(Error::authentication("digest received was wrong")),
    }
}

/// Bytes as Python shows them.
fn shown(message: &[u8]) -> Value {
    Value::from(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lets two handshakes talk to one another. Gives what each came to.
    fn converse(listener: &[u8], client: &[u8]) -> [Result<bool>; 2] {
        let mut sides = [
            Handshake::new(Role::Listener, listener),
            Handshake::new(Role::Client, client),
        ];
        let mut results = [Ok(false), Ok(false)];
        let mut on_the_way = sides[0].begin().unwrap();
        assert!(sides[1].begin().unwrap().is_empty());
        let mut receiver = 1;
        while !on_the_way.is_empty() {
            let mut send = Vec::new();
            for message in std::mem::take(&mut on_the_way) {
                if matches!(results[receiver], Ok(false)) {
                    let step = sides[receiver].receive(&message);
                    send.extend(step.send);
                    results[receiver] = step.result;
                }
            }
            on_the_way = send;
            receiver = 1 - receiver;
        }
        results
    }

    #[test]
    fn one_key_is_one_key() {
        assert!(matches!(converse(b"key", b"key"), [Ok(true), Ok(true)]));
        assert!(matches!(converse(b"", b""), [Ok(true), Ok(true)]));
    }

    #[test]
    fn two_keys_are_two() {
        let [listener, client] = converse(b"key", b"other").map(Result::unwrap_err);
        assert_eq!(listener.message(), "digest received was wrong");
        assert_eq!(client.message(), "digest sent was rejected");
        assert_eq!(client.python_type(), "AuthenticationError");
    }

    #[test]
    fn answers_are_those_of_python() {
        let answer = |challenge: &[u8]| respond(b"key", &[CHALLENGE, challenge].concat());
        // Python 3.11: hmac.new(b'key', b'01234567890123456789', 'md5').digest()
        let md5 = b"\xae\x7d\x03\xe3\x3d\x47\x01\xb0\xd5\xb8\x1b\xe8\xe0\x60\x26\x16";
        assert_eq!(answer(b"01234567890123456789").unwrap(), md5);
        // Python 3.12 names the digest.
        let sha3 = answer(b"{sha3_384}01234567890").unwrap();
        assert!(sha3.starts_with(b"{sha3_384}\x4a\xe6\x00\xa4") && sha3.len() == 58);
        for wrong in [
            &b"{sha256}"[..],
            b"{sha1}9012345678901234567890",
            b"0123456789012345678901",
        ] {
            assert_eq!(
                answer(wrong).unwrap_err().python_type(),
                "AuthenticationError"
            );
        }
        let error = respond(b"key", b"HTTP/1.1 400 Bad Request").unwrap_err();
        assert_eq!(
            error.message(),
            "Protocol error, expected challenge: message=b'HTTP/1.1 400 Bad Request'"
        );
    }

    #[test]
    fn an_answer_of_old_is_md5_of_the_whole_challenge() {
        let challenge = b"{sha256}0123456789012345678901234567890123456789";
        let md5 = Digest::Md5.hmac(b"key", challenge).unwrap();
        assert!(verify(b"key", challenge, &md5).is_ok());
        let error = verify(b"key", challenge, &[0; 20]).unwrap_err();
        assert_eq!(error.message(), "expected 'md5' of length 16 got 20");
        let error = verify(b"key", challenge, &[0; 16]).unwrap_err();
        assert_eq!(error.message(), "digest received was wrong");
        // Another digest than the one asked for is the client's choice, and a proof all the same.
        let sha3 = Digest::Sha3_256.hmac(b"key", challenge).unwrap();
        assert!(verify(b"key", challenge, &[b"{sha3_256}", &sha3[..]].concat()).is_ok());
    }

    #[test]
    fn no_bytes_make_it_panic() {
        for role in [Role::Listener, Role::Client] {
            for len in 0..=256 {
                for byte in [0, b'{', b'#', 0xff] {
                    let mut handshake = Handshake::new(role, b"key");
                    handshake.begin().unwrap();
                    assert!(handshake.receive(&vec![byte; len]).result.is_err());
                }
            }
        }
    }
}
