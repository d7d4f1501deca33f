//! Enrolment codes, accounts, console sessions, throttled logins.

use crate::store::{AccountRow, CodeRow, SessionRow, StoreError, ThrottleRow};
use davy_core::id::{Hash32, OrgId, PersonId, RegionId, SessionId, SiteId};
use davy_core::time::Millis;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Result, Row, params};
use uuid::Uuid;

fn code_row(row: &Row<'_>) -> Result<CodeRow> {
    Ok(CodeRow {
        hash: Hash32(row.get(0)?),
        id: Uuid::from_bytes(row.get(1)?),
        org: OrgId(row.get(2)?),
        person: PersonId(row.get(3)?),
        created: Millis(row.get(4)?),
        expires: Millis(row.get(5)?),
        used: row.get::<_, Option<i64>>(6)?.map(Millis),
        withdrawn: row.get(7)?,
    })
}

const CODE: &str = "SELECT hash, id, org, person, created, expires, used, withdrawn FROM enrolment_code";

pub(super) fn code(c: &Connection, hash: Hash32) -> Result<Option<CodeRow>> {
    c.prepare_cached(&format!("{CODE} WHERE hash = ?"))?.query_row([hash.as_bytes()], code_row).optional()
}

pub(super) fn codes(c: &Connection, org: OrgId) -> Result<Vec<CodeRow>> {
    let mut statement = c.prepare_cached(&format!("{CODE} WHERE org = ? ORDER BY created DESC LIMIT 500"))?;
    statement.query_map([org.as_bytes()], code_row)?.collect()
}

pub(super) fn insert_code(c: &Connection, row: &CodeRow) -> Result<()> {
    c.prepare_cached("INSERT INTO enrolment_code (hash, id, org, person, created, expires) VALUES (?,?,?,?,?,?)")?
        .execute(params![row.hash.as_bytes(), row.id.as_bytes(), row.org.as_bytes(), row.person.as_bytes(), row.created.0, row.expires.0])
        .map(|_| ())
}

pub(super) fn use_code(c: &Connection, hash: Hash32, at: Millis) -> Result<bool> {
    let mut statement = c.prepare_cached("UPDATE enrolment_code SET used = ? WHERE hash = ? AND used IS NULL AND withdrawn = 0")?;
    Ok(statement.execute(params![at.0, hash.as_bytes()])? == 1)
}

pub(super) fn withdraw_code(c: &Connection, org: OrgId, id: Uuid) -> Result<bool> {
    let mut statement = c.prepare_cached("UPDATE enrolment_code SET withdrawn = 1 WHERE org = ? AND id = ? AND used IS NULL")?;
    Ok(statement.execute(params![org.as_bytes(), id.as_bytes()])? == 1)
}

fn account_row(row: &Row<'_>) -> Result<AccountRow> {
    Ok(AccountRow {
        person: PersonId(row.get(0)?),
        org: OrgId(row.get(1)?),
        login: row.get(2)?,
        password: row.get(3)?,
        region: row.get::<_, Option<[u8; 16]>>(4)?.map(RegionId),
        site: row.get::<_, Option<[u8; 16]>>(5)?.map(SiteId),
    })
}

const ACCOUNT: &str = "SELECT person, org, login, password, region, site FROM account";

pub(super) fn account(c: &Connection, person: PersonId) -> Result<Option<AccountRow>> {
    c.prepare_cached(&format!("{ACCOUNT} WHERE person = ?"))?.query_row([person.as_bytes()], account_row).optional()
}

pub(super) fn account_by_login(c: &Connection, login: &str) -> Result<Option<AccountRow>> {
    c.prepare_cached(&format!("{ACCOUNT} WHERE login = ?"))?.query_row([login], account_row).optional()
}

pub(super) fn accounts(c: &Connection, org: OrgId) -> Result<Vec<AccountRow>> {
    c.prepare_cached(&format!("{ACCOUNT} WHERE org = ?"))?.query_map([org.as_bytes()], account_row)?.collect()
}

pub(super) fn put_account(c: &Connection, row: &AccountRow) -> std::result::Result<(), StoreError> {
    let mut statement = c.prepare_cached(
        "INSERT INTO account (person, org, login, password, region, site) VALUES (?,?,?,?,?,?)
         ON CONFLICT (person) DO UPDATE SET login = excluded.login, password = excluded.password, region = excluded.region, site = excluded.site",
    )?;
    let outcome = statement.execute(params![
        row.person.as_bytes(),
        row.org.as_bytes(),
        row.login,
        row.password,
        row.region.map(|id| id.0),
        row.site.map(|id| id.0)
    ]);
    match outcome {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => Err(StoreError::Taken { what: "login" }),
        other => Ok(other.map(|_| ())?),
    }?;
    Ok(super::orgs::bump_directory(c, row.org)?)
}

fn session_row(row: &Row<'_>) -> Result<SessionRow> {
    Ok(SessionRow {
        hash: Hash32(row.get(0)?),
        id: SessionId(row.get(1)?),
        org: OrgId(row.get(2)?),
        person: PersonId(row.get(3)?),
        csrf: row.get(4)?,
        created: Millis(row.get(5)?),
        expires: Millis(row.get(6)?),
    })
}

pub(super) fn session(c: &Connection, hash: Hash32) -> Result<Option<SessionRow>> {
    c.prepare_cached("SELECT hash, id, org, person, csrf, created, expires FROM session WHERE hash = ?")?
        .query_row([hash.as_bytes()], session_row)
        .optional()
}

pub(super) fn insert_session(c: &Connection, row: &SessionRow) -> Result<()> {
    c.prepare_cached("INSERT INTO session (hash, id, org, person, csrf, created, expires) VALUES (?,?,?,?,?,?,?)")?
        .execute(params![
            row.hash.as_bytes(),
            row.id.as_bytes(),
            row.org.as_bytes(),
            row.person.as_bytes(),
            row.csrf,
            row.created.0,
            row.expires.0
        ])
        .map(|_| ())
}

pub(super) fn extend_session(c: &Connection, hash: Hash32, expires: Millis) -> Result<()> {
    c.prepare_cached("UPDATE session SET expires = ? WHERE hash = ?")?.execute(params![expires.0, hash.as_bytes()]).map(|_| ())
}

pub(super) fn delete_session(c: &Connection, hash: Hash32) -> Result<()> {
    c.prepare_cached("DELETE FROM session WHERE hash = ?")?.execute([hash.as_bytes()]).map(|_| ())
}

pub(super) fn end_sessions(c: &Connection, person: Option<PersonId>, now: Millis) -> Result<()> {
    c.prepare_cached("DELETE FROM session WHERE expires < ?")?.execute([now.0])?;
    if let Some(person) = person {
        c.prepare_cached("DELETE FROM session WHERE person = ?")?.execute([person.as_bytes()])?;
    }
    Ok(())
}

pub(super) fn throttle(c: &Connection, key: &str) -> Result<ThrottleRow> {
    let row = c
        .prepare_cached("SELECT failures, blocked_until FROM throttle WHERE key = ?")?
        .query_row([key], |row| Ok(ThrottleRow { failures: row.get(0)?, blocked_until: Millis(row.get(1)?) }))
        .optional()?;
    Ok(row.unwrap_or_default())
}

pub(super) fn put_throttle(c: &Connection, key: &str, row: ThrottleRow) -> Result<()> {
    if row.failures == 0 {
        return c.prepare_cached("DELETE FROM throttle WHERE key = ?")?.execute([key]).map(|_| ());
    }
    let mut statement = c.prepare_cached(
        "INSERT INTO throttle (key, failures, blocked_until) VALUES (?,?,?)
         ON CONFLICT (key) DO UPDATE SET failures = excluded.failures, blocked_until = excluded.blocked_until",
    )?;
    statement.execute(params![key, row.failures, row.blocked_until.0]).map(|_| ())
}
