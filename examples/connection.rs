//! Objects over a socket, to and from a Python or Rust program.
//!
//! ```sh
//! cargo run --features multiprocessing --example connection            # both sides
//! cargo run --features multiprocessing --example connection serve      # waits for a client
//! cargo run --features multiprocessing --example connection connect
//! ```
//!
//! Either side may be Python. A client of `serve`, for one:
//!
//! ```python
//! from dataclasses import dataclass
//! from multiprocessing.connection import Client
//!
//! @dataclass
//! class Order:
//!     item: str
//!     count: int
//!
//! with Client(('localhost', 6000), authkey=b'secret password') as connection:
//!     connection.send(Order('tea', 2))
//!     print(connection.recv())            # 9.5
//! ```

use pickle::Pickle;
use pickle::multiprocessing::connection::{Address, Client, Listener};
use pickle::multiprocessing::{ErrorKind, Result};

const KEY: &[u8] = b"secret password";

#[derive(Pickle)]
struct Order {
    item: String,
    count: u32,
}

/// Tells one client the prices of its orders.
fn serve(listener: &mut Listener) -> Result<()> {
    let mut connection = loop {
        match listener.accept() {
            // Somebody without the key: others may come.
            Err(error) if error.kind() == ErrorKind::Authentication => {
                eprintln!("refused: {error}")
            }
            connection => break connection?,
        }
    };
    loop {
        match connection.recv::<Order>() {
            Ok(Order { item, count }) => {
                println!("ordered: {count} {item}");
                connection.send(&(4.75 * f64::from(count)))?;
            }
            Err(error) if error.is_eof() => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// Orders something.
fn connect(address: &Address) -> Result<()> {
    let mut connection = Client::new(address).with_authkey(KEY).connect()?;
    for (item, count) in [("tea", 2), ("cups", 4)] {
        let item = item.to_owned();
        connection.send(&Order { item, count })?;
        println!("that makes {}", connection.recv::<f64>()?);
    }
    Ok(())
}

fn main() -> Result<()> {
    let address = Address::from(("localhost", 6000));
    match std::env::args().nth(1).as_deref() {
        Some("serve") => serve(&mut Listener::bind(address)?.with_authkey(KEY)),
        Some("connect") => connect(&address),
        _ => {
            let mut listener = Listener::bind(("localhost", 0))?.with_authkey(KEY);
            let address = listener.address().clone();
            let client = std::thread::spawn(move || connect(&address));
            serve(&mut listener)?;
            client.join().expect("the client does not panic")
        }
    }
}
