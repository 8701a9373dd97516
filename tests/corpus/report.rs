//! What a comparison of many cases gives.

use std::io::Write;

/// A case that is known to differ.
pub(crate) struct Exception {
    pub(crate) id: &'static str,
    /// Why it differs.
    pub(crate) reason: &'static str,
    /// How it differs.
    pub(crate) result: &'static str,
}

/// What the cases of one comparison gave.
pub(crate) struct Report {
    what: &'static str,
    exceptions: Vec<&'static Exception>,
    compared: usize,
    different: Vec<String>,
}

impl Report {
    pub(crate) fn new(what: &'static str, exceptions: &[&'static [Exception]]) -> Self {
        Self {
            what,
            exceptions: exceptions.iter().copied().flatten().collect(),
            compared: 0,
            different: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, id: &str, result: Result<(), String>) {
        self.compared += 1;
        let exception = self.exceptions.iter().find(|exception| exception.id == id);
        match (exception, result) {
            (None, Ok(())) => {}
            (None, Err(difference)) => self.different.push(format!("{id}: {difference}")),
            (Some(exception), Err(difference)) if exception.result == difference => {
                print(format_args!("  {id} differs: {}", exception.reason));
            }
            (Some(exception), result) => {
                let (listed, found) = (exception.result, result.err());
                self.different
                    .push(format!("{id}: listed with {listed:?}, found {found:?}"));
            }
        }
    }

    /// Prints the count, and fails if anything differs that is not listed.
    pub(crate) fn finish(self) {
        let Self {
            what,
            compared,
            different,
            ..
        } = self;
        print(format_args!(
            "{what}: {compared} compared, {} differ",
            different.len()
        ));
        assert!(compared > 0, "there is nothing to compare");
        assert!(different.is_empty(), "{}", different.join("\n"));
    }
}

/// Prints in spite of the harness, which hides what passing tests print.
fn print(line: std::fmt::Arguments<'_>) {
    writeln!(std::io::stdout(), "{line}").unwrap();
}
