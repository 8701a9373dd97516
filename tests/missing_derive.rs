//! What the compiler says of types that lack the derive: `tests/missing-derive/<case>.rs` and the
//! expected text beside it.
//!
//! The whole text, as in `tests/ui`, would be another one with every new impl: it lists types that
//! have the trait. So these are the messages with their labels, and the notes of ours.
//! `TRYBUILD=overwrite` writes the texts.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A package whose programs are the cases.
fn write_package(directory: &Path, cases: &BTreeMap<String, String>) {
    fs::create_dir_all(directory).unwrap();
    let mut manifest = format!(
        "[package]\nname = \"missing-derive\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\npickle = {{ package = \"pickle-rs\", path = {ROOT:?} }}\n\n[workspace]\n"
    );
    for (name, source) in cases {
        writeln!(manifest, "\n[[bin]]\nname = {name:?}\npath = {source:?}").unwrap();
    }
    fs::write(directory.join("Cargo.toml"), manifest).unwrap();
    // The versions that this package was built with are there without a network.
    fs::copy(
        Path::new(ROOT).join("Cargo.lock"),
        directory.join("Cargo.lock"),
    )
    .unwrap();
}

/// Whether a note is one that the library gives, rather than the compiler by itself.
fn is_ours(note: &Value) -> bool {
    let text = note["message"].as_str().unwrap();
    note["level"] == "note"
        && note["spans"].as_array().unwrap().is_empty()
        && !text.starts_with("required for")
        && !text.starts_with("this error originates")
}

/// A message with its place, its label and the notes of ours.
fn shown(message: &Value) -> Option<String> {
    let spans = message["spans"].as_array().unwrap();
    let place = spans.iter().find(|span| span["is_primary"] == true)?;
    let mut text = format!(
        "{}:{}: {}\n",
        place["line_start"],
        place["column_start"],
        message["message"].as_str().unwrap()
    );
    if let Some(label) = place["label"].as_str() {
        writeln!(text, "    {label}").unwrap();
    }
    let notes = message["children"].as_array().unwrap().iter();
    for note in notes.filter(|note| is_ours(note)) {
        writeln!(text, "    note: {}", note["message"].as_str().unwrap()).unwrap();
    }
    Some(text)
}

#[test]
fn a_missing_derive_is_answered_with_the_facades_path() {
    let mut cases = BTreeMap::new();
    for entry in fs::read_dir(Path::new(ROOT).join("tests/missing-derive")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            cases.insert(name, path.to_str().unwrap().to_owned());
        }
    }
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let directory = temporary.join("missing-derive");
    write_package(&directory, &cases);
    let output = Command::new(env!("CARGO"))
        .args([
            "check",
            "--offline",
            "--keep-going",
            "--message-format=json",
        ])
        .arg("--target-dir")
        // Where `tests/ui` has built the library already.
        .arg(temporary.with_file_name("tests").join("trybuild"))
        .current_dir(&directory)
        .output()
        .unwrap();
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for line in str::from_utf8(&output.stdout).unwrap().lines() {
        let message: Value = serde_json::from_str(line).unwrap();
        let name = message["target"]["name"].as_str().unwrap_or_default();
        if message["reason"] == "compiler-message" && cases.contains_key(name) {
            let shown = shown(&message["message"]).unwrap_or_default();
            found.entry(name.to_owned()).or_default().push_str(&shown);
        }
    }
    let overwrite = std::env::var_os("TRYBUILD").is_some_and(|value| value == "overwrite");
    for (name, source) in &cases {
        let Some(found) = found.get(name) else {
            panic!("{name}: {}", String::from_utf8_lossy(&output.stderr));
        };
        let expected = Path::new(source).with_extension("txt");
        match overwrite {
            true => fs::write(expected, found).unwrap(),
            false => assert_eq!(*found, fs::read_to_string(expected).unwrap(), "{name}"),
        }
    }
}
