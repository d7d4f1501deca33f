//! What a whole world of tablets, a server and a bad network must do, as sentences.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod conflict;
mod converge;
mod deliver;
mod enrolling;
mod kill;
mod kill_server;
mod live;
mod lost;
mod naming;
mod pauses;
mod photos;
mod receipts;
mod review;

/// A photograph of noise: compresses badly, so that it takes several chunks.
fn photograph(seed: &davy_world::Seed, width: u32, height: u32) -> Vec<u8> {
    let pixels = seed.bytes((width * height * 3) as usize);
    let image = image::RgbImage::from_raw(width, height, pixels).unwrap();
    let mut jpeg = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 40).encode_image(&image).unwrap();
    jpeg
}
