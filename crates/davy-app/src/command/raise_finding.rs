//! `raise_finding`: a hidden danger, from a failed item or seen freely.

use super::FindingChanged;
use crate::session::Session;
use crate::{AppError, Reason};
use davy_core::checklist::Grade;
use davy_core::event::{FindingRaised, ItemKey};
use davy_core::id::{FindingId, InspectionId, SiteId};
use serde::Deserialize;
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct RaiseFinding {
    /// Inspection that it comes from.
    pub inspection: Option<InspectionId>,
    /// Failed item of that inspection.
    pub key: Option<ItemKey>,
    /// Site.
    pub site: SiteId,
    /// Grade as the inspector sees it.
    pub grade: Grade,
    /// What is wrong.
    pub description: String,
    /// Where on the site.
    pub area: Option<String>,
    /// What was done at once.
    pub measure: Option<String>,
    /// Who must rectify it.
    pub responsible: Option<String>,
    /// By which day.
    pub deadline: Option<String>,
}

/// Records the finding.
///
/// # Errors
/// The site or inspection is not here, the item is not of its checklist, a text does not fit.
pub fn run(session: &Session, request: RaiseFinding) -> Result<FindingChanged, AppError> {
    session.site(request.site)?.ok_or_else(|| AppError::not_found("site"))?;
    let open = request.inspection.map(|id| session.edit_inspection(id)).transpose()?;
    let (mut suggested, mut theme) = (None, None);
    if let Some(key) = &request.key {
        let open = open.as_ref().ok_or_else(|| AppError::invalid("key", Reason::Request("an item belongs to an inspection".to_owned())))?;
        theme = open.item(key)?.theme.clone();
        suggested = open.item_view(key).and_then(|item| item.suggested).map(|suggestion| suggestion.grade);
    }
    if open.as_ref().is_some_and(|open| open.doc().started.site != request.site) {
        return Err(AppError::invalid("site", Reason::OtherSite));
    }
    let raised = FindingRaised {
        inspection: request.inspection,
        key: request.key,
        site: request.site,
        grade: request.grade,
        suggested,
        description: super::text("description", &request.description, true)?,
        area: super::optional_text("area", request.area.as_deref())?,
        measure: super::optional_text("measure", request.measure.as_deref())?,
        responsible: super::optional_text("responsible", request.responsible.as_deref())?,
        deadline: super::day("deadline", request.deadline.filter(|day| !day.is_empty()))?,
        theme,
    };
    let id = FindingId::from_uuid(uuid::Uuid::now_v7());
    let before = open.map(crate::session::OpenInspection::into_view);
    session.record(request.site.into(), id.into(), id.into(), raised.into(), Vec::new())?;
    Ok(FindingChanged { finding: session.finding_view(id)?, change: session.change_since(before)? })
}
