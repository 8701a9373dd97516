//! What there is to do, and what comes of it. A class more needs no change anywhere else.

use std::fmt::{self, Display};
use std::fs;
use std::process;

use pickle::Pickle;

/// Something that a worker does.
#[pickle::dynamic]
pub(crate) trait Job: Display + Send + Sync {
    fn run(&self) -> Box<dyn Answer>;
}

/// What a worker says about it.
#[pickle::dynamic]
pub(crate) trait Answer: Display + Send {}

#[derive(Pickle)]
#[pickle(module = "jobs")]
pub(crate) struct Square {
    pub(crate) number: i64,
}

#[pickle::dynamic]
impl Job for Square {
    fn run(&self) -> Box<dyn Answer> {
        match self.number.checked_mul(self.number) {
            Some(value) => Box::new(Number { value }),
            None => Box::new(Text {
                text: "too large".to_owned(),
            }),
        }
    }
}

impl Display for Square {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "square of {}", self.number)
    }
}

#[derive(Pickle)]
#[pickle(module = "jobs")]
pub(crate) struct Reverse {
    pub(crate) text: String,
}

#[pickle::dynamic]
impl Job for Reverse {
    fn run(&self) -> Box<dyn Answer> {
        let text = self.text.chars().rev().collect();
        Box::new(Text { text })
    }
}

impl Display for Reverse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "reverse of {}", self.text)
    }
}

/// Ends the worker that is the first to do it, and leaves a file for the next one.
#[derive(Pickle)]
#[pickle(module = "jobs")]
pub(crate) struct Crash {
    pub(crate) marker: String,
}

#[pickle::dynamic]
impl Job for Crash {
    fn run(&self) -> Box<dyn Answer> {
        let is_first = fs::File::create_new(&self.marker).is_ok();
        if is_first {
            process::exit(1);
        }
        Box::new(Text {
            text: "survived".to_owned(),
        })
    }
}

impl Display for Crash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("crash")
    }
}

#[derive(Pickle)]
#[pickle(module = "jobs")]
struct Number {
    value: i64,
}

#[pickle::dynamic]
impl Answer for Number {}

impl Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.value)
    }
}

#[derive(Pickle)]
#[pickle(module = "jobs")]
struct Text {
    text: String,
}

#[pickle::dynamic]
impl Answer for Text {}

impl Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
