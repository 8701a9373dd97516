//! What serde's functions are told.

use std::sync::{Arc, LazyLock};

use crate::read::{Encoding, EncodingErrors};
use crate::{Limits, Protocol, Registry, Unpickler};

/// How values are written.
#[derive(Clone, Copy, Debug)]
pub struct SerOptions {
    pub(super) protocol: Protocol,
    pub(super) compat_enum_repr: bool,
}

impl SerOptions {
    /// Returns the options of serde-pickle: protocol 3, enums as most formats have them.
    pub fn new() -> Self {
        Self {
            protocol: Protocol::V3,
            compat_enum_repr: false,
        }
    }

    /// Writes protocol 2, for Python 2.
    pub fn proto_v2(self) -> Self {
        self.with_protocol(Protocol::V2)
    }

    /// Writes this protocol.
    pub fn with_protocol(self, protocol: Protocol) -> Self {
        Self { protocol, ..self }
    }

    /// Writes enums as serde-pickle did up to 0.6: `('Variant',)` and `('Variant', data)`.
    pub fn compat_enum_repr(self) -> Self {
        Self {
            compat_enum_repr: true,
            ..self
        }
    }
}

impl Default for SerOptions {
    fn default() -> Self {
        Self::new()
    }
}

/// How values are read.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeOptions {
    pub(super) decode_strings: bool,
    pub(super) replace_unresolved_globals: bool,
    pub(super) replace_recursive_structures: bool,
    limits: Option<Limits>,
}

impl DeOptions {
    /// Returns the options of serde-pickle: what cannot be expressed is an error.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the `str` of Python 2 for text, as UTF-8. Otherwise it is bytes, which a target of text
    /// takes too.
    pub fn decode_strings(self) -> Self {
        Self {
            decode_strings: true,
            ..self
        }
    }

    /// Changes nothing: what instances were made from is always kept.
    pub fn keep_restore_state(self) -> Self {
        self
    }

    /// Takes a class or function for `None`. For serde it is an error otherwise; a
    /// [`Value`](crate::Value) holds it as itself.
    pub fn replace_unresolved_globals(self) -> Self {
        Self {
            replace_unresolved_globals: true,
            ..self
        }
    }

    /// Takes what contains itself for `None` inside of itself. It is an error otherwise, and for a
    /// [`Value`](crate::Value) always.
    pub fn replace_recursive_structures(self) -> Self {
        Self {
            replace_recursive_structures: true,
            ..self
        }
    }

    /// Sets what reading may cost.
    pub fn with_limits(self, limits: Limits) -> Self {
        Self {
            limits: Some(limits),
            ..self
        }
    }

    pub(super) fn of<S>(self, unpickler: Unpickler<S>) -> Unpickler<S> {
        // Classes mean nothing to serde.
        static EMPTY: LazyLock<Arc<Registry>> = LazyLock::new(Arc::default);
        let encoding = match self.decode_strings {
            true => Encoding::Utf8,
            false => Encoding::Bytes,
        };
        unpickler
            .with_registry(Arc::clone(&EMPTY))
            .with_opaque(true)
            .with_encoding(encoding, EncodingErrors::Strict)
            .with_limits(self.limits.unwrap_or_default())
    }
}
