//! `edit_finding`: new values of some fields; the others stay.

use super::FindingChanged;
use crate::AppError;
use crate::session::Session;
use davy_core::checklist::Grade;
use davy_core::event::FindingEdited;
use davy_core::id::FindingId;
use serde::Deserialize;
use ts_rs::TS;

/// Request: `null` leaves a field as it is, an empty text clears it.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts", optional_fields = nullable)]
pub struct EditFinding {
    /// Finding.
    #[ts(optional = false)]
    pub finding: FindingId,
    /// What is wrong.
    pub description: Option<String>,
    /// Where on the site.
    pub area: Option<String>,
    /// What was done at once.
    pub measure: Option<String>,
    /// Who must rectify it.
    pub responsible: Option<String>,
    /// By which day.
    pub deadline: Option<String>,
    /// Grade as the inspector sees it.
    pub grade: Option<Grade>,
}

/// Records the edit.
///
/// # Errors
/// The finding is not here, the description would be empty, a text does not fit.
pub fn run(session: &Session, request: EditFinding) -> Result<FindingChanged, AppError> {
    let text = |field: &str, value: Option<&String>| value.map(|value| super::text(field, value, false)).transpose();
    let edited = FindingEdited {
        description: request.description.as_ref().map(|value| super::text("description", value, true)).transpose()?,
        area: text("area", request.area.as_ref())?,
        measure: text("measure", request.measure.as_ref())?,
        responsible: text("responsible", request.responsible.as_ref())?,
        deadline: super::day("deadline", request.deadline)?,
        grade: request.grade,
    };
    session.record_finding(request.finding, edited.into())
}
