//! Backup while work goes on: a consistent copy of the database first, then every blob that it names, each checked.
//! In this order a blob can only be missing from the copy if it was missing here.

use crate::app::App;
use crate::blobs::hash_file;
use crate::store::{BackupRow, StoreError};
use davy_core::id::{BlobId, OrgId};
use serde::Serialize;
use sha2::Digest;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a backup holds.
#[derive(Debug, Clone, Serialize)]
pub struct BackupReport {
    /// The database copy.
    pub database: PathBuf,
    /// Its bytes.
    pub bytes: u64,
    /// Blobs copied now.
    pub copied: u64,
    /// Blobs that an earlier backup in this folder had.
    pub kept: u64,
    /// Hashes of blobs whose bytes here do not fit their name.
    pub damaged: Vec<String>,
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file.
    #[error("{path} cannot be written or read: {source}")]
    File {
        /// File.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Runs a backup into a folder. Earlier copies of the database there are kept; blobs are shared among them.
///
/// # Errors
/// See [`BackupError`]. Damaged blobs are no error: they are named in the report, and the rest is saved.
pub async fn run(app: &Arc<App>, target: &Path, elsewhere: bool) -> Result<BackupReport, BackupError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| BackupError::File { path, source }
    };
    let at = app.clock.now();
    std::fs::create_dir_all(target).map_err(failed(target))?;
    let stamp = jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| at.0.to_string(), |at| at.strftime("%Y%m%dT%H%M%SZ").to_string());
    let (partial, database) = (target.join("davy.db.partial"), target.join(format!("davy-{stamp}.db")));
    match std::fs::remove_file(&partial) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(failed(&partial)(error));
        }
        _ => {}
    }
    app.store.backup(&partial).await?;
    // The blobs that the copy names, not those that came while it was made.
    let named = app.store.query(|tx| tx.blobs()).await?;
    let (app_, folder) = (Arc::clone(app), target.join("blobs"));
    let copy = tokio::task::spawn_blocking(move || copy_blobs(&app_, &folder, &named)).await;
    let (copied, kept, damaged) = copy.map_err(|_| StoreError::Panicked)??;
    std::fs::rename(&partial, &database).map_err(failed(&database))?;
    std::fs::File::open(target).and_then(|folder| folder.sync_all()).map_err(failed(target))?;
    let bytes = std::fs::metadata(&database).map_err(failed(&database))?.len();
    let row = BackupRow { at, path: database.display().to_string(), bytes, blobs: copied + kept, elsewhere };
    let whole = damaged.is_empty();
    app.store
        .transact(move |tx| {
            tx.insert_backup(&row)?;
            // Only a whole copy on another machine lets devices let go of theirs (I-02).
            if elsewhere && whole { tx.raise_durable(at) } else { Ok(()) }
        })
        .await?;
    Ok(BackupReport { database, bytes, copied, kept, damaged })
}

fn copy_blobs(app: &App, folder: &Path, named: &[(OrgId, BlobId, u64)]) -> Result<(u64, u64, Vec<String>), BackupError> {
    let (mut copied, mut kept, mut damaged) = (0, 0, Vec::new());
    for (org, sha256, size) in named {
        let from = app.blobs.path(*org, *sha256);
        let relative = from.strip_prefix(app.config.blobs()).unwrap_or(&from).to_owned();
        let to = folder.join(relative);
        if std::fs::metadata(&to).is_ok_and(|meta| meta.len() == *size) {
            kept += 1;
            continue;
        }
        match copy_checked(&from, &to, *sha256) {
            Ok(true) => copied += 1,
            Ok(false) => damaged.push(sha256.to_string()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => damaged.push(sha256.to_string()),
            Err(source) => return Err(BackupError::File { path: to, source }),
        }
    }
    Ok((copied, kept, damaged))
}

/// Copies a blob and reads the copy back. False if it does not hash to its name.
fn copy_checked(from: &Path, to: &Path, sha256: BlobId) -> io::Result<bool> {
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let partial = to.with_extension("partial");
    std::fs::copy(from, &partial)?;
    std::fs::File::open(&partial)?.sync_all()?;
    let (hasher, _) = hash_file(&partial)?;
    let found: [u8; 32] = hasher.finalize().into();
    if found != sha256.0 {
        std::fs::remove_file(&partial)?;
        return Ok(false);
    }
    std::fs::rename(&partial, to)?;
    Ok(true)
}
