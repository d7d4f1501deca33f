//! `save_place` and `load_place`: where the screen was, so that a restart returns there.

use super::None;
use crate::session::Session;
use crate::{AppError, Reason};
use serde::Deserialize;
use ts_rs::TS;

/// Request of `save_place`.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct SavePlace {
    /// The screen's own words, at most 4 KiB.
    pub place: String,
}

const KEY: &str = "ui.place";

/// Keeps it.
///
/// # Errors
/// Too long, or the store cannot be written.
pub fn save(session: &Session, request: SavePlace) -> Result<(), AppError> {
    if request.place.len() > 4096 {
        return Err(AppError::invalid("place", Reason::TooLong(4096)));
    }
    Ok(session.store().set_setting(KEY, Some(request.place.as_bytes()))?)
}

/// Gives it back.
///
/// # Errors
/// The store cannot be read.
pub fn load(session: &Session, _: None) -> Result<Option<String>, AppError> {
    let bytes = session.store().setting(KEY)?;
    Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
}
