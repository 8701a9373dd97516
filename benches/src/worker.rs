//! A process that measures one contestant on one workload, prints one line, and ends.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::{env, fs};

use pickle::Protocol;

use crate::measure::{Report, SLOW, measure};
use crate::workloads::{Workload, with_workload};
use crate::{ours, peers};

/// What the worker is to do, and with what.
pub(crate) struct Setup {
    /// How many objects.
    pub(crate) size: usize,
    /// Which protocol to dump.
    pub(crate) protocol: Protocol,
    /// What to load.
    pub(crate) input: Vec<u8>,
    /// How many threads, for those that measure it.
    pub(crate) threads: usize,
    /// Whether to look at what comes out.
    pub(crate) check: bool,
}

/// A measurement, or why there is none.
pub(crate) type Outcome = Result<Report, String>;

/// The order that the parent gives to a worker, on the command line.
#[derive(Clone)]
pub(crate) struct Order {
    /// The name of the workload.
    pub(crate) workload: &'static str,
    /// `load` or `dump`, and the contestant.
    pub(crate) what: String,
    /// How many objects.
    pub(crate) size: usize,
    /// The protocol.
    pub(crate) protocol: u8,
    /// The file to load.
    pub(crate) input: PathBuf,
    /// How many threads.
    pub(crate) threads: usize,
    /// Whether to look at what comes out.
    pub(crate) check: bool,
}

/// The first argument of a worker.
pub(crate) const WORKER: &str = "worker";

impl Order {
    /// As arguments.
    pub(crate) fn to_args(&self) -> Vec<String> {
        vec![
            WORKER.to_owned(),
            self.workload.to_owned(),
            self.what.clone(),
            self.size.to_string(),
            self.protocol.to_string(),
            self.input.display().to_string(),
            self.threads.to_string(),
            self.check.to_string(),
        ]
    }
}

/// The whole life of a worker. What it prints is a report, or `none`, or an error.
pub(crate) fn main() {
    let args: Vec<String> = env::args().skip(2).collect();
    match carry_out(&args) {
        None => println!("none"),
        Some(Ok(report)) => println!("{}", report.to_line()),
        Some(Err(error)) => println!("error: {}", error.lines().next().unwrap_or_default()),
    }
}

fn carry_out(args: &[String]) -> Option<Outcome> {
    let [name, what, size, protocol, input, threads, check] = args else {
        return Some(Err("a worker is started by the parent".to_owned()));
    };
    let setup = Setup {
        size: size.parse().ok()?,
        protocol: Protocol::try_from(protocol.parse::<i64>().ok()?).ok()?,
        input: fs::read(Path::new(input)).unwrap_or_default(),
        threads: threads.parse().ok()?,
        check: check.parse().ok()?,
    };
    with_workload!(name, W => ours::run::<W>(what, &setup).or_else(|| peers::run::<W>(what, &setup)))?
}

/// Measures a piece of work that may fail, and looks at what it gives if asked to.
pub(crate) fn measured<R, E: Display>(
    setup: &Setup,
    calls: usize,
    mut call: impl FnMut() -> Result<R, E>,
    is_right: impl FnOnce(R) -> bool,
) -> Outcome {
    let report = measure(calls, &mut call);
    if setup.check && report.cold <= SLOW {
        let value = call().map_err(|error| error.to_string())?;
        if !is_right(value) {
            return Err("what comes out is not what went in".to_owned());
        }
    }
    Ok(report)
}
