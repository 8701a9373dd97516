//! Python's `pathlib`.
//!
//! A path of these is what Python would be given to make it. Rust's own `PathBuf` and `Path` are
//! pickled by themselves, as the `PosixPath` or `WindowsPath` of the machine.

use std::fmt;
use std::path::PathBuf;

use super::TupleOf;
use crate::error::Result;
use crate::value::GlobalRef;
use crate::{Class, Cursor, Encoder, Global, Instance, Pickle, Unpickle};

macro_rules! paths {
    ($($(#[$doc:meta])* $type:ident $separator:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $type {
            parts: Vec<String>,
            is_local: bool,
        }

        impl Instance for $type {
            const CLASS: &'static Class =
                &Class::new::<Self>("pathlib", stringify!($type))
                    .with_object::<Self>()
                    .with_value::<Self>()
                    .with_hash::<Self>()
                    .with_repr::<Self>();
        }

        impl $type {
            /// Returns the path.
            pub fn new(path: impl Into<String>) -> Self {
                Self {
                    parts: vec![path.into()],
                    is_local: false,
                }
            }

            /// What it is joined of: often all of it in one piece.
            pub fn parts(&self) -> &[String] {
                &self.parts
            }

            /// Appends a part.
            #[must_use]
            pub fn join(mut self, part: impl Into<String>) -> Self {
                self.parts.push(part.into());
                self
            }
        }

        impl Pickle for $type {
            fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
                let module = if self.is_local { LOCAL } else { "pathlib" };
                let class = Global::new(module, stringify!($type));
                encoder.reduce(&class, &TupleOf(&self.parts))?.end()
            }
        }

        impl<'de> Unpickle<'de> for $type {
            fn unpickle(mut cursor: Cursor<'_, 'de>) -> Result<Self> {
                if !cursor.is_instance(Self::CLASS) {
                    return Err(cursor.mismatch(&Self::CLASS.to_string()));
                }
                let class: GlobalRef = cursor.reborrow().any_instance()?.callable()?;
                let mut instance = cursor.instance(Self::CLASS)?;
                let parts = instance.args()?;
                instance.end()?;
                let is_local = class.module() == LOCAL;
                Ok(Self { parts, is_local })
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&joined(&self.parts, $separator))
            }
        }

        impl PartialEq for $type {
            fn eq(&self, other: &Self) -> bool {
                joined(&self.parts, $separator) == joined(&other.parts, $separator)
            }
        }

        impl Eq for $type {}

        impl std::hash::Hash for $type {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                joined(&self.parts, $separator).hash(state);
            }
        }

        impl From<$type> for PathBuf {
            fn from(path: $type) -> Self {
                Self::from(joined(&path.parts, $separator))
            }
        }
    )*};
}

/// Python 3.13 has its classes here, and no version before.
const LOCAL: &str = "pathlib._local";

paths! {
    /// A `pathlib.PosixPath`: a path on a system with slashes.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// use pickle::python::pathlib::PosixPath;
    ///
    /// let path = PosixPath::new("/usr").join("lib");
    /// assert_eq!(path.to_string(), "/usr/lib");
    /// let bytes = pickle::dumps(&path)?;
    /// assert_eq!(pickle::loads::<PosixPath>(&bytes)?, path);
    /// # Ok::<(), pickle::Error>(())
    /// ```
    ///
    /// Python 3.13 pickles paths as of the module `pathlib._local`, which no version before it has.
    /// What was read so is written so; what is made in Rust is of the module `pathlib`, which every
    /// version reads.
    PosixPath '/';
    /// A `pathlib.WindowsPath`: a path on Windows. See [`PosixPath`].
    WindowsPath '\\';
    /// A `pathlib.PurePosixPath`: a path with slashes, on whatever system. See [`PosixPath`].
    PurePosixPath '/';
    /// A `pathlib.PureWindowsPath`: a path of Windows, on whatever system. See [`PosixPath`].
    PureWindowsPath '\\';
}

/// The parts as one path, as Python's `str` has it: without empty parts and `.`.
fn joined(parts: &[String], separator: char) -> String {
    let is_separator = |c: char| c == separator || c == '/';
    let mut path = String::new();
    for part in parts {
        // An absolute part replaces what was before, the drive of Windows aside.
        let drive = match part.as_bytes() {
            [letter, b':', ..] if separator == '\\' && letter.is_ascii_alphabetic() => &part[..2],
            _ => "",
        };
        let rest = &part[drive.len()..];
        if rest.starts_with(is_separator) || !drive.is_empty() {
            let old_drive = match drive {
                "" if path.as_bytes().get(1) == Some(&b':') => path[..2].to_owned(),
                drive => drive.to_owned(),
            };
            path = old_drive;
            let slashes = rest.chars().take_while(|c| is_separator(*c)).count();
            // Two slashes at the beginning mean something else than one or three.
            let kept = match slashes {
                2 if path.is_empty() => 2,
                slashes => slashes.min(1),
            };
            path.extend(std::iter::repeat_n(separator, kept));
        }
        for name in rest
            .split(is_separator)
            .filter(|name| !matches!(*name, "" | "."))
        {
            if !path.is_empty() && !path.ends_with([separator, ':']) {
                path.push(separator);
            }
            path.push_str(name);
        }
    }
    match path.is_empty() {
        true => ".".to_owned(),
        false => path,
    }
}
