//! `PATCH`: the next bytes of an upload.

use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::store::UploadRow;
use crate::uploads::protocol::{CHUNK, check_version, checksum, number, refuse, text};
use crate::uploads::receive::receive;
use crate::uploads::routes::Unread;
use crate::uploads::state::{Found, Hold, complete, complete_answer, find, hold, offset, progress_headers};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use davy_core::id::OrgId;
use serde_json::json;
use std::sync::Arc;

/// An upload that goes on is prolonged at most this often.
const PROLONG_MS: i64 = 60 * 60 * 1000;

/// Takes the next bytes.
///
/// # Errors
/// Another offset than where the upload stands (409), no space, what `receive` and `complete` refuse.
pub async fn append(app: &Arc<App>, org: OrgId, id: &str, headers: &HeaderMap, unread: &mut Unread) -> ApiResult<Response> {
    check_version(headers)?;
    if text(headers, "content-type") != Some(CHUNK) {
        let words = format!("a chunk has the content type {CHUNK}");
        return Err(refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type", words));
    }
    let at = number(headers, "upload-offset")?.ok_or_else(|| refuse(StatusCode::BAD_REQUEST, "header", "Upload-Offset is missing"))?;
    let checksum = checksum(headers)?;
    let done = |blob| complete_answer(StatusCode::NO_CONTENT, &blob, None);
    let mut row = match find(app, org, id).await? {
        // The last answer was lost: repeating the last chunk, or nothing, is answered like then.
        Found::Done(blob) if at == blob.size => return done(blob),
        Found::Done(blob) => return Err(conflict(blob.size)),
        Found::Open(row) => row,
    };
    app.check_space(row.size)?;
    let mut held = match hold(app, &row).await? {
        Hold::Mine(held) => held,
        Hold::Done(blob) => return done(blob),
    };
    if offset(&held) != at {
        return Err(conflict(offset(&held)));
    }
    let body = unread.take().unwrap_or_default();
    let offset = receive(&mut held, app.uploads.file(id), row.size, body, checksum).await?;
    if offset == row.size {
        return done(complete(app, &row, held).await?);
    }
    prolong(app, &mut row).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    progress_headers(response.headers_mut(), &row, offset, None);
    Ok(response)
}

async fn prolong(app: &App, row: &mut UploadRow) -> ApiResult<()> {
    let until = app.upload_expiry();
    if until.0 - row.expires.0 > PROLONG_MS {
        row.expires = until;
        let row = row.clone();
        app.store.transact(move |tx| tx.put_upload(&row)).await?;
    }
    Ok(())
}

fn conflict(offset: u64) -> ApiError {
    let words = format!("this upload stands at byte {offset}; ask with HEAD and continue there");
    refuse(StatusCode::CONFLICT, "offset", words).with(json!({ "offset": offset }))
}
