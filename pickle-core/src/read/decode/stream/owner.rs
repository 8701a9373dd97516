//! Values with several owners, which the memo fetches.

use std::any::Any;

use super::{
    BINPUT, Content, EMPTY_DICT, EMPTY_LIST, EMPTY_SET, LONG_BINPUT, MEMOIZE, Result, Slot, Stream,
};
use crate::read::arena::node::Node;

/// What was read into a value that may have several owners.
pub(super) struct Owner {
    /// One of the owners: an `Rc`, say.
    value: Box<dyn Any>,
    /// Where it stands, if it is a scalar.
    pub(super) scalar: Option<usize>,
}

/// Where a value begins that is being read for an owner.
pub(in crate::read::decode) struct Begun {
    at: usize,
    /// Where the value begins that is being read for an owner of this one.
    outer: usize,
    /// The next slot of the memo.
    slots: usize,
    /// The slot that the value will be put into, if that can be told.
    slot: Option<usize>,
}

impl Stream<'_> {
    /// Fetches an owner of a value that was read before; `None` if the value comes here.
    #[inline]
    pub(in crate::read::decode) fn owner<P: Clone + 'static>(
        &mut self,
        node: Node,
    ) -> Result<Option<P>> {
        // It may stand behind the header of a frame.
        self.opcode(node)?;
        if let Some((slot, length)) = self.fetched(self.position)
            && let Some(Content::Owner(index)) = self.slot(slot)
        {
            let owner = &self.owners[index];
            // What is no scalar may not be hashable.
            let is_hashable = self.keys == 0 || owner.scalar.is_some();
            return match owner.value.downcast_ref::<P>() {
                Some(owner) if is_hashable => {
                    let owner = owner.clone();
                    self.position += length;
                    Ok(Some(owner))
                }
                _ => Err(self.give_up()),
            };
        }
        Ok(None)
    }

    /// Begins a value for an owner.
    pub(in crate::read::decode) fn begin_owner(&mut self, node: Node) -> Result<Begun> {
        let opcode = self.opcode(node)?;
        let at = self.position;
        let slots = self.memo.len();
        let slot = match (opcode, self.fetched(at)) {
            (EMPTY_LIST | EMPTY_DICT | EMPTY_SET, _) => matches!(
                self.input.get(at + 1),
                Some(&(MEMOIZE | BINPUT | LONG_BINPUT))
            )
            .then_some(slots),
            (_, Some((slot, length))) => match self.slot(slot) {
                Some(Content::Class(_)) => self.makes_instance(at + length).then_some(slots),
                _ => Some(slot),
            },
            _ => None,
        };
        let outer = std::mem::replace(&mut self.owner_at, at);
        Ok(Begun {
            at,
            outer,
            slots,
            slot,
        })
    }

    /// Keeps an owner of a value that was read, for the places that fetch it from the memo. A value
    /// whose slot is not known is not kept, and the stream gives up if it is fetched.
    pub(in crate::read::decode) fn end_owner<P: 'static>(&mut self, begun: &Begun, owner: P) {
        // A tuple begins with its first item, whose slot is another one.
        let is_tuple = self.owner_at != begun.at;
        if !is_tuple || begun.outer != begun.at {
            self.owner_at = begun.outer;
        }
        let named = self
            .named
            .binary_search_by_key(&begun.at, |&(start, _)| start);
        let is_text = self.memo.get(begun.slots) == Some(&self.scalar_slot(begun.at));
        let slot = match (named, begun.slot) {
            _ if is_tuple => return,
            // What begins with the name of its class is no text, be the name fetched or not.
            (Ok(named), _) => self.named[named].1,
            (Err(_), Some(slot)) => slot,
            (Err(_), None) if is_text => begun.slots,
            (Err(_), None) => return,
        };
        let scalar = match self.slot(slot) {
            Some(Content::Scalar(offset)) => Some(self.start + offset),
            Some(Content::Owner(index)) => self.owners[index].scalar,
            Some(Content::Other) => None,
            Some(Content::Class(_)) | None => return,
        };
        self.memo[slot] = Slot::of_owner(self.owners.len());
        self.owners.push(Owner {
            value: Box::new(owner),
            scalar,
        });
    }
}
