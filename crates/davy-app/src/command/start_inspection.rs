//! `start_inspection`: site and checklist chosen, the first event of an inspection.

use crate::session::Session;
use crate::{AppError, Reason};
use davy_core::event::{AssignmentState, InspectionKind, InspectionStarted};
use davy_core::id::{AssignmentId, InspectionId, PersonId, SiteId};
use davy_core::view::InspectionView;
use serde::Deserialize;
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct StartInspection {
    /// Site.
    pub site: SiteId,
    /// Checklist id; the newest version in use at the site is taken and kept.
    pub checklist: String,
    /// Why it is made.
    pub kind: InspectionKind,
    /// Assignment that it fulfils.
    pub assignment: Option<AssignmentId>,
    /// The second inspector.
    pub second_inspector: Option<PersonId>,
}

/// Starts it; durable when this returns.
///
/// # Errors
/// The site, the checklist's content, the assignment or the colleague is not on this device; no version of the checklist
/// is in use at the site.
pub fn run(session: &Session, request: StartInspection) -> Result<InspectionView, AppError> {
    session.site(request.site)?.ok_or_else(|| AppError::not_found("site"))?;
    let checklist = session.checklist_at(&request.checklist, request.site)?;
    session.compiled(checklist.hash)?;
    if let Some(id) = request.assignment {
        let assignment = session.assignment(id)?.ok_or_else(|| AppError::not_found("assignment"))?;
        if assignment.set.state == AssignmentState::Withdrawn || assignment.set.site != request.site {
            return Err(AppError::not_allowed(Reason::Withdrawn));
        }
    }
    let mut inspectors = vec![session.person()];
    if let Some(second) = request.second_inspector.filter(|second| *second != session.person()) {
        session.person_doc(second)?.ok_or_else(|| AppError::not_found("colleague"))?;
        inspectors.push(second);
    }
    let id = InspectionId::from_uuid(uuid::Uuid::now_v7());
    let started = InspectionStarted { kind: request.kind, site: request.site, checklist, inspectors, assignment: request.assignment };
    session.record(request.site.into(), id.into(), id.into(), started.into(), Vec::new())?;
    Ok(session.open_inspection(id)?.into_view())
}
