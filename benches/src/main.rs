//! How fast this library is, beside CPython, other libraries that read pickles, and formats that
//! know the schema. See the README beside the manifest for how to run it and read it.
//!
//! ```text
//! workloads   the data, and the types that stand for it
//! ours peers  what is measured of this library, and of others
//! measure     what a piece of work costs in this process
//! worker      a process that measures one thing
//! python      the same for CPython, with bench.py
//! bench       makes the data, starts the workers in turns
//! sections    what is printed
//! table       how
//! ```

mod allocator;
mod bench;
mod measure;
mod ours;
mod peers;
mod python;
mod sections;
mod table;
mod worker;
mod workloads;

use std::env;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use crate::bench::{Bench, Effort};
use crate::workloads::{NAMES, Workload, with_workload};

const HELP: &str = "\
Usage: pickle-benches [--quick] [--python PATH] [--rounds N] [FILTER]...

FILTER is a workload (w1, w2 ... w7, w8a, w8b, w9, w10) or a section (load, dump,
protocols, allocators, threads, growth). Nothing given means everything.";

const SECTIONS: [&str; 6] = [
    "load",
    "dump",
    "protocols",
    "allocators",
    "threads",
    "growth",
];

fn main() -> ExitCode {
    if env::args().nth(1).as_deref() == Some(worker::WORKER) {
        worker::main();
        return ExitCode::SUCCESS;
    }
    let Some(options) = Options::from_args(env::args().skip(1)) else {
        eprintln!("{HELP}");
        return ExitCode::FAILURE;
    };
    match run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

struct Options {
    python: String,
    effort: Effort,
    workloads: Vec<&'static str>,
    sections: Vec<&'static str>,
}

impl Options {
    fn from_args(mut args: impl Iterator<Item = String>) -> Option<Self> {
        let mut options = Self {
            python: "python3".to_owned(),
            effort: Effort {
                divisor: 1,
                least: 3,
                most: 7,
                patience: Duration::from_secs(8),
            },
            workloads: Vec::new(),
            sections: Vec::new(),
        };
        while let Some(arg) = args.next() {
            match &arg[..] {
                "--quick" => {
                    options.effort.divisor = 10;
                    options.effort.patience = Duration::from_secs(1);
                }
                "--python" => options.python = args.next()?,
                "--rounds" => {
                    let rounds = args.next()?.parse().ok()?;
                    options.effort.least = rounds;
                    options.effort.most = rounds;
                }
                _ => {
                    let workload = NAMES.into_iter().find(|&name| name == arg);
                    let section = SECTIONS.into_iter().find(|&name| name == arg);
                    options.workloads.extend(workload);
                    options.sections.extend(section);
                    workload.or(section)?;
                }
            }
        }
        if options.workloads.is_empty() {
            options.workloads = NAMES.to_vec();
        }
        if options.sections.is_empty() {
            options.sections = SECTIONS.to_vec();
        }
        Some(options)
    }
}

fn run(options: Options) -> io::Result<()> {
    let Options {
        python,
        effort,
        workloads,
        sections,
    } = options;
    let bench = &mut Bench::new(&python, effort)?;
    if let Some(python) = &bench.python {
        println!("CPython {}\n", python.version);
    }
    if bench.effort.divisor > 1 {
        println!(
            "The data are smaller by a factor of {}.\n",
            bench.effort.divisor
        );
    }
    for &name in &workloads {
        println!(
            "- {name}: {}",
            with_workload!(name, W => W::ABOUT).unwrap_or_default()
        );
    }
    println!();
    for section in sections {
        match section {
            "load" | "dump" => sections::main(bench, section, &workloads)?,
            "protocols" => sections::protocols(bench, &workloads)?,
            "allocators" => sections::allocators(bench, &workloads)?,
            "threads" => sections::threads(bench, &workloads)?,
            _ if workloads.contains(&"w1") => sections::growth(bench)?,
            _ => {}
        }
    }
    Ok(())
}
