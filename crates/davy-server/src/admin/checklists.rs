//! Publishing and retiring checklists: the frozen bytes become a blob, the event that names it goes to every device.

use crate::admin::AdminError;
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::ingest::author::{Act, NOBODY};
use crate::reason::Reason;
use crate::uploads::state::sign_for;
use davy_checklists::{Folder, Pack};
use davy_core::checklist::{ChecklistError, PublishError, Published, publish as freeze};
use davy_core::event::{BlobRef, BlobRole, ChecklistPublished, ChecklistRef, ChecklistRetired, ChecklistTarget, Payload};
use davy_core::fold::ChecklistDoc;
use davy_core::id::{BlobId, OrgId, PersonId, ScopeId, SessionId};
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;

/// Packs that cannot be published.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// Faults in files, each with its line.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Faults(Vec<ChecklistError>),
    /// It cannot be frozen.
    #[error("{file}: {source}")]
    Publish {
        /// File.
        file: String,
        /// Cause.
        source: PublishError,
    },
}

/// Reads and freezes every pack of a folder, in the order of their names.
///
/// # Errors
/// Every fault of the folder's files with its line.
pub fn read_packs(folder: &Path) -> Result<Vec<Published>, PackError> {
    let (folder, faults) = Folder::read(folder);
    if !faults.is_empty() {
        return Err(PackError::Faults(faults));
    }
    let library = folder.library();
    let freeze_one = |pack: Pack| freeze(pack.checklist, &library).map_err(|source| PackError::Publish { file: pack.file, source });
    folder.packs.into_iter().map(freeze_one).collect()
}

/// Where a version is published, and in whose name.
#[derive(Debug, Clone)]
pub struct Placement {
    /// Where new inspections may start with it; `None`: everywhere.
    pub target: Option<ChecklistTarget>,
    /// In whose name.
    pub actor: PersonId,
    /// In which session.
    pub session: SessionId,
    /// The uploaded file that it comes from.
    pub draft: Option<Uuid>,
}

impl Placement {
    /// Everywhere, by the server itself.
    pub const EVERYWHERE: Self = Self { target: None, actor: NOBODY, session: SessionId([0; 16]), draft: None };

    fn act(&self, reference: &ChecklistRef, payload: Payload, blobs: Vec<BlobRef>) -> Act {
        let root = ChecklistDoc::root_of(&reference.hash);
        Act { scope: ScopeId::ROOT, ent: root.into(), root, payload, blobs, actor: self.actor, session: self.session }
    }
}

fn named(sha256: BlobId, size: u64) -> Vec<BlobRef> {
    vec![BlobRef { sha256, size, media_type: "application/json".to_owned(), role: BlobRole::Checklist }]
}

/// Publishes a frozen version. What is in use already, at the same places, is left as it is; one that was retired is in
/// use again.
///
/// # Errors
/// The version is published with other content; the store; the disk.
pub async fn publish(app: &Arc<App>, org: OrgId, published: Published, placement: Placement) -> Result<ChecklistRef, AdminError> {
    let Published { checklist, bytes, reference } = published;
    let size = bytes.len() as u64;
    let blobs = app.blobs.clone();
    let stored = tokio::task::spawn_blocking(move || blobs.put(org, &bytes)).await.map_err(|_| ApiError::internal())?;
    let sha256 = stored.map_err(|source| AdminError::File { what: "the checklist cannot be stored".to_owned(), source })?;
    let keys = app.org(org).await?;
    let blob = sign_for(app, &keys, sha256, size);
    let set = ChecklistPublished {
        checklist: reference.clone(),
        industry: checklist.industry,
        title_zh: checklist.title.zh,
        title_en: checklist.title.en,
        target: placement.target.clone(),
    };
    let act = placement.act(&reference, Payload::ChecklistPublished(set), named(sha256, size));
    let (directories, wanted) = (Arc::clone(&app.directories), reference.clone());
    app.act(org, move |tx| {
        let directory = directories.get(tx.as_read(), org)?;
        tx.insert_blob(org, &blob)?;
        let same = |doc: &&ChecklistDoc| doc.set.checklist.id == wanted.id && doc.set.checklist.version == wanted.version;
        let acts = match directory.checklists.iter().find(same) {
            Some(doc) if doc.set.checklist.hash != wanted.hash => {
                let (id, version) = (wanted.id, wanted.version);
                return Ok(Err(ApiError::invalid("version", &Reason::OtherContent { id, version })));
            }
            Some(doc) if doc.retirement().is_none() && doc.set.target == placement.target => Vec::new(),
            _ => vec![act],
        };
        if let Some(draft) = placement.draft {
            tx.set_draft_published(org, draft, wanted.hash)?;
        }
        Ok(Ok((acts, ())))
    })
    .await?;
    Ok(reference)
}

/// Publishes a version again at other places; one that was retired is in use again.
///
/// # Errors
/// No such version; the store.
pub async fn place(app: &Arc<App>, org: OrgId, hash: BlobId, placement: Placement) -> ApiResult<()> {
    let directories = Arc::clone(&app.directories);
    app.act(org, move |tx| {
        let directory = directories.get(tx.as_read(), org)?;
        let (Some(doc), Some(blob)) = (directory.checklist(hash), tx.blob(org, hash)?) else {
            return Ok(Err(ApiError::not_found()));
        };
        if doc.retirement().is_none() && doc.set.target == placement.target {
            return Ok(Ok((Vec::new(), ())));
        }
        let set = ChecklistPublished { target: placement.target.clone(), ..doc.set.clone() };
        let act = placement.act(&doc.set.checklist, Payload::ChecklistPublished(set), named(hash, blob.size));
        Ok(Ok((vec![act], ())))
    })
    .await
}

/// Ends the use of a version for new inspections. Those that run keep it, and their records are taken as before.
///
/// # Errors
/// No such version; the store.
pub async fn retire(app: &Arc<App>, org: OrgId, hash: BlobId, reason: Option<String>, placement: Placement) -> ApiResult<()> {
    let directories = Arc::clone(&app.directories);
    app.act(org, move |tx| {
        let directory = directories.get(tx.as_read(), org)?;
        let Some(doc) = directory.checklist(hash) else {
            return Ok(Err(ApiError::not_found()));
        };
        if doc.retirement().is_some() {
            return Ok(Ok((Vec::new(), ())));
        }
        let retired = ChecklistRetired { checklist: doc.set.checklist.clone(), reason };
        Ok(Ok((vec![placement.act(&doc.set.checklist, Payload::ChecklistRetired(retired), Vec::new())], ())))
    })
    .await
}
