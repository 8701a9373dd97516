//! Jobs that worker processes do: objects go to them through pipes, and objects come back.
//!
//! ```text
//! cargo run --example worker_pool                             # the workers are this program, too
//! cargo run --example worker_pool -- parent python3 examples/worker_pool/worker.py
//! python3 examples/worker_pool/parent.py target/debug/examples/worker_pool worker
//! ```
//!
//! A worker reads pairs of a number and a job from its input, and writes pairs of the number and the
//! answer to its output, until its input ends. `pool.rs` knows neither jobs nor answers: these are
//! in `jobs.rs`, and in `jobs.py` for Python.

mod jobs;
mod pool;

use std::env;
use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;

use jobs::{Answer, Crash, Job, Reverse, Square};
use pickle::{Result, Unpickler};
use pool::Pool;

fn work() -> Result<()> {
    let mut unpickler = Unpickler::new(io::stdin().lock());
    let mut stdout = io::stdout().lock();
    for request in unpickler.iter::<(usize, Box<dyn Job>)>() {
        let (number, job) = request?;
        pickle::dump(&(number, job.run()), &mut stdout)?;
        stdout.flush()?;
    }
    Ok(())
}

fn parent(worker: &[String]) -> Result<()> {
    let marker = env::temp_dir().join(format!("worker_pool-{}", std::process::id()));
    let mut jobs: Vec<Box<dyn Job>> = Vec::new();
    for number in 1..=5 {
        jobs.push(Box::new(Square { number }));
        let text = format!("job {number}");
        jobs.push(Box::new(Reverse { text }));
    }
    // The worker that is the first to do this one does not survive it.
    let path = marker.display().to_string();
    jobs.push(Box::new(Crash { marker: path }));

    let done = Pool::new(worker, 3).run::<_, Box<dyn Answer>>(&jobs);
    for (job, answer) in jobs.iter().zip(done) {
        println!("{job} -> {}", answer?);
    }
    fs::remove_file(marker)?;
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().collect();
    let words: Vec<&str> = arguments.iter().skip(1).map(String::as_str).collect();
    let result = match words[..] {
        [] => parent(&[arguments[0].clone(), "worker".to_owned()]),
        ["worker"] => work(),
        ["parent", _, ..] => parent(&arguments[2..]),
        _ => {
            eprintln!("usage: worker_pool [worker | parent COMMAND...]");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}
