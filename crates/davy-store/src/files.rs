//! File operations whose result is durable when they return.

use crate::error::{Result, StoreError};
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// Creates a folder and its parents, readable by the owner only where the system knows owners.
pub(crate) fn create_dir(dir: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(StoreError::file("creating", dir))
}

/// Makes names in a folder durable. Windows has no such call and needs none.
pub(crate) fn sync_dir(dir: &Path) -> Result<()> {
    #[cfg(unix)]
    File::open(dir).and_then(|folder| folder.sync_all()).map_err(StoreError::file("syncing", dir))?;
    #[cfg(not(unix))]
    let _ = dir;
    Ok(())
}

/// Replaces a file as a whole: new content beside it, fsync, rename, fsync of the folder.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    write_into_place(dir, path, |file| file.write_all(bytes))
}

/// Writes a temporary file in `dir` by `fill` and moves it to `path`; durable when this returns.
pub(crate) fn write_into_place(dir: &Path, path: &Path, fill: impl FnOnce(&mut File) -> std::io::Result<()>) -> Result<()> {
    let mut temp = tempfile::Builder::new().prefix(".part-").tempfile_in(dir).map_err(StoreError::file("creating in", dir))?;
    fill(temp.as_file_mut()).map_err(StoreError::file("writing", path))?;
    temp.as_file().sync_all().map_err(StoreError::file("syncing", path))?;
    temp.persist(path).map_err(|e| StoreError::file("renaming to", path)(e.error))?;
    sync_dir(dir)
}
