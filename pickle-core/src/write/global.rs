//! Classes and functions by name.

use super::Pickle;
use super::encoder::{Encoder, RequestKind};
use super::making::Making;
use super::memo::{self, Form, Names, Slot};
use super::origin::Origin;
use crate::error::{Error, ErrorKind, Result};
use crate::opcode::Opcode;
use crate::protocol::Protocol;
use crate::registry::{Class, Function, Global, Registry, python2};

pub(super) const BYTES: Global = Global::new("builtins", "bytes");
pub(super) const BYTEARRAY: Global = Global::new("builtins", "bytearray");
pub(super) const ENCODE: Global = Global::new("_codecs", "encode");
pub(super) const FROZENSET: Global = Global::new("builtins", "frozenset");
pub(super) const OBJECT: Global = Global::new("builtins", "object");
pub(super) const RECONSTRUCTOR: Global = Global::new("copyreg", "_reconstructor");
pub(super) const NEWOBJ: Global = Global::new("copyreg", "__newobj__");
pub(super) const PARTIAL: Global = Global::new("functools", "partial");
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
        if self.request.is_some() {
            return self.requested_global(global.module, global.qualname);
        }
        self.global_slot(global).map(drop)
    }

    /// As [`global`](Self::global), when nothing else was asked for. Returns the slot, if there is one.
    pub(super) fn global_slot(&mut self, global: Global) -> Result<Option<Slot>> {
        match self.memo.global(global.module, global.qualname) {
            Some(slot) => {
                self.get(slot)?;
                self.note(Form::Callable);
                Ok(Some(slot))
            }
            None if self.is_usual(global) => {
                let values = self.values;
                self.static_name(global.module)?;
                self.static_name(global.qualname)?;
                self.push(&[Opcode::StackGlobal.byte(), Opcode::Memoize.byte()]);
                let slot = memo::slot(self.memo.count())?;
                self.memo.set_global(global.into(), slot);
                self.values = values + 1;
                self.note(Form::Callable);
                Ok(Some(slot))
            }
            None => self.new_global(global.into(), None),
        }
    }

    /// Whether a class or function is nothing but its two names, as nearly all are at protocol 4.
    fn is_usual(&self, global: Global) -> bool {
        self.is_plain(0)
            && self.depth < self.depth_limit
            && !global.qualname.as_bytes().contains(&b'<')
            && Origin::of(global.module, global.qualname) == Origin::Python
            && self.names_registry().has_no_extensions()
    }

    /// The registry that knows extension codes.
    fn names_registry(&self) -> &Registry {
        self.registry().unwrap_or_else(|| Registry::global())
    }

    /// Writes a class or a function whose name is not known before the program runs.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// use pickle::{Encoder, Pickle};
    ///
    /// /// A function, by the name that a file gave.
    /// struct Function(String);
    ///
    /// impl Pickle for Function {
    ///     fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
    ///         encoder.global_named("shop", &self.0)
    ///     }
    /// }
    ///
    /// let mut pickler = pickle::Pickler::new(Vec::new()).with_protocol(pickle::Protocol::V2);
    /// pickler.dump(&Function("total".to_owned()))?;
    /// assert_eq!(pickler.into_inner(), b"\x80\x02cshop\ntotal\nq\0.");
    /// # Ok::<(), pickle::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`global`](Self::global).
    pub fn global_named(&mut self, module: &str, qualname: &str) -> Result<()> {
        self.global_of(module, qualname, None)
    }

    /// Writes a class or a function. At protocol 4 its names are strings; `addresses`, if given,
    /// are those of strings that may be written elsewhere as well.
    pub(crate) fn global_of(
        &mut self,
        module: &str,
        qualname: &str,
        addresses: Option<[usize; 2]>,
    ) -> Result<()> {
        if self.request.is_some() {
            return self.requested_global(module, qualname);
        }
        if let Some(slot) = self.memo.global(module, qualname) {
            self.get(slot)?;
            self.note(Form::Callable);
            return Ok(());
        }
        let names = Names::owned(module, qualname);
        self.new_global(names, addresses).map(drop)
    }

    /// Whether names are those of Python 2.
    pub(crate) fn writes_python2_names(&self) -> bool {
        self.protocol < Protocol::V3 && self.fix_imports
    }

    /// Writes a class or function of a document: where one is referred to, the document says, not
    /// the name. `written` is its name here, the other one that in Python 3.
    pub(crate) fn literal_global(
        &mut self,
        written: (&str, &str),
        (module, qualname): (&str, &str),
        addresses: Option<[usize; 2]>,
    ) -> Result<()> {
        if self.request.is_some() {
            return self.requested_global(module, qualname);
        }
        let level = self.enter()?;
        match addresses {
            Some(addresses) if self.protocol >= Protocol::V4 => {
                for (text, address) in [module, qualname].into_iter().zip(addresses) {
                    if !self.knows(address)? {
                        self.str(text)?;
                    }
                }
                self.op(Opcode::StackGlobal);
            }
            _ if written != (module, qualname) => self.lines(written.0, written.1)?,
            _ => self.write_global(&Names::owned(module, qualname))?,
        }
        let slot = self.put_known(level.address)?;
        if self.memo.global(module, qualname).is_none() {
            self.memo.set_global(Names::owned(module, qualname), slot);
        }
        self.leave(&level);
        self.note_at(&level, Form::Callable);
        Ok(())
    }

    /// Writes what a class was asked for: its `__new__`.
    #[cold]
    fn requested_global(&mut self, module: &str, qualname: &str) -> Result<()> {
        match self.take_request() {
            Some(RequestKind::New) => self.global_named(module, &format!("{qualname}.__new__")),
            Some(RequestKind::Join(_)) => Err(Making::Reduce.not_a_tuple()),
            // Meant for what this is a part of.
            None => {
                let request = self.request.take();
                let written = self.global_named(module, qualname);
                self.request = request;
                written
            }
        }
    }

    /// Refers to the string of an address, if it was written; else it is what is written next.
    fn knows(&mut self, address: usize) -> Result<bool> {
        match address {
            0 => Ok(false),
            _ => self.met(address),
        }
    }

    fn new_global(
        &mut self,
        names: Names<'static>,
        addresses: Option<[usize; 2]>,
    ) -> Result<Option<Slot>> {
        if self.protocol >= Protocol::V2
            && let Some(code) = self
                .names_registry()
                .extension_of(&names.module, &names.qualname)
        {
            self.extension(code)?;
            return Ok(None);
        }
        let level = self.enter()?;
        match addresses {
            Some([module, qualname]) if self.protocol >= Protocol::V4 => {
                let origin = Origin::of(&names.module, &names.qualname);
                if !self.knows(module)? {
                    // The string may be one that others than these addresses know by its text.
                    match origin {
                        Origin::Python | Origin::Static => {
                            self.name_slot(names.module.clone())?;
                        }
                        Origin::Heap | Origin::Shared(_) => self.str(&names.module)?,
                    }
                }
                if !self.knows(qualname)? {
                    self.str(&names.qualname)?;
                }
                self.op(Opcode::StackGlobal);
            }
            _ => self.write_global(&names)?,
        }
        let slot = self.put_known(level.address)?;
        self.memo.set_global(names, slot);
        self.leave(&level);
        self.note_at(&level, Form::Callable);
        Ok(Some(slot))
    }

    /// Writes the extension code that stands for a class or function, from protocol 2 on. Both
    /// sides must have agreed on it: in Python, by `copyreg.add_extension`.
    ///
    /// A [`Class`] that has a code is written as that by itself.
    ///
    /// # Errors
    ///
    /// When the code is 0 or beyond 2³¹ − 1, and below protocol 2, which has no such codes.
    pub fn extension(&mut self, code: u32) -> Result<()> {
        if code == 0 || code > i32::MAX as u32 {
            return Err(
                unpicklable(format!("extension code {code} is out of range"))
                    .raised_as("RuntimeError"),
            );
        }
        if self.protocol < Protocol::V2 {
            return Err(unpicklable(
                "extension codes can only be pickled with protocol >= 2".to_owned(),
            ));
        }
        if let Some(RequestKind::New) = self.take_request() {
            return Err(super::containers::not_a_class());
        }
        self.out.boundary()?;
        self.count_value();
        self.take_address();
        let [a, b, c, d] = code.to_le_bytes();
        match code {
            0..=0xFF => self.push(&[Opcode::Ext1.byte(), a]),
            0x100..=0xFFFF => self.push(&[Opcode::Ext2.byte(), a, b]),
            _ => self.push(&[Opcode::Ext4.byte(), a, b, c, d]),
        }
        self.note(Form::Callable);
        Ok(())
    }

    /// The registry that the pickler was given.
    #[inline]
    fn registry(&self) -> Option<&Registry> {
        self.hooks.as_ref()?.registry.as_deref()
    }

    /// The name by which a class is written, and its extension code.
    #[inline]
    pub(super) fn written_as(&self, class: &Class) -> Result<(Global, Option<u32>)> {
        match self.registry() {
            None => Ok((class.global(), class.extension())),
            Some(registry) => registry
                .written_as(class)
                .ok_or_else(|| not_registered("class", class.global())),
        }
    }

    /// Writes what makes up a global, without memo.
    fn write_global(&mut self, names: &Names<'static>) -> Result<()> {
        let Names { module, qualname } = names;
        if qualname.contains('<') && qualname.split('.').any(|part| part == "<locals>") {
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
            Origin::Shared(private) => match self.memo.private_name(private as usize) {
                Some(slot) => self.get(slot)?,
                None => {
                    let slot = self.fresh_str(module)?;
                    self.memo.set_private_name(private as usize, slot);
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
        self.lines(module, name)
    }

    fn lines(&mut self, module: &str, name: &str) -> Result<()> {
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
        let encodable = self.protocol >= Protocol::V3 || text.is_ascii();
        // No pickler gets to an empty name, and no unpickler takes one.
        if encodable && !text.is_empty() && !text.contains('\n') {
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

/// The class or function itself.
impl Pickle for Global {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.global(*self)
    }
}

/// The class itself: its name, or from protocol 2 on its extension code, if it has one.
impl Pickle for Class {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        match encoder.written_as(self)? {
            (_, Some(code))
                if encoder.protocol >= Protocol::V2
                    && !matches!(encoder.request.map(|r| r.kind), Some(RequestKind::New)) =>
            {
                encoder.extension(code)
            }
            (name, _) => encoder.global(name),
        }
    }
}

/// The function itself, by its name.
impl Pickle for Function {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let name = self.global();
        if encoder
            .registry()
            .is_some_and(|registry| !registry.has_function(self))
        {
            return Err(not_registered("function", name));
        }
        encoder.global(name)
    }
}

/// The error of what the pickler's own registry does not have, in Python's words for what a module
/// does not have.
#[cold]
fn not_registered(what: &str, name: Global) -> Error {
    let Global { module, qualname } = name;
    unpicklable(format!(
        "Can't pickle <{what} '{module}.{qualname}'>: attribute lookup {qualname} on {module} failed"
    ))
    .note("the registry that the pickler was given does not have it: `Pickler::with_registry`")
}
