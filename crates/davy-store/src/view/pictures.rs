//! Table `picture`: blobs of photographs and signatures, whoever made them, and which of them are not on this device.

use crate::error::Result;
use crate::evidence::sql::{Sql, int, uint};
use davy_core::event::{BlobRef, BlobRole};
use davy_core::fold::Aggregate;
use davy_core::id::BlobId;
use davy_core::time::Millis;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// A picture of another device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture {
    /// SHA-256.
    pub sha256: BlobId,
    /// Bytes.
    pub size: u64,
    /// What it is for.
    pub role: BlobRole,
}

/// Highest rank that is fetched without a wish.
const FETCHED: u8 = 1;

/// Thumbnails of findings first, then signatures and thumbnails of items; larger ones only on wish.
const fn rank(of_finding: bool, role: BlobRole) -> u8 {
    match role {
        BlobRole::Thumbnail if of_finding => 0,
        BlobRole::Thumbnail | BlobRole::Signature => 1,
        _ => 9,
    }
}

/// The blobs that a record names.
pub(crate) fn of(aggregate: &Aggregate) -> Vec<(BlobRef, Millis, u8)> {
    let mut named = Vec::new();
    let mut add = |blob: &BlobRef, made: Millis, of_finding| named.push((blob.clone(), made, rank(of_finding, blob.role)));
    match aggregate {
        Aggregate::Inspection(doc) => {
            for (_, photo) in doc.evidence.all() {
                photo.blobs.iter().for_each(|blob| add(blob, photo.stamp.wall.ms, false));
            }
            for signature in &doc.signatures {
                signature.image.iter().for_each(|blob| add(blob, signature.stamp.wall.ms, false));
            }
        }
        Aggregate::Finding(doc) => {
            for (_, photo) in doc.evidence.all() {
                photo.blobs.iter().for_each(|blob| add(blob, photo.stamp.wall.ms, true));
            }
        }
        _ => {}
    }
    named
}

pub(crate) fn insert(db: &Connection, pictures: &[(BlobRef, Millis, u8)]) -> Result<()> {
    let mut statement = db.prepare_cached(
        "INSERT INTO picture (sha256, size, role, rank, made_ms) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (sha256) DO UPDATE SET rank = min(rank, excluded.rank) WHERE rank > excluded.rank",
    )?;
    for (blob, made, rank) in pictures {
        statement.execute(params![Sql(blob.sha256), int(blob.size), blob.role.code(), rank, made.0])?;
    }
    Ok(())
}

fn picture(row: &Row<'_>) -> rusqlite::Result<Picture> {
    Ok(Picture { sha256: row.get::<_, Sql<BlobId>>(0)?.0, size: uint(row.get(1)?), role: BlobRole::from_code(row.get(2)?) })
}

/// A picture that some record names.
pub(crate) fn get(db: &Connection, id: BlobId) -> Result<Option<Picture>> {
    let mut statement = db.prepare_cached("SELECT sha256, size, role FROM picture WHERE sha256 = ?1")?;
    Ok(statement.query_row([Sql(id)], picture).optional()?)
}

/// Pictures not known to be here that are fetched by themselves: of findings first, the newest first.
pub(crate) fn missing(db: &Connection, most: u32) -> Result<Vec<Picture>> {
    let mut statement =
        db.prepare_cached("SELECT sha256, size, role FROM picture WHERE here = 0 AND rank <= ?1 ORDER BY rank, made_ms DESC LIMIT ?2")?;
    let rows = statement.query_map(params![FETCHED, most], picture)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn mark_here(db: &Connection, id: BlobId) -> Result<()> {
    db.prepare_cached("UPDATE picture SET here = 1 WHERE sha256 = ?1 AND here = 0")?.execute([Sql(id)])?;
    Ok(())
}
