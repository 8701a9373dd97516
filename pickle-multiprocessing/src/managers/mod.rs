//! Objects that several processes share, as `multiprocessing.managers` has them.
//!
//! A manager's server has objects; others call their methods through proxies. Arguments and results
//! are copies, the object itself stays where it is.
//!
//! ```
//! use pickle::multiprocessing::managers::{Manager, Queue, Server};
//! use std::sync::Arc;
//!
//! let jobs = Arc::new(Queue::new());
//! let mut server = Server::bind(("localhost", 0), b"abracadabra")?;
//! let shared = jobs.clone();
//! server.register("get_queue", move |_| Ok(shared.clone()));
//! let serving = server.start()?;
//!
//! // In Python: QueueManager(address, authkey=b'abracadabra').connect(), then get_queue().put('hello')
//! let manager = Manager::connect(serving.address(), b"abracadabra")?;
//! let queue = manager.create("get_queue", ())?;
//! queue.call::<()>("put", ("hello",))?;
//!
//! assert_eq!(jobs.get::<String>(None)?, "hello");
//!
//! let error = queue.call::<String>("get", (true, 0.01)).unwrap_err();
//! assert!(error.exception().is_some_and(|exception| exception.is("queue", "Empty")));
//! # Ok::<(), pickle::multiprocessing::Error>(())
//! ```
//!
//! [`Manager`] and [`Proxy`] are for the objects of a server, in Python a `BaseManager` or
//! `SyncManager` that was started, or the `get_server().serve_forever()` of one. [`Server`] is for
//! objects of this program: a [`Queue`], or anything that is a [`Referent`].
//!
//! | in Python | here |
//! |---|---|
//! | `M(address, authkey); m.connect()` | [`Manager::connect`] |
//! | `m.get_queue()`, `m.dict({'a': 1})` | `manager.create("get_queue", ())?`, [`Manager::create`] |
//! | `queue.get(timeout=1.5)` | [`Proxy::call`], [`Proxy::call_with`] |
//! | `proxy._getvalue()` | [`Proxy::value`] |
//! | `except queue.Empty` | [`Error::exception`](crate::Error::exception), [`Exception::is`] |
//! | `M.register('get_queue', callable=lambda: queue)` | [`Server::register`] |
//! | `m.get_server().serve_forever()`, `m.start()` | [`Server::serve_forever`], [`Server::start`] |
//! | `m.shutdown()` | [`Manager::shutdown`], [`Serving::shutdown`] |

mod arguments;
mod exception;
mod manager;
mod objects;
mod pickled;
mod proxy;
mod queue;
mod referent;
mod reply;
mod request;
mod server;
mod token;

pub use arguments::{Arguments, Keywords};
pub use exception::Exception;
pub use manager::Manager;
pub use pickled::Pickled;
pub use proxy::Proxy;
pub use queue::Queue;
pub use referent::{Answer, Referent};
pub use request::{Argument, Request};
pub use server::{Server, Serving};
pub use token::Token;
