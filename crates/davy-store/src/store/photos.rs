//! Photographs: taken in before their event, read, and found again when the event was never written.

use super::Store;
use crate::error::{Result, StoreError};
use crate::evidence::{blob, setting};
use crate::photo::{self, COPY_TYPE, Copies, Intake, MAX_BYTES};
use davy_core::event::{BlobRef, BlobRole, ItemKey};
use davy_core::id::{BlobId, RootId};
use davy_core::time::Millis;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What a camera was opened for; written before it opens, because the system may end the app meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingCapture {
    /// Inspection or finding that the photograph is for.
    pub root: RootId,
    /// Item that it shows.
    pub key: Option<ItemKey>,
    /// When the camera was opened, device's clock.
    pub since: Millis,
}

/// A photograph in the store that no event names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrphanPhoto {
    /// SHA-256 of the original.
    pub sha256: BlobId,
    /// Bytes.
    pub size: u64,
    /// When the file was written.
    pub written_at: Millis,
    /// What the camera was open for, if it was taken after that.
    pub capture: Option<PendingCapture>,
}

const CAPTURE_KEY: &str = "pending_capture";
/// File times are coarser than clocks.
const CAPTURE_SLACK_MS: i64 = 2_000;

impl Store {
    /// Takes a photograph in: the untouched original, a thumbnail and a preview, all durable and encrypted when this
    /// returns. What cannot be decoded is kept with a defect. Attach it by an event with [`Intake::blobs`].
    ///
    /// # Errors
    /// [`StoreError::PhotoEmpty`], [`StoreError::PhotoTooBig`], [`StoreError::DiskFull`]; nothing is left behind but,
    /// at worst, the whole original, which is then offered as recovered.
    pub fn intake(&self, bytes: &[u8]) -> Result<Intake> {
        let size = bytes.len() as u64;
        check_size(size)?;
        let offset = self.inner.clock.wall().offset_minutes;
        let blobs = &self.inner.blobs;
        let media_type = photo::media_type(bytes);
        // Hashing, encrypting and syncing the original takes about as long as decoding it: both at once.
        let (copies, original) = std::thread::scope(|threads| {
            let decoding = threads.spawn(|| photo::make_copies(bytes, offset));
            let original = blobs.put(bytes, BlobRole::Original, media_type);
            let failed = |_| Copies { defect: Some(davy_core::event::PhotoDefect::Damaged), ..Copies::default() };
            (decoding.join().unwrap_or_else(failed), original)
        });
        let put = |copy: Option<Vec<u8>>, role| copy.map(|copy| blobs.put(&copy, role, COPY_TYPE)).transpose();
        Ok(Intake {
            original: original?,
            thumbnail: put(copies.thumbnail, BlobRole::Thumbnail)?,
            preview: put(copies.preview, BlobRole::Preview)?,
            width: copies.size.map(|size| size.0),
            height: copies.size.map(|size| size.1),
            captured_at: copies.metadata.captured_at,
            position: copies.metadata.position,
            defect: copies.defect,
        })
    }

    /// Takes a photograph in from a file. The file itself is left alone.
    ///
    /// # Errors
    /// As [`Store::intake`]; also when the file cannot be read. Size is checked before reading.
    pub fn intake_file(&self, path: &Path) -> Result<Intake> {
        check_size(std::fs::metadata(path).map_err(StoreError::file("reading", path))?.len())?;
        let bytes = std::fs::read(path).map_err(StoreError::file("reading", path))?;
        self.intake(&bytes)
    }

    /// Stores bytes as they are: a drawn signature, a checklist.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`] and file errors; nothing is left behind.
    pub fn put_bytes(&self, bytes: &[u8], role: BlobRole, media_type: &str) -> Result<BlobRef> {
        self.inner.blobs.put(bytes, role, media_type)
    }

    /// Stores bytes that came from the server, if they are what their name says.
    ///
    /// # Errors
    /// [`StoreError::BlobMismatch`]: they are not; nothing was stored.
    pub fn put_blob(&self, sha256: BlobId, bytes: &[u8], role: BlobRole, media_type: &str) -> Result<BlobRef> {
        use sha2::{Digest, Sha256};
        if BlobId(Sha256::digest(bytes).into()) != sha256 {
            return Err(StoreError::BlobMismatch { expected: sha256 });
        }
        let stored = self.inner.blobs.put(bytes, role, media_type)?;
        match role {
            BlobRole::Checklist => self.checklist_arrived(),
            role => self.picture_arrived(sha256, role)?,
        }
        Ok(stored)
    }

    /// Whether a blob's bytes are on this device.
    #[must_use]
    pub fn has_blob(&self, sha256: BlobId) -> bool {
        self.inner.blobs.has(sha256)
    }

    /// A blob's bytes, checked against its name; `None` when they are not on this device.
    ///
    /// # Errors
    /// [`StoreError::BlobDamaged`] and file errors.
    pub fn read_blob(&self, sha256: BlobId) -> Result<Option<Vec<u8>>> {
        self.inner.blobs.read(sha256)
    }

    /// A range of a blob's bytes, authenticated; shorter at its end; `None` when it is not on this device.
    ///
    /// # Errors
    /// [`StoreError::BlobDamaged`] and file errors.
    pub fn read_blob_range(&self, sha256: BlobId, offset: u64, len: u64) -> Result<Option<Vec<u8>>> {
        self.inner.blobs.read_range(sha256, offset, len)
    }

    /// Remembers what the camera is opened for; `None` when its photographs are attached.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn set_pending_capture(&self, root: Option<(RootId, Option<ItemKey>)>) -> Result<()> {
        let since = self.inner.clock.wall().ms;
        let capture = root.map(|(root, key)| PendingCapture { root, key, since });
        let bytes = capture.map(|capture| serde_json::to_vec(&capture)).transpose().map_err(StoreError::damaged)?;
        self.write(|tx| setting::set(tx, CAPTURE_KEY, bytes.as_deref()))
    }

    /// What the camera was last opened for, if its photographs were not attached.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn pending_capture(&self) -> Result<Option<PendingCapture>> {
        let bytes = self.read(|db| setting::get(db, CAPTURE_KEY))?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// Photographs whose event was never written (F-01): whole files that no event names and nobody hid.
    ///
    /// # Errors
    /// Database or folder cannot be read.
    pub fn orphan_photos(&self) -> Result<Vec<OrphanPhoto>> {
        let capture = self.pending_capture()?;
        let found = self.read(|db| {
            let known = |id| Ok(blob::exists(db, id)? || blob::is_hidden(db, id)?);
            let mut orphans = Vec::new();
            for found in self.inner.blobs.list(known)? {
                if found.role != BlobRole::Original {
                    continue;
                }
                let after_opening = |capture: &&PendingCapture| found.written_ms + CAPTURE_SLACK_MS >= capture.since.0;
                orphans.push(OrphanPhoto {
                    sha256: found.id,
                    size: found.size,
                    written_at: Millis(found.written_ms),
                    capture: capture.as_ref().filter(after_opening).cloned(),
                });
            }
            orphans.sort_by_key(|orphan| (orphan.written_at, orphan.sha256));
            Ok(orphans)
        })?;
        // A picture of another device that was fetched is named by its record, not by an own event.
        let mut orphans = Vec::with_capacity(found.len());
        for orphan in found {
            if !self.is_named(orphan.sha256)? {
                orphans.push(orphan);
            }
        }
        Ok(orphans)
    }

    /// Prepares a recovered photograph for its event, as if it had just been taken.
    ///
    /// # Errors
    /// [`StoreError::BlobMissing`] when it is not here; else as [`Store::intake`].
    pub fn adopt_orphan(&self, sha256: BlobId) -> Result<Intake> {
        let bytes = self.read_blob(sha256)?.ok_or(StoreError::BlobMissing { blob: sha256 })?;
        self.intake(&bytes)
    }

    /// Does not offer a recovered photograph again. The file stays.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn hide_orphan(&self, sha256: BlobId) -> Result<()> {
        self.write(|tx| blob::hide(tx, sha256))
    }
}

fn check_size(size: u64) -> Result<()> {
    match size {
        0 => Err(StoreError::PhotoEmpty),
        size if size > MAX_BYTES => Err(StoreError::PhotoTooBig { size, limit: MAX_BYTES }),
        _ => Ok(()),
    }
}
