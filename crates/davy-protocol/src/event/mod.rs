//! Events as bytes: header and body, each deterministic CBOR (`docs/sync.md` §3.1).
//!
//! Identity and chain are computed from the bytes as received; nobody encodes an event a second time. `encode` writes
//! the one form that `decode` accepts, so a decoded header encodes to its own bytes again.

mod decode;
mod encode;

pub use decode::{DecodeError, decode_body, decode_event, decode_header};
pub(crate) use decode::{read_anchor, read_mono, read_wall};
pub use encode::{EncodeError, encode_body, encode_header};

use davy_core::id::{EventId, Hash32};
use sha2::{Digest, Sha256};

/// Most causal heads that an event names.
pub const MAX_DEPS: usize = 16;
/// Most blobs that an event names.
pub const MAX_BLOBS: usize = 16;
/// Longest event type in bytes.
pub const MAX_KIND: usize = 64;
/// Longest media type in bytes.
pub const MAX_MEDIA_TYPE: usize = 128;
/// Version of the envelope.
pub const ENVELOPE: u8 = 1;
/// Number of header keys.
pub const HEADER_KEYS: u64 = 21;

/// An event exactly as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawEvent {
    /// Header bytes.
    pub header: Vec<u8>,
    /// Body bytes; `None` when withheld from this reader.
    pub body: Option<Vec<u8>>,
}

impl RawEvent {
    /// The event's identity.
    #[must_use]
    pub fn eid(&self) -> EventId {
        event_id(&self.header)
    }

    /// The same event, borrowed.
    #[must_use]
    pub fn as_ref(&self) -> EventRef<'_> {
        EventRef { header: &self.header, body: self.body.as_deref() }
    }
}

/// An event's bytes within a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventRef<'a> {
    /// Header bytes.
    pub header: &'a [u8],
    /// Body bytes; `None` when withheld from this reader.
    pub body: Option<&'a [u8]>,
}

impl EventRef<'_> {
    /// Copies the bytes.
    #[must_use]
    pub fn to_raw(self) -> RawEvent {
        RawEvent { header: self.header.to_vec(), body: self.body.map(<[u8]>::to_vec) }
    }
}

impl<'a> From<&'a RawEvent> for EventRef<'a> {
    fn from(raw: &'a RawEvent) -> Self {
        raw.as_ref()
    }
}

/// Identity of an event: SHA-256("davy1/event" ‖ header bytes).
#[must_use]
pub fn event_id(header: &[u8]) -> EventId {
    EventId(Sha256::new().chain_update(b"davy1/event").chain_update(header).finalize().into())
}

/// SHA-256 of body bytes: the header's `bh`.
#[must_use]
pub fn body_hash(body: &[u8]) -> Hash32 {
    Hash32(Sha256::digest(body).into())
}
