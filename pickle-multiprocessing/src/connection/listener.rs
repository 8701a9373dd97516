//! Who is connected to.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use rustix::fd::AsFd;

use super::challenge::{Handshake, Role};
use super::link::timed_out;
use super::socket::Acceptor;
use super::waiting::{deadline, readable};
use super::{Address, Connection, TIMEOUT};
use crate::{Error, Result};

/// How many clients may be proving themselves at once. One more, and the one that was silent for
/// longest has to go.
const MAX_PENDING: usize = 128;

/// Accepts connections at an address: Python's `Listener(address, authkey=key)`.
///
/// Several clients may be proving at once that they have the key: whoever is first is accepted
/// first. It is closed when it is dropped; the file of a Unix socket is then removed.
///
/// ```
/// use pickle::multiprocessing::ErrorKind;
/// use pickle::multiprocessing::connection::{Client, Listener};
///
/// let mut listener = Listener::bind(("localhost", 0))?.with_authkey(b"right");
/// let address = listener.address().clone();
/// let clients = std::thread::spawn(move || {
///     let rejected = Client::new(&address).with_authkey(b"wrong").connect().unwrap_err();
///     assert_eq!(rejected.message(), "digest sent was rejected");
///     Client::new(&address).with_authkey(b"right").connect()
/// });
///
/// let connection = loop {
///     match listener.accept() {
///         // One client: the others are served.
///         Err(error) if error.kind() == ErrorKind::Authentication => continue,
///         connection => break connection?,
///     }
/// };
/// # drop(connection);
/// # clients.join().unwrap()?;
/// # Ok::<(), pickle::multiprocessing::Error>(())
/// ```
pub struct Listener {
    acceptor: Acceptor,
    address: Address,
    authkey: Option<Box<[u8]>>,
    timeout: Duration,
    /// Clients that are proving to have the key; the one that was silent for longest is the first.
    pending: VecDeque<Pending>,
}

struct Pending {
    connection: Connection,
    handshake: Handshake,
    until: Option<Instant>,
}

impl Listener {
    /// Returns a listener at an address.
    ///
    /// # Errors
    ///
    /// When the address is in use, or cannot be used here.
    pub fn bind(address: impl Into<Address>) -> Result<Self> {
        let (acceptor, address) = Acceptor::bind(&address.into())?;
        Ok(Self {
            acceptor,
            address,
            authkey: None,
            timeout: TIMEOUT,
            pending: VecDeque::new(),
        })
    }

    /// Sets the key that both sides prove to have. Without one, everybody is accepted.
    pub fn with_authkey(mut self, authkey: impl AsRef<[u8]>) -> Self {
        self.authkey = Some(authkey.as_ref().into());
        self
    }

    /// Sets how long a client may take to prove that it has the key: 20 seconds unless told
    /// otherwise.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Where it listens, with the port that was free where none was asked for.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Waits for a client, and returns the connection to it.
    ///
    /// # Errors
    ///
    /// [`Authentication`](crate::ErrorKind::Authentication) when a client failed to prove that it
    /// has the key, whatever way: it sent something else, nothing in time, or went away. This is
    /// about that client only; call again for the others. Any other error is one of the listener.
    pub fn accept(&mut self) -> Result<Connection> {
        loop {
            if let Some(connection) = self.accept_before(None)? {
                return Ok(connection);
            }
        }
    }

    /// As [`accept`](Self::accept), but waits no longer than to a time.
    pub(crate) fn accept_before(&mut self, end: Option<Instant>) -> Result<Option<Connection>> {
        loop {
            self.forget_late_ones()?;
            let mut sockets = vec![self.acceptor.as_fd()];
            sockets.extend(self.pending.iter().map(|pending| pending.connection.fd()));
            let ends = self.pending.iter().filter_map(|pending| pending.until);
            let ready = readable(&sockets, ends.chain(end).min())?;
            // One that has sent something goes before one that comes.
            if let Some(index) = ready[1..].iter().position(|&ready| ready) {
                if let Some(connection) = self.proceed(index) {
                    return connection.map(Some);
                }
            } else if ready[0]
                && let Some(connection) = self.welcome()?
            {
                return Ok(Some(connection));
            } else if end.is_some_and(|end| end <= Instant::now()) {
                return Ok(None);
            }
        }
    }

    fn forget_late_ones(&mut self) -> Result<()> {
        let now = Instant::now();
        let late = |pending: &Pending| pending.until.is_some_and(|until| until <= now);
        let index = self.pending.iter().position(late);
        match index.and_then(|index| self.pending.remove(index)) {
            Some(_) => Err(timed_out()),
            None if self.pending.len() > MAX_PENDING => {
                self.pending.pop_front();
                Err(Error::authentication(
                    "too many clients are to prove that they have the key",
                ))
            }
            None => Ok(()),
        }
    }

    /// Takes a client that has come. Gives its connection if it has nothing to prove.
    fn welcome(&mut self) -> Result<Option<Connection>> {
        let Some(socket) = self.acceptor.accept()? else {
            return Ok(None);
        };
        let mut connection = Connection::new(socket);
        let Some(key) = &self.authkey else {
            return Ok(Some(connection));
        };
        let mut handshake = Handshake::new(Role::Listener, key);
        connection
            .begin(&mut handshake)
            .map_err(Error::during_handshake)?;
        self.pending.push_back(Pending {
            connection,
            handshake,
            until: deadline(Some(self.timeout)),
        });
        Ok(None)
    }

    /// Goes on with the handshake of a client that has sent something. Gives the connection if it
    /// has proved that it has the key.
    fn proceed(&mut self, index: usize) -> Option<Result<Connection>> {
        let mut pending = self.pending.remove(index)?;
        match pending
            .connection
            .receive_and_proceed(&mut pending.handshake)
        {
            Ok(true) => Some(Ok(pending.connection)),
            Ok(false) => {
                // Behind the others, who get their turn before it gets its next.
                self.pending.push_back(pending);
                None
            }
            Err(error) => Some(Err(error.during_handshake())),
        }
    }
}

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listener")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
