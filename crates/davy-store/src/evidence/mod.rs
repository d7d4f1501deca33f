//! The databases' files: opening, profile (`docs/sync.md` §17), migrations; one file a table with its reads and writes.
//!
//! `evidence.db` is the truth: events, seals, cursors, receipts, the upload queue. Nothing in it is ever updated that
//! was signed. One writer connection, a few readers. `view.db` uses the same opening with a weaker profile.

pub(crate) mod anchor;
pub(crate) mod blob;
pub(crate) mod event;
pub(crate) mod feed;
pub(crate) mod foreign;
pub(crate) mod migrate;
pub(crate) mod pool;
pub(crate) mod seal;
pub(crate) mod setting;
pub(crate) mod sql;
pub(crate) mod stream;

use crate::error::{Result, StoreError};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use zeroize::Zeroizing;

/// Before this version SQLite could lose a write-ahead log reset by two connections at once.
const LOWEST_SQLITE: i32 = 3_051_003;

/// How hard a database holds on to what was committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Every commit is on disk when it returns.
    Evidence,
    /// A commit survives the end of the program; a power cut may take the last ones, which are rebuilt.
    View,
}

/// Opens an encrypted database and sets its profile. The key is checked by a first read.
pub(crate) fn open(path: &Path, key: &[u8; 32], profile: Profile) -> Result<Connection> {
    let found = rusqlite::version_number();
    if found < LOWEST_SQLITE {
        return Err(StoreError::SqliteTooOld { found, needed: LOWEST_SQLITE });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    // A wrong key or a damaged file is reported by us; SQLCipher would write to standard error besides.
    db.execute_batch("PRAGMA cipher_log_level = NONE")?;
    let key_pragma = Zeroizing::new(format!("PRAGMA key = \"x'{}'\"", hex::encode(key)));
    db.execute_batch(&key_pragma)?;
    db.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let cipher: String = db.query_row("PRAGMA cipher_version", [], |row| row.get(0)).unwrap_or_default();
    if cipher.is_empty() {
        return Err(StoreError::damaged("SQLite was built without encryption"));
    }
    db.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON;
         PRAGMA mmap_size = 0;
         PRAGMA temp_store = MEMORY;
         PRAGMA busy_timeout = 5000;
         PRAGMA journal_size_limit = 67108864;",
    )?;
    db.execute_batch(match profile {
        Profile::Evidence => {
            // A larger log before a checkpoint: a pull writes many pages and each checkpoint syncs twice.
            "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA wal_autocheckpoint = 4000;"
        }
        Profile::View => "PRAGMA synchronous = NORMAL;",
    })?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // Plans must not depend on the values bound: a cached statement would be compiled anew at every new value.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(db)
}
