//! Creation, alone or with the first bytes.

use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::reason::Reason;
use crate::store::UploadRow;
use crate::uploads::protocol::{self, CHUNK, Checksum, check_version, checksum, number, refuse, text};
use crate::uploads::receive::receive;
use crate::uploads::routes::Unread;
use crate::uploads::slot::Held;
use crate::uploads::state::{Hold, complete, complete_answer, hold, offset, progress_headers};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use davy_core::id::{BlobId, OrgId};
use std::sync::Arc;

/// Longest `Upload-Metadata`.
const METADATA: usize = 4096;

struct Announced {
    sha256: BlobId,
    size: u64,
    metadata: String,
    checksum: Option<Checksum>,
    /// The body holds bytes.
    carries: bool,
    /// The body holds all of them.
    whole: bool,
}

fn announced(app: &App, headers: &HeaderMap) -> ApiResult<Announced> {
    check_version(headers)?;
    if headers.contains_key("upload-defer-length") {
        let words = "this server needs Upload-Length from the beginning";
        return Err(refuse(StatusCode::BAD_REQUEST, "defer_length", words));
    }
    let size = number(headers, "upload-length")?.ok_or_else(|| refuse(StatusCode::BAD_REQUEST, "header", "Upload-Length is missing"))?;
    if size > app.max_blob() {
        let words = format!("a file may have {} MiB at most", app.config.max_blob_mib);
        return Err(refuse(StatusCode::PAYLOAD_TOO_LARGE, "too_large", words));
    }
    let metadata = text(headers, "upload-metadata").unwrap_or_default().to_owned();
    if metadata.len() > METADATA {
        return Err(refuse(StatusCode::BAD_REQUEST, "header", "Upload-Metadata may have 4096 bytes at most"));
    }
    let carries = text(headers, "content-type") == Some(CHUNK);
    Ok(Announced {
        sha256: protocol::sha256_of(&metadata)?,
        whole: carries && number(headers, "content-length")? == Some(size),
        checksum: checksum(headers)?,
        size,
        metadata,
        carries,
    })
}

/// The same file of the same organisation always has the same upload.
fn upload_id(app: &App, org: OrgId, sha256: BlobId, size: u64) -> String {
    let mac = app.secret.mac("upload", &[org.as_bytes(), sha256.as_bytes(), &size.to_be_bytes()]);
    hex::encode(&mac[..20])
}

async fn keep(app: &App, row: &UploadRow) -> ApiResult<()> {
    let row = row.clone();
    Ok(app.store.transact(move |tx| tx.put_upload(&row)).await?)
}

/// Opens an upload or finds it, and takes what bytes came along.
///
/// # Errors
/// A malformed announcement; no space; what `receive` and `complete` refuse.
pub async fn open(app: &Arc<App>, org: OrgId, headers: &HeaderMap, unread: &mut Unread) -> ApiResult<Response> {
    let Announced { sha256, size, metadata, checksum, carries, whole } = announced(app, headers)?;
    let id = upload_id(app, org, sha256, size);
    let location = format!("/v1/orgs/{org}/uploads/{id}");
    if let Some(known) = app.store.query(move |tx| tx.blob(org, sha256)).await? {
        if known.size != size {
            return Err(ApiError::invalid("Upload-Length", &Reason::OtherSize(known.size)));
        }
        return complete_answer(StatusCode::OK, &known, Some(&location));
    }
    app.check_space(size)?;
    let row = UploadRow { id, org, sha256, size, metadata, expires: app.upload_expiry() };
    // A file that comes whole with its announcement gets a row only if it breaks off.
    if !whole {
        keep(app, &row).await?;
    }
    let mut held = match hold(app, &row).await? {
        Hold::Mine(held) => held,
        Hold::Done(blob) => return complete_answer(StatusCode::OK, &blob, Some(&location)),
    };
    let taken = match unread.take_if(|_| carries && size > 0 && offset(&held) == 0) {
        Some(body) => receive(&mut held, app.uploads.file(&row.id), size, body, checksum).await,
        None => Ok(offset(&held)),
    };
    finish(app, row, held, taken, whole, &location).await
}

async fn finish(app: &Arc<App>, row: UploadRow, held: Held, taken: ApiResult<u64>, whole: bool, location: &str) -> ApiResult<Response> {
    if whole && !matches!(taken, Ok(offset) if offset == row.size) {
        keep(app, &row).await?;
    }
    let offset = taken?;
    if offset == row.size {
        let blob = complete(app, &row, held).await?;
        return complete_answer(StatusCode::CREATED, &blob, Some(location));
    }
    let mut response = StatusCode::CREATED.into_response();
    progress_headers(response.headers_mut(), &row, offset, Some(location));
    Ok(response)
}
