//! How the items of a container are bundled.

use crate::error::{Error, ErrorKind, Result};
use crate::opcode::Opcode;
use crate::protocol::Protocol;

/// How many items go between a MARK and its APPENDS, SETITEMS or ADDITEMS; `BATCHSIZE` in CPython.
const BATCH_SIZE: usize = 1000;

/// The items of a container on their way: counts them, and puts opcodes between them.
///
/// One countdown does for both, so that an item costs one comparison.
#[derive(Debug)]
pub(super) struct Batches {
    /// Items until the end of the batch.
    until: usize,
    /// Items after this batch.
    left: usize,
    /// The announced number of items.
    len: usize,
    /// How large batches are: 1 means no marks, and `end` after each item.
    size: usize,
    /// What ends a batch.
    end: Option<Opcode>,
    /// Whether a batch has been begun.
    open: bool,
    /// Whether an empty batch follows if the last one was full: CPython notices the end of a dict
    /// or set only when it looks for the next item.
    trailing: bool,
    /// What ends the last batch, if that is of one item and has no mark.
    last: Option<Opcode>,
    /// In the canonical form of what has no order.
    sorter: Option<Box<Sorter>>,
}

/// Items that are put in order before they are put into batches.
#[derive(Debug)]
struct Sorter {
    /// Where each item starts in the buffer.
    starts: Vec<usize>,
    /// The batches.
    size: usize,
    end: Option<Opcode>,
    trailing: bool,
}

impl Sorter {
    /// Sorts the items by their bytes, which in the case of a dict means by the keys', and puts
    /// the opcodes of the batches around them.
    fn sort(&self, bytes: &mut Vec<u8>) {
        let Some(&start) = self.starts.first() else {
            return;
        };
        let ends = self.starts.iter().skip(1).copied().chain([bytes.len()]);
        let mut items: Vec<&[u8]> = self
            .starts
            .iter()
            .zip(ends)
            .map(|(start, end)| &bytes[*start..end])
            .collect();
        items.sort_unstable();
        let mut sorted = Vec::with_capacity(bytes.len() - start + 2);
        let marked = self.size == BATCH_SIZE;
        let end = self.end.map(Opcode::byte);
        for batch in items.chunks(self.size) {
            if marked {
                sorted.push(Opcode::Mark.byte());
            }
            sorted.extend(batch.iter().copied().flatten());
            sorted.extend(end);
        }
        if self.trailing {
            sorted.push(Opcode::Mark.byte());
            sorted.extend(end);
        }
        bytes.truncate(start);
        bytes.append(&mut sorted);
    }
}

impl Batches {
    /// The items of a list: `one` appends a single item, `many` a batch.
    ///
    /// Protocol 0 only has the former, others use it when there is one item altogether.
    #[inline]
    pub(super) fn new(protocol: Protocol, len: usize, one: Opcode, many: Opcode) -> Self {
        match protocol == Protocol::V0 || len == 1 {
            true => Self::with(len, 1, Some(one)),
            false => Self::with(len, BATCH_SIZE, Some(many)),
        }
    }

    /// Batches with marks even around a single item, as in a set.
    pub(super) fn marked(len: usize, many: Opcode) -> Self {
        Self::with(len, BATCH_SIZE, Some(many))
    }

    /// The items that an iterator gives: a last one on its own has no mark. Protocol 0 has none.
    pub(super) fn iterated(protocol: Protocol, len: usize, one: Opcode, many: Opcode) -> Self {
        let mut batches = Self::new(protocol, len, one, many);
        if len % BATCH_SIZE == 1 {
            batches.last = Some(one);
        }
        batches
    }

    /// All items in one, with nothing around them.
    #[inline]
    pub(super) fn plain(len: usize) -> Self {
        Self::with(len, usize::MAX, None)
    }

    #[inline]
    fn with(len: usize, size: usize, end: Option<Opcode>) -> Self {
        Self {
            until: 0,
            left: len,
            len,
            size,
            end,
            open: false,
            trailing: false,
            last: None,
            sorter: None,
        }
    }

    /// Puts the items in order, for the canonical form.
    pub(super) fn sorted(mut self, canonical: bool) -> Self {
        if canonical {
            self.sorter = Some(Box::new(Sorter {
                starts: Vec::with_capacity(self.len.min(1024)),
                size: self.size,
                end: self.end.take(),
                trailing: std::mem::take(&mut self.trailing),
            }));
            // Each item is noted.
            self.size = 1;
        }
        self
    }

    /// Lets an empty batch follow if the last one is full.
    #[inline]
    pub(super) fn trailing(mut self) -> Self {
        self.trailing =
            self.size == BATCH_SIZE && self.len > 0 && self.len.is_multiple_of(BATCH_SIZE);
        self
    }

    /// Whether so many items make one batch with marks and nothing else, from protocol 1 on.
    #[inline]
    pub(super) fn is_one(len: usize) -> bool {
        (2..BATCH_SIZE).contains(&len)
    }

    /// The items of a list or dict that make one batch, whose MARK is written already.
    #[inline]
    pub(super) fn one(len: usize, many: Opcode) -> Self {
        Self {
            until: len,
            left: 0,
            open: true,
            ..Self::with(len, BATCH_SIZE, Some(many))
        }
    }

    /// To be called before each item.
    #[inline]
    pub(super) fn next(&mut self, bytes: &mut Vec<u8>) -> Result<()> {
        if self.until == 0 {
            self.turn(bytes)?;
        }
        self.until -= 1;
        Ok(())
    }

    /// Counts up to so many more items, which need nothing between them. Returns how many.
    #[inline]
    pub(super) fn skip(&mut self, items: usize) -> usize {
        let items = items.min(self.until);
        self.until -= items;
        items
    }

    /// Goes from one batch to the next.
    fn turn(&mut self, bytes: &mut Vec<u8>) -> Result<()> {
        if self.left == 0 {
            return Err(self.too_many());
        }
        self.close(bytes);
        if let Some(sorter) = &mut self.sorter {
            sorter.starts.push(bytes.len());
        }
        self.until = self.left.min(self.size);
        self.left -= self.until;
        self.open = true;
        if self.size == BATCH_SIZE {
            match self.last {
                Some(one) if self.until == 1 => self.end = Some(one),
                _ => bytes.push(Opcode::Mark.byte()),
            }
        }
        Ok(())
    }

    #[inline]
    fn close(&mut self, bytes: &mut Vec<u8>) {
        if let (true, Some(end)) = (self.open, self.end) {
            bytes.push(end.byte());
        }
    }

    /// Checks that all items have come.
    #[inline]
    pub(super) fn check_end(&self) -> Result<()> {
        match self.until + self.left {
            0 => Ok(()),
            _ => Err(self.too_few()),
        }
    }

    /// To be called after the last item.
    #[inline]
    pub(super) fn finish(&mut self, bytes: &mut Vec<u8>) -> Result<()> {
        self.check_end()?;
        self.close(bytes);
        if self.trailing {
            bytes.push(Opcode::Mark.byte());
            self.close(bytes);
        }
        if let Some(sorter) = &self.sorter {
            sorter.sort(bytes);
        }
        Ok(())
    }

    /// The number of items begun so far.
    #[inline]
    pub(super) fn begun(&self) -> usize {
        self.len - self.left - self.until
    }

    /// The number of the item that was begun last.
    pub(super) fn at(&self) -> usize {
        self.begun().saturating_sub(1)
    }

    #[cold]
    fn too_many(&self) -> Error {
        announced(format!(
            "more than the {} items that were announced",
            self.len
        ))
    }

    #[cold]
    fn too_few(&self) -> Error {
        announced(format!(
            "{} items instead of the {} announced",
            self.begun(),
            self.len
        ))
    }
}

#[cold]
fn announced(what: String) -> Error {
    Error::new(
        ErrorKind::Unpicklable,
        format!("a container was given {what}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The opcodes around `len` items that are each written as `x`.
    fn around(mut batches: Batches, len: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        for _ in 0..len {
            batches.next(&mut bytes).unwrap();
            bytes.push(b'x');
        }
        batches.finish(&mut bytes).unwrap();
        bytes
    }

    fn times(n: usize) -> String {
        "x".repeat(n)
    }

    #[test]
    fn lists_dicts_and_sets_end_differently() {
        let list = |n| {
            around(
                Batches::new(Protocol::V2, n, Opcode::Append, Opcode::Appends),
                n,
            )
        };
        let dict = |n| {
            around(
                Batches::new(Protocol::V2, n, Opcode::Setitem, Opcode::Setitems).trailing(),
                n,
            )
        };
        let set = |n| around(Batches::marked(n, Opcode::Setitems).trailing(), n);
        let iterated = |n| {
            around(
                Batches::iterated(Protocol::V2, n, Opcode::Append, Opcode::Appends),
                n,
            )
        };
        assert_eq!(iterated(1), b"xa");
        assert_eq!(iterated(2), b"(xxe");
        assert_eq!(iterated(1000), format!("({}e", times(1000)).as_bytes());
        assert_eq!(iterated(1001), format!("({}exa", times(1000)).as_bytes());
        assert_eq!(iterated(1002), format!("({}e(xxe", times(1000)).as_bytes());
        let thousand = times(1000);
        // Of each kind: [op.name for op, _, _ in pickletools.genops(pickle.dumps(x, 4))]
        for (n, in_list, in_dict, in_set) in [
            (0, String::new(), String::new(), String::new()),
            (1, "xa".into(), "xs".into(), "(xu".into()),
            (2, "(xxe".into(), "(xxu".into(), "(xxu".into()),
            (
                1000,
                format!("({thousand}e"),
                format!("({thousand}u(u"),
                format!("({thousand}u(u"),
            ),
            (
                1001,
                format!("({thousand}e(xe"),
                format!("({thousand}u(xu"),
                format!("({thousand}u(xu"),
            ),
        ] {
            assert_eq!(list(n), in_list.as_bytes(), "list of {n}");
            assert_eq!(dict(n), in_dict.as_bytes(), "dict of {n}");
            assert_eq!(set(n), in_set.as_bytes(), "set of {n}");
        }
    }

    #[test]
    fn protocol_0_goes_item_by_item() {
        let batches = Batches::new(Protocol::V0, 3, Opcode::Append, Opcode::Appends);
        assert_eq!(around(batches, 3), b"xaxaxa");
    }

    #[test]
    fn other_than_announced() {
        let mut bytes = Vec::new();
        let mut batches = Batches::plain(1);
        assert!(batches.finish(&mut bytes).is_err());
        assert!(batches.next(&mut bytes).is_ok());
        assert!(batches.next(&mut bytes).is_err());
    }
}
