//! The examples: they print what Python prints, and their files cross.

use std::fs;
use std::process::Command;

use pickle::Protocol;

use crate::support::{TempDir, example, output, pythons, run, text};
use crate::{SimpleObject, dump_to};

const WRITING: &str = "\
WRITING: pickle (elkcip)
WRITING: preserve (evreserp)
WRITING: last (tsal)
";
const READ: &str = "\
READ: pickle (elkcip)
READ: preserve (evreserp)
READ: last (tsal)
";

#[test]
fn examples_print_what_python_prints() {
    let printed = |name| run(&mut Command::new(example(name)));
    assert_eq!(
        printed("pickle_string"),
        r"DATA: [{'a': 'A', 'b': 2, 'c': 3.0}]
PICKLE: b'\x80\x04\x95#\x00\x00\x00\x00\x00\x00\x00]\x94}\x94(\x8c\x01a\x94\x8c\x01A\x94\x8c\x01b\x94K\x02\x8c\x01c\x94G@\x08\x00\x00\x00\x00\x00\x00ua.'
"
    );
    assert_eq!(
        printed("pickle_unpickle"),
        "\
BEFORE:  [{'a': 'A', 'b': 2, 'c': 3.0}]
AFTER :  [{'a': 'A', 'b': 2, 'c': 3.0}]
SAME? : False
EQUAL?: True
"
    );
    assert_eq!(
        printed("pickle_stream"),
        "\
WRITING : pickle (elkcip)
WRITING : preserve (evreserp)
WRITING : last (tsal)
READ    : pickle (elkcip)
READ    : preserve (evreserp)
READ    : last (tsal)
"
    );
    assert_eq!(printed("simple_object"), format!("{WRITING}{READ}"));
}

#[test]
fn examples_read_what_examples_write() {
    let directory = TempDir::new();
    let path = directory.join("test.dat");
    let dump = run(Command::new(example("pickle_dump_to_file_1")).arg(&path));
    assert_eq!(dump, WRITING);
    let load = run(Command::new(example("pickle_load_from_file_2")).arg(&path));
    assert_eq!(load, READ);
    let bytes = fs::read(&path).unwrap();

    let dump = run(Command::new(example("simple_object"))
        .arg("dump")
        .arg(&path));
    assert_eq!(dump, WRITING);
    let load = run(Command::new(example("simple_object"))
        .arg("load")
        .arg(&path));
    assert_eq!(load, READ);
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn python_reads_what_the_examples_write() {
    let directory = TempDir::new();
    let files = [
        directory.join("simple_object"),
        directory.join("dump_to_file"),
    ];
    run(Command::new(example("simple_object"))
        .arg("dump")
        .arg(&files[0]));
    run(Command::new(example("pickle_dump_to_file_1")).arg(&files[1]));
    for python in pythons() {
        // The examples write the default protocol, 4.
        if !python.protocols().contains(&Protocol::default()) {
            continue;
        }
        for file in &files {
            let mut script = python.script("tests/python/simple_object.py");
            assert_eq!(run(script.arg("load").arg(file)), READ, "{python}");
        }
    }
}

#[test]
fn python_reads_objects_of_every_protocol() {
    let directory = TempDir::new();
    for python in pythons() {
        for &protocol in python.protocols() {
            let mut bytes = Vec::new();
            for name in ["pickle", "preserve", "last"] {
                dump_to(&mut bytes, &SimpleObject::new(name), protocol);
            }
            let path = directory.join("test.dat");
            fs::write(&path, bytes).unwrap();
            let mut script = python.script("tests/python/simple_object.py");
            let read = run(script.arg("load").arg(path));
            assert_eq!(read, READ, "{python}, {protocol:?}");
        }
    }
}

#[test]
fn the_examples_read_what_python_writes() {
    let directory = TempDir::new();
    let path = directory.join("test.dat");
    for python in pythons() {
        for &protocol in python.protocols() {
            let mut script = python.script("tests/python/simple_object.py");
            let protocol_number = u8::from(protocol).to_string();
            let written = run(script.arg("dump").arg(&path).arg(protocol_number));
            assert_eq!(written, WRITING, "{python}, {protocol:?}");

            let mut load = Command::new(example("simple_object"));
            assert_eq!(
                run(load.arg("load").arg(&path)),
                READ,
                "{python}, {protocol:?}"
            );
            let mut load = Command::new(example("pickle_load_from_file_2"));
            assert_eq!(run(load.arg(&path)), READ, "{python}, {protocol:?}");
        }
    }
}

/// The line in which a Python or an example that lacks the class says so.
fn missing_class(command: &mut Command) -> String {
    let output = output(command);
    assert_eq!(output.status.code(), Some(1), "{command:?}");
    assert_eq!(text(&output.stdout), "", "{command:?}");
    let stderr = text(&output.stderr);
    let line = stderr
        .lines()
        .find(|line| line.starts_with("AttributeError"));
    let program = command
        .get_args()
        .find(|arg| arg.to_str().is_some_and(|arg| arg.ends_with(".py")));
    let program = program.unwrap_or(command.get_program()).to_str().unwrap();
    line.unwrap_or_else(|| panic!("{command:?}: {stderr}"))
        .replace(&format!("'{program}'"), "PROGRAM")
}

#[test]
fn a_program_without_the_class_fails_as_python_does() {
    let directory = TempDir::new();
    let path = directory.join("test.dat");
    run(Command::new(example("pickle_dump_to_file_1")).arg(&path));

    let ours = missing_class(Command::new(example("pickle_load_from_file_1")).arg(&path));
    assert_eq!(
        ours,
        "AttributeError: Can't get attribute 'SimpleObject' on <module '__main__' from PROGRAM>"
    );
    for python in pythons() {
        // Python 2 does not know the protocol; since 3.14 the text is another one.
        if matches!(python.version, (3, 4..14)) {
            let mut script = python.script("tests/python/without_class.py");
            assert_eq!(missing_class(script.arg(&path)), ours, "{python}");
        }
    }
}

#[test]
fn an_empty_file_holds_nothing() {
    let directory = TempDir::new();
    let path = directory.join("test.dat");
    fs::write(&path, "").unwrap();
    for name in ["pickle_load_from_file_1", "pickle_load_from_file_2"] {
        assert_eq!(run(Command::new(example(name)).arg(&path)), "");
    }
}

#[test]
fn the_golden_bytes_are_cpythons() {
    for python in pythons() {
        if matches!(python.version, (3, 8..14)) {
            run(python.script("tests/golden/generate.py").arg("--check"));
        }
    }
}
