//! Who connects.

use std::time::Duration;

use super::challenge::{Handshake, Role};
use super::waiting::deadline;
use super::{Address, Connection, Socket, TIMEOUT};
use crate::{Error, Result};

/// Connects to a listener: Python's `Client(address, authkey=key)`.
///
/// ```no_run
/// use pickle::multiprocessing::connection::Client;
///
/// let mut connection = Client::new(("localhost", 6000)).with_authkey(b"secret password").connect()?;
/// println!("{:?}", connection.recv::<Vec<f64>>()?);
/// # Ok::<(), pickle::multiprocessing::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "a client connects when told to"]
pub struct Client {
    address: Address,
    authkey: Option<Box<[u8]>>,
    timeout: Duration,
}

impl Client {
    /// Returns a client of the listener at an address.
    pub fn new(address: impl Into<Address>) -> Self {
        Self {
            address: address.into(),
            authkey: None,
            timeout: TIMEOUT,
        }
    }

    /// Sets the key that both sides prove to have. Without one, nothing is proved.
    pub fn with_authkey(mut self, authkey: impl AsRef<[u8]>) -> Self {
        self.authkey = Some(authkey.as_ref().into());
        self
    }

    /// Sets how long it may take to connect, and then to prove to have the key: 20 seconds unless
    /// told otherwise.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Connects.
    ///
    /// # Errors
    ///
    /// When nobody listens at the address; [`Authentication`](crate::ErrorKind::Authentication) when
    /// the other side has another key, or none, or does not speak the protocol.
    pub fn connect(&self) -> Result<Connection> {
        let mut connection = Connection::new(Socket::connect(&self.address, self.timeout)?);
        if let Some(key) = &self.authkey {
            let until = deadline(Some(self.timeout));
            connection
                .authenticate(Handshake::new(Role::Client, key), until)
                .map_err(Error::during_handshake)?;
        }
        Ok(connection)
    }

    pub(crate) fn address(&self) -> &Address {
        &self.address
    }
}

/// Does not show the key.
impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
