//! Python's `ipaddress`.
//!
//! An address is what Rust has in `std::net`, which is pickled by itself too; a network is an
//! address and how many of its bits are the network's.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use super::python_class;
use crate::error::{Error, Result};
use crate::{Cursor, Encoder, Instance, Kind, Pickle, Unpickle};

/// An `ipaddress.IPv4Address`.
///
/// ```
/// # use pickle_core as pickle;
/// use std::net::Ipv4Addr;
///
/// let bytes = pickle::dumps(&Ipv4Addr::LOCALHOST)?;
/// assert_eq!(pickle::loads::<Ipv4Addr>(&bytes)?, Ipv4Addr::LOCALHOST);
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ipv4Address(pub Ipv4Addr);

/// An `ipaddress.IPv6Address`, in one of the scopes of a machine (`fe80::1%eth0`) or in none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ipv6Address {
    /// The address.
    pub address: Ipv6Addr,
    /// The scope.
    pub scope_id: Option<String>,
}

python_class! { value Ipv4Address = "ipaddress", "IPv4Address" }
python_class! { value Ipv6Address = "ipaddress", "IPv6Address" }

#[cold]
fn address_error(message: impl fmt::Display) -> Error {
    Error::custom(message).raised_as("ipaddress.AddressValueError")
}

#[cold]
fn value_error(message: impl fmt::Display) -> Error {
    Error::custom(message).raised_as("ValueError")
}

impl FromStr for Ipv4Address {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let invalid = |_| address_error(format_args!("{text:?} is no IPv4 address"));
        text.parse().map(Self).map_err(invalid)
    }
}

impl FromStr for Ipv6Address {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (address, scope_id) = match text.split_once('%') {
            Some((address, scope)) => (address, Some(scope.to_owned())),
            None => (text, None),
        };
        match address.parse() {
            Ok(address) if scope_id.as_deref() != Some("") => Ok(Self { address, scope_id }),
            _ => Err(address_error(format_args!("{text:?} is no IPv6 address"))),
        }
    }
}

impl fmt::Display for Ipv4Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Ipv6Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)?;
        match &self.scope_id {
            Some(scope) => write!(f, "%{scope}"),
            None => Ok(()),
        }
    }
}

impl From<Ipv4Addr> for Ipv4Address {
    fn from(address: Ipv4Addr) -> Self {
        Self(address)
    }
}

impl From<Ipv6Addr> for Ipv6Address {
    fn from(address: Ipv6Addr) -> Self {
        let scope_id = None;
        Self { address, scope_id }
    }
}

impl Pickle for Ipv4Address {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.reduce(Self::CLASS, &(self.0.to_bits(),))?.end()
    }
}

impl Pickle for Ipv6Address {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.reduce(Self::CLASS, &(self.to_string(),))?.end()
    }
}

/// The argument of an address: text, or a number.
enum Address {
    Text(String),
    Number(u128),
}

impl<'de> Unpickle<'de> for Address {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        match cursor.kind() {
            Kind::Str => String::unpickle(cursor).map(Self::Text),
            _ => u128::unpickle(cursor).map(Self::Number),
        }
    }
}

impl<'de> Unpickle<'de> for Ipv4Address {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut instance = cursor.instance(Self::CLASS)?;
        let Some(address) = instance.arg("address")? else {
            return Err(instance.lacks("address"));
        };
        instance.end()?;
        match address {
            Address::Text(text) => text.parse(),
            Address::Number(number) => match u32::try_from(number) {
                Ok(bits) => Ok(Self(Ipv4Addr::from_bits(bits))),
                Err(_) => Err(address_error(format_args!(
                    "{number} (>= 2**32) is not permitted as an IPv4 address"
                ))),
            },
        }
    }
}

impl<'de> Unpickle<'de> for Ipv6Address {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let mut instance = cursor.instance(Self::CLASS)?;
        let Some(address) = instance.arg("address")? else {
            return Err(instance.lacks("address"));
        };
        instance.end()?;
        match address {
            Address::Text(text) => text.parse(),
            // Until Python 3.10, which lost the scope.
            Address::Number(bits) => Ok(Ipv6Addr::from_bits(bits).into()),
        }
    }
}

macro_rules! networks {
    ($($(#[$doc:meta])* $type:ident = $name:literal: $address:ident, $any:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type {
            address: $address,
            prefix: u8,
        }

        python_class! { value $type = "ipaddress", $name }

        impl $type {
            /// Returns the network or interface of this address, so many bits of which are the
            /// network's.
            ///
            /// # Errors
            ///
            /// In Python's words, when there are not so many bits; when the address of a network
            /// has others set.
            pub fn new(address: impl Into<$address>, prefix: u8) -> Result<Self> {
                let new = Self { address: address.into(), prefix };
                let bits = new.address.host_bits(prefix).ok_or_else(|| {
                    let message = format!("'{prefix}' is not a valid netmask");
                    Error::custom(message).raised_as("ipaddress.NetmaskValueError")
                })?;
                match bits > 0 && !$any {
                    true => Err(value_error(format_args!("{new} has host bits set"))),
                    false => Ok(new),
                }
            }

            /// The address.
            pub fn address(&self) -> &$address {
                &self.address
            }

            /// How many bits of it are the network's.
            pub fn prefix(&self) -> u8 {
                self.prefix
            }
        }

        impl FromStr for $type {
            type Err = Error;

            /// Reads `10.0.0.0/8`; without a slash all bits are the network's.
            fn from_str(text: &str) -> Result<Self> {
                let (address, prefix) = match text.split_once('/') {
                    Some((address, prefix)) => (address, prefix.parse().ok()),
                    None => (text, Some($address::BITS)),
                };
                let address: $address = address.parse()?;
                match prefix.or_else(|| $address::netmask(text)) {
                    Some(prefix) => Self::new(address, prefix),
                    None => Err(Error::custom(format_args!("{text:?} has no valid netmask"))
                        .raised_as("ipaddress.NetmaskValueError")),
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}/{}", self.address, self.prefix)
            }
        }

        impl Pickle for $type {
            fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
                encoder.reduce(Self::CLASS, &(self.to_string(),))?.end()
            }
        }

        impl<'de> Unpickle<'de> for $type {
            fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
                let mut instance = cursor.instance(Self::CLASS)?;
                let address = instance.arg_with("address", |cursor| cursor.str()?.parse())?;
                let Some(address) = address else {
                    return Err(instance.lacks("address"));
                };
                instance.end()?;
                Ok(address)
            }
        }
    )*};
}

/// Whether bits may be set that are not the network's.
const NETWORK: bool = false;
const INTERFACE: bool = true;

networks! {
    /// An `ipaddress.IPv4Network`: `10.0.0.0/8`.
    Ipv4Network = "IPv4Network": Ipv4Address, NETWORK;
    /// An `ipaddress.IPv6Network`: `2001:db8::/32`.
    Ipv6Network = "IPv6Network": Ipv6Address, NETWORK;
    /// An `ipaddress.IPv4Interface`: an address and the network that it is in, `10.0.0.1/8`.
    Ipv4Interface = "IPv4Interface": Ipv4Address, INTERFACE;
    /// An `ipaddress.IPv6Interface`: an address and the network that it is in, `2001:db8::1/32`.
    Ipv6Interface = "IPv6Interface": Ipv6Address, INTERFACE;
}

impl Ipv4Address {
    const BITS: u8 = 32;

    /// The bits of the address that are not the network's.
    fn host_bits(&self, prefix: u8) -> Option<u128> {
        let host = 32_u32.checked_sub(prefix.into())?;
        Some(u128::from(self.0.to_bits()) & ((1 << host) - 1))
    }

    /// How many bits a mask in the form of an address has: `/255.0.0.0`.
    fn netmask(text: &str) -> Option<u8> {
        let (_, mask) = text.split_once('/')?;
        let mask = mask.parse::<Ipv4Addr>().ok()?.to_bits();
        let ones = mask.leading_ones();
        (mask.checked_shl(ones).unwrap_or(0) == 0).then_some(ones as u8)
    }
}

impl Ipv6Address {
    const BITS: u8 = 128;

    /// The bits of the address that are not the network's.
    fn host_bits(&self, prefix: u8) -> Option<u128> {
        let host = 128_u32.checked_sub(prefix.into())?;
        let mask = 1_u128.checked_shl(host).unwrap_or(0).wrapping_sub(1);
        Some(self.address.to_bits() & mask)
    }

    /// Such masks are numbers only.
    fn netmask(_: &str) -> Option<u8> {
        None
    }
}
