//! Finished blobs: `org/aa/<sha256>` in an object store, here a local folder.
//!
//! Invariant: what lies under a name hashes to that name, and was flushed before anybody was told that it is there.

use bytes::Bytes;
use davy_core::id::{BlobId, OrgId};
use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt};
use sha2::{Digest, Sha256};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The blobs of this server.
#[derive(Debug, Clone)]
pub struct BlobStore {
    objects: Arc<dyn ObjectStore>,
    root: PathBuf,
}

/// A blob, or a part of it, on its way out.
pub struct Outgoing {
    /// Bytes of the whole.
    pub size: u64,
    /// First byte and the one after the last.
    pub range: std::ops::Range<u64>,
    /// The bytes.
    pub stream: BoxStream<'static, object_store::Result<Bytes>>,
}

impl BlobStore {
    /// Opens the folder, creating it if needed.
    ///
    /// # Errors
    /// The folder cannot be made or read.
    pub fn open(root: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(root)?;
        let objects = LocalFileSystem::new_with_prefix(root).map_err(io::Error::other)?;
        Ok(Self { objects: Arc::new(objects), root: root.to_owned() })
    }

    fn key(org: OrgId, sha256: BlobId) -> Key {
        let name = sha256.to_string();
        Key::from(format!("{org}/{}/{name}", &name[..2]))
    }

    /// Where a blob lies in the folder.
    #[must_use]
    pub fn path(&self, org: OrgId, sha256: BlobId) -> PathBuf {
        let name = sha256.to_string();
        self.root.join(org.to_string()).join(&name[..2]).join(name)
    }

    /// Takes over a finished, flushed and checked file by renaming it: no second copy is written. Blocks.
    ///
    /// # Errors
    /// The file system refuses; the file is then still where it was.
    pub fn adopt(&self, file: &Path, org: OrgId, sha256: BlobId) -> io::Result<()> {
        let target = self.path(org, sha256);
        let folder = target.parent().unwrap_or(&self.root);
        if !folder.is_dir() {
            std::fs::create_dir_all(folder)?;
            // New folders must survive a power cut too.
            for above in folder.ancestors().skip(1).take_while(|above| above.starts_with(&self.root)) {
                sync_folder(above)?;
            }
        }
        std::fs::rename(file, &target)?;
        sync_folder(folder)
    }

    /// Stores bytes of the server's own making under their hash. Blocks.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn put(&self, org: OrgId, bytes: &[u8]) -> io::Result<BlobId> {
        let sha256 = BlobId(Sha256::digest(bytes).into());
        std::fs::create_dir_all(&self.root)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.root)?;
        io::Write::write_all(&mut file, bytes)?;
        file.as_file().sync_data()?;
        let (_, path) = file.keep().map_err(|error| error.error)?;
        self.adopt(&path, org, sha256)?;
        Ok(sha256)
    }

    /// Size of a blob, if it lies here.
    ///
    /// # Errors
    /// The store fails.
    pub async fn size(&self, org: OrgId, sha256: BlobId) -> object_store::Result<Option<u64>> {
        match self.objects.head(&Self::key(org, sha256)).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens a blob or a part of it.
    ///
    /// # Errors
    /// Not here, a range outside of it, or the store fails.
    pub async fn get(&self, org: OrgId, sha256: BlobId, range: Option<GetRange>) -> object_store::Result<Outgoing> {
        let found = self.objects.get_opts(&Self::key(org, sha256), GetOptions { range, ..GetOptions::default() }).await?;
        Ok(Outgoing { size: found.meta.size, range: found.range.clone(), stream: found.into_stream() })
    }

    /// A whole small blob.
    ///
    /// # Errors
    /// Not here, or the store fails.
    pub async fn bytes(&self, org: OrgId, sha256: BlobId) -> object_store::Result<Bytes> {
        self.objects.get(&Self::key(org, sha256)).await?.bytes().await
    }
}

/// Makes a rename in a folder survive a power cut.
fn sync_folder(folder: &Path) -> io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

/// SHA-256 and length of a file. Blocks.
///
/// # Errors
/// The file cannot be read.
pub fn hash_file(path: &Path) -> io::Result<(Sha256, u64)> {
    let mut file = std::fs::File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    let mut length = 0;
    loop {
        match io::Read::read(&mut file, &mut buffer)? {
            0 => return Ok((hasher, length)),
            count => {
                hasher.update(&buffer[..count]);
                length += count as u64;
            }
        }
    }
}

/// Reads a `Range` header with one range of bytes. `None`: no such header, or one that may be ignored.
#[must_use]
pub fn parse_range(header: Option<&str>) -> Option<GetRange> {
    let (from, to) = header?.strip_prefix("bytes=")?.split_once('-')?;
    match (from.trim(), to.trim()) {
        ("", last) => Some(GetRange::Suffix(last.parse().ok()?)),
        (first, "") => Some(GetRange::Offset(first.parse().ok()?)),
        (first, last) => {
            let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
            (first <= last).then(|| GetRange::Bounded(first..last.saturating_add(1)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_read_and_what_is_none_is_ignored() {
        let cases: [(&str, Option<GetRange>); 8] = [
            ("bytes=0-9", Some(GetRange::Bounded(0..10))),
            ("bytes=5-", Some(GetRange::Offset(5))),
            ("bytes=-3", Some(GetRange::Suffix(3))),
            ("bytes=9-5", None),
            ("bytes=a-b", None),
            ("bytes=0-1,4-5", None),
            ("items=0-1", None),
            ("", None),
        ];
        for (header, expected) in cases {
            assert_eq!(parse_range(Some(header)), expected, "{header}");
        }
        assert_eq!(parse_range(None), None);
    }

    #[tokio::test]
    async fn what_is_put_is_found_under_its_hash_whole_and_in_parts() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = BlobStore::open(folder.path()).unwrap();
        let org = OrgId([7; 16]);
        let id = blobs.put(org, b"mine lamp").unwrap();
        assert_eq!(blobs.bytes(org, id).await.unwrap(), "mine lamp");
        assert_eq!(blobs.size(org, id).await.unwrap(), Some(9));
        assert_eq!(blobs.size(OrgId([8; 16]), id).await.unwrap(), None, "another organisation has its own");
        let part = blobs.get(org, id, Some(GetRange::Offset(5))).await.unwrap();
        assert_eq!((part.size, part.range), (9, 5..9));
    }
}
