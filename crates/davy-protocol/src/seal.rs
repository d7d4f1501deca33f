//! Seals: one signature over a dense run of events of one stream (`docs/sync.md` §3.2).

use crate::cose::{self, CoseError, Purpose};
use davy_core::id::{AnchorId, EventId, Hash32, OrgId, PersonId, ScopeId, StreamId};
use davy_core::time::{Mono, Wall};
use ed25519_dalek::{SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

/// Why a run was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum SealReason {
    /// Before sending.
    #[n(0)]
    Push,
    /// A person signed off.
    #[n(1)]
    SignOff,
    /// The app was locked or left.
    #[n(2)]
    Lock,
    /// 256 events or ten minutes of work.
    #[n(3)]
    Interval,
}

/// Wall clock and monotonic clock in a seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SealClock {
    /// Wall milliseconds.
    #[n(0)]
    pub wall_ms: i64,
    /// Offset from UTC in minutes.
    #[n(1)]
    pub offset_minutes: i16,
    /// Source of the wall clock.
    #[n(2)]
    pub source: u8,
    /// Boot id.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub boot: [u8; 8],
    /// Nanoseconds since boot.
    #[n(4)]
    pub mono_ns: u64,
}

impl SealClock {
    /// From the two clocks.
    #[must_use]
    pub const fn new(wall: Wall, mono: Mono) -> Self {
        Self {
            wall_ms: wall.ms.0,
            offset_minutes: wall.offset_minutes,
            source: wall.source,
            boot: mono.boot,
            mono_ns: mono.ns,
        }
    }
}

/// Head of one scope at a seal; the scope is named by a hash so that a reader of one scope learns no other's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SealedScope {
    /// See `scope_tag`.
    #[n(0)]
    pub tag: Hash32,
    /// Last seq in the scope.
    #[n(1)]
    pub sseq: u64,
    /// Last event in the scope.
    #[n(2)]
    pub eid: EventId,
}

/// What a seal says.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Seal {
    /// Version, 1.
    #[n(1)]
    pub version: u8,
    /// Stream.
    #[n(2)]
    pub stream: StreamId,
    /// First seq; the seal before ended at `from_seq − 1`.
    #[n(3)]
    pub from_seq: u64,
    /// Last seq.
    #[n(4)]
    pub to_seq: u64,
    /// Last event.
    #[n(5)]
    pub to_eid: EventId,
    /// Heads of the scopes touched in the run, sorted by tag.
    #[n(6)]
    pub scopes: Vec<SealedScope>,
    /// Hash of the seal before; zeros for the first.
    #[n(7)]
    pub prev_seal: Hash32,
    /// Clocks.
    #[n(8)]
    pub clock: SealClock,
    /// Newest verified anchor.
    #[n(9)]
    pub anchor: Option<AnchorId>,
    /// Why.
    #[n(10)]
    pub reason: SealReason,
    /// Who, for a sign-off.
    #[n(11)]
    pub actor: Option<PersonId>,
}

/// SHA-256("davy1/scope" ‖ stream ‖ scope).
#[must_use]
pub fn scope_tag(stream: StreamId, scope: ScopeId) -> Hash32 {
    Hash32(
        Sha256::new()
            .chain_update(b"davy1/scope")
            .chain_update(stream.as_bytes())
            .chain_update(scope.as_bytes())
            .finalize()
            .into(),
    )
}

/// Signs a seal.
#[must_use]
pub fn sign(key: &SigningKey, org: OrgId, seal: &Seal) -> Vec<u8> {
    cose::sign_value(key, Purpose::Seal, org, seal)
}

/// Verifies a seal by the device's key.
///
/// # Errors
/// The signature, the organisation or the form is wrong.
pub fn verify(bytes: &[u8], key: &VerifyingKey, org: OrgId) -> Result<Seal, CoseError> {
    cose::verify_value(bytes, key, Purpose::Seal, org)
}

/// Hash of a seal's bytes: the next seal's `prev_seal`.
#[must_use]
pub fn seal_hash(bytes: &[u8]) -> Hash32 {
    Hash32(Sha256::digest(bytes).into())
}
