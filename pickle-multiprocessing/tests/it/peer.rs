//! A Python on the other side.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use pickle::multiprocessing::connection::Address;

use crate::support::{self, Python};

pub(crate) const KEY: &str = "secret password";

/// More than anything here takes, on a machine that is busy with other things.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The Pythons whose protocol this is: some with the challenge of old, some with the later one.
pub(crate) fn pythons() -> impl Iterator<Item = &'static Python> {
    support::pythons()
        .iter()
        .filter(|python| python.version >= (3, 6))
}

/// Runs a test, which fails if it does not end.
#[track_caller]
pub(crate) fn in_time(test: impl FnOnce() + Send + 'static) {
    let (done, ended) = channel::<()>();
    let thread = thread::spawn(move || {
        // Is dropped however the test ends.
        let _done = done;
        test();
    });
    match ended.recv_timeout(3 * PATIENCE) {
        Err(std::sync::mpsc::RecvTimeoutError::Timeout) => panic!("the test does not end"),
        _ => {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
    }
}

/// A process of `peer.py`, killed when it is dropped.
pub(crate) struct Peer {
    child: Child,
    lines: Receiver<String>,
    what: String,
}

impl Peer {
    /// Starts one that is this, with these arguments.
    pub(crate) fn start(python: &Python, what: &str, args: &[&str]) -> Self {
        let mut child = python
            .script("tests/python/peer.py")
            .arg(what)
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let what = format!("{what} of {python}");
        Self { child, lines, what }
    }

    /// One that connects to an address.
    pub(crate) fn connect(python: &Python, what: &str, address: &Address, key: &str) -> Self {
        Self::start(python, what, &[&shown(address), key])
    }

    /// The next line that it prints.
    #[track_caller]
    pub(crate) fn line(&self) -> String {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => line,
            Err(error) => panic!("{} says nothing: {error}", self.what),
        }
    }

    /// The address that it prints.
    #[track_caller]
    pub(crate) fn address(&self) -> Address {
        let line = self.line();
        match line.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().unwrap()).into(),
            None => line.into(),
        }
    }

    /// Waits until it has done what it is for.
    #[track_caller]
    pub(crate) fn succeed(mut self) {
        assert_eq!(self.line(), "ok", "{}", self.what);
        assert!(self.child.wait().unwrap().success(), "{}", self.what);
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// As `peer.py` reads it.
pub(crate) fn shown(address: &Address) -> String {
    match address {
        Address::Inet(host, port) => format!("{host}:{port}"),
        Address::Unix(path) => path.to_str().unwrap().to_owned(),
        _ => panic!("another family"),
    }
}

/// A place for sockets, whose paths must be short; removed when it is dropped.
pub(crate) struct SocketDir(PathBuf);

impl SocketDir {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("pickle-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.0.join("socket")
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for SocketDir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// An address of either family.
pub(crate) fn addresses() -> (SocketDir, [Address; 2]) {
    let dir = SocketDir::new();
    let unix = Address::from(dir.socket());
    (dir, [("127.0.0.1", 0).into(), unix])
}
