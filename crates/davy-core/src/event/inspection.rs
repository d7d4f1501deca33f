//! Bodies of the events of an inspection: what the inspectors do and how it is reviewed.

use super::value::{AnswerValue, InspectionKind, ItemKey, Mark, PhotoDefect, PhotoSource, Position, ReviewOutcome, SignerRole};
use super::wire::wire;
use crate::id::{AssignmentId, BlobId, EntityId, EventId, Hash32, InstanceId, PersonId, RootId, SiteId};
use crate::time::Millis;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

wire! {
    /// Names one published checklist version.
    pub struct ChecklistRef {
        /// Checklist id.
        #[n(0)] pub id: String,
        /// Version.
        #[n(1)] pub version: String,
        /// SHA-256 of the published bytes.
        #[n(2)] pub hash: BlobId,
    }

    /// `inspection.started`.
    pub struct InspectionStarted {
        /// Why it is made.
        #[n(0)] pub kind: InspectionKind,
        /// Where.
        #[n(1)] pub site: SiteId,
        /// By which checklist version; it keeps this version for ever.
        #[n(2)] pub checklist: ChecklistRef,
        /// Who inspects; the first one leads.
        #[n(3)] pub inspectors: Vec<PersonId>,
        /// The assignment it fulfils.
        #[n(4)] pub assignment: Option<AssignmentId>,
    }

    /// `answer.set`: the value of one item; `None` takes the answer back.
    pub struct AnswerSet {
        /// Item.
        #[n(0)] pub key: ItemKey,
        /// Value.
        #[n(1)] pub value: Option<AnswerValue>,
    }

    /// `answer.resolved`: a person settles contested values. Its deps cover every value it settles.
    pub struct AnswerResolved {
        /// Item.
        #[n(0)] pub key: ItemKey,
        /// Value that holds from now on.
        #[n(1)] pub value: Option<AnswerValue>,
        /// Why.
        #[n(2)] pub reason: String,
    }

    /// `section.passed`: what was still open in a section was answered *pass* by one deliberate gesture. Says so for
    /// ever: it is weaker evidence than one answer an item.
    pub struct SectionPassed {
        /// Section id.
        #[n(0)] pub section: String,
        /// Instance, if the section is a repeat group.
        #[n(1)] pub instance: Option<InstanceId>,
        /// Ids of the items that it answers.
        #[n(2)] pub items: Vec<String>,
    }

    /// `note.set`: words beside an answer.
    pub struct NoteSet {
        /// Item.
        #[n(0)] pub key: ItemKey,
        /// Words; empty takes them back.
        #[n(1)] pub text: String,
    }

    /// `instance.added`: one more instance of a repeat group. Its id is the event's entity.
    pub struct InstanceAdded {
        /// Section id.
        #[n(0)] pub section: String,
        /// What it is: "3301 face", "tank T-12".
        #[n(1)] pub label: String,
    }

    /// `instance.retracted`.
    pub struct InstanceRetracted {
        /// Instance.
        #[n(0)] pub instance: InstanceId,
        /// Why.
        #[n(1)] pub reason: String,
    }

    /// `evidence.attached`: a photograph. Its id is the event's entity; its blobs are in the header.
    pub struct EvidenceAttached {
        /// Item it shows; `None` in a finding, or for the inspection as a whole.
        #[n(0)] pub key: Option<ItemKey>,
        /// Where it came from.
        #[n(1)] pub source: PhotoSource,
        /// File name as chosen, for people.
        #[n(2)] pub name: Option<String>,
        /// Pixels across after orientation, if decoded.
        #[n(3)] pub width: Option<u32>,
        /// Pixels down after orientation, if decoded.
        #[n(4)] pub height: Option<u32>,
        /// When it was taken by its own metadata or the camera view; a claim.
        #[n(5)] pub captured_at: Option<Millis>,
        /// Where it was taken, by its metadata or the device.
        #[n(6)] pub position: Option<Position>,
        /// Why it has no thumbnail.
        #[n(7)] pub defect: Option<PhotoDefect>,
    }

    /// `evidence.captioned`.
    pub struct EvidenceCaptioned {
        /// Evidence entity.
        #[n(0)] pub evidence: EntityId,
        /// Words.
        #[n(1)] pub caption: String,
    }

    /// `evidence.annotated`: all marks over a photograph; none takes them back. The photograph's bytes stay as they are.
    pub struct EvidenceAnnotated {
        /// Evidence entity.
        #[n(0)] pub evidence: EntityId,
        /// Marks, the lowest first.
        #[n(1)] pub marks: Vec<Mark>,
    }

    /// `evidence.retracted`: hides a photograph with a reason; nothing is removed.
    pub struct EvidenceRetracted {
        /// Evidence entity.
        #[n(0)] pub evidence: EntityId,
        /// Why.
        #[n(1)] pub reason: String,
    }

    /// `signature.added`: drawn on glass; the image is the header's blob.
    pub struct SignatureAdded {
        /// In which role.
        #[n(0)] pub role: SignerRole,
        /// Name as written.
        #[n(1)] pub name: String,
        /// Duty at the site, for a representative.
        #[n(2)] pub duty: Option<String>,
    }

    /// `signature.refused`: the site's representative does not sign.
    pub struct SignatureRefused {
        /// Reason as given.
        #[n(0)] pub reason: String,
        /// Who witnessed it.
        #[n(1)] pub witness: String,
    }

    /// Heads of one aggregate at a sign-off.
    pub struct AggregateHeads {
        /// Aggregate.
        #[n(0)] pub root: RootId,
        /// Its heads, sorted.
        #[n(1)] pub heads: Vec<EventId>,
    }

    /// What a sign-off covers: a Merkle root over all event ids and blob hashes (`docs/sync.md` §10).
    pub struct Frontier {
        /// Merkle root.
        #[n(0)] pub root: Hash32,
        /// Number of leaves.
        #[n(1)] pub leaves: u32,
        /// The inspection first, then its findings.
        #[n(2)] pub heads: Vec<AggregateHeads>,
    }

    /// `inspection.submitted`.
    pub struct InspectionSubmitted {
        /// What the signatures cover.
        #[n(0)] pub frontier: Frontier,
        /// Closing remark.
        #[n(1)] pub remark: Option<String>,
    }

    /// `inspection.reviewed`: a supervisor's decision on one frontier.
    pub struct InspectionReviewed {
        /// Accepted or returned.
        #[n(0)] pub outcome: ReviewOutcome,
        /// Items to redo, when returned.
        #[n(1)] pub items: Vec<ItemKey>,
        /// Words to the inspector.
        #[n(2)] pub comment: Option<String>,
        /// Merkle root of the frontier that was reviewed.
        #[n(3)] pub frontier: Hash32,
    }

    /// `comment.added`, to an inspection or a finding.
    pub struct CommentAdded {
        /// Item it is about.
        #[n(0)] pub key: Option<ItemKey>,
        /// Words.
        #[n(1)] pub text: String,
    }
}
