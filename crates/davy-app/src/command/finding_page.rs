//! `finding_page`: one finding.

use crate::AppError;
use crate::session::Session;
use davy_core::id::FindingId;
use davy_core::view::FindingView;
use serde::Deserialize;
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct FindingPage {
    /// Finding.
    pub finding: FindingId,
}

/// Reads it.
///
/// # Errors
/// It is not on this device.
pub fn run(session: &Session, request: FindingPage) -> Result<FindingView, AppError> {
    session.finding_view(request.finding)
}
