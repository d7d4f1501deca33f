//! The photo pipeline: from the bytes of a camera or a file to an original, a thumbnail and a preview in the store.
//!
//! Invariants: the original's bytes are never changed; what cannot be decoded is kept all the same and says why;
//! a hostile file costs bounded memory and never ends the program. One decode serves both copies.

mod decode;
mod encode;
mod metadata;
mod orient;

pub use metadata::Metadata;

use davy_core::event::{BlobRef, PhotoDefect, Position};
use davy_core::time::Millis;

/// Largest file that is taken in, bytes.
pub const MAX_BYTES: u64 = 128 * 1024 * 1024;
/// Most pixels that are decoded; larger pictures are kept without copies.
pub const MAX_PIXELS: u64 = 64_000_000;
/// Longer side of a thumbnail, pixels.
pub const THUMBNAIL_SIDE: u32 = 320;
/// Longer side of a preview, pixels.
pub const PREVIEW_SIDE: u32 = 1600;
/// Media type of both copies.
pub const COPY_TYPE: &str = "image/jpeg";

/// A photograph whose bytes are durable in the store; attach it with an event that names these blobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    /// The untouched original.
    pub original: BlobRef,
    /// 320 px copy, upright.
    pub thumbnail: Option<BlobRef>,
    /// 1600 px copy, upright; absent when the original is small enough to be shown itself.
    pub preview: Option<BlobRef>,
    /// Pixels across after orientation, if decoded.
    pub width: Option<u32>,
    /// Pixels down after orientation, if decoded.
    pub height: Option<u32>,
    /// When it was taken, as its metadata claims.
    pub captured_at: Option<Millis>,
    /// Where it was taken, as its metadata claims.
    pub position: Option<Position>,
    /// Why there are no copies.
    pub defect: Option<PhotoDefect>,
}

impl Intake {
    /// All blobs in the order of the event's header: original, preview, thumbnail.
    #[must_use]
    pub fn blobs(&self) -> Vec<BlobRef> {
        std::iter::once(&self.original).chain(&self.preview).chain(&self.thumbnail).cloned().collect()
    }
}

/// What was made of the bytes.
#[derive(Debug, Default)]
pub(crate) struct Copies {
    pub size: Option<(u32, u32)>,
    pub thumbnail: Option<Vec<u8>>,
    pub preview: Option<Vec<u8>>,
    pub metadata: Metadata,
    pub defect: Option<PhotoDefect>,
}

/// Media type by the first bytes; `application/octet-stream` for what is not known.
#[must_use]
pub fn media_type(bytes: &[u8]) -> &'static str {
    let brand = bytes.get(8..12).unwrap_or_default();
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [b'B', b'M', ..] => "image/bmp",
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => "image/tiff",
        [b'%', b'P', b'D', b'F', ..] => "application/pdf",
        _ if bytes.starts_with(b"RIFF") && brand == b"WEBP" => "image/webp",
        _ if bytes.get(4..8) == Some(b"ftyp") => match brand {
            b"avif" | b"avis" => "image/avif",
            _ if brand.starts_with(b"he") || brand == b"mif1" || brand == b"msf1" => "image/heic",
            _ => "application/octet-stream",
        },
        _ => "application/octet-stream",
    }
}

/// Decodes once and makes both copies. Never fails and never panics: what goes wrong is a defect.
pub(crate) fn make_copies(bytes: &[u8], offset_minutes: i16) -> Copies {
    let guarded = std::panic::catch_unwind(|| copies(bytes, offset_minutes));
    guarded.unwrap_or_else(|_| Copies { defect: Some(PhotoDefect::Damaged), ..Copies::default() })
}

fn copies(bytes: &[u8], offset_minutes: i16) -> Copies {
    let (metadata, orientation) = metadata::read(bytes, offset_minutes);
    let mut made = Copies { metadata, ..Copies::default() };
    match decode::decode(bytes, media_type(bytes)) {
        Ok(decoded) => {
            made.size = Some(orientation.apply_to_size(decoded.full_width, decoded.full_height));
            if let Err(defect) = add_copies(&mut made, bytes, &decoded, orientation) {
                made.defect = Some(defect);
            }
        }
        Err(defect) => made.defect = Some(defect),
    }
    made
}

fn add_copies(made: &mut Copies, bytes: &[u8], decoded: &decode::Decoded, orientation: orient::Orientation) -> Result<(), PhotoDefect> {
    let large = encode::fit(&decoded.pixels, PREVIEW_SIDE)?;
    let large = large.as_ref().unwrap_or(&decoded.pixels);
    let small = encode::fit(large, THUMBNAIL_SIDE)?;
    let small = orientation.apply(small.as_ref().unwrap_or(large));
    made.thumbnail = Some(encode::jpeg(&small)?);
    if !shows_itself(bytes, decoded) {
        made.preview = Some(encode::jpeg(&orientation.apply(large))?);
    }
    Ok(())
}

/// A small picture that every screen can show needs no second copy.
fn shows_itself(bytes: &[u8], decoded: &decode::Decoded) -> bool {
    const SMALL_BYTES: usize = 512 * 1024;
    decoded.full_width.max(decoded.full_height) <= PREVIEW_SIDE
        && bytes.len() <= SMALL_BYTES
        && matches!(media_type(bytes), "image/jpeg" | "image/png" | "image/webp" | "image/gif")
}

#[cfg(test)]
mod tests;
