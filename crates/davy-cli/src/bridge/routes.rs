//! The bridge's addresses: commands, photographs, events, pages.

use super::{Bridge, auth, files};
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use davy_app::AppError;
use futures::{Stream, StreamExt, stream};
use serde_json::Value;
use std::convert::Infallible;
use tokio::sync::broadcast::error::RecvError;
use tower_http::set_header::SetResponseHeaderLayer;

/// Largest photograph: as the store takes it.
const MAX_PHOTO: usize = 128 * 1024 * 1024;

const POLICY: &str = "default-src 'self'; img-src 'self' blob:; media-src 'self' blob: mediastream:; style-src 'self'; \
    script-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// All routes.
pub fn router(bridge: Bridge) -> Router {
    let set = |name: HeaderName, value: &'static str| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    Router::new()
        .route("/command/{name}", post(command))
        .route("/photo", post(attach_photo).layer(DefaultBodyLimit::max(MAX_PHOTO)))
        .route("/photo/{sha256}", get(photo))
        .route("/events", get(events))
        .fallback(files::serve)
        .layer(middleware::from_fn_with_state(bridge.clone(), auth::check))
        .layer(set(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(set(header::REFERRER_POLICY, "no-referrer"))
        .with_state(bridge)
}

async fn command(State(bridge): State<Bridge>, Path(name): Path<String>, Json(request): Json<Value>) -> Response {
    answer(bridge.app.dispatch(&name, request).await)
}

async fn attach_photo(State(bridge): State<Bridge>, headers: HeaderMap, body: Bytes) -> Response {
    let said = headers.get("davy-request").and_then(|value| value.to_str().ok()).and_then(decode);
    match said {
        Some(request) => answer(bridge.app.attach_photo(request, body.to_vec()).await),
        None => answer(Err(AppError::invalid("davy-request", davy_app::Reason::Request("percent-encoded JSON is expected".to_owned())))),
    }
}

async fn photo(State(bridge): State<Bridge>, Path(sha256): Path<String>) -> Response {
    match bridge.app.photo(&sha256, None).await {
        Ok(photo) => {
            let kind = HeaderValue::from_str(&photo.media_type).unwrap_or(HeaderValue::from_static("application/octet-stream"));
            let fixed = [
                (header::CONTENT_TYPE, kind),
                // Memory only: a decrypted picture must not reach the browser's disk cache.
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
                (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
            ];
            (fixed, photo.bytes).into_response()
        }
        Err(error) => answer(Err(error)),
    }
}

async fn events(State(bridge): State<Bridge>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let events = stream::unfold(bridge.app.subscribe(), |mut events| async move {
        loop {
            match events.recv().await {
                Ok(event) => {
                    return Some((Event::default().json_data(&event).unwrap_or_default(), events));
                }
                // A slow page missed some; the next one tells it what to read again.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    });
    let mut stopped = bridge.stopped.clone();
    let end = async move {
        // The other side of the channel lives as long as the program listens.
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    Sse::new(events.map(Ok).take_until(end)).keep_alive(KeepAlive::default())
}

fn answer(done: Result<Value, AppError>) -> Response {
    match done {
        Ok(value) => Json(value).into_response(),
        Err(error) => {
            let status = match error.code() {
                "not_found" => StatusCode::NOT_FOUND,
                "locked" | "not_enrolled" => StatusCode::FORBIDDEN,
                "internal" => StatusCode::INTERNAL_SERVER_ERROR,
                "disk_full" => StatusCode::INSUFFICIENT_STORAGE,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            (status, Json(error)).into_response()
        }
    }
}

/// Reads percent-encoded JSON.
fn decode(text: &str) -> Option<Value> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == b'%' {
            let (digits, after) = tail.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = after;
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    serde_json::from_slice(&bytes).ok()
}
