//! One slot an unfinished upload: who holds it, how far it is, the hash so far.

use crate::blobs::hash_file;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};
use tokio_util::sync::CancellationToken;

/// A holder that was asked to stop has this long.
const TAKE_OVER: Duration = Duration::from_secs(10);

/// How far an upload is. Known after the first look at its file.
#[derive(Debug, Default)]
pub struct Progress {
    /// Bytes flushed, with the hash over them.
    pub flushed: Option<(u64, Sha256)>,
}

#[derive(Debug, Default)]
struct Slot {
    progress: Arc<AsyncMutex<Progress>>,
    /// Cancelled when a newer request wants the slot.
    holder: Mutex<CancellationToken>,
}

/// A held slot.
pub struct Held {
    /// How far it is; the lock ends with it.
    pub progress: OwnedMutexGuard<Progress>,
    /// Fires when a newer request wants the slot.
    pub stop: CancellationToken,
}

/// All unfinished uploads.
#[derive(Debug)]
pub struct Uploads {
    folder: PathBuf,
    slots: Mutex<HashMap<String, Arc<Slot>>>,
}

impl Uploads {
    /// Opens the folder of unfinished uploads.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn open(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned(), slots: Mutex::default() })
    }

    /// File of an upload. Ids are hex made by the server; anything else has no file.
    #[must_use]
    pub fn file(&self, id: &str) -> PathBuf {
        debug_assert!(id.bytes().all(|byte| byte.is_ascii_hexdigit()));
        self.folder.join(format!("{id}.part"))
    }

    /// Ids of all files with whether each was last written longer ago than `age`.
    #[must_use]
    pub fn files(&self, age: Duration) -> Vec<(String, bool)> {
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return Vec::new() };
        let file = |entry: std::fs::DirEntry| {
            let id = entry.file_name().to_str()?.strip_suffix(".part")?.to_owned();
            let written = entry.metadata().ok()?.modified().ok()?;
            Some((id, written.elapsed().is_ok_and(|since| since > age)))
        };
        entries.filter_map(Result::ok).filter_map(file).collect()
    }

    fn slot(&self, id: &str) -> Arc<Slot> {
        self.slots.lock().map_or_else(|_| Arc::default(), |mut slots| Arc::clone(slots.entry(id.to_owned()).or_default()))
    }

    /// Takes an upload, from a stalled holder if need be. `None`: the holder did not let go in time, or an even
    /// newer request came.
    pub async fn hold(&self, id: &str) -> Option<Held> {
        let deadline = tokio::time::Instant::now() + TAKE_OVER;
        loop {
            let slot = self.slot(id);
            let stop = CancellationToken::new();
            let before = slot.holder.lock().ok().map(|mut holder| std::mem::replace(&mut *holder, stop.clone()))?;
            before.cancel();
            let progress = tokio::select! {
                progress = Arc::clone(&slot.progress).lock_owned() => progress,
                () = stop.cancelled() => return None,
                () = tokio::time::sleep_until(deadline) => return None,
            };
            // The slot was forgotten while we waited: somebody may hold a new one, and only one may write.
            if Arc::ptr_eq(&slot, &self.slot(id)) {
                return Some(Held { progress, stop });
            }
        }
    }

    /// Drops what is remembered of an upload; its holder keeps its own until it ends.
    pub fn forget(&self, id: &str) {
        if let Ok(mut slots) = self.slots.lock() {
            slots.remove(id);
        }
    }
}

/// Bytes flushed and the hash over them, read from the file after a restart. Blocks.
///
/// # Errors
/// The file is there and cannot be read.
pub fn look(file: &Path) -> io::Result<(u64, Sha256)> {
    match hash_file(file) {
        Ok((hasher, length)) => Ok((length, hasher)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((0, Sha256::new())),
        Err(error) => Err(error),
    }
}
