#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::orient::Orientation;
use super::*;
use exif::experimental::Writer;
use exif::{Field, In, Rational, Tag, Value};
use image::{ImageFormat, Rgb, RgbImage};
use proptest::prelude::*;
use std::io::Cursor;

/// Red top left, green top right, blue bottom left, white bottom right.
fn quadrants(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => Rgb([220, 20, 20]),
        (false, true) => Rgb([20, 220, 20]),
        (true, false) => Rgb([20, 20, 220]),
        (false, false) => Rgb([240, 240, 240]),
    })
}

fn encode(image: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    image.write_to(&mut out, format).unwrap();
    out.into_inner()
}

fn with_exif(jpeg: &[u8], fields: &[Field]) -> Vec<u8> {
    let mut writer = Writer::new();
    fields.iter().for_each(|field| writer.push_field(field));
    let mut tiff = Cursor::new(Vec::new());
    writer.write(&mut tiff, false).unwrap();
    let tiff = tiff.into_inner();
    let length = u16::try_from(tiff.len() + 8).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, b"Exif\0\0", &tiff, &jpeg[2..]].concat()
}

fn field(tag: Tag, value: Value) -> Field {
    Field { tag, ifd_num: In::PRIMARY, value }
}

fn ascii(text: &str) -> Value {
    Value::Ascii(vec![text.as_bytes().to_vec()])
}

fn corner_names(jpeg: &[u8]) -> [&'static str; 4] {
    let image = image::load_from_memory(jpeg).unwrap().into_rgb8();
    let (w, h) = image.dimensions();
    let name = |x: u32, y: u32| match image.get_pixel(x, y).0 {
        [r, g, b] if r > 150 && g < 100 && b < 100 => "red",
        [r, g, b] if g > 150 && r < 100 && b < 100 => "green",
        [r, g, b] if b > 150 && r < 100 && g < 100 => "blue",
        _ => "white",
    };
    [name(w / 4, h / 4), name(w * 3 / 4, h / 4), name(w / 4, h * 3 / 4), name(w * 3 / 4, h * 3 / 4)]
}

#[test]
fn every_orientation_ends_upright() {
    // The stored corner colours for each orientation, so that upright is red, green, blue, white.
    let stored = [
        (1, ["red", "green", "blue", "white"]),
        (2, ["green", "red", "white", "blue"]),
        (3, ["white", "blue", "green", "red"]),
        (4, ["blue", "white", "red", "green"]),
        (5, ["red", "blue", "green", "white"]),
        (6, ["green", "white", "red", "blue"]),
        (7, ["white", "green", "blue", "red"]),
        (8, ["blue", "red", "white", "green"]),
    ];
    for (orientation, corners) in stored {
        let (width, height) = if orientation >= 5 { (1800, 2400) } else { (2400, 1800) };
        let colour = |name: &str| match name {
            "red" => Rgb([220, 20, 20]),
            "green" => Rgb([20, 220, 20]),
            "blue" => Rgb([20, 20, 220]),
            _ => Rgb([240, 240, 240]),
        };
        let image =
            RgbImage::from_fn(width, height, |x, y| colour(corners[usize::from(x >= width / 2) + 2 * usize::from(y >= height / 2)]));
        let jpeg = with_exif(&encode(&image, ImageFormat::Jpeg), &[field(Tag::Orientation, Value::Short(vec![orientation]))]);
        let made = make_copies(&jpeg, 0);
        assert_eq!(made.size, Some((2400, 1800)), "orientation {orientation}");
        for copy in [made.thumbnail.unwrap(), made.preview.unwrap()] {
            assert_eq!(corner_names(&copy), ["red", "green", "blue", "white"], "orientation {orientation}");
        }
        assert_eq!(made.defect, None);
    }
}

#[test]
fn copies_have_the_sizes_that_screens_expect() {
    // (width, height, thumbnail, preview)
    let table = [
        (4000, 3000, (320, 240), Some((1600, 1200))),
        (3000, 4000, (240, 320), Some((1200, 1600))),
        (1601, 100, (320, 20), Some((1600, 100))),
        (1600, 1200, (320, 240), None),
        (200, 100, (200, 100), None),
        (1, 1, (1, 1), None),
        (5000, 2, (320, 1), Some((1600, 1))),
    ];
    for (width, height, thumbnail, preview) in table {
        let made = make_copies(&encode(&quadrants(width, height), ImageFormat::Jpeg), 0);
        let size = |bytes: &Vec<u8>| {
            let image = image::load_from_memory(bytes).unwrap();
            (image.width(), image.height())
        };
        assert_eq!(made.thumbnail.as_ref().map(size), Some(thumbnail), "{width}×{height}");
        assert_eq!(made.preview.as_ref().map(size), preview, "{width}×{height}");
    }
}

#[test]
fn other_formats_are_decoded_too() {
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::Tiff] {
        let made = make_copies(&encode(&quadrants(640, 480), format), 0);
        assert_eq!(corner_names(&made.thumbnail.unwrap()), ["red", "green", "blue", "white"], "{format:?}");
    }
}

#[test]
fn transparency_is_laid_over_white() {
    let image = image::RgbaImage::from_pixel(64, 64, image::Rgba([0, 0, 0, 0]));
    let mut out = Cursor::new(Vec::new());
    image.write_to(&mut out, ImageFormat::Png).unwrap();
    let made = make_copies(&out.into_inner(), 0);
    assert_eq!(corner_names(&made.thumbnail.unwrap()), ["white"; 4]);
}

#[test]
fn what_cannot_be_shown_says_why() {
    let jpeg = encode(&quadrants(800, 600), ImageFormat::Jpeg);
    let png = encode(&quadrants(800, 600), ImageFormat::Png);
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\0".to_vec();
    let mut huge_png = png.clone();
    huge_png[16..24].copy_from_slice(&[0, 0, 0x40, 0, 0, 0, 0x40, 0]);
    let crc = crc32(&huge_png[12..29]);
    huge_png[29..33].copy_from_slice(&crc.to_be_bytes());
    let table = [
        ("truncated JPEG", jpeg[..jpeg.len() / 2].to_vec(), PhotoDefect::Damaged),
        ("JPEG header only", jpeg[..20].to_vec(), PhotoDefect::Damaged),
        ("truncated PNG", png[..png.len() / 2].to_vec(), PhotoDefect::Damaged),
        ("HEIC", heic, PhotoDefect::Unsupported),
        ("words", b"not a photo at all".to_vec(), PhotoDefect::Unsupported),
        ("16384 × 16384 pixels", huge_png, PhotoDefect::TooLarge),
    ];
    for (name, bytes, defect) in table {
        let made = make_copies(&bytes, 0);
        assert_eq!(made.defect, Some(defect), "{name}");
        assert!(made.thumbnail.is_none() && made.preview.is_none(), "{name}");
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

#[test]
fn time_and_place_are_read_from_the_metadata() {
    let degrees = |d: u32, m: u32, s: u32| Value::Rational([d, m, s].map(|num| Rational { num, denom: 1 }).to_vec());
    let jpeg = with_exif(
        &encode(&quadrants(64, 64), ImageFormat::Jpeg),
        &[
            field(Tag::DateTimeOriginal, ascii("2026:03:04 10:20:30")),
            field(Tag::OffsetTimeOriginal, ascii("+08:00")),
            field(Tag::GPSLatitude, degrees(39, 54, 36)),
            field(Tag::GPSLatitudeRef, ascii("N")),
            field(Tag::GPSLongitude, degrees(116, 24, 0)),
            field(Tag::GPSLongitudeRef, ascii("E")),
            field(Tag::GPSHPositioningError, Value::Rational(vec![Rational { num: 48, denom: 10 }])),
        ],
    );
    let metadata = make_copies(&jpeg, 0).metadata;
    assert_eq!(metadata.captured_at, Some(Millis(1_772_590_830_000)));
    let position = metadata.position.unwrap();
    assert_eq!((position.lat_e7, position.lon_e7, position.accuracy_dm), (399_100_000, 1_164_000_000, Some(48)));
}

#[test]
fn a_camera_without_time_zone_is_read_on_the_devices_clock() {
    let jpeg = with_exif(&encode(&quadrants(64, 64), ImageFormat::Jpeg), &[field(Tag::DateTimeOriginal, ascii("2026:03:04 10:20:30"))]);
    assert_eq!(make_copies(&jpeg, 480).metadata.captured_at, Some(Millis(1_772_590_830_000)));
}

#[test]
fn orientations_out_of_range_are_upright() {
    assert_eq!(Orientation::from_exif(0), Orientation::UPRIGHT);
    assert_eq!(Orientation::from_exif(9), Orientation::UPRIGHT);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn no_damage_makes_it_panic(flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20), cut in any::<prop::sample::Index>(), which in 0usize..4) {
        let formats = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif];
        let mut bytes = encode(&quadrants(40, 30), formats[which]);
        for (at, value) in flips {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        bytes.truncate(1 + cut.index(bytes.len()));
        let made = make_copies(&bytes, 0);
        prop_assert_eq!(made.thumbnail.is_some(), made.defect.is_none());
    }
}
