//! A call that has come in.

use pickle_core::{Document, NodeRef, Unpickle, View};

use super::{Exception, Pickled};
use crate::connection::Socket;

/// A method that a client calls, with its arguments.
pub struct Request<'r> {
    /// Of which object; none for what the server itself does.
    pub(super) ident: Option<String>,
    pub(super) method: String,
    pub(super) args: Vec<NodeRef<'r, 'r>>,
    pub(super) kwargs: Vec<(String, NodeRef<'r, 'r>)>,
    pub(super) socket: &'r Socket,
}

/// An argument of a call, given or not.
#[derive(Clone, Copy)]
pub struct Argument<'a> {
    method: &'a str,
    name: &'a str,
    node: Option<NodeRef<'a, 'a>>,
}

impl<'r> Request<'r> {
    /// Reads `(ident, method, args, kwds)`.
    pub(super) fn parse(document: &'r Document<'r>, socket: &'r Socket) -> Result<Self, Exception> {
        Self::parse_parts(document, socket).ok_or_else(|| {
            Exception::builtin("ValueError", "a request is (ident, method, args, kwds)")
        })
    }

    fn parse_parts(document: &'r Document<'r>, socket: &'r Socket) -> Option<Self> {
        let [ident, method, args, kwargs] = items(document.root())?.try_into().ok()?;
        let ident = match ident.view() {
            View::None => None,
            _ => Some(text(ident)?),
        };
        let View::Dict(kwargs) = kwargs.view() else {
            return None;
        };
        let kwargs = kwargs.map(|(name, value)| Some((text(name)?, value)));
        Some(Self {
            ident,
            method: text(method)?,
            args: items(args)?,
            kwargs: kwargs.collect::<Option<_>>()?,
            socket,
        })
    }

    /// The name of the method.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Returns the arguments in the order of the parameters, whichever way they were given.
    ///
    /// # Errors
    ///
    /// Python's `TypeError` when there are more than parameters, or others.
    pub fn arguments<'a, const N: usize>(
        &'a self,
        parameters: [&'a str; N],
    ) -> Result<[Argument<'a>; N], Exception> {
        let method = &*self.method;
        if self.args.len() > N {
            let (parameters, arguments) = (plural(N + 1), self.args.len() + 1);
            return Err(type_error(format!(
                "{method}() takes {parameters} but {arguments} were given"
            )));
        }
        let mut arguments = parameters.map(|name| Argument {
            method,
            name,
            node: None,
        });
        for (argument, &node) in arguments.iter_mut().zip(&self.args) {
            argument.node = Some(node);
        }
        for (name, node) in &self.kwargs {
            let Some(argument) = arguments.iter_mut().find(|argument| argument.name == name) else {
                return Err(type_error(format!(
                    "{method}() got an unexpected keyword argument '{name}'"
                )));
            };
            if argument.node.replace(*node).is_some() {
                return Err(type_error(format!(
                    "{method}() got multiple values for argument '{name}'"
                )));
            }
        }
        Ok(arguments)
    }

    /// The exception for a method that there is not. A referent whose [`call`](super::Referent::call)
    /// knows all of its [`methods`](super::Referent::methods) needs it for the rest of a `match`.
    pub fn unknown_method(&self) -> Exception {
        let text = format!("no method {}", pickle_core::repr(&self.method));
        Exception::builtin("AttributeError", text)
    }

    /// Whether the caller is gone, so that nobody waits for the result. A method that takes long,
    /// or waits for something, asks now and then.
    pub fn is_abandoned(&self) -> bool {
        self.socket.is_at_end()
    }
}

impl Argument<'_> {
    /// Reads the argument.
    ///
    /// # Errors
    ///
    /// Python's `TypeError` when it was not given, or is no `T`.
    pub fn load<T: for<'de> Unpickle<'de>>(&self) -> Result<T, Exception> {
        Ok(self.pickled()?.load()?)
    }

    /// Reads the argument; the default, if it was not given.
    ///
    /// # Errors
    ///
    /// When it is no `T`.
    pub fn load_or<T: for<'de> Unpickle<'de>>(&self, default: T) -> Result<T, Exception> {
        match self.node {
            Some(_) => self.load(),
            None => Ok(default),
        }
    }

    /// Returns the argument, of whatever class it is.
    ///
    /// # Errors
    ///
    /// Python's `TypeError` when it was not given.
    pub fn pickled(&self) -> Result<Pickled, Exception> {
        match &self.node {
            Some(node) => Ok(Pickled::new(node)?),
            None => Err(type_error(format!(
                "{}() missing 1 required positional argument: '{}'",
                self.method, self.name
            ))),
        }
    }
}

fn items<'r>(node: NodeRef<'r, 'r>) -> Option<Vec<NodeRef<'r, 'r>>> {
    match node.view() {
        View::Tuple(items) | View::List(items) => Some(items.collect()),
        _ => None,
    }
}

fn text(node: NodeRef<'_, '_>) -> Option<String> {
    match node.view() {
        View::Str(text) => String::from_utf8(text.into_owned()).ok(),
        _ => None,
    }
}

fn plural(count: usize) -> String {
    match count {
        1 => "1 positional argument".to_owned(),
        count => format!("{count} positional arguments"),
    }
}

#[cold]
fn type_error(text: String) -> Exception {
    Exception::builtin("TypeError", text)
}
