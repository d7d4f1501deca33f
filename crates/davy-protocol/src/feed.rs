//! The server's feed of a scope: acceptance records and the accumulator that makes an omission visible (I-12, I-30).

use crate::cose::{self, CoseError, Purpose};
use crate::receipt::signed;
use davy_core::id::{EventId, Hash32, OrgId, ScopeId};
use davy_core::time::Millis;
use ed25519_dalek::{SigningKey, VerifyingKey};
use minicbor::{Decode, Encode, Encoder};
use sha2::{Digest, Sha256};

/// By which way an event came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Path {
    /// Sent by its device.
    #[n(0)]
    Direct,
    /// Written by the server itself.
    #[n(1)]
    Server,
    /// Carried by a hub.
    #[n(2)]
    Hub,
    /// Carried by a file.
    #[n(3)]
    Bundle,
}

/// How the server took one event. In bytes: the array [gseq, eid, recv_ms, path, class, flags].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct AcceptanceRecord {
    /// Place in the organisation's log; dense per epoch.
    #[n(0)]
    pub gseq: u64,
    /// Event.
    #[n(1)]
    pub eid: EventId,
    /// Server's time.
    #[n(2)]
    pub recv_ms: Millis,
    /// Way in.
    #[n(3)]
    pub path: Path,
    /// `Class::code`.
    #[n(4)]
    pub class: u8,
    /// Flags.
    #[n(5)]
    pub flags: u32,
}

impl AcceptanceRecord {
    /// SHA-256 of its bytes.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let mut bytes = [0_u8; 80];
        let mut e = Encoder::new(&mut bytes[..]);
        // 80 bytes hold the longest record: the write cannot run out.
        let _ = e.encode(self);
        let left = e.writer().len();
        Sha256::digest(&bytes[..80 - left]).into()
    }
}

/// Start of a scope's accumulator: SHA-256("davy1/acc" ‖ org ‖ scope).
#[must_use]
pub fn accumulator_start(org: OrgId, scope: ScopeId) -> Hash32 {
    Hash32(Sha256::new().chain_update(b"davy1/acc").chain_update(org.as_bytes()).chain_update(scope.as_bytes()).finalize().into())
}

/// The next accumulator: SHA-256(acc ‖ SHA-256(record)).
#[must_use]
pub fn accumulate(acc: Hash32, record: &AcceptanceRecord) -> Hash32 {
    Hash32(Sha256::new().chain_update(acc.as_bytes()).chain_update(record.hash()).finalize().into())
}

/// Signed end of a scope's feed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ScopeHead {
    /// Epoch.
    #[n(1)]
    pub epoch: u64,
    /// Scope.
    #[n(2)]
    pub scope: ScopeId,
    /// Position of the last event; 0 when the feed is empty.
    #[n(3)]
    pub pos: u64,
    /// Accumulator there.
    #[n(4)]
    pub acc: Hash32,
}
signed!(ScopeHead: ScopeHead);
