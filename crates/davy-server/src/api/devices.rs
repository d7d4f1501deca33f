//! Enrolled devices: what they still hold, revoking one.

use crate::access::{Action, Viewer};
use crate::api::dashboard::SILENT_MS;
use crate::api::dto::{DeviceRow, DeviceState, Named, RevokeRequest};
use crate::api::text::required;
use crate::app::App;
use crate::auth::session::SignedIn;
use crate::error::{ApiError, ApiResult};
use crate::store::{StreamRow, StreamStatus};
use axum::Json;
use axum::extract::{Path, State};
use davy_core::id::StreamId;
use davy_core::time::Millis;
use davy_core::view::Names;
use std::sync::Arc;

fn line(viewer: &Viewer, row: &StreamRow, now: Millis) -> DeviceRow {
    let person = row.person.map(|id| Named { id: id.to_string(), name: viewer.directory.person(id).unwrap_or_else(|| "—".to_owned()) });
    DeviceRow {
        device: row.device,
        stream: row.stream,
        name: row.name.clone(),
        person: person.unwrap_or_else(|| Named { id: String::new(), name: "—".to_owned() }),
        enrolled: row.enrolled,
        last_seen: row.last_seen,
        last_seq: row.head_seq,
        pending_events: row.pending.events,
        pending_blobs: row.pending.blobs,
        pending_bytes: row.pending.bytes,
        state: if row.state == StreamStatus::Active { DeviceState::Active } else { DeviceState::Revoked },
        silent: row.last_seen.unwrap_or(row.enrolled).plus(SILENT_MS) < now,
    }
}

/// Lists the devices of people that the caller may see.
#[utoipa::path(get, path = "/devices", tag = "devices", responses((status = 200, body = Vec<DeviceRow>)))]
pub async fn list(State(app): State<Arc<App>>, SignedIn { viewer, .. }: SignedIn) -> ApiResult<Json<Vec<DeviceRow>>> {
    let (org, now) = (viewer.org, app.clock.now());
    // Contacts move often and are not part of the directory's revision: read them now.
    let streams = app.store.query(move |tx| tx.streams(org)).await?;
    let visible = streams.iter().filter(|row| row.person.is_some_and(|person| viewer.may_see_person(person)));
    Ok(Json(visible.map(|row| line(&viewer, row, now)).collect()))
}

/// Revokes a device: what it sends from now on is kept, and held.
#[utoipa::path(post, path = "/devices/{stream}/revoke", tag = "devices", params(("stream" = String, Path)), request_body = RevokeRequest,
    responses((status = 200, body = DeviceRow), (status = 403), (status = 404)))]
pub async fn revoke(
    State(app): State<Arc<App>>,
    SignedIn { viewer, .. }: SignedIn,
    Path(stream): Path<StreamId>,
    Json(request): Json<RevokeRequest>,
) -> ApiResult<Json<DeviceRow>> {
    viewer.require(Action::Revoke)?;
    let reason = required("reason", &request.reason)?;
    let now = app.clock.now();
    let (org, asking) = (viewer.org, viewer.clone());
    let row = app
        .store
        .transact(move |tx| {
            let visible = |row: &StreamRow| row.org == org && row.person.is_some_and(|person| asking.may_see_person(person));
            let Some(mut row) = tx.stream(stream)?.filter(visible) else {
                return Ok(None);
            };
            if row.state == StreamStatus::Active {
                row.state = StreamStatus::Revoked { at: now };
                tx.set_stream_state(stream, row.state)?;
            }
            Ok(Some(row))
        })
        .await?
        .ok_or_else(ApiError::not_found)?;
    tracing::warn!(%stream, by = %viewer.person, reason, "a device was revoked");
    Ok(Json(line(&viewer, &row, now)))
}
