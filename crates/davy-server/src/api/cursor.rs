//! Places in lists as opaque text.

use crate::error::{ApiError, ApiResult};
use crate::reason::Reason;
use crate::store::Keyset;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Rows of a page unless asked otherwise.
pub const USUAL: u32 = 50;
/// Most rows of a page.
pub const MOST: u32 = 200;

/// Place to text.
#[must_use]
pub fn write(place: &Keyset) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}\n{}", place.row, place.value))
}

/// Text to place.
///
/// # Errors
/// Not a cursor of ours.
pub fn read(text: Option<&str>) -> ApiResult<Option<Keyset>> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let decoded = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let place = decoded.as_deref().and_then(|text| text.split_once('\n'));
    let place = place.and_then(|(row, value)| Some(Keyset { row: row.parse().ok()?, value: value.to_owned() }));
    place.map(Some).ok_or_else(|| ApiError::invalid("after", &Reason::NotAPlace))
}

/// Number of rows asked for, within bounds.
#[must_use]
pub fn limit(asked: Option<u32>) -> u32 {
    asked.unwrap_or(USUAL).clamp(1, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_the_way_and_back_and_nonsense_is_refused() {
        let place = Keyset { value: "2026-11-24".into(), row: 77 };
        assert_eq!(read(Some(&write(&place))).unwrap(), Some(place));
        assert_eq!(read(None).unwrap(), None);
        assert_eq!(read(Some("")).unwrap(), None);
        for bad in ["x", "!!!", "MTIz"] {
            assert!(read(Some(bad)).is_err(), "{bad}");
        }
    }
}
