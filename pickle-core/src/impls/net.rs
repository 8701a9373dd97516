//! Addresses of the internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::error::{Error, Result};
use crate::python::ipaddress::{Ipv4Address, Ipv6Address};
use crate::{Cursor, Encoder, Instance, Pickle, Unpickle};

/// `ipaddress.IPv4Address`
impl Pickle for Ipv4Addr {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        Ipv4Address(*self).pickle(encoder)
    }
}

/// Reads an `ipaddress.IPv4Address`.
impl<'de> Unpickle<'de> for Ipv4Addr {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        Ipv4Address::unpickle(cursor).map(|address| address.0)
    }
}

/// `ipaddress.IPv6Address`
impl Pickle for Ipv6Addr {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        Ipv6Address::from(*self).pickle(encoder)
    }
}

/// Reads an `ipaddress.IPv6Address`, unless it is in a scope, which would be lost.
impl<'de> Unpickle<'de> for Ipv6Addr {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let address = Ipv6Address::unpickle(cursor)?;
        match address.scope_id {
            None => Ok(address.address),
            Some(_) => Err(Error::custom(format_args!(
                "the address {address} is in a scope, which Ipv6Addr cannot say"
            ))),
        }
    }
}

/// `ipaddress.IPv4Address` or `IPv6Address`
impl Pickle for IpAddr {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match self {
            Self::V4(address) => address.pickle(encoder),
            Self::V6(address) => address.pickle(encoder),
        }
    }
}

/// Reads an `ipaddress.IPv4Address` or `IPv6Address`.
impl<'de> Unpickle<'de> for IpAddr {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        if cursor.is_instance(Ipv6Address::CLASS) {
            return Ipv6Addr::unpickle(cursor).map(Self::V6);
        }
        match cursor.is_instance(Ipv4Address::CLASS) {
            true => Ipv4Addr::unpickle(cursor).map(Self::V4),
            false => Err(cursor.mismatch("an address of ipaddress")),
        }
    }
}
