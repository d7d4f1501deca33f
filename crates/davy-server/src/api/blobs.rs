//! Bytes of photographs for the console: only those that a readable, released event names.

use crate::access::Viewer;
use crate::app::App;
use crate::auth::session::SignedIn;
use crate::blobs::parse_range;
use crate::error::{ApiError, ApiResult};
use crate::store::BlobRefRow;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use davy_core::id::BlobId;
use std::sync::Arc;

/// Media types that a browser may show in place. Everything else is a download.
const SHOWN: [&str; 8] = ["image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp", "image/tiff", "image/avif", "image/heic"];

/// A reference by which this person may have the blob.
///
/// # Errors
/// Not found: nobody within reach names it. The store.
pub async fn permitted(app: &App, viewer: &Viewer, sha256: BlobId) -> ApiResult<BlobRefRow> {
    let org = viewer.org;
    let references = app.store.query(move |tx| tx.references(org, sha256)).await?;
    references.into_iter().find(|found| !found.held && viewer.may_read(found.scope)).ok_or_else(ApiError::not_found)
}

/// Sends a blob or a range of it.
///
/// # Errors
/// Not here (yet); a range outside of it.
pub async fn send(app: &App, viewer: &Viewer, reference: &BlobRefRow, asked: &HeaderMap) -> ApiResult<Response> {
    let sha256 = reference.sha256;
    let range = parse_range(asked.get(header::RANGE).and_then(|value| value.to_str().ok()));
    let ranged = range.is_some();
    let out = app.blobs.get(viewer.org, sha256, range).await.map_err(|error| match error {
        object_store::Error::NotFound { .. } => ApiError::not_found(),
        _ if ranged => ApiError::new(StatusCode::RANGE_NOT_SATISFIABLE, "range", "The range lies outside of the file."),
        error => {
            tracing::error!(%error, blob = %sha256, "a blob could not be read");
            ApiError::internal()
        }
    })?;
    let mut response = Body::from_stream(out.stream).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(out.range.end - out.range.start));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::ETAG, text(format!("\"{sha256}\"")));
    headers.insert("repr-digest", text(format!("sha-256=:{}:", STANDARD.encode(sha256.as_bytes()))));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    let shown = SHOWN.iter().find(|known| **known == reference.media_type);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(shown.copied().unwrap_or("application/octet-stream")));
    if shown.is_none() {
        headers.insert(header::CONTENT_DISPOSITION, text(format!("attachment; filename=\"{sha256}\"")));
    }
    if ranged {
        headers.insert(header::CONTENT_RANGE, text(format!("bytes {}-{}/{}", out.range.start, out.range.end.saturating_sub(1), out.size)));
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

fn text(value: String) -> HeaderValue {
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static(""))
}

/// Downloads a photograph or document.
#[utoipa::path(get, path = "/blobs/{sha256}", tag = "inspections", params(("sha256" = String, Path)),
    responses((status = 200, description = "bytes"), (status = 206), (status = 304), (status = 404), (status = 416)))]
pub async fn download(
    State(app): State<Arc<App>>,
    SignedIn { viewer, .. }: SignedIn,
    Path(sha256): Path<BlobId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let reference = permitted(&app, &viewer, sha256).await?;
    let tag = format!("\"{sha256}\"");
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    send(&app, &viewer, &reference, &headers).await
}
