//! A queue that is shared.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use pickle_core::{Pickle, Unpickle};

use super::{Answer, Exception, Pickled, Referent, Request};
use crate::Result;

/// How often who waits for an item looks whether its caller is still there.
const TICK: Duration = Duration::from_millis(100);

/// A queue of objects of any class, with the methods of Python's `queue.Queue`, for this program and
/// for the clients of a [`Server`](super::Server).
///
/// Objects are kept in their pickled form: clients may put and get instances of classes that this
/// program does not know.
///
/// ```
/// use pickle::multiprocessing::managers::Queue;
/// use std::time::Duration;
///
/// let queue = Queue::new();
/// queue.put(&("tea", 2), None)?;
/// assert_eq!(queue.get::<(String, u32)>(None)?, ("tea".to_owned(), 2));
///
/// let empty = queue.get::<String>(Some(Duration::ZERO)).unwrap_err();
/// assert!(empty.exception().is_some_and(|exception| exception.is("queue", "Empty")));
/// # Ok::<(), pickle::multiprocessing::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Queue {
    state: Mutex<State>,
    not_empty: Condvar,
    not_full: Condvar,
    all_done: Condvar,
    /// 0: as many as there is memory for.
    max_size: usize,
}

#[derive(Debug, Default)]
struct State {
    items: VecDeque<Pickled>,
    unfinished: usize,
}

impl Queue {
    /// Returns an empty queue.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns an empty queue for so many objects at most; 0 is no limit.
    pub fn bounded(max_size: usize) -> Self {
        Self {
            max_size,
            ..Self::default()
        }
    }

    /// Puts an object into the queue; waits for room as long as said, with `None` for ever.
    ///
    /// # Errors
    ///
    /// When it cannot be pickled; the exception `queue.Full` when the time is over.
    pub fn put<T: Pickle + ?Sized>(&self, object: &T, timeout: Option<Duration>) -> Result<()> {
        Ok(self.push(Pickled::new(object)?, timeout, &|| false)?)
    }

    /// Takes an object out of the queue; waits for one as long as said, with `None` for ever.
    ///
    /// # Errors
    ///
    /// The exception `queue.Empty` when the time is over. When it is no `T`, which takes it out
    /// nonetheless; [`Pickled`] takes any.
    pub fn get<T: for<'de> Unpickle<'de>>(&self, timeout: Option<Duration>) -> Result<T> {
        Ok(self.pop(timeout, &|| false)?.load()?)
    }

    /// The number of objects in the queue.
    pub fn len(&self) -> usize {
        self.lock().items.len()
    }

    /// Whether there is no object in the queue.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn is_full(&self, state: &State) -> bool {
        self.max_size > 0 && state.items.len() >= self.max_size
    }

    /// Says that one of the objects that were taken out is done with.
    ///
    /// # Errors
    ///
    /// The exception `ValueError` when it was said for all of them.
    pub fn task_done(&self) -> Result<()> {
        Ok(self.one_done()?)
    }

    fn one_done(&self) -> Result<(), Exception> {
        let mut state = self.lock();
        let Some(unfinished) = state.unfinished.checked_sub(1) else {
            let text = "task_done() called too many times";
            return Err(Exception::builtin("ValueError", text));
        };
        state.unfinished = unfinished;
        if unfinished == 0 {
            self.all_done.notify_all();
        }
        Ok(())
    }

    /// Waits until all objects that were put into the queue are done with.
    pub fn join(&self) {
        self.wait_for_all(&|| false);
    }

    fn wait_for_all(&self, given_up: &dyn Fn() -> bool) {
        self.wait(&self.all_done, None, given_up, |state| state.unfinished > 0);
    }

    fn push(
        &self,
        item: Pickled,
        timeout: Option<Duration>,
        given_up: &dyn Fn() -> bool,
    ) -> Result<(), Exception> {
        let full = |state: &State| self.is_full(state);
        let Some(mut state) = self.wait(&self.not_full, timeout, given_up, full) else {
            return Err(Exception::new("queue", "Full", ()));
        };
        state.items.push_back(item);
        state.unfinished += 1;
        self.not_empty.notify_one();
        Ok(())
    }

    fn pop(
        &self,
        timeout: Option<Duration>,
        given_up: &dyn Fn() -> bool,
    ) -> Result<Pickled, Exception> {
        let empty = |state: &State| state.items.is_empty();
        let state = self.wait(&self.not_empty, timeout, given_up, empty);
        match state.and_then(|mut state| state.items.pop_front()) {
            Some(item) => {
                self.not_full.notify_one();
                Ok(item)
            }
            None => Err(Exception::new("queue", "Empty", ())),
        }
    }

    /// Waits while something is so. Gives nothing when the time is over, or when it was given up.
    fn wait(
        &self,
        condition: &Condvar,
        timeout: Option<Duration>,
        given_up: &dyn Fn() -> bool,
        is_so: impl Fn(&State) -> bool,
    ) -> Option<MutexGuard<'_, State>> {
        let until = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut state = self.lock();
        while is_so(&state) {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return None;
            }
            let tick = left.map_or(TICK, |left| left.min(TICK));
            let woken = condition.wait_timeout(state, tick);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
            if given_up() {
                // It may have been woken in place of another.
                condition.notify_one();
                return None;
            }
        }
        Some(state)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `put`, `get`, `put_nowait`, `get_nowait`, `qsize`, `empty`, `full`, `task_done` and `join`.
impl Referent for Queue {
    fn methods(&self) -> &[&str] {
        &[
            "empty",
            "full",
            "get",
            "get_nowait",
            "join",
            "put",
            "put_nowait",
            "qsize",
            "task_done",
        ]
    }

    fn call(&self, request: &Request<'_>) -> Result<Answer, Exception> {
        let given_up = || request.is_abandoned();
        match request.method() {
            "put" => {
                let [item, block, timeout] = request.arguments(["item", "block", "timeout"])?;
                let timeout = patience(block.load_or(true)?, timeout.load_or(None)?)?;
                self.push(item.pickled()?, timeout, &given_up)?;
            }
            "put_nowait" => {
                let [item] = request.arguments(["item"])?;
                self.push(item.pickled()?, Some(Duration::ZERO), &given_up)?;
            }
            "get" => {
                let [block, timeout] = request.arguments(["block", "timeout"])?;
                let timeout = patience(block.load_or(true)?, timeout.load_or(None)?)?;
                return Ok(Answer::from(self.pop(timeout, &given_up)?));
            }
            "get_nowait" => {
                let [] = request.arguments([])?;
                return Ok(Answer::from(self.pop(Some(Duration::ZERO), &given_up)?));
            }
            "task_done" => {
                let [] = request.arguments([])?;
                self.one_done()?;
            }
            "join" => {
                let [] = request.arguments([])?;
                self.wait_for_all(&given_up);
            }
            "qsize" => {
                let [] = request.arguments([])?;
                return Ok(Answer::from(self.len()));
            }
            "empty" => {
                let [] = request.arguments([])?;
                return Ok(Answer::from(self.is_empty()));
            }
            "full" => {
                let [] = request.arguments([])?;
                return Ok(Answer::from(self.is_full(&self.lock())));
            }
            _ => return Err(request.unknown_method()),
        }
        Ok(Answer::none())
    }

    fn repr(&self) -> String {
        format!("<queue of {} objects>", self.len())
    }
}

/// How long to wait, from the arguments of `put` and `get`; `None` for ever.
fn patience(block: bool, timeout: Option<f64>) -> Result<Option<Duration>, Exception> {
    match timeout {
        _ if !block => Ok(Some(Duration::ZERO)),
        None => Ok(None),
        Some(seconds) if seconds >= 0.0 => Ok(Some(
            Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX),
        )),
        Some(_) => {
            let text = "'timeout' must be a non-negative number";
            Err(Exception::builtin("ValueError", text))
        }
    }
}
