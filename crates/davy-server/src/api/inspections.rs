//! Inspections: list, page, review, comments, settling what is contested.

use crate::access::{Action, Narrow, Viewer};
use crate::api::dto::{CommentRequest, InspectionPage, InspectionRow, Page, ResolveRequest, ReviewRequest};
use crate::api::text::{given, required};
use crate::api::{cursor, history, page, rows};
use crate::app::App;
use crate::auth::session::SignedIn;
use crate::error::{ApiError, ApiResult};
use crate::ingest::author::Act;
use crate::ingest::document;
use crate::reason::Reason;
use crate::store::{InspectionQuery, ReadTx, StoreError};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use davy_core::event::{AnswerResolved, CommentAdded, InspectionReviewed, Payload, ReviewOutcome};
use davy_core::fold::{Aggregate, InspectionDoc, InspectionState};
use davy_core::id::{InspectionId, RegionId, RootId, SiteId};
use davy_core::view::inspection_view;
use serde::Deserialize;
use std::sync::Arc;

/// Most items returned at once.
const MOST_ITEMS: usize = 200;
const ACTIONS: [Action; 3] = [Action::Review, Action::Comment, Action::Resolve];

/// Filters of the list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub struct Filters {
    stage: Option<String>,
    #[param(value_type = Option<String>)]
    site: Option<SiteId>,
    #[param(value_type = Option<String>)]
    region: Option<RegionId>,
    industry: Option<String>,
    q: Option<String>,
    /// Only those with contested answers.
    contested: Option<bool>,
    /// Only those with original photographs, their findings' included, that are not here yet.
    awaiting: Option<bool>,
    after: Option<String>,
    limit: Option<u32>,
}

/// Lists inspections, newest received first.
#[utoipa::path(get, path = "/inspections", tag = "inspections", params(Filters), responses((status = 200, body = Page<InspectionRow>)))]
pub async fn list(
    State(app): State<Arc<App>>,
    SignedIn { viewer, .. }: SignedIn,
    Query(filters): Query<Filters>,
) -> ApiResult<Json<Page<InspectionRow>>> {
    let narrow = Narrow { site: filters.site, region: filters.region, industry: given(filters.industry), site_text: given(filters.q) };
    let mut query = InspectionQuery::new(viewer.org, viewer.scopes(&narrow), cursor::limit(filters.limit));
    query.stage = given(filters.stage);
    query.contested = filters.contested.unwrap_or(false);
    query.awaiting = filters.awaiting.unwrap_or(false);
    query.after = cursor::read(filters.after.as_deref())?;
    if query.contested {
        rows::count_contested(&app, &viewer).await?;
    }
    let found = app.store.query(move |tx| tx.inspections(&query)).await?;
    let (next, total) = (found.next.as_ref().map(cursor::write), found.total);
    Ok(Json(Page { rows: rows::inspections(&app, &viewer, found.rows).await?, next, total }))
}

/// Shows one inspection.
#[utoipa::path(get, path = "/inspections/{id}", tag = "inspections", params(("id" = String, Path)),
    responses((status = 200, body = InspectionPage), (status = 404)))]
pub async fn show(
    State(app): State<Arc<App>>,
    SignedIn { viewer, .. }: SignedIn,
    Path(id): Path<InspectionId>,
) -> ApiResult<Json<InspectionPage>> {
    Ok(Json(build(&app, &viewer, id).await?))
}

/// Finds an inspection within reach.
///
/// # Errors
/// Not found, the store.
fn find(tx: &dyn ReadTx, viewer: &Viewer, id: InspectionId) -> Result<ApiResult<Box<InspectionDoc>>, StoreError> {
    let row = match viewer.show(tx.aggregate(id.into())?.filter(|row| row.org == viewer.org), |row| row.scope) {
        Ok(row) => row,
        Err(error) => return Ok(Err(error)),
    };
    Ok(match document::unpack(&row.doc)? {
        Aggregate::Inspection(doc) => Ok(doc),
        _ => Err(ApiError::not_found()),
    })
}

/// Builds the page.
///
/// # Errors
/// Not found, the store.
pub async fn build(app: &Arc<App>, viewer: &Viewer, id: InspectionId) -> ApiResult<InspectionPage> {
    let asking = viewer.clone();
    let found = app.store.query(move |tx| {
        if let Err(error) = find(tx, &asking, id)? {
            return Ok(Err(error));
        }
        let Some(loaded) = rows::load(tx, id.into())? else {
            return Ok(Err(ApiError::not_found()));
        };
        let roots: Vec<RootId> = std::iter::once(id.into()).chain(loaded.findings.iter().map(|doc| doc.id.into())).collect();
        let logged = page::logged(tx, asking.org, &roots)?;
        let mut photos = page::photos_of_inspection(&loaded.doc);
        photos.extend(loaded.findings.iter().flat_map(page::photos_of_finding));
        let here = page::present(tx, asking.org, photos.iter().flat_map(|photo| photo.blobs.iter().map(|(_, sha256)| *sha256)))?;
        Ok(Ok((loaded, logged, photos, here)))
    });
    let (loaded, logged, photos, here) = found.await??;
    let compiled = app.checklists.get(app, viewer.org, loaded.doc.started.checklist.hash).await.map_err(|_| {
        let words =
            "The checklist version of this inspection is not on the server. Publish it again, then open the inspection; nothing is lost.";
        ApiError::new(StatusCode::CONFLICT, "checklist_missing", words)
    })?;
    let words = history::Words { compiled: Some(&compiled), inspection: Some(&loaded.doc), findings: &loaded.findings };
    Ok(InspectionPage {
        view: rows::in_context(&loaded, &compiled, viewer, inspection_view),
        frontier: loaded.doc.submissions.last().map(|last| last.submitted.frontier.root),
        evidence: page::evidence(viewer, &photos, &here),
        seals: page::seals(viewer, &logged),
        history: page::history(viewer, &logged, &words),
        can: page::offered(viewer, &ACTIONS),
    })
}

/// Decides on the document as it is in the unit of work, and writes the payload in the person's name.
async fn act(
    app: &Arc<App>,
    signed_in: &SignedIn,
    id: InspectionId,
    decide: impl FnOnce(&InspectionDoc) -> ApiResult<Payload> + Send + 'static,
) -> ApiResult<Json<InspectionPage>> {
    let (viewer, session) = (signed_in.viewer.clone(), signed_in.session.id);
    app.act(viewer.org, move |tx| {
        let doc = match find(tx.as_read(), &viewer, id)? {
            Ok(doc) => doc,
            Err(error) => return Ok(Err(error)),
        };
        Ok(decide(&doc).map(|payload| {
            let act = Act { scope: doc.scope, ent: id.into(), root: id.into(), payload, blobs: Vec::new(), actor: viewer.person, session };
            (vec![act], ())
        }))
    })
    .await?;
    Ok(Json(build(app, &signed_in.viewer, id).await?))
}

/// Accepts or returns a submitted inspection.
#[utoipa::path(post, path = "/inspections/{id}/review", tag = "inspections", params(("id" = String, Path)), request_body = ReviewRequest,
    responses((status = 200, body = InspectionPage), (status = 404), (status = 409)))]
pub async fn review(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    Path(id): Path<InspectionId>,
    Json(request): Json<ReviewRequest>,
) -> ApiResult<Json<InspectionPage>> {
    signed_in.viewer.require(Action::Review)?;
    let comment = match given(request.comment) {
        Some(text) => Some(required("comment", &text)?),
        None => None,
    };
    if request.outcome == ReviewOutcome::Returned && request.items.is_empty() && comment.is_none() {
        return Err(ApiError::invalid("items", &Reason::NothingToRedo));
    }
    if request.items.len() > MOST_ITEMS {
        return Err(ApiError::invalid("items", &Reason::TooMany(MOST_ITEMS)));
    }
    act(&app, &signed_in, id, move |doc| {
        let submitted = match doc.state() {
            InspectionState::Submitted(submission) => submission,
            InspectionState::Amended(submission) if request.outcome == ReviewOutcome::Returned => submission,
            _ => return Err(ApiError::stale()),
        };
        if submitted.submitted.frontier.root != request.frontier {
            return Err(ApiError::stale());
        }
        let (outcome, items) = (request.outcome, if request.outcome == ReviewOutcome::Accepted { Vec::new() } else { request.items });
        Ok(Payload::InspectionReviewed(InspectionReviewed { outcome, items, comment, frontier: request.frontier }))
    })
    .await
}

/// Adds a comment.
#[utoipa::path(post, path = "/inspections/{id}/comments", tag = "inspections", params(("id" = String, Path)), request_body = CommentRequest,
    responses((status = 200, body = InspectionPage), (status = 404)))]
pub async fn comment(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    Path(id): Path<InspectionId>,
    Json(request): Json<CommentRequest>,
) -> ApiResult<Json<InspectionPage>> {
    signed_in.viewer.require(Action::Comment)?;
    let text = required("text", &request.text)?;
    act(&app, &signed_in, id, move |_| Ok(Payload::CommentAdded(CommentAdded { key: request.key, text }))).await
}

/// Settles contested values of an item.
#[utoipa::path(post, path = "/inspections/{id}/resolve", tag = "inspections", params(("id" = String, Path)), request_body = ResolveRequest,
    responses((status = 200, body = InspectionPage), (status = 404), (status = 409)))]
pub async fn resolve(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    Path(id): Path<InspectionId>,
    Json(request): Json<ResolveRequest>,
) -> ApiResult<Json<InspectionPage>> {
    signed_in.viewer.require(Action::Resolve)?;
    let reason = required("reason", &request.reason)?;
    act(&app, &signed_in, id, move |doc| {
        if !doc.answers.get(&request.key).is_some_and(davy_core::fold::Cell::is_contested) {
            return Err(ApiError::stale());
        }
        Ok(Payload::AnswerResolved(AnswerResolved { key: request.key, value: request.value, reason }))
    })
    .await
}
