//! Folded documents.

use crate::store::AggregateRow;
use davy_core::id::{OrgId, RootId, ScopeId};
use davy_core::time::Millis;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

const COLUMNS: &str = "SELECT root, org, scope, kind, doc, received FROM aggregate";

fn aggregate_row(row: &Row<'_>) -> Result<AggregateRow> {
    Ok(AggregateRow {
        root: RootId(row.get(0)?),
        org: OrgId(row.get(1)?),
        scope: ScopeId(row.get(2)?),
        kind: row.get(3)?,
        doc: row.get(4)?,
        received: Millis(row.get(5)?),
    })
}

pub(super) fn aggregate(c: &Connection, root: RootId) -> Result<Option<AggregateRow>> {
    c.prepare_cached(&format!("{COLUMNS} WHERE root = ?"))?.query_row([root.as_bytes()], aggregate_row).optional()
}

pub(super) fn aggregates(c: &Connection, org: OrgId, kind: u8) -> Result<Vec<AggregateRow>> {
    // The condition repeats that of the partial index; inspections and findings are listed by their own tables.
    let mut statement = c.prepare_cached(&format!("{COLUMNS} WHERE org = ? AND kind = ? AND kind > 2"))?;
    statement.query_map(params![org.as_bytes(), kind], aggregate_row)?.collect()
}

pub(super) fn put_aggregate(c: &Connection, row: &AggregateRow) -> Result<()> {
    let mut statement = c.prepare_cached(
        "INSERT INTO aggregate (root, org, scope, kind, received, doc) VALUES (?,?,?,?,?,?)
         ON CONFLICT (root) DO UPDATE SET scope = excluded.scope, kind = excluded.kind, received = excluded.received, doc = excluded.doc",
    )?;
    statement.execute(params![row.root.as_bytes(), row.org.as_bytes(), row.scope.as_bytes(), row.kind, row.received.0, row.doc]).map(|_| ())
}
