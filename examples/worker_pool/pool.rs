//! Worker processes, each at the other end of two pipes. Jobs and answers are whatever can be
//! dumped and loaded.

use std::io::{self, BufReader};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use pickle::{Error, Pickle, Result, Unpickle, Unpickler};

/// How many workers a job may bring down before it is to blame.
const ATTEMPTS: usize = 3;

/// Starts workers when there is something to do, and others in the place of those that die.
pub(crate) struct Pool<'c> {
    command: &'c [String],
    size: usize,
}

impl<'c> Pool<'c> {
    /// Returns a pool of so many workers, each started by a command.
    pub(crate) fn new(command: &'c [String], size: usize) -> Self {
        Self { command, size }
    }

    /// Has the jobs done, and returns the answers in their order. In the end all workers have ended.
    pub(crate) fn run<J, A>(&self, jobs: &[J]) -> Vec<Result<A>>
    where
        J: Pickle + Sync,
        A: for<'de> Unpickle<'de> + Send,
    {
        let next = AtomicUsize::new(0);
        let answers: Mutex<Vec<(usize, Result<A>)>> = Mutex::default();
        thread::scope(|scope| {
            for _ in 0..self.size {
                scope.spawn(|| {
                    let mut worker = None;
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let Some(job) = jobs.get(number) else { break };
                        let answer = self.ask(&mut worker, number, job);
                        answers.lock().unwrap().push((number, answer));
                    }
                    if let Some(worker) = worker {
                        worker.close();
                    }
                });
            }
        });
        let mut answers = answers.into_inner().unwrap();
        answers.sort_by_key(|(number, _)| *number);
        answers.into_iter().map(|(_, answer)| answer).collect()
    }

    /// Gives a job to a worker, and if that dies to another one.
    fn ask<J: Pickle, A: for<'de> Unpickle<'de>>(
        &self,
        worker: &mut Option<Worker>,
        number: usize,
        job: &J,
    ) -> Result<A> {
        let mut attempt = 1;
        loop {
            let mut this = match worker.take() {
                Some(worker) => worker,
                None => Worker::start(self.command)?,
            };
            match this.ask(number, job) {
                Ok(answer) => {
                    *worker = Some(this);
                    return Ok(answer);
                }
                // This one is not asked again: it may have half an answer left to give.
                Err(error) if attempt < ATTEMPTS => {
                    eprintln!("worker {} failed: {}", this.child.id(), error.message());
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// A process that takes a pair of a number and a job, and gives a pair of the number and an answer.
struct Worker {
    child: Child,
    jobs: Option<ChildStdin>,
    answers: Unpickler<pickle::Reader<BufReader<ChildStdout>>>,
}

impl Worker {
    fn start(command: &[String]) -> Result<Self> {
        let (program, arguments) = command
            .split_first()
            .ok_or_else(|| Error::custom("no command"))?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let jobs = child.stdin.take();
        let answers = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe);
        Ok(Self {
            jobs,
            answers: Unpickler::new(BufReader::new(answers.map_err(io::Error::from)?)),
            child,
        })
    }

    fn ask<J: Pickle, A: for<'de> Unpickle<'de>>(&mut self, number: usize, job: &J) -> Result<A> {
        let jobs = self.jobs.as_mut().ok_or(io::ErrorKind::BrokenPipe);
        // The pipe has no buffer: what is dumped is there.
        pickle::dump(&(number, job), jobs.map_err(io::Error::from)?)?;
        let (answered, answer) = self.answers.load::<(usize, A)>()?;
        match answered == number {
            true => Ok(answer),
            false => Err(Error::custom("an answer to something else")),
        }
    }

    /// Ends the input, which ends the worker.
    fn close(mut self) {
        drop(self.jobs.take());
        match self.child.wait() {
            Ok(status) if status.success() => {}
            Ok(status) => eprintln!("worker {}: {status}", self.child.id()),
            Err(error) => eprintln!("worker {}: {error}", self.child.id()),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // An error says that it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
