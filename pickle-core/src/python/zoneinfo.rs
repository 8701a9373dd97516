//! Python's `zoneinfo`: time zones by their names in the IANA database.

use std::fmt;
use std::sync::Arc;

use super::python_class;
use crate::error::Result;
use crate::{Cursor, Encoder, Global, Instance, Pickle, Unpickle};

/// A `zoneinfo.ZoneInfo`: a time zone by its name, such as `Europe/Paris`.
///
/// The name is not looked up anywhere. Python has one object for each name, and so do pickles
/// written here, except for zones made by [`no_cache`](Self::no_cache), of which a clone is the same
/// object.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::python::zoneinfo::ZoneInfo;
///
/// let paris = ZoneInfo::new("Europe/Paris");
/// let bytes = pickle::dumps(&paris)?;
/// assert_eq!(pickle::loads::<ZoneInfo>(&bytes)?.key(), "Europe/Paris");
/// # Ok::<(), pickle::Error>(())
/// ```
#[doc(alias = "Tz")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ZoneInfo(Arc<Zone>);

#[derive(Debug, PartialEq, Eq, Hash)]
struct Zone {
    key: String,
    from_cache: bool,
}

// Pickles call a method of the class.
python_class! { value ZoneInfo = "zoneinfo", "ZoneInfo", also "zoneinfo"."ZoneInfo._unpickle" }

impl ZoneInfo {
    /// Returns the time zone of this name: Python's `ZoneInfo(key)`.
    pub fn new(key: impl Into<String>) -> Self {
        Self::with(key.into(), true)
    }

    /// Returns a time zone of this name that Python reads anew: `ZoneInfo.no_cache(key)`.
    pub fn no_cache(key: impl Into<String>) -> Self {
        Self::with(key.into(), false)
    }

    fn with(key: String, from_cache: bool) -> Self {
        Self(Arc::new(Zone { key, from_cache }))
    }

    /// The name.
    pub fn key(&self) -> &str {
        &self.0.key
    }

    /// Whether Python takes it out of its cache.
    pub fn is_cached(&self) -> bool {
        self.0.from_cache
    }
}

/// The bound method that pickles call.
struct Unpickler;

impl Pickle for Unpickler {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let getattr = Global::new("builtins", "getattr");
        encoder
            .reduce(&getattr, &(ZoneInfo::CLASS, "_unpickle"))?
            .end()
    }
}

impl Pickle for Zone {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let args = (&self.key, u8::from(self.from_cache));
        encoder.reduce(&Unpickler, &args)?.end()
    }
}

impl Pickle for ZoneInfo {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match self.is_cached() {
            true => encoder.singleton(&format!("zoneinfo.ZoneInfo({})", self.key()), &*self.0),
            false => self.0.pickle(encoder),
        }
    }
}

impl<'de> Unpickle<'de> for ZoneInfo {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        cursor.shared(|cursor| {
            let mut instance = cursor.instance(Self::CLASS)?;
            let Some(key) = instance.arg("key")? else {
                return Err(instance.lacks("key"));
            };
            let from_cache: i64 = instance.arg("from_cache")?.unwrap_or(1);
            instance.end()?;
            Ok(Self::with(key, from_cache != 0))
        })
    }
}

/// As Python's `str`: the name.
impl fmt::Display for ZoneInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}
