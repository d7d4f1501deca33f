//! Uploaded checklists.

use crate::store::ChecklistDraftRow;
use davy_core::id::{BlobId, OrgId, PersonId};
use davy_core::time::Millis;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};
use uuid::Uuid;

const COLUMNS: &str = "id, org, name, length(bytes), person, uploaded, report, published";

fn draft_row(row: &Row<'_>) -> Result<ChecklistDraftRow> {
    Ok(ChecklistDraftRow {
        id: Uuid::from_bytes(row.get(0)?),
        org: OrgId(row.get(1)?),
        name: row.get(2)?,
        size: row.get(3)?,
        person: PersonId(row.get(4)?),
        uploaded: Millis(row.get(5)?),
        report: row.get(6)?,
        published: row.get::<_, Option<[u8; 32]>>(7)?.map(BlobId),
    })
}

pub(super) fn checklist_drafts(c: &Connection, org: OrgId) -> Result<Vec<ChecklistDraftRow>> {
    let sql = format!("SELECT {COLUMNS} FROM checklist_draft WHERE org = ? ORDER BY uploaded DESC, id DESC");
    c.prepare_cached(&sql)?.query_map([org.as_bytes()], draft_row)?.collect()
}

pub(super) fn checklist_draft(c: &Connection, org: OrgId, id: Uuid) -> Result<Option<(ChecklistDraftRow, Vec<u8>)>> {
    let sql = format!("SELECT {COLUMNS}, bytes FROM checklist_draft WHERE org = ? AND id = ?");
    c.prepare_cached(&sql)?.query_row(params![org.as_bytes(), id.as_bytes()], |row| Ok((draft_row(row)?, row.get(8)?))).optional()
}

pub(super) fn put_checklist_draft(c: &Connection, row: &ChecklistDraftRow, bytes: &[u8]) -> Result<()> {
    let mut statement = c.prepare_cached(
        "INSERT INTO checklist_draft (id, org, name, person, uploaded, report, published, bytes) VALUES (?,?,?,?,?,?,?,?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, person = excluded.person, uploaded = excluded.uploaded,
           report = excluded.report, published = excluded.published, bytes = excluded.bytes",
    )?;
    statement
        .execute(params![
            row.id.as_bytes(),
            row.org.as_bytes(),
            row.name,
            row.person.as_bytes(),
            row.uploaded.0,
            row.report,
            row.published.map(|hash| hash.0),
            bytes
        ])
        .map(|_| ())
}

pub(super) fn set_draft_published(c: &Connection, org: OrgId, id: Uuid, hash: BlobId) -> Result<()> {
    c.prepare_cached("UPDATE checklist_draft SET published = ? WHERE org = ? AND id = ?")?
        .execute(params![hash.as_bytes(), org.as_bytes(), id.as_bytes()])
        .map(|_| ())
}

pub(super) fn delete_checklist_draft(c: &Connection, org: OrgId, id: Uuid) -> Result<bool> {
    c.prepare_cached("DELETE FROM checklist_draft WHERE org = ? AND id = ? AND published IS NULL")?
        .execute(params![org.as_bytes(), id.as_bytes()])
        .map(|changed| changed > 0)
}
