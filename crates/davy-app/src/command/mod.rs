//! One file per command: its request, what it answers, how it is done. A command validates, gathers, lets
//! `davy-core` decide, records events, and answers with the view that the screen shows next.

pub mod add_instance;
pub mod adopt_photo;
pub mod annotate_evidence;
pub mod attach_photo;
pub mod caption_evidence;
pub mod comment;
pub mod compare_last;
pub mod discard_recovered_photo;
pub mod edit_finding;
pub mod find_clause;
pub mod finding_page;
pub mod finish_view;
pub mod list_colleagues;
pub mod list_deliveries;
pub mod list_findings;
pub mod list_sites;
pub mod open_inspection;
pub mod pass_section;
pub mod place;
pub mod raise_finding;
pub mod record_answer;
pub mod refuse_signature;
pub mod resolve_answer;
pub mod retract_evidence;
pub mod retract_finding;
pub mod retract_instance;
pub mod set_note;
pub mod sign;
pub mod site_page;
pub mod start_inspection;
pub mod submit_inspection;
pub mod today;

#[cfg(test)]
mod tests;

use crate::{AppError, Reason};
use davy_core::event::ItemKey;
use davy_core::id::{FindingId, InspectionId};
use davy_core::view::{FindingView, InspectionChange};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A request without content.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct None {}

/// Answer to what changes a finding; `change` is present when its inspection changed with it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export_to = "app.ts")]
pub struct FindingChanged {
    /// The finding.
    pub finding: FindingView,
    /// Its inspection.
    pub change: Option<InspectionChange>,
}

/// What a photograph or comment belongs to: exactly one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// An inspection.
    Inspection(InspectionId),
    /// A finding.
    Finding(FindingId),
}

impl Owner {
    /// From the two fields of a request.
    ///
    /// # Errors
    /// Neither or both are given.
    pub fn of(inspection: Option<InspectionId>, finding: Option<FindingId>) -> Result<Self, AppError> {
        match (inspection, finding) {
            (Some(id), None) => Ok(Self::Inspection(id)),
            (None, Some(id)) => Ok(Self::Finding(id)),
            _ => Err(AppError::invalid("inspection", Reason::Request("name an inspection or a finding, not both".to_owned()))),
        }
    }
}

/// Longest text of a field, characters. Bodies of events are bounded; a field must not eat the whole bound.
pub const MAX_TEXT: usize = 2000;

/// Trims a text and insists on its length.
///
/// # Errors
/// Empty when `required`, or longer than [`MAX_TEXT`].
pub fn text(field: &str, value: &str, required: bool) -> Result<String, AppError> {
    let value = value.trim();
    if required && value.is_empty() {
        return Err(AppError::invalid(field, Reason::Empty));
    }
    if value.chars().count() > MAX_TEXT {
        return Err(AppError::invalid(field, Reason::TooLong(MAX_TEXT)));
    }
    Ok(value.to_owned())
}

/// The same for a field that may be absent; blanks alone count as absent.
///
/// # Errors
/// Longer than [`MAX_TEXT`].
pub fn optional_text(field: &str, value: Option<&str>) -> Result<Option<String>, AppError> {
    value.map(|value| text(field, value, false)).transpose().map(|value| value.filter(|value| !value.is_empty()))
}

/// Insists on a day of the form `YYYY-MM-DD`.
///
/// # Errors
/// Not such a day.
pub fn day(field: &str, value: Option<String>) -> Result<Option<String>, AppError> {
    match value {
        Some(value) if !value.is_empty() => match value.parse::<jiff::civil::Date>() {
            Ok(date) if date.to_string() == value => Ok(Some(value)),
            _ => Err(AppError::invalid(field, Reason::NotADay)),
        },
        other => Ok(other),
    }
}

/// An item as words for errors.
#[must_use]
pub fn item_name(key: &ItemKey) -> String {
    format!("item {key}")
}
