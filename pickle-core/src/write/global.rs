//! Classes and functions by name.

use super::encoder::Encoder;
use crate::error::{Error, ErrorKind, Result};
use crate::opcode::Opcode;
use crate::protocol::Protocol;
use crate::registry::{Global, python2};

pub(super) const BYTES: Global = Global::new("builtins", "bytes");
pub(super) const BYTEARRAY: Global = Global::new("builtins", "bytearray");
pub(super) const ENCODE: Global = Global::new("_codecs", "encode");
pub(super) const FROZENSET: Global = Global::new("builtins", "frozenset");
pub(super) const OBJECT: Global = Global::new("builtins", "object");
pub(super) const RECONSTRUCTOR: Global = Global::new("copyreg", "_reconstructor");
pub(super) const SET: Global = Global::new("builtins", "set");
const GETATTR: Global = Global::new("builtins", "getattr");

impl Encoder<'_> {
    /// Writes a class or a function, which pickles refer to by name.
    ///
    /// Below protocol 3 the name is the one of Python 2. Nothing checks that Python has something
    /// of this name.
    ///
    /// # Errors
    ///
    /// When the name cannot be written: one inside a function, which has `<locals>` in it; one that
    /// is not ASCII, below protocol 3.
    pub fn global(&mut self, global: Global) -> Result<()> {
        if let Some(slot) = self.memo.global(global) {
            return self.get(slot);
        }
        let level = self.enter()?;
        self.write_global(global)?;
        let slot = self.put_known(level.address)?;
        self.memo.set_global(global, slot);
        self.leave(&level);
        Ok(())
    }

    /// Writes what makes up a global, without memo.
    fn write_global(&mut self, global: Global) -> Result<()> {
        let Global { module, qualname } = global;
        if qualname.split('.').any(|part| part == "<locals>") {
            let message = format!("Can't get local object '{qualname}'");
            return Err(unpicklable(message).raised_as("AttributeError"));
        }
        if self.protocol >= Protocol::V4 {
            self.global_names(global)?;
            self.op(Opcode::StackGlobal);
            return Ok(());
        }
        match qualname.split_once('.') {
            Some((outermost, inner)) => self.nested_global(module, outermost, inner),
            None => self.global_lines(module, qualname),
        }
    }

    /// Writes the module and the qualified name as strings.
    ///
    /// They are interned for what is defined in Python. The built-in types have names that are made
    /// anew each time they are asked for, and the built-in functions have a module string of their
    /// own besides.
    fn global_names(&mut self, global: Global) -> Result<()> {
        if global.module != "builtins" {
            self.name_slot(global.module.into())?;
            self.name_slot(global.qualname.into())?;
            return Ok(());
        }
        if BUILTIN_FUNCTIONS.binary_search(&global.qualname).is_ok() {
            match self.memo.builtins_of_functions {
                Some(slot) => self.get(slot)?,
                None => {
                    let slot = self.fresh_str(global.module)?;
                    self.memo.builtins_of_functions = Some(slot);
                }
            }
        } else {
            self.name_slot(global.module.into())?;
        }
        self.fresh_str(global.qualname)?;
        Ok(())
    }

    /// Writes `getattr(getattr(A, 'B'), 'C')` for `A.B.C`, below protocol 4.
    ///
    /// As CPython 3.13 does, which writes `A` without memo; older ones wrote `A.B` as an object.
    fn nested_global(&mut self, module: &str, outermost: &str, inner: &str) -> Result<()> {
        for _ in inner.split('.') {
            self.global(GETATTR)?;
            if self.protocol < Protocol::V2 {
                self.op(Opcode::Mark);
            }
        }
        self.global_lines(module, outermost)?;
        for name in inner.split('.') {
            self.str(name)?;
            self.op(if self.protocol < Protocol::V2 {
                Opcode::Tuple
            } else {
                Opcode::Tuple2
            });
            self.op(Opcode::Reduce);
        }
        Ok(())
    }

    /// Writes GLOBAL and its two lines, without memo.
    fn global_lines(&mut self, module: &str, name: &str) -> Result<()> {
        let (module, name) = match python2::to_python2(module, name) {
            Some((module, renamed)) if self.protocol < Protocol::V3 && self.fix_imports => {
                (module, renamed.unwrap_or(name))
            }
            _ => (module, name),
        };
        self.check_line("module", module)?;
        self.check_line("global", name)?;
        self.op(Opcode::Global);
        for line in [module, name] {
            self.push(line.as_bytes());
            self.push(b"\n");
        }
        Ok(())
    }

    fn check_line(&self, what: &str, text: &str) -> Result<()> {
        if (self.protocol >= Protocol::V3 || text.is_ascii()) && !text.contains('\n') {
            return Ok(());
        }
        let protocol = u8::from(self.protocol);
        Err(unpicklable(format!(
            "can't pickle {what} identifier '{text}' using pickle protocol {protocol}"
        )))
    }
}

#[cold]
fn unpicklable(message: String) -> Error {
    Error::new(ErrorKind::Unpicklable, message)
}

/// The functions of `builtins`, sorted; what else is in it is a type.
#[rustfmt::skip]
static BUILTIN_FUNCTIONS: &[&str] = &[
    "__build_class__", "__import__", "abs", "aiter", "all", "anext", "any", "ascii", "bin",
    "breakpoint", "callable", "chr", "compile", "delattr", "dir", "divmod", "eval", "exec",
    "format", "getattr", "globals", "hasattr", "hash", "hex", "id", "input", "isinstance",
    "issubclass", "iter", "len", "locals", "max", "min", "next", "oct", "open", "ord", "pow",
    "print", "repr", "round", "setattr", "sorted", "sum", "vars",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_functions_can_be_searched() {
        assert!(BUILTIN_FUNCTIONS.is_sorted());
        assert!(BUILTIN_FUNCTIONS.binary_search(&"getattr").is_ok());
    }
}
