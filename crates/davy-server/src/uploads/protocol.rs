//! The words of tus: headers in, headers out. Pure.

use crate::error::ApiError;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use davy_core::id::BlobId;
use davy_core::time::Millis;

/// Protocol version.
pub const VERSION: &str = "1.0.0";
/// What is spoken beside the core.
pub const EXTENSIONS: &str = "creation,creation-with-upload,checksum,termination,expiration";
/// Chunk checksums.
pub const ALGORITHMS: &str = "sha256,sha1";
/// Content type of a chunk.
pub const CHUNK: &str = "application/offset+octet-stream";

/// Status of a checksum that does not match.
#[must_use]
pub fn mismatch() -> StatusCode {
    StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST)
}

/// A tus error.
pub fn refuse(status: StatusCode, code: &'static str, message: impl Into<String>) -> ApiError {
    ApiError::new(status, code, message)
}

/// A header as text.
#[must_use]
pub fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

/// A header as a number.
///
/// # Errors
/// Present and no number.
pub fn number(headers: &HeaderMap, name: &'static str) -> Result<Option<u64>, ApiError> {
    let Some(text) = text(headers, name) else {
        return Ok(None);
    };
    // Digits alone: a sign or blank is not a length.
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let value = digits.then(|| text.parse().ok()).flatten();
    value.map(Some).ok_or_else(|| refuse(StatusCode::BAD_REQUEST, "header", format!("{name} must be a number of bytes")))
}

/// Insists on the version of the protocol.
///
/// # Errors
/// Another version, or none: 412.
pub fn check_version(headers: &HeaderMap) -> Result<(), ApiError> {
    if text(headers, "tus-resumable") == Some(VERSION) {
        return Ok(());
    }
    Err(refuse(StatusCode::PRECONDITION_FAILED, "tus_version", "this server speaks tus 1.0.0; send Tus-Resumable: 1.0.0"))
}

/// The blob's hash in `Upload-Metadata` (`sha256 <base64 of 64 hex digits>`).
///
/// # Errors
/// Missing or malformed: a blob has no other name.
pub fn sha256_of(metadata: &str) -> Result<BlobId, ApiError> {
    let value = metadata.split(',').find_map(|pair| {
        let (key, value) = pair.trim().split_once(' ')?;
        (key == "sha256").then_some(value.trim())
    });
    let bytes = value.and_then(|value| STANDARD.decode(value).ok());
    let hex = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    hex.and_then(|hex| hex.to_lowercase().parse().ok()).ok_or_else(|| {
        refuse(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Upload-Metadata must name the sha256 of the file, as 64 hex digits in base64")
    })
}

/// A chunk's announced checksum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checksum {
    /// SHA-256.
    Sha256(Vec<u8>),
    /// SHA-1, which tus asks every server to know.
    Sha1(Vec<u8>),
}

/// Reads `Upload-Checksum`.
///
/// # Errors
/// Another algorithm, or no base64.
pub fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, ApiError> {
    let Some(text) = text(headers, "upload-checksum") else {
        return Ok(None);
    };
    let wrong = || refuse(StatusCode::BAD_REQUEST, "checksum", "Upload-Checksum must be `sha256` or `sha1` and the digest in base64");
    let (algorithm, digest) = text.split_once(' ').ok_or_else(wrong)?;
    let digest = STANDARD.decode(digest.trim()).map_err(|_| wrong())?;
    match (algorithm, digest.len()) {
        ("sha256", 32) => Ok(Some(Checksum::Sha256(digest))),
        ("sha1", 20) => Ok(Some(Checksum::Sha1(digest))),
        _ => Err(wrong()),
    }
}

/// Headers of every answer about uploads.
pub fn mark(headers: &mut HeaderMap) {
    headers.insert("tus-resumable", HeaderValue::from_static(VERSION));
    headers.insert("cache-control", HeaderValue::from_static("no-store"));
}

/// `Upload-Expires` in the form of HTTP dates.
#[must_use]
pub fn http_date(at: Millis) -> Option<HeaderValue> {
    let stamp = jiff::Timestamp::from_millisecond(at.0).ok()?;
    HeaderValue::from_str(&stamp.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect::<HeaderMap>()
    }

    #[test]
    fn lengths_are_digits_and_nothing_else() {
        for (value, expected) in
            [("0", Some(0)), ("42", Some(42)), ("-1", None), ("+1", None), ("1e3", None), ("", None), ("99999999999999999999999", None)]
        {
            assert_eq!(number(&headers(&[("upload-length", value)]), "upload-length").ok().flatten(), expected, "{value:?}");
        }
        assert_eq!(number(&HeaderMap::new(), "upload-length").unwrap(), None);
    }

    #[test]
    fn the_hash_is_found_among_other_metadata_and_a_malformed_one_is_refused() {
        let hex = "ab".repeat(32);
        let good = format!("filename eC5qcGc=,sha256 {}, scope", STANDARD.encode(&hex));
        assert_eq!(sha256_of(&good).unwrap().to_string(), hex);
        let upper = format!("sha256 {}", STANDARD.encode(hex.to_uppercase()));
        assert_eq!(sha256_of(&upper).unwrap().to_string(), hex);
        for bad in ["", "filename eC5qcGc=", "sha256 !!!", "sha256 YWI=", "sha256"] {
            assert!(sha256_of(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_the_two_algorithms_with_digests_of_their_length_are_known() {
        let of = |algorithm: &str, length: usize| format!("{algorithm} {}", STANDARD.encode(vec![1; length]));
        let read = |value: &str| checksum(&headers(&[("upload-checksum", value)]));
        assert!(matches!(read(&of("sha256", 32)), Ok(Some(Checksum::Sha256(_)))));
        assert!(matches!(read(&of("sha1", 20)), Ok(Some(Checksum::Sha1(_)))));
        for bad in [of("sha256", 20), of("md5", 16), "sha256".into(), "sha256 ???".into()] {
            assert!(read(&bad).is_err(), "{bad}");
        }
        assert!(matches!(checksum(&HeaderMap::new()), Ok(None)));
    }

    #[test]
    fn expiry_is_an_http_date() {
        assert_eq!(http_date(Millis(784_111_777_000)).unwrap(), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
