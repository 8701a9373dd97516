//! Classes and functions by name.

use super::encoder::Encoder;
use super::memo::Names;
use super::origin::Origin;
use crate::error::{Error, ErrorKind, Result};
use crate::opcode::Opcode;
use crate::protocol::Protocol;
use crate::registry::{Global, python2};
use crate::value::Text;

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
        match self.memo.global(global.module, global.qualname) {
            Some(slot) => self.get(slot),
            None => self.new_global(global.into(), None),
        }
    }

    /// Writes a class or a function whose name is not known before the program runs.
    ///
    /// At protocol 4 the names are `strings`, if given, which may be written elsewhere as well.
    pub(crate) fn dynamic_global(
        &mut self,
        module: &str,
        qualname: &str,
        strings: Option<(&Text, &Text)>,
    ) -> Result<()> {
        if let Some(slot) = self.memo.global(module, qualname) {
            return self.get(slot);
        }
        let names = Names {
            module: module.to_owned().into(),
            qualname: qualname.to_owned().into(),
        };
        self.new_global(names, strings)
    }

    fn new_global(&mut self, names: Names<'static>, strings: Option<(&Text, &Text)>) -> Result<()> {
        let level = self.enter()?;
        match strings {
            Some((module, qualname)) if self.protocol >= Protocol::V4 => {
                self.value(module)?;
                self.value(qualname)?;
                self.op(Opcode::StackGlobal);
            }
            _ => self.write_global(&names)?,
        }
        let slot = self.put_known(level.address)?;
        self.memo.set_global(names, slot);
        self.leave(&level);
        Ok(())
    }

    /// Writes what makes up a global, without memo.
    fn write_global(&mut self, names: &Names<'static>) -> Result<()> {
        let Names { module, qualname } = names;
        if qualname.split('.').any(|part| part == "<locals>") {
            let message = format!("Can't get local object '{qualname}'");
            return Err(unpicklable(message).raised_as("AttributeError"));
        }
        if self.protocol >= Protocol::V4 {
            self.global_names(names)?;
            self.op(Opcode::StackGlobal);
            return Ok(());
        }
        match qualname.split_once('.') {
            Some((outermost, inner)) => self.nested_global(module, outermost, inner),
            None => self.global_lines(module, qualname),
        }
    }

    /// Writes the module and the qualified name as strings.
    fn global_names(&mut self, names: &Names<'static>) -> Result<()> {
        let Names { module, qualname } = names;
        let origin = Origin::of(module, qualname);
        match origin {
            Origin::Python | Origin::Static => {
                self.name_slot(module.clone())?;
            }
            Origin::Heap => {
                self.fresh_str(module)?;
            }
            Origin::Shared(private) => match self.memo.private_names[private as usize] {
                Some(slot) => self.get(slot)?,
                None => {
                    let slot = self.fresh_str(module)?;
                    self.memo.private_names[private as usize] = Some(slot);
                }
            },
        }
        match origin {
            Origin::Python => self.name_slot(qualname.clone())?,
            _ => self.fresh_str(qualname)?,
        };
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
