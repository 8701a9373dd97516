//! Objects of a Rust server.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use pickle::Value;
use pickle::multiprocessing::connection::{Address, Client};
use pickle::multiprocessing::managers::{
    Answer, Exception, Manager, Queue, Referent, Request, Server, Serving,
};

use crate::peer::{KEY, PATIENCE, Peer, addresses, in_time, pythons};

struct Counter(AtomicI64);

impl Referent for Counter {
    fn methods(&self) -> &[&str] {
        &["add", "panic", "again"]
    }

    fn call(&self, request: &Request<'_>) -> Result<Answer, Exception> {
        match request.method() {
            "add" => {
                let [step] = request.arguments(["step"])?;
                let step = step.load_or(1)?;
                if step == 0 {
                    return Err(Exception::builtin("ValueError", "nothing to add"));
                }
                Ok(Answer::from(
                    self.0.fetch_add(step, Ordering::Relaxed) + step,
                ))
            }
            "again" => {
                let other = Self(AtomicI64::new(self.0.load(Ordering::Relaxed)));
                Ok(Answer::shared("Counter", Arc::new(other)))
            }
            "panic" => panic!("as it should"),
            _ => Err(request.unknown_method()),
        }
    }

    fn value(&self) -> Option<Answer> {
        Some(Answer::from(self.0.load(Ordering::Relaxed)))
    }
}

/// A server with a queue, and the queue.
pub(crate) fn serving(address: impl Into<Address>) -> (Serving, Arc<Queue>) {
    let queue = Arc::new(Queue::new());
    let mut server = Server::bind(address, KEY).unwrap();
    server
        .register("get_queue", {
            let queue = queue.clone();
            move |_| Ok(queue.clone())
        })
        .register("Queue", |request| {
            let [maxsize] = request.arguments(["maxsize"])?;
            Ok(Arc::new(Queue::bounded(maxsize.load_or(0)?)))
        })
        .register("Counter", |request| {
            let [start] = request.arguments(["start"])?;
            Ok(Arc::new(Counter(AtomicI64::new(start.load_or(0)?))))
        });
    (server.start().unwrap(), queue)
}

#[test]
fn python_uses_objects_of_rust() {
    in_time(|| {
        // One family for every other Python.
        for (nth, python) in pythons().enumerate() {
            let (_dir, addresses) = addresses();
            let address = addresses[nth % 2].clone();
            let (serving, queue) = serving(address);
            queue.put("untouched", None).unwrap();
            queue.get::<String>(None).unwrap();
            queue.task_done().unwrap();
            Peer::connect(python, "manager_client", serving.address(), KEY).succeed();
            Peer::connect(python, "manager_wrong_key", serving.address(), "another").succeed();
            assert!(queue.is_empty());
            // It has dropped its proxies.
            assert_eq!(serving.number_of_objects(), 0);
            serving.shutdown();
        }
    });
}

#[test]
fn python_ends_the_server() {
    in_time(|| {
        for python in pythons() {
            let (serving, _) = serving(("127.0.0.1", 0));
            let address = serving.address().clone();
            Peer::connect(python, "manager_shutdown", &address, KEY).succeed();
            serving.join();
            assert!(Client::new(address).connect().is_err());
        }
    });
}

#[test]
fn rust_on_both_sides() {
    in_time(|| {
        let (serving, queue) = serving(("", 0));
        let Address::Inet(_, port) = *serving.address() else {
            panic!("another family")
        };
        let manager = Manager::connect(("127.0.0.1", port), KEY).unwrap();
        let proxy = manager.create("get_queue", ()).unwrap();
        let same = manager.create("get_queue", ()).unwrap();
        assert_eq!(proxy.token().id, same.token().id);
        assert_eq!(manager.number_of_objects().unwrap(), 1);
        assert!(manager.debug_info().unwrap().contains("refcount=2"));

        // Many threads at both ends.
        let consumers: Vec<_> = (0..4)
            .map(|_| {
                let proxy = proxy.clone();
                thread::spawn(move || {
                    let mut sum = 0;
                    while let Some(number) = proxy.call::<Option<u64>>("get", ()).unwrap() {
                        sum += number;
                    }
                    sum
                })
            })
            .collect();
        for number in 0..400 {
            queue.put(&number, None).unwrap();
        }
        for _ in &consumers {
            same.call::<()>("put", ((),)).unwrap();
        }
        let sum: u64 = consumers
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum();
        assert_eq!(sum, 399 * 400 / 2);

        let counter = manager.create("Counter", (5,)).unwrap();
        let again = counter.call_proxy("again", ()).unwrap();
        assert_eq!(again.call::<i64>("add", (2,)).unwrap(), 7);
        assert_eq!(counter.value::<i64>().unwrap(), 5);
        assert_eq!(again.token().address, ("127.0.0.1", port).into());
        assert_eq!(manager.number_of_objects().unwrap(), 3);
        let error = proxy.value::<Value>().unwrap_err();
        assert!(error.message().contains("cannot pickle"), "{error}");
        drop((proxy, same, counter, again));
        assert_eq!(serving.number_of_objects(), 0);

        let waiting = {
            let queue = manager.create("Queue", ()).unwrap();
            thread::spawn(move || queue.call::<Value>("get", ()))
        };
        thread::sleep(Duration::from_millis(50));
        serving.shutdown();
        assert!(waiting.join().unwrap().is_err());
        assert!(manager.ping().is_err());
    });
}

#[test]
fn a_client_that_dies_while_it_waits_takes_nothing_with_it() {
    in_time(|| {
        let python = pythons().last().unwrap();
        let (serving, queue) = serving(("127.0.0.1", 0));
        let peer = Peer::connect(python, "wait_and_die", serving.address(), KEY);
        assert_eq!(peer.line(), "waiting");
        thread::sleep(Duration::from_millis(300));
        peer.kill();
        thread::sleep(Duration::from_millis(500));
        queue.put("for somebody else", None).unwrap();
        let item: String = queue.get(Some(PATIENCE)).unwrap();
        assert_eq!(item, "for somebody else");
    });
}

#[test]
fn nonsense_ends_one_connection_only() {
    in_time(|| {
        let (serving, _) = serving(("127.0.0.1", 0));
        let address = serving.address();
        let manager = Manager::connect(address, KEY).unwrap();
        let queue = manager.create("get_queue", ()).unwrap();
        let Address::Inet(host, port) = address else {
            panic!("another family")
        };
        let connect = || Client::new(address).with_authkey(KEY).connect().unwrap();

        // Without the key.
        let silent = TcpStream::connect((host.as_str(), *port)).unwrap();
        let mut stranger = TcpStream::connect((host.as_str(), *port)).unwrap();
        stranger.write_all(&[0xff; 4096]).unwrap();

        // With it.
        let nonsense: [&[u8]; 7] = [
            b"",
            b"junk",
            b"\x80\x04K\x01.",
            b"(NVdummy\n)t.",
            b"(NVsecret\n)}t.",
            b"(NVcreate\n)}t.",
            b"(NVincref\n(Vno\nt}t.",
        ];
        for message in nonsense {
            let mut connection = connect();
            connection.send_bytes(message).unwrap();
            let (kind, text): (String, String) = connection.recv().unwrap();
            assert_eq!(kind, "#TRACEBACK");
            assert!(text.starts_with("Traceback (most recent call last):\n"));
            assert!(connection.recv::<Value>().unwrap_err().is_eof());
        }
        // An object's own connection goes on.
        let mut connection = connect();
        connection
            .send(&((), "accept_connection", ("name",), pickle::value!({})))
            .unwrap();
        connection.recv::<(String, ())>().unwrap();
        for message in nonsense {
            connection.send_bytes(message).unwrap();
            let (kind, _): (String, String) = connection.recv().unwrap();
            assert_eq!(kind, "#TRACEBACK");
        }
        // Broken off in the middle of a message.
        for python in pythons() {
            Peer::connect(python, "break_off", address, KEY).succeed();
        }

        let begin = Instant::now();
        queue.call::<()>("put", ("still here",)).unwrap();
        assert_eq!(queue.call::<String>("get", ()).unwrap(), "still here");
        manager.ping().unwrap();
        assert!(begin.elapsed() < PATIENCE / 2);
        drop(silent);
    });
}
