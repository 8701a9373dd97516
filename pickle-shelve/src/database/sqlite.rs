//! `dbm.sqlite3`: a table of keys and values. The statements are those of Python's module.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{
    Connection, ErrorCode, OpenFlags, OptionalExtension, Transaction, TransactionBehavior,
    params_from_iter,
};

use super::{Database, Pair};
use crate::error::{Error, Result};
use crate::format::with_extension;
use crate::options::Flag;

const BUILD_TABLE: &str = "CREATE TABLE IF NOT EXISTS Dict \
    (key BLOB UNIQUE NOT NULL, value BLOB NOT NULL)";
const GET_SIZE: &str = "SELECT COUNT (key) FROM Dict";
const LOOKUP_KEY: &str = "SELECT value FROM Dict WHERE key = CAST(? AS BLOB)";
const CONTAINS_KEY: &str = "SELECT 1 FROM Dict WHERE key = CAST(? AS BLOB)";
const STORE_KV: &str = "REPLACE INTO Dict (key, value) VALUES (CAST(? AS BLOB), CAST(? AS BLOB))";
const DELETE_KEY: &str = "DELETE FROM Dict WHERE key = CAST(? AS BLOB)";
const DELETE_ALL: &str = "DELETE FROM Dict";
const ITER_KEYS: &str = "SELECT key FROM Dict";
const TABLES: &str = "SELECT name FROM sqlite_schema \
    WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

/// How often to look whether the lock is free. SQLite's own waiting goes up to 100 ms, and hardly
/// ever hits the moment between two writes of a program that writes all the time.
const POLL: Duration = Duration::from_millis(1);

pub(crate) struct Sqlite {
    connection: Connection,
    /// Where SQLite writes first, if it does.
    log: PathBuf,
    busy_timeout: Duration,
    read_only: bool,
}

impl Sqlite {
    pub(crate) fn open(path: &Path, flag: Flag, busy_timeout: Duration) -> Result<Self> {
        if flag == Flag::New && path.exists() {
            fs::remove_file(path)?;
        }
        if flag.creates() {
            // SQLite would withhold it from the others that the umask allows.
            OpenOptions::new().append(true).create(true).open(path)?;
        }
        let access = match flag {
            Flag::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Flag::ReadWrite => OpenFlags::SQLITE_OPEN_READ_WRITE,
            Flag::Create | Flag::New => {
                OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
            }
        };
        let connection =
            Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(Duration::ZERO)?;
        let this = Self {
            connection,
            log: with_extension(path, "-wal"),
            busy_timeout,
            read_only: flag == Flag::ReadOnly,
        };
        this.log_ahead()
            .and_then(|()| this.ensure_table(path, flag))
            .map_err(|error| match error {
                // It has not been looked at before: it may be anything.
                Error::Corrupt { reason } => Error::not_a_shelf(path, reason),
                error => error,
            })?;
        Ok(this)
    }

    /// Has writers not wait for readers. Where that cannot be, it works without, as in Python.
    fn log_ahead(&self) -> Result<()> {
        let mode = self.patiently(|| {
            let statement = "PRAGMA journal_mode = wal";
            self.connection
                .query_row(statement, [], |row| row.get::<_, String>(0))
        });
        match mode {
            // What is in the log survives the program. `sync` is for the rest.
            Ok(mode) if mode == "wal" => {
                Ok(self
                    .connection
                    .pragma_update(None, "synchronous", "normal")?)
            }
            Err(error @ Error::Corrupt { .. }) => Err(error),
            _ => Ok(()),
        }
    }

    fn ensure_table(&self, path: &Path, flag: Flag) -> Result<()> {
        let tables: Vec<String> = self.patiently(|| {
            let mut statement = self.connection.prepare(TABLES)?;
            statement.query_map([], |row| row.get(0))?.collect()
        })?;
        // SQLite does not tell the case of names apart.
        if !tables.iter().any(|name| name.eq_ignore_ascii_case("Dict")) {
            // Python would add its table to whatever database this is.
            if !flag.creates() || !tables.is_empty() {
                return Err(Error::not_a_shelf(
                    path,
                    "it is a SQLite database without a table `Dict`",
                ));
            }
            self.execute(BUILD_TABLE, &[])?;
        }
        match self.patiently(|| self.connection.prepare_cached(LOOKUP_KEY).map(drop)) {
            Err(Error::Database(error)) => Err(Error::not_a_shelf(path, error.to_string())),
            result => result,
        }
    }

    /// Runs what may find the database locked, again and again until the time is over.
    fn patiently<T>(&self, mut run: impl FnMut() -> rusqlite::Result<T>) -> Result<T> {
        let started = Instant::now();
        loop {
            match run().map_err(Error::from) {
                Err(Error::Locked) if started.elapsed() < self.busy_timeout => thread::sleep(POLL),
                result => return result,
            }
        }
    }

    /// Runs a statement that changes something; gives how many rows.
    fn execute(&self, statement: &str, parameters: &[&[u8]]) -> Result<usize> {
        self.patiently(|| {
            let mut statement = self.connection.prepare_cached(statement)?;
            statement.execute(params_from_iter(parameters))
        })
    }
}

impl Database for Sqlite {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        self.patiently(|| {
            let mut statement = self.connection.prepare_cached(LOOKUP_KEY)?;
            statement.query_row([key], |row| row.get(0)).optional()
        })
    }

    fn contains(&self, key: &[u8]) -> Result<bool> {
        self.patiently(|| self.connection.prepare_cached(CONTAINS_KEY)?.exists([key]))
    }

    fn len(&self) -> Result<usize> {
        let count: isize = self.patiently(|| {
            let mut statement = self.connection.prepare_cached(GET_SIZE)?;
            statement.query_row([], |row| row.get(0))
        })?;
        Ok(count.unsigned_abs())
    }

    fn keys(&self) -> Result<Vec<Vec<u8>>> {
        self.patiently(|| {
            let mut statement = self.connection.prepare_cached(ITER_KEYS)?;
            statement.query_map([], |row| row.get(0))?.collect()
        })
    }

    fn is_read_only(&self) -> bool {
        self.read_only
    }

    fn set(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.execute(STORE_KV, &[key, value])?;
        Ok(())
    }

    fn update(&mut self, pairs: &[Pair]) -> Result<()> {
        self.patiently(|| {
            // Takes the lock at once: one who has read cannot wait for it.
            let behavior = TransactionBehavior::Immediate;
            let transaction = Transaction::new_unchecked(&self.connection, behavior)?;
            {
                let mut statement = transaction.prepare_cached(STORE_KV)?;
                for (key, value) in pairs {
                    statement.execute([key, value])?;
                }
            }
            transaction.commit()
        })
    }

    fn remove(&mut self, key: &[u8]) -> Result<bool> {
        Ok(self.execute(DELETE_KEY, &[key])? != 0)
    }

    fn clear(&mut self) -> Result<()> {
        self.execute(DELETE_ALL, &[])?;
        Ok(())
    }

    fn sync(&mut self) -> Result<()> {
        // SQLite itself sees to what is no longer in the log, and to the rest if there is none.
        match OpenOptions::new().append(true).open(&self.log) {
            Ok(log) => Ok(log.sync_all()?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::corrupt(error.to_string())
            }
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Self::Io(io::Error::other(error))
            }
            _ => match error {
                rusqlite::Error::InvalidColumnType(..) => {
                    Self::corrupt("a key or a value is not stored as bytes")
                }
                error => Self::Database(error.into()),
            },
        }
    }
}
