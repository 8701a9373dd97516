//! Objects over a socket: each is there as soon as it is flushed, and the stream ends where its
//! writer closes it.
//!
//! ```text
//! cargo run --example stream_socket                        # both sides
//! cargo run --example stream_socket -- serve 5000          # one side; the other one is Python
//! ```
//!
//! ```python
//! import pickle, socket
//!
//! class SimpleObject:
//!     def __init__(self, name):
//!         self.name = name
//!         self.name_backwards = name[::-1]
//!
//! with socket.create_connection(("127.0.0.1", 5000)) as sock, sock.makefile("rwb") as file:
//!     for name in ["pickle", "preserve", "last"]:
//!         pickle.dump(SimpleObject(name), file)
//!         file.flush()
//!         print("ANSWER:", pickle.load(file).name)
//! ```

mod common;

use std::io::{BufReader, BufWriter, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use common::SimpleObject;
use pickle::{Result, Unpickler};

/// Answers each object with another one, until the other side has no more.
fn serve(listener: &TcpListener) -> Result<()> {
    let (stream, _) = listener.accept()?;
    // One reader for the whole stream, as it may have read ahead.
    let mut unpickler = Unpickler::new(BufReader::new(&stream));
    for obj in unpickler.iter::<SimpleObject>() {
        let obj = obj?;
        println!("SERVED: {obj}");
        // Nothing is written in small pieces: a stream needs no buffer, and nothing to flush.
        pickle::dump(&SimpleObject::new(&obj.name_backwards), &stream)?;
    }
    Ok(())
}

fn ask(port: u16) -> Result<()> {
    let stream = TcpStream::connect(("127.0.0.1", port))?;
    let mut reader = BufReader::new(&stream);
    let mut writer = BufWriter::new(&stream);
    for name in ["pickle", "preserve", "last"] {
        pickle::dump(&SimpleObject::new(name), &mut writer)?;
        // Before it waits for the answer.
        writer.flush()?;
        let answer: SimpleObject = pickle::load(&mut reader)?;
        println!("ANSWER: {answer}");
    }
    Ok(())
}

fn main() -> Result<()> {
    let port = match std::env::args().nth(2) {
        Some(port) => port.parse().map_err(pickle::Error::custom)?,
        None => 0,
    };
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    if port != 0 {
        return serve(&listener);
    }
    let port = listener.local_addr()?.port();
    let asking = thread::spawn(move || ask(port));
    serve(&listener)?;
    asking.join().expect("it does not panic")
}
