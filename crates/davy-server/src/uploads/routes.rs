//! The tus endpoints. `POST /uploads`, `HEAD|PATCH|DELETE|POST /uploads/{id}`, `OPTIONS` on both.

use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::sync::caller::Uploader;
use crate::uploads::append::append;
use crate::uploads::open::open;
use crate::uploads::protocol::{ALGORITHMS, EXTENSIONS, VERSION, check_version, mark, refuse, text};
use crate::uploads::state::{Found, Hold, complete_answer, find, hold, offset, progress_headers, remove_part};
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use davy_core::id::OrgId;
use futures::StreamExt;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;

/// A refused request's body is read this long and this far, so that the client gets to read the refusal.
const DRAIN_TIME: Duration = Duration::from_secs(5);
const DRAIN_BYTES: usize = 8 * 1024 * 1024;

/// The body of a request until somebody takes it.
pub type Unread = Option<Body>;

/// `OPTIONS`: what this server speaks. Needs no login.
pub async fn options(State(app): State<Arc<App>>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    mark(headers);
    headers.insert("tus-version", HeaderValue::from_static(VERSION));
    headers.insert("tus-extension", HeaderValue::from_static(EXTENSIONS));
    headers.insert("tus-checksum-algorithm", HeaderValue::from_static(ALGORITHMS));
    headers.insert("tus-max-size", HeaderValue::from(app.max_blob()));
    response
}

/// Every answer carries the version; an error too.
async fn finish(app: &App, result: ApiResult<Response>, unread: Unread) -> Response {
    if let Some(body) = unread {
        drain(body).await;
    }
    let mut response = result.unwrap_or_else(IntoResponse::into_response);
    mark(response.headers_mut());
    if response.status() == StatusCode::PRECONDITION_FAILED {
        response.headers_mut().insert("tus-version", HeaderValue::from_static(VERSION));
    }
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
        response.headers_mut().insert("tus-max-size", HeaderValue::from(app.max_blob()));
    }
    response
}

async fn drain(body: Body) {
    let read = async {
        let (mut stream, mut seen) = (body.into_data_stream(), 0);
        while let Some(Ok(bytes)) = stream.next().await {
            seen += bytes.len();
            if seen > DRAIN_BYTES {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(DRAIN_TIME, read).await;
}

/// `POST /uploads`: opens an upload, or finds the one that a lost answer opened.
pub async fn create(State(app): State<Arc<App>>, Path(org): Path<OrgId>, uploader: Uploader, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let mut unread = Some(body);
    let result = match uploader.is_of(org) {
        true => open(&app, org, &parts.headers, &mut unread).await,
        false => Err(ApiError::not_found()),
    };
    finish(&app, result, unread).await
}

/// `HEAD|PATCH|DELETE`, and `POST` with `X-HTTP-Method-Override`.
pub async fn continue_upload(
    State(app): State<Arc<App>>,
    Path((org, id)): Path<(OrgId, String)>,
    uploader: Uploader,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let (headers, mut unread) = (&parts.headers, Some(body));
    let named = text(headers, "x-http-method-override").and_then(|name| Method::from_bytes(name.as_bytes()).ok());
    let result = match named.unwrap_or(parts.method) {
        _ if !uploader.is_of(org) => Err(ApiError::not_found()),
        Method::HEAD => head(&app, org, &id, headers).await,
        Method::DELETE => terminate(&app, org, &id, headers).await,
        Method::PATCH => append(&app, org, &id, headers, &mut unread).await,
        _ => Err(refuse(StatusCode::METHOD_NOT_ALLOWED, "method", "an upload takes HEAD, PATCH and DELETE")),
    };
    finish(&app, result, unread).await
}

async fn head(app: &App, org: OrgId, id: &str, headers: &HeaderMap) -> ApiResult<Response> {
    check_version(headers)?;
    let done = |blob: crate::store::BlobRow| {
        let mut response = complete_answer(StatusCode::OK, &blob, None)?;
        response.headers_mut().insert("upload-length", HeaderValue::from(blob.size));
        Ok(response)
    };
    let row = match find(app, org, id).await? {
        Found::Done(blob) => return done(blob),
        Found::Open(row) => row,
    };
    let held = match hold(app, &row).await? {
        Hold::Mine(held) => held,
        Hold::Done(blob) => return done(blob),
    };
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    progress_headers(headers, &row, offset(&held), None);
    headers.insert("upload-length", HeaderValue::from(row.size));
    if let Ok(metadata) = HeaderValue::from_str(&row.metadata)
        && !row.metadata.is_empty()
    {
        headers.insert("upload-metadata", metadata);
    }
    Ok(response)
}

async fn terminate(app: &App, org: OrgId, id: &str, headers: &HeaderMap) -> ApiResult<Response> {
    check_version(headers)?;
    let complete = || refuse(StatusCode::GONE, "complete", "this upload is complete; evidence is not removed");
    let Found::Open(row) = find(app, org, id).await? else { return Err(complete()) };
    let Hold::Mine(mut held) = hold(app, &row).await? else { return Err(complete()) };
    remove_part(app, id)?;
    held.progress.flushed = Some((0, Sha256::new()));
    let key = row.id.clone();
    app.store.transact(move |tx| tx.delete_upload(&key)).await?;
    app.uploads.forget(id);
    Ok(StatusCode::NO_CONTENT.into_response())
}
