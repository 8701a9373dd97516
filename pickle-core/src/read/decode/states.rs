//! The states that a pickle gives an instance: dicts of attributes.

use crate::error::{Error, ErrorKind, Result};
use crate::read::arena::node::Node;
use crate::read::arena::{Container, Entry, Shape};
use crate::read::argument::scalar::Scalar;
use crate::read::decode::attributes::ATTRIBUTE_COST;
use crate::read::decode::decoder::Decoder;
use crate::registry::Class;

/// What is left of the states of an instance, one attribute after the other.
pub(super) struct States {
    /// How many attributes came before.
    count: usize,
    /// What is left of the state under way: positions of names and values in turn.
    position: usize,
    end: usize,
    /// The second dict of a state of two: the slots.
    slots: Option<Node>,
    /// What is left of the log.
    log_position: usize,
    log_end: usize,
    alone: bool,
    leaves: bool,
}

impl States {
    /// The states in the log of an instance.
    #[inline]
    pub(super) fn of(decoder: &Decoder<'_>, container: Container) -> Self {
        let log_start = container.shape.log_start().unwrap_or(container.len);
        let mut states = Self {
            count: 0,
            position: 0,
            end: 0,
            slots: None,
            log_position: container.start + log_start.min(container.len),
            log_end: container.start + container.len,
            alone: false,
            leaves: false,
        };
        states.first(decoder);
        states
    }

    /// The same, where this is all that reads the instance; otherwise somebody else gives account of
    /// everything but the attributes.
    pub(super) fn alone(self) -> Self {
        Self {
            alone: true,
            ..self
        }
    }

    /// The same, where the instance is left when the attributes end.
    pub(super) fn leaving(self) -> Self {
        Self {
            leaves: true,
            ..self
        }
    }

    /// Whether the instance is left when the attributes end.
    #[inline]
    pub(super) fn leaves(&self) -> bool {
        self.leaves
    }

    /// Begins with the state if it is the plain dict that nearly all instances have.
    #[inline]
    fn first(&mut self, decoder: &Decoder<'_>) {
        if self.log_position < self.log_end
            && let (Entry::State, state) = decoder.arena.log_entry(self.log_position)
            && let Some(dict) = decoder.container(state)
            && dict.shape == Shape::Dict
        {
            self.log_position += 2;
            (self.position, self.end) = (dict.start, dict.start + dict.len);
        }
    }

    /// The number, name and value of the next attribute.
    #[inline]
    pub(super) fn next(
        &mut self,
        decoder: &Decoder<'_>,
        class: &Class,
    ) -> Result<Option<(usize, Node, Node)>> {
        while self.position == self.end {
            if !self.next_dict(decoder, class)? {
                return Ok(None);
            }
        }
        self.position += 2;
        self.count += 1;
        Ok(Some((
            self.count - 1,
            decoder.arena.child(self.position - 2),
            decoder.arena.child(self.position - 1),
        )))
    }

    /// Goes to the next dict of attributes; false when there is none.
    fn next_dict(&mut self, decoder: &Decoder<'_>, class: &Class) -> Result<bool> {
        if let Some(slots) = self.slots.take() {
            return match self.enter(decoder, slots) {
                true => Ok(true),
                false => Err(bad_state("slot state is not a dictionary")),
            };
        }
        if self.log_position == self.log_end {
            return Ok(false);
        }
        decoder.charge(ATTRIBUTE_COST)?;
        let (entry, node) = decoder.arena.log_entry(self.log_position);
        self.log_position += 2;
        match entry {
            Entry::State => {}
            _ if !self.alone => return Ok(true),
            Entry::Items => return Err(surplus(class, "list items")),
            Entry::Pairs => return Err(surplus(class, "dict items")),
            Entry::Additions => return Err(surplus(class, "set items")),
            Entry::Setter => return Err(surplus(class, "a state by a function")),
            Entry::Value => return Ok(true),
        }
        if self.enter(decoder, node) {
            return Ok(true);
        }
        // `(dict or None, slots)`, or None, which changes nothing.
        let state = match decoder.tuple(node).as_deref() {
            Some(&[state, slots]) => {
                self.slots = Some(slots);
                state
            }
            _ => node,
        };
        let is_none = matches!(decoder.scalar(state)?, Some(Scalar::None));
        match is_none || self.enter(decoder, state) {
            true => Ok(true),
            false => Err(bad_state("state is not a dictionary")),
        }
    }

    /// Goes into a dict, if a node is one.
    fn enter(&mut self, decoder: &Decoder<'_>, node: Node) -> bool {
        match decoder.content(node) {
            Some(content) if content.shape == Shape::Dict => {
                (self.position, self.end) = (content.start, content.start + content.len);
                true
            }
            _ => false,
        }
    }
}

#[cold]
fn bad_state(message: &str) -> Error {
    Error::new(ErrorKind::Mismatch, message).raised_as("UnpicklingError")
}

#[cold]
fn surplus(class: &Class, what: &str) -> Error {
    let message = format!("`{class}` takes attributes only, the pickle gives it {what}");
    Error::new(ErrorKind::Mismatch, message)
}
