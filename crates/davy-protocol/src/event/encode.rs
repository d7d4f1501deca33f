//! Writing headers and bodies.

use super::{ENVELOPE, HEADER_KEYS, MAX_BLOBS, MAX_DEPS, MAX_KIND, MAX_MEDIA_TYPE};
use crate::cbor;
use davy_core::event::{Header, Payload};
use minicbor::Encoder;

/// Why something cannot become an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// A payload of a type that this version does not know, or a withheld one.
    #[error("an event of unknown type cannot be written by this version")]
    UnknownPayload,
    /// Longer texts belong into a blob.
    #[error("the text is too long for one record: {found} bytes, at most {most}; shorten it or attach it as a file")]
    BodyTooLong {
        /// Bytes.
        found: usize,
        /// Bound.
        most: usize,
    },
    /// Too many blobs, or a media type that is too long.
    #[error("the event names more or other files than one event can carry")]
    Blobs,
    /// A number of the chain has no successor.
    #[error("the stream is full")]
    StreamFull,
}

/// Header fields that the type system cannot bound.
pub(crate) fn bounds(header: &Header) -> Result<(), &'static str> {
    let checks = [
        (header.seq >= 1 && header.sseq >= 1 && header.sseq <= header.seq, "1 ≤ sseq ≤ seq"),
        (!header.kind.is_empty() && header.kind.len() <= MAX_KIND, "a type of 1 to 64 bytes"),
        (header.deps.len() <= MAX_DEPS && header.deps.is_sorted_by(|a, b| a < b), "at most 16 deps, sorted, each once"),
        (header.blobs.len() <= MAX_BLOBS, "at most 16 blobs"),
        (header.blobs.iter().all(|blob| blob.media_type.len() <= MAX_MEDIA_TYPE), "media types of at most 128 bytes"),
    ];
    checks.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, rule)| Err(rule))
}

type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

/// Encodes a header: a map of all 21 keys in order, `null` where there is nothing.
#[must_use]
pub fn encode_header(header: &Header) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(400 + header.deps.len() * 34 + header.blobs.len() * 64);
    // Writing into memory cannot fail: the error type is `Infallible` and no step reports one of its own.
    let _: Written = write_header(&mut Encoder::new(&mut bytes), header);
    bytes
}

fn write_header(e: &mut Encoder<&mut Vec<u8>>, h: &Header) -> Written {
    e.map(HEADER_KEYS)?.u8(1)?.u8(ENVELOPE)?;
    e.u8(2)?.bytes(h.stream.as_bytes())?.u8(3)?.u64(h.seq)?;
    e.u8(4)?.bytes(h.prev.as_bytes())?.u8(5)?.bytes(h.scope.as_bytes())?;
    e.u8(6)?.u64(h.sseq)?.u8(7)?.bytes(h.sprev.as_bytes())?;
    e.u8(8)?.array(2)?.i64(h.hlc.ms.0)?.u32(h.hlc.counter)?;
    e.u8(9)?.array(3)?.i64(h.wall.ms.0)?.i16(h.wall.offset_minutes)?.u8(h.wall.source)?;
    e.u8(10)?.array(2)?.bytes(&h.mono.boot)?.u64(h.mono.ns)?;
    match &h.anchor {
        Some(anchor) => e.u8(11)?.bytes(anchor.as_bytes())?,
        None => e.u8(11)?.null()?,
    };
    e.u8(12)?.bytes(h.actor.as_bytes())?.u8(13)?.bytes(h.session.as_bytes())?;
    e.u8(14)?.str(&h.kind)?.u8(15)?.u32(h.tv)?;
    e.u8(16)?.bytes(h.ent.as_bytes())?.u8(17)?.bytes(h.root.as_bytes())?;
    e.u8(18)?.array(h.deps.len() as u64)?;
    for dep in &h.deps {
        e.bytes(dep.as_bytes())?;
    }
    e.u8(19)?.bool(h.crit)?.u8(20)?.bytes(h.bh.as_bytes())?;
    e.u8(21)?.array(h.blobs.len() as u64)?;
    for blob in &h.blobs {
        e.array(4)?.bytes(blob.sha256.as_bytes())?.u64(blob.size)?.str(&blob.media_type)?.u8(blob.role.code())?;
    }
    Ok(())
}

/// Encodes a body: `{0: salt, 1: payload}`. The salt must be fresh random bytes.
///
/// # Errors
/// A payload that cannot be authored, or more than 16 KiB.
pub fn encode_body(salt: &[u8; 16], payload: &Payload) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = Vec::with_capacity(96);
    let mut e = Encoder::new(&mut bytes);
    let write = |e: &mut Encoder<&mut Vec<u8>>| -> Written {
        e.map(2)?.u8(0)?.bytes(salt)?.u8(1)?;
        payload.encode_map(e)
    };
    write(&mut e).map_err(|_| EncodeError::UnknownPayload)?;
    if bytes.len() > cbor::BODY.bytes {
        return Err(EncodeError::BodyTooLong { found: bytes.len(), most: cbor::BODY.bytes });
    }
    Ok(bytes)
}
