//! `submit_inspection`: the sign-off. Its frontier covers every event and photograph of the inspection and its findings.

use super::finish_view;
use crate::session::Session;
use crate::{AppError, Reason};
use davy_core::event::InspectionSubmitted;
use davy_core::fold::frontier::frontier_of;
use davy_core::id::InspectionId;
use davy_core::view::InspectionView;
use serde::Deserialize;
use serde_json::json;
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct SubmitInspection {
    /// Inspection.
    pub inspection: InspectionId,
    /// Closing remark.
    pub remark: Option<String>,
}

/// Submits it and seals the stream.
///
/// # Errors
/// It is submitted already, or a signature is missing.
pub fn run(session: &Session, request: SubmitInspection) -> Result<InspectionView, AppError> {
    let remark = super::optional_text("remark", request.remark.as_deref())?;
    let finish = finish_view::run(session, finish_view::Finish { inspection: request.inspection })?;
    let mut open = session.edit_inspection(request.inspection)?;
    if !finish.can_submit {
        return Err(AppError::not_allowed(Reason::SignatureMissing).with(json!({ "missing_signatures": finish.missing_signatures })));
    }
    let mut aggregates = vec![(request.inspection.into(), session.store().events(request.inspection.into())?)];
    for finding in open.findings() {
        aggregates.push((finding.id.into(), session.store().events(finding.id.into())?));
    }
    let frontier = frontier_of(&aggregates);
    open.record(InspectionSubmitted { frontier, remark }.into())?;
    session.store().seal(davy_protocol::seal::SealReason::SignOff, Some(session.person()))?;
    Ok(open.into_view())
}
