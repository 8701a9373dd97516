//! The corpus as its manifest describes it; `README.md` here is the reference.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use serde_json::Value as Json;

/// The Python whose reader ours is compared with.
pub(crate) const PYTHON: &str = "3.13";

pub(crate) struct Corpus {
    root: PathBuf,
    manifest: Manifest,
}

#[derive(Deserialize)]
struct Manifest {
    format: u64,
    subjects: Vec<Subject>,
    errors: Vec<ErrorCase>,
}

#[derive(Deserialize)]
pub(crate) struct Subject {
    #[serde(default)]
    pub(crate) options: PickleOptions,
    nodes: BTreeMap<String, Json>,
    variants: Vec<Variant>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct PickleOptions {
    pub(crate) stream: Option<String>,
    pub(crate) persistent: bool,
    pub(crate) fix_imports: Option<bool>,
    /// Without a memo.
    pub(crate) fast: bool,
    /// Through `pickletools.optimize`.
    pub(crate) optimize: bool,
}

#[derive(Deserialize)]
pub(crate) struct Variant {
    pub(crate) id: String,
    pub(crate) protocol: u8,
    #[serde(default)]
    writers: Vec<String>,
    file: PathBuf,
    at: usize,
    len: usize,
    #[serde(default)]
    rle: bool,
    #[serde(default)]
    value: String,
    graph: String,
    loads: Option<Vec<String>>,
    #[serde(default)]
    differs: Vec<Reading>,
    #[serde(default)]
    encodings: BTreeMap<String, Vec<Reading>>,
    #[serde(default)]
    buffers: Vec<Buffer>,
}

/// What some readers make of a variant.
#[derive(Deserialize)]
struct Reading {
    versions: Vec<String>,
    value: Option<String>,
    error: Option<(String, String)>,
}

#[derive(Deserialize)]
struct Buffer {
    file: PathBuf,
}

#[derive(Deserialize)]
pub(crate) struct ErrorCase {
    pub(crate) id: String,
    hex: String,
    #[serde(default)]
    pub(crate) options: PickleOptions,
    raises: Vec<Reading>,
}

/// What [`PYTHON`] makes of a pickle.
pub(crate) enum Outcome<'c> {
    Value(&'c Json),
    Error(&'c str, &'c str),
}

#[derive(Deserialize)]
struct RunLengths {
    rle: Vec<(String, usize)>,
    size: usize,
}

impl Corpus {
    /// Opens the folder that `PICKLE_CORPUS` names, or else the one beside this file.
    pub(crate) fn open() -> Self {
        let root = std::env::var_os("PICKLE_CORPUS").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus"),
            PathBuf::from,
        );
        let manifest: Manifest = serde_json::from_slice(&read(&root.join("manifest.json")))
            .unwrap_or_else(|error| panic!("{}/manifest.json: {error}", root.display()));
        assert_eq!(manifest.format, 1, "another format of the manifest");
        Self { root, manifest }
    }

    /// Every variant, and the subject that it is one of.
    pub(crate) fn variants(&self) -> impl Iterator<Item = (&Subject, &Variant)> {
        let subjects = self.manifest.subjects.iter();
        subjects.flat_map(|subject| subject.variants.iter().map(move |v| (subject, v)))
    }

    pub(crate) fn errors(&self) -> &[ErrorCase] {
        &self.manifest.errors
    }

    /// The pickle itself.
    pub(crate) fn bytes(&self, variant: &Variant) -> Vec<u8> {
        let pack = read(&self.root.join(&variant.file));
        let slice = &pack[variant.at..variant.at + variant.len];
        match variant.rle {
            true => expand(slice),
            false => slice.to_vec(),
        }
    }

    /// The out-of-band buffers that come with it.
    pub(crate) fn buffers(&self, variant: &Variant) -> Vec<Vec<u8>> {
        let buffers = variant.buffers.iter().map(|buffer| {
            let bytes = read(&self.root.join(&buffer.file));
            match buffer.file.extension().is_some_and(|end| end == "rle") {
                true => expand(&bytes),
                false => bytes,
            }
        });
        buffers.collect()
    }
}

impl Variant {
    /// Whether the order of its dicts means something: not in Python 2.
    pub(crate) fn is_ordered(&self) -> bool {
        !self.writers.iter().any(|writer| writer.starts_with('2'))
    }
}

impl Variant {
    /// Whether [`PYTHON`]'s own pickler writes these bytes.
    pub(crate) fn is_of_python(&self) -> bool {
        self.writers.iter().any(|writer| writer == PYTHON)
    }
}

impl Subject {
    /// The literal graph of a variant.
    pub(crate) fn graph(&self, variant: &Variant) -> &Json {
        &self.nodes[&variant.graph]
    }

    /// What [`PYTHON`] loads of a variant without an encoding; `None` if that cannot be described.
    pub(crate) fn outcome<'c>(&'c self, variant: &'c Variant) -> Option<Outcome<'c>> {
        if let Some(differs) = of_python(&variant.differs) {
            return self.reading(differs);
        }
        let listed = |loads: &Vec<String>| loads.iter().any(|version| version == PYTHON);
        let loads = variant.loads.as_ref().is_none_or(listed);
        (loads && variant.protocol <= 5).then(|| Outcome::Value(&self.nodes[&variant.value]))
    }

    /// What [`PYTHON`] loads of a variant with an encoding, where the manifest tells.
    pub(crate) fn encoded<'c>(
        &'c self,
        variant: &'c Variant,
        encoding: &str,
    ) -> Option<Outcome<'c>> {
        self.reading(of_python(variant.encodings.get(encoding)?)?)
    }

    fn reading<'c>(&'c self, reading: &'c Reading) -> Option<Outcome<'c>> {
        match (&reading.value, &reading.error) {
            (Some(value), _) => Some(Outcome::Value(&self.nodes[value])),
            (None, Some((python_type, text))) => Some(Outcome::Error(python_type, text)),
            (None, None) => None,
        }
    }
}

impl ErrorCase {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let digits = self.hex.as_bytes().chunks_exact(2);
        let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        digits.map(byte).collect()
    }

    /// The exception's type, without its module, and text.
    pub(crate) fn raises(&self) -> (&str, &str) {
        let reading = of_python(&self.raises).expect("every Python 3 refuses an error case");
        let (python_type, text) = reading.error.as_ref().expect("an error case has an error");
        (bare(python_type), text)
    }
}

/// `pickle.UnpicklingError` without its module.
pub(crate) fn bare(python_type: &str) -> &str {
    python_type.rsplit('.').next().unwrap_or(python_type)
}

fn of_python(readings: &[Reading]) -> Option<&Reading> {
    readings
        .iter()
        .find(|reading| reading.versions.iter().any(|version| version == PYTHON))
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Reads a run-length document.
fn expand(document: &[u8]) -> Vec<u8> {
    let document: RunLengths = serde_json::from_slice(document).unwrap();
    let mut bytes = Vec::with_capacity(document.size);
    for (piece, count) in &document.rle {
        bytes.extend(base64(piece).repeat(*count));
    }
    assert_eq!(bytes.len(), document.size);
    bytes
}

pub(crate) fn base64(text: &str) -> Vec<u8> {
    BASE64.decode(text).unwrap()
}
