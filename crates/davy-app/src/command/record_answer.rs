//! `record_answer`: sets or takes back the answer of one item.

use crate::session::{OpenInspection, Session};
use crate::{AppError, Reason};
use davy_core::checklist::Item;
use davy_core::event::{AnswerSet, AnswerValue, ItemKey, Verdict};
use davy_core::id::InspectionId;
use davy_core::view::InspectionChange;
use serde::Deserialize;
use serde_json::json;
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct RecordAnswer {
    /// Inspection.
    pub inspection: InspectionId,
    /// Item.
    pub key: ItemKey,
    /// Value; `null` takes the answer back.
    pub value: Option<AnswerValue>,
}

/// Records the answer; durable when this returns.
///
/// # Errors
/// The inspection is not here or not open for editing, the item is not in its checklist, the value does not fit it,
/// it is a pass on readings that are not in date (`stale_reading`).
pub fn run(session: &Session, request: RecordAnswer) -> Result<InspectionChange, AppError> {
    let mut open = session.edit_inspection(request.inspection)?;
    let item = open.item(&request.key)?;
    let value = request.value.map(|value| fit(item, value)).transpose()?;
    if let (Some(value), Some(accept)) = (&value, &item.accept)
        && !open.accepts(&request.key, value)?
    {
        return Err(AppError::invalid("value", Reason::NotAccepted(accept.text.clone())));
    }
    if value == Some(AnswerValue::Verdict(Verdict::Pass)) {
        require_fresh(&open, &request.key)?;
    }
    open.record(AnswerSet { key: request.key, value }.into())
}

/// A pass that rests on readings needs them in date: the person must take them again first.
fn require_fresh(open: &OpenInspection<'_>, key: &ItemKey) -> Result<(), AppError> {
    let stale = open.stale_readings(key)?;
    if stale.is_empty() {
        return Ok(());
    }
    let words = "readings that this rests on are missing, out of their limits or out of date; take them again, then answer";
    Err(AppError::new("stale_reading", words).with(json!({ "readings": stale })))
}

/// Insists that a value fits the item's response.
///
/// # Errors
/// Another type, an unknown choice, a reading outside of the plausible range, words that are empty or too long.
pub fn fit(item: &Item, value: AnswerValue) -> Result<AnswerValue, AppError> {
    if let Err(misfit) = item.fits(&value) {
        return Err(AppError::invalid("value", misfit.into()));
    }
    if let AnswerValue::Text(words) | AnswerValue::Code(words) = &value {
        super::text("value", words, true)?;
    }
    Ok(value)
}
