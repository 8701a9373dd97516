//! How much of the stack a level of nested data takes: a thread has 2 MiB for all that the limits
//! allow, in a debug build too.

use std::any::type_name;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use pickle::{Cursor, Encoder, Limits, Pickle, Pickler, Result, Unpickle, Unpickler};

/// The stack that a thread has unless it says otherwise.
const STACK: usize = 2 << 20;

/// An int that notes how far down the stack it was read.
#[derive(Debug, Default, Clone)]
struct Probe;

thread_local! {
    /// Where probes were read, in order.
    static MET: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

impl Pickle for Probe {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        encoder.int(1)
    }
}

impl<'de> Unpickle<'de> for Probe {
    const STREAMS: bool = true;

    fn unpickle(cursor: Cursor<'_, 'de>) -> Result<Self> {
        let local = 0_u8;
        MET.with_borrow_mut(|met| met.push(std::ptr::from_ref(&local).addr()));
        cursor.i64().map(|_| Self)
    }
}

/// Types that nest; each has a probe in front of what is inside.
trait Nest: Pickle + for<'de> Unpickle<'de> + 'static {
    /// How many levels one of these takes.
    const LEVELS: usize;

    fn nest(inner: Option<Self>) -> Self;
}

#[derive(Pickle)]
#[pickle(module = "depth")]
struct List {
    probe: Probe,
    inner: Vec<List>,
}

impl Nest for List {
    const LEVELS: usize = 2;

    fn nest(inner: Option<Self>) -> Self {
        let inner = inner.into_iter().collect();
        Self {
            probe: Probe,
            inner,
        }
    }
}

#[derive(Pickle)]
#[pickle(module = "depth")]
struct Link {
    probe: Probe,
    inner: Option<Box<Link>>,
}

impl Nest for Link {
    const LEVELS: usize = 1;

    fn nest(inner: Option<Self>) -> Self {
        let inner = inner.map(Box::new);
        Self {
            probe: Probe,
            inner,
        }
    }
}

#[derive(Pickle)]
#[pickle(dict)]
struct Dict {
    probe: Probe,
    inner: Option<Box<Dict>>,
}

impl Nest for Dict {
    const LEVELS: usize = 1;

    fn nest(inner: Option<Self>) -> Self {
        let inner = inner.map(Box::new);
        Self {
            probe: Probe,
            inner,
        }
    }
}

#[derive(Pickle)]
#[pickle(module = "depth")]
struct Map {
    probe: Probe,
    inner: BTreeMap<String, Map>,
}

impl Nest for Map {
    const LEVELS: usize = 2;

    fn nest(inner: Option<Self>) -> Self {
        let inner = inner.into_iter().map(|inner| ("a".to_owned(), inner));
        Self {
            probe: Probe,
            inner: inner.collect(),
        }
    }
}

#[derive(Pickle)]
#[pickle(module = "depth")]
struct Owned {
    probe: Probe,
    inner: Vec<Rc<Owned>>,
}

impl Nest for Owned {
    const LEVELS: usize = 2;

    fn nest(inner: Option<Self>) -> Self {
        // What the pickle has twice takes more to be read.
        let inner = inner.map(Rc::new).map(|inner| vec![inner.clone(), inner]);
        Self {
            probe: Probe,
            inner: inner.unwrap_or_default(),
        }
    }
}

#[derive(Pickle)]
#[pickle(module = "depth")]
struct Shared {
    probe: Probe,
    inner: Option<Rc<Shared>>,
    again: Option<Rc<Shared>>,
}

impl Nest for Shared {
    const LEVELS: usize = 1;

    fn nest(inner: Option<Self>) -> Self {
        let inner = inner.map(Rc::new);
        Self {
            probe: Probe,
            again: inner.clone(),
            inner,
        }
    }
}

#[derive(Pickle)]
#[pickle(module = "depth")]
struct Pair {
    probe: Probe,
    inner: Option<Box<(Pair, i64)>>,
}

impl Nest for Pair {
    const LEVELS: usize = 2;

    fn nest(inner: Option<Self>) -> Self {
        let inner = inner.map(|inner| Box::new((inner, 1)));
        Self {
            probe: Probe,
            inner,
        }
    }
}

/// A tree of lists, which has no room for a probe.
#[derive(Pickle)]
#[pickle(transparent)]
struct Lists(Vec<Lists>);

impl Nest for Lists {
    const LEVELS: usize = 1;

    fn nest(inner: Option<Self>) -> Self {
        // One pass takes a list of a single list of a single list to be several lists.
        let second = inner.is_some().then(|| Self(Vec::new()));
        Self(inner.into_iter().chain(second).collect())
    }
}

/// How many bytes a level took at most, one way to read and the other.
fn per_level<T: Nest>() -> [usize; 2] {
    let levels = Limits::DEPTH / T::LEVELS;
    // To write it, and to drop it, takes stack as well.
    let write = move || {
        let value = (0..levels).fold(None, |inner, _| Some(T::nest(inner)));
        let mut bytes = Vec::new();
        let mut pickler = Pickler::new(&mut bytes).with_depth_limit(usize::MAX);
        pickler.dump(&value).unwrap();
        bytes
    };
    let bytes = in_thread(64 << 20, write);
    [true, false].map(|streams| {
        let bytes = bytes.clone();
        in_thread(STACK, move || {
            let mut unpickler = Unpickler::from_slice(&bytes).with_streams(streams);
            match streams {
                true => {
                    let read = unpickler.stream::<T>();
                    assert!(read.is_some(), "{}", type_name::<T>());
                }
                false => drop(unpickler.load::<T>().unwrap()),
            }
            let met = MET.with_borrow(Vec::clone);
            let steps = met.windows(2).map(|met| met[0].saturating_sub(met[1]));
            steps.max().unwrap_or_default() / T::LEVELS
        })
    })
}

fn in_thread<R: Send + 'static>(stack: usize, run: impl FnOnce() -> R + Send + 'static) -> R {
    let thread = std::thread::Builder::new().stack_size(stack).spawn(run);
    thread.unwrap().join().unwrap()
}

#[test]
fn as_many_levels_as_the_limits_allow_fit_a_thread() {
    let types = [
        ("list", per_level::<List>()),
        ("link", per_level::<Link>()),
        ("dict", per_level::<Dict>()),
        ("map", per_level::<Map>()),
        ("owned", per_level::<Owned>()),
        ("shared", per_level::<Shared>()),
        ("pair", per_level::<Pair>()),
        ("lists", per_level::<Lists>()),
    ];
    for (name, [stream, arena]) in types {
        println!("{name}: {stream} bytes a level in one pass, {arena} by the arena");
        assert!(stream < 3 << 10, "{name}: {stream}");
        assert!(arena < 3 << 10, "{name}: {arena}");
    }
}
