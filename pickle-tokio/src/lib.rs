//! Pickles over tokio's streams: codecs for `tokio_util`'s `Framed`.
//!
//! ```
//! use futures_util::{SinkExt, StreamExt};
//! use pickle_tokio::PickleCodec;
//! use tokio_util::codec::Framed;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> pickle_core::Result<()> {
//! let (one, other) = tokio::io::duplex(64); // or a `TcpStream`, a `UnixStream`, …
//! let mut one = Framed::new(one, PickleCodec::<String>::new());
//! let mut other = Framed::new(other, PickleCodec::<(i64, f64)>::new());
//!
//! one.send(&(7, 2.5)).await?; // what `pickle.load(file)` reads in Python
//! assert_eq!(other.next().await.transpose()?, Some((7, 2.5)));
//!
//! other.send("thanks").await?;
//! assert_eq!(one.next().await.transpose()?.as_deref(), Some("thanks"));
//! # Ok(())
//! # }
//! ```
//!
//! A pickle has no length in front. Where it ends is found by walking its instructions, each byte
//! once, however few arrive at a time. Nothing is decoded before the whole pickle is there, and one
//! that is longer than a limit, or claims to be, is refused: 8 MiB unless told otherwise.
//!
//! - [`PickleCodec`] reads and writes values.
//! - [`PickleSplitter`] reads the bytes of each pickle, for values that borrow from them, and for
//!   an [`Unpickler`](pickle_core::Unpickler) with options that the codec does not have.

mod codec;
mod splitter;

pub use codec::PickleCodec;
pub use splitter::PickleSplitter;

/// The longest pickle that is read unless told otherwise: that of `tokio_util`'s other codecs.
pub const MAX_LENGTH: usize = 8 << 20;
