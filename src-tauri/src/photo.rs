//! Photographs for the page: `davy-photo://localhost/<sha256>` is decrypted in the core and answered as bytes,
//! so that no picture passes the command channel as text and no plain copy touches the disk.

use std::sync::Arc;

use davy_app::{App, AppError, PhotoBytes};
use tauri::http::{Method, Request, Response, StatusCode, header};
use tauri::{Manager, Runtime, UriSchemeContext, UriSchemeResponder};

use crate::range;

/// The scheme of a photograph's address.
pub const SCHEME: &str = "davy-photo";

/// Answers one request of the page.
pub fn answer<R: Runtime>(context: UriSchemeContext<'_, R>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let app = context.app_handle().try_state::<Arc<App>>().map(|app| Arc::clone(&app));
    tauri::async_runtime::spawn(async move {
        responder.respond(match app {
            Some(app) => respond(&app, &request).await,
            None => plain(StatusCode::SERVICE_UNAVAILABLE),
        });
    });
}

async fn respond(app: &App, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
    if request.method() != Method::GET {
        return plain(StatusCode::METHOD_NOT_ALLOWED);
    }
    let name = request.uri().path().trim_start_matches('/');
    if !is_sha256(name) {
        return plain(StatusCode::NOT_FOUND);
    }
    let header = request.headers().get(header::RANGE).and_then(|value| value.to_str().ok());
    let wanted = header.and_then(range::parse);
    match app.photo(name, wanted.map(|wanted| (wanted.first, wanted.last.unwrap_or(u64::MAX)))).await {
        Ok(photo) => picture(photo, wanted),
        Err(error) => plain(status_of(&error)),
    }
}

/// 64 lower-case hexadecimal digits and nothing else: no path ever reaches the core.
fn is_sha256(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn status_of(error: &AppError) -> StatusCode {
    match error.code() {
        "not_found" | "invalid" => StatusCode::NOT_FOUND,
        "locked" | "not_enrolled" => StatusCode::FORBIDDEN,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn picture(photo: PhotoBytes, wanted: Option<range::ByteRange>) -> Response<Vec<u8>> {
    let response = Response::builder()
        .header(header::CONTENT_TYPE, photo.media_type)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox")
        .header(header::ACCEPT_RANGES, "bytes")
        // The memory cache of the page only: a decrypted picture must not be written to the disk cache.
        .header(header::CACHE_CONTROL, "no-store");
    let Some(wanted) = wanted else {
        return response.body(photo.bytes).unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR));
    };
    let total = photo.total;
    if wanted.first >= total {
        let mut answer = plain(StatusCode::RANGE_NOT_SATISFIABLE);
        if let Ok(value) = format!("bytes */{total}").parse() {
            answer.headers_mut().insert(header::CONTENT_RANGE, value);
        }
        return answer;
    }
    let last = wanted.first + (photo.bytes.len() as u64).saturating_sub(1);
    response
        .status(StatusCode::PARTIAL_CONTENT)
        .header(header::CONTENT_RANGE, format!("bytes {}-{last}/{total}", wanted.first))
        .body(photo.bytes)
        .unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR))
}

fn plain(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(bytes: &[u8], total: u64) -> PhotoBytes {
        PhotoBytes { media_type: "image/jpeg".to_owned(), bytes: bytes.to_vec(), total }
    }

    fn header_of(answer: &Response<Vec<u8>>, name: header::HeaderName) -> &str {
        answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[test]
    fn a_picture_is_answered_whole_or_in_the_part_that_was_asked_for() {
        let range = |first, last| Some(range::ByteRange { first, last });
        let cases = [
            (part(b"0123456789", 10), None, 200, ""),
            (part(b"23", 10), range(2, Some(3)), 206, "bytes 2-3/10"),
            (part(b"89", 10), range(8, None), 206, "bytes 8-9/10"),
            (part(b"89", 10), range(8, Some(99)), 206, "bytes 8-9/10"),
            (part(b"", 10), range(10, None), 416, "bytes */10"),
            (part(b"", 0), range(0, Some(0)), 416, "bytes */0"),
        ];
        for (photo, wanted, status, content_range) in cases {
            let answer = picture(photo, wanted);
            assert_eq!(answer.status().as_u16(), status, "{wanted:?}");
            assert_eq!(header_of(&answer, header::CONTENT_RANGE), content_range);
            if status < 300 {
                assert_eq!(header_of(&answer, header::CONTENT_TYPE), "image/jpeg");
                assert_eq!(header_of(&answer, header::X_CONTENT_TYPE_OPTIONS), "nosniff");
                assert_eq!(header_of(&answer, header::CACHE_CONTROL), "no-store");
            }
        }
    }

    #[test]
    fn only_a_hash_is_a_photograph() {
        let hash = "0123456789abcdef".repeat(4);
        assert!(is_sha256(&hash));
        for name in ["", "..", "../../etc/passwd", &hash.to_uppercase(), &hash[1..], &format!("{hash}0")] {
            assert!(!is_sha256(name), "{name}");
        }
    }
}
