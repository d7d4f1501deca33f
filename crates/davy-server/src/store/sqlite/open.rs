//! Opening: pragmas, version, migrations; and the online copy.

use crate::store::StoreError;
use rusqlite::backup::Backup;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::path::Path;
use std::time::Duration;

/// Migrations in order; number n brings the database from version n−1 to n. Never edited, only added to.
const MIGRATIONS: &[&str] =
    &[include_str!("schema.sql"), include_str!("migration_2.sql"), include_str!("migration_3.sql"), include_str!("migration_4.sql")];
/// The WAL-reset bug is fixed from here on.
const OLDEST_SQLITE: i32 = 3_051_003;

/// The connection that writes; migrates the file.
pub(super) fn writer(path: &Path) -> Result<Connection, StoreError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(StoreError::damaged("SQLite library (too old)"));
    }
    let mut connection = Connection::open(path)?;
    connection.pragma_update(None, "page_size", 8192)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    common(&connection)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 4000)?;
    connection.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// A connection that only reads.
pub(super) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    common(&connection)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn common(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -64 * 1024)?;
    // Plans must not depend on the values bound: with the statistics that SQLite is built with, it would compile a cached
    // statement anew at every new value.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(())
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known {
        return Err(StoreError::NewerDatabase { found, known });
    }
    if found == known {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have migrated while this one waited for the lock.
    let found: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (at, migration) in MIGRATIONS.iter().enumerate().skip(found as usize) {
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", at + 1)?;
    }
    transaction.commit()?;
    Ok(())
}

/// Copies the database while others write, then checks the copy.
pub(super) fn backup(path: &Path, target: &Path) -> Result<(), StoreError> {
    let source = reader(path)?;
    let mut copy = Connection::open(target)?;
    Backup::new(&source, &mut copy)?.run_to_completion(2048, Duration::from_millis(2), None)?;
    // The copy is one file: without WAL it can be moved and read anywhere.
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    let verdict: String = copy.pragma_query_value(None, "integrity_check", |row| row.get(0))?;
    if verdict != "ok" {
        return Err(StoreError::damaged("copy of the database"));
    }
    copy.close().map_err(|(_, source)| StoreError::from(source))?;
    std::fs::File::open(target)
        .and_then(|file| file.sync_all())
        .map_err(|source| StoreError::Backend { during: "flushed the copy", source: Box::new(source) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn a_released_migration_is_never_edited() {
        let hashes: Vec<String> = MIGRATIONS.iter().map(|sql| hex::encode(Sha256::digest(sql))).collect();
        let released = [
            "06a9273fe3e2d643461115bc8d4803dcddabba7d12f00f3809348f6cfca2c27f",
            "04e1643a62a6f5cd70903c8e4a56d1f94bcd6fb36e091a813ffb4e88ba904082",
            "833300961e302a1d046ac73109f381d54c64156af8ce7a8f2fb36aa5560e58cd",
            "500456e04aad7bf0d9566f240570d61c368ed74551109176a338513800e6d09b",
        ];
        assert_eq!(hashes, released);
    }

    #[test]
    fn a_database_of_a_newer_program_is_refused_with_both_versions() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("davy.db");
        drop(writer(&path).unwrap());
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(writer(&path), Err(StoreError::NewerDatabase { found: 99, known }) if known as usize == MIGRATIONS.len()));
    }
}
