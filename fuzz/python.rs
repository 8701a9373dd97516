//! A real Python that unpickles beside us.

use std::cell::RefCell;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

thread_local! {
    static PYTHON: RefCell<Option<Child>> = const { RefCell::new(None) };
}

/// Asks Python what it makes of a pickle; `None` if it did not survive it.
pub fn ask(pickle: &[u8]) -> Option<String> {
    PYTHON.with_borrow_mut(|child| {
        let python = child.get_or_insert_with(start);
        let answer = exchange(python, pickle);
        if answer.is_none() {
            if let Some(mut dead) = child.take() {
                let _ = dead.kill();
                let _ = dead.wait();
            }
        }
        answer
    })
}

fn start() -> Child {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    Command::new(python)
        .args(["-I", "-W", "ignore", concat!(env!("CARGO_MANIFEST_DIR"), "/unpickle.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a python3 to compare with")
}

fn exchange(python: &mut Child, pickle: &[u8]) -> Option<String> {
    let stdin = python.stdin.as_mut()?;
    stdin.write_all(&u32::try_from(pickle.len()).ok()?.to_be_bytes()).ok()?;
    stdin.write_all(pickle).ok()?;
    stdin.flush().ok()?;
    let stdout = python.stdout.as_mut()?;
    let mut size = [0; 4];
    stdout.read_exact(&mut size).ok()?;
    let mut answer = vec![0; u32::from_be_bytes(size) as usize];
    stdout.read_exact(&mut answer).ok()?;
    String::from_utf8(answer).ok()
}
