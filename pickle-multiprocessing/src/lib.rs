//! Python's `multiprocessing.connection` and managers: objects to and from other processes, Python's
//! or Rust's.
//!
//! ```
//! use pickle::multiprocessing::connection::{Client, Listener};
//!
//! let mut listener = Listener::bind(("localhost", 0))?.with_authkey(b"secret password");
//! let address = listener.address().clone();
//!
//! // In Python: Client(address, authkey=b'secret password').send([2.25, None, 'junk'])
//! let client = std::thread::spawn(move || {
//!     let mut connection = Client::new(address).with_authkey(b"secret password").connect()?;
//!     connection.send(&(2.25, (), "junk"))?;
//!     connection.recv::<String>()
//! });
//!
//! let mut connection = listener.accept()?;
//! let (number, (), text): (f64, (), String) = connection.recv()?;
//! connection.send(&format!("{text}, {number} times"))?;
//! assert_eq!(client.join().unwrap()?, "junk, 2.25 times");
//! # Ok::<(), pickle::multiprocessing::Error>(())
//! ```
//!
//! - [`connection`] has messages between two processes: a [`Listener`](connection::Listener), its
//!   [`Client`](connection::Client)s, a [`Connection`](connection::Connection) at both ends.
//! - [`managers`] has objects that several processes share, Python's proxies: those of a Python
//!   manager are called from Rust, those of a Rust [`Server`](managers::Server) from Python.
//!
//! Both ends prove that they know the same key; see [`connection`] for what that protects, and what
//! it does not.

pub mod connection;
mod error;
pub mod managers;

pub use error::{Error, ErrorKind, Result};
