//! Eight clients at once, nothing lost, memory bounded.
//!
//! `PICKLE_SOAK` says how many messages each client sends; `scripts/soak` sends 10,000.

use std::collections::HashMap;
use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use pickle::multiprocessing::ErrorKind;
use pickle::multiprocessing::connection::{Address, Client, Listener};
use pickle::multiprocessing::managers::Manager;

use crate::peer::{KEY, Peer, in_time, pythons, shown};
use crate::server::serving;

const CLIENTS: usize = 8;

fn messages() -> usize {
    match std::env::var("PICKLE_SOAK") {
        Ok(count) => count.parse().unwrap(),
        Err(_) => 500,
    }
}

/// What this process has in memory, in KiB.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    line.and_then(|line| line.split_whitespace().nth(1))
        .map_or(0, |kib| kib.parse().unwrap())
}

/// Strangers who keep coming until this is dropped.
struct Strangers {
    stop: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<usize>>,
}

impl Strangers {
    fn bother(address: &Address) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (address, stopped) = (address.clone(), stop.clone());
        let thread = thread::spawn(move || {
            let Address::Inet(host, port) = &address else {
                panic!("another family")
            };
            let mut count = 0;
            let mut silent = Vec::new();
            while !stopped.load(Ordering::Relaxed) {
                let mut stranger = TcpStream::connect((host.as_str(), *port)).unwrap();
                match count % 4 {
                    0 => silent.push(stranger),
                    1 => drop(stranger.write_all(&[0xff; 100])),
                    2 => drop(stranger.write_all(b"\0\0\0\x10half")),
                    _ => {
                        let refused = Client::new(&address).with_authkey("another").connect();
                        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Authentication);
                    }
                }
                count += 1;
                silent.truncate(64);
                thread::sleep(Duration::from_millis(5));
            }
            count
        });
        Self {
            stop,
            thread: Some(thread),
        }
    }

    fn end(mut self) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap()
    }
}

fn report(what: &str, begin: Instant, before: usize, strangers: usize) {
    let after = resident();
    println!(
        "{what}: {CLIENTS} clients, {} messages each, in {:.1} s; \
         memory {before} KiB before, {after} KiB after; {strangers} strangers refused",
        messages(),
        begin.elapsed().as_secs_f64(),
    );
    assert!(after < before + 32 * 1024, "{before} KiB became {after}");
}

#[test]
fn a_listener_and_eight_clients() {
    in_time(|| {
        let mut listener = Listener::bind(("127.0.0.1", 0)).unwrap().with_authkey(KEY);
        let address = listener.address().clone();
        let (begin, before) = (Instant::now(), resident());
        let strangers = Strangers::bother(&address);
        // Half of them are Pythons, one of each kind after the other.
        let pythons: Vec<_> = pythons().collect();
        let (count, shown) = (messages().to_string(), shown(&address));
        let peers: Vec<_> = pythons
            .iter()
            .cycle()
            .take(match pythons.is_empty() {
                true => 0,
                false => CLIENTS / 2,
            })
            .enumerate()
            .map(|(nth, python)| {
                let name = format!("python {nth}");
                Peer::start(python, "flood", &[&shown, KEY, &name, &count])
            })
            .collect();
        let clients: Vec<_> = (peers.len()..CLIENTS)
            .map(|nth| {
                let address = address.clone();
                thread::spawn(move || {
                    let mut connection = Client::new(address).with_authkey(KEY).connect().unwrap();
                    let name = format!("rust {nth}");
                    for number in 0..messages() {
                        connection.send(&(&name, number)).unwrap();
                        let (again, echoed): (String, usize) = connection.recv().unwrap();
                        assert_eq!((&again, echoed), (&name, number));
                    }
                })
            })
            .collect();

        let mut served = Vec::new();
        while served.len() < CLIENTS {
            match listener.accept() {
                Ok(mut connection) => served.push(thread::spawn(move || {
                    let mut expected = 0;
                    let mut of = None;
                    loop {
                        match connection.recv::<(String, usize)>() {
                            Ok((name, number)) => {
                                assert_eq!(number, expected);
                                assert_eq!(of.get_or_insert_with(|| name.clone()), &name);
                                expected += 1;
                                connection.send(&(name, number)).unwrap();
                            }
                            Err(error) if error.is_eof() => return expected,
                            Err(error) => panic!("{error:?}"),
                        }
                    }
                })),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Authentication, "{error:?}"),
            }
        }
        // Others are still looked after.
        let strangers = {
            let stopped = thread::spawn(move || strangers.end());
            while !stopped.is_finished() {
                let _ = Client::new(&address).connect();
                let _ = listener.accept();
            }
            stopped.join().unwrap()
        };
        peers.into_iter().for_each(Peer::succeed);
        for client in clients {
            client.join().unwrap();
        }
        for thread in served {
            assert_eq!(thread.join().unwrap(), messages());
        }
        report("a listener", begin, before, strangers);
    });
}

#[test]
fn a_queue_and_eight_clients() {
    in_time(|| {
        let (serving, queue) = serving(("127.0.0.1", 0));
        let address = serving.address().clone();
        let (begin, before) = (Instant::now(), resident());
        let strangers = Strangers::bother(&address);
        let pythons: Vec<_> = pythons().collect();
        let (count, shown) = (messages().to_string(), shown(&address));
        let peers: Vec<_> = pythons
            .iter()
            .rev()
            .cycle()
            .take(match pythons.is_empty() {
                true => 0,
                false => CLIENTS / 2,
            })
            .enumerate()
            .map(|(nth, python)| {
                let name = format!("python {nth}");
                Peer::start(python, "manager_flood", &[&shown, KEY, &name, &count])
            })
            .collect();
        let clients: Vec<_> = (peers.len()..CLIENTS)
            .map(|nth| {
                let manager = Manager::connect(&address, KEY).unwrap();
                thread::spawn(move || {
                    let queue = manager.create("get_queue", ()).unwrap();
                    for number in 0..messages() {
                        queue
                            .call::<()>("put", ((format!("rust {nth}"), number),))
                            .unwrap();
                    }
                })
            })
            .collect();

        // Each client's numbers come in order, and all of them do.
        let mut next: HashMap<String, usize> = HashMap::new();
        for _ in 0..CLIENTS * messages() {
            let (name, number): (String, usize) = queue.get(Some(crate::peer::PATIENCE)).unwrap();
            let expected = next.entry(name).or_default();
            assert_eq!(number, *expected);
            *expected += 1;
        }
        assert_eq!(next.len(), CLIENTS);
        peers.into_iter().for_each(Peer::succeed);
        for client in clients {
            client.join().unwrap();
        }
        assert!(queue.is_empty());
        let strangers = strangers.end();
        report("a queue", begin, before, strangers);
    });
}
