//! Objects of this program that others call.

use std::sync::Arc;

use pickle_core::Pickle;

use super::{Exception, Request};

/// An object that a [`Server`](super::Server) shares: what Python calls the referent of a proxy.
///
/// Methods may be called by several clients at once, each of which has a thread of its own here.
///
/// ```
/// use pickle::multiprocessing::managers::{Answer, Exception, Referent, Request};
/// use std::sync::atomic::{AtomicI64, Ordering};
///
/// struct Counter(AtomicI64);
///
/// impl Referent for Counter {
///     fn methods(&self) -> &[&str] {
///         &["add"]
///     }
///
///     fn call(&self, request: &Request<'_>) -> Result<Answer, Exception> {
///         // def add(self, step=1)
///         let [step] = request.arguments(["step"])?;
///         let step = step.load_or(1)?;
///         if step == 0 {
///             return Err(Exception::builtin("ValueError", "nothing to add"));
///         }
///         Ok(Answer::from(self.0.fetch_add(step, Ordering::Relaxed) + step))
///     }
/// }
/// ```
pub trait Referent: Send + Sync + 'static {
    /// The names of the methods that may be called. Proxies ask once, when they are made.
    fn methods(&self) -> &[&str];

    /// Calls a method, one of [`methods`](Self::methods).
    ///
    /// # Errors
    ///
    /// An exception, which is raised where the method was called.
    fn call(&self, request: &Request<'_>) -> Result<Answer, Exception>;

    /// A copy of the object itself, for Python's `proxy._getvalue()`. There is none unless this is
    /// implemented.
    fn value(&self) -> Option<Answer> {
        None
    }

    /// What Python shows for `str(proxy)`.
    fn repr(&self) -> String {
        format!("<{} object>", std::any::type_name::<Self>())
    }
}

/// What a method returns.
pub struct Answer(pub(super) Content);

pub(super) enum Content {
    Value(Box<dyn Pickle>),
    Shared(String, Arc<dyn Referent>),
}

impl Answer {
    /// Python's `None`.
    pub fn none() -> Self {
        Self::from(())
    }

    /// Another shared object, for which the caller gets a proxy: that of the type that the caller
    /// has registered as `typeid`.
    pub fn shared<R: Referent>(typeid: &str, object: Arc<R>) -> Self {
        Self(Content::Shared(typeid.to_owned(), object))
    }
}

/// A value, of which the caller gets a copy.
impl<T: Pickle + 'static> From<T> for Answer {
    fn from(value: T) -> Self {
        Self(Content::Value(Box::new(value)))
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Content::Value(_) => "Answer(value)",
            Content::Shared(..) => "Answer(shared)",
        })
    }
}
