//! Administration as functions: organisations, people, regions, sites, assignments, checklists, enrolment codes,
//! devices, backups. The command line, the console and tests use the same ones. Everything that belongs to the
//! record is written as signed events of the server.

pub mod backup;
pub mod checklists;
pub mod codes;
pub mod organisation;
pub mod people;

use crate::app::App;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::error::ApiError;
use crate::ingest::author::{Act, NOBODY};
use crate::server::StartError;
use crate::store::{StoreError, StreamStatus};
use davy_core::checklist::Published;
use davy_core::event::{AssignmentSet, ChecklistRef, Payload, RegionSet, SiteSet};
use davy_core::id::{AssignmentId, EntityId, OrgId, PersonId, RegionId, RootId, ScopeId, SessionId, SiteId, StreamId};
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;

pub use backup::{BackupError, BackupReport};
pub use checklists::{PackError, Placement};
pub use codes::NewCode;
pub use people::NewPerson;

/// Why an administrative step was refused.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// Refused, with words.
    #[error("{}", .0.message)]
    Refused(ApiError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A checklist pack is faulty.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// A file or folder.
    #[error("{what}: {source}")]
    File {
        /// Which.
        what: String,
        /// Cause.
        source: std::io::Error,
    },
}

impl From<ApiError> for AdminError {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

/// Administration of one data folder. Cheap to copy; works while a server runs on the same folder.
#[derive(Clone)]
pub struct Admin {
    app: Arc<App>,
}

impl Admin {
    pub(crate) const fn new(app: Arc<App>) -> Self {
        Self { app }
    }

    /// Opens a data folder without serving it.
    ///
    /// # Errors
    /// The folder or database cannot be opened.
    pub async fn open(config: &Config) -> Result<Self, StartError> {
        Ok(Self { app: App::open(config.clone(), Arc::new(SystemClock)).await? })
    }

    /// The shared parts, for routes that live outside of this crate's router (tests).
    #[must_use]
    pub const fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Makes an organisation with its server key and the server's own stream.
    ///
    /// # Errors
    /// The store fails.
    pub async fn create_organisation(&self, name: &str) -> Result<OrgId, AdminError> {
        organisation::create(&self.app, name).await
    }

    /// All organisations: id and name, oldest first.
    ///
    /// # Errors
    /// The store fails.
    pub async fn organisations(&self) -> Result<Vec<(OrgId, String)>, AdminError> {
        let rows = self.app.store.query(|tx| tx.orgs()).await?;
        Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
    }

    async fn set(&self, org: OrgId, scope: ScopeId, ent: EntityId, root: RootId, payload: Payload) -> Result<(), AdminError> {
        let act = Act { scope, ent, root, payload, blobs: Vec::new(), actor: NOBODY, session: SessionId([0; 16]) };
        Ok(self.app.act(org, move |_| Ok(Ok((vec![act], ())))).await?)
    }

    /// Adds or changes a region.
    ///
    /// # Errors
    /// The organisation does not exist; the store.
    pub async fn put_region(&self, org: OrgId, id: Option<RegionId>, set: RegionSet) -> Result<RegionId, AdminError> {
        let id = id.unwrap_or_else(|| RegionId::from_uuid(Uuid::now_v7()));
        self.set(org, ScopeId::ROOT, id.into(), id.into(), Payload::RegionSet(set)).await?;
        Ok(id)
    }

    /// Adds or changes a person with their login and reach.
    ///
    /// # Errors
    /// A taken login, a short password, a region or site that does not exist; the store.
    pub async fn put_person(&self, org: OrgId, person: NewPerson) -> Result<PersonId, AdminError> {
        Ok(people::put_person(&self.app, org, person, NOBODY, SessionId([0; 16])).await?)
    }

    /// Adds or changes a site.
    ///
    /// # Errors
    /// The organisation does not exist; the store.
    pub async fn put_site(&self, org: OrgId, id: Option<SiteId>, set: SiteSet) -> Result<SiteId, AdminError> {
        let id = id.unwrap_or_else(|| SiteId::from_uuid(Uuid::now_v7()));
        self.set(org, ScopeId::from(id), id.into(), id.into(), Payload::SiteSet(set)).await?;
        Ok(id)
    }

    /// Gives or changes an assignment.
    ///
    /// # Errors
    /// The organisation does not exist; the store.
    pub async fn put_assignment(&self, org: OrgId, id: Option<AssignmentId>, set: AssignmentSet) -> Result<AssignmentId, AdminError> {
        let id = id.unwrap_or_else(|| AssignmentId::from_uuid(Uuid::now_v7()));
        self.set(org, ScopeId::from(set.site), id.into(), id.into(), Payload::AssignmentSet(set)).await?;
        Ok(id)
    }

    /// Publishes a checklist version. Publishing the same bytes again changes nothing.
    ///
    /// # Errors
    /// The same version with other content; the store; the disk.
    pub async fn publish_checklist(&self, org: OrgId, published: Published) -> Result<ChecklistRef, AdminError> {
        checklists::publish(&self.app, org, published, Placement::EVERYWHERE).await
    }

    /// Publishes every pack of a folder (`<industry>/checklist.yaml`, standards in `standards/*.yaml`).
    ///
    /// # Errors
    /// A pack is faulty: file, line, what is expected; nothing was published then.
    pub async fn publish_packs(&self, org: OrgId, folder: &Path) -> Result<Vec<ChecklistRef>, AdminError> {
        let packs = checklists::read_packs(folder)?;
        let mut references = Vec::with_capacity(packs.len());
        for pack in packs {
            references.push(self.publish_checklist(org, pack).await?);
        }
        Ok(references)
    }

    /// Makes a one-time enrolment code for a person; `server_url` goes into the link.
    ///
    /// # Errors
    /// The person does not exist; the store.
    pub async fn create_code(&self, org: OrgId, person: PersonId, minutes: u32, server_url: &str) -> Result<NewCode, AdminError> {
        Ok(codes::create_code(&self.app, org, person, minutes, server_url).await?)
    }

    /// Revokes a device: what it sends from now on is held. False if there is no such device.
    ///
    /// # Errors
    /// The store fails.
    pub async fn revoke(&self, org: OrgId, stream: StreamId) -> Result<bool, AdminError> {
        let at = self.app.clock.now();
        let revoked = self.app.store.transact(move |tx| {
            let known = tx.stream(stream)?.filter(|row| row.org == org && row.person.is_some());
            if known.as_ref().is_some_and(|row| row.state == StreamStatus::Active) {
                tx.set_stream_state(stream, StreamStatus::Revoked { at })?;
            }
            Ok(known.is_some())
        });
        Ok(revoked.await?)
    }

    /// Copies database and blobs into a folder while work goes on, and checks the copy.
    ///
    /// # Errors
    /// The copy cannot be written or does not check out.
    pub async fn backup(&self, target: &Path, elsewhere: bool) -> Result<BackupReport, BackupError> {
        backup::run(&self.app, target, elsewhere).await
    }
}
