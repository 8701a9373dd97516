//! The class of the examples. In Python it is a class of the script itself, so that pickles name
//! it `__main__.SimpleObject`.

#![allow(
    dead_code,
    reason = "not every example writes, not every example reads"
)]

use std::fmt;

use pickle::Pickle;

#[derive(Pickle, Debug, PartialEq)]
#[pickle(module = "__main__")]
pub(crate) struct SimpleObject {
    pub(crate) name: String,
    pub(crate) name_backwards: String,
}

impl SimpleObject {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            name_backwards: name.chars().rev().collect(),
        }
    }
}

impl fmt::Display for SimpleObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.name_backwards)
    }
}
