//! One pickle after another, to the end of the input.

use std::io::BufRead;
use std::iter::FusedIterator;
use std::marker::PhantomData;

use super::input::stream::fill;
use super::{Reader, Slice, Unpickle, Unpickler};
use crate::error::Result;

/// The values of the pickles of an input, one after the other: what [`Unpickler::iter`] returns.
///
/// It ends where the input ends between two pickles, and behind the first error.
pub struct Pickles<'u, S, T> {
    unpickler: &'u mut Unpickler<S>,
    /// Whether the end was reached, or an error.
    ended: bool,
    value: PhantomData<fn() -> T>,
}

impl<S> Unpickler<S> {
    /// Returns an iterator over the pickles that are left, each as a `T`. [`Value`](crate::Value)
    /// and [`Object`](crate::Object) take pickles of different types.
    ///
    /// It ends where the input ends between two pickles. A pickle that is cut off is an error, even
    /// between two of its opcodes, where [`Error::is_eof`](crate::Error::is_eof) is true as well.
    /// Behind an error it ends, for nobody knows where the next pickle starts.
    ///
    /// One pickle is in memory at a time.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// use pickle::Unpickler;
    ///
    /// let mut unpickler = Unpickler::from_slice(b"K\x01.K\x02.");
    /// let numbers = unpickler.iter().collect::<pickle::Result<Vec<i64>>>()?;
    /// assert_eq!(numbers, [1, 2]);
    ///
    /// let file: &[u8] = b"K\x01.K\x02"; // or a `BufReader`
    /// let mut sum = 0;
    /// for number in Unpickler::new(file).iter::<i64>() {
    ///     match number {
    ///         Ok(number) => sum += number,
    ///         Err(error) => assert_eq!(error.message(), "Ran out of input"),
    ///     }
    /// }
    /// assert_eq!(sum, 1);
    /// # Ok::<(), pickle::Error>(())
    /// ```
    pub fn iter<T>(&mut self) -> Pickles<'_, S, T> {
        Pickles {
            unpickler: self,
            ended: false,
            value: PhantomData,
        }
    }
}

impl<'de, T: Unpickle<'de>> Iterator for Pickles<'_, Slice<'de>, T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        if self.ended || self.unpickler.rest().is_empty() {
            return None;
        }
        let value = self.unpickler.load();
        self.ended = value.is_err();
        Some(value)
    }
}

impl<R: BufRead, T: for<'de> Unpickle<'de>> Iterator for Pickles<'_, Reader<R>, T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        if self.ended {
            return None;
        }
        let value = match fill(self.unpickler.get_mut()) {
            Ok([]) => {
                self.ended = true;
                return None;
            }
            Ok(_) => self.unpickler.load(),
            Err(error) => Err(error),
        };
        self.ended = value.is_err();
        Some(value)
    }
}

impl<'de, T: Unpickle<'de>> FusedIterator for Pickles<'_, Slice<'de>, T> {}
impl<R: BufRead, T: for<'de> Unpickle<'de>> FusedIterator for Pickles<'_, Reader<R>, T> {}
