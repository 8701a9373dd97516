//! Values with several owners, and weak references to them.

use std::any::{Any, TypeId};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::{self, Rc};
use std::sync::{self, Arc};

use hashbrown::HashMap;

use crate::error::{Error, ErrorKind, Result};
use crate::read::arena::node::Node;
use crate::read::decode::cursor::Cursor;

/// What has been read into an `Rc` or an `Arc`, by node and type of the pointer.
#[derive(Default)]
pub(in crate::read) struct Owners {
    owners: HashMap<(Node, TypeId), Box<dyn Owner>>,
    /// Whether a weak reference was given to one of them.
    weakly: bool,
}

/// A value that has owners, from when its reading begins.
struct Shared<S, W> {
    weak: W,
    /// `None` while the value is being read.
    strong: Option<S>,
    weakly: bool,
}

trait Owner: Any {
    /// Whether a weak reference was given to a value that nobody will own.
    fn is_lost(&self) -> bool;
}

impl Owners {
    fn get<S: 'static, W: 'static>(&mut self, node: Node) -> Option<&mut Shared<S, W>>
    where
        Shared<S, W>: Owner,
    {
        let owner: &mut dyn Any = &mut **self.owners.get_mut(&(node, TypeId::of::<S>()))?;
        owner.downcast_mut()
    }

    fn begin<S: 'static, W: 'static>(&mut self, node: Node, weak: W)
    where
        Shared<S, W>: Owner,
    {
        let shared: Shared<S, W> = Shared {
            weak,
            strong: None,
            weakly: false,
        };
        self.owners
            .insert((node, TypeId::of::<S>()), Box::new(shared));
    }

    fn forget<S: 'static>(&mut self, node: Node) {
        self.owners.remove(&(node, TypeId::of::<S>()));
    }

    /// The node of a value that a weak reference was given to and that nobody else owns.
    pub(in crate::read) fn lost(&self) -> Option<Node> {
        if !self.weakly {
            return None;
        }
        let lost = self.owners.iter().filter(|(_, owner)| owner.is_lost());
        // The first in the pickle, so that the same one is named each time.
        lost.map(|(&(node, _), _)| node).min()
    }
}

impl<'de> Cursor<'_, 'de> {
    /// Reads a value of several owners in a stream: what the memo fetches was read before.
    pub(in crate::read) fn owner_in_stream<P: Clone + 'static>(
        self,
        read: impl FnOnce(Cursor<'_, 'de>) -> Result<P>,
    ) -> Result<P> {
        let Self { decoder, node } = self;
        let Some(stream) = decoder.stream() else {
            return Err(Error::custom("this is no stream"));
        };
        if let Some(owner) = stream.owner(node)? {
            return Ok(owner);
        }
        let begun = stream.begin_owner(node)?;
        let owner = read(Cursor::new(decoder, node))?;
        if let Some(stream) = decoder.stream() {
            stream.end_owner(&begun, owner.clone());
        }
        Ok(owner)
    }
}

macro_rules! owners {
    ($($pointer:ident, $module:ident, $strong:ident, $weak:ident;)*) => {$(
        impl<T: 'static> Owner for Shared<$pointer<T>, $module::Weak<T>> {
            fn is_lost(&self) -> bool {
                let strong = self.strong.as_ref();
                self.weakly && strong.is_some_and(|strong| $pointer::strong_count(strong) == 1)
            }
        }

        impl<'de> Cursor<'_, 'de> {
            #[doc = concat!("Reads a value into an [`", stringify!($pointer), "`]: once for all")]
            #[doc = "places of the pickle that hold it."]
            #[doc = ""]
            #[doc = "# Errors"]
            #[doc = ""]
            #[doc = "Those of `read`; when the value owns itself."]
            pub fn $strong<T: 'static>(
                self,
                read: impl FnOnce(Cursor<'_, 'de>) -> Result<T>,
            ) -> Result<$pointer<T>> {
                if self.decoder.stream_ref().is_some() {
                    return self.owner_in_stream(|cursor| read(cursor).map($pointer::new));
                }
                let Self { decoder, node } = self;
                if !decoder.may_be_shared(node) {
                    return read(Cursor::new(decoder, node)).map($pointer::new);
                }
                if let Some(shared) = decoder.owners.get::<$pointer<T>, $module::Weak<T>>(node) {
                    return match &shared.strong {
                        Some(strong) => Ok(strong.clone()),
                        None => Err(owns_itself(decoder.cycle(node))),
                    };
                }
                // A weak reference is wanted while the value is being made, and the closure that
                // `new_cyclic` hands one to has to return the value or not at all. So an error
                // leaves it by unwinding, from here to here, through nothing but `new_cyclic`.
                let made = if cfg!(panic = "unwind") {
                    let mut failed = None;
                    let decoder = &mut *decoder;
                    let made = catch_unwind(AssertUnwindSafe(|| {
                        $pointer::new_cyclic(|weak: &$module::Weak<T>| {
                            decoder.owners.begin::<$pointer<T>, _>(node, weak.clone());
                            match read(Cursor::new(decoder, node)) {
                                Ok(value) => value,
                                Err(error) => {
                                    failed = Some(error);
                                    resume_unwind(Box::new(()))
                                }
                            }
                        })
                    }));
                    match (made, failed) {
                        (Ok(made), _) => Ok(made),
                        (Err(_), Some(error)) => Err(error),
                        // The panic of an `Unpickle` of somebody else's.
                        (Err(panic), None) => resume_unwind(panic),
                    }
                } else {
                    decoder.owners.begin::<$pointer<T>, _>(node, $module::Weak::<T>::new());
                    read(Cursor::new(decoder, node)).map($pointer::new)
                };
                match made {
                    Ok(made) => {
                        let weak = $pointer::downgrade(&made);
                        if let Some(shared) = decoder.owners.get::<$pointer<T>, _>(node) {
                            (shared.weak, shared.strong) = (weak, Some(made.clone()));
                        }
                        Ok(made)
                    }
                    Err(error) => {
                        decoder.owners.forget::<$pointer<T>>(node);
                        Err(error)
                    }
                }
            }

            #[doc = concat!(
                "Returns a weak reference to a value that an [`", stringify!($pointer), "`] of",
            )]
            #[doc = "this load owns, be it under way or still to come; one to nothing for `None`."]
            #[doc = ""]
            #[doc = "# Errors"]
            #[doc = ""]
            #[doc = "Those of `read`; when no other place of the pickle has the value. If none of"]
            #[doc = "these becomes an owner, the load fails in the end. An owner still to come is read"]
            #[doc = "at once, and that fails if it owns what is being read."]
            pub fn $weak<T: 'static>(
                self,
                read: impl FnOnce(Cursor<'_, 'de>) -> Result<T>,
            ) -> Result<$module::Weak<T>> {
                self.decoder.no_stream()?;
                if self.is_none() {
                    return Ok($module::Weak::new());
                }
                let Self { decoder, node } = self;
                if !decoder.may_be_shared(node) {
                    return Err(lost(&decoder.type_name(node)));
                }
                if decoder.owners.get::<$pointer<T>, $module::Weak<T>>(node).is_none() {
                    Cursor::new(decoder, node).$strong(read).map_err(leads_back)?;
                }
                decoder.owners.weakly = true;
                match decoder.owners.get::<$pointer<T>, $module::Weak<T>>(node) {
                    // What has no owner yet is under way, and was begun without a reference.
                    Some(shared) if shared.strong.is_some() || cfg!(panic = "unwind") => {
                        shared.weakly = true;
                        Ok(shared.weak.clone())
                    }
                    _ => Err(needs_unwinding()),
                }
            }
        }
    )*};
}

owners! { Rc, rc, rc, rc_weak; Arc, sync, arc, arc_weak; }

#[cold]
fn owns_itself(error: Error) -> Error {
    error.note("owners that own one another are never freed: the way back is for a `Weak`")
}

/// The error of an owner that was still to come.
#[cold]
fn leads_back(error: Error) -> Error {
    match error.kind() {
        ErrorKind::Cycle => error.note(
            "a `Weak` to an owner that comes later in the pickle can be made if that does not \
             lead back to what is being read",
        ),
        _ => error,
    }
}

/// The error of a weak reference to a value without owners.
#[cold]
pub(in crate::read) fn lost(found: &str) -> Error {
    let message = format!("nothing but a `Weak` refers to the {found}, which would be lost");
    Error::new(ErrorKind::Mismatch, message).note(
        "a `Weak` refers to what an `Rc`, or an `Arc`, of the same type holds elsewhere in what is \
         loaded",
    )
}

#[cold]
fn needs_unwinding() -> Error {
    let message = "a `Weak` to an owner under way cannot be made where panics abort";
    Error::new(ErrorKind::Mismatch, message).note("build with `panic = \"unwind\"`")
}
