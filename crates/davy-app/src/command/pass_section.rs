//! `pass_section`: what is still open in a section is answered *pass* by one deliberate gesture, and recorded as such.

use crate::AppError;
use crate::session::Session;
use davy_core::event::SectionPassed;
use davy_core::id::{InspectionId, InstanceId};
use davy_core::view::InspectionChange;
use serde::Deserialize;
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct PassSection {
    /// Inspection.
    pub inspection: InspectionId,
    /// Section id.
    pub section: String,
    /// Instance, if the section is a repeat group.
    pub instance: Option<InstanceId>,
}

/// Records one event for all of them. Readings, choices and passes that rest on readings are left for an answer of
/// their own; so is everything that is answered already.
///
/// # Errors
/// The inspection is not here or not open for editing; nothing in the section is open (`nothing_open`).
pub fn run(session: &Session, request: PassSection) -> Result<InspectionChange, AppError> {
    let mut open = session.edit_inspection(request.inspection)?;
    let items = open.passable(&request.section, request.instance)?;
    if items.is_empty() {
        return Err(AppError::new("nothing_open", "nothing in this section waits for a pass; what is left needs an answer of its own"));
    }
    open.record(SectionPassed { section: request.section, instance: request.instance, items }.into())
}
