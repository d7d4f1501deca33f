//! Blobs that are here, who names them, uploads under way.

use crate::store::{BlobRefRow, BlobRow, BlobTotals, PhotoCounts, UploadRow};
use davy_core::event::BlobRole;
use davy_core::id::{BlobId, OrgId, RootId, ScopeId, StreamId};
use davy_core::time::Millis;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

pub(super) fn blob(c: &Connection, org: OrgId, sha256: BlobId) -> Result<Option<BlobRow>> {
    c.prepare_cached("SELECT sha256, size, received, receipt FROM blob WHERE org = ? AND sha256 = ?")?
        .query_row(params![org.as_bytes(), sha256.as_bytes()], |row| {
            Ok(BlobRow { sha256: BlobId(row.get(0)?), size: row.get(1)?, received: Millis(row.get(2)?), receipt: row.get(3)? })
        })
        .optional()
}

pub(super) fn blobs(c: &Connection) -> Result<Vec<(OrgId, BlobId, u64)>> {
    let mut statement = c.prepare_cached("SELECT org, sha256, size FROM blob")?;
    statement.query_map([], |row| Ok((OrgId(row.get(0)?), BlobId(row.get(1)?), row.get(2)?)))?.collect()
}

const REFERENCE: &str = "SELECT sha256, scope, root, grp, role, size, media_type, stream, held FROM blob_ref";

fn reference_row(row: &Row<'_>) -> Result<BlobRefRow> {
    Ok(BlobRefRow {
        sha256: BlobId(row.get(0)?),
        scope: ScopeId(row.get(1)?),
        root: RootId(row.get(2)?),
        group: RootId(row.get(3)?),
        role: BlobRole::from_code(row.get(4)?),
        size: row.get(5)?,
        media_type: row.get(6)?,
        stream: StreamId(row.get(7)?),
        held: row.get(8)?,
    })
}

pub(super) fn references(c: &Connection, org: OrgId, sha256: BlobId) -> Result<Vec<BlobRefRow>> {
    let mut statement = c.prepare_cached(&format!("{REFERENCE} WHERE org = ? AND sha256 = ?"))?;
    statement.query_map(params![org.as_bytes(), sha256.as_bytes()], reference_row)?.collect()
}

pub(super) fn blobs_of(c: &Connection, root: RootId) -> Result<Vec<BlobRefRow>> {
    c.prepare_cached(&format!("{REFERENCE} WHERE root = ?"))?.query_map([root.as_bytes()], reference_row)?.collect()
}

fn photos(c: &Connection, column: &str, id: RootId) -> Result<PhotoCounts> {
    let sql = format!("SELECT count(*), coalesce(sum(here), 0) FROM blob_ref WHERE {column} = ? AND role = ?");
    c.prepare_cached(&sql)?
        .query_row(params![id.as_bytes(), BlobRole::Original.code()], |row| Ok(PhotoCounts { total: row.get(0)?, here: row.get(1)? }))
}

pub(super) fn photos_of_group(c: &Connection, group: RootId) -> Result<PhotoCounts> {
    photos(c, "grp", group)
}

pub(super) fn photos_of_root(c: &Connection, root: RootId) -> Result<PhotoCounts> {
    photos(c, "root", root)
}

pub(super) fn blob_totals(c: &Connection) -> Result<BlobTotals> {
    c.prepare_cached("SELECT count(*), coalesce(sum(size), 0) FROM blob")?
        .query_row([], |row| Ok(BlobTotals { count: row.get(0)?, bytes: row.get(1)? }))
}

pub(super) fn insert_reference(c: &Connection, org: OrgId, r: &BlobRefRow) -> Result<()> {
    let mut statement = c.prepare_cached(
        "INSERT INTO blob_ref (org, sha256, root, scope, grp, role, size, media_type, stream, held, here)
         VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10, EXISTS (SELECT 1 FROM blob WHERE org = ?1 AND sha256 = ?2))
         ON CONFLICT (org, sha256, root) DO UPDATE SET held = min(held, excluded.held)",
    )?;
    statement
        .execute(params![
            org.as_bytes(),
            r.sha256.as_bytes(),
            r.root.as_bytes(),
            r.scope.as_bytes(),
            r.group.as_bytes(),
            r.role.code(),
            r.size,
            r.media_type,
            r.stream.as_bytes(),
            r.held
        ])
        .map(|_| ())
}

pub(super) fn insert_blob(c: &Connection, org: OrgId, row: &BlobRow) -> Result<()> {
    c.prepare_cached("INSERT OR IGNORE INTO blob (org, sha256, size, received, receipt) VALUES (?,?,?,?,?)")?.execute(params![
        org.as_bytes(),
        row.sha256.as_bytes(),
        row.size,
        row.received.0,
        row.receipt
    ])?;
    c.prepare_cached("UPDATE blob_ref SET here = 1 WHERE org = ? AND sha256 = ?")?
        .execute(params![org.as_bytes(), row.sha256.as_bytes()])
        .map(|_| ())
}

fn upload_row(row: &Row<'_>) -> Result<UploadRow> {
    Ok(UploadRow {
        id: row.get(0)?,
        org: OrgId(row.get(1)?),
        sha256: BlobId(row.get(2)?),
        size: row.get(3)?,
        metadata: row.get(4)?,
        expires: Millis(row.get(5)?),
    })
}

pub(super) fn upload(c: &Connection, id: &str) -> Result<Option<UploadRow>> {
    c.prepare_cached("SELECT id, org, sha256, size, metadata, expires FROM upload WHERE id = ?")?.query_row([id], upload_row).optional()
}

pub(super) fn uploads_expired(c: &Connection, now: Millis) -> Result<Vec<String>> {
    c.prepare_cached("SELECT id FROM upload WHERE expires < ?")?.query_map([now.0], |row| row.get(0))?.collect()
}

pub(super) fn put_upload(c: &Connection, row: &UploadRow) -> Result<()> {
    let mut statement = c.prepare_cached(
        "INSERT INTO upload (id, org, sha256, size, metadata, expires) VALUES (?,?,?,?,?,?)
         ON CONFLICT (id) DO UPDATE SET expires = excluded.expires",
    )?;
    statement.execute(params![row.id, row.org.as_bytes(), row.sha256.as_bytes(), row.size, row.metadata, row.expires.0]).map(|_| ())
}

pub(super) fn delete_upload(c: &Connection, id: &str) -> Result<()> {
    c.prepare_cached("DELETE FROM upload WHERE id = ?")?.execute([id]).map(|_| ())
}
