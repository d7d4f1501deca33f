//! `add_instance`: one more face, tank, crane in a repeat group.

use crate::session::Session;
use crate::{AppError, Reason};
use davy_core::event::InstanceAdded;
use davy_core::id::{EntityId, InspectionId};
use davy_core::view::InspectionChange;
use serde::Deserialize;
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct AddInstance {
    /// Inspection.
    pub inspection: InspectionId,
    /// Section id of a repeat group.
    pub section: String,
    /// What it is.
    pub label: String,
}

/// Most instances of all repeat groups of an inspection.
const MAX_INSTANCES: usize = 500;

/// Records the instance.
///
/// # Errors
/// The section is not a repeat group, the label is empty, or there are too many.
pub fn run(session: &Session, request: AddInstance) -> Result<InspectionChange, AppError> {
    let label = super::text("label", &request.label, true)?;
    let mut open = session.edit_inspection(request.inspection)?;
    let sections = &open.compiled().checklist().sections;
    if !sections.iter().any(|section| section.id == request.section && section.repeat.is_some()) {
        return Err(AppError::invalid("section", Reason::NotInChecklist(request.section)));
    }
    if open.doc().instances.len() >= MAX_INSTANCES {
        return Err(AppError::not_allowed(Reason::TooMany(MAX_INSTANCES)));
    }
    let ent = EntityId::from_uuid(uuid::Uuid::now_v7());
    open.record_entity(ent, InstanceAdded { section: request.section, label }.into(), Vec::new())
}
