//! Where a listener listens.

use std::ffi::OsStr;
use std::fmt;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};

use pickle_core::{Cursor, Encoder, Kind, Pickle, Unpickle, repr};

use crate::{Error, ErrorKind, Result};

/// Where a listener listens: host and port, or the path of a Unix socket.
///
/// It is pickled as Python writes it: a tuple, or a str.
///
/// ```
/// use pickle::multiprocessing::connection::Address;
///
/// assert_eq!(Address::from(("localhost", 6000)).to_string(), "('localhost', 6000)");
/// assert_eq!(Address::from("/tmp/listener").to_string(), "'/tmp/listener'");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Address {
    /// Python's `AF_INET`: a name or number, and a port. To listen at the host `""` is to listen at
    /// every address of the machine, and at the port 0 at one that is free.
    ///
    /// Names are looked up as IPv4, all that Python's `AF_INET` knows, and as IPv6 if there is no
    /// such address.
    Inet(String, u16),
    /// Python's `AF_UNIX`: the path of a socket. A first byte of 0 makes it a name in Linux's
    /// abstract namespace.
    Unix(PathBuf),
}

impl Address {
    /// The addresses that a host and a port stand for, IPv4 first.
    pub(super) fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>> {
        let host = match host {
            "" => "0.0.0.0",
            host => host,
        };
        let mut addresses: Vec<_> = (host, port).to_socket_addrs()?.collect();
        addresses.sort_by_key(SocketAddr::is_ipv6);
        match addresses.is_empty() {
            false => Ok(addresses),
            true => Err(Error::new(
                ErrorKind::Address,
                "socket.gaierror",
                format!("no address is known for the host {}", repr(host)),
            )),
        }
    }

    /// The name in Linux's abstract namespace, if it is one.
    pub(super) fn abstract_name(path: &Path) -> Option<&[u8]> {
        path.as_os_str().as_encoded_bytes().strip_prefix(&[0])
    }

    /// The address at which a listener here can be reached from this machine.
    pub(crate) fn seen_from_here(&self) -> Self {
        match self {
            Self::Inet(host, port) => match host.parse() {
                Ok(IpAddr::V4(host)) if host.is_unspecified() => ("127.0.0.1", *port).into(),
                Ok(IpAddr::V6(host)) if host.is_unspecified() => ("::1", *port).into(),
                _ => self.clone(),
            },
            Self::Unix(_) => self.clone(),
        }
    }
}

/// As Python shows it.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet(host, port) => write!(f, "({}, {port})", repr(host)),
            Self::Unix(path) => repr(&*path.to_string_lossy()).fmt(f),
        }
    }
}

impl Pickle for Address {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle_core::Result<()> {
        let path = match self {
            Self::Inet(host, port) => return (host, port).pickle(encoder),
            Self::Unix(path) => path,
        };
        match path.to_str() {
            // Python has the abstract ones as bytes.
            _ if Self::abstract_name(path).is_some() => {
                encoder.bytes(path.as_os_str().as_encoded_bytes())
            }
            Some(path) => encoder.str(path),
            None => Err(pickle_core::Error::custom(format_args!(
                "the path {} of the socket is no text",
                path.display()
            ))),
        }
    }
}

impl<'de> Unpickle<'de> for Address {
    fn unpickle(cursor: Cursor<'_, 'de>) -> pickle_core::Result<Self> {
        match cursor.kind() {
            Kind::Tuple => <(String, u16)>::unpickle(cursor).map(Self::from),
            Kind::Str => String::unpickle(cursor).map(Self::from),
            Kind::Bytes => match std::str::from_utf8(&cursor.bytes()?) {
                Ok(path) => Ok(path.into()),
                Err(_) => Err(pickle_core::Error::custom(
                    "the name of the socket is no text",
                )),
            },
            _ => Err(cursor.mismatch("an address")),
        }
    }
}

impl From<(&str, u16)> for Address {
    fn from((host, port): (&str, u16)) -> Self {
        Self::Inet(host.to_owned(), port)
    }
}

impl From<(String, u16)> for Address {
    fn from((host, port): (String, u16)) -> Self {
        Self::Inet(host, port)
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        Self::Inet(address.ip().to_string(), address.port())
    }
}

impl From<&Address> for Address {
    fn from(address: &Address) -> Self {
        address.clone()
    }
}

macro_rules! paths {
    ($($path:ty),*) => {$(
        /// The path of a Unix socket.
        impl From<$path> for Address {
            fn from(path: $path) -> Self {
                Self::Unix(PathBuf::from(AsRef::<OsStr>::as_ref(&path)))
            }
        }
    )*};
}
paths! { &str, String, &Path, PathBuf, &PathBuf }
