//! The memo of the reading side.

use std::collections::HashMap;

use crate::read::arena::node::{Word, widen};

/// Objects by slot number.
///
/// A slot number is a claim of the input: dense slots are only made up to the number of bytes
/// read so far, higher numbers go to a map.
pub(in crate::read) struct Memo<W> {
    dense: Vec<W>,
    sparse: HashMap<u64, W>,
    filled: usize,
}

impl<W> Default for Memo<W> {
    fn default() -> Self {
        Self {
            dense: Vec::new(),
            sparse: HashMap::new(),
            filled: 0,
        }
    }
}

impl<W: Word> Memo<W> {
    #[inline]
    pub(in crate::read) fn get(&self, slot: u64) -> Option<W> {
        match usize::try_from(slot)
            .ok()
            .and_then(|slot| self.dense.get(slot))
        {
            Some(&word) if word != W::EMPTY => Some(word),
            _ if self.sparse.is_empty() => None,
            _ => self.sparse.get(&slot).copied(),
        }
    }

    /// Fills a slot; `read` is the number of bytes read so far.
    pub(in crate::read) fn put(&mut self, slot: u64, word: W, read: usize) {
        if slot < self.dense.len() as u64 || slot < read as u64 {
            let slot = slot as usize;
            if slot >= self.dense.len() {
                self.dense.resize(slot + 1, W::EMPTY);
            }
            // The number may have been too high for a dense slot when it was first used.
            let sparse = self.sparse.remove(&(slot as u64));
            self.filled += usize::from(self.dense[slot] == W::EMPTY && sparse.is_none());
            self.dense[slot] = word;
        } else if self.sparse.insert(slot, word).is_none() {
            self.filled += 1;
        }
    }

    /// Fills the slot whose number is the count of filled slots, as `MEMOIZE` does.
    #[inline]
    pub(in crate::read) fn memoize(&mut self, word: W) {
        if self.filled == self.dense.len() && self.sparse.is_empty() {
            self.dense.push(word);
            self.filled += 1;
        } else {
            self.put(self.filled as u64, word, usize::MAX);
        }
    }

    pub(in crate::read) fn is_empty(&self) -> bool {
        self.filled == 0
    }

    /// How many bytes the tables take.
    pub(in crate::read) fn memory(&self) -> usize {
        self.dense.capacity() * size_of::<W>()
            + self.sparse.capacity() * (size_of::<(u64, W)>() + 1)
    }

    /// Makes room for what an input of this length may need.
    pub(in crate::read) fn reserve(&mut self, input: usize) {
        self.dense.reserve(input / 8);
    }

    pub(in crate::read) fn clear(&mut self) {
        self.dense.clear();
        self.sparse.clear();
        self.filled = 0;
    }
}

impl Memo<u32> {
    pub(in crate::read) fn widen(self) -> Memo<u64> {
        Memo {
            dense: self.dense.into_iter().map(widen).collect(),
            sparse: self
                .sparse
                .into_iter()
                .map(|(slot, word)| (slot, widen(word)))
                .collect(),
            filled: self.filled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // CPython: `K5 q5 K6 94` stores 6 in slot 1, `K5 q1 K6 94` overwrites slot 1.
    #[test]
    fn memoize_counts_filled_slots() {
        let mut memo = Memo::<u32>::default();
        memo.put(5, 50, 100);
        memo.memoize(60);
        assert_eq!(
            (memo.get(5), memo.get(1), memo.get(0)),
            (Some(50), Some(60), None)
        );

        let mut memo = Memo::<u32>::default();
        memo.put(1, 50, 100);
        memo.memoize(60);
        assert_eq!(memo.get(1), Some(60));
        memo.memoize(70);
        assert_eq!(memo.get(1), Some(70), "the count did not change");
    }

    #[test]
    fn a_large_number_takes_no_memory() {
        let mut memo = Memo::<u32>::default();
        memo.put(u64::from(u32::MAX), 1, 5);
        memo.put(1 << 62, 2, 10);
        assert_eq!(memo.get(1 << 62), Some(2));
        assert!(memo.memory() < 1000);
        memo.put(7, 3, 5);
        memo.put(7, 4, 50);
        assert_eq!(memo.get(7), Some(4));
        assert_eq!(memo.filled, 3);
    }
}
