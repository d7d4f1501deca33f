//! Rows as the server code sees them.

use davy_core::event::BlobRole;
use davy_core::id::{BlobId, EventId, Hash32, InspectionId, OrgId, PersonId, RegionId, RootId, ScopeId, SiteId, StreamId};
use davy_core::time::Millis;

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgRow {
    /// Id.
    pub id: OrgId,
    /// Name.
    pub name: String,
    /// Seed of the organisation's server key (Ed25519).
    pub seed: [u8; 32],
    /// Epoch of the log.
    pub epoch: u64,
    /// Last place given in the log.
    pub gseq: u64,
    /// The server's own stream.
    pub stream: StreamId,
    /// When it was created.
    pub created: Millis,
}

/// A registered stream: a device, or the server as an author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamRow {
    /// Stream.
    pub stream: StreamId,
    /// Organisation.
    pub org: OrgId,
    /// Device.
    pub device: davy_core::id::DeviceId,
    /// Device name as enrolled.
    pub name: String,
    /// Platform as reported.
    pub platform: String,
    /// App version as last reported.
    pub app_version: String,
    /// The person it is enrolled for; `None` for the server.
    pub person: Option<PersonId>,
    /// Public key (Ed25519).
    pub key: [u8; 32],
    /// Enrolment record, as signed.
    pub record: Vec<u8>,
    /// State.
    pub state: StreamStatus,
    /// Last seq accepted; 0 before the first.
    pub head_seq: u64,
    /// Its event, or the genesis hash.
    pub head_eid: Hash32,
    /// Hash of the last seal; zeros before the first.
    pub last_seal: Hash32,
    /// Highest seq known to be on a second machine.
    pub durable_seq: u64,
    /// Enrolled when.
    pub enrolled: Millis,
    /// Last contact.
    pub last_seen: Option<Millis>,
    /// What the device said it still holds.
    pub pending: PendingCounts,
}

/// What a device said it still has to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PendingCounts {
    /// Events.
    pub events: u64,
    /// Blobs.
    pub blobs: u64,
    /// Bytes of blobs.
    pub bytes: u64,
}

/// State of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamStatus {
    /// In use.
    Active,
    /// Revoked; what was made after the cutoff is held.
    Revoked {
        /// Server time of the revocation.
        at: Millis,
    },
    /// Closed by a fork; both versions are kept.
    Closed {
        /// Seq of the fork.
        seq: u64,
    },
}

/// A new segment as it is stored.
#[derive(Debug, Clone)]
pub struct NewSegment {
    /// Organisation.
    pub org: OrgId,
    /// Stream.
    pub stream: StreamId,
    /// First seq.
    pub from_seq: u64,
    /// Last seq.
    pub to_seq: u64,
    /// Received.
    pub recv: Millis,
    /// The signed bytes in the store's own envelope.
    pub raw: Vec<u8>,
}

/// A stored segment.
#[derive(Debug, Clone)]
pub struct SegmentRow {
    /// Number in this database.
    pub id: i64,
    /// Stream.
    pub stream: StreamId,
    /// First seq.
    pub from_seq: u64,
    /// Last seq.
    pub to_seq: u64,
    /// Received.
    pub recv: Millis,
    /// Bytes as given in [`NewSegment::raw`].
    pub raw: Vec<u8>,
}

/// The events of one segment in one scope: dense positions `first..=last` of the scope's feed.
#[derive(Debug, Clone)]
pub struct FeedRow {
    /// First position.
    pub first: u64,
    /// Last position.
    pub last: u64,
    /// Segment.
    pub segment: i64,
    /// Acceptance records of these events, encoded.
    pub records: Vec<u8>,
}

/// A page entry of a feed with its segment.
#[derive(Debug, Clone)]
pub struct FeedEntry {
    /// Feed row.
    pub feed: FeedRow,
    /// Stream.
    pub stream: StreamId,
    /// Segment's stored bytes.
    pub raw: Vec<u8>,
}

/// End of a scope's feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScopeEnd {
    /// Last position.
    pub pos: u64,
    /// Accumulator over all acceptance records.
    pub acc: Hash32,
}

/// A folded document.
#[derive(Debug, Clone)]
pub struct AggregateRow {
    /// Aggregate.
    pub root: RootId,
    /// Organisation.
    pub org: OrgId,
    /// Scope.
    pub scope: ScopeId,
    /// Kind, see [`kind_code`].
    pub kind: u8,
    /// Document in the store's own envelope.
    pub doc: Vec<u8>,
    /// Received time of its newest event.
    pub received: Millis,
}

/// Columns of an inspection for lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectionIndex {
    /// Inspection.
    pub id: InspectionId,
    /// Organisation.
    pub org: OrgId,
    /// Scope.
    pub scope: ScopeId,
    /// Site.
    pub site: SiteId,
    /// Published checklist.
    pub checklist: BlobId,
    /// `InspectionKind` as in JSON.
    pub kind: String,
    /// `InspectionStage` as in JSON.
    pub stage: String,
    /// The assignment that it fulfils.
    pub assignment: Option<davy_core::id::AssignmentId>,
    /// Who inspects.
    pub inspectors: Vec<PersonId>,
    /// Start, as claimed.
    pub started: Millis,
    /// Submission, as claimed.
    pub submitted: Option<Millis>,
    /// Newest event received.
    pub received: Millis,
    /// Some of its events are held.
    pub held: bool,
    /// Answers differ. Until the counts are computed: they may, in an item that is shown or hidden.
    pub contested: bool,
    /// Counts as JSON, computed when first read after a change.
    pub summary: Option<String>,
}

/// Columns of a finding for lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingIndex {
    /// Finding.
    pub id: davy_core::id::FindingId,
    /// Organisation.
    pub org: OrgId,
    /// Scope.
    pub scope: ScopeId,
    /// Site.
    pub site: SiteId,
    /// `Grade` as in JSON.
    pub grade: String,
    /// `FindingStage` as in JSON.
    pub stage: String,
    /// What is wrong.
    pub description: String,
    /// Where.
    pub area: Option<String>,
    /// Who must rectify.
    pub responsible: Option<String>,
    /// By when.
    pub deadline: Option<String>,
    /// Raised, as claimed.
    pub raised: Millis,
    /// Newest event received.
    pub received: Millis,
    /// Who raised it.
    pub raised_by: PersonId,
    /// Inspection.
    pub inspection: Option<InspectionId>,
    /// First thumbnail.
    pub thumbnail: Option<BlobId>,
    /// Values differ.
    pub contested: bool,
}

/// A blob that is here, whole and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobRow {
    /// Hash.
    pub sha256: BlobId,
    /// Bytes.
    pub size: u64,
    /// Received.
    pub received: Millis,
    /// Signed receipt.
    pub receipt: Vec<u8>,
}

/// An event names a blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobRefRow {
    /// Hash.
    pub sha256: BlobId,
    /// Scope of the event.
    pub scope: ScopeId,
    /// Aggregate of the event.
    pub root: RootId,
    /// The inspection that the aggregate belongs to, or the aggregate itself.
    pub group: RootId,
    /// Role.
    pub role: BlobRole,
    /// Size as signed.
    pub size: u64,
    /// Media type as signed.
    pub media_type: String,
    /// Stream that owes it.
    pub stream: StreamId,
    /// The event is held: the blob is not shown.
    pub held: bool,
}

/// Photographs of one group or root: named and here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PhotoCounts {
    /// Originals named.
    pub total: u32,
    /// Of these, here.
    pub here: u32,
}

/// An unfinished upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadRow {
    /// HMAC over (org, sha256, size), hex.
    pub id: String,
    /// Organisation.
    pub org: OrgId,
    /// Hash that the bytes must have.
    pub sha256: BlobId,
    /// Bytes.
    pub size: u64,
    /// `Upload-Metadata` as given.
    pub metadata: String,
    /// Removed after this time unless continued.
    pub expires: Millis,
}

/// An enrolment code; the code itself is not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeRow {
    /// Id for lists.
    pub id: uuid::Uuid,
    /// Organisation.
    pub org: OrgId,
    /// SHA-256 of the normalised code.
    pub hash: Hash32,
    /// For whom.
    pub person: PersonId,
    /// Made.
    pub created: Millis,
    /// Valid until.
    pub expires: Millis,
    /// Used when.
    pub used: Option<Millis>,
    /// Withdrawn.
    pub withdrawn: bool,
}

/// What the server keeps about a person beside the signed directory: login and reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Person.
    pub person: PersonId,
    /// Organisation.
    pub org: OrgId,
    /// Login, unique on this server, lower case.
    pub login: Option<String>,
    /// Argon2id record.
    pub password: Option<String>,
    /// Region whose sites they reach.
    pub region: Option<RegionId>,
    /// The only site they reach.
    pub site: Option<SiteId>,
}

/// A console session; the cookie's token itself is not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the token.
    pub hash: Hash32,
    /// Id that events carry.
    pub id: davy_core::id::SessionId,
    /// Organisation.
    pub org: OrgId,
    /// Person.
    pub person: PersonId,
    /// Token against cross-site requests.
    pub csrf: String,
    /// Made.
    pub created: Millis,
    /// Ends unless used.
    pub expires: Millis,
}

/// Failed logins of one key (an address or a login).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ThrottleRow {
    /// Failures in a row.
    pub failures: u32,
    /// No attempt counts before this time.
    pub blocked_until: Millis,
}

/// A refused segment, kept for inquiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineRow {
    /// Organisation.
    pub org: OrgId,
    /// Stream that sent it.
    pub stream: StreamId,
    /// When.
    pub at: Millis,
    /// Why.
    pub reason: String,
    /// Bytes, at most the daily bound.
    pub bytes: Vec<u8>,
}

/// An event that waits for a supervisor's release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRow {
    /// Event.
    pub eid: EventId,
    /// Organisation.
    pub org: OrgId,
    /// Stream.
    pub stream: StreamId,
    /// Seq.
    pub seq: u64,
    /// Scope.
    pub scope: ScopeId,
    /// Aggregate.
    pub root: RootId,
    /// When received.
    pub at: Millis,
}

/// A finished backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupRow {
    /// When it was finished.
    pub at: Millis,
    /// Where it lies.
    pub path: String,
    /// Bytes of the database copy.
    pub bytes: u64,
    /// Blobs in it.
    pub blobs: u64,
    /// The operator says that it is on another machine.
    pub elsewhere: bool,
}
