//! What a unit of work can ask and change. No SQL types, no clock; every method blocks.

use crate::store::draft::ChecklistDraftRow;
use crate::store::error::StoreError;
use crate::store::query::{BlobTotals, FindingCount, FindingQuery, FindingRows, InspectionQuery, InspectionRows, ScopeFilter, StageCount};
use crate::store::rows::*;
use davy_core::fold::Aggregate;
use davy_core::id::{AssignmentId, BlobId, EventId, Hash32, InspectionId, OrgId, PersonId, RootId, ScopeId, StreamId};
use davy_core::time::Millis;
use uuid::Uuid;

type Result<T> = std::result::Result<T, StoreError>;

/// Number of an aggregate's kind in indexes; part of the stored form.
#[must_use]
pub const fn kind_code(aggregate: &Aggregate) -> u8 {
    match aggregate {
        Aggregate::Inspection(_) => KIND_INSPECTION,
        Aggregate::Finding(_) => KIND_FINDING,
        Aggregate::Region(_) => KIND_REGION,
        Aggregate::Person(_) => KIND_PERSON,
        Aggregate::Site(_) => KIND_SITE,
        Aggregate::Assignment(_) => KIND_ASSIGNMENT,
        Aggregate::Checklist(_) => KIND_CHECKLIST,
    }
}

/// Inspections.
pub const KIND_INSPECTION: u8 = 1;
/// Findings.
pub const KIND_FINDING: u8 = 2;
/// Regions.
pub const KIND_REGION: u8 = 3;
/// People.
pub const KIND_PERSON: u8 = 4;
/// Sites.
pub const KIND_SITE: u8 = 5;
/// Assignments.
pub const KIND_ASSIGNMENT: u8 = 6;
/// Checklist versions.
pub const KIND_CHECKLIST: u8 = 7;

/// Questions within one committed state (or within the running unit of work).
pub trait ReadTx {
    /// All organisations of this server.
    fn orgs(&self) -> Result<Vec<OrgRow>>;
    /// One organisation.
    fn org(&self, org: OrgId) -> Result<Option<OrgRow>>;
    /// Counts every change of regions, people, sites, assignments, checklists, accounts and streams.
    fn directory_revision(&self, org: OrgId) -> Result<u64>;

    /// A stream.
    fn stream(&self, stream: StreamId) -> Result<Option<StreamRow>>;
    /// All streams of an organisation.
    fn streams(&self, org: OrgId) -> Result<Vec<StreamRow>>;
    /// Head of a stream in one scope: (sseq, eid).
    fn scope_head(&self, stream: StreamId, scope: ScopeId) -> Result<Option<(u64, EventId)>>;
    /// The segment that holds an event.
    fn segment_with(&self, stream: StreamId, seq: u64) -> Result<Option<SegmentRow>>;
    /// All segments with events of an aggregate, oldest first.
    fn segments_of(&self, root: RootId) -> Result<Vec<SegmentRow>>;
    /// Acceptance records (encoded) of a segment, one entry a scope.
    fn records_of(&self, org: OrgId, segment: i64) -> Result<Vec<(ScopeId, FeedRow)>>;
    /// End of a scope's feed; position 0 and no accumulator before the first event.
    fn scope_end(&self, org: OrgId, scope: ScopeId) -> Result<Option<ScopeEnd>>;
    /// Feed entries after a position: until `max_events` or `max_bytes` of stored bytes is reached, at least one if there is one.
    fn feed(&self, org: OrgId, scope: ScopeId, after: u64, max_events: u64, max_bytes: usize) -> Result<Vec<FeedEntry>>;
    /// Events that wait for release, oldest first.
    fn held(&self, org: OrgId, root: Option<RootId>) -> Result<Vec<HeldRow>>;
    /// Bytes put into quarantine for a stream since a time.
    fn quarantined_bytes(&self, stream: StreamId, since: Millis) -> Result<u64>;

    /// A folded document.
    fn aggregate(&self, root: RootId) -> Result<Option<AggregateRow>>;
    /// All documents of a kind.
    fn aggregates(&self, org: OrgId, kind: u8) -> Result<Vec<AggregateRow>>;
    /// Findings raised in an inspection.
    fn findings_of(&self, inspection: RootId) -> Result<Vec<RootId>>;
    /// Columns of one inspection.
    fn inspection(&self, id: RootId) -> Result<Option<InspectionIndex>>;
    /// Columns of one finding.
    fn finding(&self, id: RootId) -> Result<Option<FindingIndex>>;
    /// List of inspections.
    fn inspections(&self, query: &InspectionQuery) -> Result<InspectionRows>;
    /// List of findings.
    fn findings(&self, query: &FindingQuery) -> Result<FindingRows>;
    /// Findings by scope, grade and stage.
    fn finding_counts(&self, org: OrgId, scopes: &ScopeFilter) -> Result<Vec<FindingCount>>;
    /// Inspections by scope and stage.
    fn stage_counts(&self, org: OrgId, scopes: &ScopeFilter) -> Result<Vec<StageCount>>;
    /// Claimed submission times since a time.
    fn submissions_since(&self, org: OrgId, scopes: &ScopeFilter, since: Millis) -> Result<Vec<Millis>>;
    /// Claimed times of findings raised since a time.
    fn raised_since(&self, org: OrgId, scopes: &ScopeFilter, since: Millis) -> Result<Vec<Millis>>;
    /// Length of a list of inspections: what [`Self::inspections`] gives as its total.
    fn inspections_total(&self, query: &InspectionQuery) -> Result<u64>;
    /// Length of a list of findings: what [`Self::findings`] gives as its total.
    fn findings_total(&self, query: &FindingQuery) -> Result<u64>;

    /// Inspections that fulfil assignments; the first submitted one where there are several.
    fn fulfilled(&self, org: OrgId, assignments: &[AssignmentId]) -> Result<Vec<(AssignmentId, InspectionId)>>;

    /// A blob that is here.
    fn blob(&self, org: OrgId, sha256: BlobId) -> Result<Option<BlobRow>>;
    /// All blobs, for backups: (org, hash, size).
    fn blobs(&self) -> Result<Vec<(OrgId, BlobId, u64)>>;
    /// Events that name a blob.
    fn references(&self, org: OrgId, sha256: BlobId) -> Result<Vec<BlobRefRow>>;
    /// Blobs that an aggregate names.
    fn blobs_of(&self, root: RootId) -> Result<Vec<BlobRefRow>>;
    /// Original photographs of an inspection with its findings.
    fn photos_of_group(&self, group: RootId) -> Result<PhotoCounts>;
    /// Original photographs of one aggregate.
    fn photos_of_root(&self, root: RootId) -> Result<PhotoCounts>;
    /// Totals.
    fn blob_totals(&self) -> Result<BlobTotals>;
    /// An upload.
    fn upload(&self, id: &str) -> Result<Option<UploadRow>>;
    /// Uploads whose time is over.
    fn uploads_expired(&self, now: Millis) -> Result<Vec<String>>;

    /// A code by its hash.
    fn code(&self, hash: Hash32) -> Result<Option<CodeRow>>;
    /// Codes of an organisation, newest first.
    fn codes(&self, org: OrgId) -> Result<Vec<CodeRow>>;
    /// What is kept about a person.
    fn account(&self, person: PersonId) -> Result<Option<AccountRow>>;
    /// By login.
    fn account_by_login(&self, login: &str) -> Result<Option<AccountRow>>;
    /// All of an organisation.
    fn accounts(&self, org: OrgId) -> Result<Vec<AccountRow>>;
    /// A session by its token's hash.
    fn session(&self, hash: Hash32) -> Result<Option<SessionRow>>;
    /// Failed logins of a key.
    fn throttle(&self, key: &str) -> Result<ThrottleRow>;
    /// A value of the server itself, for example a secret.
    fn setting(&self, key: &str) -> Result<Option<Vec<u8>>>;
    /// The last finished backup.
    fn last_backup(&self) -> Result<Option<BackupRow>>;
    /// Uploaded checklists, newest first.
    fn checklist_drafts(&self, org: OrgId) -> Result<Vec<ChecklistDraftRow>>;
    /// One of them with the file's bytes.
    fn checklist_draft(&self, org: OrgId, id: Uuid) -> Result<Option<(ChecklistDraftRow, Vec<u8>)>>;
    /// Full text search in findings; texts under three characters work too.
    fn search_findings(&self, org: OrgId, scopes: &ScopeFilter, text: &str, limit: u32) -> Result<Vec<FindingIndex>>;
}

/// Changes within a unit of work.
pub trait Tx: ReadTx {
    /// The reading half.
    fn as_read(&self) -> &dyn ReadTx;
    /// Adds an organisation.
    fn insert_org(&mut self, org: &OrgRow) -> Result<()>;
    /// Raises the organisation's last log place.
    fn set_gseq(&mut self, org: OrgId, gseq: u64) -> Result<()>;
    /// Notes a change of the directory.
    fn bump_directory(&mut self, org: OrgId) -> Result<()>;

    /// Adds a stream.
    fn insert_stream(&mut self, stream: &StreamRow) -> Result<()>;
    /// Moves a stream's head.
    fn set_stream_head(&mut self, stream: StreamId, seq: u64, eid: Hash32, seal: Hash32) -> Result<()>;
    /// Changes a stream's state.
    fn set_stream_state(&mut self, stream: StreamId, state: StreamStatus) -> Result<()>;
    /// Notes a contact and what the device said it still holds.
    fn touch_stream(&mut self, stream: StreamId, at: Millis, version: &str, pending: PendingCounts) -> Result<()>;
    /// Raises `durable_seq` of all streams to what was received before a time.
    fn raise_durable(&mut self, received_before: Millis) -> Result<()>;
    /// Moves a stream's head in a scope.
    fn set_scope_head(&mut self, stream: StreamId, scope: ScopeId, sseq: u64, eid: EventId) -> Result<()>;
    /// Stores a segment; returns its number.
    fn insert_segment(&mut self, segment: &NewSegment) -> Result<i64>;
    /// Links an aggregate to a segment that holds events of it.
    fn link_root(&mut self, root: RootId, segment: i64) -> Result<()>;
    /// Appends to a scope's feed.
    fn append_feed(&mut self, org: OrgId, scope: ScopeId, row: &FeedRow, end: ScopeEnd) -> Result<()>;
    /// Puts an event aside for a supervisor.
    fn insert_held(&mut self, row: &HeldRow) -> Result<()>;
    /// Keeps a forked segment as an exhibit.
    fn insert_fork(&mut self, stream: StreamId, seq: u64, at: Millis, raw: &[u8]) -> Result<()>;
    /// Keeps refused bytes.
    fn insert_quarantine(&mut self, row: &QuarantineRow) -> Result<()>;

    /// Writes a document.
    fn put_aggregate(&mut self, row: &AggregateRow) -> Result<()>;
    /// Writes the columns of an inspection and the counts by scope and stage.
    fn put_inspection(&mut self, row: &InspectionIndex) -> Result<()>;
    /// Writes computed counts, unless the inspection has changed since.
    fn put_summary(&mut self, id: RootId, received: Millis, summary: &str, contested: bool) -> Result<()>;
    /// Forgets the computed counts of an inspection.
    fn clear_summary(&mut self, id: RootId) -> Result<()>;
    /// Writes the columns of a finding, the counts and the search index.
    fn put_finding(&mut self, row: &FindingIndex) -> Result<()>;

    /// Notes that an event names a blob.
    fn insert_reference(&mut self, org: OrgId, row: &BlobRefRow) -> Result<()>;
    /// A blob is here, whole and checked.
    fn insert_blob(&mut self, org: OrgId, row: &BlobRow) -> Result<()>;
    /// Notes an upload, or prolongs it.
    fn put_upload(&mut self, row: &UploadRow) -> Result<()>;
    /// Removes an upload.
    fn delete_upload(&mut self, id: &str) -> Result<()>;

    /// Adds a code.
    fn insert_code(&mut self, row: &CodeRow) -> Result<()>;
    /// Marks a code as used; false if it was used or withdrawn before (single use, whoever comes first).
    fn use_code(&mut self, hash: Hash32, at: Millis) -> Result<bool>;
    /// Withdraws a code.
    fn withdraw_code(&mut self, org: OrgId, id: Uuid) -> Result<bool>;
    /// Writes what is kept about a person. [`StoreError::Taken`] when the login belongs to another.
    fn put_account(&mut self, row: &AccountRow) -> Result<()>;
    /// Adds a session.
    fn insert_session(&mut self, row: &SessionRow) -> Result<()>;
    /// Prolongs a session.
    fn extend_session(&mut self, hash: Hash32, expires: Millis) -> Result<()>;
    /// Ends a session.
    fn delete_session(&mut self, hash: Hash32) -> Result<()>;
    /// Ends all sessions of a person, and those whose time is over.
    fn end_sessions(&mut self, person: Option<PersonId>, now: Millis) -> Result<()>;
    /// Writes failed logins of a key; zero failures removes it.
    fn put_throttle(&mut self, key: &str, row: ThrottleRow) -> Result<()>;
    /// Writes an uploaded checklist with the file's bytes, or replaces it.
    fn put_checklist_draft(&mut self, row: &ChecklistDraftRow, bytes: &[u8]) -> Result<()>;
    /// Notes the version that was published from an uploaded checklist.
    fn set_draft_published(&mut self, org: OrgId, id: Uuid, hash: BlobId) -> Result<()>;
    /// Removes an uploaded checklist that was not published; false if there is none.
    fn delete_checklist_draft(&mut self, org: OrgId, id: Uuid) -> Result<bool>;
    /// Writes a value of the server itself.
    fn put_setting(&mut self, key: &str, value: &[u8]) -> Result<()>;
    /// Notes a finished backup.
    fn insert_backup(&mut self, row: &BackupRow) -> Result<()>;
}
