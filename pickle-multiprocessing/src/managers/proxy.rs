//! Objects that live elsewhere.

use std::fmt;
use std::sync::Arc;

use pickle_core::Unpickle;

use super::arguments::Ask;
use super::reply::Reply;
use super::{Arguments, Keywords, Manager, Token};
use crate::{Error, ErrorKind, Result};

/// An object that a manager's server has, whose methods are called from here.
///
/// A clone is the same object. The server keeps it at least until the last clone is dropped, which
/// tells the server so.
///
/// ```no_run
/// # let manager = pickle::multiprocessing::managers::Manager::connect(("localhost", 50000), b"abracadabra")?;
/// let queue = manager.create("Queue", (10,))?;
/// queue.call::<()>("put", ("hello",))?;
/// let text: String = queue.call_with("get", (), &[("timeout", &1.5)])?;
/// # Ok::<(), pickle::multiprocessing::Error>(())
/// ```
#[derive(Clone)]
pub struct Proxy(Arc<Reference>);

struct Reference {
    manager: Manager,
    token: Token,
    exposed: Vec<String>,
}

impl Proxy {
    /// Takes over a reference that the server has counted.
    pub(super) fn new(manager: Manager, token: Token, mut exposed: Vec<String>) -> Self {
        // Python says some of them twice.
        exposed.sort_unstable();
        exposed.dedup();
        Self(Arc::new(Reference {
            manager,
            token,
            exposed,
        }))
    }

    /// What identifies the object.
    pub fn token(&self) -> &Token {
        &self.0.token
    }

    /// The names of the methods that may be called, sorted.
    pub fn methods(&self) -> &[String] {
        &self.0.exposed
    }

    /// Calls a method, and returns a copy of its result; waits until there is one.
    ///
    /// # Errors
    ///
    /// What the method raised: [`Error::exception`]. When the result is no `T`; when the server is
    /// gone.
    pub fn call<T: for<'de> Unpickle<'de>>(&self, method: &str, args: impl Arguments) -> Result<T> {
        self.call_with(method, args, &[])
    }

    /// Calls a method with keyword arguments.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub fn call_with<T: for<'de> Unpickle<'de>>(
        &self,
        method: &str,
        args: impl Arguments,
        kwargs: Keywords<'_>,
    ) -> Result<T> {
        match self.ask(method, &args, kwargs)? {
            Reply::Return(value) => Ok(value),
            Reply::Proxy(_, token) => {
                self.0.manager.home.forget(&token.id);
                Err(Error::new(
                    ErrorKind::Protocol,
                    "TypeError",
                    format!("the result of {method}() is a shared object: use `call_proxy`"),
                ))
            }
        }
    }

    /// Calls a method whose result is another shared object, and returns a proxy for that: one that
    /// Python has in its `method_to_typeid`, like `__iter__` of a `dict`.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call), and when the result is a value.
    pub fn call_proxy(&self, method: &str, args: impl Arguments) -> Result<Self> {
        match self.ask::<pickle_core::Value, _>(method, &args, &[])? {
            Reply::Proxy(exposed, mut token) => {
                // The server may know itself by a name that is of no use elsewhere.
                token.address = self.0.token.address.clone();
                Ok(Self::new(self.0.manager.clone(), token, exposed))
            }
            Reply::Return(_) => Err(Error::new(
                ErrorKind::Protocol,
                "TypeError",
                format!("the result of {method}() is a value: use `call`"),
            )),
        }
    }

    /// Returns a copy of the object itself: Python's `proxy._getvalue()`.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call); when the object cannot be pickled.
    pub fn value<T: for<'de> Unpickle<'de>>(&self) -> Result<T> {
        self.call("#GETVALUE", ())
    }

    fn ask<T, A>(&self, method: &str, args: &A, kwargs: Keywords<'_>) -> Result<Reply<T>>
    where
        T: for<'de> Unpickle<'de>,
        A: Arguments,
    {
        let Reference { manager, token, .. } = &*self.0;
        manager.home.call(&Ask {
            ident: Some(&token.id),
            method,
            first: None,
            args,
            kwargs,
        })
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        self.manager.home.forget(&self.token.id);
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Proxy").field(&self.0.token).finish()
    }
}
