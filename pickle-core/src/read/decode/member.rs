//! Reading the members of enumerations.

use crate::error::{Error, ErrorKind, Result};
use crate::read::arena::Shape;
use crate::read::arena::globals::{Builtin, GlobalRef};
use crate::read::arena::node::Node;
use crate::read::argument::scalar::Scalar;
use crate::read::decode::cursor::Cursor;
use crate::registry::{Class, Constant, Member};

impl Cursor<'_, '_> {
    /// Reads a member of an enumeration, and returns its index among the
    /// [members](Class::members) of the class.
    ///
    /// Python writes a member as a call of its class with its value; some versions wrote
    /// `getattr(cls, name)`, which is read too.
    ///
    /// # Errors
    ///
    /// When the value is no member of this class; in Python's words when it would be one of a value
    /// that the class does not have.
    pub fn member(mut self, class: &'static Class) -> Result<usize> {
        self.decoder.no_stream()?;
        if let Some(index) = self.member_by_name(class)? {
            return Ok(index);
        }
        if !self.is_instance(class) {
            return Err(self.mismatch(&class.to_string()));
        }
        let mut instance = self.reborrow().instance(class)?;
        let index = instance.arg_with("value", |value| {
            let found = class
                .members()
                .iter()
                .position(|member| value.equals(&member.value));
            found.ok_or_else(|| value.not_a_member(class))
        })?;
        let Some(index) = index else {
            return Err(instance.lacks("value"));
        };
        instance.end()?;
        Ok(index)
    }

    /// Reads a literal: one of these constants; returns its index.
    ///
    /// # Errors
    ///
    /// When the value is none of them.
    pub fn literal(self, constants: &[Constant]) -> Result<usize> {
        self.decoder.no_stream()?;
        let found = constants.iter().position(|constant| self.equals(constant));
        found.ok_or_else(|| {
            let expected: Vec<_> = constants.iter().map(ToString::to_string).collect();
            self.mismatch(&expected.join(" or "))
        })
    }

    /// `getattr(cls, name)`
    fn member_by_name(&self, class: &'static Class) -> Result<Option<usize>> {
        let Some(global) = self.decoder.global_index(self.node) else {
            return Ok(None);
        };
        let Some(GlobalRef::Name(name)) = self.decoder.globals.get(global) else {
            return Ok(None);
        };
        let Some((qualname, member)) = name.qualname.rsplit_once('.') else {
            return Ok(None);
        };
        if !class.is_called(&name.module, qualname) {
            return Ok(None);
        }
        match class.members().iter().position(|known| known.is(member)) {
            Some(index) => Ok(Some(index)),
            None => {
                let message = format!("type object '{}' has no attribute '{member}'", class.name());
                Err(Error::new(ErrorKind::UnknownClass, message))
            }
        }
    }

    /// Reads a set of flags, as the number whose bits they are: an `enum.Flag` or `enum.IntFlag`.
    ///
    /// Besides by its number, some versions of Python wrote a flag by its name, and several as
    /// `operator.or_` of their names.
    ///
    /// # Errors
    ///
    /// When the value is no flag of this class.
    pub fn flags(self, class: &'static Class) -> Result<i64> {
        self.decoder.no_stream()?;
        let mut bits = 0;
        let mut nodes = vec![self.node];
        while let Some(node) = nodes.pop() {
            // Operands may be shared: a few bytes can stand for any number of them.
            self.decoder.charge(8)?;
            let mut cursor = Cursor::new(self.decoder, node);
            if let Some(index) = cursor.member_by_name(class)? {
                if let Constant::Int(value) = class.members()[index].value {
                    bits |= value;
                }
                continue;
            }
            if let Some((left, right)) = cursor.or_operands() {
                nodes.extend([left, right]);
                continue;
            }
            let mut instance = cursor.reborrow().instance(class)?;
            match instance.arg::<i64>("value")? {
                Some(value) => bits |= value,
                None => return Err(instance.lacks("value")),
            }
            instance.end()?;
        }
        Ok(bits)
    }

    /// The operands of a call of `operator.or_`.
    fn or_operands(&self) -> Option<(Node, Node)> {
        let container = self.decoder.container(self.node)?;
        let callable = self.decoder.arena.child(container.start);
        if container.shape != Shape::Reduce || self.decoder.builtin(callable) != Some(Builtin::Or) {
            return None;
        }
        let (start, end) = self
            .decoder
            .items(self.decoder.arena.child(container.start + 1))?;
        (end - start == 2).then(|| {
            (
                self.decoder.arena.child(start),
                self.decoder.arena.child(start + 1),
            )
        })
    }

    /// Whether the value is this constant.
    fn equals(&self, constant: &Constant) -> bool {
        self.is_constant(self.node, constant)
    }

    fn is_constant(&self, node: Node, constant: &Constant) -> bool {
        if let Constant::Tuple(items) = constant {
            let found = self.decoder.tuple(node);
            return found.is_some_and(|found| {
                found.len() == items.len()
                    && found
                        .iter()
                        .zip(*items)
                        .all(|(node, item)| self.is_constant(*node, item))
            });
        }
        match (constant, self.decoder.scalar(node)) {
            (Constant::None, Ok(Some(Scalar::None))) => true,
            (Constant::Bool(value), Ok(Some(Scalar::Bool(found)))) => *value == found,
            (Constant::Int(value), Ok(Some(Scalar::Int(found)))) => *value == found,
            (Constant::Float(value), Ok(Some(Scalar::Float(found)))) => *value == found,
            (Constant::Str(value), Ok(Some(Scalar::Str(found) | Scalar::ByteString(found)))) => {
                value.as_bytes() == &*found
            }
            _ => false,
        }
    }

    #[cold]
    fn not_a_member(&self, class: &'static Class) -> Error {
        let shown = match self.decoder.scalar(self.node) {
            Ok(Some(Scalar::Int(value))) => value.to_string(),
            Ok(Some(Scalar::Str(text))) => crate::error::quoted(&String::from_utf8_lossy(&text)),
            Ok(Some(Scalar::Float(value))) => crate::float::repr(value),
            Ok(Some(Scalar::None)) => "None".to_owned(),
            _ => format!("<{}>", self.decoder.type_name(self.node)),
        };
        let known: Vec<_> = class.members().iter().map(Member::to_string).collect();
        let message = format!("{shown} is not a valid {}", class.qualname());
        Error::new(ErrorKind::Mismatch, message)
            .raised_as("ValueError")
            .note(format!("the members are {}", known.join(", ")))
    }
}
