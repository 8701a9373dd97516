//! What loading may cost, whatever the input says.

/// What a load may cost: limits that are on by default and can be set.
///
/// No input makes a load panic, overflow the stack or take more memory than a small multiple of
/// the input's length, plus what the target type itself needs for each of its values.
///
/// ```
/// # use pickle_core as pickle;
/// use pickle::Limits;
///
/// let strict = Limits::default().with_depth(32).with_expansion(1 << 20, 8);
/// assert_eq!(strict.depth(), 32);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    depth: usize,
    memory: Allowance,
    expansion: Allowance,
    digits: usize,
}

/// A number of bytes that grows with the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Allowance {
    base: u64,
    per_byte: u64,
}

impl Allowance {
    fn for_input(self, bytes: u64) -> u64 {
        self.base
            .saturating_add(self.per_byte.saturating_mul(bytes))
    }
}

impl Limits {
    /// How deep owned typed values may nest. CPython up to 3.11 cannot write more than 497 nested
    /// lists, and a derived type takes 1 to 2 kB of stack a level in a debug build, of the 2 MiB
    /// that a thread has. One with twenty fields of text takes 6 kB (2.6 in a release build): if
    /// such values nest, set a limit of their own, or give the thread more stack.
    pub const DEPTH: usize = 512;

    /// How many digits a number in text form may have, as `sys.get_int_max_str_digits()`.
    pub const DIGITS: usize = 4300;

    /// Returns limits that stop nothing. For input that you wrote yourself.
    ///
    /// Without a limit on the depth, input that nests deeply can overflow the stack, which ends
    /// the process.
    pub const fn none() -> Self {
        let all = Allowance {
            base: u64::MAX,
            per_byte: 0,
        };
        Self {
            depth: usize::MAX,
            memory: all,
            expansion: all,
            digits: usize::MAX,
        }
    }

    /// Sets how deep owned typed values may nest.
    pub const fn with_depth(self, depth: usize) -> Self {
        Self { depth, ..self }
    }

    /// Sets how many bytes the reader's own tables may take: `base`, and `per_byte` for each byte
    /// of input.
    pub const fn with_memory(self, base: u64, per_byte: u64) -> Self {
        Self {
            memory: Allowance { base, per_byte },
            ..self
        }
    }

    /// Sets how many bytes shared parts of the data may take when they are copied into owned
    /// values, once for each place that refers to them: `base`, and `per_byte` for each byte of
    /// input.
    ///
    /// Work counts as well where nothing is copied: a number in text form that many places refer
    /// to is parsed for each of them.
    pub const fn with_expansion(self, base: u64, per_byte: u64) -> Self {
        Self {
            expansion: Allowance { base, per_byte },
            ..self
        }
    }

    /// Sets how many digits a number in text form may have.
    pub const fn with_digits(self, digits: usize) -> Self {
        Self { digits, ..self }
    }

    /// How deep owned typed values may nest.
    pub const fn depth(&self) -> usize {
        self.depth
    }

    /// How many digits a number in text form may have.
    pub const fn digits(&self) -> usize {
        self.digits
    }

    /// Whether the reader's tables may become as large as they can, so that it makes no difference
    /// whether there are any.
    pub(crate) fn have_room_for_tables(&self) -> bool {
        let default = Self::default().memory;
        self.memory.base >= default.base
            && (self.memory.per_byte >= default.per_byte || self.memory.base == u64::MAX)
    }

    pub(crate) fn memory(&self, input: u64) -> u64 {
        self.memory.for_input(input)
    }

    pub(crate) fn expansion(&self, input: u64) -> u64 {
        self.expansion.for_input(input)
    }
}

/// 512 levels; 64 MiB and 256 times the input for the reader's tables; 32 MiB and 64 times the
/// input for copies of shared parts; 4300 digits.
impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: Self::DEPTH,
            memory: Allowance {
                base: 64 << 20,
                per_byte: 256,
            },
            // What an owned value really takes, with its allocation's rounding and its vector's
            // spare room, is up to twice what is counted.
            expansion: Allowance {
                base: 32 << 20,
                per_byte: 64,
            },
            digits: Self::DIGITS,
        }
    }
}
