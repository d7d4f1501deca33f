//! `attach_photo`: the bytes of a camera or a file become evidence. The bytes are durable before the event names them.

use super::Owner;
use crate::session::Session;
use crate::view::PhotoAttached;
use crate::{AppError, Reason};
use davy_core::event::{EvidenceAttached, ItemKey, PhotoSource, Position};
use davy_core::id::{EntityId, FindingId, InspectionId};
use davy_core::time::Millis;
use davy_store::photo::Intake;
use serde::Deserialize;
use ts_rs::TS;

/// What is said about the photograph; its bytes travel beside this.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct AttachPhoto {
    /// Inspection that it belongs to, or
    pub inspection: Option<InspectionId>,
    /// the finding.
    pub finding: Option<FindingId>,
    /// Item of the inspection.
    pub key: Option<ItemKey>,
    /// Camera or file.
    pub source: PhotoSource,
    /// File name.
    pub name: Option<String>,
    /// When the app's camera took it.
    pub captured_at: Option<Millis>,
    /// Where the device was.
    pub position: Option<Position>,
}

/// Takes the photograph in.
///
/// # Errors
/// It is empty or over the size limit, the item wants the camera, the record is not open, the disk is full.
pub fn run(session: &Session, request: AttachPhoto, bytes: &[u8]) -> Result<PhotoAttached, AppError> {
    let owner = Owner::of(request.inspection, request.finding)?;
    check_target(session, owner, request.key.as_ref(), Some(request.source))?;
    let intake = session.store().intake(bytes)?;
    attach(session, owner, &request, &intake)
}

/// Insists that the photograph can be attached there before any byte is stored.
pub(super) fn check_target(session: &Session, owner: Owner, key: Option<&ItemKey>, source: Option<PhotoSource>) -> Result<(), AppError> {
    match owner {
        Owner::Finding(id) => session.finding(id)?.ok_or_else(|| AppError::not_found("finding")).map(drop),
        Owner::Inspection(id) => {
            let open = session.edit_inspection(id)?;
            let camera_only = key.map(|key| open.item(key)).transpose()?.is_some_and(|item| item.camera_only);
            if camera_only && source == Some(PhotoSource::File) {
                return Err(AppError::not_allowed(Reason::CameraOnly));
            }
            Ok(())
        }
    }
}

/// Records the event that names the stored blobs.
pub(super) fn attach(session: &Session, owner: Owner, request: &AttachPhoto, intake: &Intake) -> Result<PhotoAttached, AppError> {
    let attached = EvidenceAttached {
        key: request.key.clone(),
        source: request.source,
        name: super::optional_text("name", request.name.as_deref())?,
        width: intake.width,
        height: intake.height,
        captured_at: intake.captured_at.or(request.captured_at),
        position: intake.position.clone().or_else(|| request.position.clone()),
        defect: intake.defect,
    };
    let ent = EntityId::from_uuid(uuid::Uuid::now_v7());
    record(session, owner, ent, ent, attached.into(), intake.blobs())
}

/// Records an event about evidence and answers with it.
pub(super) fn record(
    session: &Session,
    owner: Owner,
    ent: EntityId,
    evidence: EntityId,
    payload: davy_core::event::Payload,
    blobs: Vec<davy_core::event::BlobRef>,
) -> Result<PhotoAttached, AppError> {
    let missing = || AppError::not_found("photograph");
    match owner {
        Owner::Inspection(id) => {
            let mut open = session.edit_inspection(id)?;
            let change = open.record_entity(ent, payload, blobs)?;
            let evidence = change.evidence.iter().find(|photo| photo.id == evidence).cloned().ok_or_else(missing)?;
            Ok(PhotoAttached { evidence, change: Some(change) })
        }
        Owner::Finding(id) => {
            let doc = session.finding(id)?.ok_or_else(|| AppError::not_found("finding"))?;
            let before = session.inspection_of(&doc)?;
            session.record(doc.scope, id.into(), ent, payload, blobs)?;
            let finding = session.finding_view(id)?;
            let evidence = finding.evidence.iter().find(|photo| photo.id == evidence).cloned().ok_or_else(missing)?;
            Ok(PhotoAttached { evidence, change: session.change_since(before)? })
        }
    }
}
