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
