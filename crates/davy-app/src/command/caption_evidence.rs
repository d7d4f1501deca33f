//! `caption_evidence`: words under a photograph.

use super::{Owner, attach_photo};
use crate::AppError;
use crate::session::Session;
use crate::view::PhotoAttached;
use davy_core::event::EvidenceCaptioned;
use davy_core::id::{EntityId, FindingId, InspectionId};
use serde::Deserialize;
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct CaptionEvidence {
    /// Inspection that it belongs to, or
    pub inspection: Option<InspectionId>,
    /// the finding.
    pub finding: Option<FindingId>,
    /// Photograph.
    pub evidence: EntityId,
    /// Words.
    pub caption: String,
}

/// Records it.
///
/// # Errors
/// The photograph is not in this record, or the text does not fit.
pub fn run(session: &Session, request: CaptionEvidence) -> Result<PhotoAttached, AppError> {
    let owner = Owner::of(request.inspection, request.finding)?;
    let caption = super::text("caption", &request.caption, false)?;
    let payload = EvidenceCaptioned { evidence: request.evidence, caption }.into();
    attach_photo::record(session, owner, request.evidence, request.evidence, payload, Vec::new())
}
