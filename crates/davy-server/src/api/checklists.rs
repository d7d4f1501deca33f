//! Published checklist versions: list, content, where they are in use, the end of their use.

use crate::access::{Action, Viewer};
use crate::admin::checklists::{self as publishing, Placement};
use crate::api::dto::{ChecklistPlaces, ChecklistRetirement, ChecklistRow, ChecklistTargetRequest, Named, PublishRequest, RetireRequest};
use crate::api::text::{given, required};
use crate::app::App;
use crate::auth::session::{self, SignedIn};
use crate::authoring::read::{count, majors};
use crate::directory::Directory;
use crate::error::{ApiError, ApiResult};
use crate::reason::Reason;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use davy_core::checklist::{Checklist, Text};
use davy_core::event::ChecklistTarget;
use davy_core::fold::{ChecklistDoc, Stamp};
use davy_core::id::{BlobId, ScopeId, SiteId};
use davy_core::view::Names;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// Most regions or sites that a version can be meant for; more than that is everywhere, or a region above them.
const MOST_PLACES: usize = 500;

/// Filter of the list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub struct Asked {
    /// Only the versions that new inspections at this site start with.
    #[param(value_type = Option<String>)]
    site: Option<SiteId>,
}

fn places(viewer: &Viewer, target: &ChecklistTarget) -> ChecklistPlaces {
    let directory = &viewer.directory;
    let region = |id: &davy_core::id::RegionId| {
        let name = directory.regions.get(id).map_or_else(|| "—".to_owned(), |doc| doc.set.name.clone());
        Named { id: id.to_string(), name }
    };
    let (within, beyond): (Vec<SiteId>, Vec<SiteId>) = target.sites.iter().partition(|site| viewer.may_read(ScopeId::from(**site)));
    ChecklistPlaces {
        regions: target.regions.iter().map(region).collect(),
        sites: within.into_iter().map(|site| Named { id: site.to_string(), name: directory.site_name(site) }).collect(),
        others: count(beyond.len()),
    }
}

fn by(directory: &Directory, stamp: &Stamp) -> Option<String> {
    directory.person(stamp.actor)
}

async fn line(app: &App, viewer: &Viewer, doc: &ChecklistDoc, drafts: &HashMap<BlobId, Uuid>) -> ChecklistRow {
    let set = &doc.set;
    let compiled = app.checklists.get(app, viewer.org, set.checklist.hash).await.ok();
    let checklist = compiled.as_ref().map(|compiled| compiled.checklist());
    let retired = doc.retirement().map(|retired| ChecklistRetirement {
        at: retired.stamp.wall.ms,
        by: by(&viewer.directory, &retired.stamp),
        reason: retired.reason.clone(),
    });
    ChecklistRow {
        id: set.checklist.id.clone(),
        version: set.checklist.version.clone(),
        hash: set.checklist.hash,
        industry: set.industry.clone(),
        title: Text { zh: set.title_zh.clone(), en: set.title_en.clone() },
        items: checklist.map_or(0, |checklist| count(checklist.items().count())),
        majors: checklist.map_or(0, majors),
        published: doc.stamp.wall.ms,
        by: by(&viewer.directory, &doc.stamp),
        places: set.target.as_ref().map(|target| places(viewer, target)),
        retired,
        draft: drafts.get(&set.checklist.hash).filter(|_| viewer.can(Action::SeeDrafts)).map(Uuid::to_string),
    }
}

/// Files that versions were published from.
async fn sources(app: &App, viewer: &Viewer) -> ApiResult<HashMap<BlobId, Uuid>> {
    let org = viewer.org;
    let rows = app.store.query(move |tx| tx.checklist_drafts(org)).await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.published?, row.id))).collect())
}

/// Lists published versions, newest first.
#[utoipa::path(get, path = "/checklists", tag = "checklists", params(Asked), responses((status = 200, body = Vec<ChecklistRow>)))]
pub async fn list(
    State(app): State<Arc<App>>,
    SignedIn { viewer, .. }: SignedIn,
    Query(asked): Query<Asked>,
) -> ApiResult<Json<Vec<ChecklistRow>>> {
    if let Some(site) = asked.site {
        viewer.show(viewer.directory.sites.get(&site), |site| site.scope)?;
    }
    let directory = &viewer.directory;
    let starts =
        |doc: &ChecklistDoc, site: SiteId| directory.checklist_at(&doc.set.checklist.id, site).is_some_and(|found| found.id == doc.id);
    let drafts = sources(&app, &viewer).await?;
    let mut lines = Vec::new();
    for doc in directory.checklists.iter().filter(|doc| asked.site.is_none_or(|site| starts(doc, site))) {
        lines.push(line(&app, &viewer, doc, &drafts).await);
    }
    Ok(Json(lines))
}

/// Shows one version whole.
#[utoipa::path(get, path = "/checklists/{hash}", tag = "checklists", params(("hash" = String, Path)),
    responses((status = 200, body = Object), (status = 404)))]
pub async fn show(State(app): State<Arc<App>>, SignedIn { viewer, .. }: SignedIn, Path(hash): Path<BlobId>) -> ApiResult<Json<Checklist>> {
    viewer.directory.checklist(hash).ok_or_else(ApiError::not_found)?;
    Ok(Json(app.checklists.get(&app, viewer.org, hash).await?.checklist().clone()))
}

/// A target whose regions and sites exist.
///
/// # Errors
/// Nothing is named, too much is, or something that does not exist.
pub fn target(viewer: &Viewer, asked: Option<ChecklistTargetRequest>) -> ApiResult<Option<ChecklistTarget>> {
    let Some(ChecklistTargetRequest { mut regions, mut sites }) = asked else { return Ok(None) };
    regions.sort_unstable();
    regions.dedup();
    sites.sort_unstable();
    sites.dedup();
    if regions.is_empty() && sites.is_empty() {
        return Err(ApiError::invalid("target", &Reason::Empty));
    }
    if regions.len().max(sites.len()) > MOST_PLACES {
        return Err(ApiError::invalid("target", &Reason::TooMany(MOST_PLACES)));
    }
    let directory = &viewer.directory;
    let known = regions.iter().all(|id| directory.regions.contains_key(id)) && sites.iter().all(|id| directory.sites.contains_key(id));
    if known { Ok(Some(ChecklistTarget { regions, sites })) } else { Err(ApiError::invalid("target", &Reason::Unknown)) }
}

/// A version as it is after a change of the caller.
///
/// # Errors
/// Not there; the store.
pub async fn fresh(app: &App, headers: &HeaderMap, hash: BlobId) -> ApiResult<Json<ChecklistRow>> {
    let viewer = session::find(app, headers).await?.viewer;
    let doc = viewer.directory.checklist(hash).ok_or_else(ApiError::not_found)?;
    Ok(Json(line(app, &viewer, doc, &sources(app, &viewer).await?).await))
}

/// Changes where new inspections may start with a version. One that was retired is in use again.
#[utoipa::path(put, path = "/checklists/{hash}/places", tag = "checklists", params(("hash" = String, Path)), request_body = PublishRequest,
    responses((status = 200, body = ChecklistRow), (status = 403), (status = 404), (status = 422)))]
pub async fn place(
    State(app): State<Arc<App>>,
    SignedIn { viewer, session }: SignedIn,
    headers: HeaderMap,
    Path(hash): Path<BlobId>,
    Json(request): Json<PublishRequest>,
) -> ApiResult<Json<ChecklistRow>> {
    viewer.require(Action::ManageChecklists)?;
    let target = target(&viewer, request.target)?;
    publishing::place(&app, viewer.org, hash, Placement { target, actor: viewer.person, session: session.id, draft: None }).await?;
    fresh(&app, &headers, hash).await
}

/// Ends the use of a version for new inspections.
#[utoipa::path(post, path = "/checklists/{hash}/retire", tag = "checklists", params(("hash" = String, Path)), request_body = RetireRequest,
    responses((status = 200, body = ChecklistRow), (status = 403), (status = 404), (status = 422)))]
pub async fn retire(
    State(app): State<Arc<App>>,
    SignedIn { viewer, session }: SignedIn,
    headers: HeaderMap,
    Path(hash): Path<BlobId>,
    Json(request): Json<RetireRequest>,
) -> ApiResult<Json<ChecklistRow>> {
    viewer.require(Action::ManageChecklists)?;
    let reason = given(request.reason).map(|text| required("reason", &text)).transpose()?;
    let placement = Placement { target: None, actor: viewer.person, session: session.id, draft: None };
    publishing::retire(&app, viewer.org, hash, reason, placement).await?;
    fresh(&app, &headers, hash).await
}
