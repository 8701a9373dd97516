//! Calls of Python's built-in types, whose results the machine knows.

use super::Machine;
use crate::error::{Error, ErrorKind, Result};
use crate::read::arena::globals::{Builtin, GlobalRef};
use crate::read::arena::node::{Place, Word};
use crate::read::arena::{Entry, Meaning, Shape};
use crate::read::argument::scalar::{Scalar, is_literal, literal_length, scalar};

/// What a copied item costs of the allowance for shared parts. It takes about that in a set of
/// values, and a byte of the pickle at least, so that data without sharing never reaches the limit.
const COPY_COST: usize = 64;

impl<'de, W: Word> Machine<'_, 'de, W> {
    /// Settles what calling a built-in makes, and takes the copy that Python takes.
    pub(super) fn call_builtin(&mut self, builtin: Builtin, call: usize, args: W) -> Result<()> {
        let shape = match builtin {
            Builtin::Set => Shape::Set,
            Builtin::FrozenSet => Shape::FrozenSet,
            Builtin::List => Shape::List,
            Builtin::Tuple => Shape::Tuple,
            Builtin::Dict => Shape::Dict,
            Builtin::GetAttr => return self.get_attribute(call, args),
            _ => {
                let meaning = builtin.meaning();
                if matches!(meaning, Meaning::Bytes | Meaning::ByteArray) {
                    let length = self.bytes_length(args);
                    self.charge(length)?;
                }
                self.workspace.arena.set_meaning(call, meaning);
                return Ok(());
            }
        };
        let (count, first) = match args.place() {
            Place::Scalar(_) => (0, None),
            Place::Container(index) => {
                let children = self.workspace.arena.children(index);
                (children.len(), children.first().copied())
            }
        };
        let Some(of) = first.filter(|_| count == 1).map(|word| self.iterable(word)) else {
            if count == 0 {
                let empty = self.workspace.arena.make(shape, &[], 0);
                self.workspace.arena.set_meaning(call, builtin.meaning());
                self.workspace.arena.log(call, Entry::Value, empty);
                return Ok(());
            }
            let message = format!(
                "{} expected at most 1 argument, got {count}",
                builtin.name()
            );
            return Err(Error::new(ErrorKind::Operand, message));
        };
        let first = first.unwrap_or(args);
        if let Some(of) = &of {
            self.charge(self.workspace.arena.get(of.index).len * COPY_COST)?;
        }
        let value = match of {
            // `dict(…)` of pairs needs each pair taken apart.
            Some(of) if shape == Shape::Dict && !of.is_dict => self.dict_of_pairs(of.index)?,
            Some(of) if of.is_dict && shape != Shape::Dict => self.keys_of(shape, of.index),
            Some(of) => self.copy(shape, of.index),
            None if self.is_tuple(first) => self.workspace.arena.make(shape, &[], 0),
            // The items of text and of instances are no parts of the pickle.
            None if self.may_be_iterable(first) => return Ok(()),
            None => {
                let message = format!("'{}' object is not iterable", self.type_name(first));
                return Err(Error::new(ErrorKind::Operand, message));
            }
        };
        if let Place::Container(value) = value.place()
            && matches!(shape, Shape::Set | Shape::FrozenSet)
            && let children = self.workspace.arena.children(value)
            && let Some(&element) = children.iter().find(|&&word| self.is_unhashable(word))
        {
            return Err(self.unhashable(element));
        }
        self.workspace.arena.set_meaning(call, builtin.meaning());
        self.workspace.arena.log(call, Entry::Value, value);
        Ok(())
    }

    /// `getattr(cls, name)`: the class or function nested in a class.
    fn get_attribute(&mut self, call: usize, args: W) -> Result<()> {
        let Place::Container(args) = args.place() else {
            return Ok(());
        };
        let &[of, name] = self.workspace.arena.children(args) else {
            return Ok(());
        };
        let Some(name) = self.name(name)? else {
            let message = format!(
                "attribute name must be string, not '{}'",
                self.type_name(name)
            );
            return Err(Error::new(ErrorKind::Operand, message));
        };
        let Some(GlobalRef::Name(of)) = self.global_of(of) else {
            return Ok(());
        };
        // Each level has the names of those above it.
        let length = of.module.len() + of.qualname.len();
        let of = of.clone();
        self.charge(length)?;
        let global = GlobalRef::Name(of.attribute(self.offset, &name));
        let nested = self.make_global(global, &[]);
        let meaning = match &*name {
            "__new__" => Meaning::New,
            _ => Meaning::Attribute,
        };
        self.workspace.arena.set_meaning(call, meaning);
        self.workspace.arena.log(call, Entry::Value, nested);
        Ok(())
    }

    /// About how many bytes a call that makes bytes copies, or a view of them shows: those of its
    /// first argument.
    pub(super) fn bytes_length(&self, mut word: W) -> usize {
        let arena = &self.workspace.arena;
        // Calls inside of calls are not followed further when the bytes are asked for.
        for _ in 0..10 {
            let index = match word.place() {
                Place::Scalar(offset) => {
                    return match is_literal(self.input, offset) {
                        true => literal_length(self.input, offset),
                        false => match scalar(self.input, offset) {
                            Ok(Scalar::Bytes(data) | Scalar::ByteArray(data)) => data.len(),
                            Ok(Scalar::Str(data) | Scalar::ByteString(data)) => data.len(),
                            _ => 0,
                        },
                    };
                }
                Place::Container(index) => index,
            };
            let container = arena.get(index);
            let children = arena.children(index);
            let inner = match (container.shape, container.meaning) {
                (Shape::Buffer, _) => {
                    let buffers = self.options.buffers.as_deref().unwrap_or_default();
                    return buffers
                        .get(children[0].index())
                        .map_or(0, |buffer| buffer.len());
                }
                (Shape::ReadOnly, _) => children.first(),
                (Shape::Tuple, _) => children.first(),
                (_, Meaning::Bytes | Meaning::ByteArray) => children.get(1),
                _ => return self.iterable(word).map_or(0, |of| arena.get(of.index).len),
            };
            match inner {
                Some(inner) => word = *inner,
                None => return 0,
            }
        }
        0
    }

    /// The container whose children an iteration would give; `None` for what has none.
    pub(super) fn iterable(&self, word: W) -> Option<Iterable> {
        let Place::Container(index) = word.place() else {
            return None;
        };
        let arena = &self.workspace.arena;
        let container = arena.get(index);
        let index = match (container.shape, container.meaning) {
            (Shape::List | Shape::Tuple | Shape::Set | Shape::FrozenSet | Shape::Dict, _) => index,
            (
                Shape::Reduce,
                Meaning::List | Meaning::Tuple | Meaning::Set | Meaning::FrozenSet | Meaning::Dict,
            ) => match arena.children(index).get(3)?.place() {
                Place::Container(value) => value,
                Place::Scalar(_) => return None,
            },
            _ => return None,
        };
        Some(Iterable {
            index,
            is_dict: arena.get(index).shape == Shape::Dict,
        })
    }

    /// Whether an object that has no children here may have items in Python.
    fn may_be_iterable(&self, word: W) -> bool {
        match word.place() {
            Place::Scalar(offset) => matches!(
                scalar(self.input, offset),
                Ok(Scalar::Str(_)
                    | Scalar::ByteString(_)
                    | Scalar::Bytes(_)
                    | Scalar::ByteArray(_))
            ),
            Place::Container(index) => {
                !matches!(self.workspace.arena.get(index).meaning, Meaning::Partial)
            }
        }
    }

    /// A container of what another one holds now, whose parts so come to be at two places.
    fn copy(&mut self, shape: Shape, of: usize) -> W {
        for nth in 0..self.workspace.arena.get(of).len {
            let part = self.workspace.arena.children(of)[nth];
            self.share(part);
        }
        self.workspace.arena.make_copy(shape, of)
    }

    pub(super) fn keys_of(&mut self, shape: Shape, dict: usize) -> W {
        let keys: Vec<W> = self
            .workspace
            .arena
            .children(dict)
            .iter()
            .step_by(2)
            .copied()
            .collect();
        self.workspace.arena.make(shape, &keys, 0)
    }

    pub(super) fn dict_of_pairs(&mut self, pairs: usize) -> Result<W> {
        let count = self.workspace.arena.get(pairs).len;
        let mut items = Vec::with_capacity(2 * count);
        for at in 0..count {
            let pair = self.workspace.arena.children(pairs)[at];
            let pair = self
                .iterable(pair)
                .map(|pair| self.workspace.arena.children(pair.index));
            let Some(&[key, value]) = pair else {
                let message = format!(
                    "cannot convert dictionary update sequence element #{at} to a sequence"
                );
                return Err(Error::new(ErrorKind::Operand, message));
            };
            if self.is_unhashable(key) {
                return Err(self.unhashable(key));
            }
            items.extend([key, value]);
        }
        Ok(self.workspace.arena.make(Shape::Dict, &items, 0))
    }
}

/// What an iteration goes over.
pub(super) struct Iterable {
    pub(super) index: usize,
    pub(super) is_dict: bool,
}
