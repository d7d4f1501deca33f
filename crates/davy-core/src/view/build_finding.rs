//! Builds the view of a finding from its document.

use super::{Author, CommentView, ContestedText, EvidenceView, FieldView, FindingStage, FindingView, GivenGrade, Names};
use crate::event::BlobRole;
use crate::fold::inspection::Comment;
use crate::fold::{Cell, Evidence, EvidenceSet, FindingDoc, FindingState, Stamp};
use crate::id::EntityId;

/// Who did it, with names.
#[must_use]
pub fn author(stamp: &Stamp, names: &dyn Names) -> Author {
    Author { eid: stamp.eid, person: stamp.actor, name: names.person(stamp.actor), device: names.device(stamp.stream), wall: stamp.wall }
}

/// The finding as a screen shows it.
#[must_use]
pub fn finding_view(doc: &FindingDoc, names: &dyn Names) -> FindingView {
    let (stage, retracted) = match doc.state() {
        FindingState::Raised => (FindingStage::Raised, None),
        FindingState::Confirmed => (FindingStage::Confirmed, None),
        FindingState::Retracted(reason) => (FindingStage::Retracted, Some(reason.to_owned())),
    };
    let given = doc.given.held().iter().map(|held| (held.value, None, &held.stamp));
    let mut graded = doc.graded.held().iter().map(|held| (held.value.grade, held.value.reason.clone(), &held.stamp));
    let grade_of = |(grade, reason, stamp): (_, Option<String>, &Stamp)| GivenGrade { grade, reason, by: author(stamp, names) };
    let contested_grades = if doc.is_grade_contested() { given.chain(graded.clone()).map(grade_of).collect() } else { Vec::new() };
    FindingView {
        id: doc.id,
        scope: doc.scope,
        site: doc.raised.site,
        inspection: doc.raised.inspection,
        key: doc.raised.key.clone(),
        stage,
        grade: doc.grade(),
        suggested: doc.raised.suggested,
        description: field(&doc.description, names),
        area: field(&doc.area, names),
        measure: field(&doc.measure, names),
        responsible: field(&doc.responsible, names),
        deadline: field(&doc.deadline, names),
        theme: doc.raised.theme.clone(),
        contested_grades,
        graded: graded.next_back().map(grade_of),
        evidence: evidence_views(&doc.evidence, names),
        comments: comment_views(&doc.comments, names),
        retracted,
        raised: author(&doc.stamp, names),
        needs_upgrade: doc.needs_upgrade,
    }
}

fn field(cell: &Cell<Option<String>>, names: &dyn Names) -> FieldView {
    let text = |held: &crate::fold::Held<Option<String>>| ContestedText { value: held.value.clone(), by: author(&held.stamp, names) };
    FieldView {
        value: cell.newest().and_then(|held| held.value.clone()),
        contested: if cell.is_contested() { cell.held().iter().map(text).collect() } else { Vec::new() },
    }
}

/// Photographs in time order.
pub(super) fn evidence_views(evidence: &EvidenceSet, names: &dyn Names) -> Vec<EvidenceView> {
    let mut photos: Vec<_> = evidence.all().collect();
    photos.sort_by_key(|(_, photo)| photo.stamp);
    photos.into_iter().map(|(id, photo)| evidence_view(id, photo, evidence, names)).collect()
}

fn evidence_view(id: EntityId, photo: &Evidence, set: &EvidenceSet, names: &dyn Names) -> EvidenceView {
    let blob = |role: BlobRole| photo.blobs.iter().find(|blob| blob.role == role);
    let original = blob(BlobRole::Original);
    EvidenceView {
        id,
        key: photo.attached.key.clone(),
        original: original.map(|blob| blob.sha256),
        size: original.map_or(0, |blob| blob.size),
        media_type: original.map(|blob| blob.media_type.clone()).unwrap_or_default(),
        thumbnail: blob(BlobRole::Thumbnail).map(|blob| blob.sha256),
        preview: blob(BlobRole::Preview).map(|blob| blob.sha256),
        defect: photo.attached.defect,
        source: photo.attached.source,
        name: photo.attached.name.clone(),
        captured_at: photo.attached.captured_at,
        position: photo.attached.position.clone(),
        caption: set.caption(id).map(str::to_owned),
        width: photo.attached.width,
        height: photo.attached.height,
        marks: set.marks(id).cloned().collect(),
        retracted: set.retracted(id).map(str::to_owned),
        by: author(&photo.stamp, names),
    }
}

/// Comments in time order.
pub(super) fn comment_views(comments: &[Comment], names: &dyn Names) -> Vec<CommentView> {
    let view = |comment: &Comment| CommentView {
        key: comment.said.key.clone(),
        text: comment.said.text.clone(),
        by: author(&comment.stamp, names),
    };
    comments.iter().map(view).collect()
}
