//! Input that must not hurt: every file of a folder is read in a process of its own, in several
//! ways, and has to get the answer that the folder's `manifest.json` asks for. See README.md.

mod sinks;
mod tree;
mod walk;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

/// What a process may take: address space in KiB, and time for each reading. The time is that of
/// the processor, which is the same however busy the machine is; by the clock it may be far more.
const ADDRESS_SPACE: u64 = 2 << 20;
const TIME: Duration = Duration::from_secs(10);
const CLOCK: Duration = Duration::from_secs(120);

/// The peak memory that a reading may have: so much, and so much for each byte of input.
const MEMORY: u64 = 64 << 20;
const MEMORY_PER_BYTE: u64 = 256;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, path, first] = &arguments[..]
        && flag == "--child"
    {
        sinks::run(Path::new(path), first.parse().expect("a number"));
        return ExitCode::SUCCESS;
    }
    if arguments.iter().any(|argument| argument == "--list") {
        return ExitCode::SUCCESS;
    }
    if !cfg!(target_os = "linux") {
        println!("robustness: skipped, as limits and peaks are those of Linux");
        return ExitCode::SUCCESS;
    }
    let words: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let folder = match std::env::var_os("PICKLE_ROBUSTNESS") {
        Some(folder) => folder.into(),
        None => match generate() {
            Some(folder) => folder,
            None => return ExitCode::FAILURE,
        },
    };
    let inputs: Vec<Input> = manifest(&folder)
        .into_iter()
        .filter(|input| words.is_empty() || words.iter().any(|word| input.file.contains(word)))
        .collect();
    let start = Instant::now();
    let results = run_all(&folder, &inputs);
    let good = report(&inputs, &results);
    println!(
        "{} inputs in {:.1} s",
        inputs.len(),
        start.elapsed().as_secs_f64()
    );
    match good {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Writes the inputs into the build folder.
fn generate() -> Option<PathBuf> {
    let all = std::env::var_os("PICKLE_ROBUSTNESS_ALL").is_some();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(match all {
        true => "robustness-all",
        false => "robustness",
    });
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/robustness/generate.py");
    let status = Command::new("python3")
        .arg(script)
        .arg(&folder)
        .args((!all).then_some("--small"))
        .status();
    match status {
        Ok(status) if status.success() => Some(folder),
        Ok(status) => {
            println!("`python3 {script}`: {status}");
            None
        }
        Err(error) => {
            println!("`python3` does not start, which makes the inputs: {error}");
            // As the other tests that need a Python.
            (std::env::var_os("PICKLE_TESTS_WITHOUT_PYTHON").is_some())
                .then(|| std::process::exit(0))
        }
    }
}

/// An entry of the manifest.
struct Input {
    file: String,
    expect: String,
    also: Vec<String>,
    bytes: u64,
}

fn manifest(folder: &Path) -> Vec<Input> {
    let text = std::fs::read_to_string(folder.join("manifest.json")).expect("a manifest.json");
    let entries: Vec<serde_json::Value> = serde_json::from_str(&text).expect("a list of entries");
    let text = |value: &serde_json::Value| value.as_str().expect("a string").to_owned();
    entries
        .iter()
        .map(|entry| {
            let file = text(&entry["file"]);
            let bytes = std::fs::metadata(folder.join(&file)).expect("a file").len();
            let also = entry["also"].as_array();
            Input {
                file,
                expect: text(&entry["expect"]),
                also: also.map_or(Vec::new(), |also| also.iter().map(text).collect()),
                bytes,
            }
        })
        .collect()
}

/// What came of one reading.
#[derive(Clone)]
struct Outcome {
    answer: String,
    milliseconds: u64,
    kibibytes: u64,
    consumed: String,
    digest: String,
    message: String,
}

impl Outcome {
    fn failed(answer: &str, message: String) -> Self {
        Self {
            answer: answer.to_owned(),
            milliseconds: 0,
            kibibytes: 0,
            consumed: String::new(),
            digest: String::new(),
            message,
        }
    }

    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.splitn(6, '\t').map(str::to_owned);
        Some(Self {
            answer: fields.next()?,
            milliseconds: fields.next()?.parse().ok()?,
            kibibytes: fields.next()?.parse().ok()?,
            consumed: fields.next()?,
            digest: fields.next()?,
            message: fields.next()?,
        })
    }
}

/// The outcomes of every input, in the order of [`sinks::readings`].
fn run_all(folder: &Path, inputs: &[Input]) -> Vec<Vec<Outcome>> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(vec![Vec::new(); inputs.len()]);
    let workers = std::thread::available_parallelism().map_or(1, |count| count.get().min(4));
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((at, input)) = {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    inputs.get(at).map(|input| (at, input))
                } {
                    let outcomes = run(&folder.join(&input.file));
                    results.lock().expect("no worker panics")[at] = outcomes;
                }
            });
        }
    });
    results.into_inner().expect("no worker panics")
}

/// The outcomes of one input.
fn run(path: &Path) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    let count = sinks::readings().count();
    while outcomes.len() < count {
        let mut child = spawn(path, outcomes.len());
        let (sender, lines) = mpsc::channel();
        let output = child.stdout.take().expect("the output is a pipe");
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let (mut used, mut since) = (Duration::ZERO, Instant::now());
        let ended = loop {
            match lines.recv_timeout(Duration::from_millis(500)) {
                Ok(line) => {
                    outcomes.extend(Outcome::parse(&line));
                    (used, since) = (processor_time(child.id()), Instant::now());
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    let late = processor_time(child.id()).saturating_sub(used) > TIME;
                    if late || since.elapsed() > CLOCK {
                        let _ = child.kill();
                        break "timeout";
                    }
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => break "signal",
            }
        };
        let status = child.wait().expect("the child was started");
        reader.join().expect("reading lines does not panic");
        if outcomes.len() < count {
            // The next reading of this input gets another process.
            outcomes.push(Outcome::failed(ended, why(status)));
        }
    }
    outcomes
}

/// How much time a process has used so far.
fn processor_time(process: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name, in parentheses, may hold anything.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    // There are a hundred in a second, wherever Linux runs.
    Duration::from_millis(10 * ticks)
}

fn why(status: ExitStatus) -> String {
    status.to_string()
}

fn spawn(path: &Path, first: usize) -> Child {
    let limit = format!("ulimit -c 0; ulimit -v {ADDRESS_SPACE}; exec \"$0\" \"$@\"");
    Command::new("sh")
        .args(["-c", &limit])
        .arg(std::env::current_exe().expect("this program has a path"))
        .arg("--child")
        .arg(path)
        .arg(first.to_string())
        // Backtraces of panics would only cost time.
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("`sh` starts")
}

/// How an outcome compares with the manifest.
fn verdict(input: &Input, sink: &str, outcome: &Outcome) -> &'static str {
    let answer = outcome.answer.as_str();
    match answer {
        "panic" => return "panic",
        "signal" => return "signal",
        "timeout" => return "timeout",
        "again" => return "again",
        _ => {}
    }
    if outcome.kibibytes * 1024 > MEMORY + MEMORY_PER_BYTE * input.bytes {
        return "memory";
    }
    let typed = matches!(sink, "lists" | "link");
    let fits = |expected: &str| {
        answer == expected
            || (expected == "error" && answer.starts_with("error"))
            // An instance of the class that is not of the type's shape is one that was not found.
            || (expected == "error:class" && answer == "error:mismatch")
    };
    // A document looks nothing up, so that names, codes and what they stand for are data; in a
    // value too, an object of an unknown class is one that may be callable.
    let unknown = match sink {
        "document" => matches!(input.expect.as_str(), "error:class" | "error:extension"),
        _ => false,
    } || (matches!(sink, "document" | "value")
        && input.file == "type/reduce-object.pkl");
    if fits(&input.expect) {
        "expect"
    } else if (unknown && answer == "ok") || input.also.iter().any(|also| fits(also)) {
        "also"
    } else if typed && answer == "error:mismatch" {
        // Most inputs are no lists of lists, and say so.
        "mismatch"
    } else {
        "outside"
    }
}

/// What a reader refuses although a slice is read: the STOP comes before the end of the frame. Where
/// CPython would wait for the rest of the frame, and take what is behind the pickle, there is an
/// error at once.
const READER_REFUSES: [&str; 1] = ["stop/in-frame-then-opcodes.pkl"];

const VERDICTS: [&str; 11] = [
    "expect", "also", "mismatch", "outside", "differ", "again", "panic", "signal", "timeout",
    "memory", "slow",
];

/// Prints what came of it; false if something did that must not.
fn report(inputs: &[Input], results: &[Vec<Outcome>]) -> bool {
    let mut counts: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    let mut good = true;
    let mut worst = (0.0, String::new());
    let mut slowest = (0, String::new());
    for (input, outcomes) in inputs.iter().zip(results) {
        let mut first: Option<&Outcome> = None;
        for (nth, ((sink, source), outcome)) in sinks::readings().zip(outcomes).enumerate() {
            let place = format!("{} {sink} {source}", input.file);
            let mut verdict = verdict(input, sink, outcome);
            if source == sinks::SOURCES[0] {
                first = Some(outcome);
            } else if let Some(first) = first
                && verdict != "timeout"
                && first.answer != outcome.answer
                && first.answer != "again"
                && !READER_REFUSES.contains(&input.file.as_str())
            {
                verdict = "differ";
            } else if let Some(first) = first
                && outcome.answer == "ok"
                && (&first.consumed, &first.digest) != (&outcome.consumed, &outcome.digest)
            {
                verdict = "differ";
            }
            *counts.entry((nth, verdict)).or_default() += 1;
            if outcome.milliseconds > 1000 {
                *counts.entry((nth, "slow")).or_default() += 1;
            }
            if !matches!(verdict, "expect" | "also" | "mismatch") {
                good = false;
                println!(
                    "{verdict}: {place}: {} (expected {}{}), {} ms, {} KiB for {} bytes: {}",
                    outcome.answer,
                    input.expect,
                    input
                        .also
                        .iter()
                        .map(|also| format!(" or {also}"))
                        .collect::<String>(),
                    outcome.milliseconds,
                    outcome.kibibytes,
                    input.bytes,
                    outcome.message,
                );
            }
            // Below that, what a process has anyway is most of it.
            if outcome.kibibytes > 4096 {
                let factor = outcome.kibibytes as f64 * 1024.0 / input.bytes as f64;
                let over = (outcome.kibibytes * 1024).saturating_sub(MEMORY) as f64;
                if over > 0.0 && over / input.bytes as f64 > worst.0 {
                    worst = (
                        over / input.bytes as f64,
                        format!("{place}, {} KiB, {factor:.0} x", outcome.kibibytes),
                    );
                }
            }
            if outcome.milliseconds > slowest.0 {
                slowest = (outcome.milliseconds, place);
            }
        }
    }
    print!("{:18}", "");
    VERDICTS.iter().for_each(|verdict| print!("{verdict:>9}"));
    println!();
    for (nth, (sink, source)) in sinks::readings().enumerate() {
        print!("{:18}", format!("{sink} {source}"));
        for verdict in VERDICTS {
            print!("{:9}", counts.get(&(nth, verdict)).unwrap_or(&0));
        }
        println!();
    }
    println!("slowest: {} ms, {}", slowest.0, slowest.1);
    println!(
        "most memory above {} MiB: {:.0} bytes for each byte of input, {}",
        MEMORY >> 20,
        worst.0,
        worst.1
    );
    good
}
