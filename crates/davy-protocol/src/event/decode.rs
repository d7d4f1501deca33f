//! Reading headers and bodies. Strict: a form that `encode` would not write is refused.

use super::encode::bounds;
use super::{ENVELOPE, EventRef, HEADER_KEYS, MAX_BLOBS, MAX_DEPS, MAX_KIND, MAX_MEDIA_TYPE, body_hash, event_id};
use crate::cbor::{self, CborError, ReadError, Reader};
use davy_core::event::{BlobRef, BlobRole, Event, Header, Payload};
use davy_core::id::{AnchorId, BlobId, EntityId, EventId, Hash32, PersonId, RootId, ScopeId, SessionId, StreamId};
use davy_core::time::{Hlc, Millis, Mono, Wall};
use minicbor::Decoder;

/// Why bytes are not an event.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The header is not deterministic CBOR or not of the form of a header.
    #[error("the header is not valid: {source}")]
    Header {
        /// Where and what.
        #[from]
        source: ReadError,
    },
    /// A header field is out of its bounds.
    #[error("the header breaks a rule: {rule}")]
    Bounds {
        /// Which rule.
        rule: &'static str,
    },
    /// The body is not deterministic CBOR.
    #[error("the body is not deterministic CBOR: {source}")]
    Body {
        /// Where and what.
        #[from]
        source: CborError,
    },
    /// The body does not fit its type, which this version knows.
    #[error("the body does not fit `{kind}` version {tv}: {source}")]
    Payload {
        /// Type.
        kind: String,
        /// Version.
        tv: u32,
        /// Where and what.
        source: minicbor::decode::Error,
    },
    /// The body does not hash to the header's `bh`.
    #[error("the body does not belong to its header")]
    BodyHash,
}

/// Decodes a header strictly, in one pass.
///
/// # Errors
/// Not deterministic CBOR, a missing, surplus or misplaced key, a value out of bounds.
pub fn decode_header(bytes: &[u8]) -> Result<Header, DecodeError> {
    let mut r = Reader::new(bytes, cbor::HEADER.bytes)?;
    let header = read_header(&mut r)?;
    r.end()?;
    bounds(&header).map_err(|rule| DecodeError::Bounds { rule })?;
    Ok(header)
}

fn read_header(r: &mut Reader<'_>) -> Result<Header, ReadError> {
    r.map(HEADER_KEYS, "a map of 21 keys")?;
    r.key(1, "key 1")?;
    let at = r.offset();
    if r.uint(u64::MAX, "the envelope version")? != u64::from(ENVELOPE) {
        return r.fail(at, "envelope version 1");
    }
    r.key(2, "key 2")?;
    let stream = StreamId(r.fixed("a stream id")?);
    r.key(3, "key 3")?;
    let seq = r.uint(u64::MAX, "seq")?;
    r.key(4, "key 4")?;
    let prev = Hash32(r.fixed("prev")?);
    r.key(5, "key 5")?;
    let scope = ScopeId(r.fixed("a scope id")?);
    r.key(6, "key 6")?;
    let sseq = r.uint(u64::MAX, "sseq")?;
    r.key(7, "key 7")?;
    let sprev = Hash32(r.fixed("sprev")?);
    r.key(8, "key 8")?;
    r.array(2, "a hybrid clock")?;
    let hlc = Hlc { ms: Millis(r.int("milliseconds")?), counter: u32_(r, "a counter")? };
    r.key(9, "key 9")?;
    let wall = read_wall(r)?;
    r.key(10, "key 10")?;
    let mono = read_mono(r)?;
    r.key(11, "key 11")?;
    let anchor = read_anchor(r)?;
    r.key(12, "key 12")?;
    let actor = PersonId(r.fixed("an actor id")?);
    r.key(13, "key 13")?;
    let session = SessionId(r.fixed("a session id")?);
    r.key(14, "key 14")?;
    let kind = r.text(MAX_KIND, "a type of at most 64 bytes")?.to_owned();
    r.key(15, "key 15")?;
    let tv = u32_(r, "a type version")?;
    r.key(16, "key 16")?;
    let ent = EntityId(r.fixed("an entity id")?);
    r.key(17, "key 17")?;
    let root = RootId(r.fixed("an aggregate id")?);
    r.key(18, "key 18")?;
    let deps = read_deps(r)?;
    r.key(19, "key 19")?;
    let crit = r.bool("true or false")?;
    r.key(20, "key 20")?;
    let bh = Hash32(r.fixed("a body hash")?);
    r.key(21, "key 21")?;
    let blobs = read_blobs(r)?;
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

fn u32_(r: &mut Reader<'_>, expected: &'static str) -> Result<u32, ReadError> {
    // The bound makes the cast lossless.
    r.uint(u64::from(u32::MAX), expected).map(|value| value as u32)
}

fn u8_(r: &mut Reader<'_>, expected: &'static str) -> Result<u8, ReadError> {
    r.uint(u64::from(u8::MAX), expected).map(|value| value as u8)
}

/// `[ms, offset minutes, source]`; also part of seals.
pub(crate) fn read_wall(r: &mut Reader<'_>) -> Result<Wall, ReadError> {
    r.array(3, "a wall clock")?;
    let ms = Millis(r.int("milliseconds")?);
    let at = r.offset();
    let Ok(offset_minutes) = i16::try_from(r.int("an offset in minutes")?) else {
        return r.fail(at, "an offset in minutes");
    };
    Ok(Wall { ms, offset_minutes, source: u8_(r, "a clock source")? })
}

/// `[boot id, ns]`; also part of seals.
pub(crate) fn read_mono(r: &mut Reader<'_>) -> Result<Mono, ReadError> {
    r.array(2, "a monotonic clock")?;
    Ok(Mono { boot: r.fixed("a boot id")?, ns: r.uint(u64::MAX, "nanoseconds")? })
}

/// An anchor id or null; also part of seals.
pub(crate) fn read_anchor(r: &mut Reader<'_>) -> Result<Option<AnchorId>, ReadError> {
    if r.null() { Ok(None) } else { r.fixed("an anchor id or null").map(|id| Some(AnchorId(id))) }
}

fn read_deps(r: &mut Reader<'_>) -> Result<Vec<EventId>, ReadError> {
    let count = r.list(MAX_DEPS, "at most 16 deps")?;
    let mut deps = Vec::with_capacity(count);
    for _ in 0..count {
        deps.push(EventId(r.fixed("an event id")?));
    }
    Ok(deps)
}

fn read_blobs(r: &mut Reader<'_>) -> Result<Vec<BlobRef>, ReadError> {
    let count = r.list(MAX_BLOBS, "at most 16 blobs")?;
    let mut blobs = Vec::with_capacity(count);
    for _ in 0..count {
        r.array(4, "a blob")?;
        blobs.push(BlobRef {
            sha256: BlobId(r.fixed("a blob hash")?),
            size: r.uint(u64::MAX, "a size")?,
            media_type: r.text(MAX_MEDIA_TYPE, "a media type of at most 128 bytes")?.to_owned(),
            role: BlobRole::from_code(u8_(r, "a role")?),
        });
    }
    Ok(blobs)
}

/// Decodes a body by type and version. A type or version from a newer program is [`Payload::Unknown`], whatever its
/// body holds: it is stored and relayed, never dropped (I-26).
///
/// # Errors
/// Not deterministic CBOR, over 16 KiB, or a known type with a body that does not fit it.
pub fn decode_body(kind: &str, tv: u32, bytes: &[u8]) -> Result<Payload, DecodeError> {
    cbor::check(bytes, cbor::BODY)?;
    let misfit = |source| DecodeError::Payload { kind: kind.to_owned(), tv, source };
    let mut d = Decoder::new(bytes);
    match read_salted(kind, tv, &mut d) {
        Ok(payload) => Ok(payload),
        Err(source) => match Payload::decode_map(kind, tv, &mut Decoder::new(&[0xa0])) {
            // Only the type decides here: an unknown one accepts the empty map as it accepts everything.
            Ok(Payload::Unknown) => Ok(Payload::Unknown),
            _ => Err(misfit(source)),
        },
    }
}

fn read_salted(kind: &str, tv: u32, d: &mut Decoder<'_>) -> Result<Payload, minicbor::decode::Error> {
    let wrong = minicbor::decode::Error::message;
    let pairs = d.map()?.unwrap_or(0);
    if pairs < 2 || d.u8()? != 0 || d.bytes()?.len() != 16 || d.u8()? != 1 {
        return Err(wrong("a body starts with a salt of 16 bytes and a payload"));
    }
    if d.datatype()? != minicbor::data::Type::Map {
        return Err(wrong("a payload is a map"));
    }
    Payload::decode_map(kind, tv, d)
}

/// Decodes an event, owned or borrowed, and checks that the body belongs to the header.
///
/// # Errors
/// See [`decode_header`] and [`decode_body`]; a body with another hash.
pub fn decode_event<'a>(raw: impl Into<EventRef<'a>>) -> Result<Event, DecodeError> {
    let raw = raw.into();
    let header = decode_header(raw.header)?;
    let payload = match raw.body {
        None => Payload::Withheld,
        // The hash before the content: bytes that nobody signed are not interpreted.
        Some(body) if body_hash(body) == header.bh => decode_body(&header.kind, header.tv, body)?,
        Some(_) => return Err(DecodeError::BodyHash),
    };
    Ok(Event { eid: event_id(raw.header), header, payload })
}
