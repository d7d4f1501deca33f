//! What every route shares: store, blobs, keys, clock, caches, and the channel of changes.

use crate::auth::password::Passwords;
use crate::auth::secret::Secret;
use crate::blobs::BlobStore;
use crate::checklists::Checklists;
use crate::clock::Clock;
use crate::config::Config;
use crate::directory::Directories;
use crate::error::{ApiError, ApiResult};
use crate::ingest::Change;
use crate::ingest::author::{self, Act, Boot};
use crate::server::StartError;
use crate::store::sqlite::SqliteStore;
use crate::store::{OrgRow, Store, StoreError, Tx};
use crate::uploads::Uploads;
use davy_core::id::{BlobId, OrgId, StreamId};
use davy_core::time::Millis;
use davy_protocol::SigningKey;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use tokio::sync::{Semaphore, broadcast};

/// Changes that slow listeners may fall behind before they are told to look again.
const CHANGES: usize = 1024;
/// Finished uploads whose address still answers.
const FINISHED: usize = 4096;
/// Requests whose bodies are being checked at once: bounds their memory.
const CHECKS: usize = 4;

/// An organisation with its key.
pub struct Org {
    /// Id.
    pub id: OrgId,
    /// Name.
    pub name: String,
    /// Epoch of the log.
    pub epoch: u64,
    /// The server's own stream.
    pub stream: StreamId,
    /// The organisation's server key.
    pub key: SigningKey,
}

impl From<&OrgRow> for Org {
    fn from(row: &OrgRow) -> Self {
        let key = SigningKey::from_bytes(&row.seed);
        Self { id: row.id, name: row.name.clone(), epoch: row.epoch, stream: row.stream, key }
    }
}

/// The running server's parts.
pub struct App {
    /// Configuration.
    pub config: Config,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Store.
    pub store: Arc<dyn Store>,
    /// Finished blobs.
    pub blobs: BlobStore,
    /// Unfinished uploads.
    pub uploads: Uploads,
    /// Server secret.
    pub secret: Secret,
    /// Password hashes.
    pub passwords: Passwords,
    /// Directory cache.
    pub directories: Arc<Directories>,
    /// Compiled checklists.
    pub checklists: Checklists,
    /// Bounds the requests whose bodies are checked at once.
    pub checks: Arc<Semaphore>,
    /// This boot.
    pub boot: Boot,
    /// Start.
    pub started: Millis,
    /// What commits changed.
    pub changes: broadcast::Sender<Arc<[Change]>>,
    orgs: Mutex<HashMap<OrgId, Arc<Org>>>,
    finished: Mutex<VecDeque<(String, BlobId)>>,
}

impl App {
    /// Opens store, folders and secret.
    ///
    /// # Errors
    /// A folder or the database cannot be opened.
    pub async fn open(config: Config, clock: Arc<dyn Clock>) -> Result<Arc<Self>, StartError> {
        let folder = |source| StartError::Folder { path: config.data.clone(), source };
        std::fs::create_dir_all(&config.data).map_err(folder)?;
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&config.database())?);
        let secret = Secret::load(&store).await?;
        Ok(Arc::new(Self {
            blobs: BlobStore::open(&config.blobs()).map_err(folder)?,
            uploads: Uploads::open(&config.uploads()).map_err(folder)?,
            passwords: Passwords::new(config.password_kib),
            directories: Arc::default(),
            checklists: Checklists::default(),
            checks: Arc::new(Semaphore::new(CHECKS)),
            boot: Boot::now(),
            started: clock.now(),
            changes: broadcast::channel(CHANGES).0,
            orgs: Mutex::default(),
            finished: Mutex::default(),
            config,
            clock,
            store,
            secret,
        }))
    }

    /// An organisation with its key.
    ///
    /// # Errors
    /// Not found.
    pub async fn org(&self, id: OrgId) -> ApiResult<Arc<Org>> {
        if let Some(known) = self.orgs.lock().ok().and_then(|orgs| orgs.get(&id).cloned()) {
            return Ok(known);
        }
        let row = self.store.query(move |tx| tx.org(id)).await?.ok_or_else(ApiError::not_found)?;
        let org = Arc::new(Org::from(&row));
        if let Ok(mut orgs) = self.orgs.lock() {
            orgs.insert(id, Arc::clone(&org));
        }
        Ok(org)
    }

    /// Tells listeners what a commit changed.
    pub fn announce(&self, changes: Vec<Change>) {
        if !changes.is_empty() && self.changes.receiver_count() > 0 {
            // Nobody listening is no failure.
            let _ = self.changes.send(changes.into());
        }
    }

    /// Tells listeners that a photograph is here.
    pub async fn announce_blob(&self, org: OrgId, sha256: BlobId) {
        if self.changes.receiver_count() == 0 {
            return;
        }
        let changes = self.store.query(move |tx| {
            let mut changes = Vec::new();
            for reference in tx.references(org, sha256)? {
                for root in [reference.root, reference.group] {
                    let kind = tx.aggregate(root)?.map_or(0, |row| row.kind);
                    changes.push(Change { org, scope: reference.scope, kind, root });
                }
            }
            Ok(changes)
        });
        if let Ok(changes) = changes.await {
            self.announce(changes);
        }
    }

    /// Decides and writes events of the server in one unit of work, then tells listeners.
    ///
    /// # Errors
    /// What `decide` answers; the store.
    pub async fn act<T: Send + 'static>(
        self: &Arc<Self>,
        org: OrgId,
        decide: impl FnOnce(&mut dyn Tx) -> Result<ApiResult<(Vec<Act>, T)>, StoreError> + Send + 'static,
    ) -> ApiResult<T> {
        let org = self.org(org).await?;
        let (directories, boot, now) = (Arc::clone(&self.directories), self.boot, self.clock.now());
        let outcome = self
            .store
            .transact(move |tx| {
                let (acts, value) = match decide(tx)? {
                    Ok(decided) => decided,
                    Err(refused) => return Ok(Err(refused)),
                };
                let changes = author::write(tx, &directories, &org, boot, &acts, now)?;
                Ok(Ok((changes, value)))
            })
            .await?;
        let (changes, value) = outcome?;
        self.announce(changes);
        Ok(value)
    }

    /// Largest blob in bytes.
    #[must_use]
    pub fn max_blob(&self) -> u64 {
        self.config.max_blob_mib.saturating_mul(1024 * 1024)
    }

    /// Until when an upload that goes on now is kept.
    #[must_use]
    pub fn upload_expiry(&self) -> Millis {
        self.clock.now().plus(i64::from(self.config.upload_hours) * 60 * 60 * 1000)
    }

    /// Refuses photographs before the disk is full: records go first and keep the rest.
    ///
    /// # Errors
    /// 507 with when to try again.
    pub fn check_space(&self, more: u64) -> ApiResult<()> {
        let reserve = self.config.reserve_mib.saturating_mul(1024 * 1024);
        match fs4::available_space(&self.config.data) {
            Ok(free) if free < reserve.saturating_add(more) => Err(ApiError::server_full()),
            _ => Ok(()),
        }
    }

    /// Keeps the address of a finished upload answering for a while.
    pub fn remember_finished(&self, id: &str, sha256: BlobId) {
        if let Ok(mut finished) = self.finished.lock() {
            if finished.len() >= FINISHED {
                finished.pop_front();
            }
            finished.push_back((id.to_owned(), sha256));
        }
    }

    /// The blob that an upload became.
    #[must_use]
    pub fn finished_upload(&self, id: &str) -> Option<BlobId> {
        let finished = self.finished.lock().ok()?;
        finished.iter().rev().find(|(known, _)| known == id).map(|(_, sha256)| *sha256)
    }
}
