//! What a photograph says about itself: orientation, time, position. Claims, not facts.

use super::orient::Orientation;
use davy_core::event::Position;
use davy_core::time::Millis;
use exif::{Exif, In, Rational, Tag, Value};
use std::io::Cursor;

/// Claims found in a photograph's EXIF.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// When it was taken.
    pub captured_at: Option<Millis>,
    /// Where it was taken.
    pub position: Option<Position>,
}

/// Reads what can be read. `offset_minutes` is the device's offset from UTC, for cameras that do not tell theirs.
pub fn read(bytes: &[u8], offset_minutes: i16) -> (Metadata, Orientation) {
    let exif = exif::Reader::new()
        .continue_on_error(true)
        .read_from_container(&mut Cursor::new(bytes))
        .or_else(|error| error.distill_partial_result(|_| {}));
    let Ok(exif) = exif else {
        return (Metadata::default(), Orientation::UPRIGHT);
    };
    let orientation = exif.get_field(Tag::Orientation, In::PRIMARY).and_then(|field| field.value.get_uint(0));
    let metadata = Metadata { captured_at: captured_at(&exif, offset_minutes), position: position(&exif) };
    (metadata, orientation.map_or(Orientation::UPRIGHT, Orientation::from_exif))
}

fn ascii(exif: &Exif, tag: Tag) -> Option<&[u8]> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(lines) => lines.first().map(Vec::as_slice),
        _ => None,
    }
}

fn captured_at(exif: &Exif, offset_minutes: i16) -> Option<Millis> {
    let text = ascii(exif, Tag::DateTimeOriginal).or_else(|| ascii(exif, Tag::DateTimeDigitized))?;
    let mut time = exif::DateTime::from_ascii(text).ok()?;
    if let Some(offset) = ascii(exif, Tag::OffsetTimeOriginal) {
        // A camera that writes nonsense here is read as one that writes nothing.
        let _ = time.parse_offset(offset);
    }
    if let Some(subsec) = ascii(exif, Tag::SubSecTimeOriginal) {
        let _ = time.parse_subsec(subsec);
    }
    let narrow = |n: u8| i8::try_from(n).ok();
    let civil = jiff::civil::DateTime::new(
        i16::try_from(time.year).ok()?,
        narrow(time.month)?,
        narrow(time.day)?,
        narrow(time.hour)?,
        narrow(time.minute)?,
        narrow(time.second)?,
        i32::try_from(time.nanosecond.unwrap_or(0)).ok()?,
    );
    let utc = civil.ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond();
    let offset = time.offset.unwrap_or(offset_minutes);
    Some(Millis(utc - i64::from(offset) * 60_000))
}

fn position(exif: &Exif) -> Option<Position> {
    let lat = degrees(exif, Tag::GPSLatitude, Tag::GPSLatitudeRef, b'S')?;
    let lon = degrees(exif, Tag::GPSLongitude, Tag::GPSLongitudeRef, b'W')?;
    // Cameras without a fix write zeros.
    let somewhere = (lat != 0.0 || lon != 0.0) && lat.abs() <= 90.0 && lon.abs() <= 180.0;
    somewhere.then(|| Position { lat_e7: e7(lat), lon_e7: e7(lon), accuracy_dm: accuracy(exif), at: None })
}

fn accuracy(exif: &Exif) -> Option<u32> {
    let metres = rationals(exif, Tag::GPSHPositioningError)?.first()?.to_f64();
    (metres.is_finite() && (0.0..1e8).contains(&metres)).then_some((metres * 10.0).round() as u32)
}

fn e7(degrees: f64) -> i32 {
    (degrees * 1e7).round() as i32
}

fn rationals(exif: &Exif, tag: Tag) -> Option<&[Rational]> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Rational(parts) => Some(parts),
        _ => None,
    }
}

fn degrees(exif: &Exif, tag: Tag, side: Tag, negative: u8) -> Option<f64> {
    let parts = rationals(exif, tag)?;
    let part = |at: usize| parts.get(at).map_or(0.0, Rational::to_f64);
    let value = part(0) + part(1) / 60.0 + part(2) / 3600.0;
    if !value.is_finite() || parts.is_empty() {
        return None;
    }
    let is_negative = ascii(exif, side)?.first() == Some(&negative);
    Some(if is_negative { -value } else { value })
}
