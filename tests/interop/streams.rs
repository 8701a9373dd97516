//! Pickles over sockets and pipes, with `tests/python/echo.py` on the other side. Each pickle is
//! answered before the next one is sent: what is dumped and flushed is there, and no side waits for
//! more than it needs.

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use pickle::{ErrorKind, Pickler, Protocol, Unbuffered, Unpickler};

use crate::SimpleObject;
use crate::deadline::{LONG, Running};
use crate::support::{Python, pythons};

const NAMES: [&str; 4] = ["pickle", "preserve", "é", "last"];

fn answer(name: &str) -> SimpleObject {
    SimpleObject::new(&SimpleObject::new(name).name_backwards)
}

fn pythons_3() -> impl Iterator<Item = &'static Python> {
    pythons().iter().filter(|python| !python.is_python2())
}

fn echo(python: &Python, arguments: &[&str]) -> Command {
    let mut script = python.script("tests/python/echo.py");
    script.args(arguments);
    script
}

/// Waits for the other side, but not for ever.
fn accept(listener: &TcpListener) -> TcpStream {
    listener.set_nonblocking(true).unwrap();
    let started = Instant::now();
    while started.elapsed() < LONG {
        if let Ok((stream, _)) = listener.accept() {
            stream.set_nonblocking(false).unwrap();
            stream.set_read_timeout(Some(LONG)).unwrap();
            stream.set_write_timeout(Some(LONG)).unwrap();
            return stream;
        }
        thread::sleep(Duration::from_millis(2));
    }
    panic!("nobody has come");
}

/// Starts a Python that connects, and gives the stream to it.
fn connected(python: &Python, mode: &str) -> (Running, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let running = Running::start(&mut echo(python, &[mode, "tcp", &port]));
    (running, accept(&listener))
}

/// Sends objects through a buffer, flushed each time, and takes the answers one by one.
fn talk(reader: impl BufRead, writer: impl Write, protocol: Protocol) {
    let mut pickler = Pickler::new(BufWriter::new(writer)).with_protocol(protocol);
    let mut unpickler = Unpickler::new(reader);
    let mut answers = unpickler.iter::<SimpleObject>();
    for name in NAMES {
        pickler.dump(&SimpleObject::new(name)).unwrap();
        // The other side reads each with a memo of its own.
        pickler.clear_memo();
        pickler.get_mut().flush().unwrap();
        assert_eq!(answers.next().unwrap().unwrap(), answer(name));
    }
    drop(pickler);
}

#[test]
fn over_tcp() {
    for python in pythons_3() {
        for &protocol in python.protocols() {
            let (running, stream) = connected(python, "plain");
            talk(BufReader::new(&stream), &stream, protocol);
            stream.shutdown(Shutdown::Write).unwrap();
            let mut rest = Unpickler::new(BufReader::new(&stream));
            assert!(rest.iter::<SimpleObject>().next().is_none(), "{python}");
            running.finish();
        }
    }
}

#[test]
fn without_buffers() {
    for python in pythons_3() {
        let (running, stream) = connected(python, "plain");
        for name in NAMES {
            pickle::dump(&SimpleObject::new(name), &stream).unwrap();
            let read: SimpleObject = pickle::load(Unbuffered::new(&stream)).unwrap();
            assert_eq!(read, answer(name), "{python}");
        }
        stream.shutdown(Shutdown::Write).unwrap();
        let end = pickle::load::<SimpleObject>(Unbuffered::new(&stream)).unwrap_err();
        assert!(end.is_eof());
        running.finish();
    }
}

#[test]
fn with_a_line_before_each() {
    for python in pythons_3() {
        let (running, stream) = connected(python, "lines");
        let mut unpickler = Unpickler::new(BufReader::new(&stream));
        for name in NAMES {
            let mut pickler = Pickler::new(BufWriter::new(&stream));
            writeln!(pickler.get_mut(), "here is {name}:").unwrap();
            pickler.dump(&SimpleObject::new(name)).unwrap();
            pickler.get_mut().flush().unwrap();

            let mut line = String::new();
            unpickler.get_mut().read_line(&mut line).unwrap();
            assert_eq!(line, format!("here is {name}:\n"));
            assert_eq!(unpickler.load::<SimpleObject>().unwrap(), answer(name));
        }
        stream.shutdown(Shutdown::Write).unwrap();
        let mut rest = Vec::new();
        unpickler.into_inner().read_to_end(&mut rest).unwrap();
        assert_eq!(rest, b"");
        running.finish();
    }
}

#[test]
fn with_one_pickler_for_all_answers() {
    for python in pythons_3() {
        let (running, stream) = connected(python, "memo");
        let mut unpickler = Unpickler::new(BufReader::new(&stream)).with_memo_kept(true);
        for name in NAMES {
            pickle::dump(&SimpleObject::new(name), &stream).unwrap();
            assert_eq!(unpickler.load::<SimpleObject>().unwrap(), answer(name));
        }
        stream.shutdown(Shutdown::Write).unwrap();
        running.finish();
    }
}

#[test]
fn an_answer_that_is_cut_off_is_an_error() {
    for python in pythons_3() {
        let (running, stream) = connected(python, "cut");
        pickle::dump(&SimpleObject::new("pickle"), &stream).unwrap();
        let mut unpickler = Unpickler::new(BufReader::new(&stream));
        let mut answers = unpickler.iter::<SimpleObject>();
        let error = answers.next().unwrap().unwrap_err();
        let kinds = [ErrorKind::EndOfInput, ErrorKind::Truncated];
        assert!(kinds.contains(&error.kind()), "{python}: {error}");
        assert!(answers.next().is_none());
        running.finish();
    }
}

#[test]
fn through_pipes() {
    for python in pythons_3() {
        let mut running = Running::start(&mut echo(python, &["plain", "pipe"]));
        let stdin = running.child.stdin.take().unwrap();
        let stdout = running.child.stdout.take().unwrap();
        // Pipes have no time limit: the program that writes to it is killed, which ends the wait.
        let talking = thread::spawn(move || {
            talk(BufReader::new(stdout), stdin, Protocol::default());
        });
        let started = Instant::now();
        while !talking.is_finished() && started.elapsed() < LONG {
            thread::sleep(Duration::from_millis(2));
        }
        assert!(talking.is_finished(), "{python}: no end");
        talking.join().unwrap();
        running.finish();
    }
}

#[cfg(unix)]
#[test]
fn over_unix_sockets() {
    use std::os::unix::net::UnixListener;

    use crate::support::TempDir;

    let directory = TempDir::new();
    for (nth, python) in pythons_3().enumerate() {
        // The path of a socket may have some hundred bytes: it is named from where it is.
        let name = format!("{nth}");
        let listener = UnixListener::bind(directory.join(&name)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let mut script = echo(python, &["plain", "unix", &name]);
        let running = Running::start(script.current_dir(directory.path()));
        let started = Instant::now();
        let stream = loop {
            match listener.accept() {
                Ok((stream, _)) => break stream,
                Err(_) => assert!(started.elapsed() < LONG, "{python} has not come"),
            }
            thread::sleep(Duration::from_millis(2));
        };
        stream.set_nonblocking(false).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        talk(BufReader::new(&stream), &stream, Protocol::default());
        stream.shutdown(Shutdown::Write).unwrap();
        running.finish();
    }
}

#[test]
fn between_two_threads_of_rust() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let echo = thread::spawn(move || {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        let mut count = 0;
        let mut unpickler = Unpickler::new(BufReader::new(&stream));
        for object in unpickler.iter::<SimpleObject>() {
            pickle::dump(&answer(&object.unwrap().name), &stream).unwrap();
            count += 1;
        }
        count
    });
    let stream = accept(&listener);
    for protocol in Protocol::ALL {
        talk(BufReader::new(&stream), &stream, protocol);
    }
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(echo.join().unwrap(), 6 * NAMES.len());
}
