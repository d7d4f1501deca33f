//! The same work without us: rows into SQLite with the same settings, files with fsync.

use anyhow::Result;
use rusqlite::Connection;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// An encrypted database with the device's settings and one plain table.
///
/// # Errors
/// The file cannot be opened.
pub fn device_database(path: &Path) -> Result<Connection> {
    let db = Connection::open(path)?;
    db.execute_batch(&format!("PRAGMA key = \"x'{}'\"", hex::encode(rand::random::<[u8; 32]>())))?;
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;
         PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;
         PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864;",
    )?;
    table(&db)?;
    Ok(db)
}

/// A plain database with the server's settings and one plain table.
///
/// # Errors
/// The file cannot be opened.
pub fn server_database(path: &Path) -> Result<Connection> {
    let db = Connection::open(path)?;
    db.execute_batch(
        "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;
         PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;",
    )?;
    table(&db)?;
    Ok(db)
}

fn table(db: &Connection) -> Result<()> {
    Ok(db.execute_batch("CREATE TABLE event (n INTEGER PRIMARY KEY, header BLOB NOT NULL, body BLOB NOT NULL)")?)
}

/// Inserts rows of header and body in one transaction, durable when it returns.
///
/// # Errors
/// The database refuses.
pub fn insert<'a>(db: &mut Connection, rows: impl IntoIterator<Item = (&'a [u8], &'a [u8])>) -> Result<()> {
    let tx = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    {
        let mut statement = tx.prepare_cached("INSERT INTO event (header, body) VALUES (?1, ?2)")?;
        for (header, body) in rows {
            statement.execute((header, body))?;
        }
    }
    Ok(tx.commit()?)
}

/// Writes files with fsync from several threads; how long all of them took.
///
/// # Errors
/// The folder cannot be written.
pub fn files(folder: &Path, contents: &[Vec<u8>], threads: usize) -> Result<Duration> {
    std::fs::create_dir_all(folder)?;
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    std::thread::scope(|scope| {
        let work = || -> Result<()> {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(content) = contents.get(at) else { return Ok(()) };
                let mut file = File::create(folder.join(at.to_string()))?;
                file.write_all(content)?;
                file.sync_all()?;
            }
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|_| anyhow::bail!("a writer ended early")))
    })?;
    let took = started.elapsed();
    std::fs::remove_dir_all(folder)?;
    Ok(took)
}
