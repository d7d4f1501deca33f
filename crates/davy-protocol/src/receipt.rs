//! What the server signs for a device: receipts for events and blobs, and its time (`docs/sync.md` §4, §7, §8).

use crate::accept::Class;
use crate::cose::{self, CoseError, Purpose};
use davy_core::id::{AnchorId, BlobId, EventId, OrgId, StreamId};
use davy_core::time::Millis;
use ed25519_dalek::{SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};

/// An event that was not taken as plain `ok`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Classed {
    /// Seq.
    #[n(0)]
    pub seq: u64,
    /// `Class::code`.
    #[n(1)]
    pub class: u8,
    /// Flags.
    #[n(2)]
    pub flags: u32,
}

impl Classed {
    /// The class, if known here.
    #[must_use]
    pub const fn class(&self) -> Option<Class> {
        Class::from_code(self.class)
    }
}

/// The server has committed every event of a stream up to `head_seq`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Receipt {
    /// Epoch of the server's log.
    #[n(1)]
    pub epoch: u64,
    /// Stream.
    #[n(2)]
    pub stream: StreamId,
    /// Last committed seq.
    #[n(3)]
    pub head_seq: u64,
    /// Last committed event.
    #[n(4)]
    pub head_eid: EventId,
    /// Events of this push that are not plain `ok`.
    #[n(5)]
    pub classed: Vec<Classed>,
    /// Highest seq that an off-machine backup holds; 0 when none does.
    #[n(6)]
    pub durable_seq: u64,
    /// Server's time.
    #[n(7)]
    pub recv_ms: Millis,
}

/// The server holds a blob whose bytes hash to this name.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct BlobReceipt {
    /// Epoch of the server's log.
    #[n(1)]
    pub epoch: u64,
    /// SHA-256 of the bytes.
    #[n(2)]
    pub sha256: BlobId,
    /// Bytes.
    #[n(3)]
    pub size: u64,
    /// Server's time.
    #[n(4)]
    pub recv_ms: Millis,
}

/// A signed statement of the server's time.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Anchor {
    /// Id that later events cite.
    #[n(1)]
    pub id: AnchorId,
    /// Server's time.
    #[n(2)]
    pub server_ms: Millis,
}

macro_rules! signed {
    ($($name:ident: $purpose:ident),*) => {$(
        impl $name {
            /// Signs it with the server's key.
            #[must_use]
            pub fn sign(&self, key: &SigningKey, org: OrgId) -> Vec<u8> {
                cose::sign_value(key, Purpose::$purpose, org, self)
            }

            /// Verifies signed bytes by the server's key.
            ///
            /// # Errors
            /// Wrong signature, organisation, purpose or form.
            pub fn verify(bytes: &[u8], key: &VerifyingKey, org: OrgId) -> Result<Self, CoseError> {
                cose::verify_value(bytes, key, Purpose::$purpose, org)
            }
        }
    )*};
}
pub(crate) use signed;
signed!(Receipt: Receipt, BlobReceipt: BlobReceipt, Anchor: Anchor);
