//! Objects in their pickled form.

use pickle_core::{Document, Encoder, Pickle, Unpickle, Unpickler};

/// A copy of an object in its pickled form: any object, of whatever class, whether that is known
/// here or not.
///
/// ```
/// use pickle::multiprocessing::managers::Pickled;
///
/// let pickled = Pickled::new(&("tea", 2))?;
/// let (name, count): (String, u32) = pickled.load()?;
/// assert_eq!((name.as_str(), count), ("tea", 2));
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Pickled(Box<[u8]>);

impl Pickled {
    /// Returns the pickled form of an object.
    ///
    /// # Errors
    ///
    /// When it cannot be pickled.
    pub fn new<T: Pickle + ?Sized>(object: &T) -> pickle_core::Result<Self> {
        Ok(Self(pickle_core::dumps(object)?.into()))
    }

    /// Reads the object.
    ///
    /// # Errors
    ///
    /// When it is something else than asked for, or of a class that is not registered, except where
    /// the target takes those: a [`Value`](pickle_core::Value).
    pub fn load<T: for<'de> Unpickle<'de>>(&self) -> pickle_core::Result<T> {
        Unpickler::from_slice(&self.0).with_opaque(true).load()
    }

    /// The pickle.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The object, not its bytes.
impl Pickle for Pickled {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle_core::Result<()> {
        Document::parse(&self.0)?.pickle(encoder)
    }
}

impl std::fmt::Debug for Pickled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pickled({} bytes)", self.0.len())
    }
}
