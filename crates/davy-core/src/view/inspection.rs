//! The inspection as a screen shows it.

use crate::checklist::{Checklist, Grade};
use crate::event::{AnswerValue, InspectionKind, ItemKey, Mark, PhotoDefect, PhotoSource, Position, ReviewOutcome, SignerRole, Verdict};
use crate::id::{AssignmentId, BlobId, EntityId, EventId, FindingId, InspectionId, InstanceId, PersonId, ScopeId, SiteId};
use crate::time::Wall;
use crate::view::FindingView;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

/// Who did something, when by their device's clock, on which device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "core.ts")]
pub struct Author {
    /// The event that says it.
    pub eid: EventId,
    /// Person.
    pub person: PersonId,
    /// Person's name, if known here.
    pub name: Option<String>,
    /// Device's name, if known here.
    pub device: Option<String>,
    /// Wall clock of the device: a claim.
    pub wall: Wall,
}

/// Where an inspection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "core.ts")]
pub enum InspectionStage {
    /// Being worked on.
    Draft,
    /// Signed off; waits for review.
    Submitted,
    /// Signed off, then something came in that the signatures do not cover: review again.
    Amended,
    /// Given back with items to redo.
    Returned,
    /// Accepted.
    Accepted,
}

/// A whole inspection for the inspection screen and the console.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export_to = "core.ts")]
pub struct InspectionView {
    /// Id.
    pub id: InspectionId,
    /// Scope (the site's).
    pub scope: ScopeId,
    /// Site.
    pub site: SiteId,
    /// Site's name.
    pub site_name: String,
    /// Named places on the site.
    pub site_areas: Vec<String>,
    /// Why it is made.
    pub kind: InspectionKind,
    /// Stage.
    pub stage: InspectionStage,
    /// Assignment that it fulfils.
    pub assignment: Option<AssignmentId>,
    /// Inspectors: id and name.
    pub inspectors: Vec<PersonName>,
    /// Start.
    pub started: Author,
    /// Submission, if any.
    pub submitted: Option<Author>,
    /// The checklist version with its words; shared, because a view is made at every answer.
    #[serde(with = "shared")]
    #[ts(as = "Checklist")]
    pub checklist: Arc<Checklist>,
    /// SHA-256 of the published checklist.
    pub checklist_hash: BlobId,
    /// Visible sections (an instance of a repeat group each counts as one) in order.
    pub sections: Vec<SectionView>,
    /// Visible items in order.
    pub items: Vec<ItemView>,
    /// Findings raised in it, newest last.
    pub findings: Vec<FindingView>,
    /// Photographs of items and of the inspection as a whole (those of findings are in the findings).
    pub evidence: Vec<EvidenceView>,
    /// Signatures.
    pub signatures: Vec<SignatureView>,
    /// Refusal to sign, if any.
    pub refusal: Option<RefusalView>,
    /// Reviews, oldest first.
    pub reviews: Vec<ReviewView>,
    /// Comments, oldest first.
    pub comments: Vec<CommentView>,
    /// Counts.
    pub summary: InspectionSummary,
    /// Contains events from a newer program: shown, not editable.
    pub needs_upgrade: bool,
    /// Earlier changes that other records refer to and that are not here yet.
    pub waiting: u32,
}

/// The shared checklist is written like an owned one.
mod shared {
    use super::{Arc, Checklist};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(checklist: &Arc<Checklist>, serializer: S) -> Result<S::Ok, S::Error> {
        checklist.as_ref().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<Checklist>, D::Error> {
        Checklist::deserialize(deserializer).map(Arc::new)
    }
}

/// What a command on an inspection changed; the screen merges it by key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export_to = "core.ts")]
pub struct InspectionChange {
    /// Inspection.
    pub id: InspectionId,
    /// Stage.
    pub stage: InspectionStage,
    /// All visible sections with their counts.
    pub sections: Vec<SectionView>,
    /// Items whose view changed.
    pub changed: Vec<ItemView>,
    /// Present when visibility changed: keys of all visible items in order.
    pub order: Option<Vec<ItemKey>>,
    /// All findings.
    pub findings: Vec<FindingView>,
    /// All evidence of items and of the inspection.
    pub evidence: Vec<EvidenceView>,
    /// Signatures.
    pub signatures: Vec<SignatureView>,
    /// Refusal.
    pub refusal: Option<RefusalView>,
    /// Counts.
    pub summary: InspectionSummary,
}

/// An id with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "core.ts")]
pub struct PersonName {
    /// Person.
    pub id: PersonId,
    /// Name, if known here.
    pub name: Option<String>,
}

/// A visible section, or one instance of a repeat group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "core.ts")]
pub struct SectionView {
    /// Section id of the checklist.
    pub section: String,
    /// Instance of a repeat group; `None` also for a repeat group's own heading (`is_group`).
    pub instance: Option<InstanceId>,
    /// Instance's label.
    pub label: Option<String>,
    /// A repeat group's heading: has no items of its own, offers "add".
    pub is_group: bool,
    /// Visible items.
    pub total: u32,
    /// Answered items.
    pub answered: u32,
    /// Failed items.
    pub failed: u32,
    /// Contested items.
    pub contested: u32,
}

/// A visible item with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "core.ts")]
pub struct ItemView {
    /// Item and instance.
    pub key: ItemKey,
    /// Section id.
    pub section: String,
    /// The value that counts: the only one, or the worst of the contested ones.
    pub value: Option<AnswerValue>,
    /// What the value means by limits and choices; for photo and signature items by their evidence. `None`: open.
    pub verdict: Option<Verdict>,
    /// All values, when they differ; empty when there is no conflict.
    pub contested: Vec<ContestedValue>,
    /// Who set the value.
    pub by: Option<Author>,
    /// Passed with its whole section by one gesture.
    pub with_section: bool,
    /// Words beside it (several when contested, joined by a line).
    pub note: Option<String>,
    /// Ids of the choices that are offered now; absent: all of them.
    pub offered: Option<Vec<String>>,
    /// Answered *pass*, which does not count: a reading that it rests on is missing, out of its limits or out of date.
    pub stale: bool,
    /// Indices of the item's limits that count now, or may count once their condition can be decided; absent: all of them.
    pub limits: Option<Vec<u32>>,
    /// Index into the item's limits of the one that failed.
    pub broken_limit: Option<u32>,
    /// Grade that a finding of this item should start with, while it fails.
    pub suggested: Option<SuggestedGrade>,
    /// Findings raised from this item.
    pub findings: Vec<FindingId>,
    /// Number of photographs.
    pub photos: u32,
    /// Returned by the supervisor and not answered since.
    pub redo: bool,
}

/// The grade that a failed item suggests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "core.ts")]
pub struct SuggestedGrade {
    /// Grade.
    pub grade: Grade,
    /// False: the criterion was not verified against the official text; the inspector must choose deliberately.
    pub verified: bool,
}

/// One of several concurrent values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "core.ts")]
pub struct ContestedValue {
    /// Value; `None` means taken back.
    pub value: Option<AnswerValue>,
    /// What it means.
    pub verdict: Option<Verdict>,
    /// Who set it.
    pub by: Author,
}

/// A photograph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "core.ts")]
pub struct EvidenceView {
    /// Id.
    pub id: EntityId,
    /// Item that it shows.
    pub key: Option<ItemKey>,
    /// Original's SHA-256.
    pub original: Option<BlobId>,
    /// Original's bytes.
    #[ts(type = "number")]
    pub size: u64,
    /// Original's media type.
    pub media_type: String,
    /// 320 px copy.
    pub thumbnail: Option<BlobId>,
    /// 1600 px copy.
    pub preview: Option<BlobId>,
    /// Why there is no copy to show.
    pub defect: Option<PhotoDefect>,
    /// Camera or file.
    pub source: PhotoSource,
    /// File name as chosen.
    pub name: Option<String>,
    /// When taken, as claimed.
    pub captured_at: Option<crate::time::Millis>,
    /// Where taken.
    pub position: Option<Position>,
    /// Words.
    pub caption: Option<String>,
    /// Pixels across after orientation, if decoded.
    pub width: Option<u32>,
    /// Pixels down after orientation, if decoded.
    pub height: Option<u32>,
    /// What was drawn over it.
    pub marks: Vec<Mark>,
    /// Reason for hiding, if hidden.
    pub retracted: Option<String>,
    /// Who attached it.
    pub by: Author,
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "core.ts")]
pub struct SignatureView {
    /// Role.
    pub role: SignerRole,
    /// Name as written.
    pub name: String,
    /// Duty at the site.
    pub duty: Option<String>,
    /// PNG.
    pub image: Option<BlobId>,
    /// On whose device, when.
    pub by: Author,
}

/// A refusal to sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "core.ts")]
pub struct RefusalView {
    /// Reason.
    pub reason: String,
    /// Witness.
    pub witness: String,
    /// Recorded by.
    pub by: Author,
}

/// A supervisor's decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "core.ts")]
pub struct ReviewView {
    /// Outcome.
    pub outcome: ReviewOutcome,
    /// Items to redo.
    pub items: Vec<ItemKey>,
    /// Words.
    pub comment: Option<String>,
    /// Something came in after what this review saw.
    pub stale: bool,
    /// Who.
    pub by: Author,
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "core.ts")]
pub struct CommentView {
    /// Item that it is about.
    pub key: Option<ItemKey>,
    /// Words.
    pub text: String,
    /// Who.
    pub by: Author,
}

/// Counts of an inspection; contested items count with their worst value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[ts(export_to = "core.ts")]
pub struct InspectionSummary {
    /// Visible items.
    pub total: u32,
    /// With an answer.
    pub answered: u32,
    /// Passed.
    pub passed: u32,
    /// Failed.
    pub failed: u32,
    /// Not applicable.
    pub not_applicable: u32,
    /// Not checked.
    pub not_checked: u32,
    /// Contested.
    pub contested: u32,
    /// Required and still open.
    pub open: u32,
    /// Failed without a finding.
    pub failed_without_finding: u32,
    /// Findings, not retracted.
    pub findings: u32,
    /// Of these, major.
    pub major: u32,
    /// Photographs, not retracted, findings' included.
    pub photos: u32,
}
