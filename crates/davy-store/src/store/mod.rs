//! The store: one door to everything the device keeps.
//!
//! All calls block; asynchronous callers use a blocking thread. Evidence is written by one connection behind a
//! mutex; reads go to a small pool. What a call reports as done is on disk.

mod append;
mod apply;
mod checklists;
mod delivery;
mod folds;
mod photos;
mod pictures;
mod project;
mod read;
mod sealing;
mod sync_state;
mod verify;

pub use append::NewEvent;
pub use apply::Applied;
pub use delivery::{Delivery, DeliveryStage, SyncCounters};
pub use photos::{OrphanPhoto, PendingCapture};
pub use read::{StoreNames, as_finding, as_inspection};
pub use sealing::SegmentOut;
pub use sync_state::StreamHeads;

use crate::blob::BlobFolder;
use crate::changes::{Changes, Listeners};
use crate::clock::{AnchorFix, Clock};
use crate::error::{Result, StoreError};
use crate::evidence::foreign::RunWriter;
use crate::evidence::migrate::{self, EVIDENCE};
use crate::evidence::pool::Readers;
use crate::evidence::stream::{self, Heads, StreamRow};
use crate::evidence::{Profile, anchor, event, foreign, open, seal, setting};
use crate::files;
use crate::vault::{Enrolment, Keys};
use crate::view::{Upto, View};
use davy_core::checklist::Compiled;
use davy_core::id::{AnchorId, BlobId, Hash32};
use davy_core::time::{Hlc, Millis};
use davy_protocol::seal::seal_hash;
use davy_protocol::{SigningKey, VerifyingKey, enrol};
use folds::FoldCache;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The device's files, open. Cheap to clone; the last clone closes them.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    dir: PathBuf,
    clock: Arc<dyn Clock>,
    signing: SigningKey,
    server_key: VerifyingKey,
    enrolment: Enrolment,
    genesis: Hash32,
    base: u64,
    writer: Mutex<Writer>,
    readers: Readers,
    folds: FoldCache,
    view: View,
    blobs: BlobFolder,
    listeners: Listeners,
    /// Pictures that a person wants to see, the newest wish first.
    wishes: Mutex<Vec<crate::view::pictures::Picture>>,
    compiled: Mutex<HashMap<BlobId, Arc<Compiled>>>,
    own_upto: AtomicU64,
    foreign_upto: AtomicU64,
    /// Held while the store is open; the system releases it when the process ends in any way.
    _lock: File,
}

/// The one connection that writes evidence, with where the own stream stands.
struct Writer {
    db: Connection,
    /// `None` after a failed write: read anew before the next one.
    head: Option<Head>,
    runs: RunWriter,
    /// The connection does not wait for the disk at a commit.
    relaxed: bool,
}

/// Where the own stream stands.
struct Head {
    heads: Heads,
    last_seal: Hash32,
    anchor: Option<(AnchorId, AnchorFix)>,
}

impl Writer {
    /// Takes the head out; it comes back only after a commit, so that a failed write cannot leave a wrong one.
    fn take_head(&mut self, inner: &Inner) -> Result<Head> {
        match self.head.take() {
            Some(head) => Ok(head),
            None => Head::load(&self.db, &inner.stream_row(&self.db)?, inner.genesis),
        }
    }

    /// Begins a write that is on disk when its commit returns.
    fn begin(&mut self) -> Result<Transaction<'_>> {
        if self.relaxed {
            self.db.execute_batch("PRAGMA synchronous = FULL")?;
            self.relaxed = false;
        }
        Ok(self.db.transaction_with_behavior(TransactionBehavior::Immediate)?)
    }

    /// Begins a write of what the server has anyway. A power cut may take its commit back, events and cursor
    /// together, and the page is pulled again; the next durable commit syncs the whole log and with it this one.
    fn begin_replica(&mut self) -> Result<(Transaction<'_>, &mut RunWriter)> {
        if !self.relaxed {
            self.db.execute_batch("PRAGMA synchronous = NORMAL")?;
            self.relaxed = true;
        }
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        Ok((tx, &mut self.runs))
    }
}

impl Head {
    fn load(db: &Connection, row: &StreamRow, genesis: Hash32) -> Result<Self> {
        let mut heads = stream::heads(db, row, genesis)?;
        if let Some(bytes) = setting::get(db, HLC_KEY)? {
            heads.hlc = heads.hlc.max(hlc_from(&bytes));
        }
        let last = seal::last(db)?.filter(|last| last.to_n > row.base);
        let last_seal = last.map_or(Hash32([0; 32]), |last| seal_hash(&last.raw));
        Ok(Self { heads, last_seal, anchor: anchor::newest(db)? })
    }
}

const HLC_KEY: &str = "hlc";

fn hlc_from(bytes: &[u8]) -> Hlc {
    let Some((ms, counter)) = bytes.split_first_chunk::<8>() else {
        return Hlc::default();
    };
    Hlc { ms: Millis(i64::from_be_bytes(*ms)), counter: counter.try_into().map_or(0, u32::from_be_bytes) }
}

fn hlc_bytes(hlc: Hlc) -> Vec<u8> {
    [hlc.ms.0.to_be_bytes().as_slice(), &hlc.counter.to_be_bytes()].concat()
}

impl Store {
    /// Opens the data folder, bringing the databases to the newest format and the views up to date.
    ///
    /// # Errors
    /// A newer format, another instance, a full disk, wrong keys or damage: each as its own variant; nothing is changed.
    pub fn open(dir: &Path, keys: &Keys, clock: Arc<dyn Clock>) -> Result<Self> {
        files::create_dir(dir)?;
        let lock = lock_folder(dir)?;
        let server_key = VerifyingKey::from_bytes(&keys.enrolment.server_key).map_err(StoreError::damaged)?;
        let path = dir.join("evidence.db");
        let mut db = open(&path, &keys.db, Profile::Evidence)?;
        migrate::migrate(&mut db, EVIDENCE)?;
        let genesis = enrol::genesis(&keys.enrolment.record);
        let row = begin_stream(&mut db, &keys.enrolment, genesis)?;
        let head = Head::load(&db, &row, genesis)?;
        let upto = Upto { own: event::last(&db)?, foreign: foreign::last(&db)? };
        let (view, seen) = View::open(&dir.join("view.db"), &keys.db)?;
        catch_up(&db, &view, seen, upto)?;
        let inner = Inner {
            dir: dir.to_owned(),
            clock,
            signing: keys.signing.clone(),
            server_key,
            enrolment: keys.enrolment.clone(),
            genesis,
            base: row.base,
            writer: Mutex::new(Writer { db, head: Some(head), runs: RunWriter::new()?, relaxed: false }),
            readers: Readers::new(path, keys.db.clone()),
            folds: FoldCache::default(),
            view,
            blobs: BlobFolder::open(dir.join("blobs"), keys.blob.clone())?,
            listeners: Listeners::default(),
            wishes: Mutex::default(),
            compiled: Mutex::default(),
            own_upto: AtomicU64::new(upto.own),
            foreign_upto: AtomicU64::new(upto.foreign),
            _lock: lock,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Who and where this device is.
    #[must_use]
    pub fn enrolment(&self) -> &Enrolment {
        &self.inner.enrolment
    }

    /// The device key: signs tokens and seals.
    #[must_use]
    pub fn signing_key(&self) -> &SigningKey {
        &self.inner.signing
    }

    /// Key that the server's signatures are checked with.
    #[must_use]
    pub fn server_key(&self) -> &VerifyingKey {
        &self.inner.server_key
    }

    /// The clock that this store uses.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    /// Free bytes on the disk of the data folder; `None` if the system does not tell.
    #[must_use]
    pub fn free_bytes(&self) -> Option<u64> {
        fs4::available_space(&self.inner.dir).ok()
    }

    /// Calls the listener after every committed step that changed records.
    pub fn subscribe(&self, listener: impl Fn(&Changes) + Send + Sync + 'static) {
        self.inner.listeners.add(Arc::new(listener));
    }

    /// Writes the views out, for a clean stop. Evidence needs no such call.
    ///
    /// # Errors
    /// The views could not be written; they are rebuilt at the next start.
    pub fn flush(&self) -> Result<()> {
        self.inner.view.flush(&*self.inner)
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.inner.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.inner.readers.read(read)
    }

    /// Runs a small write in a transaction of its own.
    fn write<T>(&self, write: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let mut writer = self.writer();
        let tx = writer.begin()?;
        let outcome = write(&tx)?;
        tx.commit()?;
        Ok(outcome)
    }
}

impl Inner {
    fn stream_row(&self, db: &Connection) -> Result<StreamRow> {
        stream::get(db, self.enrolment.stream)
    }

    fn note_own(&self, n: u64) {
        self.own_upto.store(n, Ordering::Release);
    }

    fn note_foreign(&self, n: u64) {
        self.foreign_upto.store(n, Ordering::Release);
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Err(error) = self.view.flush(self) {
            tracing::warn!(%error, "views were not written at the end; they are brought up to date at the next start");
        }
    }
}

fn lock_folder(dir: &Path) -> Result<File> {
    let path = dir.join("lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(StoreError::file("opening", &path))?;
    match fs4::FileExt::try_lock(&file) {
        Ok(()) => Ok(file),
        Err(fs4::TryLockError::WouldBlock) => Err(StoreError::OtherInstance),
        Err(fs4::TryLockError::Error(error)) => Err(StoreError::file("locking", &path)(error)),
    }
}

/// The row of the enrolled stream. Another stream than the newest one here is a new enrolment: its scopes start anew.
fn begin_stream(db: &mut Connection, enrolment: &Enrolment, genesis: Hash32) -> Result<StreamRow> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if stream::newest(&tx)? != Some(enrolment.stream) {
        stream::clear_scopes(&tx)?;
    }
    let row = stream::require(&tx, enrolment.stream, genesis)?;
    // The folder's lock proves that whoever held a lease is gone: a killed program must not keep its successor waiting.
    setting::release_all(&tx)?;
    tx.commit()?;
    Ok(row)
}

/// Marks what a killed process left unwritten in the view. A view that claims more than the evidence has (an older
/// copy of the evidence was put back) marks everything.
fn catch_up(db: &Connection, view: &View, seen: Upto, upto: Upto) -> Result<()> {
    let seen = if seen.own > upto.own || seen.foreign > upto.foreign { Upto::default() } else { seen };
    view.mark(event::roots_after(db, seen.own)?);
    view.mark(foreign::roots_after(db, seen.foreign)?);
    Ok(())
}

#[cfg(test)]
mod tests;
