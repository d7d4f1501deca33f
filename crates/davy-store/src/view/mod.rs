//! `view.db`: indexed columns for lists and words for the search. Disposable.
//!
//! Documents themselves are never stored: they are folded from events when asked for and kept in a bounded cache.
//! Invariants: `meta` never claims more than the rows reflect; what is not written yet is known as dirty; after a
//! kill the rows behind `meta` are found from the events and marked dirty again. Every read flushes first.

pub(crate) mod directory;
pub(crate) mod lists;
pub(crate) mod pictures;
pub(crate) mod rows;
pub(crate) mod search;

use crate::error::{Result, StoreError};
use crate::evidence::migrate::{VIEW, migrate};
use crate::evidence::sql::{Sql, int, uint};
use crate::evidence::{Profile, open};
use davy_core::fold::Aggregate;
use davy_core::id::RootId;
use directory::Directory;
use rows::IndexRow;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Changes with every change of what rows hold; an older file is thrown away and rebuilt.
const PROJECTION: u64 = 3;
/// Rows kept in memory before they are written.
const MOST_PENDING: usize = 4096;

/// Up to which event something reflects the evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Upto {
    pub own: u64,
    pub foreign: u64,
}

#[derive(Default)]
struct Pending {
    dirty: HashSet<RootId>,
    rows: HashMap<RootId, IndexRow>,
}

/// What the view needs from the rest of the store.
pub(crate) trait Source {
    /// The document as of now.
    fn load(&self, root: RootId) -> Result<Option<Arc<Aggregate>>>;
    /// Newest committed events.
    fn upto(&self) -> Upto;
}

/// The open view.
pub(crate) struct View {
    db: Mutex<Connection>,
    pending: Mutex<Pending>,
    directory: Mutex<Option<Arc<Directory>>>,
}

impl View {
    /// Opens or rebuilds. Returns the view and what it reflects.
    pub fn open(path: &Path, key: &[u8; 32]) -> Result<(Self, Upto)> {
        let db = match prepare(path, key) {
            Ok(db) => db,
            Err(StoreError::DiskFull) => return Err(StoreError::DiskFull),
            Err(error) => {
                tracing::warn!(%error, "view.db cannot be used and is rebuilt; records are not affected");
                remove(path)?;
                prepare(path, key)?
            }
        };
        let upto = Upto { own: meta(&db, "own")?, foreign: meta(&db, "foreign")? };
        Ok((Self { db: Mutex::new(db), pending: Mutex::default(), directory: Mutex::default() }, upto))
    }

    /// Notes that records changed or are about to.
    pub fn mark(&self, roots: impl IntoIterator<Item = RootId>) {
        lock(&self.pending).dirty.extend(roots);
    }

    /// Takes a row that was computed while its document was at hand. Returns whether it is time to flush.
    pub fn put(&self, aggregate: &Aggregate) -> bool {
        let mut pending = lock(&self.pending);
        pending.dirty.remove(&aggregate.root());
        pending.rows.insert(aggregate.root(), IndexRow::of(aggregate));
        pending.rows.len() >= MOST_PENDING
    }

    /// Writes all that is pending and hands the connection to a read.
    pub fn read<T>(&self, source: &dyn Source, read: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        let mut db = lock(&self.db);
        self.flush_into(&mut db, source)?;
        read(&mut db)
    }

    /// Writes all that is pending.
    pub fn flush(&self, source: &dyn Source) -> Result<()> {
        self.flush_into(&mut lock(&self.db), source)
    }

    fn flush_into(&self, db: &mut Connection, source: &dyn Source) -> Result<()> {
        // Read before the marks are taken: an event that is not counted here keeps its mark for the next time.
        let upto = source.upto();
        let Pending { dirty, rows } = std::mem::take(&mut *lock(&self.pending));
        if dirty.is_empty() && rows.is_empty() {
            return Ok(());
        }
        let written = write(db, source, &dirty, &rows, upto);
        match written {
            Ok(touches_directory) => {
                if touches_directory {
                    *lock(&self.directory) = None;
                }
                Ok(())
            }
            Err(error) => {
                let mut pending = lock(&self.pending);
                pending.dirty.extend(dirty);
                pending.dirty.extend(rows.into_keys());
                Err(error)
            }
        }
    }

    /// Regions, people, sites, assignments, checklists as of now.
    pub fn directory(&self, source: &dyn Source) -> Result<Arc<Directory>> {
        self.read(source, |db| {
            let mut cached = lock(&self.directory);
            if let Some(directory) = &*cached {
                return Ok(Arc::clone(directory));
            }
            let fresh = Arc::new(Directory::load(db)?);
            *cached = Some(Arc::clone(&fresh));
            Ok(fresh)
        })
    }
}

fn write(db: &mut Connection, source: &dyn Source, dirty: &HashSet<RootId>, rows: &HashMap<RootId, IndexRow>, upto: Upto) -> Result<bool> {
    let tx = db.transaction()?;
    let mut touches_directory = false;
    for root in dirty {
        if let Some(aggregate) = source.load(*root)? {
            touches_directory |= IndexRow::of(&aggregate).write(&tx, *root)?;
        }
    }
    for (root, row) in rows.iter().filter(|(root, _)| !dirty.contains(*root)) {
        touches_directory |= row.write(&tx, *root)?;
    }
    set_meta(&tx, "own", upto.own)?;
    set_meta(&tx, "foreign", upto.foreign)?;
    tx.commit()?;
    Ok(touches_directory)
}

fn prepare(path: &Path, key: &[u8; 32]) -> Result<Connection> {
    let mut db = open(path, key, Profile::View)?;
    migrate(&mut db, VIEW)?;
    let check: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    let projection = meta(&db, "projection")?;
    if check != "ok" || (projection != PROJECTION && projection != 0) {
        return Err(StoreError::damaged("written by another version"));
    }
    set_meta(&db, "projection", PROJECTION)?;
    Ok(db)
}

fn remove(path: &Path) -> Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::file("removing", Path::new(&name))(error));
            }
            _ => {}
        }
    }
    Ok(())
}

fn meta(db: &Connection, key: &str) -> Result<u64> {
    let value: Option<i64> = db.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0)).optional()?;
    Ok(uint(value.unwrap_or(0)))
}

fn set_meta(db: &Connection, key: &str, value: u64) -> Result<()> {
    db.prepare_cached("INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2 WHERE value <> ?2")?
        .execute(params![key, int(value)])?;
    Ok(())
}

/// Replaces a record's words, if they differ; the trigram index follows at the next search.
fn put_words(db: &Connection, root: RootId, kind: u8, text: &str) -> Result<()> {
    let old: Option<(i64, String, bool)> = db
        .prepare_cached("SELECT n, text, indexed FROM words WHERE id = ?1")?
        .query_row([Sql(root)], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    match old {
        Some((_, old_text, _)) if old_text == text => {}
        Some((n, old_text, indexed)) => {
            if indexed {
                db.prepare_cached("INSERT INTO words_index (words_index, rowid, text) VALUES ('delete', ?1, ?2)")?
                    .execute(params![n, old_text])?;
            }
            db.prepare_cached("UPDATE words SET text = ?2, indexed = 0 WHERE n = ?1")?.execute(params![n, text])?;
        }
        None => {
            db.prepare_cached("INSERT INTO words (id, kind, text) VALUES (?1, ?2, ?3)")?.execute(params![Sql(root), kind, text])?;
        }
    }
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
