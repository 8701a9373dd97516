//! A queue that several processes share, Python's or Rust's.
//!
//! ```sh
//! cargo run --features multiprocessing --example manager_queue            # server and client
//! cargo run --features multiprocessing --example manager_queue serve
//! cargo run --features multiprocessing --example manager_queue put hello
//! cargo run --features multiprocessing --example manager_queue get
//! ```
//!
//! `put` and `get` work with a Python server just as well, and Python clients with `serve`:
//!
//! ```python
//! from multiprocessing.managers import BaseManager
//!
//! class QueueManager(BaseManager): pass
//! QueueManager.register('get_queue')
//!
//! manager = QueueManager(address=('localhost', 50000), authkey=b'abracadabra')
//! manager.connect()
//! manager.get_queue().put('hello')
//! ```

use std::sync::Arc;

use pickle::multiprocessing::Result;
use pickle::multiprocessing::connection::Address;
use pickle::multiprocessing::managers::{Manager, Queue, Server};

const KEY: &[u8] = b"abracadabra";

/// A server with a queue, which all clients get.
fn server(address: Address) -> Result<Server> {
    let queue = Arc::new(Queue::new());
    let mut server = Server::bind(address, KEY)?;
    server.register("get_queue", move |_| Ok(queue.clone()));
    Ok(server)
}

fn put(address: &Address, text: &str) -> Result<()> {
    let queue = Manager::connect(address, KEY)?.create("get_queue", ())?;
    queue.call("put", (text,))
}

fn get(address: &Address) -> Result<()> {
    let queue = Manager::connect(address, KEY)?.create("get_queue", ())?;
    match queue.call_with::<String>("get", (), &[("timeout", &1.0)]) {
        Ok(text) => println!("got {text}"),
        // What Python raises there, is an error here.
        Err(error) if error.exception().is_some_and(|e| e.is("queue", "Empty")) => {
            println!("the queue is empty");
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

fn main() -> Result<()> {
    let address = Address::from(("localhost", 50000));
    let words: Vec<_> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve"] => {
            server(address)?.serve_forever();
            Ok(())
        }
        ["put", text] => put(&address, text),
        ["get"] => get(&address),
        _ => {
            let serving = server(("localhost", 0).into())?.start()?;
            put(serving.address(), "hello")?;
            get(serving.address())?;
            get(serving.address())
        }
    }
}
