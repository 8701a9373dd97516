//! One end of a connection.

use std::borrow::Cow;
use std::net::TcpStream;
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pickle_core::{Pickle, Unpickle, Unpickler};
use rustix::fd::{AsFd, BorrowedFd};

use super::challenge::{Handshake, MESSAGE_LIMIT};
use super::framing::MessageReader;
use super::waiting::{deadline, readable};
use super::{Address, Socket};
use crate::{Error, Result};

/// The longest message that is received unless told otherwise.
const DEFAULT_LIMIT: u64 = 1 << 30;

/// One end of a connection over which two processes send each other objects.
///
/// It comes from a [`Client`](super::Client) or a [`Listener`](super::Listener), or is made from a
/// socket that is there already. It is closed when it is dropped.
///
/// ```
/// use pickle::multiprocessing::connection::Connection;
///
/// let (mut here, mut there) = Connection::pair()?;
/// here.send(&("tea", 2))?;
/// assert_eq!(there.recv::<(String, u32)>()?, ("tea".to_owned(), 2));
/// there.send_bytes(b"as they are")?;
/// assert_eq!(here.recv_bytes()?, b"as they are");
/// # Ok::<(), pickle::multiprocessing::Error>(())
/// ```
pub struct Connection {
    socket: Arc<Socket>,
    reader: MessageReader,
    limit: u64,
}

impl Connection {
    pub(super) fn new(socket: Socket) -> Self {
        Self {
            socket: Arc::new(socket),
            reader: MessageReader::new(),
            limit: DEFAULT_LIMIT,
        }
    }

    /// Returns two connections, each the other end of the other: Python's `Pipe()`.
    ///
    /// # Errors
    ///
    /// When the operating system gives no sockets.
    #[cfg(unix)]
    #[doc(alias = "Pipe")]
    pub fn pair() -> Result<(Self, Self)> {
        let (here, there) = UnixStream::pair()?;
        Ok((here.into(), there.into()))
    }

    /// Sets how many bytes a message may have that is received: 1 GiB unless told otherwise.
    ///
    /// After a longer one the connection can receive nothing more, as in Python after
    /// `recv_bytes(maxlength)`.
    ///
    /// ```
    /// use pickle::multiprocessing::{ErrorKind, connection::Connection};
    ///
    /// let (mut here, there) = Connection::pair()?;
    /// let mut there = there.with_message_limit(3);
    /// here.send_bytes(b"four")?;
    /// assert_eq!(there.recv_bytes().unwrap_err().kind(), ErrorKind::MessageLength);
    /// # Ok::<(), pickle::multiprocessing::Error>(())
    /// ```
    pub fn with_message_limit(mut self, bytes: u64) -> Self {
        self.limit = bytes;
        self
    }

    /// Sends an object.
    ///
    /// # Errors
    ///
    /// When it cannot be pickled, and nothing is sent; when the other side has closed.
    pub fn send<T: Pickle + ?Sized>(&mut self, object: &T) -> Result<()> {
        self.send_bytes(&pickle_core::dumps(object)?)
    }

    /// Receives an object; waits until it has arrived.
    ///
    /// A message that is something else than asked for is taken nonetheless: the next call gets the
    /// next message. For a registry or limits of its own, give what [`recv_bytes`](Self::recv_bytes)
    /// returns to an [`Unpickler`].
    ///
    /// # Errors
    ///
    /// When the other side has closed, which is [`Error::is_eof`]; when it broke off inside of the
    /// message; when the message is too long; when it is no pickle of a `T`.
    pub fn recv<T: for<'de> Unpickle<'de>>(&mut self) -> Result<T> {
        self.recv_with(|message| Ok(Unpickler::from_slice(message).load()?))
    }

    /// Receives a message, and gives it to a function.
    pub(crate) fn recv_with<T>(&mut self, read: impl FnOnce(&[u8]) -> Result<T>) -> Result<T> {
        let message = self.socket.read_message(&mut self.reader, self.limit)?;
        let result = read(&message);
        if let Cow::Owned(message) = message {
            self.reader.reuse(message);
        }
        result
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    ///
    /// When the other side has closed.
    pub fn send_bytes(&mut self, message: &[u8]) -> Result<()> {
        self.socket.write_message(message)
    }

    /// Receives bytes; waits until they have arrived.
    ///
    /// # Errors
    ///
    /// As [`recv`](Self::recv), of which this receives the pickle.
    pub fn recv_bytes(&mut self) -> Result<Vec<u8>> {
        let message = self.socket.read_message(&mut self.reader, self.limit)?;
        Ok(message.into_owned())
    }

    /// Whether there is something to be received; waits for it as long as said, with `None` for
    /// ever.
    ///
    /// True as well when the other side has closed: receiving says so.
    ///
    /// # Errors
    ///
    /// When the operating system cannot wait.
    pub fn poll(&self, timeout: Option<Duration>) -> Result<bool> {
        self.poll_until(deadline(timeout))
    }

    fn poll_until(&self, until: Option<Instant>) -> Result<bool> {
        Ok(self.has_bytes() || readable(&[self.fd()], until)?[0])
    }

    /// Closes the connection, as dropping it does.
    pub fn close(self) {}

    /// The address of the other side. A client's Unix socket has none: its path is empty.
    ///
    /// # Errors
    ///
    /// When it is connected no longer.
    pub fn peer_address(&self) -> Result<Address> {
        self.socket.peer()
    }

    pub(super) fn has_bytes(&self) -> bool {
        self.reader.has_bytes()
    }

    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// The socket, for those who have to close it from elsewhere.
    pub(crate) fn socket(&self) -> &Arc<Socket> {
        &self.socket
    }
}

/// The handshake.
impl Connection {
    /// Sends what is due first.
    pub(super) fn begin(&mut self, handshake: &mut Handshake) -> Result<()> {
        for message in handshake.begin()? {
            self.send_bytes(&message)?;
        }
        Ok(())
    }

    /// Goes on with a handshake as far as what was received allows. Gives whether it is over.
    pub(super) fn proceed(&mut self, handshake: &mut Handshake) -> Result<bool> {
        while let Some(message) = self.reader.buffered(MESSAGE_LIMIT)? {
            let step = handshake.receive(message);
            for message in step.send {
                // Its own failure counts for less than that of the handshake.
                let sent = self.send_bytes(&message);
                if step.result.is_ok() {
                    sent?;
                }
            }
            if step.result? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Receives once, and goes on with a handshake.
    pub(super) fn receive_and_proceed(&mut self, handshake: &mut Handshake) -> Result<bool> {
        self.socket.fill(&mut self.reader)?;
        self.proceed(handshake)
    }

    /// Does a whole handshake, within a time.
    pub(super) fn authenticate(
        &mut self,
        mut handshake: Handshake,
        until: Option<Instant>,
    ) -> Result<()> {
        self.begin(&mut handshake)?;
        loop {
            if !readable(&[self.fd()], until)?[0] {
                return Err(timed_out());
            }
            if self.receive_and_proceed(&mut handshake)? {
                return Ok(());
            }
        }
    }
}

/// The error of a handshake that takes too long.
#[cold]
pub(super) fn timed_out() -> Error {
    Error::authentication("the other side takes too long to prove that it has the key")
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Connection").field(&self.socket).finish()
    }
}

/// A connection without a handshake.
impl From<TcpStream> for Connection {
    fn from(stream: TcpStream) -> Self {
        Self::new(Socket::tcp(stream))
    }
}

/// A connection without a handshake.
#[cfg(unix)]
impl From<UnixStream> for Connection {
    fn from(stream: UnixStream) -> Self {
        Self::new(Socket::Unix(stream))
    }
}
