//! Waiting for sockets.

use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::BorrowedFd;
use rustix::io::Errno;

use super::Connection;
use crate::Result;

/// Waits until one of these can be read from. Gives which can; none when the time is over.
pub(super) fn readable(sockets: &[BorrowedFd<'_>], until: Option<Instant>) -> Result<Vec<bool>> {
    let mut polled: Vec<_> = sockets
        .iter()
        .map(|socket| PollFd::new(socket, PollFlags::IN))
        .collect();
    loop {
        // What is longer than a system can say is for ever.
        let timeout = until
            .map(|until| until.saturating_duration_since(Instant::now()))
            .and_then(|left| Timespec::try_from(left).ok());
        match poll(&mut polled, timeout.as_ref()) {
            // Broken ones are readable, too: they give their error.
            Ok(_) => return Ok(polled.iter().map(|fd| !fd.revents().is_empty()).collect()),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// The end of a time that begins now; one that is too long never ends.
pub(super) fn deadline(timeout: Option<Duration>) -> Option<Instant> {
    timeout.and_then(|timeout| Instant::now().checked_add(timeout))
}

/// Waits until at least one of several connections has something to be received, and returns the
/// indexes of all that have; none when the time is over. `None` waits for ever.
///
/// A connection whose other side is closed is among them: receiving says so.
///
/// ```
/// use pickle::multiprocessing::connection::{Connection, wait};
/// use std::time::Duration;
///
/// let (here, _there) = Connection::pair()?;
/// let (also_here, mut also_there) = Connection::pair()?;
/// also_there.send("tea")?;
/// assert_eq!(wait(&[&here, &also_here], Some(Duration::from_secs(5)))?, [1]);
/// # Ok::<(), pickle::multiprocessing::Error>(())
/// ```
///
/// # Errors
///
/// When the operating system cannot wait.
pub fn wait(connections: &[&Connection], timeout: Option<Duration>) -> Result<Vec<usize>> {
    let here = |connection: &&Connection| connection.has_bytes();
    let timeout = match connections.iter().any(here) {
        true => Some(Duration::ZERO),
        false => timeout,
    };
    let sockets: Vec<_> = connections
        .iter()
        .map(|connection| connection.fd())
        .collect();
    let readable = readable(&sockets, deadline(timeout))?;
    let ready = connections.iter().zip(readable);
    Ok(ready
        .enumerate()
        .filter(|(_, (connection, readable))| *readable || here(connection))
        .map(|(index, _)| index)
        .collect())
}
