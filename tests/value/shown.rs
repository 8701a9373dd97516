//! `repr` and `pprint` against real Pythons, for generated values.
//!
//! `scripts/repr` runs more cases than `cargo test`.

use std::io::{BufReader, Read};
use std::process::Stdio;

use pickle::{Registry, Unpickler, Value};

use crate::support::{Python, pythons};

#[test]
fn generated_values_are_shown_as_python_shows_them() {
    let number = |name: &str| std::env::var(name).ok()?.parse::<usize>().ok();
    let cases = number("PICKLE_REPR_CASES").unwrap_or(150);
    let seed = number("PICKLE_REPR_SEED").unwrap_or(1);
    let pythons: Vec<_> = pythons().iter().filter(|p| p.version >= (3, 8)).collect();
    for (nth, python) in pythons.iter().enumerate() {
        let share = cases / pythons.len() + usize::from(nth < cases % pythons.len());
        compare(python, share, seed);
    }
}

fn compare(python: &Python, cases: usize, seed: usize) {
    let mut child = python
        .script("tests/python/repr.py")
        .args(["generate", &cases.to_string(), &seed.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    let mut part = || {
        let mut length = [0; 8];
        answers.read_exact(&mut length).unwrap();
        let mut part = vec![0; usize::try_from(u64::from_le_bytes(length)).unwrap()];
        answers.read_exact(&mut part).unwrap();
        part
    };
    for case in 0..cases {
        let (bytes, repr, pformat) = (part(), part(), part());
        let value: Value = Unpickler::from_slice(&bytes)
            .with_opaque(true)
            .with_registry(Registry::new())
            .load()
            .unwrap();
        let case = format!("case {case} of seed {seed} in {python}");
        assert_text(&value.to_string(), &repr, &case);
        assert_text(&format!("{value:#}"), &pformat, &case);
    }
    assert!(child.wait().unwrap().success());
}

#[track_caller]
fn assert_text(found: &str, expected: &[u8], case: &str) {
    let expected = String::from_utf8_lossy(expected);
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (found_lines, expected_lines) = (lines(found), lines(&expected));
    let differs = found_lines
        .iter()
        .zip(&expected_lines)
        .find(|(a, b)| a != b);
    assert!(
        found == expected,
        "{case}: {differs:#?}\n{found}\n{expected}"
    );
}
