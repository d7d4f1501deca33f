//! Organisations, streams, settings, backups.

use crate::store::{BackupRow, OrgRow, PendingCounts, StreamRow, StreamStatus};
use davy_core::id::{DeviceId, Hash32, OrgId, PersonId, StreamId};
use davy_core::time::Millis;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

fn org_row(row: &Row<'_>) -> Result<OrgRow> {
    Ok(OrgRow {
        id: OrgId(row.get(0)?),
        name: row.get(1)?,
        seed: row.get(2)?,
        epoch: row.get(3)?,
        gseq: row.get(4)?,
        stream: StreamId(row.get(5)?),
        created: Millis(row.get(6)?),
    })
}

const ORG: &str = "SELECT id, name, seed, epoch, gseq, stream, created FROM org";

pub(super) fn orgs(c: &Connection) -> Result<Vec<OrgRow>> {
    c.prepare_cached(&format!("{ORG} ORDER BY created, id"))?.query_map([], org_row)?.collect()
}

pub(super) fn org(c: &Connection, org: OrgId) -> Result<Option<OrgRow>> {
    c.prepare_cached(&format!("{ORG} WHERE id = ?"))?.query_row([org.as_bytes()], org_row).optional()
}

pub(super) fn directory_revision(c: &Connection, org: OrgId) -> Result<u64> {
    let mut statement = c.prepare_cached("SELECT revision FROM org WHERE id = ?")?;
    Ok(statement.query_row([org.as_bytes()], |row| row.get(0)).optional()?.unwrap_or(0))
}

pub(super) fn insert_org(c: &Connection, org: &OrgRow) -> Result<()> {
    c.prepare_cached("INSERT INTO org (id, name, seed, epoch, gseq, stream, created) VALUES (?,?,?,?,?,?,?)")?.execute(params![
        org.id.as_bytes(),
        org.name,
        org.seed,
        org.epoch,
        org.gseq,
        org.stream.as_bytes(),
        org.created.0
    ])?;
    Ok(())
}

pub(super) fn set_gseq(c: &Connection, org: OrgId, gseq: u64) -> Result<()> {
    c.prepare_cached("UPDATE org SET gseq = ? WHERE id = ?")?.execute(params![gseq, org.as_bytes()]).map(|_| ())
}

pub(super) fn bump_directory(c: &Connection, org: OrgId) -> Result<()> {
    c.prepare_cached("UPDATE org SET revision = revision + 1 WHERE id = ?")?.execute([org.as_bytes()]).map(|_| ())
}

const STREAM: &str = "SELECT stream, org, device, name, platform, app_version, person, key, record, state, state_value, head_seq,
    head_eid, last_seal, durable_seq, enrolled, last_seen, pending_events, pending_blobs, pending_bytes FROM stream";

fn stream_row(row: &Row<'_>) -> Result<StreamRow> {
    let value: i64 = row.get(10)?;
    Ok(StreamRow {
        stream: StreamId(row.get(0)?),
        org: OrgId(row.get(1)?),
        device: DeviceId(row.get(2)?),
        name: row.get(3)?,
        platform: row.get(4)?,
        app_version: row.get(5)?,
        person: row.get::<_, Option<[u8; 16]>>(6)?.map(PersonId),
        key: row.get(7)?,
        record: row.get(8)?,
        state: match row.get::<_, u8>(9)? {
            1 => StreamStatus::Revoked { at: Millis(value) },
            2 => StreamStatus::Closed { seq: value.unsigned_abs() },
            _ => StreamStatus::Active,
        },
        head_seq: row.get(11)?,
        head_eid: Hash32(row.get(12)?),
        last_seal: Hash32(row.get(13)?),
        durable_seq: row.get(14)?,
        enrolled: Millis(row.get(15)?),
        last_seen: row.get::<_, Option<i64>>(16)?.map(Millis),
        pending: PendingCounts { events: row.get(17)?, blobs: row.get(18)?, bytes: row.get(19)? },
    })
}

fn state_columns(state: StreamStatus) -> (u8, i64) {
    match state {
        StreamStatus::Active => (0, 0),
        StreamStatus::Revoked { at } => (1, at.0),
        StreamStatus::Closed { seq } => (2, i64::try_from(seq).unwrap_or(i64::MAX)),
    }
}

pub(super) fn stream(c: &Connection, stream: StreamId) -> Result<Option<StreamRow>> {
    c.prepare_cached(&format!("{STREAM} WHERE stream = ?"))?.query_row([stream.as_bytes()], stream_row).optional()
}

pub(super) fn streams(c: &Connection, org: OrgId) -> Result<Vec<StreamRow>> {
    let mut statement = c.prepare_cached(&format!("{STREAM} WHERE org = ? ORDER BY enrolled, stream"))?;
    statement.query_map([org.as_bytes()], stream_row)?.collect()
}

pub(super) fn insert_stream(c: &Connection, s: &StreamRow) -> Result<()> {
    let (state, value) = state_columns(s.state);
    let mut statement = c.prepare_cached(
        "INSERT INTO stream (stream, org, device, name, platform, app_version, person, key, record, state, state_value, head_seq,
         head_eid, last_seal, durable_seq, enrolled, last_seen) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    )?;
    statement.execute(params![
        s.stream.as_bytes(),
        s.org.as_bytes(),
        s.device.as_bytes(),
        s.name,
        s.platform,
        s.app_version,
        s.person.map(|id| id.0),
        s.key,
        s.record,
        state,
        value,
        s.head_seq,
        s.head_eid.0,
        s.last_seal.0,
        s.durable_seq,
        s.enrolled.0,
        s.last_seen.map(|at| at.0)
    ])?;
    bump_directory(c, s.org)
}

pub(super) fn set_stream_head(c: &Connection, stream: StreamId, seq: u64, eid: Hash32, seal: Hash32) -> Result<()> {
    c.prepare_cached("UPDATE stream SET head_seq = ?, head_eid = ?, last_seal = ? WHERE stream = ?")?
        .execute(params![seq, eid.0, seal.0, stream.as_bytes()])
        .map(|_| ())
}

pub(super) fn set_stream_state(c: &Connection, stream: StreamId, state: StreamStatus) -> Result<()> {
    let (state, value) = state_columns(state);
    c.prepare_cached("UPDATE stream SET state = ?, state_value = ? WHERE stream = ?")?.execute(params![state, value, stream.as_bytes()])?;
    c.prepare_cached("UPDATE org SET revision = revision + 1 WHERE id = (SELECT org FROM stream WHERE stream = ?)")?
        .execute([stream.as_bytes()])
        .map(|_| ())
}

pub(super) fn touch_stream(c: &Connection, stream: StreamId, at: Millis, version: &str, pending: PendingCounts) -> Result<()> {
    let mut statement = c.prepare_cached(
        "UPDATE stream SET last_seen = ?, app_version = ?, pending_events = ?, pending_blobs = ?, pending_bytes = ? WHERE stream = ?",
    )?;
    statement.execute(params![at.0, version, pending.events, pending.blobs, pending.bytes, stream.as_bytes()]).map(|_| ())
}

pub(super) fn setting(c: &Connection, key: &str) -> Result<Option<Vec<u8>>> {
    c.prepare_cached("SELECT value FROM setting WHERE key = ?")?.query_row([key], |row| row.get(0)).optional()
}

pub(super) fn put_setting(c: &Connection, key: &str, value: &[u8]) -> Result<()> {
    c.prepare_cached("INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value")?
        .execute(params![key, value])
        .map(|_| ())
}

pub(super) fn last_backup(c: &Connection) -> Result<Option<BackupRow>> {
    c.prepare_cached("SELECT at, path, bytes, blobs, elsewhere FROM backup ORDER BY at DESC LIMIT 1")?
        .query_row([], |row| {
            Ok(BackupRow { at: Millis(row.get(0)?), path: row.get(1)?, bytes: row.get(2)?, blobs: row.get(3)?, elsewhere: row.get(4)? })
        })
        .optional()
}

pub(super) fn insert_backup(c: &Connection, row: &BackupRow) -> Result<()> {
    c.prepare_cached("INSERT OR REPLACE INTO backup (at, path, bytes, blobs, elsewhere) VALUES (?,?,?,?,?)")?
        .execute(params![row.at.0, row.path, row.bytes, row.blobs, row.elsewhere])
        .map(|_| ())
}
