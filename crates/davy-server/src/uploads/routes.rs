//! The tus endpoints. `POST /uploads`, `HEAD|PATCH|DELETE|POST /uploads/{id}`, `OPTIONS` on both.

use crate::app::{App, Org};
use crate::error::{ApiError, ApiResult};
use crate::store::{BlobRow, UploadRow};
use crate::sync::caller::Uploader;
use crate::uploads::protocol::{
    self, ALGORITHMS, CHUNK, EXTENSIONS, VERSION, check_version, checksum, http_date, mark,
    mismatch, number, refuse, text,
};
use crate::uploads::receive::receive;
use crate::uploads::slot::{Held, look};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use davy_core::id::{BlobId, OrgId};
use sha2::Digest;
use std::sync::Arc;

/// `OPTIONS`: what this server speaks. Needs no login.
pub async fn options(State(app): State<Arc<App>>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    mark(headers);
    headers.insert("tus-version", HeaderValue::from_static(VERSION));
    headers.insert("tus-extension", HeaderValue::from_static(EXTENSIONS));
    headers.insert(
        "tus-checksum-algorithm",
        HeaderValue::from_static(ALGORITHMS),
    );
    headers.insert("tus-max-size", HeaderValue::from(app.max_blob()));
    response
}

/// Every answer carries the version; an error too.
fn finish(app: &App, result: ApiResult<Response>) -> Response {
    let mut response = result.unwrap_or_else(IntoResponse::into_response);
    mark(response.headers_mut());
    if response.status() == StatusCode::PRECONDITION_FAILED {
        response
            .headers_mut()
            .insert("tus-version", HeaderValue::from_static(VERSION));
    }
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
        response
            .headers_mut()
            .insert("tus-max-size", HeaderValue::from(app.max_blob()));
    }
    response
}

/// `POST /uploads`: opens an upload, or finds the one that a lost answer opened.
pub async fn create(
    State(app): State<Arc<App>>,
    Path(org): Path<OrgId>,
    uploader: Uploader,
    request: Request,
) -> Response {
    let result = open(&app, org, &uploader, request).await;
    finish(&app, result)
}

/// `HEAD|PATCH|DELETE`, and `POST` with `X-HTTP-Method-Override`.
pub async fn continue_upload(
    State(app): State<Arc<App>>,
    Path((org, id)): Path<(OrgId, String)>,
    uploader: Uploader,
    request: Request,
) -> Response {
    let method = text(request.headers(), "x-http-method-override")
        .and_then(|name| Method::from_bytes(name.as_bytes()).ok());
    let method = method.unwrap_or_else(|| request.method().clone());
    let result = match method {
        _ if !uploader.is_of(org) => Err(ApiError::not_found()),
        Method::HEAD => with_version(request.headers(), head(&app, org, &id)).await,
        Method::DELETE => with_version(request.headers(), terminate(&app, org, &id)).await,
        Method::PATCH => patch(&app, org, &id, request).await,
        _ => Err(refuse(
            StatusCode::METHOD_NOT_ALLOWED,
            "method",
            "an upload takes HEAD, PATCH and DELETE",
        )),
    };
    finish(&app, result)
}

async fn with_version(
    headers: &HeaderMap,
    then: impl Future<Output = ApiResult<Response>>,
) -> ApiResult<Response> {
    check_version(headers)?;
    then.await
}

struct Announced {
    sha256: BlobId,
    size: u64,
    metadata: String,
}

fn announced(app: &App, headers: &HeaderMap) -> ApiResult<Announced> {
    check_version(headers)?;
    if headers.contains_key("upload-defer-length") {
        return Err(refuse(
            StatusCode::BAD_REQUEST,
            "defer_length",
            "this server needs Upload-Length from the beginning",
        ));
    }
    let size = number(headers, "upload-length")?.ok_or_else(|| {
        refuse(
            StatusCode::BAD_REQUEST,
            "header",
            "Upload-Length is missing",
        )
    })?;
    if size > app.max_blob() {
        let words = format!("a file may have {} MiB at most", app.config.max_blob_mib);
        return Err(refuse(StatusCode::PAYLOAD_TOO_LARGE, "too_large", words));
    }
    let metadata = text(headers, "upload-metadata")
        .unwrap_or_default()
        .to_owned();
    if metadata.len() > 4096 {
        return Err(refuse(
            StatusCode::BAD_REQUEST,
            "header",
            "Upload-Metadata may have 4096 bytes at most",
        ));
    }
    Ok(Announced {
        sha256: protocol::sha256_of(&metadata)?,
        size,
        metadata,
    })
}

fn upload_id(app: &App, org: OrgId, sha256: BlobId, size: u64) -> String {
    hex::encode(
        &app.secret.mac(
            "upload",
            &[org.as_bytes(), sha256.as_bytes(), &size.to_be_bytes()],
        )[..20],
    )
}

async fn open(
    app: &Arc<App>,
    org: OrgId,
    uploader: &Uploader,
    request: Request,
) -> ApiResult<Response> {
    if !uploader.is_of(org) {
        return Err(ApiError::not_found());
    }
    let headers = request.headers();
    let Announced {
        sha256,
        size,
        metadata,
    } = announced(app, headers)?;
    let checksum = checksum(headers)?;
    let carries = text(headers, "content-type") == Some(CHUNK);
    let id = upload_id(app, org, sha256, size);
    let location = format!("/v1/orgs/{org}/uploads/{id}");
    if let Some(known) = app.store.query(move |tx| tx.blob(org, sha256)).await? {
        if known.size != size {
            return Err(ApiError::invalid(
                "Upload-Length",
                format!("the blob of this hash has {} bytes", known.size),
            ));
        }
        return complete_answer(StatusCode::OK, &known, Some(&location));
    }
    app.check_space(size)?;
    let expires = app.upload_expiry();
    let row = UploadRow {
        id: id.clone(),
        org,
        sha256,
        size,
        metadata,
        expires,
    };
    // A file that comes whole with its announcement needs no row: cut off, it is announced again.
    let whole = carries && number(headers, "content-length")? == Some(size);
    if !whole {
        let row = row.clone();
        app.store.transact(move |tx| tx.put_upload(&row)).await?;
    }
    let mut held = match hold(app, &row).await? {
        Hold::Mine(held) => held,
        Hold::Done(blob) => return complete_answer(StatusCode::OK, &blob, Some(&location)),
    };
    let mut offset = offset(&held);
    if carries && offset == 0 && size > 0 {
        offset = receive(
            &mut held,
            app.uploads.file(&id),
            size,
            request.into_body(),
            checksum,
        )
        .await?;
        if whole && offset < size {
            let row = row.clone();
            app.store.transact(move |tx| tx.put_upload(&row)).await?;
        }
    }
    if offset == size {
        let blob = complete(app, &row, &mut held).await?;
        return complete_answer(StatusCode::CREATED, &blob, Some(&location));
    }
    let mut response = StatusCode::CREATED.into_response();
    progress_headers(response.headers_mut(), &row, offset, Some(&location));
    Ok(response)
}

fn offset(held: &Held) -> u64 {
    held.progress
        .flushed
        .as_ref()
        .map_or(0, |(offset, _)| *offset)
}

fn progress_headers(headers: &mut HeaderMap, row: &UploadRow, offset: u64, location: Option<&str>) {
    headers.insert("upload-offset", HeaderValue::from(offset));
    if let Some(date) = http_date(row.expires) {
        headers.insert("upload-expires", date);
    }
    if let Some(value) = location.and_then(|location| HeaderValue::from_str(location).ok()) {
        headers.insert(header::LOCATION, value);
    }
}

fn complete_answer(
    status: StatusCode,
    blob: &BlobRow,
    location: Option<&str>,
) -> ApiResult<Response> {
    let mut response = status.into_response();
    let headers = response.headers_mut();
    headers.insert("upload-offset", HeaderValue::from(blob.size));
    let receipt =
        HeaderValue::from_str(&STANDARD.encode(&blob.receipt)).map_err(|_| ApiError::internal())?;
    headers.insert("davy-receipt", receipt);
    if let Some(value) = location.and_then(|location| HeaderValue::from_str(location).ok()) {
        headers.insert(header::LOCATION, value);
    }
    Ok(response)
}

/// A held upload, or what it became while somebody else held it.
enum Hold {
    Mine(Held),
    Done(BlobRow),
}

/// Takes the upload and looks at its file if that was not done since the start.
async fn hold(app: &App, row: &UploadRow) -> ApiResult<Hold> {
    let held = app.uploads.hold(&row.id).await;
    let mut held = held.ok_or_else(|| {
        refuse(
            StatusCode::LOCKED,
            "locked",
            "another request holds this upload; try again",
        )
        .retry(1)
    })?;
    let (org, sha256) = (row.org, row.sha256);
    if let Some(blob) = app.store.query(move |tx| tx.blob(org, sha256)).await? {
        return Ok(Hold::Done(blob));
    }
    if held.progress.flushed.is_none() {
        let file = app.uploads.file(&row.id);
        let found = tokio::task::spawn_blocking(move || look(&file))
            .await
            .map_err(|_| ApiError::internal())??;
        held.progress.flushed = Some(if found.0 > row.size {
            (0, sha2::Sha256::new())
        } else {
            found
        });
    }
    Ok(Hold::Mine(held))
}

/// An unfinished upload by its id, or the finished blob that it became.
enum Found {
    Open(UploadRow),
    Done(BlobRow),
}

async fn find(app: &App, org: OrgId, id: &str) -> ApiResult<Found> {
    let (key, now) = (id.to_owned(), app.clock.now());
    let row = app
        .store
        .query(move |tx| tx.upload(&key))
        .await?
        .filter(|row| row.org == org);
    if let Some(row) = row {
        let sha256 = row.sha256;
        if let Some(blob) = app.store.query(move |tx| tx.blob(org, sha256)).await? {
            return Ok(Found::Done(blob));
        }
        if row.expires < now {
            return Err(refuse(
                StatusCode::GONE,
                "expired",
                "this upload was not continued in time; create it again",
            ));
        }
        return Ok(Found::Open(row));
    }
    let finished = app.finished_upload(id);
    if let Some(sha256) = finished
        && let Some(blob) = app.store.query(move |tx| tx.blob(org, sha256)).await?
    {
        return Ok(Found::Done(blob));
    }
    Err(refuse(
        StatusCode::NOT_FOUND,
        "not_found",
        "there is no such upload; create it again",
    ))
}

async fn head(app: &App, org: OrgId, id: &str) -> ApiResult<Response> {
    let row = match find(app, org, id).await? {
        Found::Done(blob) => {
            let mut response = complete_answer(StatusCode::OK, &blob, None)?;
            response
                .headers_mut()
                .insert("upload-length", HeaderValue::from(blob.size));
            return Ok(response);
        }
        Found::Open(row) => row,
    };
    let held = match hold(app, &row).await? {
        Hold::Mine(held) => held,
        Hold::Done(blob) => return complete_answer(StatusCode::OK, &blob, None),
    };
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    progress_headers(headers, &row, offset(&held), None);
    headers.insert("upload-length", HeaderValue::from(row.size));
    if let Ok(metadata) = HeaderValue::from_str(&row.metadata)
        && !row.metadata.is_empty()
    {
        headers.insert("upload-metadata", metadata);
    }
    Ok(response)
}

async fn patch(app: &Arc<App>, org: OrgId, id: &str, request: Request) -> ApiResult<Response> {
    let headers = request.headers();
    check_version(headers)?;
    if text(headers, "content-type") != Some(CHUNK) {
        let words = format!("a chunk has the content type {CHUNK}");
        return Err(refuse(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "content_type",
            words,
        ));
    }
    let at = number(headers, "upload-offset")?.ok_or_else(|| {
        refuse(
            StatusCode::BAD_REQUEST,
            "header",
            "Upload-Offset is missing",
        )
    })?;
    let checksum = checksum(headers)?;
    let mut row = match find(app, org, id).await? {
        Found::Done(blob) if at == blob.size => {
            return complete_answer(StatusCode::NO_CONTENT, &blob, None);
        }
        Found::Done(blob) => return Err(conflict(blob.size)),
        Found::Open(row) => row,
    };
    app.check_space(row.size)?;
    let mut held = match hold(app, &row).await? {
        Hold::Mine(held) => held,
        Hold::Done(blob) => return complete_answer(StatusCode::NO_CONTENT, &blob, None),
    };
    if offset(&held) != at {
        return Err(conflict(offset(&held)));
    }
    let offset = receive(
        &mut held,
        app.uploads.file(id),
        row.size,
        request.into_body(),
        checksum,
    )
    .await?;
    if offset == row.size {
        let blob = complete(app, &row, &mut held).await?;
        return complete_answer(StatusCode::NO_CONTENT, &blob, None);
    }
    prolong(app, &mut row).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    progress_headers(response.headers_mut(), &row, offset, None);
    Ok(response)
}

/// An upload that goes on lives on; written at most once an hour.
async fn prolong(app: &App, row: &mut UploadRow) -> ApiResult<()> {
    let until = app.upload_expiry();
    if until.0 - row.expires.0 > 60 * 60 * 1000 {
        row.expires = until;
        let row = row.clone();
        app.store.transact(move |tx| tx.put_upload(&row)).await?;
    }
    Ok(())
}

fn conflict(offset: u64) -> ApiError {
    let words = format!("this upload stands at byte {offset}; ask with HEAD and continue there");
    refuse(StatusCode::CONFLICT, "offset", words).with(serde_json::json!({ "offset": offset }))
}

async fn terminate(app: &App, org: OrgId, id: &str) -> ApiResult<Response> {
    let Found::Open(row) = find(app, org, id).await? else {
        return Err(refuse(
            StatusCode::GONE,
            "complete",
            "this upload is complete; evidence is not removed",
        ));
    };
    let Hold::Mine(mut held) = hold(app, &row).await? else {
        return Err(refuse(
            StatusCode::GONE,
            "complete",
            "this upload is complete; evidence is not removed",
        ));
    };
    remove_part(app, id)?;
    held.progress.flushed = Some((0, sha2::Sha256::new()));
    let key = row.id.clone();
    app.store.transact(move |tx| tx.delete_upload(&key)).await?;
    app.uploads.forget(id);
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn remove_part(app: &App, id: &str) -> ApiResult<()> {
    match std::fs::remove_file(app.uploads.file(id)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// All bytes are here: compares the hash, moves the file to its name, commits the row with the signed receipt.
async fn complete(app: &Arc<App>, row: &UploadRow, held: &mut Held) -> ApiResult<BlobRow> {
    let Some((_, hasher)) = held.progress.flushed.clone() else {
        return Err(ApiError::internal());
    };
    let (sha256, size) = (row.sha256, row.size);
    let found: [u8; 32] = hasher.finalize().into();
    let part = app.uploads.file(&row.id);
    if found != sha256.0 {
        remove_part(app, &row.id)?;
        held.progress.flushed = Some((0, sha2::Sha256::new()));
        let words = "the whole file does not have the announced SHA-256; it was dropped, send it again from the beginning";
        return Err(refuse(mismatch(), "hash_mismatch", words));
    }
    let (blobs, org) = (app.blobs.clone(), row.org);
    let adopt = move || {
        if size == 0 {
            std::fs::File::create(&part)?;
        }
        blobs.adopt(&part, org, sha256)
    };
    tokio::task::spawn_blocking(adopt)
        .await
        .map_err(|_| ApiError::internal())??;
    let keys = app.org(row.org).await?;
    let blob = sign_for(app, &keys, sha256, size);
    let (stored, id) = (blob.clone(), row.id.clone());
    app.store
        .transact(move |tx| {
            tx.insert_blob(org, &stored)?;
            tx.delete_upload(&id)
        })
        .await?;
    app.remember_finished(&row.id, sha256);
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
    let receipt = davy_protocol::receipt::BlobReceipt {
        epoch: org.epoch,
        sha256,
        size,
        recv_ms: received,
    };
    BlobRow {
        sha256,
        size,
        received,
        receipt: receipt.sign(&org.key, org.id),
    }
}
