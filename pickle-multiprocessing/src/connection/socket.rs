//! The sockets of both families under one name.

use std::borrow::Cow;
use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
#[cfg(unix)]
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fd::{AsFd, BorrowedFd};
use rustix::net::{RecvFlags, recv};

use super::Address;
use super::framing::{MessageReader, write_message};
use super::waiting::readable;
use crate::{Error, ErrorKind, Result};

/// A socket that is connected to another.
#[derive(Debug)]
pub(crate) enum Socket {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

/// One expression for whichever stream it is. (To read through a type of one's own is slower: the
/// standard library does not know then that it need not clear the memory before.)
macro_rules! each {
    ($socket:expr, |$stream:ident| $result:expr) => {
        match $socket {
            Socket::Tcp($stream) => $result,
            #[cfg(unix)]
            Socket::Unix($stream) => $result,
        }
    };
}

/// A socket that others connect to.
#[derive(Debug)]
pub(super) enum Acceptor {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix {
        listener: UnixListener,
        /// The file to remove. None in the abstract namespace.
        path: Option<std::path::PathBuf>,
    },
}

impl Socket {
    pub(super) fn connect(address: &Address, timeout: Duration) -> Result<Self> {
        match address {
            Address::Inet(host, port) => {
                let mut last = None;
                for address in Address::resolve(host, *port)? {
                    match TcpStream::connect_timeout(&address, timeout) {
                        Ok(stream) => return Ok(Self::tcp(stream)),
                        Err(error) => last = Some(error),
                    }
                }
                Err(last.map_or_else(|| unsupported(address), Error::from))
            }
            Address::Unix(path) => Self::connect_unix(path),
        }
    }

    #[cfg(unix)]
    fn connect_unix(path: &Path) -> Result<Self> {
        #[cfg(target_os = "linux")]
        if let Some(name) = Address::abstract_name(path) {
            return Ok(Self::Unix(UnixStream::connect_addr(&abstract_address(
                name,
            )?)?));
        }
        Ok(Self::Unix(UnixStream::connect(path)?))
    }

    #[cfg(not(unix))]
    fn connect_unix(path: &Path) -> Result<Self> {
        Err(unsupported(&path.into()))
    }

    /// A message is written as a whole, so that waiting for more to send with it is of no use. (It
    /// is not worth failing for.)
    pub(super) fn tcp(stream: TcpStream) -> Self {
        let _ = stream.set_nodelay(true);
        Self::Tcp(stream)
    }

    /// Ends both directions: whoever is reading from it here or there comes to its end.
    pub(crate) fn shutdown(&self) {
        let _ = each!(self, |stream| stream.shutdown(Shutdown::Both));
    }

    /// Whether the other side has closed, and nothing is left to be read.
    pub(crate) fn is_at_end(&self) -> bool {
        let here = readable(&[self.as_fd()], Some(Instant::now()));
        let mut byte = [0];
        // What is readable does not make it wait.
        matches!(here.as_deref(), Ok([true]))
            && !each!(self, |stream| matches!(
                recv(stream, &mut byte[..], RecvFlags::PEEK),
                Ok((1.., _))
            ))
    }

    /// The address of the other side.
    pub(super) fn peer(&self) -> Result<Address> {
        Ok(match self {
            Self::Tcp(stream) => stream.peer_addr()?.into(),
            #[cfg(unix)]
            Self::Unix(stream) => unix_address(&stream.peer_addr()?),
        })
    }

    /// Receives a message.
    pub(super) fn read_message<'r>(
        &self,
        reader: &'r mut MessageReader,
        limit: u64,
    ) -> Result<Cow<'r, [u8]>> {
        each!(self, |stream| reader.read(stream, limit))
    }

    /// Receives what there is.
    pub(super) fn fill(&self, reader: &mut MessageReader) -> Result<()> {
        each!(self, |stream| reader.fill(stream))
    }

    /// Sends a message.
    pub(super) fn write_message(&self, message: &[u8]) -> Result<()> {
        each!(self, |stream| Ok(write_message(stream, message)?))
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        each!(self, |stream| stream.as_fd())
    }
}

impl Acceptor {
    /// Returns a socket that listens, and where.
    pub(super) fn bind(address: &Address) -> Result<(Self, Address)> {
        match address {
            Address::Inet(host, port) => {
                let addresses = Address::resolve(host, *port)?;
                let listener = TcpListener::bind(&addresses[..])?;
                listener.set_nonblocking(true)?;
                let bound = listener.local_addr()?.into();
                Ok((Self::Tcp(listener), bound))
            }
            Address::Unix(path) => Self::bind_unix(path),
        }
    }

    #[cfg(unix)]
    fn bind_unix(path: &Path) -> Result<(Self, Address)> {
        #[cfg(target_os = "linux")]
        if let Some(name) = Address::abstract_name(path) {
            let listener = UnixListener::bind_addr(&abstract_address(name)?)?;
            listener.set_nonblocking(true)?;
            let path = None;
            let bound = unix_address(&listener.local_addr()?);
            return Ok((Self::Unix { listener, path }, bound));
        }
        let listener = UnixListener::bind(path)?;
        listener.set_nonblocking(true)?;
        let bound = unix_address(&listener.local_addr()?);
        let path = Some(path.to_owned());
        Ok((Self::Unix { listener, path }, bound))
    }

    #[cfg(not(unix))]
    fn bind_unix(path: &Path) -> Result<(Self, Address)> {
        Err(unsupported(&path.into()))
    }

    /// Takes the next client; `None` if there is none at the moment.
    pub(super) fn accept(&self) -> Result<Option<Socket>> {
        let accepted = match self {
            Self::Tcp(listener) => listener.accept().and_then(|(stream, _)| {
                // Some systems let it inherit what the listener is.
                stream.set_nonblocking(false)?;
                Ok(Socket::tcp(stream))
            }),
            #[cfg(unix)]
            Self::Unix { listener, .. } => listener.accept().and_then(|(stream, _)| {
                stream.set_nonblocking(false)?;
                Ok(Socket::Unix(stream))
            }),
        };
        match accepted {
            Ok(socket) => Ok(Some(socket)),
            // Nobody there, or gone again.
            Err(error) => match error.kind() {
                io::ErrorKind::WouldBlock
                | io::ErrorKind::Interrupted
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::ConnectionReset => Ok(None),
                _ => Err(error.into()),
            },
        }
    }
}

impl AsFd for Acceptor {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Tcp(listener) => listener.as_fd(),
            #[cfg(unix)]
            Self::Unix { listener, .. } => listener.as_fd(),
        }
    }
}

#[cfg(unix)]
impl Drop for Acceptor {
    fn drop(&mut self) {
        if let Self::Unix {
            path: Some(path), ..
        } = self
        {
            let _ = std::fs::remove_file(path);
        }
    }
}

#[cfg(target_os = "linux")]
fn abstract_address(name: &[u8]) -> io::Result<std::os::unix::net::SocketAddr> {
    use std::os::linux::net::SocketAddrExt as _;
    std::os::unix::net::SocketAddr::from_abstract_name(name)
}

#[cfg(unix)]
fn unix_address(address: &std::os::unix::net::SocketAddr) -> Address {
    #[cfg(target_os = "linux")]
    {
        use std::os::linux::net::SocketAddrExt as _;
        use std::os::unix::ffi::OsStringExt as _;
        if let Some(name) = address.as_abstract_name() {
            let name = [&[0], name].concat();
            return Address::Unix(std::ffi::OsString::from_vec(name).into());
        }
    }
    // A client has no path.
    Address::Unix(address.as_pathname().unwrap_or(Path::new("")).to_owned())
}

#[cold]
fn unsupported(address: &Address) -> Error {
    let message = format!("address type of {address} unrecognized");
    Error::new(ErrorKind::Address, "ValueError", message)
}
