//! `adopt_photo`: a photograph whose event was never written (the app was killed in between) finds its record.

use super::Owner;
use super::attach_photo::{AttachPhoto, attach, check_target};
use crate::AppError;
use crate::session::Session;
use crate::view::PhotoAttached;
use davy_core::event::{ItemKey, PhotoSource};
use davy_core::id::{BlobId, FindingId, InspectionId};
use serde::Deserialize;
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct AdoptPhoto {
    /// The photograph in the store.
    pub sha256: BlobId,
    /// Inspection that it belongs to, or
    pub inspection: Option<InspectionId>,
    /// the finding.
    pub finding: Option<FindingId>,
    /// Item of the inspection.
    pub key: Option<ItemKey>,
}

/// Attaches it.
///
/// # Errors
/// The photograph is not in the store or the record is not open.
pub fn run(session: &Session, request: AdoptPhoto) -> Result<PhotoAttached, AppError> {
    let owner = Owner::of(request.inspection, request.finding)?;
    check_target(session, owner, request.key.as_ref(), None)?;
    let intake = session.store().adopt_orphan(request.sha256)?;
    let said = AttachPhoto {
        inspection: request.inspection,
        finding: request.finding,
        key: request.key,
        source: PhotoSource::Camera,
        name: None,
        captured_at: None,
        position: None,
    };
    attach(session, owner, &said, &intake)
}
