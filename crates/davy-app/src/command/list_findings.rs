//! `list_findings`: findings on this device.

use crate::AppError;
use crate::session::Session;
use davy_core::checklist::Grade;
use davy_core::fold::aggregate::AggregateKind;
use davy_core::id::{FindingId, SiteId};
use davy_core::view::FindingView;
use davy_store::FindingFilter;
use serde::Deserialize;
use std::collections::HashSet;
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct ListFindings {
    /// Words.
    pub query: Option<String>,
    /// Of this grade.
    pub grade: Option<Grade>,
    /// At this site.
    pub site: Option<SiteId>,
}

/// Most findings shown; narrower words find the others.
const MOST: u32 = 200;

/// Lists them: major first, newest first.
///
/// # Errors
/// The store cannot be read.
pub fn run(session: &Session, request: ListFindings) -> Result<Vec<FindingView>, AppError> {
    let words = request.query.unwrap_or_default().trim().to_owned();
    let limit = if words.is_empty() { MOST } else { 0 };
    let filter = FindingFilter { site: request.site, grade: request.grade, limit, ..FindingFilter::default() };
    let mut rows = session.store().list_findings(&filter)?;
    if !words.is_empty() {
        let hits = session.store().search(&words, 1000)?;
        let found: HashSet<FindingId> =
            hits.into_iter().filter(|hit| hit.kind == AggregateKind::Finding).map(|hit| hit.root.into()).collect();
        rows.retain(|row| found.contains(&row.id));
        rows.truncate(MOST as usize);
    }
    rows.iter().map(|row| session.finding_view(row.id)).collect()
}
