//! Objects to and from another process.

use std::time::Duration;

use pickle::Value;
use pickle::multiprocessing::connection::{Address, Client, Connection, Listener, wait};
use pickle::multiprocessing::{Error, ErrorKind};

use crate::peer::{KEY, PATIENCE, Peer, addresses, in_time, pythons, shown};

/// Sends back what it receives, until that is `stop`.
fn echo(mut connection: Connection) {
    loop {
        let message = connection.recv_bytes().unwrap();
        connection.send_bytes(&message).unwrap();
        if message == b"stop" {
            return;
        }
    }
}

fn talk(address: &Address) {
    let mut connection = Client::new(address).with_authkey(KEY).connect().unwrap();
    connection.send(&("tea", 2.5, ())).unwrap();
    assert!(connection.poll(Some(PATIENCE)).unwrap());
    let (name, price, ()): (String, f64, ()) = connection.recv().unwrap();
    assert_eq!((name.as_str(), price), ("tea", 2.5));
    for size in [0, 1, 8188, 8189, 16384, 16385, 3_000_000] {
        let message: Vec<u8> = (0..size).map(|n| n as u8).collect();
        connection.send_bytes(&message).unwrap();
        assert!(connection.recv_bytes().unwrap() == message);
        // An object of that size.
        connection.send(&message).unwrap();
        assert!(connection.recv::<Vec<u8>>().unwrap() == message);
    }
    assert!(!connection.poll(Some(Duration::ZERO)).unwrap());
    // Several messages on the way at once.
    for number in 0..100 {
        connection.send(&number).unwrap();
    }
    for number in 0..100 {
        assert_eq!(connection.recv::<i32>().unwrap(), number);
    }
    // A message of another type is taken, and the next one is read.
    connection.send("seven").unwrap();
    connection.send(&7).unwrap();
    let error = connection.recv::<i32>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Pickle);
    assert_eq!(connection.recv::<i32>().unwrap(), 7);

    connection.send_bytes(b"stop").unwrap();
    assert_eq!(connection.recv_bytes().unwrap(), b"stop");
    assert!(connection.poll(Some(PATIENCE)).unwrap());
    assert!(connection.recv::<Value>().unwrap_err().is_eof());
}

#[test]
fn a_client_of_python() {
    in_time(|| {
        for python in pythons() {
            let (_dir, addresses) = addresses();
            for address in addresses {
                let peer = Peer::connect(python, "listen", &address, KEY);
                talk(&peer.address());
                peer.succeed();
            }
        }
    });
}

#[test]
fn a_listener_for_python() {
    in_time(|| {
        for python in pythons() {
            let (_dir, addresses) = addresses();
            for address in addresses {
                let mut listener = Listener::bind(address).unwrap().with_authkey(KEY);
                let peer = Peer::connect(python, "client", listener.address(), KEY);
                echo(listener.accept().unwrap());
                peer.succeed();
            }
        }
    });
}

#[test]
fn rust_on_both_sides() {
    in_time(|| {
        let (dir, addresses) = addresses();
        for address in addresses {
            let mut listener = Listener::bind(address).unwrap().with_authkey(KEY);
            let address = listener.address().clone();
            let client = std::thread::spawn(move || talk(&address));
            echo(listener.accept().unwrap());
            client.join().unwrap();
        }
        // The socket's file is gone with the listener.
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    });
}

#[test]
fn without_a_key_nothing_is_proved() {
    in_time(|| {
        for python in pythons() {
            let peer = Peer::connect(python, "listen", &("127.0.0.1", 0).into(), "-");
            let mut connection = Client::new(peer.address()).connect().unwrap();
            connection.send_bytes(b"stop").unwrap();
            assert_eq!(connection.recv_bytes().unwrap(), b"stop");
            peer.succeed();

            let mut listener = Listener::bind(("127.0.0.1", 0)).unwrap();
            let peer = Peer::connect(python, "client", listener.address(), "-");
            echo(listener.accept().unwrap());
            peer.succeed();
        }
    });
}

#[cfg(target_os = "linux")]
#[test]
fn sockets_in_the_abstract_namespace() {
    in_time(|| {
        let name = format!("\0pickle-test-{}", std::process::id());
        let mut listener = Listener::bind(&*name).unwrap().with_authkey(KEY);
        let address = listener.address().clone();
        assert_eq!(address, Address::from(name));
        // Python has it as bytes.
        let pickled = pickle::dumps(&address).unwrap();
        assert!(matches!(pickle::loads(&pickled).unwrap(), Value::Bytes(_)));
        assert_eq!(pickle::loads::<Address>(&pickled).unwrap(), address);
        let client = std::thread::spawn(move || talk(&address));
        echo(listener.accept().unwrap());
        client.join().unwrap();
    });
}

#[test]
fn an_end_in_the_middle_of_a_message() {
    in_time(|| {
        use std::io::Write as _;

        for sent in [
            &b"\0\0"[..],
            b"\0\0\0\x05abc",
            b"\0\x10\0\0abc",
            b"\xff\xff\xff\xff\0",
        ] {
            let (mut here, there) = std::os::unix::net::UnixStream::pair().unwrap();
            here.write_all(sent).unwrap();
            drop(here);
            let error = Connection::from(there).recv_bytes().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Truncated);
            assert_eq!(error.python_type(), "OSError");
            assert_eq!(error.message(), "got end of file during message");
        }
    });
}

#[test]
fn python_is_killed_in_the_middle_of_a_message() {
    in_time(|| {
        for python in pythons() {
            let peer = Peer::connect(python, "listen", &("127.0.0.1", 0).into(), KEY);
            let address = peer.address();
            let mut connection = Client::new(&address).with_authkey(KEY).connect().unwrap();
            // More than the sockets hold: it sends while it is not received.
            let message = vec![0; 32 << 20];
            let sender = std::thread::spawn(move || {
                connection.send_bytes(&message).unwrap();
                connection.poll(Some(PATIENCE)).unwrap();
                connection
            });
            let mut connection = sender.join().unwrap();
            peer.kill();
            let error = connection.recv_bytes().unwrap_err();
            assert!(
                matches!(error.kind(), ErrorKind::Truncated | ErrorKind::Io),
                "{error:?}"
            );
        }
    });
}

#[test]
fn python_goes_away_in_the_middle_of_a_message() {
    in_time(|| {
        for python in pythons() {
            let mut listener = Listener::bind(("127.0.0.1", 0)).unwrap().with_authkey(KEY);
            let peer = Peer::connect(python, "break_off", listener.address(), KEY);
            let mut connection = listener.accept().unwrap();
            let error = connection.recv::<Value>().unwrap_err();
            assert_eq!(error.message(), "got end of file during message");
            peer.succeed();
        }
    });
}

#[test]
fn to_send_to_nobody_is_an_error() {
    in_time(|| {
        let (mut here, there) = Connection::pair().unwrap();
        drop(there);
        let error: Error = here.send("tea").unwrap_err();
        assert_eq!(error.io_kind(), Some(std::io::ErrorKind::BrokenPipe));
        assert_eq!(error.python_type(), "OSError");
        here.close();

        let gone = Listener::bind(("127.0.0.1", 0)).unwrap().address().clone();
        let error = Client::new(&gone).connect().unwrap_err();
        assert_eq!(error.io_kind(), Some(std::io::ErrorKind::ConnectionRefused));
        assert!(Client::new("/nowhere/socket").connect().is_err());
        assert!(shown(&gone).starts_with("127.0.0.1:"));
    });
}

#[test]
fn waiting_for_one_of_several() {
    in_time(|| {
        let (one, mut other_one) = Connection::pair().unwrap();
        let (mut two, mut other_two) = Connection::pair().unwrap();
        let soon = Some(Duration::from_millis(20));
        assert_eq!(wait(&[&one, &two], soon).unwrap(), [0; 0]);
        other_two.send(&1).unwrap();
        other_two.send(&2).unwrap();
        assert_eq!(wait(&[&one, &two], None).unwrap(), [1]);
        // The second message has arrived with the first.
        assert_eq!(two.recv::<i32>().unwrap(), 1);
        assert_eq!(wait(&[&one, &two], None).unwrap(), [1]);
        other_one.send(&3).unwrap();
        assert_eq!(wait(&[&one, &two], None).unwrap(), [0, 1]);
        assert_eq!(two.recv::<i32>().unwrap(), 2);
        drop(other_two);
        assert_eq!(wait(&[&two], None).unwrap(), [0]);
        assert!(two.recv::<i32>().unwrap_err().is_eof());
        assert_eq!(wait(&[], Some(Duration::ZERO)).unwrap(), [0; 0]);
    });
}
