//! What is measured of this library.

use std::io::BufReader;

use pickle::{Pickle, Pickler, Protocol, Unpickler, Value};

use crate::measure::measure_threads;
use crate::worker::{Outcome, Setup, measured};
use crate::workloads::Workload;

/// Measures one way to load or dump; `None` if there is none of this name for the workload.
pub(crate) fn run<W: Workload>(what: &str, setup: &Setup) -> Option<Outcome> {
    let calls = W::CALLS;
    let input = &setup.input[..];
    let is_right = |value| value == W::owned(setup.size);
    Some(match what {
        "load owned" => measured(setup, calls, || pickle::loads::<W::Owned>(input), is_right),
        "load borrowed" if W::BORROWS => measured(
            setup,
            calls,
            || pickle::loads::<W::Borrowed<'_>>(input),
            |_| true,
        ),
        "load reader" => {
            let load = || pickle::load::<W::Owned>(BufReader::new(input));
            measured(setup, calls, load, is_right)
        }
        "load Value" => measured(setup, calls, || load_value(input), |_| true),
        "load reused" if calls > 1 => {
            let stream = input.repeat(calls);
            let mut unpickler = Unpickler::from_slice(&stream);
            let load = || {
                if unpickler.rest().is_empty() {
                    unpickler = Unpickler::from_slice(&stream);
                }
                unpickler.load::<W::Owned>()
            };
            measured(setup, calls, load, is_right)
        }
        "load threads" => {
            let load = |_: &()| pickle::loads::<W::Owned>(input).map(drop);
            Ok(measure_threads(setup.threads, calls, || (), load))
        }
        "dump owned" => {
            let value = W::owned(setup.size);
            let is_right = |bytes: Vec<u8>| {
                pickle::loads::<W::Owned>(&bytes).is_ok_and(|loaded| loaded == value)
            };
            measured(setup, calls, || dumps(&value, setup.protocol), is_right)
        }
        "dump writer" => {
            // Into a writer that keeps nothing, so that nothing is left but the encoding.
            let value = W::owned(setup.size);
            measured(
                setup,
                calls,
                || pickle::dump(&value, std::io::sink()),
                |()| true,
            )
        }
        "dump Value" => match load_value(input) {
            Ok(value) => measured(setup, calls, || dumps(&value, setup.protocol), |_| true),
            Err(error) => Err(error.to_string()),
        },
        "dump reused" if calls > 1 => {
            let value = W::owned(setup.size);
            let mut pickler = Pickler::new(std::io::sink());
            let dump = || {
                pickler.clear_memo();
                pickler.dump(&value)
            };
            measured(setup, calls, dump, |()| true)
        }
        "dump threads" => {
            let dump = |value: &W::Owned| dumps(value, setup.protocol);
            Ok(measure_threads(
                setup.threads,
                calls,
                || W::owned(setup.size),
                dump,
            ))
        }
        _ => return None,
    })
}

/// Classes are kept as data, for none is registered.
fn load_value(input: &[u8]) -> pickle::Result<Value> {
    Unpickler::from_slice(input).with_opaque(true).load()
}

/// As [`pickle::dumps`], at any protocol.
pub(crate) fn dumps<T: Pickle>(value: &T, protocol: Protocol) -> pickle::Result<Vec<u8>> {
    if protocol == Protocol::V4 {
        return pickle::dumps(value);
    }
    let mut pickler = Pickler::new(Vec::new()).with_protocol(protocol);
    pickler.dump(value)?;
    Ok(pickler.into_inner())
}
