//! CPython, for which `bench.py` speaks.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::measure::Report;
use crate::worker::{Order, Outcome};

/// An interpreter, and the script that it runs.
pub(crate) struct Python {
    executable: PathBuf,
    script: PathBuf,
    /// As in `3.13.0`.
    pub(crate) version: String,
}

impl Python {
    /// Finds the interpreter of a name or path.
    pub(crate) fn find(name: &str, directory: &Path) -> io::Result<Self> {
        let script = directory.join("bench.py");
        fs::write(&script, include_str!("../bench.py"))?;
        // Behind the name may be a script that looks for the interpreter, each time anew.
        let executable =
            output(Command::new(name).args(["-c", "import sys; print(sys.executable)"]))
                .map_err(|error| io::Error::other(format!("{name}: {error}")))?;
        let mut python = Self {
            executable: executable.trim().into(),
            script,
            version: String::new(),
        };
        python.version = output(python.command().arg("version"))?.trim().to_owned();
        Ok(python)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.executable);
        // Nothing of the user's, and nothing that is installed.
        command.args(["-I", "-S"]).arg(&self.script);
        command
    }

    /// Has a pickle loaded and written again, as Python writes it, to `target` with the protocol
    /// as its extension.
    pub(crate) fn prepare(&self, source: &Path, target: &Path, protocols: &[u8]) -> io::Result<()> {
        let mut command = self.command();
        command.arg("prepare").args([source, target]).arg("share");
        command.args(protocols.iter().map(u8::to_string));
        output(&mut command).map(drop)
    }

    /// Measures loading or dumping in a process of its own.
    pub(crate) fn measure(&self, order: &Order, calls: usize) -> Outcome {
        let verb = order.what.split(' ').next().unwrap_or_default();
        let mut command = self.command();
        command.arg(verb).arg(&order.input).arg(calls.to_string());
        command.arg(order.protocol.to_string());
        let line = output(&mut command).map_err(|error| error.to_string())?;
        Report::from_line(&line).ok_or(line)
    }
}

/// What a command prints; its complaints, if it fails.
pub(crate) fn output(command: &mut Command) -> io::Result<String> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let complaints = String::from_utf8_lossy(&output.stderr);
    let last = complaints
        .trim()
        .lines()
        .last()
        .unwrap_or("it failed")
        .to_owned();
    Err(io::Error::other(format!("{}: {last}", output.status)))
}
