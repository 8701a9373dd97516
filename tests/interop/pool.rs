//! The example `worker_pool`: parents and workers in Rust and in Python, in every combination that
//! has Rust in it.

use std::process::Command;

use crate::deadline::Running;
use crate::support::{example, pythons, text};

/// One of the workers dies of the last job, and another one does it.
const DONE: &str = "\
square of 1 -> 1
reverse of job 1 -> 1 boj
square of 2 -> 4
reverse of job 2 -> 2 boj
square of 3 -> 9
reverse of job 3 -> 3 boj
square of 4 -> 16
reverse of job 4 -> 4 boj
square of 5 -> 25
reverse of job 5 -> 5 boj
crash -> survived
";

fn done(command: &mut Command) -> String {
    text(&Running::start(command).talk(b""))
}

#[test]
fn rust_workers_of_a_rust_parent() {
    assert_eq!(done(&mut Command::new(example("worker_pool"))), DONE);
}

#[test]
fn python_workers_of_a_rust_parent() {
    for python in pythons().iter().filter(|python| !python.is_python2()) {
        let worker = python.script("examples/worker_pool/worker.py");
        let mut parent = Command::new(example("worker_pool"));
        parent
            .arg("parent")
            .arg(worker.get_program())
            .args(worker.get_args());
        assert_eq!(done(&mut parent), DONE, "{python}");
    }
}

#[test]
fn rust_workers_of_a_python_parent() {
    for python in pythons().iter().filter(|python| !python.is_python2()) {
        let mut parent = python.script("examples/worker_pool/parent.py");
        parent.arg(example("worker_pool")).arg("worker");
        assert_eq!(done(&mut parent), DONE, "{python}");
    }
}

#[test]
fn workers_that_cannot_do_it_are_an_error() {
    let mut parent = Command::new(example("worker_pool"));
    // Ends at once, without a word.
    let nobody = [
        example("worker_pool").display().to_string(),
        "nobody".into(),
    ];
    let status = Running::start(parent.arg("parent").args(nobody)).wait();
    assert_eq!(status.code(), Some(1));
}
