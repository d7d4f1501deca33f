//! Uploaded checklists: taken as they are, with a report of what has to be corrected; published when there is nothing left.

use crate::access::{Action, Viewer};
use crate::admin::AdminError;
use crate::admin::checklists::{self as publishing, Placement};
use crate::api::checklists;
use crate::api::dto::{ChecklistRow, DraftPage, DraftRow, PublishRequest, UploadReport};
use crate::app::App;
use crate::auth::session::SignedIn;
use crate::authoring::read::{FileKind, MOST_BYTES, count};
use crate::authoring::{Upload, fault, library, read_upload};
use crate::error::{ApiError, ApiResult};
use crate::reason::Reason;
use crate::store::ChecklistDraftRow;
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use davy_core::checklist::Published;
use davy_core::view::Names;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// Longest name of a file, in characters.
const LONGEST_NAME: usize = 200;

/// The routes; files are larger than the bodies of other requests.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list, upload))
        .routes(routes!(show, replace, discard))
        .routes(routes!(source))
        .routes(routes!(publish))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
}

/// What the request says about the file in its body.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub struct Named {
    /// Name of the file; its ending says its kind.
    name: String,
}

fn row(viewer: &Viewer, row: &ChecklistDraftRow, report: &UploadReport) -> DraftRow {
    DraftRow {
        id: row.id.to_string(),
        name: row.name.clone(),
        size: row.size,
        uploaded: row.uploaded,
        by: viewer.directory.person(row.person),
        facts: report.facts.clone(),
        faults: count(report.faults.len()),
        remarks: count(report.remarks.len()),
        published: row.published,
    }
}

/// Reads a file and holds it against what is published.
async fn read(app: &App, viewer: &Viewer, name: String, bytes: Bytes) -> ApiResult<(Upload, Option<Published>)> {
    let library = library::of_published(app, &viewer.directory).await;
    let reading = tokio::task::spawn_blocking(move || {
        let mut upload = read_upload(&name, &bytes);
        let published = upload.freeze(library);
        (upload, published)
    });
    let (mut upload, published) = reading.await.map_err(|_| ApiError::internal())?;
    let fresh = published.filter(|published| compare(viewer, &mut upload, published));
    Ok((upload, fresh))
}

/// Holds a version against the published ones. False if it cannot be published beside them.
fn compare(viewer: &Viewer, upload: &mut Upload, published: &Published) -> bool {
    let reference = &published.reference;
    let versions = || viewer.directory.checklists.iter().filter(|doc| doc.set.checklist.id == reference.id);
    if let Some(doc) = versions().find(|doc| doc.set.checklist.version == reference.version) {
        if doc.set.checklist.hash == reference.hash {
            let words = "this version is published already, with the same content";
            upload.remarks.push(fault::whole("same_content", json!({ "version": reference.version }), words));
            return true;
        }
        let reason = Reason::OtherContent { id: reference.id.clone(), version: reference.version.clone() };
        upload.faults.push(fault::whole(reason.code(), reason.values(), reason.to_string()));
        return false;
    }
    if let Some(newest) = versions().max_by_key(|doc| doc.rank()) {
        let newest = &newest.set.checklist.version;
        if davy_core::fold::version_rank(newest) > davy_core::fold::version_rank(&reference.version) {
            let words = format!("version {newest} is published; new inspections would go on starting with it");
            upload.remarks.push(fault::whole("older_version", json!({ "version": newest }), words));
        }
    }
    true
}

fn page(viewer: &Viewer, kept: &ChecklistDraftRow, upload: Upload) -> DraftPage {
    let report = upload.report();
    DraftPage { draft: row(viewer, kept, &report), report, checklist: upload.checklist }
}

async fn find(app: &App, viewer: &Viewer, id: Uuid) -> ApiResult<(ChecklistDraftRow, Bytes)> {
    let org = viewer.org;
    let found = app.store.query(move |tx| tx.checklist_draft(org, id)).await?;
    found.map(|(row, bytes)| (row, bytes.into())).ok_or_else(ApiError::not_found)
}

async fn keep(app: &App, viewer: &Viewer, id: Uuid, name: &str, body: Result<Bytes, BytesRejection>) -> ApiResult<Json<DraftPage>> {
    let name = name.trim().to_owned();
    match name.chars().count() {
        0 => return Err(ApiError::invalid("name", &Reason::Empty)),
        1..=LONGEST_NAME => {}
        _ => return Err(ApiError::invalid("name", &Reason::TooLong(LONGEST_NAME))),
    }
    if FileKind::of(&name).is_none() {
        return Err(ApiError::invalid("name", &Reason::FileKind));
    }
    let bytes = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::too_large(MOST_BYTES),
        _ => ApiError::cut(),
    })?;
    app.check_space(bytes.len() as u64)?;
    let (upload, _) = read(app, viewer, name.clone(), bytes.clone()).await?;
    let report = serde_json::to_string(&upload.report()).map_err(|_| ApiError::internal())?;
    let kept = ChecklistDraftRow {
        id,
        org: viewer.org,
        name,
        size: bytes.len() as u64,
        person: viewer.person,
        uploaded: app.clock.now(),
        report,
        published: None,
    };
    let stored = kept.clone();
    app.store.transact(move |tx| tx.put_checklist_draft(&stored, &bytes)).await?;
    Ok(Json(page(viewer, &kept, upload)))
}

/// Lists uploaded files, newest first.
#[utoipa::path(get, path = "/checklist-drafts", tag = "checklists", responses((status = 200, body = Vec<DraftRow>), (status = 403)))]
pub async fn list(State(app): State<Arc<App>>, SignedIn { viewer, .. }: SignedIn) -> ApiResult<Json<Vec<DraftRow>>> {
    viewer.require(Action::SeeDrafts)?;
    let org = viewer.org;
    let rows = app.store.query(move |tx| tx.checklist_drafts(org)).await?;
    // What was found then; the page of a draft looks again.
    let report = |kept: &ChecklistDraftRow| serde_json::from_str(&kept.report).unwrap_or_default();
    Ok(Json(rows.iter().map(|kept| row(&viewer, kept, &report(kept))).collect()))
}

/// Takes a file: a checklist in YAML or a spreadsheet in XLSForm. A faulty one is kept too, with what has to be corrected.
#[utoipa::path(post, path = "/checklist-drafts", tag = "checklists", params(Named),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = DraftPage), (status = 403), (status = 413), (status = 422)))]
pub async fn upload(
    State(app): State<Arc<App>>,
    SignedIn { viewer, .. }: SignedIn,
    Query(Named { name }): Query<Named>,
    body: Result<Bytes, BytesRejection>,
) -> ApiResult<Json<DraftPage>> {
    viewer.require(Action::ManageChecklists)?;
    keep(&app, &viewer, Uuid::now_v7(), &name, body).await
}

/// Shows one file with what is found in it now.
#[utoipa::path(get, path = "/checklist-drafts/{id}", tag = "checklists", params(("id" = String, Path)),
    responses((status = 200, body = DraftPage), (status = 403), (status = 404)))]
pub async fn show(State(app): State<Arc<App>>, SignedIn { viewer, .. }: SignedIn, Path(id): Path<Uuid>) -> ApiResult<Json<DraftPage>> {
    viewer.require(Action::SeeDrafts)?;
    let (kept, bytes) = find(&app, &viewer, id).await?;
    let (upload, _) = read(&app, &viewer, kept.name.clone(), bytes).await?;
    Ok(Json(page(&viewer, &kept, upload)))
}

/// Puts a corrected file in the place of one that was not published.
#[utoipa::path(put, path = "/checklist-drafts/{id}", tag = "checklists", params(("id" = String, Path), Named),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = DraftPage), (status = 403), (status = 404), (status = 409), (status = 413), (status = 422)))]
pub async fn replace(
    State(app): State<Arc<App>>,
    SignedIn { viewer, .. }: SignedIn,
    Path(id): Path<Uuid>,
    Query(Named { name }): Query<Named>,
    body: Result<Bytes, BytesRejection>,
) -> ApiResult<Json<DraftPage>> {
    viewer.require(Action::ManageChecklists)?;
    if find(&app, &viewer, id).await?.0.published.is_some() {
        return Err(ApiError::stale());
    }
    keep(&app, &viewer, id, &name, body).await
}

/// Removes a file that was not published.
#[utoipa::path(delete, path = "/checklist-drafts/{id}", tag = "checklists", params(("id" = String, Path)),
    responses((status = 204), (status = 403), (status = 404)))]
pub async fn discard(State(app): State<Arc<App>>, SignedIn { viewer, .. }: SignedIn, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    viewer.require(Action::ManageChecklists)?;
    let org = viewer.org;
    let gone = app.store.transact(move |tx| tx.delete_checklist_draft(org, id)).await?;
    if gone { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::not_found()) }
}

/// Downloads the file as it was uploaded.
#[utoipa::path(get, path = "/checklist-drafts/{id}/source", tag = "checklists", params(("id" = String, Path)),
    responses((status = 200, description = "bytes"), (status = 403), (status = 404)))]
pub async fn source(State(app): State<Arc<App>>, SignedIn { viewer, .. }: SignedIn, Path(id): Path<Uuid>) -> ApiResult<Response> {
    viewer.require(Action::SeeDrafts)?;
    let (kept, bytes) = find(&app, &viewer, id).await?;
    let plain: String = kept.name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
    let escaped = |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    let encoded: String = kept.name.bytes().map(escaped).collect();
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

/// Publishes a file as an immutable version, everywhere or at chosen places.
#[utoipa::path(post, path = "/checklist-drafts/{id}/publish", tag = "checklists", params(("id" = String, Path)), request_body = PublishRequest,
    responses((status = 200, body = ChecklistRow), (status = 403), (status = 404), (status = 422)))]
pub async fn publish(
    State(app): State<Arc<App>>,
    SignedIn { viewer, session }: SignedIn,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
    Json(request): Json<PublishRequest>,
) -> ApiResult<Json<ChecklistRow>> {
    viewer.require(Action::ManageChecklists)?;
    let target = checklists::target(&viewer, request.target)?;
    let (kept, bytes) = find(&app, &viewer, id).await?;
    let (upload, published) = read(&app, &viewer, kept.name, bytes).await?;
    let Some(published) = published.filter(|_| upload.faults.is_empty()) else {
        return Err(ApiError::invalid("draft", &Reason::Faulty(upload.faults.len())));
    };
    let placement = Placement { target, actor: viewer.person, session: session.id, draft: Some(id) };
    let reference = publishing::publish(&app, viewer.org, published, placement).await.map_err(|error| match error {
        AdminError::Refused(refused) => refused,
        AdminError::Store(error) => error.into(),
        AdminError::File { source, .. } => source.into(),
        AdminError::Pack(_) => ApiError::internal(),
    })?;
    checklists::fresh(&app, &headers, reference.hash).await
}
