//! Events as bytes: header and body, each deterministic CBOR (`docs/sync.md` §3.1).
//!
//! A reader hashes the bytes it received. The encoder writes the one form that the strict decoder accepts.

use crate::cbor::{self, CborError};
use davy_core::event::{BlobRef, BlobRole, Event, Header, Payload};
use davy_core::id::{
    AnchorId, BlobId, EntityId, EventId, Hash32, PersonId, RootId, ScopeId, SessionId, StreamId,
};
use davy_core::time::{Hlc, Millis, Mono, Wall};
use minicbor::{Decoder, Encoder};
use sha2::{Digest, Sha256};

/// Most causal heads that an event names.
pub const MAX_DEPS: usize = 16;
/// Most blobs that an event names.
pub const MAX_BLOBS: usize = 16;
/// Longest event type.
pub const MAX_KIND: usize = 64;
/// Version of the envelope.
pub const ENVELOPE: u32 = 1;

/// An event exactly as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawEvent {
    /// Header bytes.
    pub header: Vec<u8>,
    /// Body bytes; `None` when withheld from this reader.
    pub body: Option<Vec<u8>>,
}

/// Why bytes are not an event.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Not deterministic CBOR.
    #[error("the {part} is not deterministic CBOR: {source}")]
    Cbor {
        /// Header or body.
        part: &'static str,
        /// Where and what.
        source: CborError,
    },
    /// Deterministic, but not of the form of a header or body.
    #[error("the {part} has the wrong form: {reason}")]
    Form {
        /// Header or body.
        part: &'static str,
        /// What.
        reason: String,
    },
    /// The body does not hash to the header's `bh`.
    #[error("the body does not belong to its header")]
    BodyHash,
}

fn form(part: &'static str) -> impl Fn(minicbor::decode::Error) -> DecodeError {
    move |error| DecodeError::Form {
        part,
        reason: error.to_string(),
    }
}

fn wrong(part: &'static str, reason: impl Into<String>) -> DecodeError {
    DecodeError::Form {
        part,
        reason: reason.into(),
    }
}

/// Identity of an event: SHA-256("davy1/event" ‖ header bytes).
#[must_use]
pub fn event_id(header: &[u8]) -> EventId {
    EventId(
        Sha256::new()
            .chain_update(b"davy1/event")
            .chain_update(header)
            .finalize()
            .into(),
    )
}

/// SHA-256 of body bytes: the header's `bh`.
#[must_use]
pub fn body_hash(body: &[u8]) -> Hash32 {
    Hash32(Sha256::digest(body).into())
}

type Infallible = std::convert::Infallible;
type Written = Result<(), minicbor::encode::Error<Infallible>>;

/// Encodes a header: a map of all 21 keys in order, `null` where there is nothing.
#[must_use]
pub fn encode_header(header: &Header) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(420 + header.deps.len() * 34 + header.blobs.len() * 64);
    // Writing into memory cannot fail; the result carries `Infallible`.
    let _: Written = write_header(&mut Encoder::new(&mut bytes), header);
    bytes
}

fn write_header(e: &mut Encoder<&mut Vec<u8>>, h: &Header) -> Written {
    e.map(21)?
        .u8(1)?
        .u32(ENVELOPE)?
        .u8(2)?
        .bytes(h.stream.as_bytes())?
        .u8(3)?
        .u64(h.seq)?;
    e.u8(4)?
        .bytes(h.prev.as_bytes())?
        .u8(5)?
        .bytes(h.scope.as_bytes())?
        .u8(6)?
        .u64(h.sseq)?;
    e.u8(7)?.bytes(h.sprev.as_bytes())?;
    e.u8(8)?.array(2)?.i64(h.hlc.ms.0)?.u32(h.hlc.counter)?;
    e.u8(9)?
        .array(3)?
        .i64(h.wall.ms.0)?
        .i16(h.wall.offset_minutes)?
        .u8(h.wall.source)?;
    e.u8(10)?.array(2)?.bytes(&h.mono.boot)?.u64(h.mono.ns)?;
    match &h.anchor {
        Some(anchor) => e.u8(11)?.bytes(anchor.as_bytes())?,
        None => e.u8(11)?.null()?,
    };
    e.u8(12)?
        .bytes(h.actor.as_bytes())?
        .u8(13)?
        .bytes(h.session.as_bytes())?;
    e.u8(14)?.str(&h.kind)?.u8(15)?.u32(h.tv)?;
    e.u8(16)?
        .bytes(h.ent.as_bytes())?
        .u8(17)?
        .bytes(h.root.as_bytes())?;
    e.u8(18)?.array(h.deps.len() as u64)?;
    for dep in &h.deps {
        e.bytes(dep.as_bytes())?;
    }
    e.u8(19)?.bool(h.crit)?.u8(20)?.bytes(h.bh.as_bytes())?;
    e.u8(21)?.array(h.blobs.len() as u64)?;
    for blob in &h.blobs {
        e.array(4)?
            .bytes(blob.sha256.as_bytes())?
            .u64(blob.size)?
            .str(&blob.media_type)?
            .u8(blob.role.code())?;
    }
    Ok(())
}

/// Decodes a header strictly.
///
/// # Errors
/// Not deterministic CBOR, a missing or surplus key, a value out of bounds.
pub fn decode_header(bytes: &[u8]) -> Result<Header, DecodeError> {
    cbor::check(bytes, cbor::HEADER).map_err(|source| DecodeError::Cbor {
        part: "header",
        source,
    })?;
    let header = read_header(&mut Decoder::new(bytes)).map_err(form("header"))?;
    let sound = header.seq >= 1
        && header.sseq >= 1
        && header.sseq <= header.seq
        && header.kind.len() <= MAX_KIND
        && !header.kind.is_empty()
        && header.deps.windows(2).all(|pair| pair[0] < pair[1]);
    if sound {
        Ok(header)
    } else {
        Err(wrong(
            "header",
            "a number, type or list of deps is out of bounds",
        ))
    }
}

/// Reads the next key and insists on its number.
fn key(d: &mut Decoder<'_>, expected: u8) -> Result<(), minicbor::decode::Error> {
    if d.u8()? == expected {
        Ok(())
    } else {
        Err(minicbor::decode::Error::message(format!(
            "key {expected} expected"
        )))
    }
}

fn array(d: &mut Decoder<'_>, expected: u64) -> Result<(), minicbor::decode::Error> {
    if d.array()? == Some(expected) {
        Ok(())
    } else {
        Err(minicbor::decode::Error::message(format!(
            "array of {expected} expected"
        )))
    }
}

fn list(d: &mut Decoder<'_>, most: usize) -> Result<usize, minicbor::decode::Error> {
    let length = d.array()?.and_then(|length| usize::try_from(length).ok());
    length
        .filter(|length| *length <= most)
        .ok_or_else(|| minicbor::decode::Error::message("list too long"))
}

macro_rules! id {
    ($d:ident, $key:literal, $id:ident) => {{
        key($d, $key)?;
        $d.decode::<$id>()?
    }};
}

fn read_header(d: &mut Decoder<'_>) -> Result<Header, minicbor::decode::Error> {
    if d.map()? != Some(21) {
        return Err(minicbor::decode::Error::message("a header has 21 keys"));
    }
    key(d, 1)?;
    if d.u32()? != ENVELOPE {
        return Err(minicbor::decode::Error::message("unknown envelope version"));
    }
    let stream = id!(d, 2, StreamId);
    key(d, 3)?;
    let seq = d.u64()?;
    let prev = id!(d, 4, Hash32);
    let scope = id!(d, 5, ScopeId);
    key(d, 6)?;
    let sseq = d.u64()?;
    let sprev = id!(d, 7, Hash32);
    let (hlc, wall, mono) = read_clocks(d)?;
    key(d, 11)?;
    let anchor = d.decode::<Option<AnchorId>>()?;
    let actor = id!(d, 12, PersonId);
    let session = id!(d, 13, SessionId);
    key(d, 14)?;
    let kind = d.str()?.to_owned();
    key(d, 15)?;
    let tv = d.u32()?;
    let ent = id!(d, 16, EntityId);
    let root = id!(d, 17, RootId);
    key(d, 18)?;
    let mut deps = Vec::with_capacity(list(d, MAX_DEPS)?);
    for _ in 0..deps.capacity() {
        deps.push(d.decode::<EventId>()?);
    }
    key(d, 19)?;
    let crit = d.bool()?;
    let bh = id!(d, 20, Hash32);
    key(d, 21)?;
    let blobs = read_blobs(d)?;
    Ok(Header {
        stream,
        seq,
        prev,
        scope,
        sseq,
        sprev,
        hlc,
        wall,
        mono,
        anchor,
        actor,
        session,
        kind,
        tv,
        ent,
        root,
        deps,
        crit,
        bh,
        blobs,
    })
}

fn read_clocks(d: &mut Decoder<'_>) -> Result<(Hlc, Wall, Mono), minicbor::decode::Error> {
    key(d, 8)?;
    array(d, 2)?;
    let hlc = Hlc {
        ms: Millis(d.i64()?),
        counter: d.u32()?,
    };
    key(d, 9)?;
    array(d, 3)?;
    let wall = Wall {
        ms: Millis(d.i64()?),
        offset_minutes: d.i16()?,
        source: d.u8()?,
    };
    key(d, 10)?;
    array(d, 2)?;
    let boot = d
        .bytes()?
        .try_into()
        .map_err(|_| minicbor::decode::Error::message("a boot id has 8 bytes"))?;
    Ok((hlc, wall, Mono { boot, ns: d.u64()? }))
}

fn read_blobs(d: &mut Decoder<'_>) -> Result<Vec<BlobRef>, minicbor::decode::Error> {
    let count = list(d, MAX_BLOBS)?;
    let mut blobs = Vec::with_capacity(count);
    for _ in 0..count {
        array(d, 4)?;
        blobs.push(BlobRef {
            sha256: d.decode::<BlobId>()?,
            size: d.u64()?,
            media_type: d.str()?.to_owned(),
            role: BlobRole::from_code(d.u8()?),
        });
    }
    Ok(blobs)
}

/// Encodes a body: `{0: salt, 1: payload}`.
///
/// # Errors
/// `Unknown` and `Withheld` payloads cannot be authored.
pub fn encode_body(salt: &[u8; 16], payload: &Payload) -> Result<Vec<u8>, DecodeError> {
    let mut bytes = Vec::with_capacity(96);
    let mut e = Encoder::new(&mut bytes);
    let write = |e: &mut Encoder<&mut Vec<u8>>| -> Written {
        e.map(2)?.u8(0)?.bytes(salt)?.u8(1)?;
        payload.encode_map(e)
    };
    write(&mut e).map_err(|error| wrong("body", error.to_string()))?;
    cbor::check(&bytes, cbor::BODY).map_err(|source| DecodeError::Cbor {
        part: "body",
        source,
    })?;
    Ok(bytes)
}

/// Decodes a body by type and version. What this version does not know is `Payload::Unknown`.
///
/// # Errors
/// Not deterministic CBOR, over 16 KiB, or a known type with a body that does not fit it.
pub fn decode_body(kind: &str, tv: u32, bytes: &[u8]) -> Result<Payload, DecodeError> {
    cbor::check(bytes, cbor::BODY).map_err(|source| DecodeError::Cbor {
        part: "body",
        source,
    })?;
    let read = || -> Result<Payload, minicbor::decode::Error> {
        let mut d = Decoder::new(bytes);
        if d.map()? != Some(2) {
            return Err(minicbor::decode::Error::message(
                "a body has a salt and a payload",
            ));
        }
        key(&mut d, 0)?;
        if d.bytes()?.len() != 16 {
            return Err(minicbor::decode::Error::message("a salt has 16 bytes"));
        }
        key(&mut d, 1)?;
        Payload::decode_map(kind, tv, &mut d)
    };
    read().map_err(form("body"))
}

/// Decodes an event and checks that the body belongs to the header.
///
/// # Errors
/// See `decode_header` and `decode_body`; a body with another hash.
pub fn decode_event(raw: &RawEvent) -> Result<Event, DecodeError> {
    let header = decode_header(&raw.header)?;
    let payload = match &raw.body {
        None => Payload::Withheld,
        Some(body) if body_hash(body) == header.bh => decode_body(&header.kind, header.tv, body)?,
        Some(_) => return Err(DecodeError::BodyHash),
    };
    Ok(Event {
        eid: event_id(&raw.header),
        header,
        payload,
    })
}
