//! Photographs for the demo: drawn, not taken, and recognisable as such. Each is a real JPEG with its two copies.

use super::DemoError;
use davy_core::event::{BlobRef, BlobRole};
use davy_core::id::BlobId;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ExtendedColorType, ImageEncoder, Rgb, RgbImage};
use sha2::{Digest, Sha256};

const WIDTH: u32 = 1920;
const HEIGHT: u32 = 1080;

/// A photograph's blobs with their bytes.
pub type Blobs = Vec<(BlobRef, Vec<u8>)>;

fn blob(bytes: Vec<u8>, role: BlobRole, media_type: &str) -> (BlobRef, Vec<u8>) {
    let sha256 = BlobId(Sha256::digest(&bytes).into());
    (BlobRef { sha256, size: bytes.len() as u64, media_type: media_type.to_owned(), role }, bytes)
}

fn jpeg(image: &DynamicImage, quality: u8) -> Result<Vec<u8>, DemoError> {
    let mut bytes = Vec::new();
    let made = JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(image);
    made.map(|()| bytes).map_err(|_| DemoError::Make { what: "a photograph" })
}

/// A lamp's light on a wall with hazard stripes; `seed` moves light and colours.
fn draw(seed: u32) -> DynamicImage {
    let (cx, cy) = (WIDTH / 4 + (seed * 97) % (WIDTH / 2), HEIGHT / 3 + (seed * 53) % (HEIGHT / 3));
    let hue = [(214, 120, 60), (90, 140, 180), (150, 150, 110), (180, 90, 90)][(seed % 4) as usize];
    let pixel = |x: u32, y: u32| {
        if y > HEIGHT - 120 {
            let stripe = ((x + y) / 60).is_multiple_of(2);
            return if stripe { Rgb([240, 190, 20]) } else { Rgb([30, 30, 30]) };
        }
        let (dx, dy) = (f64::from(x) - f64::from(cx), f64::from(y) - f64::from(cy));
        let light = (1.0 - (dx * dx + dy * dy).sqrt() / 1100.0).clamp(0.12, 1.0);
        let seam = if x % 240 < 6 || y % 180 < 6 { 0.6 } else { 1.0 };
        let grain = f64::from((x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503) ^ seed) % 17) / 255.0;
        let shade = |channel: u8| ((f64::from(channel) / 255.0 * light * seam + grain).clamp(0.0, 1.0) * 255.0) as u8;
        Rgb([shade(hue.0), shade(hue.1), shade(hue.2)])
    };
    DynamicImage::ImageRgb8(RgbImage::from_fn(WIDTH, HEIGHT, pixel))
}

/// A photograph: original, preview, thumbnail, and its size in pixels.
///
/// # Errors
/// It could not be encoded.
pub fn photograph(seed: u32) -> Result<(Blobs, u32, u32), DemoError> {
    let image = draw(seed);
    let (preview, thumbnail) = (image.resize(1600, 1600, FilterType::Triangle), image.thumbnail(320, 320));
    let blobs = vec![
        blob(jpeg(&image, 88)?, BlobRole::Original, "image/jpeg"),
        blob(jpeg(&preview, 80)?, BlobRole::Preview, "image/jpeg"),
        blob(jpeg(&thumbnail, 75)?, BlobRole::Thumbnail, "image/jpeg"),
    ];
    Ok((blobs, WIDTH, HEIGHT))
}

/// A drawn signature: a wavy line on white.
///
/// # Errors
/// It could not be encoded.
pub fn signature(seed: u32) -> Result<Blobs, DemoError> {
    let (width, height) = (480_u32, 160_u32);
    let mut image = RgbImage::from_pixel(width, height, Rgb([255, 255, 255]));
    for x in 40..440_u32 {
        let phase = f64::from(x) / (14.0 + f64::from(seed % 5)) + f64::from(seed);
        let y = 80.0 + phase.sin() * 30.0 + (phase * 0.37).cos() * 18.0;
        for thickness in 0..4 {
            let y = (y as u32 + thickness).min(height - 1);
            image.put_pixel(x, y, Rgb([20, 30, 90]));
        }
    }
    let mut bytes = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut bytes);
    let made = encoder.write_image(image.as_raw(), width, height, ExtendedColorType::Rgb8);
    made.map_err(|_| DemoError::Make { what: "a signature" })?;
    Ok(vec![blob(bytes, BlobRole::Signature, "image/png")])
}
