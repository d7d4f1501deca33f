//! Segments, feeds, heads, what is held or refused: the log.

use crate::store::{FeedEntry, FeedRow, HeldRow, NewSegment, QuarantineRow, ScopeEnd, SegmentRow};
use davy_core::id::{EventId, Hash32, OrgId, RootId, ScopeId, StreamId};
use davy_core::time::Millis;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

pub(super) fn scope_head(c: &Connection, stream: StreamId, scope: ScopeId) -> Result<Option<(u64, EventId)>> {
    c.prepare_cached("SELECT sseq, eid FROM scope_head WHERE stream = ? AND scope = ?")?
        .query_row([stream.as_bytes(), scope.as_bytes()], |row| Ok((row.get(0)?, EventId(row.get(1)?))))
        .optional()
}

pub(super) fn set_scope_head(c: &Connection, stream: StreamId, scope: ScopeId, sseq: u64, eid: EventId) -> Result<()> {
    let mut statement = c.prepare_cached(
        "INSERT INTO scope_head (stream, scope, sseq, eid) VALUES (?,?,?,?)
         ON CONFLICT (stream, scope) DO UPDATE SET sseq = excluded.sseq, eid = excluded.eid",
    )?;
    statement.execute(params![stream.as_bytes(), scope.as_bytes(), sseq, eid.0]).map(|_| ())
}

fn segment_row(row: &Row<'_>) -> Result<SegmentRow> {
    Ok(SegmentRow {
        id: row.get(0)?,
        stream: StreamId(row.get(1)?),
        from_seq: row.get(2)?,
        to_seq: row.get(3)?,
        recv: Millis(row.get(4)?),
        raw: row.get(5)?,
    })
}

pub(super) fn segment_with(c: &Connection, stream: StreamId, seq: u64) -> Result<Option<SegmentRow>> {
    let mut statement = c.prepare_cached(
        "SELECT id, stream, from_seq, to_seq, recv, raw FROM segment WHERE stream = ? AND to_seq >= ? ORDER BY to_seq LIMIT 1",
    )?;
    let found = statement.query_row(params![stream.as_bytes(), seq], segment_row).optional()?;
    Ok(found.filter(|segment| segment.from_seq <= seq))
}

pub(super) fn segments_of(c: &Connection, root: RootId) -> Result<Vec<SegmentRow>> {
    let mut statement = c.prepare_cached(
        "SELECT s.id, s.stream, s.from_seq, s.to_seq, s.recv, s.raw FROM root_segment r JOIN segment s ON s.id = r.segment
         WHERE r.root = ? ORDER BY s.id",
    )?;
    statement.query_map([root.as_bytes()], segment_row)?.collect()
}

pub(super) fn records_of(c: &Connection, org: OrgId, segment: i64) -> Result<Vec<(ScopeId, FeedRow)>> {
    let mut statement = c.prepare_cached("SELECT scope, first, last, segment, records FROM feed WHERE segment = ? AND org = ?")?;
    let rows = statement.query_map(params![segment, org.as_bytes()], |row| {
        let feed = FeedRow { first: row.get(1)?, last: row.get(2)?, segment: row.get(3)?, records: row.get(4)? };
        Ok((ScopeId(row.get(0)?), feed))
    })?;
    rows.collect()
}

pub(super) fn insert_segment(c: &Connection, s: &NewSegment) -> Result<i64> {
    c.prepare_cached("INSERT INTO segment (org, stream, from_seq, to_seq, recv, raw) VALUES (?,?,?,?,?,?)")?.execute(params![
        s.org.as_bytes(),
        s.stream.as_bytes(),
        s.from_seq,
        s.to_seq,
        s.recv.0,
        s.raw
    ])?;
    Ok(c.last_insert_rowid())
}

pub(super) fn link_root(c: &Connection, root: RootId, segment: i64) -> Result<()> {
    c.prepare_cached("INSERT OR IGNORE INTO root_segment (root, segment) VALUES (?, ?)")?
        .execute(params![root.as_bytes(), segment])
        .map(|_| ())
}

pub(super) fn scope_end(c: &Connection, org: OrgId, scope: ScopeId) -> Result<Option<ScopeEnd>> {
    c.prepare_cached("SELECT pos, acc FROM scope WHERE org = ? AND scope = ?")?
        .query_row([org.as_bytes(), scope.as_bytes()], |row| Ok(ScopeEnd { pos: row.get(0)?, acc: Hash32(row.get(1)?) }))
        .optional()
}

pub(super) fn append_feed(c: &Connection, org: OrgId, scope: ScopeId, row: &FeedRow, end: ScopeEnd) -> Result<()> {
    c.prepare_cached("INSERT INTO feed (org, scope, last, first, segment, records) VALUES (?,?,?,?,?,?)")?.execute(params![
        org.as_bytes(),
        scope.as_bytes(),
        row.last,
        row.first,
        row.segment,
        row.records
    ])?;
    c.prepare_cached(
        "INSERT INTO scope (org, scope, pos, acc) VALUES (?,?,?,?) ON CONFLICT (org, scope) DO UPDATE SET pos = excluded.pos, acc = excluded.acc",
    )?
    .execute(params![org.as_bytes(), scope.as_bytes(), end.pos, end.acc.0])
    .map(|_| ())
}

pub(super) fn feed(c: &Connection, org: OrgId, scope: ScopeId, after: u64, max_events: u64, max_bytes: usize) -> Result<Vec<FeedEntry>> {
    let mut statement = c.prepare_cached(
        "SELECT f.first, f.last, f.segment, f.records, s.stream, s.raw FROM feed f JOIN segment s ON s.id = f.segment
         WHERE f.org = ? AND f.scope = ? AND f.last > ? ORDER BY f.last",
    )?;
    let mut rows = statement.query(params![org.as_bytes(), scope.as_bytes(), after])?;
    let (mut entries, mut events, mut bytes) = (Vec::new(), 0, 0);
    while let Some(row) = rows.next()? {
        let feed = FeedRow { first: row.get(0)?, last: row.get(1)?, segment: row.get(2)?, records: row.get(3)? };
        let entry = FeedEntry { feed, stream: StreamId(row.get(4)?), raw: row.get(5)? };
        events += entry.feed.last - entry.feed.first.max(after + 1) + 1;
        bytes += entry.raw.len() + entry.feed.records.len();
        if !entries.is_empty() && (events > max_events || bytes > max_bytes) {
            break;
        }
        entries.push(entry);
        if events >= max_events || bytes >= max_bytes {
            break;
        }
    }
    Ok(entries)
}

pub(super) fn raise_durable(c: &Connection, received_before: Millis) -> Result<()> {
    let mut statement = c.prepare_cached(
        "UPDATE stream SET durable_seq = max(durable_seq, coalesce(
           (SELECT max(g.to_seq) FROM segment g WHERE g.stream = stream.stream AND g.recv < ?), 0))",
    )?;
    statement.execute([received_before.0]).map(|_| ())
}

pub(super) fn held(c: &Connection, org: OrgId, root: Option<RootId>) -> Result<Vec<HeldRow>> {
    let mut statement = c.prepare_cached(
        "SELECT eid, org, stream, seq, scope, root, at FROM held WHERE org = ?1 AND (?2 IS NULL OR root = ?2) ORDER BY at, seq",
    )?;
    let rows = statement.query_map(params![org.as_bytes(), root.map(|id| id.0)], |row| {
        Ok(HeldRow {
            eid: EventId(row.get(0)?),
            org: OrgId(row.get(1)?),
            stream: StreamId(row.get(2)?),
            seq: row.get(3)?,
            scope: ScopeId(row.get(4)?),
            root: RootId(row.get(5)?),
            at: Millis(row.get(6)?),
        })
    })?;
    rows.collect()
}

pub(super) fn insert_held(c: &Connection, row: &HeldRow) -> Result<()> {
    c.prepare_cached("INSERT OR IGNORE INTO held (eid, org, stream, seq, scope, root, at) VALUES (?,?,?,?,?,?,?)")?
        .execute(params![
            row.eid.0,
            row.org.as_bytes(),
            row.stream.as_bytes(),
            row.seq,
            row.scope.as_bytes(),
            row.root.as_bytes(),
            row.at.0
        ])
        .map(|_| ())
}

pub(super) fn insert_fork(c: &Connection, stream: StreamId, seq: u64, at: Millis, raw: &[u8]) -> Result<()> {
    c.prepare_cached("INSERT INTO fork (stream, seq, at, raw) VALUES (?,?,?,?)")?
        .execute(params![stream.as_bytes(), seq, at.0, raw])
        .map(|_| ())
}

pub(super) fn quarantined_bytes(c: &Connection, stream: StreamId, since: Millis) -> Result<u64> {
    c.prepare_cached("SELECT coalesce(sum(length(bytes)), 0) FROM quarantine WHERE stream = ? AND at >= ?")?
        .query_row(params![stream.as_bytes(), since.0], |row| row.get(0))
}

pub(super) fn insert_quarantine(c: &Connection, row: &QuarantineRow) -> Result<()> {
    c.prepare_cached("INSERT INTO quarantine (org, stream, at, reason, bytes) VALUES (?,?,?,?,?)")?
        .execute(params![row.org.as_bytes(), row.stream.as_bytes(), row.at.0, row.reason, row.bytes])
        .map(|_| ())
}
