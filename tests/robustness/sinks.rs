//! The readings of one input, in a process that does nothing else.

use std::fmt::{self, Write as _};
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, BufRead, Read, Write as _};
use std::path::Path;
use std::sync::Arc;

use pickle::{ErrorKind, Registry, Result, Unpickler, Value};

use super::tree::{Link, Lists, Node, Tree};
use super::walk::render;

/// What is made of an input, in the order in which that is tried.
pub(super) const SINKS: [&str; 5] = ["document", "value", "tree", "lists", "link"];

/// Where the bytes of an input come from.
pub(super) const SOURCES: [&str; 2] = ["slice", "reader"];

/// The stack that a Rust thread has unless it says otherwise.
const STACK: usize = 2 << 20;

/// Every reading of an input, in order.
pub(super) fn readings() -> impl Iterator<Item = (&'static str, &'static str)> {
    SINKS
        .iter()
        .flat_map(|sink| SOURCES.map(|source| (*sink, source)))
}

/// Carries out the readings of a file from the `first` on, and prints a line for each.
pub(super) fn run(path: &Path, first: usize) {
    let bytes: Arc<[u8]> = fs::read(path).expect("the input exists").into();
    for (sink, source) in readings().skip(first) {
        let bytes = bytes.clone();
        let thread = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn(move || read(&bytes, sink, source))
            .expect("a thread starts");
        let line = thread
            .join()
            .unwrap_or_else(|_| "panic\t0\t0\t0\t0\t".to_owned());
        println!("{line}");
        io::stdout().flush().expect("the parent listens");
    }
}

fn read(bytes: &[u8], sink: &str, source: &str) -> String {
    let mut registry = Registry::new();
    match sink {
        "link" => registry.register::<Link>(),
        _ => registry.register::<Node>(),
    };
    let registry = Arc::new(registry);
    if source == "slice" {
        let mut unpickler = Unpickler::from_slice(bytes).with_registry(registry.clone());
        let report = match sink {
            "document" => {
                let (document, cost) = measure(|| unpickler.document());
                Report::new(document.map(|document| digest(render(&document))), cost)
            }
            "value" => {
                let (value, cost) = measure(|| unpickler.load::<Value>());
                value.iter().for_each(|value| {
                    std::hint::black_box(handle(value));
                });
                Report::new(value.map(shown), cost)
            }
            "tree" => {
                let (tree, cost) = measure(|| unpickler.load::<Tree>());
                let again = tree.as_ref().is_ok_and(|tree| !survives(tree, registry));
                let report = Report::new(tree.map(shown), cost);
                match again {
                    true => report.failed("again"),
                    false => report,
                }
            }
            "lists" => typed(|| unpickler.load::<Lists>()),
            _ => typed(|| unpickler.load::<Link>()),
        };
        report.line(unpickler.position())
    } else {
        let mut unpickler = Unpickler::new(OneByOne(bytes)).with_registry(registry);
        let report = match sink {
            "document" => {
                let (document, cost) = measure(|| unpickler.document());
                Report::new(document.map(|document| digest(render(&document))), cost)
            }
            "value" => typed(|| unpickler.load::<Value>()),
            "tree" => typed(|| unpickler.load::<Tree>()),
            "lists" => typed(|| unpickler.load::<Lists>()),
            _ => typed(|| unpickler.load::<Link>()),
        };
        report.line(bytes.len() - unpickler.get_ref().0.len())
    }
}

fn typed<T: fmt::Debug>(load: impl FnOnce() -> Result<T>) -> Report {
    let (value, cost) = measure(load);
    Report::new(value.map(shown), cost)
}

/// Whether a tree can be written, and reads as itself again.
fn survives(tree: &Tree, registry: Arc<Registry>) -> bool {
    let Ok(bytes) = pickle::dumps(tree) else {
        return false;
    };
    let again = Unpickler::from_slice(&bytes)
        .with_registry(registry)
        .load::<Tree>();
    again.is_ok_and(|again| again == *tree)
}

/// Walks a value in the other ways that there are: none of them may recurse.
fn handle(value: &Value) -> u64 {
    let clone = value.clone();
    let same = u64::from(*value == clone);
    drop(clone);
    shown(value) ^ same
}

/// What one reading gave.
struct Report {
    answer: &'static str,
    digest: u64,
    message: String,
    cost: Cost,
}

/// What one reading took.
struct Cost {
    milliseconds: u64,
    kibibytes: u64,
}

impl Report {
    fn new(result: Result<u64>, cost: Cost) -> Self {
        let (answer, digest, message) = match result {
            Ok(digest) => ("ok", digest, String::new()),
            Err(error) => {
                // The whole text of the error, with notes and path, has to be harmless as well.
                let text = format!("{error:?}");
                let message = error.message().chars().take(200).collect();
                (answer(error.kind()), self::digest(text), message)
            }
        };
        Self {
            answer,
            digest,
            message,
            cost,
        }
    }

    fn failed(self, answer: &'static str) -> Self {
        Self { answer, ..self }
    }

    fn line(self, consumed: usize) -> String {
        let Self {
            answer,
            digest,
            message,
            cost,
        } = self;
        let Cost {
            milliseconds,
            kibibytes,
        } = cost;
        let message = message.escape_debug();
        format!("{answer}\t{milliseconds}\t{kibibytes}\t{consumed}\t{digest:016x}\t{message}")
    }
}

/// The manifest's word for a kind of error.
fn answer(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::EndOfInput | ErrorKind::Truncated => "error:eof",
        ErrorKind::Opcode => "error:opcode",
        ErrorKind::Protocol => "error:protocol",
        ErrorKind::Stack => "error:stack",
        ErrorKind::Mark => "error:mark",
        ErrorKind::Memo => "error:memo",
        ErrorKind::Literal => "error:literal",
        ErrorKind::Encoding => "error:utf8",
        ErrorKind::Frame => "error:frame",
        ErrorKind::UnknownModule | ErrorKind::UnknownClass | ErrorKind::Conflict => "error:class",
        ErrorKind::Unhashable => "error:unhashable",
        ErrorKind::Limit => "error:limit",
        ErrorKind::Depth => "error:depth",
        ErrorKind::Buffer => "error:buffer",
        ErrorKind::PersistentId => "error:persistent",
        ErrorKind::Extension => "error:extension",
        ErrorKind::Mismatch | ErrorKind::MissingAttribute => "error:mismatch",
        _ => "error",
    }
}

fn digest(text: impl AsRef<str>) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(text.as_ref().as_bytes());
    hasher.finish()
}

/// The digest of what `Debug` shows first, without the text in memory. All of it may be too much:
/// a value that shares its parts is small, and its text is not.
fn shown(value: impl fmt::Debug) -> u64 {
    struct Hash {
        hasher: DefaultHasher,
        left: usize,
    }
    impl fmt::Write for Hash {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.left = self.left.checked_sub(text.len()).ok_or(fmt::Error)?;
            self.hasher.write(text.as_bytes());
            Ok(())
        }
    }
    let mut hash = Hash {
        hasher: DefaultHasher::new(),
        left: 64 << 10,
    };
    // It fails when it has seen enough.
    let _ = write!(hash, "{value:?}");
    hash.hasher.finish()
}

/// Carries something out; gives its result, the time, and the peak of the memory beside what was
/// there before.
fn measure<T>(load: impl FnOnce() -> T) -> (T, Cost) {
    // Writing a 5 makes the kernel forget the peak.
    let _ = fs::write("/proc/self/clear_refs", "5");
    let before = resident("VmHWM:");
    let start = processor_time();
    let result = load();
    let cost = Cost {
        milliseconds: (processor_time() - start) / 1_000_000,
        kibibytes: resident("VmHWM:").saturating_sub(before),
    };
    (result, cost)
}

/// How many nanoseconds this thread has been running.
fn processor_time() -> u64 {
    fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|times| times.split(' ').next()?.parse().ok())
        .unwrap_or(0)
}

fn resident(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix(field))
        .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse().ok())
        .unwrap_or(0)
}

/// Gives one byte at a time.
struct OneByOne<'a>(&'a [u8]);

impl Read for OneByOne<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min(1);
        self.0.read(&mut buffer[..count])
    }
}

impl BufRead for OneByOne<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(&self.0[..self.0.len().min(1)])
    }

    fn consume(&mut self, count: usize) {
        self.0.consume(count);
    }
}
