//! Seals: one signature over a run of events of one stream (`docs/sync.md` §3.2). The bytes are final.
//!
//! Each event names the hash of the one before it, so the signature over the last event covers every earlier one.

use crate::cbor::{ReadError, Reader};
use crate::cose::{self, CoseError, Purpose};
use crate::event::{read_anchor, read_mono, read_wall};
use davy_core::id::{AnchorId, EventId, Hash32, OrgId, PersonId, ScopeId, StreamId};
use davy_core::time::{Mono, Wall};
use ed25519_dalek::{SigningKey, VerifyingKey};
use minicbor::Encoder;
use sha2::{Digest, Sha256};

/// Version of the seal's form.
pub const VERSION: u8 = 1;
/// Most scopes that one run can touch: one an event.
const MAX_SCOPES: usize = crate::segment::MAX_EVENTS;

/// Why the device sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SealReason {
    /// Before sending.
    Push,
    /// A person signed an inspection off.
    SignOff,
    /// The app was locked or left the foreground.
    Lock,
    /// Enough events or time since the last seal.
    Interval,
    /// A reason that a newer version writes.
    Other(u8),
}

impl SealReason {
    /// Number in the seal.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Push => 0,
            Self::SignOff => 1,
            Self::Lock => 2,
            Self::Interval => 3,
            Self::Other(code) => code,
        }
    }

    /// From the number in the seal.
    #[must_use]
    pub const fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Push,
            1 => Self::SignOff,
            2 => Self::Lock,
            3 => Self::Interval,
            other => Self::Other(other),
        }
    }
}

/// Head of one scope at the end of a run. The scope's id is hashed: a reader of one scope learns no other scope's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SealedScope {
    /// [`scope_tag`] of stream and scope.
    pub tag: Hash32,
    /// Its last scope seq in the run.
    pub sseq: u64,
    /// Its last event in the run.
    pub eid: EventId,
}

/// The clocks at the moment of sealing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealClock {
    /// Wall clock, uncorrected.
    pub wall: Wall,
    /// Clock that counts sleep.
    pub mono: Mono,
}

impl SealClock {
    /// From both clocks.
    #[must_use]
    pub const fn new(wall: Wall, mono: Mono) -> Self {
        Self { wall, mono }
    }
}

/// What a seal says: the map of keys 1–12.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// 1: version of the form, [`VERSION`].
    pub version: u8,
    /// 2: stream.
    pub stream: StreamId,
    /// 3: first seq; the end of the seal before plus one.
    pub from_seq: u64,
    /// 4: last seq.
    pub to_seq: u64,
    /// 5: event `to_seq`.
    pub to_eid: EventId,
    /// 6: heads of every scope touched in the run, sorted by their tags.
    pub scopes: Vec<SealedScope>,
    /// 7: [`seal_hash`] of the seal before; zeros for the first.
    pub prev_seal: Hash32,
    /// 8 and 9: clocks.
    pub clock: SealClock,
    /// 10: newest verified anchor.
    pub anchor: Option<AnchorId>,
    /// 11: why.
    pub reason: SealReason,
    /// 12: who signed off, for a sign-off.
    pub actor: Option<PersonId>,
}

/// SHA-256("davy1/scope" ‖ stream ‖ scope).
#[must_use]
pub fn scope_tag(stream: StreamId, scope: ScopeId) -> Hash32 {
    let hash = Sha256::new().chain_update(b"davy1/scope").chain_update(stream.as_bytes()).chain_update(scope.as_bytes());
    Hash32(hash.finalize().into())
}

/// Name of a seal: SHA-256("davy1/seal-hash" ‖ bytes).
#[must_use]
pub fn seal_hash(bytes: &[u8]) -> Hash32 {
    Hash32(Sha256::new().chain_update(b"davy1/seal-hash").chain_update(bytes).finalize().into())
}

/// Signs a seal with the device key. The heads are put into their order.
#[must_use]
pub fn sign(key: &SigningKey, org: OrgId, seal: &Seal) -> Vec<u8> {
    cose::sign(key, Purpose::Seal, org, encode(seal))
}

/// Checks form and signature of a seal.
///
/// # Errors
/// Another form, another organisation or key, a field out of bounds.
pub fn verify(bytes: &[u8], key: &VerifyingKey, org: OrgId) -> Result<Seal, CoseError> {
    decode(cose::open(bytes, key, Purpose::Seal, org)?)
}

type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

fn encode(seal: &Seal) -> Vec<u8> {
    let mut scopes = seal.scopes.clone();
    scopes.sort_unstable();
    let mut bytes = Vec::with_capacity(200 + scopes.len() * 76);
    let write = |e: &mut Encoder<&mut Vec<u8>>| -> Written {
        e.map(12)?.u8(1)?.u8(seal.version)?.u8(2)?.bytes(seal.stream.as_bytes())?;
        e.u8(3)?.u64(seal.from_seq)?.u8(4)?.u64(seal.to_seq)?.u8(5)?.bytes(seal.to_eid.as_bytes())?;
        e.u8(6)?.array(scopes.len() as u64)?;
        for head in &scopes {
            e.array(3)?.bytes(head.tag.as_bytes())?.u64(head.sseq)?.bytes(head.eid.as_bytes())?;
        }
        e.u8(7)?.bytes(seal.prev_seal.as_bytes())?;
        e.u8(8)?.array(3)?.i64(seal.clock.wall.ms.0)?.i16(seal.clock.wall.offset_minutes)?.u8(seal.clock.wall.source)?;
        e.u8(9)?.array(2)?.bytes(&seal.clock.mono.boot)?.u64(seal.clock.mono.ns)?;
        e.u8(10)?.encode(seal.anchor)?.u8(11)?.u8(seal.reason.code())?.u8(12)?.encode(seal.actor)?;
        Ok(())
    };
    // Writing into memory cannot fail.
    let _: Written = write(&mut Encoder::new(&mut bytes));
    bytes
}

fn decode(payload: &[u8]) -> Result<Seal, CoseError> {
    let mut r = Reader::new(payload, payload.len())?;
    let seal = read(&mut r)?;
    r.end()?;
    let dense = seal.from_seq >= 1 && seal.from_seq <= seal.to_seq;
    let sorted = seal.scopes.is_sorted_by(|a, b| a.tag < b.tag);
    if dense && sorted && !seal.scopes.is_empty() {
        Ok(seal)
    } else {
        Err(CoseError::Payload { reason: "range or scope heads out of order".to_owned() })
    }
}

fn read(r: &mut Reader<'_>) -> Result<Seal, ReadError> {
    r.map(12, "a map of 12 keys")?;
    r.key(1, "key 1")?;
    let at = r.offset();
    if r.uint(u64::MAX, "the version")? != u64::from(VERSION) {
        return r.fail(at, "seal version 1");
    }
    r.key(2, "key 2")?;
    let stream = StreamId(r.fixed("a stream id")?);
    r.key(3, "key 3")?;
    let from_seq = r.uint(u64::MAX, "a seq")?;
    r.key(4, "key 4")?;
    let to_seq = r.uint(u64::MAX, "a seq")?;
    r.key(5, "key 5")?;
    let to_eid = EventId(r.fixed("an event id")?);
    r.key(6, "key 6")?;
    let count = r.list(MAX_SCOPES, "at most 256 scope heads")?;
    let mut scopes = Vec::with_capacity(count);
    for _ in 0..count {
        r.array(3, "a scope head")?;
        scopes.push(SealedScope {
            tag: Hash32(r.fixed("a scope tag")?),
            sseq: r.uint(u64::MAX, "a scope seq")?,
            eid: EventId(r.fixed("an event id")?),
        });
    }
    r.key(7, "key 7")?;
    let prev_seal = Hash32(r.fixed("a seal hash")?);
    r.key(8, "key 8")?;
    let wall = read_wall(r)?;
    r.key(9, "key 9")?;
    let mono = read_mono(r)?;
    r.key(10, "key 10")?;
    let anchor = read_anchor(r)?;
    r.key(11, "key 11")?;
    let reason = SealReason::from_code(r.uint(255, "a reason")? as u8);
    r.key(12, "key 12")?;
    let actor = if r.null() { None } else { Some(PersonId(r.fixed("an actor id or null")?)) };
    Ok(Seal {
        version: VERSION,
        stream,
        from_seq,
        to_seq,
        to_eid,
        scopes,
        prev_seal,
        clock: SealClock { wall, mono },
        anchor,
        reason,
        actor,
    })
}
