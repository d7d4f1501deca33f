//! Pixels to the copies that are stored: scaled down, encoded as JPEG without metadata.

use super::decode::Rgb;
use davy_core::event::PhotoDefect;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use turbojpeg::{PixelFormat, Subsamp};

const QUALITY: i32 = 80;

/// Scales down so that the longer side is `side`; `None` when it already fits.
pub fn fit(image: &Rgb, side: u32) -> Result<Option<Rgb>, PhotoDefect> {
    let longer = image.width.max(image.height);
    if longer <= side {
        return Ok(None);
    }
    let scale = |n: u32| {
        let scaled = (u64::from(n) * u64::from(side) + u64::from(longer) / 2) / u64::from(longer);
        u32::try_from(scaled).unwrap_or(side).max(1)
    };
    let (width, height) = (scale(image.width), scale(image.height));
    let failed = |_| PhotoDefect::Damaged;
    let source = ImageRef::new(image.width, image.height, &image.pixels, PixelType::U8x3).map_err(failed)?;
    let mut target = Image::new(width, height, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
    Resizer::new().resize(&source, &mut target, &options).map_err(|_| PhotoDefect::Damaged)?;
    Ok(Some(Rgb { width, height, pixels: target.into_vec() }))
}

/// Encodes as JPEG.
pub fn jpeg(image: &Rgb) -> Result<Vec<u8>, PhotoDefect> {
    let (width, height) = (image.width as usize, image.height as usize);
    let view = turbojpeg::Image { pixels: image.pixels.as_slice(), width, pitch: width * 3, height, format: PixelFormat::RGB };
    let encode = || {
        let mut encoder = turbojpeg::Compressor::new()?;
        encoder.set_quality(QUALITY)?;
        encoder.set_subsamp(Subsamp::Sub2x2)?;
        encoder.compress_to_vec(view)
    };
    encode().map_err(|_| PhotoDefect::Damaged)
}
