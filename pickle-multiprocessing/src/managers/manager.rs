//! The objects of a server elsewhere.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use pickle_core::Unpickle;

use super::arguments::Ask;
use super::reply::Reply;
use super::{Arguments, Keywords, Proxy, Token};
use crate::connection::{Address, Client, Connection};
use crate::{Error, ErrorKind, Result};

/// How long a server may take for what it does at once: counting references.
const BRIEF: Duration = Duration::from_secs(20);

/// A manager whose server runs elsewhere: Python's `BaseManager` after `connect()`.
///
/// A clone is the same manager, and any thread may use it. As in Python, each thread has a connection
/// of its own to the server, which is what locks there go by.
///
/// ```no_run
/// use pickle::multiprocessing::managers::Manager;
///
/// let manager = Manager::connect(("localhost", 50000), b"abracadabra")?;
/// let queue = manager.create("get_queue", ())?;
/// queue.call::<()>("put", ("hello",))?;
/// # Ok::<(), pickle::multiprocessing::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Manager {
    pub(super) home: Arc<Home>,
}

impl Manager {
    /// Returns the manager whose server listens at an address, after asking whether it is there.
    ///
    /// # Errors
    ///
    /// As [`Client::connect`].
    pub fn connect(address: impl Into<Address>, authkey: impl AsRef<[u8]>) -> Result<Self> {
        Self::connect_by(Client::new(address).with_authkey(authkey))
    }

    /// As [`connect`](Self::connect), by a client that knows address, key and timeout.
    ///
    /// # Errors
    ///
    /// As [`Client::connect`].
    pub fn connect_by(client: Client) -> Result<Self> {
        let home = Arc::new(Home {
            client,
            is_down: AtomicBool::new(false),
        });
        let manager = Self { home };
        manager.ping()?;
        Ok(manager)
    }

    /// The address of the server.
    pub fn address(&self) -> &Address {
        self.home.client.address()
    }

    /// Creates an object of a registered type, or gets the one that is registered, and returns a
    /// proxy for it.
    ///
    /// # Errors
    ///
    /// When nothing is registered as `typeid`; what creating it raised, as a
    /// [traceback](super::Exception::traceback).
    pub fn create(&self, typeid: &str, args: impl Arguments) -> Result<Proxy> {
        self.create_with(typeid, args, &[])
    }

    /// As [`create`](Self::create), with keyword arguments.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    pub fn create_with(
        &self,
        typeid: &str,
        args: impl Arguments,
        kwargs: Keywords<'_>,
    ) -> Result<Proxy> {
        let ask = Ask {
            ident: None,
            method: "create",
            first: Some(typeid),
            args: &args,
            kwargs,
        };
        let (id, exposed) = self.home.dispatch(&ask, None)?;
        let token = Token {
            typeid: typeid.to_owned(),
            address: self.address().clone(),
            id,
        };
        // The server counts a reference to what it has created.
        Ok(Proxy::new(self.clone(), token, exposed))
    }

    /// Returns a proxy for an object that is known by its token, from another proxy say.
    ///
    /// # Errors
    ///
    /// When the server has no such object.
    pub fn proxy(&self, token: &Token) -> Result<Proxy> {
        let exposed = self.home.serve("get_methods", (token,))?;
        self.home.serve::<()>("incref", (&token.id,))?;
        Ok(Proxy::new(self.clone(), token.clone(), exposed))
    }

    /// Asks whether the server is there.
    ///
    /// # Errors
    ///
    /// As [`Client::connect`].
    pub fn ping(&self) -> Result<()> {
        self.home.serve("dummy", ())
    }

    /// The number of objects that the server shares.
    ///
    /// # Errors
    ///
    /// As [`Client::connect`].
    pub fn number_of_objects(&self) -> Result<usize> {
        self.home.serve("number_of_objects", ())
    }

    /// What the server says about its objects, for people: idents, references, what they are.
    ///
    /// # Errors
    ///
    /// As [`Client::connect`].
    pub fn debug_info(&self) -> Result<String> {
        self.home.serve("debug_info", ())
    }

    /// Ends the server. What it shared is gone.
    ///
    /// # Errors
    ///
    /// As [`Client::connect`].
    pub fn shutdown(&self) -> Result<()> {
        self.home.serve::<()>("shutdown", ())?;
        self.home.is_down.store(true, Ordering::Relaxed);
        Ok(())
    }
}

/// Where the objects are.
#[derive(Debug)]
pub(super) struct Home {
    client: Client,
    /// Whether it was ended from here: there is nobody to be told that a reference is gone.
    is_down: AtomicBool,
}

thread_local! {
    /// The connections of this thread, one for each server.
    static CONNECTIONS: RefCell<Vec<(Weak<Home>, Connection)>> = const { RefCell::new(Vec::new()) };
}

impl Home {
    /// Asks the server to do something itself, for which each time there is a connection of its own.
    pub(super) fn serve<T: for<'de> Unpickle<'de>>(
        &self,
        function: &str,
        args: impl Arguments,
    ) -> Result<T> {
        let ask = Ask {
            ident: None,
            method: function,
            first: None,
            args: &args,
            kwargs: &[],
        };
        self.dispatch(&ask, Some(BRIEF))
    }

    fn dispatch<T, A>(&self, ask: &Ask<'_, A>, timeout: Option<Duration>) -> Result<T>
    where
        T: for<'de> Unpickle<'de>,
        A: Arguments,
    {
        let mut connection = self.client.connect()?;
        match exchange(&mut connection, ask, timeout)? {
            Reply::Return(value) => Ok(value),
            Reply::Proxy(..) => Err(Error::new(
                ErrorKind::Protocol,
                "ValueError",
                format!("{}() gave a shared object", ask.method),
            )),
        }
    }

    /// Asks an object of the server for something, over the connection of this thread.
    pub(super) fn call<T, A>(self: &Arc<Self>, ask: &Ask<'_, A>) -> Result<Reply<T>>
    where
        T: for<'de> Unpickle<'de>,
        A: Arguments,
    {
        let mut connection = match self.take_connection() {
            Some(connection) => connection,
            None => self.connect()?,
        };
        let reply = exchange(&mut connection, ask, None);
        // After an error of the connection itself the next call gets another one.
        let is_sound = reply.as_ref().err().is_none_or(|error| {
            matches!(
                error.kind(),
                ErrorKind::Pickle | ErrorKind::Raised | ErrorKind::Protocol
            )
        });
        if is_sound {
            self.keep_connection(connection);
        }
        reply
    }

    /// Connects to call methods of objects.
    fn connect(&self) -> Result<Connection> {
        let mut connection = self.client.connect()?;
        let thread = std::thread::current();
        let ask = Ask {
            ident: None,
            method: "accept_connection",
            first: Some(thread.name().unwrap_or("Rust")),
            args: &(),
            kwargs: &[],
        };
        exchange::<(), _>(&mut connection, &ask, Some(BRIEF))?;
        Ok(connection)
    }

    /// While a call is under way its thread has no connection, so that what is dropped meanwhile
    /// may make another.
    fn take_connection(&self) -> Option<Connection> {
        CONNECTIONS
            .try_with(|connections| {
                let mut connections = connections.borrow_mut();
                let own = |(home, _): &(Weak<Self>, _)| std::ptr::eq(home.as_ptr(), self);
                let index = connections.iter().position(own)?;
                Some(connections.swap_remove(index).1)
            })
            .ok()
            .flatten()
    }

    fn keep_connection(self: &Arc<Self>, connection: Connection) {
        let _ = CONNECTIONS.try_with(|connections| {
            let mut connections = connections.borrow_mut();
            connections.retain(|(home, _)| home.strong_count() > 0);
            connections.push((Arc::downgrade(self), connection));
        });
    }

    /// Tells the server that a reference is gone. It may be gone itself.
    pub(super) fn forget(&self, id: &str) {
        if !self.is_down.load(Ordering::Relaxed) {
            let _ = self.serve::<()>("decref", (id,));
        }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        drop(self.take_connection());
    }
}

/// Sends a message, and receives what is said to it.
fn exchange<T, A>(
    connection: &mut Connection,
    ask: &Ask<'_, A>,
    timeout: Option<Duration>,
) -> Result<Reply<T>>
where
    T: for<'de> Unpickle<'de>,
    A: Arguments,
{
    connection.send(ask)?;
    if timeout.is_some() && !connection.poll(timeout)? {
        let message = "the manager's server does not answer";
        return Err(std::io::Error::new(std::io::ErrorKind::TimedOut, message).into());
    }
    connection.recv_with(Reply::parse)
}
