//! Pythons and examples to run.
//!
//! The Pythons are `python3`, every `~/.pyenv/versions/*/bin/python`, and those that
//! `PICKLE_TEST_PYTHONS` lists, separated as in `PATH`.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use pickle::Protocol;

/// A Python to ask.
pub(crate) struct Python {
    executable: PathBuf,
    pub(crate) version: (u32, u32),
}

impl Python {
    fn new(executable: PathBuf) -> Result<Self, String> {
        // `sys.executable` sees through what merely starts another Python.
        let script = "import sys; print('%d %d %s' % (sys.version_info[:2] + (sys.executable,)))";
        let shown = executable.display();
        let output = Command::new(&executable)
            .args(["-c", script])
            .output()
            .map_err(|error| format!("`{shown}` does not start: {error}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let mut words = text.trim_end().splitn(3, ' ');
        let mut number = || words.next()?.parse().ok();
        match (number(), number(), words.next()) {
            (Some(major), Some(minor), Some(path)) => Ok(Self {
                executable: path.into(),
                version: (major, minor),
            }),
            _ => Err(format!(
                "`{shown}` is no Python: {}",
                String::from_utf8_lossy(&output.stderr)
            )),
        }
    }

    pub(crate) fn is_python2(&self) -> bool {
        self.version.0 == 2
    }

    /// The protocols that this Python knows.
    pub(crate) fn protocols(&self) -> &'static [Protocol] {
        match self.version {
            (2, _) => &Protocol::ALL[..3],
            (3, ..8) => &Protocol::ALL[..5],
            _ => &Protocol::ALL,
        }
    }

    /// A script of `tests/python`, to be run by this Python.
    pub(crate) fn script(&self, name: &str) -> Command {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        assert!(path.is_file(), "no script {}", path.display());
        let mut command = Command::new(&self.executable);
        command
            .arg("-B")
            .arg(path)
            .env("PYTHONHASHSEED", "0")
            .env("PYTHONIOENCODING", "utf-8");
        command
    }
}

impl fmt::Display for Python {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            executable,
            version: (major, minor),
        } = self;
        write!(f, "Python {major}.{minor} ({})", executable.display())
    }
}

/// Every Python that is there, oldest first; none only where `PICKLE_TESTS_WITHOUT_PYTHON=1`.
#[track_caller]
pub(crate) fn pythons() -> &'static [Python] {
    static PYTHONS: OnceLock<Result<Vec<Python>, String>> = OnceLock::new();
    match PYTHONS.get_or_init(find_pythons) {
        Ok(pythons) => pythons,
        Err(error) => panic!("{error}"),
    }
}

fn find_pythons() -> Result<Vec<Python>, String> {
    let mut found = BTreeMap::new();
    let mut add = |python: Python| {
        found.insert((python.version, python.executable.clone()), python);
    };
    match Python::new("python3".into()) {
        Ok(python) if python.version >= (3, 8) => add(python),
        other => {
            let problem = match other {
                Ok(python) => format!("{python} is too old"),
                Err(error) => error,
            };
            if std::env::var_os("PICKLE_TESTS_WITHOUT_PYTHON").is_none_or(|set| set != "1") {
                return Err(format!(
                    "these tests need a `python3` of version 3.8 or later on the PATH, but {problem}; \
                     set PICKLE_TESTS_WITHOUT_PYTHON=1 to pass without them"
                ));
            }
            eprintln!("without `python3`: {problem}");
        }
    }
    if let Some(home) = std::env::home_dir() {
        // Those of pyenv; an installation that was broken off is nobody's test.
        let versions = fs::read_dir(home.join(".pyenv/versions"));
        for version in versions.into_iter().flatten().flatten() {
            let executable = version.path().join("bin/python");
            if executable.is_file() {
                Python::new(executable).into_iter().for_each(&mut add);
            }
        }
    }
    let listed = std::env::var_os("PICKLE_TEST_PYTHONS").unwrap_or_default();
    for executable in std::env::split_paths(&listed).filter(|path| !path.as_os_str().is_empty()) {
        add(Python::new(executable)?);
    }
    Ok(found.into_values().collect())
}

/// Runs a program that has to succeed, and returns what it prints.
#[track_caller]
pub(crate) fn run(command: &mut Command) -> String {
    let output = output(command);
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}

#[track_caller]
pub(crate) fn output(command: &mut Command) -> Output {
    command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// What a program prints, with the line ends of Unix.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace("\r\n", "\n")
}

/// The path of an example's program. Cargo has built the examples before it runs these tests,
/// unless it was asked for these tests alone: so it is asked again.
pub(crate) fn example(name: &str) -> PathBuf {
    static EXAMPLES: OnceLock<PathBuf> = OnceLock::new();
    let examples = EXAMPLES.get_or_init(|| {
        // target/debug/deps/interop-1234
        let test = std::env::current_exe().unwrap();
        let profile_dir = test.ancestors().nth(2).unwrap();
        let profile = match profile_dir.file_name().and_then(|name| name.to_str()) {
            Some("debug") => "dev",
            Some(name) => name,
            None => panic!("where is {}?", test.display()),
        };
        run(Command::new(env!("CARGO"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(["build", "--quiet", "--examples", "--profile", profile])
            .arg("--target-dir")
            .arg(profile_dir.parent().unwrap()));
        profile_dir.join("examples")
    });
    examples.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// A directory of a test's own, removed at its end.
pub(crate) struct TempDir(PathBuf);

impl TempDir {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("interop-{}-{count}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn join(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
