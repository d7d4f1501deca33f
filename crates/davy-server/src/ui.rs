//! The console's files, inside the binary. Every path that is no file and no endpoint is the console itself, so that
//! its addresses can be opened directly.

use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../ui/dist/console"]
#[allow_missing = true]
struct Files;

const INDEX: [&str; 2] = ["index.html", "console.html"];
const NOT_BUILT: &str = "The console is not part of this build. Build it with `cargo xtask run` or, in the folder ui, \
    `npm ci && npm run build`, and build davy-server again. The devices' endpoints work without it.\n";

fn file(path: &str, embedded: EmbeddedFile) -> Response {
    let tag = format!("\"{}\"", hex::encode(&embedded.metadata.sha256_hash()[..16]));
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let mut response = embedded.data.into_owned().into_response();
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(kind.as_ref()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    // Files under assets carry a hash in their names; the page itself is asked for each time.
    let caching = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    response
}

/// Serves a file of the console, or the console.
pub async fn serve(request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = request.uri().path().trim_start_matches('/');
    if let Some(embedded) = Files::get(path).filter(|_| !path.is_empty()) {
        return file(path, embedded);
    }
    if path.starts_with("assets/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    match INDEX.into_iter().find_map(|name| Files::get(name).map(|embedded| (name, embedded))) {
        Some((name, embedded)) => file(name, embedded),
        None => (StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT).into_response(),
    }
}
