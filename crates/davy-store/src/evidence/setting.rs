//! Tables `setting`, `issue`, `lease`.

use super::sql::{int, uint};
use crate::error::Result;
use davy_core::time::{Millis, Mono};
use rusqlite::{Connection, OptionalExtension, params};

/// A value by key.
pub(crate) fn get(db: &Connection, key: &str) -> Result<Option<Vec<u8>>> {
    Ok(db.prepare_cached("SELECT value FROM setting WHERE key = ?1")?.query_row([key], |row| row.get(0)).optional()?)
}

/// Sets or removes a value.
pub(crate) fn set(db: &Connection, key: &str, value: Option<&[u8]>) -> Result<()> {
    match value {
        Some(value) => db
            .prepare_cached("INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2")?
            .execute(params![key, value])?,
        None => db.prepare_cached("DELETE FROM setting WHERE key = ?1")?.execute([key])?,
    };
    Ok(())
}

/// Something that stands in the way, shown to the person (P8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// What it concerns: `sync`, `blob:<hash>`, `stream:<id>` …
    pub key: String,
    /// Machine-readable cause.
    pub reason: String,
    /// What exactly was seen, for support.
    pub detail: String,
    /// Since when, device's clock.
    pub since: Millis,
    /// Next attempt, device's clock.
    pub next_at: Option<Millis>,
}

/// Sets an issue; the same reason again keeps its `since`.
pub(crate) fn put_issue(db: &Connection, issue: &Issue) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO issue (key, reason, detail, since, next_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (key) DO UPDATE SET reason = ?2, detail = ?3, next_at = ?5,
         since = CASE reason WHEN ?2 THEN since ELSE ?4 END",
    )?
    .execute(params![issue.key, issue.reason, issue.detail, issue.since.0, issue.next_at.map(|at| at.0)])?;
    Ok(())
}

/// Clears an issue. Returns whether there was one.
pub(crate) fn clear_issue(db: &Connection, key: &str) -> Result<bool> {
    Ok(db.prepare_cached("DELETE FROM issue WHERE key = ?1")?.execute([key])? > 0)
}

/// All issues, oldest first.
pub(crate) fn issues(db: &Connection) -> Result<Vec<Issue>> {
    let mut statement = db.prepare_cached("SELECT key, reason, detail, since, next_at FROM issue ORDER BY since, key")?;
    let rows = statement.query_map([], |row| {
        Ok(Issue {
            key: row.get(0)?,
            reason: row.get(1)?,
            detail: row.get(2)?,
            since: Millis(row.get(3)?),
            next_at: row.get::<_, Option<i64>>(4)?.map(Millis),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Takes or renews a lease. A lease of another boot, or past its time, is free. Time is the clock nobody can set.
pub(crate) fn lease(db: &Connection, name: &str, owner: &[u8; 16], now: Mono, seconds: u64) -> Result<bool> {
    let expires = now.ns.saturating_add(seconds.saturating_mul(1_000_000_000));
    let taken = db
        .prepare_cached(
            "INSERT INTO lease (name, owner, boot, expires_ns) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (name) DO UPDATE SET owner = ?2, boot = ?3, expires_ns = ?4
             WHERE owner = ?2 OR boot <> ?3 OR expires_ns <= ?5",
        )?
        .execute(params![name, owner, now.boot, int(expires), int(now.ns)])?;
    Ok(taken > 0)
}

/// Gives a lease back.
pub(crate) fn release(db: &Connection, name: &str, owner: &[u8; 16]) -> Result<()> {
    db.prepare_cached("DELETE FROM lease WHERE name = ?1 AND owner = ?2")?.execute(params![name, owner])?;
    Ok(())
}

/// Ends every lease.
pub(crate) fn release_all(db: &Connection) -> Result<()> {
    db.execute("DELETE FROM lease", [])?;
    Ok(())
}

/// A number by key; 0 when absent.
pub(crate) fn number(db: &Connection, key: &str) -> Result<u64> {
    let bytes = get(db, key)?;
    Ok(bytes.and_then(|b| b.try_into().ok()).map_or(0, |b| uint(i64::from_be_bytes(b))))
}

/// Sets a number.
pub(crate) fn set_number(db: &Connection, key: &str, value: u64) -> Result<()> {
    set(db, key, Some(&int(value).to_be_bytes()))
}
