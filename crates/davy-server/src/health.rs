//! `/health` for supervisors of the process, `/metrics` for Prometheus.

use crate::app::App;
use crate::router::HEALTH_PATIENCE;
use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

/// Answers 200 when the store reads and writes.
pub async fn health(State(app): State<Arc<App>>) -> Response {
    let now = app.clock.now();
    let probe = app.store.transact(move |tx| tx.put_setting("health", &now.0.to_be_bytes()));
    match tokio::time::timeout(HEALTH_PATIENCE, probe).await {
        Ok(Ok(())) => Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") })).into_response(),
        Ok(Err(error)) => unhealthy(&error.to_string()),
        Err(_) => unhealthy("the database did not answer in time"),
    }
}

fn unhealthy(reason: &str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "failing", "reason": reason }))).into_response()
}

/// The process's recorder: one for all servers in it.
pub fn recorder() -> Option<&'static PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    HANDLE.get_or_init(|| PrometheusBuilder::new().install_recorder().ok()).as_ref()
}

/// Answers this machine only: counts tell strangers how much an organisation works. Behind a proxy, which would
/// make every caller local, requests that it forwarded are refused.
pub async fn metrics(ConnectInfo(peer): ConnectInfo<SocketAddr>, headers: axum::http::HeaderMap) -> Response {
    if !peer.ip().is_loopback() || headers.contains_key("x-forwarded-for") {
        return crate::error::ApiError::not_found().into_response();
    }
    let text = recorder().map(PrometheusHandle::render).unwrap_or_default();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}
