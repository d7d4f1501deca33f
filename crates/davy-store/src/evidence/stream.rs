//! Tables `stream` and `scope_head`: where the own stream stands.
//!
//! The newest event is the truth about the head; scope heads are kept as of the newest seal and the events after it
//! bring them up to date, so that an append writes nothing but the event.

use super::sql::{Sql, int, uint};
use super::{event, seal};
use crate::error::{Result, StoreError};
use davy_core::id::{Hash32, ScopeId, StreamId};
use davy_core::time::Hlc;
use davy_protocol::author::{Chain, ScopeChain};
use davy_protocol::event::{decode_header, event_id};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::HashMap;

/// Row of the own stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StreamRow {
    pub stream: StreamId,
    /// Local number of the event before the stream's first.
    pub base: u64,
    pub acked_seq: u64,
    pub ack_epoch: u64,
    pub durable_seq: u64,
}

/// The stream's row; created at the first start after an enrolment.
pub(crate) fn require(db: &Connection, stream: StreamId, genesis: Hash32) -> Result<StreamRow> {
    db.execute(
        "INSERT INTO stream (stream, genesis, base) VALUES (?1, ?2, (SELECT coalesce(max(n), 0) FROM event)) ON CONFLICT DO NOTHING",
        params![Sql(stream), Sql(genesis)],
    )?;
    get(db, stream)
}

/// The stream's row.
pub(crate) fn get(db: &Connection, stream: StreamId) -> Result<StreamRow> {
    let mut statement = db.prepare_cached("SELECT base, acked_seq, ack_epoch, durable_seq FROM stream WHERE stream = ?1")?;
    Ok(statement.query_row([Sql(stream)], |row| {
        Ok(StreamRow {
            stream,
            base: uint(row.get(0)?),
            acked_seq: uint(row.get(1)?),
            ack_epoch: uint(row.get(2)?),
            durable_seq: uint(row.get(3)?),
        })
    })?)
}

/// Notes what the server vouches for. May lower the head, when a newer epoch says so (I-13).
pub(crate) fn acknowledge(db: &Connection, stream: StreamId, epoch: u64, acked_seq: u64, durable_seq: u64, at_ms: i64) -> Result<()> {
    db.prepare_cached("UPDATE stream SET ack_epoch = ?2, acked_seq = ?3, durable_seq = ?4, acked_ms = ?5 WHERE stream = ?1")?
        .execute(params![Sql(stream), int(epoch), int(acked_seq), int(durable_seq), at_ms])?;
    Ok(())
}

/// Where the stream stands, from its newest events.
pub(crate) struct Heads {
    pub chain: Chain,
    pub scopes: HashMap<ScopeId, ScopeChain>,
    pub hlc: Hlc,
    /// Local number of the newest sealed event.
    pub sealed_n: u64,
    /// Bytes of the events after it.
    pub unsealed_bytes: usize,
    /// Scopes that they touch.
    pub touched: Vec<ScopeId>,
}

/// Reads heads and checks that the unsealed events still chain.
pub(crate) fn heads(db: &Connection, row: &StreamRow, genesis: Hash32) -> Result<Heads> {
    let sealed_n = seal::last(db)?.map_or(row.base, |last| last.to_n.max(row.base));
    let newest = event::get(db, sealed_n)?.filter(|_| sealed_n > row.base);
    let mut heads = Heads {
        chain: Chain { stream: row.stream, seq: sealed_n - row.base, head: genesis },
        scopes: scopes(db)?,
        hlc: Hlc::default(),
        sealed_n,
        unsealed_bytes: 0,
        touched: Vec::new(),
    };
    if let Some(raw) = newest {
        heads.chain.head = Hash32(event_id(&raw.header).0);
        heads.hlc = decode_header(&raw.header).map_err(StoreError::damaged)?.hlc;
    }
    for raw in event::range(db, sealed_n + 1, i64::MAX as u64)? {
        let header = decode_header(&raw.header).map_err(StoreError::damaged)?;
        let scope = heads.scopes.entry(header.scope).or_default();
        if header.seq != heads.chain.seq + 1
            || header.prev != heads.chain.head
            || header.sseq != scope.sseq + 1
            || header.sprev != scope.head
        {
            return Err(StoreError::damaged(format!("event {} of this device does not follow the one before it", header.seq)));
        }
        let head = Hash32(event_id(&raw.header).0);
        *scope = ScopeChain { sseq: header.sseq, head };
        heads.chain = Chain { stream: row.stream, seq: header.seq, head };
        heads.hlc = heads.hlc.max(header.hlc);
        heads.unsealed_bytes += raw.header.len() + raw.body.as_ref().map_or(0, Vec::len);
        if !heads.touched.contains(&header.scope) {
            heads.touched.push(header.scope);
        }
    }
    Ok(heads)
}

fn scopes(db: &Connection) -> Result<HashMap<ScopeId, ScopeChain>> {
    let mut statement = db.prepare("SELECT scope, sseq, eid FROM scope_head")?;
    let rows = statement.query_map([], |row| {
        let head: Sql<Hash32> = row.get(2)?;
        Ok((row.get::<_, Sql<ScopeId>>(0)?.0, ScopeChain { sseq: uint(row.get(1)?), head: head.0 }))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Keeps a scope's head as of a seal.
pub(crate) fn put_scope(db: &Connection, scope: ScopeId, chain: &ScopeChain) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO scope_head (scope, sseq, eid) VALUES (?1, ?2, ?3) ON CONFLICT (scope) DO UPDATE SET sseq = ?2, eid = ?3",
    )?
    .execute(params![Sql(scope), int(chain.sseq), Sql(chain.head)])?;
    Ok(())
}

/// Forgets scope heads: a new stream starts every scope anew.
pub(crate) fn clear_scopes(db: &Connection) -> Result<()> {
    db.execute("DELETE FROM scope_head", [])?;
    Ok(())
}

/// Streams that this database has authored before `stream`.
pub(crate) fn newest(db: &Connection) -> Result<Option<StreamId>> {
    let row = db.query_row("SELECT stream FROM stream ORDER BY no DESC LIMIT 1", [], |row| row.get::<_, Sql<StreamId>>(0));
    Ok(row.optional()?.map(|id| id.0))
}
