//! What is measured of others: libraries that read pickles, and as the limits what knows the
//! schema (bincode, with ints of fixed size) and what only copies.
//!
//! All of them load the pickles that Python has written, instances of classes included: they
//! ignore the class. What they dump are dicts, without class, memo and frames.

use std::hint::black_box;

use crate::worker::{Outcome, Setup, measured};
use crate::workloads::Workload;

/// Whether this is a format of its own, whose input is not a pickle.
pub(crate) fn is_bincode(what: &str) -> bool {
    what.contains("bincode")
}

/// Measures one way to load or dump; `None` if there is none of this name for the workload.
pub(crate) fn run<W: Workload>(what: &str, setup: &Setup) -> Option<Outcome> {
    let calls = W::CALLS;
    let input = &setup.input[..];
    let is_right = |value| value == W::plain(setup.size);
    Some(match what {
        "load serde-pickle" => {
            let options = serde_pickle::DeOptions::new;
            let load = || serde_pickle::from_slice::<W::Plain>(input, options());
            measured(setup, calls, load, is_right)
        }
        "load serde-pickle Value" => {
            let options = || serde_pickle::DeOptions::new().replace_unresolved_globals();
            let load = || serde_pickle::value_from_slice(input, options());
            measured(setup, calls, load, |_| true)
        }
        "load pickled" => {
            let options = pickled::DeOptions::new;
            let load = || pickled::from_slice::<W::Plain>(input, options());
            measured(setup, calls, load, is_right)
        }
        "load deser-pickle" => {
            let load = || deser_pickle::from_slice::<W::Plain>(input);
            measured(setup, calls, load, is_right)
        }
        "load bincode" if W::PLAIN => {
            measured(setup, calls, || from_bincode::<W::Plain>(input), is_right)
        }
        "load bincode borrowed" if W::PLAIN && W::BORROWS => measured(
            setup,
            calls,
            || borrow_bincode::<W::Borrowed<'_>>(input),
            |_| true,
        ),
        "load memcpy" => {
            let copy = || Ok::<_, String>(black_box(input).to_vec());
            measured(setup, calls, copy, |_| true)
        }
        "dump serde-pickle" => {
            let value = W::plain(setup.size);
            let options = serde_pickle::SerOptions::new;
            measured(
                setup,
                calls,
                || serde_pickle::to_vec(&value, options()),
                |_| true,
            )
        }
        "dump pickled" => {
            let value = W::plain(setup.size);
            let options = pickled::SerOptions::new;
            measured(
                setup,
                calls,
                || pickled::to_vec(&value, options()),
                |_| true,
            )
        }
        "dump deser-pickle" => {
            let value = W::plain(setup.size);
            measured(setup, calls, || deser_pickle::to_vec(&value), |_| true)
        }
        "dump bincode" if W::PLAIN => {
            let value = W::plain(setup.size);
            measured(setup, calls, || to_bincode::<W>(&value), |_| true)
        }
        _ => return None,
    })
}

/// The data in bincode's format.
pub(crate) fn to_bincode<W: Workload>(
    value: &W::Plain,
) -> Result<Vec<u8>, bincode::error::EncodeError> {
    bincode::serde::encode_to_vec(value, bincode::config::legacy())
}

fn from_bincode<T: serde::de::DeserializeOwned>(
    input: &[u8],
) -> Result<T, bincode::error::DecodeError> {
    bincode::serde::decode_from_slice(input, bincode::config::legacy()).map(|(value, _)| value)
}

fn borrow_bincode<'de, T: serde::Deserialize<'de>>(
    input: &'de [u8],
) -> Result<T, bincode::error::DecodeError> {
    bincode::serde::borrow_decode_from_slice(input, bincode::config::legacy())
        .map(|(value, _)| value)
}
