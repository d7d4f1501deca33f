//! `retract_evidence`: hides a photograph with a reason; nothing is removed.

use super::{Owner, attach_photo};
use crate::AppError;
use crate::session::Session;
use crate::view::PhotoAttached;
use davy_core::event::EvidenceRetracted;
use davy_core::id::{EntityId, FindingId, InspectionId};
use serde::Deserialize;
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct RetractEvidence {
    /// Inspection that it belongs to, or
    pub inspection: Option<InspectionId>,
    /// the finding.
    pub finding: Option<FindingId>,
    /// Photograph.
    pub evidence: EntityId,
    /// Words.
    pub reason: String,
}

/// Records it.
///
/// # Errors
/// The photograph is not in this record, or the text does not fit.
pub fn run(session: &Session, request: RetractEvidence) -> Result<PhotoAttached, AppError> {
    let owner = Owner::of(request.inspection, request.finding)?;
    let reason = super::text("reason", &request.reason, true)?;
    let payload = EvidenceRetracted { evidence: request.evidence, reason }.into();
    attach_photo::record(session, owner, request.evidence, request.evidence, payload, Vec::new())
}
