//! What a comparison of many cases gives.

use std::collections::BTreeMap;
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
    as_said: usize,
    as_listed: usize,
    skipped: BTreeMap<&'static str, usize>,
    different: Vec<String>,
}

impl Report {
    pub(crate) fn new(what: &'static str, exceptions: &[&'static [Exception]]) -> Self {
        Self {
            what,
            exceptions: exceptions.iter().copied().flatten().collect(),
            as_said: 0,
            as_listed: 0,
            skipped: BTreeMap::new(),
            different: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, id: &str, result: Result<(), String>) {
        let exception = self.exceptions.iter().find(|exception| exception.id == id);
        match (exception, result) {
            (None, Ok(())) => self.as_said += 1,
            (None, Err(difference)) => self.different.push(format!("{id}: {difference}")),
            (Some(exception), Err(difference)) if exception.result == difference => {
                self.as_listed += 1;
                let Exception { reason, result, .. } = exception;
                print(format_args!("  {id} differs: {result} ({reason})"));
            }
            (Some(exception), result) => {
                let (listed, found) = (exception.result, result.err());
                self.different
                    .push(format!("{id}: listed with {listed:?}, found {found:?}"));
            }
        }
    }

    /// Counts a case that cannot be compared.
    pub(crate) fn skip(&mut self, reason: &'static str) {
        *self.skipped.entry(reason).or_default() += 1;
    }

    /// Prints the count, and fails if anything differs that is not listed.
    pub(crate) fn finish(self) {
        let Self {
            what,
            as_said,
            as_listed,
            skipped,
            different,
            ..
        } = self;
        let compared = as_said + as_listed + different.len();
        let mut line = format!("{what}: {compared} compared, {as_said} are as the manifest says");
        if as_listed > 0 {
            line += &format!(", {as_listed} differ as listed");
        }
        if !different.is_empty() {
            line += &format!(", {} differ", different.len());
        }
        for (reason, count) in skipped {
            line += &format!("; left out: {count} ({reason})");
        }
        print(format_args!("{line}"));
        assert!(compared > 0, "there is nothing to compare");
        assert!(different.is_empty(), "{}", different.join("\n"));
    }
}

/// Prints in spite of the harness, which hides what passing tests print.
fn print(line: std::fmt::Arguments<'_>) {
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{line}").unwrap();
}
