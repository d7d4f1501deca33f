//! `GET|HEAD /blobs/{sha256}` for devices.

use crate::api::blobs::{permitted, send};
use crate::app::App;
use crate::error::ApiError;
use crate::store::StreamStatus;
use crate::sync::caller::Device;
use crate::sync::codec::SyncError;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use davy_core::id::{BlobId, OrgId};
use std::sync::Arc;

/// Sends a blob, or says that it is expected and not here yet.
pub async fn get(
    State(app): State<Arc<App>>,
    Path((_, sha256)): Path<(OrgId, BlobId)>,
    device: Device,
    headers: HeaderMap,
) -> Result<Response, SyncError> {
    if device.row.state != StreamStatus::Active {
        return Err(SyncError::new(StatusCode::FORBIDDEN, "revoked", "This device was revoked: it may send what it holds, but not read."));
    }
    let viewer = device.viewer.ok_or_else(ApiError::not_found)?;
    let reference = permitted(&app, &viewer, sha256).await?;
    match send(&app, &viewer, &reference, &headers).await {
        Err(error) if error.status == StatusCode::NOT_FOUND => {
            let mut response = SyncError::from(error).into_response();
            response.headers_mut().insert("davy-expected", HeaderValue::from_static("1"));
            Ok(response)
        }
        other => Ok(other?),
    }
}
