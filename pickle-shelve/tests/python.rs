//! Shelves cross between Rust and real Pythons. Python's side is in `python/shelf.py`.

extern crate pickle_core as pickle;

#[path = "../../tests/interop/deadline.rs"]
mod deadline;
#[path = "../../tests/interop/support.rs"]
#[allow(dead_code, reason = "these tests run no examples")]
mod support;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use pickle::{Protocol, Value};
use pickle_derive::Pickle;
use pickle_shelve::{Error, Flag, Format, Shelf, ShelfOptions, which_db};

use deadline::Running;
use support::{Python, TempDir, pythons};

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "__main__")]
struct Order {
    id: u64,
    lines: Vec<String>,
}

/// As in the script.
const KEYS: [&str; 12] = [
    "tea",
    "",
    "kéy",
    "two\nlines",
    "it's",
    "say \"x\"",
    "both ' and \"",
    "back\\slash",
    "\u{6587}\u{5b57}",
    "\u{1f375}",
    "\x7f\u{85}\u{a0}\u{ad}\u{ff}",
    "tab\t\r\0 end ",
];

type Item = (String, i64, String);

fn item(key: &str, nth: usize) -> Item {
    (key.to_owned(), nth as i64, "value ".repeat(nth))
}

fn order() -> Order {
    Order {
        id: 7,
        lines: vec!["tea".into(), "cups".into()],
    }
}

fn script(python: &Python, verb: &str, path: &Path) -> Command {
    let mut script = python.script("tests/python/shelf.py");
    script.arg(verb).arg(path);
    script
}

fn run(command: &mut Command) -> String {
    support::text(&Running::start(command).talk(b""))
}

/// The formats that a Python has: what its `shelve.open` makes is the last one.
fn formats(python: &Python) -> &'static [(Format, &'static str)] {
    match python.version {
        (3, 13..) => &[(Format::Dumb, "dumb"), (Format::Sqlite, "default")],
        _ => &[(Format::Dumb, "dumb")],
    }
}

fn in_each_format(test: impl Fn(&Python, &Path, Format, &str)) {
    let directory = TempDir::new();
    for (nth, python) in pythons().iter().enumerate() {
        for &(format, name) in formats(python) {
            let path = directory.join(format!("{nth} {name}"));
            test(python, &path, format, name);
        }
    }
}

fn protocol_of(python: &Python) -> Protocol {
    *python.protocols().last().unwrap()
}

#[test]
fn rust_reads_what_python_writes_and_python_what_rust_makes_of_it() {
    in_each_format(|python, path, format, name| {
        let protocol = u8::from(protocol_of(python)).to_string();
        run(script(python, "write", path).arg(name).arg(protocol));
        assert_eq!(which_db(path).unwrap(), Some(format), "{python}");
        let shelf = ShelfOptions::new()
            .with_flag(Flag::ReadOnly)
            .open(path)
            .unwrap();
        for (nth, key) in KEYS.iter().enumerate() {
            assert_eq!(shelf.get(key).unwrap(), Some(item(key, nth)), "{python}");
        }
        assert_eq!(shelf.get("order").unwrap(), Some(order()));
        assert_eq!(shelf.len().unwrap(), KEYS.len() + 1);
        let mut keys: Vec<String> = shelf.keys().unwrap().map(Result::unwrap).collect();
        keys.sort();
        let mut expected: Vec<&str> = KEYS.iter().copied().chain(["order"]).collect();
        expected.sort();
        assert_eq!(keys, expected);
        drop(shelf);

        // What was changed and changed back is what it was.
        let mut shelf = ShelfOptions::new()
            .with_protocol(protocol_of(python))
            .open(path)
            .unwrap();
        for key in ["tea", "it's", "\u{1f375}"] {
            shelf.insert(key, &"long ".repeat(1000)).unwrap();
        }
        shelf.remove("").unwrap();
        for (nth, key) in KEYS.iter().enumerate() {
            shelf.insert(key, &item(key, nth)).unwrap();
        }
        drop(shelf);
        run(&mut script(python, "read", path));
    });
}

#[test]
fn python_reads_what_rust_writes_and_rust_what_python_makes_of_it() {
    in_each_format(|python, path, format, _| {
        let mut shelf = ShelfOptions::new()
            .with_flag(Flag::New)
            .with_format(format)
            .with_protocol(protocol_of(python))
            .open(path)
            .unwrap();
        for (nth, key) in KEYS.iter().enumerate() {
            shelf.insert(key, &item(key, nth)).unwrap();
        }
        shelf.insert("order", &order()).unwrap();
        // Not cleared away: Python reads the lines that no longer count as well.
        shelf.insert("tea", &"long ".repeat(1000)).unwrap();
        shelf.insert("tea", &item("tea", 0)).unwrap();
        drop(shelf);
        run(&mut script(python, "read", path));
        run(&mut script(python, "change", path));

        let shelf = Shelf::open(path).unwrap();
        assert_eq!(shelf.format(), format);
        let changed: Item = shelf.get("tea").unwrap().unwrap();
        let longer = "longer than it was. ".repeat(100);
        assert_eq!(changed, ("changed".to_owned(), -1, longer));
        assert_eq!(
            shelf.get("new").unwrap(),
            Some(("new".to_owned(), 100, String::new()))
        );
        assert_eq!(shelf.get::<Value>("it's").unwrap(), None);
        for (nth, key) in KEYS.iter().enumerate() {
            if !["tea", "it's"].contains(key) {
                assert_eq!(shelf.get(key).unwrap(), Some(item(key, nth)), "{python}");
            }
        }
    });
}

#[test]
fn the_index_of_a_dumb_shelf_is_the_one_that_python_writes() {
    for python in pythons() {
        let directory = TempDir::new();
        let [theirs, ours] = ["theirs", "ours"].map(|name| directory.join(name));
        let protocol = protocol_of(python);
        run(script(python, "write", &theirs)
            .arg("dumb")
            .arg(u8::from(protocol).to_string()));
        let mut shelf = ShelfOptions::new()
            .with_format(Format::Dumb)
            .with_protocol(protocol)
            .open(&ours)
            .unwrap();
        let keys = ShelfOptions::new().open(&theirs).unwrap().keys().unwrap();
        for key in keys.map(Result::unwrap) {
            shelf.insert(&key, &0).unwrap();
        }
        shelf.close().unwrap();
        let keys = |name: &str| -> Vec<Vec<u8>> {
            let index = fs::read(directory.join(name)).unwrap();
            let lines = index.split(|byte| *byte == b'\n');
            let place = |line: &[u8]| line.windows(3).rposition(|bytes| bytes == b", (");
            lines
                .map(|line| line[..place(line).unwrap_or(0)].to_vec())
                .collect()
        };
        let (mut theirs, mut ours) = (keys("theirs.dir"), keys("ours.dir"));
        // Python 2's `repr` escapes what is not ASCII, and its dicts have no order.
        if python.is_python2() {
            theirs.retain(|key| !key.contains(&b'\\'));
            ours.retain(|key| !key.contains(&b'\\') && key.is_ascii());
            theirs.sort();
            ours.sort();
        }
        assert_eq!(theirs, ours, "{python}");
        assert!(!theirs.is_empty());
    }
}

#[test]
fn several_rust_and_python_programs_write_at_once() {
    const COUNT: usize = 200;
    for python in pythons().iter().filter(|python| python.version >= (3, 13)) {
        let directory = TempDir::new();
        let path = directory.join("shelf");
        let mut shelf = Shelf::open(&path).unwrap();
        shelf.insert("counter", &0).unwrap();

        // One: where two of them write all the time, one may wait for more than the 5 seconds that
        // Python has patience.
        let mut script = script(python, "hammer", &path);
        script.arg("python").arg(COUNT.to_string());
        let mut script = Running::start(&mut script);
        // All have it open before the first one writes.
        let mut ready = String::new();
        BufReader::new(script.child.stdout.as_mut().unwrap())
            .read_line(&mut ready)
            .unwrap();
        assert_eq!(ready.trim(), "ready");
        let go = script.child.stdin.as_mut().unwrap().write_all(b"go\n");
        go.unwrap();
        // As long as Python writes.
        let done = AtomicBool::new(false);
        let write = |thread: usize| {
            let mut shelf = Shelf::open(&path).unwrap();
            let name = format!("rust {thread}");
            let mut count = 0;
            while !done.load(Ordering::Relaxed) {
                let value = (name.as_str(), count);
                shelf.insert(&format!("{name} {count}"), &value).unwrap();
                shelf.insert("shared", &value).unwrap();
                let half: (String, usize) = shelf
                    .get(&format!("{name} {}", count / 2))
                    .unwrap()
                    .unwrap();
                assert_eq!(half, (name.clone(), count / 2));
                count += 1;
            }
            count
        };
        let written = thread::scope(|scope| {
            let write = &write;
            let threads = [0, 1].map(|thread| scope.spawn(move || write(thread)));
            let finished = panic::catch_unwind(AssertUnwindSafe(|| script.finish()));
            done.store(true, Ordering::Relaxed);
            finished.unwrap();
            threads.map(|thread| thread.join().unwrap())
        });

        let counts = [
            ("python", COUNT),
            ("rust 0", written[0]),
            ("rust 1", written[1]),
        ];
        let mut all = 2;
        for (name, count) in counts {
            for nth in 0..count {
                let value: Option<(String, usize)> = shelf.get(&format!("{name} {nth}")).unwrap();
                assert_eq!(value, Some((name.to_owned(), nth)));
            }
            assert!(count > 0, "{name} had no turn: {counts:?}");
            all += count;
        }
        assert_eq!(shelf.len().unwrap(), all);
    }
}

#[test]
fn which_db_says_what_whichdb_says() {
    let directory = TempDir::new();
    let path = |name: &str| directory.join(name);
    let write = |name: &str, content: &[u8]| fs::write(path(name), content).unwrap();
    write("empty", b"");
    write("short", b"abc");
    write("four", b"abcd");
    write("text", b"a text that is no shelf");
    write("gnu", &0x1357_9ace_u32.to_ne_bytes());
    write("gnu64", &0x1357_9acf_u32.to_ne_bytes());
    for name in ["ndbm.pag", "ndbm.dir", "dumb.dat", "dumb.dir", "other.dat"] {
        write(name, b"");
    }
    write("dumb_keys.dat", b"K\x01.");
    write("dumb_keys.dir", b"'tea', (0, 3)\n");
    write("dumb_quotes.dat", b"K\x01.");
    write("dumb_quotes.dir", b"\"it's\", (0, 3)\n");
    write("half.dat", b"");
    write("half.dir", b"tea, (0, 3)\n");
    write("half", b"a text that is no shelf");
    fs::create_dir(path("directory")).unwrap();
    drop(Shelf::open(path("sqlite")).unwrap());
    // Both a dumb shelf and a file of SQLite: the order of the rules decides.
    write("both.dat", b"");
    write("both.dir", b"");
    fs::copy(path("sqlite"), path("both")).unwrap();

    let names = [
        "none",
        "empty",
        "short",
        "four",
        "text",
        "gnu",
        "gnu64",
        "ndbm",
        "dumb",
        "other",
        "dumb_keys",
        "dumb_quotes",
        "half",
        "directory",
        "both",
        "sqlite",
    ];
    let ours = |name: &str| match which_db(path(name)) {
        Ok(None) => "None".to_owned(),
        Ok(Some(format)) => format!("'{format}'"),
        Err(Error::NotAShelf { .. }) => "''".to_owned(),
        Err(error) => panic!("{name}: {error}"),
    };
    for python in pythons().iter().filter(|python| !python.is_python2()) {
        // Older ones do not know what they will make one day.
        let known = match python.version {
            (3, 13..) => &names[..],
            _ => &names[..names.len() - 1],
        };
        let mut script = script(python, "which", &path(known[0]));
        script.args(known[1..].iter().map(|name| path(name)));
        for (name, theirs) in known.iter().zip(run(&mut script).lines()) {
            assert_eq!(ours(name), theirs, "{name}, {python}");
        }
    }
}
