//! A finding as a screen shows it.

use crate::checklist::Grade;
use crate::event::ItemKey;
use crate::id::{FindingId, InspectionId, ScopeId, SiteId};
use crate::view::{Author, CommentView, EvidenceView};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "core.ts")]
pub enum FindingStage {
    /// Raised by an inspector; the grade is theirs.
    Raised,
    /// A supervisor confirmed or changed the grade.
    Confirmed,
    /// Hidden with a reason.
    Retracted,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "core.ts")]
pub struct FindingView {
    /// Id.
    pub id: FindingId,
    /// Scope (the site's).
    pub scope: ScopeId,
    /// Site.
    pub site: SiteId,
    /// Inspection that it came from.
    pub inspection: Option<InspectionId>,
    /// Failed item.
    pub key: Option<ItemKey>,
    /// Stage.
    pub stage: FindingStage,
    /// The grade that counts: a supervisor's, else the highest that was given.
    pub grade: Grade,
    /// Grade suggested by the item.
    pub suggested: Option<Grade>,
    /// What is wrong.
    pub description: FieldView,
    /// Where.
    pub area: FieldView,
    /// What was done at once.
    pub measure: FieldView,
    /// Who must rectify it.
    pub responsible: FieldView,
    /// By which day, `YYYY-MM-DD`.
    pub deadline: FieldView,
    /// Report dimension.
    pub theme: Option<String>,
    /// All grades given, when they differ and no supervisor settled them.
    pub contested_grades: Vec<GivenGrade>,
    /// The supervisor's grading.
    pub graded: Option<GivenGrade>,
    /// Photographs.
    pub evidence: Vec<EvidenceView>,
    /// Comments, oldest first.
    pub comments: Vec<CommentView>,
    /// Reason, if retracted.
    pub retracted: Option<String>,
    /// Who raised it.
    pub raised: Author,
    /// Contains events from a newer program.
    pub needs_upgrade: bool,
}

/// A field with the value that counts and, when people disagree, all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[ts(export_to = "core.ts")]
pub struct FieldView {
    /// Value shown.
    pub value: Option<String>,
    /// All concurrent values with authors; empty when there is no conflict.
    pub contested: Vec<ContestedText>,
}

/// One of several concurrent texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "core.ts")]
pub struct ContestedText {
    /// Value.
    pub value: Option<String>,
    /// Who.
    pub by: Author,
}

/// A grade somebody gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "core.ts")]
pub struct GivenGrade {
    /// Grade.
    pub grade: Grade,
    /// Why.
    pub reason: Option<String>,
    /// Who.
    pub by: Author,
}
