//! Findings: the ledger, the page, grading, comments.

use crate::access::{Action, Narrow, Viewer};
use crate::api::dto::{BasisLine, CommentRequest, FindingItem, FindingPage, FindingRow, FindingSite, GradeRequest, Page};
use crate::api::text::{given, required};
use crate::api::{cursor, history, page, rows};
use crate::app::App;
use crate::auth::session::SignedIn;
use crate::error::{ApiError, ApiResult};
use crate::ingest::author::Act;
use crate::ingest::document;
use crate::reason::Reason;
use crate::store::{FindingQuery, FindingSort, ReadTx, StoreError};
use axum::Json;
use axum::extract::{Path, Query, State};
use davy_core::checklist::Compiled;
use davy_core::event::{CommentAdded, FindingGraded, ItemKey, Payload};
use davy_core::fold::{Aggregate, FindingDoc};
use davy_core::id::{FindingId, RegionId, SiteId};
use davy_core::time::Millis;
use davy_core::view::{finding_view, inspection_view};
use serde::Deserialize;
use std::sync::Arc;

const ACTIONS: [Action; 2] = [Action::Grade, Action::Comment];

/// Filters of the ledger.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub struct Filters {
    grade: Option<String>,
    stage: Option<String>,
    #[param(value_type = Option<String>)]
    site: Option<SiteId>,
    #[param(value_type = Option<String>)]
    region: Option<RegionId>,
    industry: Option<String>,
    /// First day, `YYYY-MM-DD`, or milliseconds.
    from: Option<String>,
    /// Last day, `YYYY-MM-DD`, or milliseconds.
    to: Option<String>,
    q: Option<String>,
    /// Only those with contested values.
    contested: Option<bool>,
    /// Only those with original photographs that are not here yet.
    awaiting: Option<bool>,
    /// `received` (newest first) or `deadline` (nearest first).
    sort: Option<String>,
    after: Option<String>,
    limit: Option<u32>,
}

/// A day or a time in milliseconds; the last day counts whole.
fn time(field: &str, text: Option<String>, last: bool) -> ApiResult<Option<Millis>> {
    let Some(text) = given(text) else {
        return Ok(None);
    };
    if let Ok(ms) = text.parse() {
        return Ok(Some(Millis(ms)));
    }
    let day: jiff::civil::Date = text.parse().map_err(|_| ApiError::invalid(field, &Reason::NotADay))?;
    let day = if last { day.tomorrow().unwrap_or(day) } else { day };
    let start = day.to_zoned(jiff::tz::TimeZone::system()).map_err(|_| ApiError::invalid(field, &Reason::NotADay))?;
    Ok(Some(Millis(start.timestamp().as_millisecond())))
}

/// Lists findings.
#[utoipa::path(get, path = "/findings", tag = "findings", params(Filters), responses((status = 200, body = Page<FindingRow>)))]
pub async fn list(
    State(app): State<Arc<App>>,
    SignedIn { viewer, .. }: SignedIn,
    Query(filters): Query<Filters>,
) -> ApiResult<Json<Page<FindingRow>>> {
    let narrow = Narrow { site: filters.site, region: filters.region, industry: given(filters.industry), site_text: None };
    let mut query = FindingQuery::new(viewer.org, viewer.scopes(&narrow), cursor::limit(filters.limit));
    query.grade = given(filters.grade);
    query.stage = given(filters.stage);
    query.from = time("from", filters.from, false)?;
    query.to = time("to", filters.to, true)?;
    query.text = given(filters.q);
    query.contested = filters.contested.unwrap_or(false);
    query.awaiting = filters.awaiting.unwrap_or(false);
    query.after = cursor::read(filters.after.as_deref())?;
    query.sort = match given(filters.sort).as_deref() {
        None | Some("received") => FindingSort::Received,
        Some("deadline") => FindingSort::Deadline,
        Some(_) => {
            return Err(ApiError::invalid("sort", &Reason::NotAmong(&["received", "deadline"])));
        }
    };
    let found = app.store.query(move |tx| tx.findings(&query)).await?;
    let (next, total) = (found.next.as_ref().map(cursor::write), found.total);
    Ok(Json(Page { rows: rows::findings(&app, &viewer, found.rows).await?, next, total }))
}

/// Shows one finding.
#[utoipa::path(get, path = "/findings/{id}", tag = "findings", params(("id" = String, Path)),
    responses((status = 200, body = FindingPage), (status = 404)))]
pub async fn show(
    State(app): State<Arc<App>>,
    SignedIn { viewer, .. }: SignedIn,
    Path(id): Path<FindingId>,
) -> ApiResult<Json<FindingPage>> {
    Ok(Json(build(&app, &viewer, id).await?))
}

fn find(tx: &dyn ReadTx, viewer: &Viewer, id: FindingId) -> Result<ApiResult<Box<FindingDoc>>, StoreError> {
    let row = match viewer.show(tx.aggregate(id.into())?.filter(|row| row.org == viewer.org), |row| row.scope) {
        Ok(row) => row,
        Err(error) => return Ok(Err(error)),
    };
    Ok(match document::unpack(&row.doc)? {
        Aggregate::Finding(doc) => Ok(doc),
        _ => Err(ApiError::not_found()),
    })
}

async fn build(app: &Arc<App>, viewer: &Viewer, id: FindingId) -> ApiResult<FindingPage> {
    let asking = viewer.clone();
    let found = app.store.query(move |tx| {
        let doc = match find(tx, &asking, id)? {
            Ok(doc) => doc,
            Err(error) => return Ok(Err(error)),
        };
        let logged = page::logged(tx, asking.org, &[id.into()])?;
        let photos = page::photos_of_finding(&doc);
        let here = page::present(tx, asking.org, photos.iter().flat_map(|photo| photo.blobs.iter().map(|(_, sha256)| *sha256)))?;
        let inspection = match doc.raised.inspection {
            Some(inspection) => rows::load(tx, inspection.into())?.filter(|loaded| loaded.doc.scope == doc.scope),
            None => None,
        };
        Ok(Ok((doc, logged, photos, here, inspection)))
    });
    let (doc, logged, photos, here, inspection) = found.await??;
    let item = match (&doc.raised.key, &inspection) {
        (Some(key), Some(loaded)) => {
            let compiled = app.checklists.get(app, viewer.org, loaded.doc.started.checklist.hash).await.ok();
            compiled.and_then(|compiled| item(viewer, loaded, &compiled, key))
        }
        _ => None,
    };
    let documents = std::slice::from_ref(&*doc);
    let words = history::Words { compiled: None, inspection: None, findings: documents };
    let site = doc.raised.site;
    let directory = &viewer.directory;
    Ok(FindingPage {
        view: finding_view(&doc, &**directory),
        site: FindingSite {
            id: site,
            name: directory.site_name(site),
            enterprise: directory.sites.get(&site).map(|site| site.set.enterprise.clone()).unwrap_or_default(),
            industry: directory.industry_of(site),
        },
        item,
        evidence: page::evidence(viewer, &photos, &here),
        seals: page::seals(viewer, &logged),
        history: page::history(viewer, &logged, &words),
        can: page::offered(viewer, &ACTIONS),
    })
}

fn item(viewer: &Viewer, loaded: &rows::Loaded, compiled: &Compiled, key: &ItemKey) -> Option<FindingItem> {
    let (section, item, _) = compiled.item(&key.item)?;
    let checklist = compiled.checklist();
    let basis = item.basis.iter().map(|basis| {
        let standard = checklist.standards.iter().find(|standard| standard.id == basis.standard);
        let title = standard.map(|standard| standard.title.clone());
        BasisLine {
            title: title.unwrap_or_else(|| davy_core::checklist::Text { zh: basis.standard.clone(), en: basis.standard.clone() }),
            number: standard.map(|standard| standard.number.clone()).unwrap_or_default(),
            clause: basis.clause.clone(),
        }
    });
    let view = rows::in_context(loaded, compiled, viewer, inspection_view);
    let shown = view.items.into_iter().find(|shown| shown.key == *key);
    let counts = |at: usize| {
        shown.as_ref().and_then(|shown| shown.limits.as_ref()).is_none_or(|limits| limits.iter().any(|one| *one as usize == at))
    };
    Some(FindingItem {
        checklist_title: checklist.title.clone(),
        section: section.title.clone(),
        text: item.text.clone(),
        guidance: item.guidance.clone(),
        basis: basis.collect(),
        confidence: item.confidence,
        limits: item.limits.iter().enumerate().filter(|(at, _)| counts(*at)).map(|(_, limit)| limit.text.clone()).collect(),
        value: shown.and_then(|shown| shown.value),
    })
}

async fn act(
    app: &Arc<App>,
    signed_in: &SignedIn,
    id: FindingId,
    decide: impl FnOnce(&FindingDoc) -> ApiResult<Payload> + Send + 'static,
) -> ApiResult<Json<FindingPage>> {
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

/// Confirms or changes the grade.
#[utoipa::path(post, path = "/findings/{id}/grade", tag = "findings", params(("id" = String, Path)), request_body = GradeRequest,
    responses((status = 200, body = FindingPage), (status = 404)))]
pub async fn grade(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    Path(id): Path<FindingId>,
    Json(request): Json<GradeRequest>,
) -> ApiResult<Json<FindingPage>> {
    signed_in.viewer.require(Action::Grade)?;
    let reason = match given(request.reason) {
        Some(text) => Some(required("reason", &text)?),
        None => None,
    };
    act(&app, &signed_in, id, move |doc| {
        if request.grade < doc.grade() && reason.is_none() {
            return Err(ApiError::invalid("reason", &Reason::LowerGrade));
        }
        Ok(Payload::FindingGraded(FindingGraded { grade: request.grade, reason }))
    })
    .await
}

/// Adds a comment.
#[utoipa::path(post, path = "/findings/{id}/comments", tag = "findings", params(("id" = String, Path)), request_body = CommentRequest,
    responses((status = 200, body = FindingPage), (status = 404)))]
pub async fn comment(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    Path(id): Path<FindingId>,
    Json(request): Json<CommentRequest>,
) -> ApiResult<Json<FindingPage>> {
    signed_in.viewer.require(Action::Comment)?;
    let text = required("text", &request.text)?;
    act(&app, &signed_in, id, move |_| Ok(Payload::CommentAdded(CommentAdded { key: None, text }))).await
}
