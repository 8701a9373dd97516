//! An instance of any registered class.

use std::any::Any;
use std::fmt;

use super::{Cursor, Unpickle};
use crate::error::{Error, ErrorKind, Result};
use crate::registry::{Class, Instance};
use crate::write::{Encoder, Pickle};

/// An instance of any registered class, found by the name in the pickle.
///
/// ```
/// # use pickle_core as pickle;
/// # #[derive(Debug, PartialEq)]
/// # struct Place { x: i64 }
/// # impl pickle::Instance for Place {
/// #     const CLASS: &'static pickle::Class =
/// #         &pickle::Class::new::<Self>("geo", "Place").with_attributes(&["x"]).with_object::<Self>();
/// # }
/// # impl pickle::Pickle for Place {
/// #     fn pickle(&self, encoder: &mut pickle::Encoder<'_>) -> pickle::Result<()> {
/// #         use pickle::Instance;
/// #         let mut object = encoder.object(Self::CLASS, 1)?;
/// #         object.attribute(0, &self.x)?;
/// #         object.end()
/// #     }
/// # }
/// # impl<'de> pickle::Unpickle<'de> for Place {
/// #     fn unpickle(cursor: pickle::Cursor<'_, 'de>) -> pickle::Result<Self> {
/// #         use pickle::Instance;
/// #         let mut attributes = cursor.object(Self::CLASS)?;
/// #         let mut x = None;
/// #         while let Some(index) = attributes.next()? {
/// #             if index == 0 { x = Some(attributes.value()?) }
/// #         }
/// #         Ok(Self { x: x.ok_or_else(|| attributes.missing(0))? })
/// #     }
/// # }
/// # pickle::register!(Place);
/// let bytes = pickle::dumps(&Place { x: 1 })?;
///
/// let object: pickle::Object = pickle::loads(&bytes)?;
/// assert_eq!(object.class().to_string(), "geo.Place");
/// assert_eq!(object.downcast::<Place>()?, Place { x: 1 });
/// # Ok::<(), pickle::Error>(())
/// ```
pub struct Object {
    class: &'static Class,
    value: Box<dyn Any>,
}

impl Object {
    /// Returns the object of a value.
    pub fn new<T: Instance + 'static>(value: T) -> Self {
        Self {
            class: T::CLASS,
            value: Box::new(value),
        }
    }

    /// The class that the object is an instance of.
    pub fn class(&self) -> &'static Class {
        self.class
    }

    /// Whether the value is a `T`.
    pub fn is<T: 'static>(&self) -> bool {
        self.value.is::<T>()
    }

    /// Returns the value.
    ///
    /// # Errors
    ///
    /// When it is of another type; the error has the object.
    pub fn downcast<T: 'static>(self) -> Result<T, DowncastError> {
        let Self { class, value } = self;
        match value.downcast() {
            Ok(value) => Ok(*value),
            Err(value) => Err(DowncastError {
                object: Self { class, value },
                expected: std::any::type_name::<T>(),
            }),
        }
    }

    /// Returns a reference to the value if it is a `T`.
    pub fn downcast_ref<T: 'static>(&self) -> Option<&T> {
        self.value.downcast_ref()
    }

    /// Returns a mutable reference to the value if it is a `T`.
    pub fn downcast_mut<T: 'static>(&mut self) -> Option<&mut T> {
        self.value.downcast_mut()
    }
}

/// As Python shows an instance of a class without a `repr` of its own.
impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} object>", self.class)
    }
}

impl<'de> Unpickle<'de> for Object {
    fn unpickle(mut cursor: Cursor<'_, 'de>) -> Result<Self> {
        if let Some((function, value)) = cursor.call_any()? {
            return match cursor.class_of_type(function.result()) {
                Some(class) => Ok(Self { class, value }),
                None => Err(cursor.mismatch("an instance of a registered class")),
            };
        }
        let Some(class) = cursor.class() else {
            return Err(cursor.mismatch("an instance of a registered class"));
        };
        match &class.object {
            Some(functions) => Ok(Self {
                class,
                value: (functions.load)(cursor)?,
            }),
            None => Err(no_object(class)),
        }
    }
}

impl Pickle for Object {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match &self.class.object {
            Some(functions) => (functions.dump)(self.value.as_ref(), encoder),
            None => Err(no_object(self.class)),
        }
    }
}

#[cold]
fn no_object(class: &'static Class) -> Error {
    let message = format!("`{}` cannot be a pickle::Object", class.type_name());
    Error::new(ErrorKind::Mismatch, message).note(
        "types that borrow from the input cannot, and hand-written classes say \
         `Class::with_object`",
    )
}

/// The error of [`Object::downcast`]: the object is of another type. It still has the object.
pub struct DowncastError {
    object: Object,
    expected: &'static str,
}

impl DowncastError {
    /// Returns the object, unchanged.
    pub fn into_object(self) -> Object {
        self.object
    }
}

impl fmt::Display for DowncastError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let class = self.object.class;
        write!(
            f,
            "expected `{}`, found `{}` ({class})",
            self.expected,
            class.type_name()
        )
    }
}

impl fmt::Debug for DowncastError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TypeError: {self}")
    }
}

impl std::error::Error for DowncastError {}

impl From<DowncastError> for Error {
    #[cold]
    fn from(error: DowncastError) -> Self {
        Self::new(ErrorKind::Mismatch, error.to_string())
    }
}
