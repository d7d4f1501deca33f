//! Columns for lists from documents. Pure.

use crate::store::{FindingIndex, InspectionIndex};
use davy_core::event::BlobRole;
use davy_core::fold::{FindingDoc, FindingState, InspectionDoc, InspectionState};
use davy_core::id::OrgId;
use davy_core::time::Millis;
use davy_core::view::{FindingStage, InspectionStage};
use serde::Serialize;

/// The word of a unit enum as JSON has it, without quotes.
pub fn word<T: Serialize>(value: T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// Stage of an inspection.
#[must_use]
pub fn inspection_stage(doc: &InspectionDoc) -> InspectionStage {
    match doc.state() {
        InspectionState::Draft => InspectionStage::Draft,
        InspectionState::Submitted(_) => InspectionStage::Submitted,
        InspectionState::Amended(_) => InspectionStage::Amended,
        InspectionState::Returned(_) => InspectionStage::Returned,
        InspectionState::Accepted(_) => InspectionStage::Accepted,
    }
}

/// Columns of an inspection.
#[must_use]
pub fn inspection(doc: &InspectionDoc, org: OrgId, received: Millis, held: bool) -> InspectionIndex {
    InspectionIndex {
        id: doc.id,
        org,
        scope: doc.scope,
        site: doc.started.site,
        checklist: doc.started.checklist.hash,
        kind: word(doc.started.kind),
        stage: word(inspection_stage(doc)),
        assignment: doc.started.assignment,
        inspectors: doc.started.inspectors.clone(),
        started: doc.stamp.wall.ms,
        submitted: doc.submissions.last().map(|submission| submission.stamp.wall.ms),
        received,
        held,
        contested: doc.answers.values().any(davy_core::fold::Cell::is_contested),
        summary: None,
    }
}

/// Columns of a finding.
#[must_use]
pub fn finding(doc: &FindingDoc, org: OrgId, received: Millis) -> FindingIndex {
    let stage = match doc.state() {
        FindingState::Raised => FindingStage::Raised,
        FindingState::Confirmed => FindingStage::Confirmed,
        FindingState::Retracted(_) => FindingStage::Retracted,
    };
    let newest = |cell: &davy_core::fold::Cell<Option<String>>| cell.newest().and_then(|held| held.value.clone());
    let thumbnail = doc.evidence.shown().flat_map(|photo| &photo.blobs).find(|blob| blob.role == BlobRole::Thumbnail);
    FindingIndex {
        id: doc.id,
        org,
        scope: doc.scope,
        site: doc.raised.site,
        grade: word(doc.grade()),
        stage: word(stage),
        description: newest(&doc.description).unwrap_or_default(),
        area: newest(&doc.area),
        responsible: newest(&doc.responsible),
        deadline: newest(&doc.deadline),
        raised: doc.stamp.wall.ms,
        received,
        raised_by: doc.stamp.actor,
        inspection: doc.raised.inspection,
        thumbnail: thumbnail.map(|blob| blob.sha256),
        contested: doc.is_contested(),
    }
}
