//! `discard_recovered_photo`: hides the offer of a recovered photograph; its bytes stay in the store.

use crate::AppError;
use crate::session::Session;
use crate::view::TodayView;
use davy_core::id::BlobId;
use serde::Deserialize;
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct DiscardRecoveredPhoto {
    /// The photograph.
    pub sha256: BlobId,
}

/// Hides it.
///
/// # Errors
/// The store cannot be written.
pub fn run(session: &Session, request: DiscardRecoveredPhoto) -> Result<TodayView, AppError> {
    session.store().hide_orphan(request.sha256)?;
    super::today::run(session, super::None {})
}
