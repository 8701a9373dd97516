//! Paths.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::python::pathlib::{PosixPath, PurePosixPath, PureWindowsPath, WindowsPath};
use crate::{Cursor, Encoder, Instance, Kind, Pickle, Unpickle};

/// As the path of this machine: `PosixPath` or `WindowsPath`.
impl Pickle for Path {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let Some(text) = self.to_str() else {
            return Err(
                Error::custom(format_args!("the path {} is no Unicode", self.display()))
                    .raised_as("UnicodeEncodeError"),
            );
        };
        match cfg!(windows) {
            true => WindowsPath::new(text).pickle(encoder),
            false => PosixPath::new(text).pickle(encoder),
        }
    }
}

/// As the path of this machine: `PosixPath` or `WindowsPath`.
impl Pickle for PathBuf {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        self.as_path().pickle(encoder)
    }
}

/// Reads a path of `pathlib`, or text.
impl<'de> Unpickle<'de> for PathBuf {
    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        if cursor.is_instance(PosixPath::CLASS) {
            return PosixPath::unpickle(cursor).map(Self::from);
        }
        if cursor.is_instance(PurePosixPath::CLASS) {
            return PurePosixPath::unpickle(cursor).map(Self::from);
        }
        if cursor.is_instance(WindowsPath::CLASS) {
            return WindowsPath::unpickle(cursor).map(Self::from);
        }
        if cursor.is_instance(PureWindowsPath::CLASS) {
            return PureWindowsPath::unpickle(cursor).map(Self::from);
        }
        match cursor.kind() {
            Kind::Str => String::unpickle(cursor).map(Self::from),
            _ => Err(cursor.mismatch("pathlib.Path")),
        }
    }
}
