//! Tables `foreign_run`, `foreign_head`, `acceptance`: events of others, as they came.
//!
//! A run is what one page brought of one aggregate: a list of (header, body) framed by lengths and compressed as a
//! whole. The signed bytes inside are exactly those received.

use super::sql::{Sql, int, uint};
use crate::error::{Result, StoreError};
use davy_core::id::{EventId, RootId, ScopeId, StreamId};
use davy_protocol::RawEvent;
use rusqlite::{Connection, OptionalExtension, params};

/// Fast enough to be cheaper than encrypting what it saves.
const LEVEL: i32 = 1;
/// A page has at most 1 MiB; anything beyond this inside a run is damage.
const MOST_PLAIN: usize = 16 * 1024 * 1024;

/// Writes runs; keeps its buffers between them.
pub(crate) struct RunWriter {
    compressor: zstd::bulk::Compressor<'static>,
    plain: Vec<u8>,
}

impl RunWriter {
    pub fn new() -> Result<Self> {
        let compressor = zstd::bulk::Compressor::new(LEVEL).map_err(StoreError::damaged)?;
        Ok(Self { compressor, plain: Vec::new() })
    }

    pub fn insert<'a>(&mut self, db: &Connection, root: RootId, events: impl IntoIterator<Item = &'a RawEvent>) -> Result<()> {
        self.plain.clear();
        for event in events {
            put(&mut self.plain, Some(&event.header));
            put(&mut self.plain, event.body.as_deref());
        }
        let packed = self.compressor.compress(&self.plain).map_err(StoreError::damaged)?;
        db.prepare_cached("INSERT INTO foreign_run (root, events) VALUES (?1, ?2)")?.execute(params![Sql(root), packed])?;
        Ok(())
    }

    /// Keeps a page's acceptance records, compressed.
    pub fn put_records(&mut self, db: &Connection, scope: ScopeId, epoch: u64, pos: u64, records: &[u8]) -> Result<()> {
        let packed = self.compressor.compress(records).map_err(StoreError::damaged)?;
        db.prepare_cached("INSERT INTO acceptance (scope, epoch, pos, records) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
            Sql(scope),
            int(epoch),
            int(pos),
            packed
        ])?;
        Ok(())
    }
}

/// Length + 1, then the bytes; 0 for bytes that are withheld.
fn put(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    let length = bytes.map_or(0, |b| u32::try_from(b.len()).unwrap_or(u32::MAX - 1) + 1);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(bytes.unwrap_or_default());
}

fn take<'a>(rest: &mut &'a [u8]) -> Option<Option<&'a [u8]>> {
    let (length, tail) = rest.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length);
    if length == 0 {
        *rest = tail;
        return Some(None);
    }
    let (bytes, tail) = tail.split_at_checked(length as usize - 1)?;
    *rest = tail;
    Some(Some(bytes))
}

fn unpack(packed: &[u8], into: &mut Vec<RawEvent>) -> Result<()> {
    let plain = zstd::bulk::decompress(packed, MOST_PLAIN).map_err(StoreError::damaged)?;
    let mut rest = plain.as_slice();
    while !rest.is_empty() {
        let event = take(&mut rest).flatten().zip(take(&mut rest));
        let (header, body) = event.ok_or_else(|| StoreError::damaged("a run of received events is cut off"))?;
        into.push(RawEvent { header: header.to_vec(), body: body.map(<[u8]>::to_vec) });
    }
    Ok(())
}

/// Events of an aggregate, in the order received.
pub(crate) fn of_root(db: &Connection, root: RootId) -> Result<Vec<RawEvent>> {
    let mut statement = db.prepare_cached("SELECT events FROM foreign_run WHERE root = ?1 ORDER BY n")?;
    let mut rows = statement.query([Sql(root)])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        unpack(row.get_ref(0)?.as_blob().map_err(StoreError::damaged)?, &mut events)?;
    }
    Ok(events)
}

/// Whether anything of an aggregate was received.
pub(crate) fn has_root(db: &Connection, root: RootId) -> Result<bool> {
    let mut statement = db.prepare_cached("SELECT 1 FROM foreign_run WHERE root = ?1 LIMIT 1")?;
    Ok(statement.exists([Sql(root)])?)
}

/// Number of the newest run.
pub(crate) fn last(db: &Connection) -> Result<u64> {
    let n: i64 = db.prepare_cached("SELECT coalesce(max(n), 0) FROM foreign_run")?.query_row([], |row| row.get(0))?;
    Ok(uint(n))
}

/// Aggregates that runs after `n` belong to.
pub(crate) fn roots_after(db: &Connection, n: u64) -> Result<Vec<RootId>> {
    let mut statement = db.prepare_cached("SELECT DISTINCT root FROM foreign_run WHERE n > ?1")?;
    let rows = statement.query_map([int(n)], |row| row.get::<_, Sql<RootId>>(0).map(|id| id.0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Newest known event of a stream in a scope.
pub(crate) fn head(db: &Connection, stream: StreamId, scope: ScopeId) -> Result<Option<(u64, EventId)>> {
    let mut statement = db.prepare_cached("SELECT sseq, eid FROM foreign_head WHERE stream = ?1 AND scope = ?2")?;
    let row = statement.query_row(params![Sql(stream), Sql(scope)], |row| Ok((uint(row.get(0)?), row.get::<_, Sql<EventId>>(1)?.0)));
    Ok(row.optional()?)
}

/// Moves a head on.
pub(crate) fn put_head(db: &Connection, stream: StreamId, scope: ScopeId, sseq: u64, eid: EventId) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO foreign_head (stream, scope, sseq, eid) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (stream, scope) DO UPDATE SET sseq = ?3, eid = ?4",
    )?
    .execute(params![Sql(stream), Sql(scope), int(sseq), Sql(eid)])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::evidence::migrate;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn runs_give_back_the_bytes_received(bodies in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..300), prop::option::of(prop::collection::vec(any::<u8>(), 0..300))), 1..40)) {
            let mut db = Connection::open_in_memory().unwrap();
            migrate::migrate(&mut db, migrate::EVIDENCE).unwrap();
            let events: Vec<RawEvent> = bodies.into_iter().map(|(header, body)| RawEvent { header, body }).collect();
            let mut writer = RunWriter::new().unwrap();
            let (first, second) = events.split_at(events.len() / 2);
            writer.insert(&db, RootId([1; 16]), first).unwrap();
            writer.insert(&db, RootId([1; 16]), second).unwrap();
            prop_assert_eq!(of_root(&db, RootId([1; 16])).unwrap(), events);
            prop_assert!(of_root(&db, RootId([2; 16])).unwrap().is_empty());
        }

        #[test]
        fn a_damaged_run_is_an_error_not_a_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut out = Vec::new();
            let _ = unpack(&bytes, &mut out);
            bytes = zstd::bulk::compress(&bytes, LEVEL).unwrap();
            let _ = unpack(&bytes, &mut out);
        }
    }
}
