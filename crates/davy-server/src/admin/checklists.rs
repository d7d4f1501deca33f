//! Publishing checklists: the frozen bytes become a blob, the event that names it goes to every device.

use crate::admin::AdminError;
use crate::app::App;
use crate::error::ApiError;
use crate::ingest::author::{Act, NOBODY};
use crate::reason::Reason;
use crate::uploads::state::sign_for;
use davy_checklists::{Folder, Pack};
use davy_core::checklist::{ChecklistError, PublishError, Published, publish as freeze};
use davy_core::event::{BlobRef, BlobRole, ChecklistPublished, ChecklistRef, Payload};
use davy_core::fold::ChecklistDoc;
use davy_core::id::{OrgId, ScopeId, SessionId};
use std::path::Path;
use std::sync::Arc;

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

/// Publishes a frozen version. The same bytes again change nothing.
///
/// # Errors
/// The version is published with other content; the store; the disk.
pub async fn publish(app: &Arc<App>, org: OrgId, published: Published) -> Result<ChecklistRef, AdminError> {
    let Published { checklist, bytes, reference } = published;
    let size = bytes.len() as u64;
    let blobs = app.blobs.clone();
    let stored = tokio::task::spawn_blocking(move || blobs.put(org, &bytes)).await.map_err(|_| ApiError::internal())?;
    let sha256 = stored.map_err(|source| AdminError::File { what: "the checklist cannot be stored".to_owned(), source })?;
    let keys = app.org(org).await?;
    let blob = sign_for(app, &keys, sha256, size);
    let root = ChecklistDoc::root_of(&reference.hash);
    let act = Act {
        scope: ScopeId::ROOT,
        ent: root.into(),
        root,
        payload: Payload::ChecklistPublished(ChecklistPublished {
            checklist: reference.clone(),
            industry: checklist.industry,
            title_zh: checklist.title.zh,
            title_en: checklist.title.en,
        }),
        blobs: vec![BlobRef { sha256, size, media_type: "application/json".to_owned(), role: BlobRole::Checklist }],
        actor: NOBODY,
        session: SessionId([0; 16]),
    };
    let (directories, wanted) = (Arc::clone(&app.directories), reference.clone());
    app.act(org, move |tx| {
        let directory = directories.get(tx.as_read(), org)?;
        tx.insert_blob(org, &blob)?;
        let same = |doc: &&ChecklistDoc| doc.set.checklist.id == wanted.id && doc.set.checklist.version == wanted.version;
        match directory.checklists.iter().find(same) {
            Some(doc) if doc.set.checklist.hash == wanted.hash => Ok(Ok((Vec::new(), ()))),
            Some(_) => {
                let (id, version) = (wanted.id, wanted.version);
                Ok(Err(ApiError::invalid("version", &Reason::OtherContent { id, version })))
            }
            None => Ok(Ok((vec![act], ()))),
        }
    })
    .await?;
    Ok(reference)
}
