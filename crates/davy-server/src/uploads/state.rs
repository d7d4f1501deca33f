//! Where an upload stands: its row, its file, the finished blob that it becomes.

use crate::app::{App, Org};
use crate::error::{ApiError, ApiResult};
use crate::store::{BlobRow, UploadRow};
use crate::uploads::protocol::{http_date, mismatch, refuse};
use crate::uploads::slot::{Held, look};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use davy_core::id::{BlobId, OrgId};
use davy_protocol::receipt::BlobReceipt;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Bytes flushed.
#[must_use]
pub fn offset(held: &Held) -> u64 {
    held.progress.flushed.as_ref().map_or(0, |(offset, _)| *offset)
}

fn insert(headers: &mut HeaderMap, name: header::HeaderName, value: Option<&str>) {
    if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
        headers.insert(name, value);
    }
}

/// Headers that say where an unfinished upload stands.
pub fn progress_headers(headers: &mut HeaderMap, row: &UploadRow, offset: u64, location: Option<&str>) {
    headers.insert("upload-offset", HeaderValue::from(offset));
    if let Some(date) = http_date(row.expires) {
        headers.insert("upload-expires", date);
    }
    insert(headers, header::LOCATION, location);
}

/// The answer for a blob that is here: with its signed receipt.
///
/// # Errors
/// Never for receipts of our own.
pub fn complete_answer(status: StatusCode, blob: &BlobRow, location: Option<&str>) -> ApiResult<Response> {
    let mut response = status.into_response();
    let headers = response.headers_mut();
    headers.insert("upload-offset", HeaderValue::from(blob.size));
    let receipt = HeaderValue::from_str(&STANDARD.encode(&blob.receipt)).map_err(|_| ApiError::internal())?;
    headers.insert("davy-receipt", receipt);
    insert(headers, header::LOCATION, location);
    Ok(response)
}

/// A held upload, or what it became while somebody else held it.
pub enum Hold {
    /// Held now.
    Mine(Held),
    /// Finished meanwhile.
    Done(BlobRow),
}

/// Takes the upload and looks at its file if that was not done since the start.
///
/// # Errors
/// Another request holds it and does not let go (423); the disk.
pub async fn hold(app: &App, row: &UploadRow) -> ApiResult<Hold> {
    let held = app.uploads.hold(&row.id).await;
    let locked = || refuse(StatusCode::LOCKED, "locked", "another request holds this upload; try again").retry(1);
    let mut held = held.ok_or_else(locked)?;
    let (org, sha256) = (row.org, row.sha256);
    if let Some(blob) = app.store.query(move |tx| tx.blob(org, sha256)).await? {
        return Ok(Hold::Done(blob));
    }
    if held.progress.flushed.is_none() {
        let file = app.uploads.file(&row.id);
        let found = tokio::task::spawn_blocking(move || look(&file)).await.map_err(|_| ApiError::internal())??;
        held.progress.flushed = Some(if found.0 > row.size { (0, Sha256::new()) } else { found });
    }
    Ok(Hold::Mine(held))
}

/// An unfinished upload by its id, or the finished blob that it became.
pub enum Found {
    /// Unfinished.
    Open(UploadRow),
    /// Finished.
    Done(BlobRow),
}

/// Finds an upload.
///
/// # Errors
/// None of this id in the organisation (404), or its time is over (410).
pub async fn find(app: &App, org: OrgId, id: &str) -> ApiResult<Found> {
    let (key, now) = (id.to_owned(), app.clock.now());
    let (row, mut blob) = app
        .store
        .query(move |tx| {
            let row = tx.upload(&key)?.filter(|row| row.org == org);
            let blob = row.as_ref().map(|row| tx.blob(org, row.sha256)).transpose()?.flatten();
            Ok((row, blob))
        })
        .await?;
    // Looked up only now: an upload is remembered as finished before its row goes, so one of the two is always seen.
    if row.is_none()
        && let Some(sha256) = app.finished_upload(id)
    {
        blob = app.store.query(move |tx| tx.blob(org, sha256)).await?;
    }
    match (row, blob) {
        (_, Some(blob)) => Ok(Found::Done(blob)),
        (Some(row), None) if row.expires < now => {
            Err(refuse(StatusCode::GONE, "expired", "this upload was not continued in time; create it again"))
        }
        (Some(row), None) => Ok(Found::Open(row)),
        (None, None) => Err(refuse(StatusCode::NOT_FOUND, "not_found", "there is no such upload; create it again")),
    }
}

/// Removes an upload's file.
///
/// # Errors
/// The disk.
pub fn remove_part(app: &App, id: &str) -> ApiResult<()> {
    match std::fs::remove_file(app.uploads.file(id)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// All bytes are here: compares the hash, moves the file to its name, commits the row with the signed receipt. Goes to its end
/// under the upload's lock even when the one who asked goes away: between the file's move and the row nobody may look.
///
/// # Errors
/// The whole has another hash (460): the bytes are dropped. The disk, the store.
pub async fn complete(app: &Arc<App>, row: &UploadRow, mut held: Held) -> ApiResult<BlobRow> {
    let (app, row) = (Arc::clone(app), row.clone());
    let whole = tokio::spawn(async move { finish(&app, &row, &mut held).await });
    whole.await.map_err(|_| ApiError::internal())?
}

async fn finish(app: &Arc<App>, row: &UploadRow, held: &mut Held) -> ApiResult<BlobRow> {
    // Whatever fails from here on: the next one looks at the file itself, which may have moved.
    let Some((_, hasher)) = held.progress.flushed.take() else { return Err(ApiError::internal()) };
    let (org, sha256, size) = (row.org, row.sha256, row.size);
    let found: [u8; 32] = hasher.finalize().into();
    if found != sha256.0 {
        remove_part(app, &row.id)?;
        let words = "the whole file does not have the announced SHA-256; it was dropped, send it again from the beginning";
        return Err(refuse(mismatch(), "hash_mismatch", words));
    }
    let (blobs, part) = (app.blobs.clone(), app.uploads.file(&row.id));
    let adopt = move || {
        if size == 0 {
            std::fs::File::create(&part)?;
        }
        blobs.adopt(&part, org, sha256)
    };
    tokio::task::spawn_blocking(adopt).await.map_err(|_| ApiError::internal())??;
    let blob = sign_for(app, &*app.org(org).await?, sha256, size);
    let (stored, id) = (blob.clone(), row.id.clone());
    // Before the row goes: whoever asks in between must find the one or the other.
    app.remember_finished(&row.id, sha256);
    app.store
        .transact(move |tx| {
            tx.insert_blob(org, &stored)?;
            tx.delete_upload(&id)
        })
        .await?;
    app.uploads.forget(&row.id);
    app.announce_blob(org, sha256).await;
    metrics::counter!("davy_blobs_received_total").increment(1);
    metrics::counter!("davy_blob_bytes_received_total").increment(size);
    Ok(blob)
}

/// The row of a blob with its signed receipt.
#[must_use]
pub fn sign_for(app: &App, org: &Org, sha256: BlobId, size: u64) -> BlobRow {
    let received = app.clock.now();
    let receipt = BlobReceipt { epoch: org.epoch, sha256, size, recv_ms: received };
    BlobRow { sha256, size, received, receipt: receipt.sign(&org.key, org.id) }
}
