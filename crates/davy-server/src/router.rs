//! All routes in one place, with what every answer gets: request id, `Davy-Version`, security headers, traces.

use crate::app::App;
use crate::error::ApiError;
use crate::{api, health, sync, ui};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use davy_protocol::message::VERSION;
use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};

/// What pages of the console may load: their own files and blobs, nothing from anywhere else. Nobody frames them.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
    font-src 'self' data:; connect-src 'self'; manifest-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";
/// The one page that the console itself shows in a frame: a checklist that is tried out.
const FRAMED: &str = "/preview.html";
const FRAMED_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
    font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Builds the service.
pub fn build(app: Arc<App>, stop: CancellationToken) -> Router {
    Router::new()
        .nest("/v1", sync::router())
        .nest("/api", api::router())
        .route("/health", get(health::health))
        .route("/metrics", get(health::metrics))
        .fallback(ui::serve)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), mark))
        .layer(middleware::from_fn(trace))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .layer(middleware::from_fn(move |request: Request, next: Next| end_streams(stop.clone(), request, next)))
        .with_state(app)
}

/// A panic in a handler is one failed request, not a stopped server. What it was is in the log.
fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    ApiError::internal().into_response()
}

/// Headers of every answer.
async fn mark(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let framed = request.uri().path() == FRAMED;
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert("davy-version", HeaderValue::from_static(VERSION));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static(if framed { "SAMEORIGIN" } else { "DENY" }));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.insert("permissions-policy", HeaderValue::from_static("camera=(), microphone=(), geolocation=()"));
    let policy = HeaderValue::from_static(if framed { FRAMED_POLICY } else { CONTENT_POLICY });
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if app.config.is_secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// One line a request. Paths hold ids and no secrets; queries may hold names and are left out.
async fn trace(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let id = request.headers().get(&REQUEST_ID).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), began.elapsed());
    metrics::counter!("davy_requests_total", "status" => status.to_string()).increment(1);
    metrics::histogram!("davy_request_seconds").record(took.as_secs_f64());
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    if status >= 500 {
        tracing::error!(%method, path, status, ms, id, "request failed");
    } else {
        tracing::debug!(%method, path, status, ms, id, "request");
    }
    response
}

/// Streams of events would hold a stop up for its whole grace: they end when it begins.
async fn end_streams(stop: CancellationToken, request: Request, next: Next) -> Response {
    let is_stream = matches!(request.uri().path(), "/api/events") || request.uri().path().ends_with("/wake");
    let response = next.run(request).await;
    if !is_stream || !response.status().is_success() {
        return response;
    }
    let (parts, body) = response.into_parts();
    let stopped = async move { stop.cancelled().await };
    let body = futures::StreamExt::take_until(body.into_data_stream(), Box::pin(stopped));
    Response::from_parts(parts, axum::body::Body::from_stream(body))
}

/// Longest wait of a health check for the store.
pub const HEALTH_PATIENCE: Duration = Duration::from_secs(5);
