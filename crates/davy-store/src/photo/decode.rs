//! Bytes to RGB pixels: JPEG scaled while decoding, everything else by the `image` crate with limits.

use super::{MAX_PIXELS, PREVIEW_SIDE};
use davy_core::event::PhotoDefect;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use std::io::Cursor;
use turbojpeg::{Decompressor, PixelFormat, ScalingFactor};

/// Tightly packed RGB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rgb {
    pub width: u32,
    pub height: u32,
    pub pixels: Vec<u8>,
}

/// A decoded picture, perhaps already scaled down.
pub struct Decoded {
    /// Size of the original before orientation.
    pub full_width: u32,
    pub full_height: u32,
    pub pixels: Rgb,
}

/// A file whose progressive scans exceed this is made to cost time, not to show something.
const MAX_SCANS: u32 = 500;

pub fn decode(bytes: &[u8], media_type: &str) -> Result<Decoded, PhotoDefect> {
    match media_type {
        "image/jpeg" => decode_jpeg(bytes),
        "image/png" => decode_other(bytes, ImageFormat::Png),
        "image/gif" => decode_other(bytes, ImageFormat::Gif),
        "image/bmp" => decode_other(bytes, ImageFormat::Bmp),
        "image/tiff" => decode_other(bytes, ImageFormat::Tiff),
        "image/webp" => decode_other(bytes, ImageFormat::WebP),
        _ => Err(PhotoDefect::Unsupported),
    }
}

fn check_size(width: u32, height: u32) -> Result<(), PhotoDefect> {
    match u64::from(width) * u64::from(height) {
        0 => Err(PhotoDefect::Damaged),
        pixels if pixels > MAX_PIXELS => Err(PhotoDefect::TooLarge),
        _ => Ok(()),
    }
}

fn decode_jpeg(bytes: &[u8]) -> Result<Decoded, PhotoDefect> {
    let damaged = |_: turbojpeg::Error| PhotoDefect::Damaged;
    let mut decoder = Decompressor::new().map_err(damaged)?;
    let header = decoder.read_header(bytes).map_err(damaged)?;
    let narrow = |n: usize| u32::try_from(n).map_err(|_| PhotoDefect::TooLarge);
    let (full_width, full_height) = (narrow(header.width)?, narrow(header.height)?);
    check_size(full_width, full_height)?;
    if matches!(header.colorspace, turbojpeg::Colorspace::CMYK | turbojpeg::Colorspace::YCCK) {
        // Print colours are converted by the other decoder only.
        return decode_other(bytes, ImageFormat::Jpeg);
    }
    let scale = if header.is_lossless { ScalingFactor::ONE } else { scale_for(header.width.max(header.height)) };
    decoder.set_scan_limit(MAX_SCANS).map_err(damaged)?;
    decoder.set_scaling_factor(scale).map_err(damaged)?;
    let scaled = header.scaled(scale);
    let mut image = turbojpeg::Image {
        pixels: vec![0; scaled.width * scaled.height * 3],
        width: scaled.width,
        pitch: scaled.width * 3,
        height: scaled.height,
        format: PixelFormat::RGB,
    };
    decoder.decompress(bytes, image.as_deref_mut()).map_err(damaged)?;
    let pixels = Rgb { width: narrow(image.width)?, height: narrow(image.height)?, pixels: image.pixels };
    Ok(Decoded { full_width, full_height, pixels })
}

/// The smallest of 1, 1/2, 1/4, 1/8 that still has a preview's pixels. Only these have fast code.
fn scale_for(longer: usize) -> ScalingFactor {
    let enough = |factor: &ScalingFactor| factor.scale(longer) >= PREVIEW_SIDE as usize;
    [ScalingFactor::ONE_EIGHTH, ScalingFactor::ONE_QUARTER, ScalingFactor::ONE_HALF].into_iter().find(enough).unwrap_or(ScalingFactor::ONE)
}

fn decode_other(bytes: &[u8], format: ImageFormat) -> Result<Decoded, PhotoDefect> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(512 * 1024 * 1024);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|e| defect_of(&e))?;
    let (full_width, full_height) = decoder.dimensions();
    check_size(full_width, full_height)?;
    let image = DynamicImage::from_decoder(decoder).map_err(|e| defect_of(&e))?;
    let pixels = Rgb { width: full_width, height: full_height, pixels: on_white(image) };
    Ok(Decoded { full_width, full_height, pixels })
}

fn defect_of(error: &ImageError) -> PhotoDefect {
    match error {
        ImageError::Unsupported(_) => PhotoDefect::Unsupported,
        ImageError::Limits(_) => PhotoDefect::TooLarge,
        _ => PhotoDefect::Damaged,
    }
}

/// RGB with transparency laid over white, as a page would show it.
fn on_white(image: DynamicImage) -> Vec<u8> {
    if !image.color().has_alpha() {
        return image.into_rgb8().into_raw();
    }
    let blend = |channel: u8, alpha: u8| {
        let (channel, alpha) = (u16::from(channel), u16::from(alpha));
        u8::try_from((channel * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255)
    };
    let rgba = image.into_rgba8();
    rgba.pixels().flat_map(|p| [blend(p[0], p[3]), blend(p[1], p[3]), blend(p[2], p[3])]).collect()
}
