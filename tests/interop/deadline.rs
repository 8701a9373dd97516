//! Programs that have to end in time: no test waits for ever.

use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Longer than any program of these tests takes, on a machine that has other things to do.
pub(crate) const LONG: Duration = Duration::from_secs(120);

/// A program that is running. It is killed when this is dropped.
pub(crate) struct Running {
    pub(crate) child: Child,
    shown: String,
    started: Instant,
}

impl Running {
    /// Starts a program, with pipes for its input and its output. What it complains about goes to
    /// where the test's own does.
    #[track_caller]
    pub(crate) fn start(command: &mut Command) -> Self {
        let shown = format!("{command:?}");
        let child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{shown}: {error}"));
        Self {
            child,
            shown,
            started: Instant::now(),
        }
    }

    /// Waits for the program, which has to succeed.
    #[track_caller]
    pub(crate) fn finish(self) {
        let shown = self.shown.clone();
        let status = self.wait();
        assert!(status.success(), "{shown}: {status}");
    }

    /// Waits for the program, and tells how it ended.
    #[track_caller]
    pub(crate) fn wait(mut self) -> ExitStatus {
        drop(self.child.stdin.take());
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return status,
                Ok(None) if self.started.elapsed() < LONG => {
                    thread::sleep(Duration::from_millis(2));
                }
                Ok(None) => panic!("{}: not done after {LONG:?}", self.shown),
                Err(error) => panic!("{}: {error}", self.shown),
            }
        }
    }

    /// Gives the program its input, waits for it, and returns what it prints.
    #[track_caller]
    pub(crate) fn talk(mut self, input: &[u8]) -> Vec<u8> {
        let mut stdin = self.child.stdin.take().unwrap();
        let mut stdout = self.child.stdout.take().unwrap();
        let mut output = Vec::new();
        thread::scope(|scope| {
            // One that ends without having read it all says why by itself.
            scope.spawn(move || drop(stdin.write_all(input)));
            let reading = scope.spawn(|| stdout.read_to_end(&mut output));
            // Kills it at the latest when it panics, so that both threads end.
            self.finish();
            reading.join().unwrap().unwrap();
        });
        output
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // An error says that it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
