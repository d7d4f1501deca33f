//! Tables `anchor` and `receipt`: what the server signed about time and about having our events.

use super::sql::{Sql, int, uint};
use crate::clock::AnchorFix;
use crate::error::Result;
use davy_core::id::AnchorId;
use davy_core::time::Millis;
use rusqlite::{Connection, OptionalExtension, params};

/// Keeps a verified anchor.
pub(crate) fn put(db: &Connection, id: AnchorId, fix: &AnchorFix, raw: &[u8]) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO anchor (id, server_ms, mono_send, mono_recv, boot, raw) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
    )?
    .execute(params![Sql(id), fix.server_ms.0, int(fix.mono_send), int(fix.mono_recv), fix.boot, raw])?;
    Ok(())
}

/// The newest anchor.
pub(crate) fn newest(db: &Connection) -> Result<Option<(AnchorId, AnchorFix)>> {
    let mut statement = db.prepare_cached("SELECT id, server_ms, mono_send, mono_recv, boot FROM anchor ORDER BY n DESC LIMIT 1")?;
    let row = statement.query_row([], |row| {
        let fix =
            AnchorFix { server_ms: Millis(row.get(1)?), mono_send: uint(row.get(2)?), mono_recv: uint(row.get(3)?), boot: row.get(4)? };
        Ok((row.get::<_, Sql<AnchorId>>(0)?.0, fix))
    });
    Ok(row.optional()?)
}

/// Keeps a verified receipt.
pub(crate) fn put_receipt(db: &Connection, epoch: u64, head_seq: u64, recv_ms: i64, raw: &[u8]) -> Result<()> {
    db.prepare_cached("INSERT INTO receipt (epoch, head_seq, recv_ms, raw) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        int(epoch),
        int(head_seq),
        recv_ms,
        raw
    ])?;
    Ok(())
}

/// Notes how the server classed an own event.
pub(crate) fn put_class(db: &Connection, n: u64, class: u8) -> Result<()> {
    db.prepare_cached("INSERT INTO own_class (n, class) VALUES (?1, ?2) ON CONFLICT (n) DO UPDATE SET class = ?2")?
        .execute(params![int(n), class])?;
    Ok(())
}
