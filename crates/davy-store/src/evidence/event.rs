//! Table `event`: own events, exactly as signed.

use super::sql::{Sql, int, uint};
use crate::error::Result;
use davy_core::id::RootId;
use davy_protocol::RawEvent;
use rusqlite::{Connection, OptionalExtension, params};

/// Adds an event at its place. A used place is an error, never an overwrite.
pub(crate) fn insert(db: &Connection, n: u64, root: RootId, raw: &RawEvent) -> Result<()> {
    db.prepare_cached("INSERT INTO event (n, root, header, body) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        int(n),
        Sql(root),
        raw.header,
        raw.body.as_deref().unwrap_or_default()
    ])?;
    Ok(())
}

/// Number of the newest event; 0 when there is none.
pub(crate) fn last(db: &Connection) -> Result<u64> {
    let n: i64 = db.prepare_cached("SELECT coalesce(max(n), 0) FROM event")?.query_row([], |row| row.get(0))?;
    Ok(uint(n))
}

/// One event.
pub(crate) fn get(db: &Connection, n: u64) -> Result<Option<RawEvent>> {
    let mut statement = db.prepare_cached("SELECT header, body FROM event WHERE n = ?1")?;
    Ok(statement.query_row([int(n)], raw_event).optional()?)
}

/// Events from `first` to `last`, in order.
pub(crate) fn range(db: &Connection, first: u64, last: u64) -> Result<Vec<RawEvent>> {
    let mut statement = db.prepare_cached("SELECT header, body FROM event WHERE n BETWEEN ?1 AND ?2 ORDER BY n")?;
    let rows = statement.query_map([int(first), int(last)], raw_event)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Events of an aggregate, in the order of writing.
pub(crate) fn of_root(db: &Connection, root: RootId) -> Result<Vec<RawEvent>> {
    let mut statement = db.prepare_cached("SELECT header, body FROM event WHERE root = ?1 ORDER BY n")?;
    let rows = statement.query_map([Sql(root)], raw_event)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Whether this device wrote anything of an aggregate.
pub(crate) fn has_root(db: &Connection, root: RootId) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM event WHERE root = ?1 LIMIT 1")?.exists([Sql(root)])?)
}

/// Aggregates that events after `n` belong to.
pub(crate) fn roots_after(db: &Connection, n: u64) -> Result<Vec<RootId>> {
    let mut statement = db.prepare_cached("SELECT DISTINCT root FROM event WHERE n > ?1")?;
    let rows = statement.query_map([int(n)], |row| row.get::<_, Sql<RootId>>(0).map(|id| id.0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn raw_event(row: &rusqlite::Row<'_>) -> rusqlite::Result<RawEvent> {
    Ok(RawEvent { header: row.get(0)?, body: Some(row.get(1)?) })
}
