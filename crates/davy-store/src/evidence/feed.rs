//! Tables `feed` and `stream_info`: where we stand in each scope, and whose the other streams are.

use super::sql::{Sql, int, uint};
use crate::error::Result;
use davy_core::id::{Hash32, PersonId, ScopeId, StreamId};
use rusqlite::{Connection, OptionalExtension, params};

/// Where we stand in a scope's feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Scope.
    pub scope: ScopeId,
    /// Position of the newest event applied.
    pub pos: u64,
    /// Accumulator at that position.
    pub acc: Hash32,
}

/// The cursor of a scope in an epoch; `None` in another epoch or when nothing was pulled.
pub(crate) fn get(db: &Connection, scope: ScopeId, epoch: u64) -> Result<Option<Cursor>> {
    let mut statement = db.prepare_cached("SELECT pos, acc FROM feed WHERE scope = ?1 AND epoch = ?2")?;
    let row = statement.query_row(params![Sql(scope), int(epoch)], |row| {
        Ok(Cursor { scope, pos: uint(row.get(0)?), acc: row.get::<_, Sql<Hash32>>(1)?.0 })
    });
    Ok(row.optional()?)
}

/// All cursors of an epoch.
pub(crate) fn all(db: &Connection, epoch: u64) -> Result<Vec<Cursor>> {
    let mut statement = db.prepare_cached("SELECT scope, pos, acc FROM feed WHERE epoch = ?1 ORDER BY scope")?;
    let rows = statement.query_map([int(epoch)], |row| {
        Ok(Cursor { scope: row.get::<_, Sql<ScopeId>>(0)?.0, pos: uint(row.get(1)?), acc: row.get::<_, Sql<Hash32>>(2)?.0 })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Moves a cursor.
pub(crate) fn put(db: &Connection, epoch: u64, cursor: &Cursor) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO feed (scope, epoch, pos, acc) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (scope) DO UPDATE SET epoch = ?2, pos = ?3, acc = ?4",
    )?
    .execute(params![Sql(cursor.scope), int(epoch), int(cursor.pos), Sql(cursor.acc)])?;
    Ok(())
}

/// Forgets all positions: the log was rolled back or the replica is pulled anew. Events stay.
pub(crate) fn reset(db: &Connection) -> Result<()> {
    db.execute("DELETE FROM feed", [])?;
    Ok(())
}

/// What is known of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamName {
    /// Stream.
    pub stream: StreamId,
    /// Name of its device.
    pub device_name: String,
    /// Person that the device was enrolled for.
    pub person: PersonId,
}

/// Keeps what the server told of a stream. Returns whether it is new or changed.
pub(crate) fn put_stream(db: &Connection, name: &StreamName, info: &[u8]) -> Result<bool> {
    let changed = db
        .prepare_cached(
            "INSERT INTO stream_info (stream, device_name, person, info) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (stream) DO UPDATE SET device_name = ?2, person = ?3, info = ?4 WHERE info <> ?4",
        )?
        .execute(params![Sql(name.stream), name.device_name, Sql(name.person), info])?;
    Ok(changed > 0)
}

/// The server's words on a stream, as they came.
pub(crate) fn stream_info(db: &Connection, stream: StreamId) -> Result<Option<Vec<u8>>> {
    let mut statement = db.prepare_cached("SELECT info FROM stream_info WHERE stream = ?1")?;
    Ok(statement.query_row([Sql(stream)], |row| row.get(0)).optional()?)
}

/// All streams known.
pub(crate) fn streams(db: &Connection) -> Result<Vec<StreamName>> {
    let mut statement = db.prepare_cached("SELECT stream, device_name, person FROM stream_info")?;
    let rows = statement.query_map([], |row| {
        Ok(StreamName { stream: row.get::<_, Sql<StreamId>>(0)?.0, device_name: row.get(1)?, person: row.get::<_, Sql<PersonId>>(2)?.0 })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
