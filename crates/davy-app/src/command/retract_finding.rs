//! `retract_finding`: a finding raised by mistake is hidden with a reason.

use super::FindingChanged;
use crate::session::Session;
use crate::{AppError, Reason};
use davy_core::event::FindingRetracted;
use davy_core::id::FindingId;
use serde::Deserialize;
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct RetractFinding {
    /// Finding.
    pub finding: FindingId,
    /// Why.
    pub reason: String,
}

/// Records the retraction.
///
/// # Errors
/// The finding is not here, a supervisor has graded it already, or the reason is missing.
pub fn run(session: &Session, request: RetractFinding) -> Result<FindingChanged, AppError> {
    let reason = super::text("reason", &request.reason, true)?;
    let doc = session.finding(request.finding)?.ok_or_else(|| AppError::not_found("finding"))?;
    if !doc.graded.held().is_empty() {
        return Err(AppError::not_allowed(Reason::Graded));
    }
    session.record_finding(request.finding, FindingRetracted { reason }.into())
}
