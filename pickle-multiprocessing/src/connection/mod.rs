//! Messages between two processes, as `multiprocessing.connection` has them.
//!
//! A message is one pickle, or bytes as they are. Its length goes before it:
//!
//! ```text
//! 00 00 00 05 │ 80 04 4b 07 2e      a message of 5 bytes: the pickle of 7
//! ff ff ff ff │ 00 00 00 00 80 00 00 00 │ …      one of 2 GiB and more
//! ```
//!
//! With a key, both sides prove that they have it before the first message: each sends random
//! bytes and wants to see their HMAC. Python up to 3.11 wants MD5, later ones say which digest they
//! want; this side asks for SHA-256, and takes MD5 from those who know no other, as Python does.
//! [`Listener::accept`] looks after all clients that are still proving themselves at once, so that
//! one that says nothing, or nonsense, is in nobody's way.
//!
//! The key says who may connect. What is sent then is neither encrypted nor signed: over a network
//! that is not trusted, go through a tunnel. A peer that has the key may send any pickle, which
//! runs no code here, and may claim any length, which costs no memory before the bytes arrive.
//!
//! | in Python | here |
//! |---|---|
//! | `Listener(address, authkey=key)` | `Listener::bind(address)?.with_authkey(key)` |
//! | `Client(address, authkey=key)` | `Client::new(address).with_authkey(key).connect()?` |
//! | `('localhost', 6000)`, `'/tmp/socket'` | the same: [`Address`] |
//! | `c.send(obj)`, `c.recv()` | the same, typed |
//! | `c.poll()`, `c.poll(1.5)`, `c.poll(None)` | a `Some(Duration)`, or `None` for ever |
//! | `Pipe()` | [`Connection::pair`] |
//! | `wait([c, d], timeout)` | [`wait`] |

mod address;
mod challenge;
mod client;
mod digest;
mod framing;
mod link;
mod listener;
mod socket;
mod waiting;

pub use address::Address;
pub use client::Client;
pub use link::Connection;
pub use listener::Listener;
pub use waiting::wait;

pub(crate) use socket::Socket;

use std::time::Duration;

/// How long a handshake may take, and a connection may take to come about: CPython's "very generous"
/// time for local ones.
const TIMEOUT: Duration = Duration::from_secs(20);
