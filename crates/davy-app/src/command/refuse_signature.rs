//! `refuse_signature`: the site's representative does not sign; reason and witness are recorded.

use crate::AppError;
use crate::session::Session;
use davy_core::event::SignatureRefused;
use davy_core::id::InspectionId;
use davy_core::view::InspectionChange;
use serde::Deserialize;
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct RefuseSignature {
    /// Inspection.
    pub inspection: InspectionId,
    /// Reason as given.
    pub reason: String,
    /// Who witnessed it.
    pub witness: String,
}

/// Records the refusal.
///
/// # Errors
/// Reason or witness is missing.
pub fn run(session: &Session, request: RefuseSignature) -> Result<InspectionChange, AppError> {
    let reason = super::text("reason", &request.reason, true)?;
    let witness = super::text("witness", &request.witness, true)?;
    let mut open = session.edit_inspection(request.inspection)?;
    open.record(SignatureRefused { reason, witness }.into())
}
