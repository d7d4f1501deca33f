//! Photographs with the pixels of a real camera: incompressible enough, with an orientation to be applied.

use anyhow::Result;
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder};

/// A JPEG of this size, turned by its EXIF orientation.
///
/// # Errors
/// It cannot be encoded.
pub fn jpeg(width: u32, height: u32) -> Result<Vec<u8>> {
    let mut pixels = Vec::with_capacity(width as usize * height as usize * 3);
    let mut noise = 0x2545_f491_4f6c_dd1d_u64;
    for y in 0..height {
        for x in 0..width {
            noise ^= noise << 13;
            noise ^= noise >> 7;
            noise ^= noise << 17;
            // Sensor noise of a few steps over slow gradients and hard edges.
            let edge = if (x / 97 + y / 61) % 2 == 0 { 40 } else { 0 };
            let base = (x * 120 / width + y * 60 / height + edge) as u8;
            let grain = (noise & 0x0f) as u8;
            pixels.extend([base.wrapping_add(grain), base.wrapping_add(grain / 2 + 10), base.wrapping_add(20)]);
        }
    }
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90).write_image(&pixels, width, height, ExtendedColorType::Rgb8)?;
    let rest = bytes.split_off(2);
    bytes.extend(EXIF);
    bytes.extend(rest);
    Ok(bytes)
}

/// APP1 with one entry: orientation 6, a quarter turn.
const EXIF: [u8; 36] = [
    0xff, 0xe1, 0, 34, b'E', b'x', b'i', b'f', 0, 0, b'M', b'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0,
    0, 0,
];

/// Bytes that nothing can compress.
#[must_use]
pub fn incompressible(length: usize) -> Vec<u8> {
    use rand::Rng;
    let mut bytes = vec![0; length];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}
