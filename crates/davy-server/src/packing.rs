//! Compression of what is stored and sent. Each thread keeps its context: making one takes longer than compressing a document.

use std::cell::RefCell;
use zstd::bulk::Compressor;

/// Fast: documents and segments are compressed once and read often.
const LEVEL: i32 = 1;

thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
}

/// Compresses into one zstd frame that names its content's size.
///
/// # Errors
/// No memory.
pub fn compress(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|kept| {
        let compressor = match kept {
            Some(compressor) => compressor,
            None => kept.insert(Compressor::new(LEVEL)?),
        };
        compressor.compress(bytes)
    })
}
