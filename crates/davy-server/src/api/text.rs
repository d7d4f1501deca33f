//! Texts of requests: trimmed, and short enough for the body of an event, as on a device.

use crate::error::{ApiError, ApiResult};
use crate::reason::Reason;

/// Longest text, in characters.
const LONGEST: usize = 2_000;

/// Text that people may leave out; blank is nothing.
#[must_use]
pub fn given(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A text that may be blank and must fit.
///
/// # Errors
/// Too long.
pub fn fitting(field: &str, text: &str) -> ApiResult<String> {
    let text = text.trim();
    if text.chars().count() > LONGEST {
        return Err(ApiError::invalid(field, &Reason::TooLong(LONGEST)));
    }
    Ok(text.to_owned())
}

/// A text that must be there and fit.
///
/// # Errors
/// Blank or too long.
pub fn required(field: &str, text: &str) -> ApiResult<String> {
    match fitting(field, text)? {
        text if text.is_empty() => Err(ApiError::invalid(field, &Reason::Empty)),
        text => Ok(text),
    }
}
