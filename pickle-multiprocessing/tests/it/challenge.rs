//! Wrong keys, garbage, and clients that say nothing.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use pickle::multiprocessing::connection::{Address, Client, Connection, Listener};
use pickle::multiprocessing::{ErrorKind, Result};

use crate::peer::{KEY, PATIENCE, Peer, in_time, pythons};

fn listener() -> Listener {
    Listener::bind(("127.0.0.1", 0)).unwrap().with_authkey(KEY)
}

fn stream_to(address: &Address) -> TcpStream {
    match address {
        Address::Inet(host, port) => TcpStream::connect((host.as_str(), *port)).unwrap(),
        _ => panic!("another family"),
    }
}

fn assert_refused(result: Result<Connection>, message: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication, "{error:?}");
    assert!(error.message().contains(message), "{error:?}");
}

#[test]
fn wrong_keys_both_ways() {
    in_time(|| {
        for python in pythons() {
            let mut listener = listener();
            let peer = Peer::connect(python, "rejected", listener.address(), "another");
            assert_refused(listener.accept(), "digest received was wrong");
            peer.succeed();

            let peer = Peer::connect(python, "listen", &("127.0.0.1", 0).into(), KEY);
            let address = peer.address();
            let client = Client::new(&address);
            assert_refused(
                client.clone().with_authkey("another").connect(),
                "digest sent was rejected",
            );
            let said = peer.line();
            assert_eq!(
                said,
                "refused: AuthenticationError: digest received was wrong"
            );
            // The next one is served.
            let mut connection = client.with_authkey(KEY).connect().unwrap();
            connection.send_bytes(b"stop").unwrap();
            assert_eq!(connection.recv_bytes().unwrap(), b"stop");
            peer.succeed();
        }
    });
}

/// What strangers send, and what it is refused with.
fn garbage() -> Vec<(Vec<u8>, &'static str)> {
    let message = |bytes: &[u8]| {
        let mut framed = (bytes.len() as u32).to_be_bytes().to_vec();
        framed.extend(bytes);
        framed
    };
    let mut long = b"\xff\xff\xff\xff".to_vec();
    long.extend(u64::MAX.to_be_bytes());
    vec![
        (b"GET / HTTP/1.1\r\n\r\n".to_vec(), "bad message length"),
        (b"\x7f\xff\xff\xff".to_vec(), "bad message length"),
        (b"\xff\xff\xff\xfe".to_vec(), "bad message length"),
        (long, "bad message length"),
        (message(&[b'x'; 257]), "bad message length"),
        (message(b""), "unsupported message length"),
        (message(b"{md4}0123456789012345"), "unsupported digest"),
        (message(&[0; 16]), "digest received was wrong"),
        (message(&[0; 20]), "expected 'md5' of length 16 got 20"),
        (
            message(b"{sha256}short"),
            "expected 'sha256' of length 32 got 5",
        ),
        (
            b"\0\0\0\x10only a part".to_vec(),
            "got end of file during message",
        ),
        (Vec::new(), ""),
    ]
}

#[test]
fn garbage_is_refused_and_disturbs_nobody() {
    in_time(|| {
        let mut listener = listener();
        let address = listener.address().clone();
        for (bytes, message) in garbage() {
            let mut stranger = stream_to(&address);
            stranger.write_all(&bytes).unwrap();
            if !message.contains("bad") && !message.contains("unsupported") {
                stranger.shutdown(std::net::Shutdown::Write).unwrap();
            }
            assert_refused(listener.accept(), message);
            // It has had the challenge, and was closed then.
            let mut rest = Vec::new();
            stranger.set_read_timeout(Some(PATIENCE)).unwrap();
            let _ = stranger.read_to_end(&mut rest);
            assert!(rest.starts_with(b"\0\0\0\x3b#CHALLENGE#{sha256}"));

            let address = address.clone();
            let client = std::thread::spawn(move || {
                Client::new(address).with_authkey(KEY).connect().unwrap()
            });
            listener.accept().unwrap();
            client.join().unwrap();
        }
    });
}

#[test]
fn who_says_nothing_is_in_nobodys_way() {
    in_time(|| {
        let mut listener = listener();
        let address = listener.address().clone();
        // More than may prove themselves at once.
        let mut strangers: Vec<_> = (0..100).map(|_| stream_to(&address)).collect();
        strangers[0].write_all(b"\0\0").unwrap();
        let begin = Instant::now();
        for python in pythons() {
            let peer = Peer::connect(python, "client", &address, KEY);
            let mut connection = listener.accept().unwrap();
            while let Ok(message) = connection.recv_bytes() {
                connection.send_bytes(&message).unwrap();
                if message == b"stop" {
                    break;
                }
            }
            drop(connection);
            peer.succeed();
            strangers.push(stream_to(&address));
        }
        assert!(begin.elapsed() < PATIENCE);
    });
}

#[test]
fn of_too_many_the_one_that_was_silent_for_longest_goes() {
    in_time(|| {
        let mut listener = listener();
        let address = listener.address().clone();
        let strangers = std::thread::spawn(move || {
            let Address::Inet(host, port) = &address else {
                panic!("another family")
            };
            let strangers = (0..140).map(|_| TcpStream::connect((host.as_str(), *port)));
            strangers.collect::<Vec<_>>()
        });
        assert_refused(listener.accept(), "too many clients");
        // Those that were not accepted are refused.
        drop(listener);
        strangers.join().unwrap();
    });
}

#[test]
fn a_handshake_has_its_time() {
    in_time(|| {
        let mut listener = listener().with_timeout(Duration::from_millis(100));
        let address = listener.address().clone();
        let mut stranger = stream_to(&address);
        // A byte now and then does not help.
        let dripping = std::thread::spawn(move || {
            while stranger.write_all(b"\0").is_ok() {
                std::thread::sleep(Duration::from_millis(30));
            }
        });
        let begin = Instant::now();
        assert_refused(listener.accept(), "");
        assert!(begin.elapsed() < PATIENCE / 2);
        dripping.join().unwrap();

        // A listener that says nothing.
        let silent = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let client = Client::new(silent.local_addr().unwrap())
            .with_authkey(KEY)
            .with_timeout(Duration::from_millis(100));
        assert_refused(client.connect(), "takes too long");
    });
}

#[test]
fn a_listener_that_talks_nonsense_is_refused() {
    in_time(|| {
        let nonsense: [(&[u8], &str); 5] = [
            (
                b"\0\0\0\x04HTTP",
                "Protocol error, expected challenge: message=b'HTTP'",
            ),
            (b"\0\0\0\x0c#CHALLENGE#x", "challenge too short: 1 bytes"),
            (b"HTTP/1.1 200 OK", "bad message length"),
            (b"\0\0", "got end of file during message"),
            (b"", "closed the connection"),
        ];
        for (bytes, message) in nonsense {
            let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
            let address = listener.local_addr().unwrap();
            let server = std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                stream.write_all(bytes).unwrap();
            });
            assert_refused(Client::new(address).with_authkey(KEY).connect(), message);
            server.join().unwrap();
        }
    });
}
