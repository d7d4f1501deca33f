//! Segments: the events of one seal with the seal; the unit of push, storage and relay (`docs/sync.md` §3.2).
//! A push carries many of them.

use crate::cbor::{ReadError, Reader};
use crate::event::{EventRef, RawEvent};
use minicbor::Encoder;

/// Most events in a segment.
pub const MAX_EVENTS: usize = 256;
/// Most bytes of a segment: 512 KiB.
pub const MAX_BYTES: usize = 512 * 1024;
/// Most segments in a push.
pub const MAX_PUSH_SEGMENTS: usize = 1024;
/// Most bytes of a push as the device fills it: 2 MiB.
pub const MAX_PUSH: usize = 2 * 1024 * 1024;
/// Most bytes of a push after decompression: 4 MiB.
pub const MAX_PUSH_DECOMPRESSED: usize = 4 * 1024 * 1024;

/// Bounds of a segment; [`Limits::default`] holds unless a server announces lower ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most events.
    pub events: usize,
    /// Most bytes.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { events: MAX_EVENTS, bytes: MAX_BYTES }
    }
}

/// The events of one seal, and the seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Events in the order of their seq.
    pub events: Vec<RawEvent>,
    /// Seal as signed.
    pub seal: Vec<u8>,
}

/// A segment within a buffer: nothing is copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentRef<'a> {
    /// Events in the order of their seq.
    pub events: Vec<EventRef<'a>>,
    /// Seal as signed.
    pub seal: &'a [u8],
}

impl SegmentRef<'_> {
    /// Copies the bytes.
    #[must_use]
    pub fn to_segment(&self) -> Segment {
        Segment { events: self.events.iter().map(|event| event.to_raw()).collect(), seal: self.seal.to_vec() }
    }
}

impl Segment {
    /// The same segment, borrowed.
    #[must_use]
    pub fn as_ref(&self) -> SegmentRef<'_> {
        SegmentRef { events: self.events.iter().map(RawEvent::as_ref).collect(), seal: &self.seal }
    }
}

type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

impl<'a> From<&'a Segment> for SegmentRef<'a> {
    fn from(segment: &'a Segment) -> Self {
        segment.as_ref()
    }
}

impl<'a> From<&SegmentRef<'a>> for SegmentRef<'a> {
    fn from(segment: &SegmentRef<'a>) -> Self {
        segment.clone()
    }
}

/// Encodes a segment, owned or borrowed: `[[[header, body or null]…], seal]`.
#[must_use]
pub fn encode<'a>(segment: impl Into<SegmentRef<'a>>) -> Vec<u8> {
    let segment = segment.into();
    let events: usize = segment.events.iter().map(|event| event.header.len() + event.body.map_or(0, <[u8]>::len) + 10).sum();
    let mut bytes = Vec::with_capacity(events + segment.seal.len() + 16);
    let write = |e: &mut Encoder<&mut Vec<u8>>| -> Written {
        e.array(2)?.array(segment.events.len() as u64)?;
        for event in &segment.events {
            write_event(e, *event)?;
        }
        e.bytes(segment.seal)?;
        Ok(())
    };
    // Writing into memory cannot fail.
    let _: Written = write(&mut Encoder::new(&mut bytes));
    bytes
}

/// `[header, body or null]`.
pub(crate) fn write_event<W: minicbor::encode::Write>(
    e: &mut Encoder<W>,
    event: EventRef<'_>,
) -> Result<(), minicbor::encode::Error<W::Error>> {
    e.array(2)?.bytes(event.header)?;
    match event.body {
        Some(body) => e.bytes(body)?,
        None => e.null()?,
    };
    Ok(())
}

/// Finds the parts of a segment. Events and seal are not yet checked: see `accept::check_bytes`.
///
/// # Errors
/// Not deterministic CBOR, another form, more events or bytes than the limits.
pub fn decode(bytes: &[u8], limits: Limits) -> Result<SegmentRef<'_>, ReadError> {
    let mut r = Reader::new(bytes, limits.bytes)?;
    r.array(2, "events and a seal")?;
    let count = r.list(limits.events, "at most 256 events")?;
    let mut events = Vec::with_capacity(count);
    for _ in 0..count {
        r.array(2, "header and body")?;
        let header = r.bytes("a header")?;
        let body = if r.null() { None } else { Some(r.bytes("a body or null")?) };
        events.push(EventRef { header, body });
    }
    let seal = r.bytes("a seal")?;
    r.end()?;
    Ok(SegmentRef { events, seal })
}

/// Encodes the body of a push: an array of byte strings, each an encoded segment.
#[must_use]
pub fn encode_push<S: AsRef<[u8]>>(segments: &[S]) -> Vec<u8> {
    let total: usize = segments.iter().map(|segment| segment.as_ref().len() + 9).sum();
    let mut bytes = Vec::with_capacity(total + 9);
    let write = |e: &mut Encoder<&mut Vec<u8>>| -> Written {
        e.array(segments.len() as u64)?;
        for segment in segments {
            e.bytes(segment.as_ref())?;
        }
        Ok(())
    };
    // Writing into memory cannot fail.
    let _: Written = write(&mut Encoder::new(&mut bytes));
    bytes
}

/// Splits the body of a push into its segments, so that a bad one is told apart from the others.
///
/// # Errors
/// Not deterministic CBOR, another form, over 4 MiB or 1024 segments.
pub fn decode_push(bytes: &[u8]) -> Result<Vec<&[u8]>, ReadError> {
    let mut r = Reader::new(bytes, MAX_PUSH_DECOMPRESSED)?;
    let count = r.list(MAX_PUSH_SEGMENTS, "at most 1024 segments")?;
    let mut segments = Vec::with_capacity(count);
    for _ in 0..count {
        segments.push(r.bytes("a segment")?);
    }
    r.end()?;
    Ok(segments)
}
