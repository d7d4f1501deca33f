//! What happened: every act of a person is one event. Headers and payloads are final (`docs/sync.md` §3):
//! numbers of fields are never reused, new optional fields get new numbers, a changed meaning gets a new `tv`.

pub mod header;
pub mod payload;

pub use header::{BlobRef, BlobRole, Header};
pub use payload::*;

use crate::id::EventId;

/// An event as the folds see it: identity, header and what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// SHA-256 over the header.
    pub eid: EventId,
    /// The signed header.
    pub header: Header,
    /// The body, if its type and version are known here.
    pub payload: Payload,
}
