//! The blob folder: photographs, signatures and checklists by SHA-256, encrypted, written once, never changed.
//!
//! `blobs/aa/<sha256>`. Invariants: a file appears under its name only when it is whole, verified and durable
//! (temporary file, fsync, rename, fsync of the folder); plain bytes never touch the disk (I-42).

mod cipher;

use crate::error::{Result, StoreError};
use crate::files;
use cipher::{BlobHeader, Opened};
use davy_core::event::{BlobRef, BlobRole};
use davy_core::id::BlobId;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// A blob found in the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub id: BlobId,
    pub role: BlobRole,
    pub size: u64,
    /// Modification time, milliseconds since 1970, as the file system says.
    pub written_ms: i64,
}

/// The blob folder of a store.
pub(crate) struct BlobFolder {
    dir: PathBuf,
    key: Zeroizing<[u8; 32]>,
}

impl BlobFolder {
    pub fn open(dir: PathBuf, key: Zeroizing<[u8; 32]>) -> Result<Self> {
        files::create_dir(&dir)?;
        let folder = Self { dir, key };
        folder.sweep()?;
        Ok(folder)
    }

    fn shard(&self, id: BlobId) -> PathBuf {
        self.dir.join(&id.to_string()[..2])
    }

    fn path(&self, id: BlobId) -> PathBuf {
        self.shard(id).join(id.to_string())
    }

    /// Whether the blob's file is in place.
    pub fn has(&self, id: BlobId) -> bool {
        self.path(id).is_file()
    }

    /// Stores bytes under their SHA-256; durable when this returns. Bytes already stored are left alone.
    pub fn put(&self, bytes: &[u8], role: BlobRole, media_type: &str) -> Result<BlobRef> {
        let id = BlobId(Sha256::digest(bytes).into());
        let reference = BlobRef { sha256: id, size: bytes.len() as u64, media_type: media_type.to_owned(), role };
        if !self.has(id) {
            let shard = self.shard(id);
            if !shard.is_dir() {
                files::create_dir(&shard)?;
                files::sync_dir(&self.dir)?;
            }
            let header = BlobHeader::new(role, reference.size);
            files::write_into_place(&shard, &self.path(id), |file| cipher::encrypt(file, &self.key, id, &header, bytes))?;
        }
        Ok(reference)
    }

    /// All bytes, checked against the name.
    pub fn read(&self, id: BlobId) -> Result<Option<Vec<u8>>> {
        let Some(mut opened) = self.open_blob(id)? else {
            return Ok(None);
        };
        let bytes = opened.read(0, opened.header.size)?;
        if BlobId(Sha256::digest(&bytes).into()) != id {
            return Err(StoreError::BlobDamaged { blob: id });
        }
        Ok(Some(bytes))
    }

    /// A range; shorter at the end of the blob. Every chunk touched is authenticated.
    pub fn read_range(&self, id: BlobId, offset: u64, len: u64) -> Result<Option<Vec<u8>>> {
        let Some(mut opened) = self.open_blob(id)? else {
            return Ok(None);
        };
        opened.read(offset, len).map(Some)
    }

    fn open_blob(&self, id: BlobId) -> Result<Option<Opened>> {
        let path = self.path(id);
        match File::open(&path) {
            Ok(file) => Opened::new(file, path, &self.key, id).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::file("opening", &path)(error)),
        }
    }

    /// Blobs in the folder but those that the caller knows already; only the others are opened. Files that are not
    /// blobs are passed over.
    pub fn list(&self, known: impl Fn(BlobId) -> Result<bool>) -> Result<Vec<Found>> {
        let mut found = Vec::new();
        for shard in entries(&self.dir)?.iter().filter(|path| path.is_dir()) {
            for path in entries(shard)? {
                let id = path.file_name().and_then(|name| name.to_str()?.parse().ok());
                if let Some(id) = id
                    && !known(id)?
                {
                    found.extend(Self::inspect(&path, id));
                }
            }
        }
        Ok(found)
    }

    fn inspect(path: &Path, id: BlobId) -> Option<Found> {
        let mut file = File::open(path).ok()?;
        let modified = file.metadata().ok()?.modified().ok()?;
        let written_ms = modified.duration_since(std::time::UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX));
        let header = BlobHeader::read(&mut file)?;
        Some(Found { id, role: header.role, size: header.size, written_ms })
    }

    /// Removes temporary files that a killed process left. Only whole files have a name, so nothing is lost.
    fn sweep(&self) -> Result<()> {
        for shard in entries(&self.dir)?.iter().filter(|path| path.is_dir()) {
            for path in entries(shard)? {
                let is_part = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(".part-"));
                if is_part {
                    std::fs::remove_file(&path).map_err(StoreError::file("removing", &path))?;
                }
            }
        }
        Ok(())
    }
}

fn entries(dir: &Path) -> Result<Vec<PathBuf>> {
    let wrap = |e| StoreError::file("listing", dir)(e);
    std::fs::read_dir(dir).map_err(wrap)?.map(|entry| entry.map(|e| e.path()).map_err(wrap)).collect()
}

#[cfg(test)]
mod tests;
