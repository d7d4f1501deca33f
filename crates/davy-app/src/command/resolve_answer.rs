//! `resolve_answer`: a person settles values that two devices gave differently.

use super::record_answer::fit;
use crate::session::Session;
use crate::{AppError, Reason};
use davy_core::event::{AnswerResolved, AnswerValue, ItemKey};
use davy_core::id::InspectionId;
use davy_core::view::InspectionChange;
use serde::Deserialize;
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct ResolveAnswer {
    /// Inspection.
    pub inspection: InspectionId,
    /// Item.
    pub key: ItemKey,
    /// Value that holds from now on.
    pub value: Option<AnswerValue>,
    /// Why.
    pub reason: String,
}

/// Records the decision. It names every value that this device knows; one that arrives later stays contested.
/// Settling is allowed after submission too: the contested values came in after it.
///
/// # Errors
/// Nothing is contested at this item, or the value does not fit it.
pub fn run(session: &Session, request: ResolveAnswer) -> Result<InspectionChange, AppError> {
    let reason = super::text("reason", &request.reason, true)?;
    let mut open = session.open_inspection(request.inspection)?;
    let item = open.item(&request.key)?;
    let value = request.value.map(|value| fit(item, value)).transpose()?;
    let contested = open.doc().answers.get(&request.key).is_some_and(davy_core::fold::Cell::is_contested);
    if !contested {
        return Err(AppError::not_allowed(Reason::ValuesAgree));
    }
    open.record(AnswerResolved { key: request.key, value, reason }.into())
}
