//! Resumable uploads: tus 1.0 with creation, creation-with-upload, checksum, termination and expiration
//! (`docs/sync.md` §7).
//!
//! Invariants:
//! - an offset is answered only after its bytes were flushed to the disk;
//! - with a checksum, a chunk counts only when it is whole and matches; nothing of it is written before;
//! - an upload has one holder at a time; a newer request takes it over from a stalled one;
//! - "complete" is said only after the hash over all bytes was compared with the name.

pub mod append;
pub mod open;
pub mod protocol;
pub mod receive;
pub mod routes;
pub mod slot;
pub mod state;
pub mod sweep;

pub use slot::Uploads;
