//! `comment`: words to an inspection or a finding.

use super::Owner;
use crate::AppError;
use crate::session::Session;
use davy_core::event::{CommentAdded, ItemKey};
use davy_core::id::{FindingId, InspectionId};
use davy_core::view::{FindingView, InspectionView};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct Comment {
    /// Inspection, or
    pub inspection: Option<InspectionId>,
    /// finding.
    pub finding: Option<FindingId>,
    /// Item that it is about.
    pub key: Option<ItemKey>,
    /// Words.
    pub text: String,
}

/// Answer: the one of the two that was commented.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export_to = "app.ts")]
pub struct Commented {
    /// Inspection.
    pub inspection: Option<InspectionView>,
    /// Finding.
    pub finding: Option<FindingView>,
}

/// Records the comment.
///
/// # Errors
/// The record is not here or the text does not fit.
pub fn run(session: &Session, request: Comment) -> Result<Commented, AppError> {
    let said = CommentAdded { key: request.key, text: super::text("text", &request.text, true)? };
    match Owner::of(request.inspection, request.finding)? {
        Owner::Inspection(id) => {
            let mut open = session.open_inspection(id)?;
            open.record(said.into())?;
            Ok(Commented { inspection: Some(open.into_view()), finding: None })
        }
        Owner::Finding(id) => {
            let changed = session.record_finding(id, said.into())?;
            Ok(Commented { inspection: None, finding: Some(changed.finding) })
        }
    }
}
