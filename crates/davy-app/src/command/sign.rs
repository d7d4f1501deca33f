//! `sign`: a signature drawn on the glass.

use crate::session::Session;
use crate::{AppError, Reason};
use base64::Engine;
use davy_core::event::{BlobRole, SignatureAdded, SignerRole};
use davy_core::id::{EntityId, InspectionId};
use davy_core::view::InspectionChange;
use serde::Deserialize;
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct Sign {
    /// Inspection.
    pub inspection: InspectionId,
    /// In which role.
    pub role: SignerRole,
    /// Name as written.
    pub name: String,
    /// Duty at the site.
    pub duty: Option<String>,
    /// The drawing: PNG in base 64.
    pub png_base64: String,
}

/// Largest drawing, bytes.
const MAX_PNG: usize = 512 * 1024;

/// Records the signature under what the inspection says now.
///
/// # Errors
/// The drawing is not a PNG or too large, or the name is missing.
pub fn run(session: &Session, request: Sign) -> Result<InspectionChange, AppError> {
    let name = super::text("name", &request.name, true)?;
    let duty = super::optional_text("duty", request.duty.as_deref())?;
    let png = base64::engine::general_purpose::STANDARD
        .decode(request.png_base64.trim())
        .map_err(|_| AppError::invalid("png_base64", Reason::BadDrawing))?;
    if !png.starts_with(b"\x89PNG\r\n\x1a\n") || png.len() > MAX_PNG {
        return Err(AppError::invalid("png_base64", Reason::BadDrawing));
    }
    let mut open = session.edit_inspection(request.inspection)?;
    let image = session.store().put_bytes(&png, BlobRole::Signature, "image/png")?;
    let ent = EntityId::from_uuid(uuid::Uuid::now_v7());
    open.record_entity(ent, SignatureAdded { role: request.role, name, duty }.into(), vec![image])
}
