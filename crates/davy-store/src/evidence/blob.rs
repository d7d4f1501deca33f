//! Tables `blob` and `blob_root`: blobs that own events name, and how far their upload got.

use super::sql::{Sql, int, uint};
use crate::error::Result;
use davy_core::event::{BlobRef, BlobRole};
use davy_core::id::{BlobId, RootId, ScopeId};
use davy_core::time::Millis;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// A blob that waits to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobJob {
    /// SHA-256.
    pub sha256: BlobId,
    /// Bytes.
    pub size: u64,
    /// What it is for.
    pub role: BlobRole,
    /// Media type.
    pub media_type: String,
    /// Scope of the event that names it.
    pub scope: ScopeId,
    /// Seq of that event in the own stream; the server must have it before the blob.
    pub seq: u64,
    /// 0 = thumbnails and signatures, 1 = previews, 2 = originals; lower goes first.
    pub urgency: u8,
    /// Where the upload goes on, if it was begun.
    pub upload_url: Option<String>,
    /// Bytes that the server has.
    pub offset: u64,
    /// Failed attempts since the last progress.
    pub tries: u32,
    /// Not before this instant of the device's clock.
    pub next_at: Millis,
    /// Why it did not go through last time.
    pub reason: Option<String>,
}

/// Place in the order of sending.
pub(crate) const fn urgency(role: BlobRole) -> u8 {
    match role {
        BlobRole::Thumbnail | BlobRole::Signature | BlobRole::Checklist => 0,
        BlobRole::Preview => 1,
        BlobRole::Original | BlobRole::Other(_) => 2,
    }
}

/// Queues a blob of event `n`. A blob named twice is sent once.
pub(crate) fn insert(db: &Connection, n: u64, root: RootId, scope: ScopeId, blob: &BlobRef) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO blob (sha256, n, size, role, media_type, scope, urgency) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
    )?
    .execute(params![Sql(blob.sha256), int(n), int(blob.size), blob.role.code(), blob.media_type, Sql(scope), urgency(blob.role)])?;
    db.prepare_cached("INSERT INTO blob_root (root, sha256) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute(params![Sql(root), Sql(blob.sha256)])?;
    Ok(())
}

/// Whether an own event names the blob.
pub(crate) fn exists(db: &Connection, id: BlobId) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM blob WHERE sha256 = ?1")?.exists([Sql(id)])?)
}

/// Blobs not yet under a receipt, in the order of sending.
pub(crate) fn waiting(db: &Connection, base: u64, most: u32) -> Result<Vec<BlobJob>> {
    let mut statement = db.prepare_cached(
        "SELECT sha256, size, role, media_type, scope, n, urgency, upload_url, offset, tries, next_at, reason
         FROM blob WHERE done = 0 ORDER BY urgency, n LIMIT ?1",
    )?;
    let rows = statement.query_map([most], |row| job(row, base))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn job(row: &Row<'_>, base: u64) -> rusqlite::Result<BlobJob> {
    Ok(BlobJob {
        sha256: row.get::<_, Sql<BlobId>>(0)?.0,
        size: uint(row.get(1)?),
        role: BlobRole::from_code(row.get(2)?),
        media_type: row.get(3)?,
        scope: row.get::<_, Sql<ScopeId>>(4)?.0,
        seq: uint(row.get(5)?).saturating_sub(base),
        urgency: row.get(6)?,
        upload_url: row.get(7)?,
        offset: uint(row.get(8)?),
        tries: row.get(9)?,
        next_at: Millis(row.get(10)?),
        reason: row.get(11)?,
    })
}

/// Notes where the upload stands; progress clears the reason.
pub(crate) fn progress(db: &Connection, id: BlobId, url: Option<&str>, offset: u64) -> Result<()> {
    db.prepare_cached(
        "UPDATE blob SET upload_url = ?2, offset = ?3, tries = 0, next_at = 0, reason = NULL WHERE sha256 = ?1 AND done = 0",
    )?
    .execute(params![Sql(id), url, int(offset)])?;
    Ok(())
}

/// Notes a failed attempt and when the next one is due.
pub(crate) fn failed(db: &Connection, id: BlobId, reason: &str, next_at: Millis) -> Result<()> {
    db.prepare_cached("UPDATE blob SET tries = tries + 1, reason = ?2, next_at = ?3 WHERE sha256 = ?1 AND done = 0")?.execute(params![
        Sql(id),
        reason,
        next_at.0
    ])?;
    Ok(())
}

/// Marks a blob as delivered, with the receipt that says so. Returns whether it was waiting.
pub(crate) fn done(db: &Connection, id: BlobId, receipt: &[u8]) -> Result<bool> {
    let changed = db
        .prepare_cached("UPDATE blob SET done = 1, offset = size, reason = NULL, receipt = ?2 WHERE sha256 = ?1 AND done = 0")?
        .execute(params![Sql(id), receipt])?;
    Ok(changed > 0)
}

/// Puts every blob back into the queue: a newer epoch of the server may lack them.
pub(crate) fn reset(db: &Connection) -> Result<()> {
    db.execute("UPDATE blob SET done = 0, upload_url = NULL, offset = 0, tries = 0, next_at = 0, reason = NULL", [])?;
    Ok(())
}

/// Number, bytes and bytes already there of the blobs that wait.
pub(crate) fn totals(db: &Connection) -> Result<(u64, u64, u64)> {
    let mut statement = db.prepare_cached("SELECT count(*), coalesce(sum(size), 0), coalesce(sum(offset), 0) FROM blob WHERE done = 0")?;
    Ok(statement.query_row([], |row| Ok((uint(row.get(0)?), uint(row.get(1)?), uint(row.get(2)?))))?)
}

/// Number of an aggregate's blobs, how many are delivered, bytes that wait, and a reason, if one has failed.
pub(crate) fn of_root(db: &Connection, root: RootId) -> Result<(u32, u32, u64, Option<String>)> {
    let mut statement = db.prepare_cached(
        "SELECT count(*), coalesce(sum(done), 0), coalesce(sum(CASE done WHEN 0 THEN size ELSE 0 END), 0), max(reason)
         FROM blob_root JOIN blob USING (sha256) WHERE root = ?1",
    )?;
    Ok(statement.query_row([Sql(root)], |row| Ok((row.get(0)?, row.get(1)?, uint(row.get(2)?), row.get(3)?)))?)
}

/// Hides a photograph that no event names.
pub(crate) fn hide(db: &Connection, id: BlobId) -> Result<()> {
    db.execute("INSERT INTO hidden_orphan (sha256) VALUES (?1) ON CONFLICT DO NOTHING", [Sql(id)])?;
    Ok(())
}

/// Whether it was hidden.
pub(crate) fn is_hidden(db: &Connection, id: BlobId) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM hidden_orphan WHERE sha256 = ?1")?.exists([Sql(id)])?)
}

/// The receipt of a delivered blob.
pub(crate) fn receipt(db: &Connection, id: BlobId) -> Result<Option<Vec<u8>>> {
    let row = db.prepare_cached("SELECT receipt FROM blob WHERE sha256 = ?1 AND done = 1")?.query_row([Sql(id)], |row| row.get(0));
    Ok(row.optional()?.flatten())
}
