//! The half that needs no state: bytes, hashes, chains within the segment, seal.

use crate::author::ScopeChain;
use crate::cbor::ReadError;
use crate::cose::CoseError;
use crate::event::{DecodeError, decode_event};
use crate::seal::{self, Seal, SealedScope, scope_tag};
use crate::segment::{self, Limits, SegmentRef};
use davy_core::event::{Event, Payload};
use davy_core::id::{EventId, Hash32, OrgId, ScopeId};
use ed25519_dalek::VerifyingKey;

/// A refused segment: nothing of it enters the log (422).
#[derive(Debug, thiserror::Error)]
#[error("event {index} of the segment: {reason}")]
pub struct Bad {
    /// Which event, from 0; the number of events when the seal or the segment as a whole is at fault.
    pub index: usize,
    /// Why.
    #[source]
    pub reason: BadReason,
}

/// Why a segment is refused.
#[derive(Debug, thiserror::Error)]
pub enum BadReason {
    /// The segment's own bytes.
    #[error("not a segment: {0}")]
    Form(#[from] ReadError),
    /// No events.
    #[error("the segment has no events")]
    Empty,
    /// An event's bytes.
    #[error(transparent)]
    Event(#[from] DecodeError),
    /// A pushed segment carries all bodies.
    #[error("the body is missing")]
    NoBody,
    /// The event belongs to another stream than the seal.
    #[error("the event belongs to another stream")]
    OtherStream,
    /// `seq` is not that of the event before plus one.
    #[error("seq does not follow the event before")]
    Seq,
    /// `prev` is not the event before.
    #[error("prev is not the event before")]
    Prev,
    /// `sseq` or `sprev` do not continue the scope's chain.
    #[error("sseq or sprev do not continue the chain of the scope")]
    ScopeChain,
    /// The seal's bytes or signature.
    #[error("the seal: {0}")]
    Seal(#[from] CoseError),
    /// The seal names other events.
    #[error("the seal does not describe these events")]
    SealContent,
    /// The seal does not follow the last one.
    #[error("the seal does not follow the last accepted seal")]
    SealChain,
}

/// A segment whose bytes, hashes, internal chains and seal are right.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// Seal.
    pub seal: Seal,
    /// Its hash.
    pub seal_hash: Hash32,
    /// Events in the order of their seq; never empty.
    pub events: Vec<Event>,
}

impl Checked {
    /// Whether an event is of a type that this version does not know.
    #[must_use]
    pub fn is_opaque(event: &Event) -> bool {
        matches!(event.payload, Payload::Unknown)
    }
}

/// Decodes a segment and checks everything that needs no state.
///
/// # Errors
/// The first fault with the index of its event.
pub fn check_bytes(bytes: &[u8], limits: Limits, key: &VerifyingKey, org: OrgId) -> Result<Checked, Bad> {
    let segment = segment::decode(bytes, limits).map_err(|error| Bad { index: 0, reason: error.into() })?;
    check_segment(&segment, key, org)
}

/// [`check_bytes`] for a segment, owned or borrowed, whose parts are already found.
///
/// The signature is checked last: whoever knows no key learns from the refusal what is wrong with the bytes, and an
/// honest segment needs all steps anyway.
///
/// # Errors
/// The first fault with the index of its event.
pub fn check_segment<'a>(segment: impl Into<SegmentRef<'a>>, key: &VerifyingKey, org: OrgId) -> Result<Checked, Bad> {
    let segment = segment.into();
    let mut events: Vec<Event> = Vec::with_capacity(segment.events.len());
    let mut scopes: Vec<(ScopeId, ScopeChain)> = Vec::with_capacity(2);
    for (index, raw) in segment.events.iter().enumerate() {
        let bad = |reason| Bad { index, reason };
        if raw.body.is_none() {
            return Err(bad(BadReason::NoBody));
        }
        let event = decode_event(*raw).map_err(|error| bad(error.into()))?;
        if let Some(before) = events.last() {
            follows(before, &event).map_err(bad)?;
        }
        extend(&mut scopes, &event).map_err(bad)?;
        events.push(event);
    }
    let seal = check_seal(segment.seal, key, org, &events, &scopes);
    let seal = seal.map_err(|reason| Bad { index: events.len(), reason })?;
    Ok(Checked { seal, seal_hash: seal::seal_hash(segment.seal), events })
}

fn follows(before: &Event, event: &Event) -> Result<(), BadReason> {
    if event.header.stream != before.header.stream {
        Err(BadReason::OtherStream)
    } else if Some(event.header.seq) != before.header.seq.checked_add(1) {
        Err(BadReason::Seq)
    } else if event.header.prev.0 != before.eid.0 {
        Err(BadReason::Prev)
    } else {
        Ok(())
    }
}

/// Continues the scope's chain within the segment or starts it. Only a scope's first event has an empty `sprev`.
fn extend(scopes: &mut Vec<(ScopeId, ScopeChain)>, event: &Event) -> Result<(), BadReason> {
    let header = &event.header;
    let before = ScopeChain { sseq: header.sseq - 1, head: header.sprev };
    let after = ScopeChain { sseq: header.sseq, head: Hash32(event.eid.0) };
    if (before.sseq == 0) != (before.head == ScopeChain::default().head) {
        return Err(BadReason::ScopeChain);
    }
    // A segment touches few scopes, mostly one.
    match scopes.iter_mut().find(|(scope, _)| *scope == header.scope) {
        Some((_, chain)) if *chain == before => *chain = after,
        Some(_) => return Err(BadReason::ScopeChain),
        None => scopes.push((header.scope, after)),
    }
    Ok(())
}

fn check_seal(bytes: &[u8], key: &VerifyingKey, org: OrgId, events: &[Event], scopes: &[(ScopeId, ScopeChain)]) -> Result<Seal, BadReason> {
    let (Some(first), Some(last)) = (events.first(), events.last()) else { return Err(BadReason::Empty) };
    let seal = seal::verify(bytes, key, org)?;
    let describes =
        seal.stream == last.header.stream && seal.from_seq == first.header.seq && seal.to_seq == last.header.seq && seal.to_eid == last.eid;
    let mut touched: Vec<SealedScope> = scopes
        .iter()
        .map(|(scope, chain)| SealedScope { tag: scope_tag(seal.stream, *scope), sseq: chain.sseq, eid: EventId(chain.head.0) })
        .collect();
    touched.sort_unstable();
    if describes && touched == seal.scopes { Ok(seal) } else { Err(BadReason::SealContent) }
}
