//! The field app's pages, built into the program.

use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../ui/dist/field"]
#[allow_missing = true]
struct Pages;

/// A page or asset; any other address is the app itself (its router reads the address).
pub async fn serve(uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    let name = if path.is_empty() { "index.html" } else { path };
    match Pages::get(name).or_else(|| Pages::get("index.html").filter(|_| !name.contains('.'))) {
        Some(file) => {
            let kind = if Pages::get(name).is_some() {
                mime_guess::from_path(name).first_or_octet_stream()
            } else {
                mime_guess::mime::TEXT_HTML_UTF_8
            };
            ([(header::CONTENT_TYPE, kind.as_ref().to_owned()), (header::CACHE_CONTROL, "no-cache".to_owned())], file.data).into_response()
        }
        None if name == "index.html" => {
            (StatusCode::SERVICE_UNAVAILABLE, "the pages are not built: run `cargo xtask run`, or `npm ci && npm run build` in ui/")
                .into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
