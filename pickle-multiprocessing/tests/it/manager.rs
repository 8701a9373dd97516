//! Objects of a Python manager.

use std::thread;
use std::time::Duration;

use pickle::multiprocessing::connection::Address;
use pickle::multiprocessing::managers::{Exception, Manager, Proxy};
use pickle::multiprocessing::{Error, ErrorKind};
use pickle::{Pickle, Value, value};

use crate::peer::{KEY, PATIENCE, Peer, addresses, in_time, pythons};

#[track_caller]
fn raised<T: std::fmt::Debug>(result: Result<T, Error>) -> Exception {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Raised, "{error:?}");
    error.exception().unwrap().clone()
}

/// An exception of the script.
#[derive(Pickle, Debug)]
#[pickle(exception)]
struct Unknown(String);

fn use_queue(queue: &Proxy) {
    assert!(queue.methods().iter().any(|method| method == "get_nowait"));
    queue.call::<()>("put", (("tea", 2),)).unwrap();
    assert_eq!(queue.call::<usize>("qsize", ()).unwrap(), 1);
    let item: (String, u32) = queue.call("get", ()).unwrap();
    assert_eq!(item, ("tea".to_owned(), 2));

    let empty = raised(queue.call::<Value>("get", (true, 0.01)));
    assert!(empty.is("queue", "Empty") && empty.traceback().is_none());
    let empty = raised(queue.call_with::<Value>("get", (), &[("block", &false)]));
    assert!(empty.is("queue", "Empty"));

    // One that waits, while this thread goes on.
    let waiting = thread::spawn({
        let queue = queue.clone();
        move || queue.call::<String>("get", ()).unwrap()
    });
    thread::sleep(Duration::from_millis(50));
    queue.call::<()>("put", ("for you",)).unwrap();
    assert_eq!(waiting.join().unwrap(), "for you");
}

fn use_thing(manager: &Manager) {
    let thing = manager
        .create_with("Thing", (10,), &[("step", &2)])
        .unwrap();
    assert_eq!(thing.call::<i64>("add", ()).unwrap(), 12);
    assert_eq!(thing.call::<i64>("add", (3,)).unwrap(), 18);
    let error = raised(thing.call::<()>("fail", ("a reason",)));
    assert!(error.is("builtins", "ValueError"));
    assert_eq!(Value::from(error.args().clone()), value!(("a reason", 2)));
    assert_eq!(error.to_string(), "ValueError: ('a reason', 2)");

    let error = raised(thing.call::<()>("unknown", ()));
    assert!(error.is("__main__", "Unknown"));
    let Unknown(text) = error.load().unwrap();
    assert_eq!(text, "of no class that you know");

    let error = raised(thing.call::<Value>("unpicklable", ()));
    assert!(
        error
            .traceback()
            .unwrap()
            .contains("Unserializable message: Traceback")
    );
    let error = raised(thing.call::<()>("secret", ()));
    let traceback = error.traceback().unwrap();
    assert!(
        traceback.contains("Traceback (most recent call last)"),
        "{traceback}"
    );

    // The wrong type is an error here; the next call is not disturbed.
    let error = thing.call::<String>("add", ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Pickle);
    assert_eq!(thing.call::<i64>("add", ()).unwrap(), 22);

    // The result is a shared object.
    let before = manager.number_of_objects().unwrap();
    let parts = thing.call_proxy("parts", ()).unwrap();
    assert_eq!(manager.number_of_objects().unwrap(), before + 1);
    parts.call::<()>("append", (4,)).unwrap();
    assert_eq!(parts.value::<Vec<i64>>().unwrap(), [1, 2, 3, 4]);
    assert_eq!(
        parts.call::<String>("__repr__", ()).unwrap(),
        "[1, 2, 3, 4]"
    );
    drop(parts);
    let error = thing.call::<Value>("parts", ()).unwrap_err();
    assert!(error.message().contains("call_proxy"), "{error}");
    assert!(thing.call_proxy("add", ()).is_err());
    assert_eq!(manager.number_of_objects().unwrap(), before);
}

fn use_references(manager: &Manager) {
    let before = manager.number_of_objects().unwrap();
    let dict = manager.create("dict", (value!({"tea": 2}),)).unwrap();
    let clone = dict.clone();
    let attached = manager.proxy(dict.token()).unwrap();
    assert_eq!(attached.methods().len(), dict.methods().len());
    assert!(manager.debug_info().unwrap().contains("refcount=2"));
    drop(dict);
    assert_eq!(clone.call::<i64>("__getitem__", ("tea",)).unwrap(), 2);
    let missing = raised(clone.call::<i64>("__getitem__", ("cups",)));
    assert_eq!(missing.to_string(), "KeyError: 'cups'");
    drop(clone);
    assert_eq!(attached.value::<Value>().unwrap(), value!({"tea": 2}));
    assert_eq!(manager.number_of_objects().unwrap(), before + 1);
    let token = attached.token().clone();
    drop(attached);
    assert_eq!(manager.number_of_objects().unwrap(), before);
    assert!(raised(manager.proxy(&token)).traceback().is_some());
    assert!(raised(manager.create("nothing", ())).traceback().is_some());
}

/// Locks belong to a thread of the server, which serves one of ours.
fn use_locks(manager: &Manager) {
    let lock = manager.create("RLock", ()).unwrap();
    let other = manager.create("list", ()).unwrap();
    assert!(lock.call::<bool>("acquire", ()).unwrap());
    let contender = {
        let (lock, other) = (lock.clone(), other.clone());
        thread::spawn(move || {
            other.call::<()>("append", (1,)).unwrap();
            lock.call::<bool>("acquire", (true, 0.05)).unwrap()
        })
    };
    assert!(!contender.join().unwrap());
    assert!(lock.call::<bool>("acquire", ()).unwrap());
    other.call::<()>("append", (2,)).unwrap();
    lock.call::<()>("release", ()).unwrap();
    lock.call::<()>("release", ()).unwrap();
    assert!(raised(lock.call::<()>("release", ())).is("builtins", "RuntimeError"));
}

#[test]
fn objects_of_a_python_manager() {
    in_time(|| {
        // One family for every other Python.
        for (nth, python) in pythons().enumerate() {
            let (_dir, addresses) = addresses();
            let address = addresses[nth % 2].clone();
            let peer = Peer::connect(python, "manager", &address, KEY);
            let address = peer.address();
            let refused = Manager::connect(&address, "another").unwrap_err();
            assert_eq!(refused.message(), "digest sent was rejected");

            let manager = Manager::connect(&address, KEY).unwrap();
            manager.ping().unwrap();
            let queue = manager.create("get_queue", ()).unwrap();
            use_queue(&queue);
            use_thing(&manager);
            use_references(&manager);
            use_locks(&manager);
            manager.shutdown().unwrap();
            // There is nobody to be told that this is dropped.
            drop(queue);
        }
    });
}

#[test]
fn a_server_that_is_gone_is_an_error() {
    in_time(|| {
        let python = pythons().last().unwrap();
        let peer = Peer::connect(python, "manager", &Address::from(("127.0.0.1", 0)), KEY);
        let manager = Manager::connect(peer.address(), KEY).unwrap();
        let queue = manager.create("get_queue", ()).unwrap();
        let waiting = thread::spawn({
            let queue = queue.clone();
            move || queue.call::<String>("get", ())
        });
        queue.call::<usize>("qsize", ()).unwrap();
        thread::sleep(Duration::from_millis(100));
        peer.kill();
        assert!(waiting.join().unwrap().is_err());
        let begin = std::time::Instant::now();
        assert!(queue.call::<usize>("qsize", ()).is_err());
        assert!(manager.ping().is_err());
        drop(queue);
        assert!(begin.elapsed() < PATIENCE / 2);
    });
}
