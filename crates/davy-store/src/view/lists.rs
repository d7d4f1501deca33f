//! Lists of inspections and findings by indexed columns.

use super::rows::{FindingRow, InspectionRow, finding_stage_code, stage_code};
use crate::error::{Result, StoreError};
use crate::evidence::sql::Sql;
use davy_core::checklist::Grade;
use davy_core::id::{AssignmentId, BlobId, FindingId, InspectionId, SiteId};
use davy_core::view::{FindingStage, InspectionStage, InspectionSummary};
use rusqlite::types::ToSql;
use rusqlite::{Connection, params};

/// Whether an inspection is made by a checklist version.
pub(crate) fn is_used(db: &Connection, checklist: BlobId) -> Result<bool> {
    let mut statement = db.prepare_cached("SELECT EXISTS (SELECT 1 FROM inspection WHERE checklist = ?1)")?;
    Ok(statement.query_row([Sql(checklist)], |row| row.get(0))?)
}

/// Which inspections; everything absent means all.
#[derive(Debug, Clone, Default)]
pub struct InspectionFilter {
    /// In one of these stages; empty = any.
    pub stages: Vec<InspectionStage>,
    /// At this site.
    pub site: Option<SiteId>,
    /// For this assignment.
    pub assignment: Option<AssignmentId>,
    /// With contested values only.
    pub contested: bool,
    /// At most so many; 0 = all.
    pub limit: u32,
    /// Skipping so many.
    pub offset: u32,
}

/// Which findings; everything absent means all that are not retracted.
#[derive(Debug, Clone, Default)]
pub struct FindingFilter {
    /// At this site.
    pub site: Option<SiteId>,
    /// From this inspection.
    pub inspection: Option<InspectionId>,
    /// Of this grade.
    pub grade: Option<Grade>,
    /// In one of these stages; empty = raised or confirmed.
    pub stages: Vec<FindingStage>,
    /// At most so many; 0 = all.
    pub limit: u32,
    /// Skipping so many.
    pub offset: u32,
}

/// Conditions and their values, built together so that they cannot drift apart.
#[derive(Default)]
struct Conditions {
    text: String,
    values: Vec<Box<dyn ToSql>>,
}

impl Conditions {
    fn and(&mut self, condition: &str, value: Option<Box<dyn ToSql>>) {
        self.text.push_str(if self.text.is_empty() { " WHERE " } else { " AND " });
        self.text.push_str(condition);
        self.values.extend(value);
    }

    fn query(self, db: &Connection, select: &str, order: &str, limit: u32, offset: u32) -> Result<Vec<(String, Option<String>)>> {
        let limit = if limit == 0 { -1 } else { i64::from(limit) };
        let sql = format!("{select}{} {order} LIMIT {limit} OFFSET {offset}", self.text);
        let mut statement = db.prepare_cached(&sql)?;
        let values: Vec<&dyn ToSql> = self.values.iter().map(AsRef::as_ref).collect();
        let rows = statement.query_map(values.as_slice(), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

fn one_of(column: &str, codes: impl Iterator<Item = u8>) -> String {
    let codes: Vec<String> = codes.map(|code| code.to_string()).collect();
    format!("{column} IN ({})", codes.join(","))
}

/// Inspections, the last changed first.
pub(crate) fn inspections(db: &Connection, filter: &InspectionFilter) -> Result<Vec<InspectionRow>> {
    let mut conditions = Conditions::default();
    if !filter.stages.is_empty() {
        conditions.and(&one_of("stage", filter.stages.iter().map(|stage| stage_code(*stage))), None);
    }
    if let Some(site) = filter.site {
        conditions.and("site = ?", Some(Box::new(Sql(site))));
    }
    if let Some(assignment) = filter.assignment {
        conditions.and("assignment = ?", Some(Box::new(Sql(assignment))));
    }
    if filter.contested {
        conditions.and("contested = 1", None);
    }
    let rows = conditions.query(db, "SELECT row, summary FROM inspection", "ORDER BY changed_ms DESC, id", filter.limit, filter.offset)?;
    rows.into_iter().map(|(row, summary)| inspection(&row, summary.as_deref())).collect()
}

fn inspection(row: &str, summary: Option<&str>) -> Result<InspectionRow> {
    let mut row: InspectionRow = serde_json::from_str(row).map_err(StoreError::damaged)?;
    row.summary = summary.map(serde_json::from_str).transpose().map_err(StoreError::damaged)?;
    Ok(row)
}

/// Keeps the counts of an inspection until it or one of its findings changes.
pub(crate) fn put_summary(db: &Connection, id: InspectionId, summary: &InspectionSummary) -> Result<()> {
    let text = serde_json::to_string(summary).map_err(StoreError::damaged)?;
    db.prepare_cached("UPDATE inspection SET summary = ?2 WHERE id = ?1")?.execute(params![Sql(id), text])?;
    Ok(())
}

/// Findings: of an inspection in the order raised, else major first, newest first.
pub(crate) fn findings(db: &Connection, filter: &FindingFilter) -> Result<Vec<FindingRow>> {
    let mut conditions = Conditions::default();
    let stages: &[FindingStage] = if filter.stages.is_empty() { &[FindingStage::Raised, FindingStage::Confirmed] } else { &filter.stages };
    conditions.and(&one_of("stage", stages.iter().map(|stage| finding_stage_code(*stage))), None);
    if let Some(site) = filter.site {
        conditions.and("site = ?", Some(Box::new(Sql(site))));
    }
    if let Some(inspection) = filter.inspection {
        conditions.and("inspection = ?", Some(Box::new(Sql(inspection))));
    }
    if let Some(grade) = filter.grade {
        conditions.and("grade = ?", Some(Box::new(u8::from(grade == Grade::Major))));
    }
    let order = if filter.inspection.is_some() { "ORDER BY raised_ms, id" } else { "ORDER BY grade DESC, raised_ms DESC, id" };
    let rows = conditions.query(db, "SELECT row, NULL FROM finding", order, filter.limit, filter.offset)?;
    rows.iter().map(|(row, _)| serde_json::from_str(row).map_err(StoreError::damaged)).collect()
}

/// All findings of an inspection in the order raised, retracted ones included.
pub(crate) fn finding_ids(db: &Connection, inspection: InspectionId) -> Result<Vec<FindingId>> {
    let mut statement = db.prepare_cached("SELECT id FROM finding WHERE inspection = ?1 ORDER BY raised_ms, id")?;
    let rows = statement.query_map([Sql(inspection)], |row| row.get::<_, Sql<FindingId>>(0).map(|id| id.0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
