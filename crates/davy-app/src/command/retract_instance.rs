//! `retract_instance`: hides one instance of a repeat group with a reason; its answers stay in the history.

use crate::AppError;
use crate::session::Session;
use davy_core::event::InstanceRetracted;
use davy_core::id::{InspectionId, InstanceId};
use davy_core::view::InspectionChange;
use serde::Deserialize;
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct RetractInstance {
    /// Inspection.
    pub inspection: InspectionId,
    /// Instance.
    pub instance: InstanceId,
    /// Why.
    pub reason: String,
}

/// Records the retraction.
///
/// # Errors
/// The instance is unknown or the reason is missing.
pub fn run(session: &Session, request: RetractInstance) -> Result<InspectionChange, AppError> {
    let reason = super::text("reason", &request.reason, true)?;
    let mut open = session.edit_inspection(request.inspection)?;
    if !open.doc().instances.contains_key(&request.instance) {
        return Err(AppError::not_found("entry"));
    }
    open.record(InstanceRetracted { instance: request.instance, reason }.into())
}
