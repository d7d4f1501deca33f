//! `POST /hello`: where do we stand? Sent at every contact (`docs/sync.md` §5).

use crate::app::{App, Org};
use crate::store::{PendingCounts, ScopeEnd, StreamRow, StreamStatus};
use crate::sync::caller::Device;
use crate::sync::codec::{self, SyncError};
use axum::extract::{Request, State};
use axum::response::Response;
use davy_core::id::{AnchorId, EventId};
use davy_core::time::Millis;
use davy_protocol::feed::accumulator_start;
use davy_protocol::message::{HelloRequest, HelloResponse, Limits, MAX_PULL_EVENTS, ScopePosition};
use davy_protocol::receipt::{Anchor, Classed, Receipt};
use std::sync::Arc;

/// Contacts are written at most this often while nothing changes.
const TOUCH_MS: i64 = 30 * 1000;

/// Signed objects are bounded; of a larger push the newest are named, all are in the feed.
const MOST_CLASSED: usize = 1_000;

/// A signed time anchor.
#[must_use]
pub fn anchor(org: &Org, now: Millis) -> Vec<u8> {
    // A UUIDv7, so that its time can be read off the id too.
    let id = AnchorId::from_uuid(uuid::Uuid::now_v7());
    Anchor { id, server_ms: now }.sign(&org.key, org.id)
}

/// A signed receipt for a stream's head.
#[must_use]
pub fn receipt(org: &Org, row: &StreamRow, mut classed: Vec<Classed>, now: Millis) -> Vec<u8> {
    let surplus = classed.len().saturating_sub(MOST_CLASSED);
    classed.drain(..surplus);
    let receipt = Receipt {
        epoch: org.epoch,
        stream: row.stream,
        head_seq: row.head_seq,
        head_eid: EventId(row.head_eid.0),
        classed,
        durable_seq: row.durable_seq,
        recv_ms: now,
    };
    receipt.sign(&org.key, org.id)
}

/// Answers a contact.
pub async fn hello(State(app): State<Arc<App>>, device: Device, request: Request) -> Result<Response, SyncError> {
    let zstd = codec::takes_zstd(request.headers());
    let said: HelloRequest = codec::read(request).await?;
    let now = app.clock.now();
    let pending = PendingCounts { events: said.pending_events, blobs: said.pending_blobs, bytes: said.pending_bytes };
    let row = &device.row;
    let known = row.pending == pending && row.app_version == said.app_version;
    if !known || row.last_seen.is_none_or(|seen| now.0 - seen.0 > TOUCH_MS) {
        let (stream, version) = (row.stream, said.app_version.chars().take(64).collect::<String>());
        app.store.transact(move |tx| tx.touch_stream(stream, now, &version, pending)).await?;
    }
    let (org, granted) = (device.org.id, device.viewer.as_ref().map(crate::access::Viewer::granted).unwrap_or_default());
    let revoked = row.state != StreamStatus::Active;
    let granted = if revoked { Vec::new() } else { granted };
    let scopes = app.store.query(move |tx| {
        let end = |scope| {
            let end = tx.scope_end(org, scope)?.unwrap_or(ScopeEnd { pos: 0, acc: accumulator_start(org, scope) });
            Ok(ScopePosition { scope, pos: end.pos, acc: end.acc })
        };
        granted.into_iter().map(end).collect::<Result<Vec<_>, crate::store::StoreError>>()
    });
    let answer = HelloResponse {
        epoch: device.org.epoch,
        receipt: receipt(&device.org, row, Vec::new(), now),
        scopes: scopes.await?,
        anchor: anchor(&device.org, now),
        limits: Limits { push_bytes: codec::PUSH as u32, pull_events: MAX_PULL_EVENTS, chunk_bytes: 4 * 1024 * 1024 },
        revoked,
    };
    Ok(codec::answer(&answer, zstd))
}
