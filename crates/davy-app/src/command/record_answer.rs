//! `record_answer`: sets or takes back the answer of one item.

use crate::AppError;
use crate::session::Session;
use davy_core::checklist::{Item, Response};
use davy_core::event::{AnswerSet, AnswerValue, ItemKey};
use davy_core::id::InspectionId;
use davy_core::view::InspectionChange;
use serde::Deserialize;
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
/// The inspection is not here or not open for editing, the item is not in its checklist, the value does not fit it.
pub fn run(session: &Session, request: RecordAnswer) -> Result<InspectionChange, AppError> {
    let mut open = session.edit_inspection(request.inspection)?;
    let item = open.item(&request.key)?;
    let value = request.value.map(|value| fit(item, value)).transpose()?;
    open.record(
        AnswerSet {
            key: request.key,
            value,
        }
        .into(),
    )
}

/// Insists that a value fits the item's response.
///
/// # Errors
/// Another type, an unknown choice, a reading outside of the plausible range.
pub fn fit(item: &Item, value: AnswerValue) -> Result<AnswerValue, AppError> {
    let known = |choices: &[davy_core::checklist::Choice], id: &str| {
        choices.iter().any(|choice| choice.id == id)
    };
    let fits = match (&item.response, &value) {
        (_, AnswerValue::Verdict(_)) => true,
        (Response::Choice { choices }, AnswerValue::Choice(id)) => known(choices, id),
        (Response::MultiChoice { choices }, AnswerValue::Choices(ids)) => {
            ids.iter().all(|id| known(choices, id))
        }
        (Response::Number { min, max, unit }, AnswerValue::Number(number)) => {
            if min.is_some_and(|min| *number < min) || max.is_some_and(|max| *number > max) {
                let bound = |text: Option<String>| text.unwrap_or_else(|| "…".to_owned());
                let (low, high) = (
                    bound(min.map(|min| min.to_string())),
                    bound(max.map(|max| max.to_string())),
                );
                return Err(AppError::invalid(
                    "value",
                    format!("a reading between {low} and {high} {unit} is expected"),
                ));
            }
            true
        }
        (Response::Text, AnswerValue::Text(words)) | (Response::Code, AnswerValue::Code(words)) => {
            super::text("value", words, true)?;
            true
        }
        (Response::DateTime, AnswerValue::DateTime(_))
        | (Response::Location, AnswerValue::Location(_)) => true,
        _ => false,
    };
    if fits {
        Ok(value)
    } else {
        Err(AppError::invalid(
            "value",
            "the value does not fit this item",
        ))
    }
}
