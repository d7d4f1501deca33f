//! `open_inspection`: the whole inspection for its screen.

use crate::AppError;
use crate::session::Session;
use davy_core::id::InspectionId;
use davy_core::view::InspectionView;
use serde::Deserialize;
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct OpenInspection {
    /// Inspection.
    pub inspection: InspectionId,
}

/// Reads it.
///
/// # Errors
/// The inspection or its checklist version is not on this device.
pub fn run(session: &Session, request: OpenInspection) -> Result<InspectionView, AppError> {
    Ok(session.open_inspection(request.inspection)?.into_view())
}
