//! Documents as stored: JSON, compressed. They are a cache of the log and can be folded again at any time.

use crate::packing;
use crate::store::StoreError;
use davy_core::fold::Aggregate;

/// More than any sound document has.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// Document to bytes.
///
/// # Errors
/// Never for sound documents.
pub fn pack(aggregate: &Aggregate) -> Result<Vec<u8>, StoreError> {
    let json = serde_json::to_vec(aggregate).map_err(|_| StoreError::damaged("document"))?;
    packing::compress(&json).map_err(|_| StoreError::damaged("document"))
}

/// Bytes to document.
///
/// # Errors
/// Bytes that `pack` did not write.
pub fn unpack(bytes: &[u8]) -> Result<Aggregate, StoreError> {
    let size = zstd::zstd_safe::get_frame_content_size(bytes).ok().flatten().and_then(|size| usize::try_from(size).ok());
    let size = size.filter(|size| *size <= MOST_BYTES).ok_or(StoreError::damaged("document"))?;
    let json = zstd::bulk::decompress(bytes, size).map_err(|_| StoreError::damaged("document"))?;
    serde_json::from_slice(&json).map_err(|_| StoreError::damaged("document"))
}
