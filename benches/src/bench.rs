//! The parent: has the data made, starts the workers in turns, and collects what they say.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs};

use pickle::Protocol;

use crate::measure::{Report, SLOW};
use crate::python::{Python, output};
use crate::worker::{Order, Outcome};
use crate::workloads::{Workload, with_workload};
use crate::{allocator, ours, peers};

/// The contestant that is measured by the script.
pub(crate) const CPYTHON: &str = "CPython";

/// How much is measured.
pub(crate) struct Effort {
    /// The data are smaller by this factor.
    pub(crate) divisor: usize,
    /// How often each worker is started at least.
    pub(crate) least: usize,
    /// How often at most,
    pub(crate) most: usize,
    /// if that takes no longer than this.
    pub(crate) patience: Duration,
}

/// All that the sections need.
pub(crate) struct Bench {
    pub(crate) python: Option<Python>,
    pub(crate) effort: Effort,
    directory: PathBuf,
    /// The files that were made.
    made: BTreeSet<PathBuf>,
}

/// One of those who compete in turns.
#[derive(Clone)]
pub(crate) struct Contestant {
    pub(crate) order: Order,
    pub(crate) mimalloc: bool,
}

/// What was measured of a contestant: a report for each round, or nothing at all.
pub(crate) type Samples = Vec<Report>;

impl Bench {
    /// Looks for Python, and makes a place for the data.
    pub(crate) fn new(python: &str, effort: Effort) -> io::Result<Self> {
        let directory = env::temp_dir().join(format!("pickle-benches-{}", std::process::id()));
        fs::create_dir_all(&directory)?;
        let python = Python::find(python, &directory)
            .inspect_err(|error| eprintln!("no Python, so no ratios: {error}"))
            .ok();
        Ok(Self {
            python,
            effort,
            directory,
            made: BTreeSet::new(),
        })
    }

    /// The size of a workload in this run.
    pub(crate) fn size(&self, workload: &str) -> usize {
        let size = with_workload!(workload, W => W::SIZE).unwrap_or(0);
        (size / self.effort.divisor).max(1)
    }

    /// Makes the order for one contestant on one workload, and the file that it needs.
    pub(crate) fn contestant(
        &mut self,
        workload: &'static str,
        what: &str,
        size: usize,
        protocol: u8,
    ) -> io::Result<Contestant> {
        let input = if peers::is_bincode(what) {
            self.file(workload, size, "bincode")?
        } else {
            self.file(workload, size, &format!("p{protocol}"))?
        };
        Ok(Contestant {
            order: Order {
                workload,
                what: what.to_owned(),
                size,
                protocol,
                input,
                threads: 1,
                check: false,
            },
            mimalloc: false,
        })
    }

    /// The path of the data in a form, which is made if it is not there.
    ///
    /// The pickles are Python's: what this library has dumped, loaded and dumped again. If there
    /// is no Python, they are this library's, which differ in what strings are shared.
    fn file(&mut self, workload: &str, size: usize, form: &str) -> io::Result<PathBuf> {
        let base = self.directory.join(format!("{workload}.{size}"));
        let path = base.with_extension(format!("{size}.{form}"));
        if !self.made.insert(path.clone()) {
            return Ok(path);
        }
        if form == "bincode" {
            let bytes = with_workload!(workload, W => peers::to_bincode::<W>(&W::plain(size)));
            let bytes = bytes.unwrap_or(Ok(Vec::new())).map_err(io::Error::other)?;
            fs::write(&path, bytes)?;
            return Ok(path);
        }
        let number: i64 = form[1..].parse().map_err(io::Error::other)?;
        let protocol = Protocol::try_from(number).map_err(io::Error::other)?;
        let bytes = with_workload!(workload, W => ours::dumps(&W::owned(size), protocol));
        fs::write(
            &path,
            bytes.unwrap_or(Ok(Vec::new())).map_err(io::Error::other)?,
        )?;
        if let Some(python) = &self.python {
            let source = path.with_extension("source");
            fs::rename(&path, &source)?;
            python.prepare(&source, &base, &[number as u8])?;
            fs::remove_file(&source)?;
        }
        Ok(path)
    }

    /// Starts the contestants in turns, round after round. Those that cannot are told of, and
    /// have no samples; those that are slow have one.
    pub(crate) fn compete(&self, contestants: &[Contestant]) -> Vec<Samples> {
        let Effort {
            least,
            most,
            patience,
            ..
        } = self.effort;
        let mut samples: Vec<Samples> = contestants.iter().map(|_| Vec::new()).collect();
        let mut out = vec![false; contestants.len()];
        let start = Instant::now();
        for round in 0..most {
            if round >= least && start.elapsed() > patience {
                break;
            }
            for (number, contestant) in contestants.iter().enumerate() {
                if out[number] {
                    continue;
                }
                match self.measure(contestant, round == 0) {
                    Some(Ok(report)) => {
                        out[number] = report.cold > SLOW;
                        samples[number].push(report);
                    }
                    Some(Err(error)) => {
                        let Order { workload, what, .. } = &contestant.order;
                        eprintln!("{workload}: {what}: {error}");
                        out[number] = true;
                        samples[number].clear();
                    }
                    None => out[number] = true,
                }
            }
        }
        samples
    }

    /// Starts one process; `None` if this contestant has nothing to do with the workload.
    fn measure(&self, contestant: &Contestant, check: bool) -> Option<Outcome> {
        let order = Order {
            check,
            ..contestant.order.clone()
        };
        if order.what.ends_with(CPYTHON) {
            let calls = with_workload!(order.workload, W => W::CALLS)?;
            return Some(self.python.as_ref()?.measure(&order, calls));
        }
        let mut command = Command::new(env::current_exe().ok()?);
        command.args(order.to_args());
        if contestant.mimalloc {
            command.env(allocator::VARIABLE, "1");
        }
        match output(&mut command) {
            Err(error) => Some(Err(error.to_string())),
            Ok(line) if line.trim() == "none" => None,
            Ok(line) => Some(Report::from_line(&line).ok_or(line.trim().to_owned())),
        }
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.directory));
    }
}
