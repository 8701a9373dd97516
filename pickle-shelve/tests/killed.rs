//! A program that is killed while it writes leaves the shelf as it was before or after the write.
//!
//! It starts itself again as the program that writes, which is why it has a `main` of its own.

extern crate pickle_core as pickle;

#[path = "../../tests/interop/deadline.rs"]
mod deadline;
#[path = "../../tests/interop/support.rs"]
#[allow(dead_code, reason = "these tests run no examples")]
mod support;

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use pickle_shelve::{Format, Shelf, ShelfOptions};

use deadline::Running;
use support::{Python, TempDir, pythons};

/// What is killed is killed so often.
const TRIALS: u64 = 12;

fn main() {
    let arguments: Vec<String> = env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some("write") => write(Path::new(&arguments[2]), &arguments[3]),
        _ => test(),
    }
}

fn format(name: &str) -> Format {
    match name {
        "dumb" => Format::Dumb,
        _ => Format::Sqlite,
    }
}

fn text(nth: u64) -> String {
    "x".repeat((nth * 997 % 5000) as usize)
}

/// Writes until it is killed, and says which writes are done: `endless` in `python/shelf.py`.
fn write(path: &Path, name: &str) -> ! {
    let mut shelf = ShelfOptions::new()
        .with_format(format(name))
        .open(path)
        .unwrap();
    let mut nth = shelf
        .get::<(u64, String)>("last")
        .unwrap()
        .map_or(0, |last| last.0);
    loop {
        nth += 1;
        shelf
            .insert(&format!("key {}", nth % 7), &(nth, text(nth)))
            .unwrap();
        if nth % 10 == 9 {
            // It comes again with the next turn.
            shelf.remove(&format!("key {}", (nth + 1) % 7)).unwrap();
        }
        shelf.insert("last", &(nth, "")).unwrap();
        println!("{nth}");
    }
}

fn test() {
    let directory = TempDir::new();
    let has_sqlite = |python: &&Python| python.version >= (3, 13);
    let readers = |name: &'static str| {
        pythons()
            .iter()
            .filter(move |python| !python.is_python2() && (name == "dumb" || has_sqlite(python)))
    };
    for name in ["sqlite", "dumb"] {
        let path = directory.join(name);
        for trial in 0..TRIALS {
            let mut writer = Command::new(env::current_exe().unwrap());
            writer.arg("write").arg(&path).arg(name);
            let told = kill(&mut writer, trial);
            check(&path, name, told);
            if let Some(python) = readers(name).nth(trial as usize % readers(name).count().max(1)) {
                let mut script = python.script("tests/python/shelf.py");
                script.arg("check").arg(&path);
                let last = Running::start(&mut script).talk(b"");
                let last: u64 = support::text(&last).trim().parse().unwrap();
                assert!(
                    last == told || last == told + 1,
                    "{python}: {last}, not {told}"
                );
            }
        }
        println!("killed {TRIALS} times: {name}");
    }
    for python in pythons().iter().filter(has_sqlite) {
        let path = directory.join("python");
        for trial in 0..TRIALS / 2 {
            let mut script = python.script("tests/python/shelf.py");
            script.arg("endless").arg(&path);
            let told = kill(&mut script, trial);
            check(&path, "sqlite", told);
            std::fs::remove_file(&path).unwrap();
        }
        println!("killed {} times: {python}", TRIALS / 2);
    }
}

/// Runs a program for a while, kills it, and gives the last write that it said was done.
fn kill(command: &mut Command, trial: u64) -> u64 {
    let mut running = Running::start(command);
    let mut lines = BufReader::new(running.child.stdout.take().unwrap()).lines();
    let first = lines.next().expect("it ended by itself").unwrap();
    // Somewhere in the middle of something.
    thread::sleep(Duration::from_micros(trial * 7919 % 60_000));
    running.child.kill().unwrap();
    // A line that is cut off was never said; there is one byte at a time, or all of them.
    let last = lines.map_while(Result::ok).last().unwrap_or(first);
    last.parse().unwrap()
}

fn check(path: &Path, name: &str, told: u64) {
    let shelf = Shelf::open(path).unwrap();
    assert_eq!(shelf.format(), format(name));
    let last: (u64, String) = shelf.get("last").unwrap().unwrap();
    assert!(
        last.0 == told || last.0 == told + 1,
        "{name}: {} is there, {told} was told",
        last.0
    );
    let mut newest = 0;
    for item in shelf.items::<(u64, String)>().unwrap() {
        let (key, (nth, value)) = item.unwrap();
        if key != "last" {
            assert!(value == text(nth), "{name}: {key} has not what was written");
            assert_eq!(key, format!("key {}", nth % 7));
            newest = newest.max(nth);
        }
    }
    assert!(newest == last.0 || newest == last.0 + 1, "{name}: {newest}");
    std::io::stdout().flush().unwrap();
}
