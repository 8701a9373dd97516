//! The server of a manager: objects of this program for the proxies of others.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use pickle_core::{Document, Pickle};

use super::objects::Objects;
use super::referent::Content;
use super::reply::{ERROR, PROXY, RETURN, TRACEBACK, UNSERIALIZABLE};
use super::{Answer, Exception, Referent, Request, Token};
use crate::connection::{Address, Client, Connection, Listener, Socket};
use crate::{ErrorKind, Result};

/// How often to look whether it is over, should nobody come.
const PAUSE: Duration = Duration::from_secs(1);

/// How long to wait after an error of the listener: it may be out of descriptors.
const BREATH: Duration = Duration::from_millis(50);

/// Shares objects of this program with other processes: the server of a Python manager.
///
/// ```no_run
/// use pickle::multiprocessing::managers::{Queue, Server};
/// use std::sync::Arc;
///
/// let mut server = Server::bind(("", 50000), b"abracadabra")?;
/// let queue = Arc::new(Queue::new());
/// server.register("get_queue", move |_| Ok(queue.clone()));
/// server.serve_forever();
/// # Ok::<(), pickle::multiprocessing::Error>(())
/// ```
///
/// In Python:
///
/// ```python
/// class QueueManager(BaseManager): pass
/// QueueManager.register('get_queue')
/// m = QueueManager(address=('localhost', 50000), authkey=b'abracadabra')
/// m.connect()
/// m.get_queue().put('hello')
/// ```
///
/// Each connection has a thread of its own. Clients that do not have the key, that send nonsense or
/// nothing, or that break off, are in nobody's way.
pub struct Server {
    listener: Listener,
    shared: Shared,
}

type Create = dyn Fn(&Request<'_>) -> Result<Arc<dyn Referent>, Exception> + Send + Sync;

/// What the threads of a server share.
struct Shared {
    types: HashMap<String, Box<Create>>,
    objects: Objects,
    address: Address,
    is_over: AtomicBool,
    /// To end the connections.
    sockets: Mutex<Vec<Weak<Socket>>>,
}

impl Server {
    /// Returns a server that listens at an address, for clients that have the key.
    ///
    /// # Errors
    ///
    /// As [`Listener::bind`].
    pub fn bind(address: impl Into<Address>, authkey: impl AsRef<[u8]>) -> Result<Self> {
        let listener = Listener::bind(address)?.with_authkey(authkey);
        let shared = Shared {
            types: HashMap::new(),
            objects: Objects::default(),
            address: listener.address().clone(),
            is_over: AtomicBool::new(false),
            sockets: Mutex::default(),
        };
        Ok(Self { listener, shared })
    }

    /// Sets how long a client may take to prove that it has the key: 20 seconds unless told
    /// otherwise.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.listener = self.listener.with_timeout(timeout);
        self
    }

    /// Registers a type: what clients get, or create, under this name. The function is given the
    /// arguments that a client has, as [`Request::arguments`].
    ///
    /// An object is shared until no client has a proxy for it any more; a function that returns the
    /// same one each time keeps it besides.
    pub fn register<R: Referent>(
        &mut self,
        typeid: &str,
        create: impl Fn(&Request<'_>) -> Result<Arc<R>, Exception> + Send + Sync + 'static,
    ) -> &mut Self {
        let create =
            move |request: &Request<'_>| create(request).map(|object| object as Arc<dyn Referent>);
        self.shared
            .types
            .insert(typeid.to_owned(), Box::new(create));
        self
    }

    /// Where it listens.
    pub fn address(&self) -> &Address {
        &self.shared.address
    }

    /// Serves until a client asks to shut down. What goes wrong is about one client.
    pub fn serve_forever(self) {
        serve(self.listener, &Arc::new(self.shared));
    }

    /// Serves on a thread of its own, until a client asks to shut down or the result is dropped.
    ///
    /// # Errors
    ///
    /// When there can be no more threads.
    pub fn start(self) -> Result<Serving> {
        let Self { listener, shared } = self;
        let shared = Arc::new(shared);
        let thread = thread::Builder::new().name("manager".to_owned()).spawn({
            let shared = shared.clone();
            move || serve(listener, &shared)
        })?;
        Ok(Serving {
            shared,
            thread: Some(thread),
        })
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.shared.address)
            .finish_non_exhaustive()
    }
}

/// A [`Server`] that is serving. It ends when this is dropped.
#[must_use = "the server ends when this is dropped"]
pub struct Serving {
    shared: Arc<Shared>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Serving {
    /// Where it listens.
    pub fn address(&self) -> &Address {
        &self.shared.address
    }

    /// The number of objects that clients have proxies for.
    pub fn number_of_objects(&self) -> usize {
        self.shared.objects.len()
    }

    /// Ends the server and the connections to it, as dropping it does.
    pub fn shutdown(self) {}

    /// Waits until a client asks to shut down.
    pub fn join(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            self.shared.end();
            let _ = thread.join();
        }
    }
}

impl std::fmt::Debug for Serving {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Serving")
            .field("address", &self.shared.address)
            .finish_non_exhaustive()
    }
}

/// Accepts clients until it is over.
fn serve(mut listener: Listener, shared: &Arc<Shared>) {
    while !shared.is_over() {
        match listener.accept_before(Some(Instant::now() + PAUSE)) {
            Ok(None) => {}
            Ok(Some(connection)) => {
                shared.remember(&connection);
                let shared = shared.clone();
                // Without a thread, the connection is closed.
                let _ = thread::Builder::new().spawn(move || shared.handle(connection));
            }
            Err(error) if error.kind() == ErrorKind::Authentication => {}
            Err(_) => thread::sleep(BREATH),
        }
    }
    drop(listener);
    for socket in shared.sockets().drain(..) {
        if let Some(socket) = socket.upgrade() {
            socket.shutdown();
        }
    }
}

impl Shared {
    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Acquire)
    }

    /// Ends the server: the listener, which waits for a client, gets one.
    fn end(&self) {
        self.is_over.store(true, Ordering::Release);
        let _ = Client::new(self.address.seen_from_here()).connect();
    }

    fn sockets(&self) -> std::sync::MutexGuard<'_, Vec<Weak<Socket>>> {
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, connection: &Connection) {
        let mut sockets = self.sockets();
        sockets.retain(|socket| socket.strong_count() > 0);
        sockets.push(Arc::downgrade(connection.socket()));
    }

    /// Serves a client. What fails here ends its connection, and is no matter of anybody else.
    fn handle(&self, mut connection: Connection) {
        let socket = connection.socket().clone();
        let first = connection.recv_with(|message| Ok(self.serve_itself(message, &socket)));
        let Ok((reply, next)) = first else { return };
        if connection.send_bytes(&reply).is_err() {
            return;
        }
        match next {
            Next::Close => {}
            Next::Shutdown => self.end(),
            Next::Calls => {
                let answer = |message: &[u8]| Ok(self.serve_object(message, &socket));
                while let Ok(reply) = connection.recv_with(answer)
                    && connection.send_bytes(&reply).is_ok()
                {}
            }
        }
    }

    /// Does what the server itself is asked for: the first message of each connection.
    fn serve_itself(&self, message: &[u8], socket: &Socket) -> (Vec<u8>, Next) {
        let result = parsed(message, socket, |request| self.function(request));
        match result {
            Ok((reply, next)) => (reply, next),
            Err(exception) => (traceback(&exception), Next::Close),
        }
    }

    fn function(&self, request: &mut Request<'_>) -> Result<(Vec<u8>, Next), Exception> {
        let mut next = Next::Close;
        let reply = match request.method() {
            "dummy" => returned(&()),
            "create" => {
                if request.args.is_empty() {
                    let text = "create() missing 1 required positional argument: 'typeid'";
                    return Err(Exception::builtin("TypeError", text));
                }
                let typeid = Request {
                    args: vec![request.args.remove(0)],
                    kwargs: Vec::new(),
                    ident: None,
                    method: "create".to_owned(),
                    socket: request.socket,
                };
                let [typeid] = typeid.arguments(["typeid"])?;
                let typeid: String = typeid.load()?;
                let Some(create) = self.types.get(&typeid) else {
                    return Err(Exception::new("builtins", "KeyError", (typeid,)));
                };
                // Its messages speak of the type.
                request.method = typeid;
                let object = unpanicked(|| create(request))?;
                let methods = names(&*object);
                returned(&(self.objects.share(object), methods))
            }
            "incref" => {
                let [ident] = request.arguments(["ident"])?;
                self.objects.incref(&ident.load::<String>()?)?;
                returned(&())
            }
            "decref" => {
                let [ident] = request.arguments(["ident"])?;
                self.objects.decref(&ident.load::<String>()?)?;
                returned(&())
            }
            "get_methods" => {
                let [token] = request.arguments(["token"])?;
                let object = self.objects.get(&token.load::<Token>()?.id)?;
                returned(&names(&*object))
            }
            "number_of_objects" => returned(&self.objects.len()),
            "debug_info" => returned(&self.objects.debug_info()),
            "accept_connection" => {
                next = Next::Calls;
                returned(&())
            }
            "shutdown" => {
                next = Next::Shutdown;
                returned(&())
            }
            other => {
                let text = format!("{} unrecognized", pickle_core::repr(other));
                return Err(Exception::builtin("AssertionError", text));
            }
        };
        Ok((reply, next))
    }

    /// Calls a method of an object.
    fn serve_object(&self, message: &[u8], socket: &Socket) -> Vec<u8> {
        parsed(message, socket, |request| self.call(request))
            .unwrap_or_else(|exception| traceback(&exception))
    }

    fn call(&self, request: &mut Request<'_>) -> Result<Vec<u8>, Exception> {
        let ident = request.ident.as_deref().unwrap_or("None");
        let object = self.objects.get(ident)?;
        if !object.methods().contains(&request.method()) {
            return match request.method() {
                "__str__" | "__repr__" => Ok(returned(&object.repr())),
                "#GETVALUE" => match unpanicked(|| Ok(object.value()))? {
                    Some(answer) => self.answer(answer),
                    None => Err(Exception::builtin(
                        "TypeError",
                        format!("cannot pickle {}", object.repr()),
                    )),
                },
                method => Err(Exception::builtin(
                    "AttributeError",
                    format!(
                        "method {} of {} is not in exposed={:?}",
                        pickle_core::repr(method),
                        object.repr(),
                        object.methods()
                    ),
                )),
            };
        }
        match unpanicked(|| Ok(object.call(request)))? {
            Ok(answer) => self.answer(answer),
            Err(exception) => Ok(message(ERROR, &exception)),
        }
    }

    fn answer(&self, answer: Answer) -> Result<Vec<u8>, Exception> {
        match answer.0 {
            Content::Value(value) => Ok(returned(&value)),
            Content::Shared(typeid, object) => {
                let methods = names(&*object);
                let token = Token {
                    typeid,
                    address: self.address.clone(),
                    id: self.objects.share(object),
                };
                Ok(message(PROXY, &(methods, token)))
            }
        }
    }
}

/// What comes after the first reply.
enum Next {
    Close,
    /// Calls of objects' methods, until the client closes.
    Calls,
    Shutdown,
}

/// Reads a request, and gives it to a function.
fn parsed<T>(
    message: &[u8],
    socket: &Socket,
    run: impl FnOnce(&mut Request<'_>) -> Result<T, Exception>,
) -> Result<T, Exception> {
    let document = Document::parse(message)?;
    run(&mut Request::parse(&document, socket)?)
}

/// A panic in there is an error of this one call.
fn unpanicked<T>(run: impl FnOnce() -> Result<T, Exception>) -> Result<T, Exception> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or_default();
        let text = format!("the method panicked: {text}");
        Err(Exception::builtin("RuntimeError", text))
    })
}

/// The names of an object's methods, as a tuple.
fn names(object: &dyn Referent) -> pickle_core::value::Tuple {
    let names = object.methods().iter().map(|&name| name.into());
    names.collect::<Vec<pickle_core::Value>>().into()
}

fn returned<T: Pickle + ?Sized>(value: &T) -> Vec<u8> {
    message(RETURN, value)
}

fn traceback(exception: &Exception) -> Vec<u8> {
    let text = format!("Traceback (most recent call last):\n{exception}\n");
    message(TRACEBACK, &text)
}

/// A reply; if the value cannot be pickled, one that says so.
fn message<T: Pickle + ?Sized>(kind: &str, value: &T) -> Vec<u8> {
    pickle_core::dumps(&(kind, value))
        .or_else(|error| {
            let text = format!("{}: {error}", error.python_type());
            pickle_core::dumps(&(UNSERIALIZABLE, text))
        })
        .unwrap_or_default()
}
