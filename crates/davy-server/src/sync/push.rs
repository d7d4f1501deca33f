//! `POST /push`: sealed segments of one stream (`docs/sync.md` §4, §6). The answer is a signed receipt, after the
//! commit has reached the disk.

use crate::app::App;
use crate::ingest::commit::{self, Ended};
use crate::ingest::prepare;
use crate::store::StreamRow;
use crate::sync::caller::Device;
use crate::sync::codec::{self, SyncError};
use crate::sync::hello::receipt;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use davy_core::id::EventId;
use davy_protocol::VerifyingKey;
use davy_protocol::message::PushResponse;
use std::sync::Arc;

/// Takes a push.
pub async fn push(State(app): State<Arc<App>>, device: Device, request: Request) -> Result<Response, SyncError> {
    let body = codec::read_body(request, codec::PUSH).await?;
    let Device { org, row, .. } = device;
    let key = VerifyingKey::from_bytes(&row.key).map_err(|_| crate::error::ApiError::internal())?;
    let (id, stream) = (org.id, row.stream);
    let permit = Arc::clone(&app.checks).acquire_owned().await.map_err(|_| crate::error::ApiError::internal())?;
    let prepared = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        prepare::prepare(&body, &key, id, stream)
    });
    let prepared = prepared.await.map_err(|_| crate::error::ApiError::internal())?;
    let batch = prepared.map_err(|reason| bad(0, &reason))?;
    let (directories, recv) = (Arc::clone(&app.directories), app.clock.now());
    let outcome = app.store.transact(move |tx| commit::push(tx, &directories, stream, batch.segments, batch.unsound, recv)).await?;
    metrics::counter!("davy_events_accepted_total").increment(outcome.accepted);
    app.announce(outcome.changes);
    let row = StreamRow { head_seq: outcome.head.seq, head_eid: outcome.head.head, durable_seq: outcome.durable_seq, ..row };
    match outcome.ended {
        Ended::Whole => {
            let receipt = receipt(&org, &row, outcome.classed, recv);
            Ok(codec::answer(&PushResponse { receipt }, false))
        }
        Ended::Gap => Err(conflict("gap", "Earlier records of this device are missing here; they are sent first.", &row)),
        Ended::Fork => {
            tracing::error!(%stream, "two versions of one record: the stream is closed");
            let words = "Another record stands at this place: this device was restored from a copy. Both are kept; enrol the device again.";
            Err(conflict("fork", words, &row))
        }
        Ended::Bad { event, reason, .. } => {
            tracing::warn!(%stream, reason, "a segment was refused and put aside");
            Err(bad(event, &reason))
        }
    }
}

fn conflict(code: &'static str, words: &str, row: &StreamRow) -> SyncError {
    let mut error = SyncError::new(StatusCode::CONFLICT, code, words);
    error.head = Some((row.head_seq, (row.head_seq > 0).then_some(EventId(row.head_eid.0))));
    error
}

fn bad(event: usize, reason: &str) -> SyncError {
    let mut error = SyncError::new(StatusCode::UNPROCESSABLE_ENTITY, "bad", format!("The records are not sound: {reason}"));
    error.index = u32::try_from(event).ok();
    error
}
