//! Segments: the events of one seal with the seal; the unit of push, storage and relay.
//! As bytes: `[[[header, body | null], …], seal]`.

use crate::cose::CoseError;
use crate::event::{DecodeError, RawEvent, decode_event};
use crate::seal::{self, Seal, scope_tag};
use davy_core::event::{Event, Payload};
use davy_core::id::{Hash32, OrgId, ScopeId};
use ed25519_dalek::VerifyingKey;
use minicbor::{Decoder, Encoder};
use std::collections::BTreeMap;

/// Most events in a segment.
pub const MAX_EVENTS: usize = 256;
/// Most bytes of a segment.
pub const MAX_BYTES: usize = 512 * 1024;
/// Most bytes of a push before compression.
pub const MAX_PUSH: usize = 2 * 1024 * 1024;

/// A sealed run of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Events in order.
    pub events: Vec<RawEvent>,
    /// Seal as signed.
    pub seal: Vec<u8>,
}

/// Why a segment is malformed: where and what. It is kept aside, never in the log.
#[derive(Debug, thiserror::Error)]
#[error("event {index}: {reason}")]
pub struct Bad {
    /// Index of the event in the segment; its length stands for the seal.
    pub index: usize,
    /// What.
    #[source]
    pub reason: BadReason,
}

/// What is malformed.
#[derive(Debug, thiserror::Error)]
pub enum BadReason {
    /// Not a segment.
    #[error("not a segment: {0}")]
    Form(String),
    /// An event that does not decode.
    #[error(transparent)]
    Event(#[from] DecodeError),
    /// A body is missing: a device sends its own events whole.
    #[error("the body is missing")]
    NoBody,
    /// The event does not follow the one before it.
    #[error("the event does not follow the one before it")]
    Chain,
    /// The seal is wrong.
    #[error(transparent)]
    Seal(#[from] CoseError),
    /// The seal does not describe these events.
    #[error("the seal does not describe these events")]
    SealContent,
}

/// Encodes a segment.
#[must_use]
pub fn encode(segment: &Segment) -> Vec<u8> {
    let size: usize = segment
        .events
        .iter()
        .map(|event| event.header.len() + event.body.as_ref().map_or(1, Vec::len) + 8)
        .sum();
    let mut bytes = Vec::with_capacity(size + segment.seal.len() + 16);
    // Writing into memory cannot fail.
    let _: Result<(), minicbor::encode::Error<std::convert::Infallible>> =
        write(&mut Encoder::new(&mut bytes), segment);
    bytes
}

fn write(
    e: &mut Encoder<&mut Vec<u8>>,
    segment: &Segment,
) -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
    e.array(2)?.array(segment.events.len() as u64)?;
    for event in &segment.events {
        e.array(2)?.bytes(&event.header)?;
        match &event.body {
            Some(body) => e.bytes(body)?,
            None => e.null()?,
        };
    }
    e.bytes(&segment.seal)?;
    Ok(())
}

/// Decodes a segment within its bounds.
///
/// # Errors
/// Over 512 KiB or 256 events, or not of the form.
pub fn decode(bytes: &[u8]) -> Result<Segment, BadReason> {
    if bytes.len() > MAX_BYTES {
        return Err(BadReason::Form("over 512 KiB".to_owned()));
    }
    read(bytes).map_err(|error| BadReason::Form(error.to_string()))
}

fn read(bytes: &[u8]) -> Result<Segment, minicbor::decode::Error> {
    let wrong = minicbor::decode::Error::message;
    let mut d = Decoder::new(bytes);
    if d.array()? != Some(2) {
        return Err(wrong("two parts expected"));
    }
    let count = d
        .array()?
        .and_then(|count| usize::try_from(count).ok())
        .filter(|count| (1..=MAX_EVENTS).contains(count));
    let count = count.ok_or_else(|| wrong("1 to 256 events expected"))?;
    let mut events = Vec::with_capacity(count);
    for _ in 0..count {
        if d.array()? != Some(2) {
            return Err(wrong("header and body expected"));
        }
        events.push(RawEvent {
            header: d.bytes()?.to_vec(),
            body: read_body(&mut d)?,
        });
    }
    let seal = d.bytes()?.to_vec();
    if d.position() == bytes.len() {
        Ok(Segment { events, seal })
    } else {
        Err(wrong("bytes after the end"))
    }
}

fn read_body(d: &mut Decoder<'_>) -> Result<Option<Vec<u8>>, minicbor::decode::Error> {
    if d.datatype()? == minicbor::data::Type::Null {
        d.null()?;
        return Ok(None);
    }
    d.bytes().map(|body| Some(body.to_vec()))
}

/// A segment whose bytes, hashes, inner chain and signature are sound. What remains is its place in the stream.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The seal's content.
    pub seal: Seal,
    /// Hash of the seal's bytes.
    pub seal_hash: Hash32,
    /// Events with their meaning.
    pub events: Vec<Event>,
}

impl Checked {
    /// Whether an event is of a type that this version does not know.
    #[must_use]
    pub fn is_opaque(event: &Event) -> bool {
        matches!(event.payload, Payload::Unknown)
    }
}

/// The stateless half of acceptance: may run in parallel for many segments.
///
/// # Errors
/// The first fault with the index of its event.
pub fn check(segment: &Segment, key: &VerifyingKey, org: OrgId) -> Result<Checked, Bad> {
    let at_seal = segment.events.len();
    let bad = |index: usize| move |reason: BadReason| Bad { index, reason };
    let seal = seal::verify(&segment.seal, key, org).map_err(|error| bad(at_seal)(error.into()))?;
    let mut events: Vec<Event> = Vec::with_capacity(segment.events.len());
    let mut scopes: BTreeMap<ScopeId, (u64, Hash32)> = BTreeMap::new();
    for (index, raw) in segment.events.iter().enumerate() {
        if raw.body.is_none() {
            return Err(bad(index)(BadReason::NoBody));
        }
        let event = decode_event(raw).map_err(|error| bad(index)(error.into()))?;
        let header = &event.header;
        let follows_stream = header.stream == seal.stream
            && header.seq == seal.from_seq.saturating_add(index as u64)
            && events.last().is_none_or(|last| header.prev.0 == last.eid.0);
        let follows_scope = scopes
            .get(&header.scope)
            .is_none_or(|(sseq, head)| header.sseq == sseq + 1 && header.sprev == *head);
        if !(follows_stream && follows_scope) {
            return Err(bad(index)(BadReason::Chain));
        }
        scopes.insert(header.scope, (header.sseq, Hash32(event.eid.0)));
        events.push(event);
    }
    let describes = seal.version == 1
        && events
            .last()
            .is_some_and(|last| last.header.seq == seal.to_seq && last.eid == seal.to_eid)
        && describes_scopes(&seal, &scopes);
    if !describes {
        return Err(bad(at_seal)(BadReason::SealContent));
    }
    Ok(Checked {
        seal_hash: seal::seal_hash(&segment.seal),
        seal,
        events,
    })
}

fn describes_scopes(seal: &Seal, scopes: &BTreeMap<ScopeId, (u64, Hash32)>) -> bool {
    let mut touched: Vec<_> = scopes
        .iter()
        .map(|(scope, (sseq, head))| (scope_tag(seal.stream, *scope), *sseq, head.0))
        .collect();
    touched.sort_unstable();
    touched.len() == seal.scopes.len()
        && touched
            .iter()
            .zip(&seal.scopes)
            .all(|(have, said)| *have == (said.tag, said.sseq, said.eid.0))
}

/// Encodes the body of a push: an array of segments, each a byte string.
#[must_use]
pub fn encode_push(segments: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(
        segments
            .iter()
            .map(|segment| segment.len() + 6)
            .sum::<usize>()
            + 6,
    );
    let mut e = Encoder::new(&mut bytes);
    // Writing into memory cannot fail.
    let mut write = || -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
        e.array(segments.len() as u64)?;
        segments
            .iter()
            .try_for_each(|segment| e.bytes(segment).map(drop))
    };
    let _ = write();
    bytes
}

/// Decodes the body of a push into slices of it.
///
/// # Errors
/// Not an array of byte strings, or more than 64 of them.
pub fn decode_push(bytes: &[u8]) -> Result<Vec<&[u8]>, BadReason> {
    let read = || -> Result<Vec<&[u8]>, minicbor::decode::Error> {
        let mut d = Decoder::new(bytes);
        let count = d
            .array()?
            .and_then(|count| usize::try_from(count).ok())
            .filter(|count| *count <= MAX_PUSH / 512);
        let count = count.ok_or_else(|| minicbor::decode::Error::message("too many segments"))?;
        let segments = (0..count)
            .map(|_| d.bytes())
            .collect::<Result<Vec<_>, _>>()?;
        if d.position() == bytes.len() {
            Ok(segments)
        } else {
            Err(minicbor::decode::Error::message("bytes after the end"))
        }
    };
    read().map_err(|error| BadReason::Form(error.to_string()))
}
