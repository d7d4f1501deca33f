//! Columns of inspections for lists, with counts by scope and stage kept in step.

use super::filter::{Conditions, one_more};
use crate::store::{InspectionIndex, InspectionQuery, InspectionRows, Keyset, Rows, ScopeFilter, StageCount};
use davy_core::id::{AssignmentId, BlobId, InspectionId, OrgId, PersonId, RootId, ScopeId, SiteId};
use davy_core::time::Millis;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Result, Row, params, params_from_iter};

const COLUMNS: &str =
    "row, id, org, scope, site, checklist, kind, stage, inspectors, started, submitted, received, held, summary, assignment, contested";

fn index_row(row: &Row<'_>) -> Result<(i64, InspectionIndex)> {
    let people: Vec<u8> = row.get(8)?;
    let index = InspectionIndex {
        id: RootId(row.get(1)?).into(),
        org: OrgId(row.get(2)?),
        scope: ScopeId(row.get(3)?),
        site: SiteId(row.get(4)?),
        checklist: BlobId(row.get(5)?),
        kind: row.get(6)?,
        stage: row.get(7)?,
        assignment: row.get::<_, Option<[u8; 16]>>(14)?.map(AssignmentId),
        inspectors: people.chunks_exact(16).filter_map(PersonId::from_slice).collect(),
        started: Millis(row.get(9)?),
        submitted: row.get::<_, Option<i64>>(10)?.map(Millis),
        received: Millis(row.get(11)?),
        held: row.get(12)?,
        contested: row.get(15)?,
        summary: row.get(13)?,
    };
    Ok((row.get(0)?, index))
}

pub(super) fn inspection(c: &Connection, id: RootId) -> Result<Option<InspectionIndex>> {
    c.prepare_cached(&format!("SELECT {COLUMNS} FROM inspection WHERE id = ?"))?
        .query_row([id.as_bytes()], |row| Ok(index_row(row)?.1))
        .optional()
}

fn conditions(query: &InspectionQuery) -> Conditions {
    let mut conditions = Conditions::default();
    if matches!(query.scopes, ScopeFilter::One(_)) {
        // One site has its own index; the organisation is implied but checked.
        conditions.add("+org = ?", [Value::Blob(query.org.0.to_vec())]);
    } else {
        conditions.add("org = ?", [Value::Blob(query.org.0.to_vec())]);
    }
    conditions.scopes(&query.scopes);
    conditions.equals("stage", query.stage.as_deref());
    if query.submitted {
        conditions.add("submitted IS NOT NULL", []);
    }
    if query.contested {
        conditions.add("contested = 1", []);
    }
    if query.uncounted {
        conditions.add("summary IS NULL", []);
    }
    if query.awaiting {
        conditions.awaiting("grp", query.org);
    }
    conditions
}

pub(super) fn inspections(c: &Connection, query: &InspectionQuery) -> Result<InspectionRows> {
    let mut conditions = conditions(query);
    let total = total(c, query, &conditions)?;
    conditions.below("received", query.after.as_ref());
    let sql = format!("SELECT {COLUMNS} FROM inspection WHERE {} ORDER BY received DESC, row DESC LIMIT ?", conditions.sql());
    let mut values = conditions.values;
    values.push(one_more(query.limit));
    let mut found: Vec<(i64, InspectionIndex)> =
        c.prepare_cached(&sql)?.query_map(params_from_iter(values), index_row)?.collect::<Result<_>>()?;
    let more = found.len() > query.limit as usize;
    found.truncate(query.limit as usize);
    let next = found.last().filter(|_| more).map(|(row, index)| Keyset { value: index.received.0.to_string(), row: *row });
    Ok(Rows { rows: found.into_iter().map(|(_, index)| index).collect(), next, total })
}

pub(super) fn inspections_total(c: &Connection, query: &InspectionQuery) -> Result<u64> {
    total(c, query, &conditions(query))
}

/// Totals by stage come from the kept counts; what few rows have is counted by its own index.
fn total(c: &Connection, query: &InspectionQuery, conditions: &Conditions) -> Result<u64> {
    if query.contested || query.awaiting || query.uncounted {
        let sql = format!("SELECT count(*) FROM inspection WHERE {}", conditions.sql());
        return c.prepare_cached(&sql)?.query_row(params_from_iter(conditions.values.iter()), |row| row.get(0));
    }
    let counts = stage_counts(c, query.org, &query.scopes)?;
    let wanted = |count: &&StageCount| {
        query.stage.as_deref().is_none_or(|stage| stage == count.stage) && (!query.submitted || count.stage != "draft")
    };
    Ok(counts.iter().filter(wanted).map(|count| count.count).sum())
}

pub(super) fn stage_counts(c: &Connection, org: OrgId, scopes: &ScopeFilter) -> Result<Vec<StageCount>> {
    let mut statement = c.prepare_cached("SELECT scope, stage, n FROM inspection_count WHERE org = ? AND n > 0")?;
    let rows = statement
        .query_map([org.as_bytes()], |row| Ok(StageCount { scope: ScopeId(row.get(0)?), stage: row.get(1)?, count: row.get(2)? }))?;
    Ok(rows.collect::<Result<Vec<_>>>()?.into_iter().filter(|count| scopes.contains(count.scope)).collect())
}

pub(super) fn submissions_since(c: &Connection, org: OrgId, scopes: &ScopeFilter, since: Millis) -> Result<Vec<Millis>> {
    let mut conditions = Conditions::default();
    conditions.add("org = ? AND submitted >= ?", [Value::Blob(org.0.to_vec()), Value::Integer(since.0)]);
    conditions.scopes(scopes);
    let sql = format!("SELECT submitted FROM inspection WHERE {}", conditions.sql());
    c.prepare_cached(&sql)?.query_map(params_from_iter(conditions.values), |row| Ok(Millis(row.get(0)?)))?.collect()
}

fn count(c: &Connection, org: OrgId, scope: &[u8; 16], stage: &str, change: i64) -> Result<()> {
    let mut statement = c.prepare_cached(
        "INSERT INTO inspection_count (org, scope, stage, n) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (org, scope, stage) DO UPDATE SET n = n + ?4",
    )?;
    statement.execute(params![org.as_bytes(), scope, stage, change]).map(|_| ())
}

pub(super) fn put_inspection(c: &Connection, index: &InspectionIndex) -> Result<()> {
    let old: Option<([u8; 16], String)> = c
        .prepare_cached("SELECT scope, stage FROM inspection WHERE id = ?")?
        .query_row([index.id.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let unchanged = old.as_ref().is_some_and(|(scope, stage)| *scope == index.scope.0 && *stage == index.stage);
    if !unchanged {
        if let Some((scope, stage)) = &old {
            count(c, index.org, scope, stage, -1)?;
        }
        count(c, index.org, index.scope.as_bytes(), &index.stage, 1)?;
    }
    let people: Vec<u8> = index.inspectors.iter().flat_map(|id| id.0).collect();
    let mut statement = c.prepare_cached(
        "INSERT INTO inspection (id, org, scope, site, checklist, kind, stage, inspectors, started, submitted, received, held, summary, assignment,
           contested)
         VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
         ON CONFLICT (id) DO UPDATE SET scope = excluded.scope, site = excluded.site, stage = excluded.stage,
           inspectors = excluded.inspectors, submitted = excluded.submitted, received = excluded.received,
           held = excluded.held, summary = excluded.summary, contested = excluded.contested",
    )?;
    statement
        .execute(params![
            index.id.as_bytes(),
            index.org.as_bytes(),
            index.scope.as_bytes(),
            index.site.as_bytes(),
            index.checklist.as_bytes(),
            index.kind,
            index.stage,
            people,
            index.started.0,
            index.submitted.map(|at| at.0),
            index.received.0,
            index.held,
            index.summary,
            index.assignment.map(|id| id.0),
            index.contested
        ])
        .map(|_| ())
}

pub(super) fn put_summary(c: &Connection, id: RootId, received: Millis, summary: &str, contested: bool) -> Result<()> {
    c.prepare_cached("UPDATE inspection SET summary = ?, contested = ? WHERE id = ? AND received = ?")?
        .execute(params![summary, contested, id.as_bytes(), received.0])
        .map(|_| ())
}

pub(super) fn clear_summary(c: &Connection, id: RootId) -> Result<()> {
    c.prepare_cached("UPDATE inspection SET summary = NULL WHERE id = ?")?.execute([id.as_bytes()]).map(|_| ())
}

pub(super) fn fulfilled(c: &Connection, org: OrgId, assignments: &[AssignmentId]) -> Result<Vec<(AssignmentId, InspectionId)>> {
    let mut statement =
        c.prepare_cached("SELECT id FROM inspection WHERE assignment = ? AND org = ? ORDER BY submitted IS NULL, submitted, row LIMIT 1")?;
    let mut found = Vec::new();
    for assignment in assignments {
        let first = statement.query_row(params![assignment.as_bytes(), org.as_bytes()], |row| Ok(RootId(row.get(0)?))).optional()?;
        found.extend(first.map(|id| (*assignment, id.into())));
    }
    Ok(found)
}
