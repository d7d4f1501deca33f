//! `set_note`: words beside an answer.

use crate::AppError;
use crate::session::Session;
use davy_core::event::{ItemKey, NoteSet};
use davy_core::id::InspectionId;
use davy_core::view::InspectionChange;
use serde::Deserialize;
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct SetNote {
    /// Inspection.
    pub inspection: InspectionId,
    /// Item.
    pub key: ItemKey,
    /// Words; empty takes them back.
    pub text: String,
}

/// Records the note.
///
/// # Errors
/// The inspection is not open for editing, the item is unknown, the text is too long.
pub fn run(session: &Session, request: SetNote) -> Result<InspectionChange, AppError> {
    let text = super::text("text", &request.text, false)?;
    let mut open = session.edit_inspection(request.inspection)?;
    open.item(&request.key)?;
    open.record(NoteSet { key: request.key, text }.into())
}
