//! Tables `seal` and `foreign_seal`.

use super::sql::{Sql, int, uint};
use crate::error::Result;
use davy_core::id::{Hash32, StreamId};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// An own seal.
#[derive(Debug, Clone)]
pub(crate) struct SealRow {
    pub from_n: u64,
    pub to_n: u64,
    /// Bytes of its events and itself.
    pub bytes: u64,
    pub raw: Vec<u8>,
}

/// Adds a seal.
pub(crate) fn insert(db: &Connection, seal: &SealRow) -> Result<()> {
    db.prepare_cached("INSERT INTO seal (to_n, from_n, bytes, raw) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        int(seal.to_n),
        int(seal.from_n),
        int(seal.bytes),
        seal.raw
    ])?;
    Ok(())
}

/// The newest seal.
pub(crate) fn last(db: &Connection) -> Result<Option<SealRow>> {
    let mut statement = db.prepare_cached("SELECT to_n, from_n, bytes, raw FROM seal ORDER BY to_n DESC LIMIT 1")?;
    Ok(statement.query_row([], from_row).optional()?)
}

/// Seals whose last event is after `n`, oldest first.
pub(crate) fn after(db: &Connection, n: u64, most: u32) -> Result<Vec<SealRow>> {
    let mut statement = db.prepare_cached("SELECT to_n, from_n, bytes, raw FROM seal WHERE to_n > ?1 ORDER BY to_n LIMIT ?2")?;
    let rows = statement.query_map(params![int(n), most], from_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<SealRow> {
    Ok(SealRow { to_n: uint(row.get(0)?), from_n: uint(row.get(1)?), bytes: uint(row.get(2)?), raw: row.get(3)? })
}

/// Keeps a foreign seal once.
pub(crate) fn put_foreign(db: &Connection, hash: Hash32, stream: StreamId, raw: &[u8]) -> Result<()> {
    db.prepare_cached("INSERT INTO foreign_seal (hash, stream, raw) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?.execute(params![
        Sql(hash),
        Sql(stream),
        raw
    ])?;
    Ok(())
}
