//! The store on SQLite: WAL, `synchronous=FULL`, one writer thread that commits in groups, a few readers.
//!
//! `schema.sql` is migration 1, `migration_2.sql` and so on the next ones; migrations are numbered, forward only and never edited (a test holds their
//! hashes). One file a group of tables: row mapping, reads, writes. The delegation below is the whole seam.

mod accounts;
mod blobs;
mod documents;
mod drafts;
mod filter;
mod findings;
mod inspections;
mod ledger;
mod open;
mod orgs;
mod writer;

use crate::store::{
    AccountRow, AggregateRow, BackupRow, BlobRefRow, BlobRow, BlobTotals, ChecklistDraftRow, CodeRow, FeedEntry, FeedRow, FindingCount,
    FindingIndex, FindingQuery, FindingRows, HeldRow, InspectionIndex, InspectionQuery, InspectionRows, NewSegment, OrgRow, PendingCounts,
    PhotoCounts, QuarantineRow, ReadTx, ReadWork, ScopeEnd, ScopeFilter, SegmentRow, SessionRow, StageCount, Store, StoreError, StreamRow,
    StreamStatus, ThrottleRow, Tx, UploadRow, WriteWork,
};
use davy_core::id::{AssignmentId, BlobId, EventId, Hash32, InspectionId, OrgId, PersonId, RootId, ScopeId, StreamId};
use davy_core::time::Millis;
use futures::future::BoxFuture;
use rusqlite::{Connection, ErrorCode};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;
use uuid::Uuid;

const READERS: usize = 4;

impl From<rusqlite::Error> for StoreError {
    fn from(source: rusqlite::Error) -> Self {
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            _ => Self::Backend { during: "ran a statement", source: Box::new(source) },
        }
    }
}

/// The store on one SQLite file.
pub struct SqliteStore {
    path: PathBuf,
    writer: writer::Writer,
    readers: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

impl SqliteStore {
    /// Opens or creates the database.
    ///
    /// # Errors
    /// The file cannot be opened, is no database, or was written by a newer program.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let connection = open::writer(path)?;
        let readers = (0..READERS).map(|_| open::reader(path)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            path: path.to_owned(),
            writer: writer::Writer::start(connection)?,
            readers: Arc::new(Mutex::new(readers)),
            permits: Arc::new(Semaphore::new(READERS)),
        })
    }
}

impl Store for SqliteStore {
    fn write(&self, work: WriteWork) -> BoxFuture<'_, Result<(), StoreError>> {
        let done = self.writer.submit(work);
        Box::pin(async move { done.await.unwrap_or(Err(StoreError::Stopped)) })
    }

    fn read(&self, work: ReadWork) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| StoreError::Stopped)?;
            let pool = Arc::clone(&self.readers);
            let path = self.path.clone();
            let done = tokio::task::spawn_blocking(move || {
                let _permit = permit;
                let pooled = pool.lock().ok().and_then(|mut pool| pool.pop());
                // A reader that a panic took away is replaced.
                let connection = match pooled {
                    Some(connection) => connection,
                    None => open::reader(&path)?,
                };
                let transaction = connection.unchecked_transaction()?;
                let outcome = work(&SqliteTx { c: &transaction });
                drop(transaction);
                if let Ok(mut pool) = pool.lock() {
                    pool.push(connection);
                }
                outcome
            });
            done.await.unwrap_or(Err(StoreError::Panicked))
        })
    }

    fn describe(&self) -> BoxFuture<'_, Result<(String, u64), StoreError>> {
        let path = self.path.clone();
        Box::pin(async move {
            let size = |suffix: &str| {
                let mut file = path.clone().into_os_string();
                file.push(suffix);
                std::fs::metadata(file).map_or(0, |meta| meta.len())
            };
            Ok((format!("SQLite {}", rusqlite::version()), size("") + size("-wal")))
        })
    }

    fn backup<'a>(&'a self, target: &'a Path) -> BoxFuture<'a, Result<(), StoreError>> {
        let (path, target) = (self.path.clone(), target.to_owned());
        Box::pin(async move {
            let copy = tokio::task::spawn_blocking(move || open::backup(&path, &target));
            copy.await.unwrap_or(Err(StoreError::Panicked))
        })
    }
}

/// A unit of work on one connection.
pub(super) struct SqliteTx<'c> {
    c: &'c Connection,
}

type Result<T, E = StoreError> = std::result::Result<T, E>;

macro_rules! reads {
    ($($module:ident::$name:ident($($arg:ident: $type:ty),*) -> $out:ty;)*) => {$(
        fn $name(&self, $($arg: $type),*) -> Result<$out> { Ok($module::$name(self.c, $($arg),*)?) }
    )*};
}

macro_rules! writes {
    ($($module:ident::$name:ident($($arg:ident: $type:ty),*) -> $out:ty;)*) => {$(
        fn $name(&mut self, $($arg: $type),*) -> Result<$out> { Ok($module::$name(self.c, $($arg),*)?) }
    )*};
}

impl ReadTx for SqliteTx<'_> {
    reads! {
        orgs::orgs() -> Vec<OrgRow>;
        orgs::org(org: OrgId) -> Option<OrgRow>;
        orgs::directory_revision(org: OrgId) -> u64;
        orgs::setting(key: &str) -> Option<Vec<u8>>;
        orgs::last_backup() -> Option<BackupRow>;
        orgs::stream(stream: StreamId) -> Option<StreamRow>;
        orgs::streams(org: OrgId) -> Vec<StreamRow>;
        ledger::scope_head(stream: StreamId, scope: ScopeId) -> Option<(u64, EventId)>;
        ledger::segment_with(stream: StreamId, seq: u64) -> Option<SegmentRow>;
        ledger::segments_of(root: RootId) -> Vec<SegmentRow>;
        ledger::records_of(org: OrgId, segment: i64) -> Vec<(ScopeId, FeedRow)>;
        ledger::scope_end(org: OrgId, scope: ScopeId) -> Option<ScopeEnd>;
        ledger::feed(org: OrgId, scope: ScopeId, after: u64, max_events: u64, max_bytes: usize) -> Vec<FeedEntry>;
        ledger::held(org: OrgId, root: Option<RootId>) -> Vec<HeldRow>;
        ledger::quarantined_bytes(stream: StreamId, since: Millis) -> u64;
        documents::aggregate(root: RootId) -> Option<AggregateRow>;
        documents::aggregates(org: OrgId, kind: u8) -> Vec<AggregateRow>;
        findings::findings_of(inspection: RootId) -> Vec<RootId>;
        findings::finding(id: RootId) -> Option<FindingIndex>;
        findings::findings(query: &FindingQuery) -> FindingRows;
        findings::finding_counts(org: OrgId, scopes: &ScopeFilter) -> Vec<FindingCount>;
        findings::raised_since(org: OrgId, scopes: &ScopeFilter, since: Millis) -> Vec<Millis>;
        findings::search_findings(org: OrgId, scopes: &ScopeFilter, text: &str, limit: u32) -> Vec<FindingIndex>;
        inspections::inspection(id: RootId) -> Option<InspectionIndex>;
        inspections::inspections(query: &InspectionQuery) -> InspectionRows;
        inspections::stage_counts(org: OrgId, scopes: &ScopeFilter) -> Vec<StageCount>;
        inspections::submissions_since(org: OrgId, scopes: &ScopeFilter, since: Millis) -> Vec<Millis>;
        inspections::fulfilled(org: OrgId, assignments: &[AssignmentId]) -> Vec<(AssignmentId, InspectionId)>;
        inspections::inspections_total(query: &InspectionQuery) -> u64;
        findings::findings_total(query: &FindingQuery) -> u64;
        blobs::blob(org: OrgId, sha256: BlobId) -> Option<BlobRow>;
        blobs::blobs() -> Vec<(OrgId, BlobId, u64)>;
        blobs::references(org: OrgId, sha256: BlobId) -> Vec<BlobRefRow>;
        blobs::blobs_of(root: RootId) -> Vec<BlobRefRow>;
        blobs::photos_of_group(group: RootId) -> PhotoCounts;
        blobs::photos_of_root(root: RootId) -> PhotoCounts;
        blobs::blob_totals() -> BlobTotals;
        blobs::upload(id: &str) -> Option<UploadRow>;
        blobs::uploads_expired(now: Millis) -> Vec<String>;
        accounts::code(hash: Hash32) -> Option<CodeRow>;
        accounts::codes(org: OrgId) -> Vec<CodeRow>;
        accounts::account(person: PersonId) -> Option<AccountRow>;
        accounts::account_by_login(login: &str) -> Option<AccountRow>;
        accounts::accounts(org: OrgId) -> Vec<AccountRow>;
        accounts::session(hash: Hash32) -> Option<SessionRow>;
        accounts::throttle(key: &str) -> ThrottleRow;
        drafts::checklist_drafts(org: OrgId) -> Vec<ChecklistDraftRow>;
        drafts::checklist_draft(org: OrgId, id: Uuid) -> Option<(ChecklistDraftRow, Vec<u8>)>;
    }
}

impl Tx for SqliteTx<'_> {
    fn as_read(&self) -> &dyn ReadTx {
        self
    }

    writes! {
        orgs::insert_org(org: &OrgRow) -> ();
        orgs::set_gseq(org: OrgId, gseq: u64) -> ();
        orgs::bump_directory(org: OrgId) -> ();
        orgs::put_setting(key: &str, value: &[u8]) -> ();
        orgs::insert_backup(row: &BackupRow) -> ();
        orgs::insert_stream(stream: &StreamRow) -> ();
        orgs::set_stream_head(stream: StreamId, seq: u64, eid: Hash32, seal: Hash32) -> ();
        orgs::set_stream_state(stream: StreamId, state: StreamStatus) -> ();
        orgs::touch_stream(stream: StreamId, at: Millis, version: &str, pending: PendingCounts) -> ();
        ledger::raise_durable(received_before: Millis) -> ();
        ledger::set_scope_head(stream: StreamId, scope: ScopeId, sseq: u64, eid: EventId) -> ();
        ledger::insert_segment(segment: &NewSegment) -> i64;
        ledger::link_root(root: RootId, segment: i64) -> ();
        ledger::append_feed(org: OrgId, scope: ScopeId, row: &FeedRow, end: ScopeEnd) -> ();
        ledger::insert_held(row: &HeldRow) -> ();
        ledger::insert_fork(stream: StreamId, seq: u64, at: Millis, raw: &[u8]) -> ();
        ledger::insert_quarantine(row: &QuarantineRow) -> ();
        documents::put_aggregate(row: &AggregateRow) -> ();
        inspections::put_inspection(row: &InspectionIndex) -> ();
        inspections::put_summary(id: RootId, received: Millis, summary: &str, contested: bool) -> ();
        inspections::clear_summary(id: RootId) -> ();
        findings::put_finding(row: &FindingIndex) -> ();
        blobs::insert_reference(org: OrgId, row: &BlobRefRow) -> ();
        blobs::insert_blob(org: OrgId, row: &BlobRow) -> ();
        blobs::put_upload(row: &UploadRow) -> ();
        blobs::delete_upload(id: &str) -> ();
        accounts::insert_code(row: &CodeRow) -> ();
        accounts::use_code(hash: Hash32, at: Millis) -> bool;
        accounts::withdraw_code(org: OrgId, id: Uuid) -> bool;
        accounts::insert_session(row: &SessionRow) -> ();
        accounts::extend_session(hash: Hash32, expires: Millis) -> ();
        accounts::delete_session(hash: Hash32) -> ();
        accounts::end_sessions(person: Option<PersonId>, now: Millis) -> ();
        accounts::put_throttle(key: &str, row: ThrottleRow) -> ();
        drafts::put_checklist_draft(row: &ChecklistDraftRow, bytes: &[u8]) -> ();
        drafts::set_draft_published(org: OrgId, id: Uuid, hash: BlobId) -> ();
        drafts::delete_checklist_draft(org: OrgId, id: Uuid) -> bool;
    }

    fn put_account(&mut self, row: &AccountRow) -> Result<()> {
        accounts::put_account(self.c, row)
    }
}

#[cfg(test)]
mod tests {
    use super::SqliteStore;
    use crate::store::Store;
    use std::sync::Arc;

    fn fresh() -> (tempfile::TempDir, Arc<dyn Store>) {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("davy.db")).unwrap();
        (folder, Arc::new(store))
    }

    crate::store_conformance!(fresh);
}
