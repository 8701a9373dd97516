//! Lists of numbers, many at a time.

use super::containers::at_index;
use super::encoder::Encoder;
use super::number::{self, Code};
use crate::error::Result;

impl Encoder<'_> {
    /// Writes a list of ints.
    #[doc(hidden)]
    pub fn ints<T: Copy>(&mut self, ints: &[T], as_int: impl Fn(T) -> i64) -> Result<()> {
        let code = |int| number::int_code(as_int(int));
        self.numbers(ints, code, |encoder, int| encoder.int(as_int(int)))
    }

    /// Writes a list of floats.
    #[doc(hidden)]
    pub fn floats<T: Copy>(&mut self, floats: &[T], as_float: impl Fn(T) -> f64) -> Result<()> {
        let code = |float| number::float_code(as_float(float));
        self.numbers(floats, code, |encoder, float| {
            encoder.float(as_float(float))
        })
    }

    /// Writes numbers of which the opcodes are known, as far as neither batch nor frame ends; and the
    /// others one by one.
    #[inline]
    fn numbers<T: Copy>(
        &mut self,
        mut numbers: &[T],
        code: impl Fn(T) -> Code,
        write: impl Fn(&mut Self, T) -> Result<()>,
    ) -> Result<()> {
        let mut open = self.open_list(numbers.len())?;
        while let Some((first, rest)) = numbers.split_first() {
            open.batches.next(&mut self.out.bytes)?;
            match self.out.starts_in_frame(number::LONGEST) {
                0 => {
                    write(self, *first).map_err(|error| at_index(error, &open.batches))?;
                    numbers = rest;
                }
                // The first one is counted already.
                fitting => {
                    let count = 1 + open.batches.skip(fitting - 1);
                    let (run, rest) = numbers.split_at(count);
                    self.out.codes(run.iter().map(|number| code(*number)));
                    numbers = rest;
                }
            }
        }
        open.batches.finish(&mut self.out.bytes)?;
        self.leave(&open.level);
        Ok(())
    }
}
