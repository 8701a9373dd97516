//! A shelf is a dictionary, in both formats.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use pickle_core::{Pickle, Protocol, Unpickler, Value};
use pickle_shelve::{Error, Flag, Format, Shelf, ShelfOptions, which_db};

extern crate pickle_core as pickle;

#[path = "../../tests/interop/support.rs"]
#[allow(dead_code, reason = "these tests ask no Python")]
mod support;

use support::TempDir;

const FORMATS: [Format; 2] = [Format::Sqlite, Format::Dumb];

fn open(path: &Path, format: Format) -> Shelf {
    let shelf = ShelfOptions::new().with_format(format).open(path).unwrap();
    assert_eq!(shelf.format(), format);
    shelf
}

fn flag(flag: Flag) -> ShelfOptions {
    ShelfOptions::new()
        .with_flag(flag)
        .with_busy_timeout(Duration::from_millis(50))
}

/// Runs a test in each format, with a path of its own.
fn in_each_format(test: impl Fn(&Path, Format)) {
    for format in FORMATS {
        let directory = TempDir::new();
        test(&directory.join("shelf"), format);
    }
}

#[test]
fn a_shelf_is_a_dictionary() {
    in_each_format(|path, format| {
        let mut expected = BTreeMap::new();
        for session in 0..3_u32 {
            let mut shelf = open(path, format);
            for nth in 0..200_u32 {
                let key = format!("{}", nth * 7919 % 61);
                // Longer and shorter than what was there, over the bounds of blocks.
                let value = "x".repeat((nth * 104_729 % 2000 + session) as usize);
                if nth % 5 == 4 {
                    assert_eq!(shelf.remove(&key).unwrap(), expected.remove(&key).is_some());
                } else {
                    shelf.insert(&key, &value).unwrap();
                    expected.insert(key.clone(), value);
                }
                assert_eq!(shelf.get(&key).unwrap(), expected.get(&key).cloned());
                assert_eq!(shelf.contains(&key).unwrap(), expected.contains_key(&key));
            }
            assert_eq!(shelf.len().unwrap(), expected.len());
            let items: BTreeMap<_, _> = shelf.items().unwrap().map(Result::unwrap).collect();
            assert_eq!(items, expected);
            match session {
                0 => drop(shelf),
                _ => shelf.close().unwrap(),
            }
        }
        let shelf = flag(Flag::ReadOnly).open(path).unwrap();
        let keys: Vec<String> = shelf.keys().unwrap().map(Result::unwrap).collect();
        let mut values: Vec<String> = shelf.values().unwrap().map(Result::unwrap).collect();
        assert_eq!(keys.len(), expected.len());
        assert!(keys.iter().all(|key| expected.contains_key(key)));
        let mut sorted: Vec<String> = expected.into_values().collect();
        sorted.sort();
        values.sort();
        assert_eq!(values, sorted);
    });
}

#[test]
fn flags_are_those_of_python() {
    in_each_format(|path, format| {
        for missing in [Flag::ReadOnly, Flag::ReadWrite] {
            let error = flag(missing).open(path).unwrap_err();
            assert!(matches!(error, Error::NotFound { .. }), "{error}");
        }
        assert_eq!(which_db(path).unwrap(), None);
        let mut shelf = open(path, format);
        shelf.insert("tea", &1).unwrap();
        shelf.close().unwrap();

        let mut shelf = flag(Flag::ReadOnly).open(path).unwrap();
        assert_eq!(shelf.get("tea").unwrap(), Some(1));
        assert!(matches!(shelf.insert("tea", &2), Err(Error::ReadOnly)));
        assert!(matches!(shelf.update([("a", 2)]), Err(Error::ReadOnly)));
        assert!(matches!(shelf.remove("tea"), Err(Error::ReadOnly)));
        assert!(matches!(shelf.clear(), Err(Error::ReadOnly)));
        assert!(matches!(shelf.get_mut::<i64>("tea"), Err(Error::ReadOnly)));
        shelf.close().unwrap();

        let mut shelf = flag(Flag::ReadWrite).open(path).unwrap();
        shelf.insert("tea", &2).unwrap();
        shelf.close().unwrap();

        let shelf = flag(Flag::New).with_format(format).open(path).unwrap();
        assert!(shelf.is_empty().unwrap());
        drop(shelf);
        assert!(Shelf::open(path).unwrap().is_empty().unwrap());
    });
}

#[test]
fn a_new_shelf_is_found_where_one_of_another_format_was() {
    let directory = TempDir::new();
    let path = directory.join("shelf");
    for format in [Format::Dumb, Format::Sqlite, Format::Dumb] {
        let mut shelf = flag(Flag::New).with_format(format).open(&path).unwrap();
        shelf.insert("tea", &1).unwrap();
        shelf.close().unwrap();
        assert_eq!(which_db(&path).unwrap(), Some(format));
    }
}

#[test]
fn values_are_loaded_as_what_is_asked_for() {
    in_each_format(|path, format| {
        let mut shelf = open(path, format);
        shelf.insert("tea", &(1, "a")).unwrap();
        shelf.insert("cups", "two").unwrap();
        let value: Value = shelf.get("tea").unwrap().unwrap();
        assert_eq!(value.to_string(), "(1, 'a')");
        let error = shelf.get::<String>("tea").unwrap_err();
        assert_eq!(
            error.to_string().lines().last(),
            Some("  at key 'tea'"),
            "{error}"
        );
        assert!(matches!(error, Error::Value { key, .. } if key == "tea"));
        // One that does not fit is an error in its place.
        let good = shelf.values::<String>().unwrap().filter(Result::is_ok);
        assert_eq!(
            (good.count(), shelf.values::<Value>().unwrap().count()),
            (1, 2)
        );

        let pickle = shelf.pickle("cups").unwrap().unwrap();
        let text: &str = Unpickler::from_slice(&pickle).load().unwrap();
        assert_eq!(text, "two");
    });
}

#[test]
fn protocols_are_as_asked_for() {
    in_each_format(|path, format| {
        for protocol in Protocol::ALL {
            let options = flag(Flag::New).with_format(format).with_protocol(protocol);
            let mut shelf = options.open(path).unwrap();
            shelf.insert("tea", &vec!["a"]).unwrap();
            let mut expected = Vec::new();
            pickle::Pickler::new(&mut expected)
                .with_protocol(protocol)
                .dump(&vec!["a"])
                .unwrap();
            assert_eq!(shelf.pickle("tea").unwrap(), Some(expected));
        }
    });
}

#[test]
fn what_get_mut_gave_is_written_back() {
    in_each_format(|path, format| {
        let mut shelf = open(path, format);
        shelf.insert("tea", &vec![1]).unwrap();
        shelf.insert("cups", &vec![2]).unwrap();
        assert!(shelf.get_mut::<Vec<i64>>("none").unwrap().is_none());
        shelf.get_mut::<Vec<i64>>("tea").unwrap().unwrap().push(10);
        shelf.get_mut::<Vec<i64>>("cups").unwrap().unwrap().push(20);
        // Not in the file yet, but in the shelf.
        assert_eq!(shelf.get("tea").unwrap(), Some(vec![1, 10]));
        shelf.get_mut::<Vec<i64>>("tea").unwrap().unwrap().push(11);
        // As another type, with what was changed.
        shelf.get_mut::<Value>("tea").unwrap().unwrap();
        assert_eq!(shelf.get("tea").unwrap(), Some(vec![1, 10, 11]));
        // What is inserted or removed is no longer what was given out.
        shelf.insert("cups", &vec![3]).unwrap();
        shelf.sync().unwrap();
        assert_eq!(shelf.get("cups").unwrap(), Some(vec![3]));
        shelf.get_mut::<Vec<i64>>("cups").unwrap().unwrap().push(30);
        shelf.remove("cups").unwrap();
        shelf.get_mut::<Vec<i64>>("tea").unwrap().unwrap().push(12);
        drop(shelf);

        let shelf = Shelf::open(path).unwrap();
        assert_eq!(shelf.get("tea").unwrap(), Some(vec![1, 10, 11, 12]));
        assert!(!shelf.contains("cups").unwrap());
    });
}

#[test]
fn what_was_not_changed_is_not_written_back() {
    let directory = TempDir::new();
    let path = directory.join("shelf");
    let mut one = Shelf::open(&path).unwrap();
    let mut other = Shelf::open(&path).unwrap();
    one.insert("tea", &vec![1]).unwrap();
    one.get_mut::<Vec<i64>>("tea").unwrap().unwrap();
    other.insert("tea", &vec![2]).unwrap();
    one.sync().unwrap();
    assert_eq!(one.get("tea").unwrap(), Some(vec![2]));
}

/// Cannot be written once it is spoilt.
#[derive(Debug)]
struct Spoilt(i64);

impl Pickle for Spoilt {
    fn pickle(&self, encoder: &mut pickle::Encoder<'_>) -> pickle::Result<()> {
        match self.0 {
            ..0 => Err(pickle::Error::custom("spoilt")),
            good => encoder.int(good),
        }
    }
}

impl<'de> pickle::Unpickle<'de> for Spoilt {
    fn unpickle(cursor: pickle::Cursor<'_, 'de>) -> pickle::Result<Self> {
        i64::unpickle(cursor).map(Self)
    }
}

#[test]
fn nothing_is_written_if_one_cannot_be() {
    in_each_format(|path, format| {
        let mut shelf = open(path, format);
        shelf.insert("good", &1).unwrap();
        shelf.insert("bad", &1).unwrap();
        assert!(matches!(
            shelf.insert("bad", &Spoilt(-1)),
            Err(Error::Value { .. })
        ));
        assert!(
            shelf
                .update([("good", Spoilt(2)), ("bad", Spoilt(-1))])
                .is_err()
        );
        for (key, value) in [("good", 2), ("bad", -1)] {
            shelf.get_mut::<Spoilt>(key).unwrap().unwrap().0 = value;
        }
        let error = shelf.sync().unwrap_err();
        assert_eq!(error.to_string(), "spoilt\n  at key 'bad'");
        // It is all still there, to be mended.
        shelf.get_mut::<Spoilt>("bad").unwrap().unwrap().0 = 3;
        shelf.close().unwrap();
        let shelf = Shelf::open(path).unwrap();
        assert_eq!(shelf.get("good").unwrap(), Some(2));
        assert_eq!(shelf.get("bad").unwrap(), Some(3));
    });
}

#[test]
fn update_and_clear() {
    in_each_format(|path, format| {
        let mut shelf = open(path, format);
        shelf
            .update((0..100).map(|nth| (nth.to_string(), nth)))
            .unwrap();
        assert_eq!(shelf.len().unwrap(), 100);
        assert_eq!(shelf.get("42").unwrap(), Some(42));
        shelf.clear().unwrap();
        assert_eq!(shelf.len().unwrap(), 0);
        assert_eq!(shelf.get::<i64>("42").unwrap(), None);
        shelf.insert("42", &"again").unwrap();
        shelf.close().unwrap();
        assert_eq!(Shelf::open(path).unwrap().len().unwrap(), 1);
    });
}

#[test]
fn shared_values_can_be_kept_out_of_the_writeback() {
    // `Rc` is not `Send`, a shelf is: so such values go by `get` and `insert`.
    fn is_send<T: Send>(_: &T) {}
    let directory = TempDir::new();
    let mut shelf = Shelf::open(directory.join("shelf")).unwrap();
    let part = Rc::new("shared".to_owned());
    shelf.insert("pair", &(part.clone(), part)).unwrap();
    let (one, other): (Rc<String>, Rc<String>) = shelf.get("pair").unwrap().unwrap();
    assert!(Rc::ptr_eq(&one, &other));
    is_send(&shelf);
}

#[test]
fn what_is_no_shelf_is_refused() {
    let directory = TempDir::new();
    let path = directory.join("file");
    let everything = || [Flag::ReadOnly, Flag::ReadWrite, Flag::Create].map(flag);
    let refused = |what: &str| {
        for options in everything() {
            let error = options.open(&path).unwrap_err();
            let is = matches!(error, Error::NotAShelf { .. });
            assert!(is, "{what}: {error}");
        }
    };
    for content in [&b"abc"[..], b"a text, and no shelf", &[0; 100]] {
        fs::write(&path, content).unwrap();
        refused("a file of its own kind");
        assert_eq!(fs::read(&path).unwrap(), content);
    }
    fs::write(&path, b"SQLite format 3\0 and no more").unwrap();
    refused("the start of a database");
    for table in [
        "CREATE TABLE Users (name TEXT)",
        "CREATE TABLE Dict (word TEXT, meaning TEXT)",
    ] {
        fs::remove_file(&path).unwrap();
        let database = rusqlite::Connection::open(&path).unwrap();
        database.execute(table, []).unwrap();
        drop(database);
        refused(table);
    }
    for magic in [0x1357_9ace_u32, 0x1357_9acd, 0x1357_9acf] {
        fs::write(&path, magic.to_ne_bytes()).unwrap();
        for options in everything() {
            let error = options.open(&path).unwrap_err();
            let gnu = matches!(
                error,
                Error::Unsupported {
                    format: Format::Gnu,
                    ..
                }
            );
            assert!(gnu, "{error}");
        }
    }
    fs::write(directory.join("file.pag"), "").unwrap();
    fs::write(directory.join("file.dir"), "").unwrap();
    for options in everything().into_iter().chain([flag(Flag::New)]) {
        let error = options.open(&path).unwrap_err();
        let ndbm = matches!(
            error,
            Error::Unsupported {
                format: Format::Ndbm,
                ..
            }
        );
        assert!(ndbm, "{error}");
    }
}

#[test]
fn an_empty_file_becomes_a_shelf_if_one_is_to_be_made() {
    // Another program has created it just now.
    let directory = TempDir::new();
    let path = directory.join("file");
    fs::write(&path, "").unwrap();
    assert!(matches!(
        flag(Flag::ReadWrite).open(&path),
        Err(Error::NotAShelf { .. })
    ));
    let mut shelf = Shelf::open(&path).unwrap();
    shelf.insert("tea", &1).unwrap();
}

#[test]
fn many_make_one_shelf_at_once() {
    let directory = TempDir::new();
    let path = directory.join("shelf");
    thread::scope(|scope| {
        for thread in 0..8 {
            let path = &path;
            scope.spawn(move || {
                let mut shelf = Shelf::open(path).unwrap();
                for nth in 0..20 {
                    shelf.insert(&format!("{thread} {nth}"), &nth).unwrap();
                }
                let items = (20..40).map(|nth| (format!("{thread} {nth}"), nth));
                shelf.update(items).unwrap();
            });
        }
    });
    let shelf = Shelf::open(&path).unwrap();
    assert_eq!(shelf.len().unwrap(), 8 * 40);
}

#[test]
fn a_lock_is_waited_for_and_then_is_an_error() {
    let directory = TempDir::new();
    let path = directory.join("shelf");
    let mut shelf = flag(Flag::Create).open(&path).unwrap();
    shelf.insert("tea", &1).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(shelf.insert("tea", &2), Err(Error::Locked)));
    assert_eq!(shelf.get("tea").unwrap(), Some(1), "readers need not wait");
    other.execute_batch("COMMIT").unwrap();
    shelf.insert("tea", &3).unwrap();

    let path = directory.join("dumb");
    let shelf = open(&path, Format::Dumb);
    for access in [Flag::ReadOnly, Flag::ReadWrite, Flag::Create] {
        assert!(matches!(flag(access).open(&path), Err(Error::Locked)));
    }
    drop(shelf);
    let readers = [Flag::ReadOnly; 2].map(|access| flag(access).open(&path).unwrap());
    assert!(matches!(flag(Flag::Create).open(&path), Err(Error::Locked)));
    drop(readers);
    open(&path, Format::Dumb);
}

#[test]
fn a_damaged_shelf_is_an_error() {
    let directory = TempDir::new();
    let path = directory.join("dumb");
    let write = |index: &str, data: &[u8]| {
        fs::write(directory.join("dumb.dir"), index).unwrap();
        fs::write(directory.join("dumb.dat"), data).unwrap();
    };
    let corrupt = |result: Result<(), Error>| {
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Corrupt { .. }), "{error}");
    };
    write("'tea', (0, 4)\nand so on\n", b"K\x01.");
    corrupt(Shelf::open(&path).map(drop));
    // Longer than the data, by a little and by more than any memory.
    for size in ["4", "9223372036854700000"] {
        write(
            &format!("'tea', (0, {size})\n'cups', (512, 3)\n"),
            b"K\x01.",
        );
        let mut shelf = Shelf::open(&path).unwrap();
        corrupt(shelf.get::<i64>("tea").map(drop));
        corrupt(shelf.get::<i64>("cups").map(drop));
        // A value that is put in its place is whole again.
        if size == "4" {
            shelf.insert("tea", &2).unwrap();
            assert_eq!(shelf.get("tea").unwrap(), Some(2));
        }
    }
    // Keys that are not UTF-8 are errors in their places.
    write("'\u{e9}', (0, 3)\n'tea', (0, 3)\n", b"K\x01.");
    fs::write(
        directory.join("dumb.dir"),
        b"'\xe9', (0, 3)\n'tea', (0, 3)\n",
    )
    .unwrap();
    let shelf = Shelf::open(&path).unwrap();
    let keys: Vec<_> = shelf.keys().unwrap().collect();
    assert!(matches!(&keys[0], Err(Error::Key { key }) if *key == [0xe9]));
    assert_eq!(keys[1].as_ref().unwrap(), "tea");
    drop(shelf);

    // An index that was lost while it was replaced.
    fs::rename(directory.join("dumb.dir"), directory.join("dumb.bak")).unwrap();
    let shelf = flag(Flag::ReadOnly).open(&path).unwrap();
    assert_eq!(shelf.get("tea").unwrap(), Some(1));
    assert!(!directory.join("dumb.dir").exists());
    drop(shelf);
    let shelf = Shelf::open(&path).unwrap();
    assert_eq!(shelf.get("tea").unwrap(), Some(1));
    assert!(directory.join("dumb.dir").exists());
}

#[test]
fn a_dumb_shelf_does_not_grow_with_every_write() {
    let directory = TempDir::new();
    let path = directory.join("dumb");
    for _ in 0..3 {
        let mut shelf = open(&path, Format::Dumb);
        for nth in 0..3000 {
            shelf
                .insert(&format!("{}", nth % 10), &"x".repeat(nth % 1000))
                .unwrap();
        }
    }
    let size = |name| fs::metadata(directory.join(name)).unwrap().len();
    assert!(size("dumb.dat") <= 512 * 3 * 20, "{}", size("dumb.dat"));
    assert!(size("dumb.dir") <= 40 * 1100, "{}", size("dumb.dir"));
    open(&path, Format::Dumb).close().unwrap();
    assert!(size("dumb.dir") <= 40 * 10);
}
