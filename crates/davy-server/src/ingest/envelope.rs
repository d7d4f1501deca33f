//! How a segment lies in the store: its seal, and its events as one compressed run in the very bytes in which
//! readers get them, so that a pull copies and does not encode.
//!
//! Form: version, flags, number of events, length of the seal, seal, zstd frame of the CBOR array of events.

use crate::packing;
use crate::store::StoreError;
use davy_protocol::event::EventRef;
use davy_protocol::segment::SegmentRef;
use minicbor::{Decoder, Encoder};

const VERSION: u8 = 1;
/// All events are in one scope.
const ONE_SCOPE: u8 = 1;
/// Some events are held: readers get them without bodies.
const HAS_HELD: u8 = 2;
const HEAD: usize = 8;
/// A segment is bounded at acceptance; this bounds what damaged bytes could ask for.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// A stored segment, taken apart.
#[derive(Debug)]
pub struct Stored<'a> {
    /// Number of events.
    pub count: u16,
    flags: u8,
    /// Seal as signed.
    pub seal: &'a [u8],
    frame: &'a [u8],
}

fn damaged<E>(_: E) -> StoreError {
    StoreError::damaged("segment")
}

/// Encodes the array of events as readers get it.
#[must_use]
pub fn encode_events(events: &[EventRef<'_>]) -> Vec<u8> {
    let size: usize = events.iter().map(|event| event.header.len() + event.body.map_or(0, <[u8]>::len) + 10).sum();
    let mut bytes = Vec::with_capacity(size + 8);
    let mut e = Encoder::new(&mut bytes);
    let mut write = || -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
        e.array(events.len() as u64)?;
        for event in events {
            e.array(2)?.bytes(event.header)?;
            match event.body {
                Some(body) => e.bytes(body)?,
                None => e.null()?,
            };
        }
        Ok(())
    };
    // Writing into memory cannot fail.
    let _ = write();
    bytes
}

/// Packs a segment.
///
/// # Errors
/// Never for segments within the protocol's bounds.
pub fn pack(segment: &SegmentRef<'_>, one_scope: bool) -> Result<Vec<u8>, StoreError> {
    let count = u16::try_from(segment.events.len()).map_err(damaged)?;
    let seal_length = u32::try_from(segment.seal.len()).map_err(damaged)?;
    let frame = packing::compress(&encode_events(&segment.events)).map_err(damaged)?;
    let mut bytes = Vec::with_capacity(HEAD + segment.seal.len() + frame.len());
    bytes.extend([VERSION, if one_scope { ONE_SCOPE } else { 0 }]);
    bytes.extend(count.to_le_bytes());
    bytes.extend(seal_length.to_le_bytes());
    bytes.extend(segment.seal);
    bytes.extend(&frame);
    Ok(bytes)
}

/// Marks a packed segment as one with held events.
pub fn mark_held(bytes: &mut [u8]) {
    if let Some(flags) = bytes.get_mut(1) {
        *flags |= HAS_HELD;
    }
}

impl<'a> Stored<'a> {
    /// Takes a packed segment apart.
    ///
    /// # Errors
    /// Bytes that `pack` did not write.
    pub fn open(bytes: &'a [u8]) -> Result<Self, StoreError> {
        let head = bytes.get(..HEAD).filter(|head| head[0] == VERSION).ok_or(StoreError::damaged("segment"))?;
        let seal_length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let (seal, frame) = bytes[HEAD..].split_at_checked(seal_length).ok_or(StoreError::damaged("segment"))?;
        Ok(Self { count: u16::from_le_bytes([head[2], head[3]]), flags: head[1], seal, frame })
    }

    /// Whether the stored run of events can go to any reader of its scope as it is.
    #[must_use]
    pub const fn goes_as_it_is(&self) -> bool {
        self.flags == ONE_SCOPE
    }

    /// The CBOR array of events.
    ///
    /// # Errors
    /// The frame is damaged.
    pub fn events(&self) -> Result<Vec<u8>, StoreError> {
        let size = zstd::zstd_safe::get_frame_content_size(self.frame).ok().flatten();
        let size = size.and_then(|size| usize::try_from(size).ok()).filter(|size| *size <= MOST_BYTES);
        zstd::bulk::decompress(self.frame, size.ok_or(StoreError::damaged("segment"))?).map_err(damaged)
    }
}

/// Finds the single events in an array of events.
///
/// # Errors
/// Damaged bytes.
pub fn split_events(array: &[u8]) -> Result<Vec<EventRef<'_>>, StoreError> {
    let read = || -> Result<Vec<EventRef<'_>>, minicbor::decode::Error> {
        let mut d = Decoder::new(array);
        let count = d.array()?.unwrap_or(0);
        let mut events = Vec::with_capacity(usize::try_from(count).unwrap_or(0).min(256));
        for _ in 0..count {
            d.array()?;
            let header = d.bytes()?;
            let body = if d.datatype()? == minicbor::data::Type::Null {
                d.null()?;
                None
            } else {
                Some(d.bytes()?)
            };
            events.push(EventRef { header, body });
        }
        Ok(events)
    };
    read().map_err(damaged)
}

/// The segment's bytes as they were pushed, for exhibits and bundles.
///
/// # Errors
/// Damaged bytes.
pub fn unpack(bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
    let stored = Stored::open(bytes)?;
    let events = stored.events()?;
    let segment = SegmentRef { events: split_events(&events)?, seal: stored.seal };
    Ok(davy_protocol::segment::encode(&segment))
}

/// Decodes all events of a packed segment.
///
/// # Errors
/// Damaged bytes.
pub fn decode_events(bytes: &[u8]) -> Result<Vec<davy_core::event::Event>, StoreError> {
    let events = Stored::open(bytes)?.events()?;
    let split = split_events(&events)?;
    split.into_iter().map(|event| davy_protocol::event::decode_event(event).map_err(damaged)).collect()
}
