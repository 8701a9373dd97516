//! Where values stand in the data: in blocks of 512 bytes, and between them what is free.

use std::collections::BTreeMap;

use super::index::Index;

/// Each value starts at a multiple of this.
const BLOCK: u64 = 512;

/// Where the bytes of a value are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) start: u64,
    pub(super) size: u64,
}

impl Place {
    /// Whether a file can be as long as that. What an index says is a claim.
    pub(super) fn is_in_a_file(self) -> bool {
        let end = self.start.checked_add(self.size);
        end.is_some_and(|end| end <= i64::MAX as u64 - BLOCK)
    }

    /// The first byte that no longer belongs to its blocks.
    fn end(self) -> u64 {
        aligned(self.start + self.size)
    }
}

/// Positions are far from the end of 64 bits: see [`Place::is_in_a_file`].
fn aligned(position: u64) -> u64 {
    position.div_ceil(BLOCK) * BLOCK
}

/// The blocks that hold no value.
#[derive(Debug, Default)]
pub(super) struct Free {
    /// Where gaps start, and where they end. No two touch.
    gaps: BTreeMap<u64, u64>,
    /// Where the last value ends; all behind it is free.
    end: u64,
}

impl Free {
    /// What the values of an index leave free. They may overlap, if somebody made it so.
    pub(super) fn beside(index: &Index) -> Self {
        let mut places: Vec<Place> = index.places().collect();
        places.sort_unstable_by_key(|place| place.start);
        let mut free = Self::default();
        for place in places {
            // Nothing that starts inside of a block may have the rest of it taken away.
            let start = place.start / BLOCK * BLOCK;
            if free.end < start {
                free.gaps.insert(free.end, start);
            }
            free.end = free.end.max(place.end());
        }
        free
    }

    /// Takes blocks for so many bytes.
    pub(super) fn take(&mut self, size: u64) -> Place {
        let needed = aligned(size);
        let fitting = self
            .gaps
            .iter()
            .find(|(start, end)| *end - *start >= needed);
        let start = match fitting {
            Some((&start, &end)) => {
                self.gaps.remove(&start);
                if start + needed < end {
                    self.gaps.insert(start + needed, end);
                }
                start
            }
            None => {
                let start = self.end;
                self.end = start + needed;
                start
            }
        };
        Place { start, size }
    }

    /// Gives the blocks of a value back.
    pub(super) fn give(&mut self, place: Place) {
        let (mut start, mut end) = (aligned(place.start), place.end());
        if start >= end {
            return;
        }
        if let Some((&before, &touching)) = self.gaps.range(..start).next_back()
            && touching >= start
        {
            start = before;
        }
        if let Some(behind) = self.gaps.remove(&end) {
            end = behind;
        }
        if end >= self.end {
            self.gaps.remove(&start);
            self.end = start;
        } else {
            self.gaps.insert(start, end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_back_is_taken_again() {
        let mut free = Free::default();
        let places = [100, 600, 512, 1].map(|size| free.take(size));
        assert_eq!(places.map(|place| place.start), [0, 512, 1536, 2048]);
        free.give(places[0]);
        free.give(places[2]);
        assert_eq!(free.take(513).start, 2560, "no gap is wide enough");
        free.give(places[1]);
        assert_eq!(free.take(2048).start, 0, "three that touch are one");
        assert_eq!(free.gaps.len(), 0);
    }

    #[test]
    fn what_is_given_back_at_the_end_is_the_end() {
        let mut free = Free::default();
        let places = [512, 512, 512].map(|size| free.take(size));
        for place in places {
            free.give(place);
        }
        assert_eq!((free.gaps.len(), free.end), (0, 0));
    }
}
