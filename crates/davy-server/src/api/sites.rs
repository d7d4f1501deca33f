//! Sites and regions.

use crate::access::{Action, Narrow, Viewer};
use crate::api::dto::{Page, RegionNode, SitePage, SiteRequest, SiteRow};
use crate::api::text::{given, required};
use crate::api::{cursor, page, rows};
use crate::app::App;
use crate::auth::session::{self, SignedIn};
use crate::error::{ApiError, ApiResult};
use crate::ingest::author::Act;
use crate::reason::Reason;
use crate::store::{FindingCount, FindingQuery, InspectionQuery, Keyset, StageCount};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use davy_core::event::{Payload, SiteSet};
use davy_core::fold::SiteDoc;
use davy_core::id::{ScopeId, SiteId};
use serde::Deserialize;
use std::sync::Arc;

const ACTIONS: [Action; 2] = [Action::ManageSites, Action::Assign];
/// Newest inspections and findings on a site's page.
const NEWEST: u32 = 20;
/// Most named places of a site.
const MOST_AREAS: usize = 200;
/// Most people named at a site.
const MOST_CONTACTS: usize = 50;

/// Filters of the list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub struct Filters {
    q: Option<String>,
    after: Option<String>,
    limit: Option<u32>,
}

/// Lists sites by name.
#[utoipa::path(get, path = "/sites", tag = "directory", params(Filters), responses((status = 200, body = Page<SiteRow>)))]
pub async fn list(
    State(app): State<Arc<App>>,
    SignedIn { viewer, .. }: SignedIn,
    Query(filters): Query<Filters>,
) -> ApiResult<Json<Page<SiteRow>>> {
    let scopes = viewer.scopes(&Narrow { site_text: given(filters.q), ..Narrow::default() });
    let mut sites: Vec<&SiteDoc> = viewer.directory.sites.values().filter(|site| scopes.contains(site.scope)).collect();
    sites.sort_by(|a, b| (&a.set.name, a.id).cmp(&(&b.set.name, b.id)));
    let total = sites.len();
    let start = cursor::read(filters.after.as_deref())?.map_or(0, |place| usize::try_from(place.row).unwrap_or(usize::MAX));
    let limit = cursor::limit(filters.limit) as usize;
    let org = viewer.org;
    let (stages, findings) = app.store.query(move |tx| Ok((tx.stage_counts(org, &scopes)?, tx.finding_counts(org, &scopes)?))).await?;
    let shown = sites.into_iter().skip(start).take(limit);
    let lines: Vec<SiteRow> = shown.map(|site| line(&viewer, site, &stages, &findings)).collect();
    let end = start.saturating_add(lines.len());
    let next = (end < total && !lines.is_empty())
        .then(|| cursor::write(&Keyset { value: String::new(), row: i64::try_from(end).unwrap_or(i64::MAX) }));
    Ok(Json(Page { rows: lines, next, total: total as u64 }))
}

fn line(viewer: &Viewer, site: &SiteDoc, stages: &[StageCount], findings: &[FindingCount]) -> SiteRow {
    let here = findings.iter().filter(|count| count.scope == site.scope && count.stage != "retracted");
    SiteRow {
        id: site.id,
        name: site.set.name.clone(),
        enterprise: site.set.enterprise.clone(),
        industry: site.set.industry.clone(),
        region: site.set.region,
        region_name: viewer.directory.region_name_of(site.id),
        inspections: stages.iter().filter(|count| count.scope == site.scope).map(|count| count.count).sum(),
        findings: here.clone().map(|count| count.count).sum(),
        major: here.filter(|count| count.grade == "major").map(|count| count.count).sum(),
    }
}

/// Shows one site.
#[utoipa::path(get, path = "/sites/{id}", tag = "directory", params(("id" = String, Path)), responses((status = 200, body = SitePage), (status = 404)))]
pub async fn show(State(app): State<Arc<App>>, SignedIn { viewer, .. }: SignedIn, Path(id): Path<SiteId>) -> ApiResult<Json<SitePage>> {
    Ok(Json(build(&app, &viewer, id).await?))
}

async fn build(app: &Arc<App>, viewer: &Viewer, id: SiteId) -> ApiResult<SitePage> {
    let site = viewer.show(viewer.directory.sites.get(&id), |site| site.scope)?;
    let org = viewer.org;
    let scopes = viewer.scopes(&Narrow { site: Some(id), ..Narrow::default() });
    let (inspections, findings) = app
        .store
        .query(move |tx| {
            let newest = InspectionQuery::new(org, scopes.clone(), NEWEST);
            Ok((tx.inspections(&newest)?.rows, tx.findings(&FindingQuery::new(org, scopes, NEWEST))?.rows))
        })
        .await?;
    let set = site.set.clone();
    Ok(SitePage {
        id,
        name: set.name,
        enterprise: set.enterprise,
        industry: set.industry,
        region: set.region,
        region_name: viewer.directory.region_name_of(id),
        address: set.address,
        areas: set.areas,
        contacts: set.contacts,
        inspections: rows::inspections(app, viewer, inspections).await?,
        findings: rows::findings(app, viewer, findings).await?,
        can: page::offered(viewer, &ACTIONS),
    })
}

fn checked(viewer: &Viewer, request: SiteRequest) -> ApiResult<SiteSet> {
    if !viewer.directory.regions.contains_key(&request.region) {
        return Err(ApiError::invalid("region", &Reason::Unknown));
    }
    if request.areas.len() > MOST_AREAS {
        return Err(ApiError::invalid("areas", &Reason::TooMany(MOST_AREAS)));
    }
    if request.contacts.len() > MOST_CONTACTS {
        return Err(ApiError::invalid("contacts", &Reason::TooMany(MOST_CONTACTS)));
    }
    Ok(SiteSet {
        name: required("name", &request.name)?,
        enterprise: required("enterprise", &request.enterprise)?,
        industry: required("industry", &request.industry)?,
        region: request.region,
        address: given(request.address),
        areas: request.areas.into_iter().filter_map(|area| given(Some(area))).collect(),
        contacts: request.contacts,
    })
}

async fn write(app: &Arc<App>, signed_in: &SignedIn, headers: &HeaderMap, id: SiteId, set: SiteSet) -> ApiResult<Json<SitePage>> {
    let act = Act {
        scope: ScopeId::from(id),
        ent: id.into(),
        root: id.into(),
        payload: Payload::SiteSet(set),
        blobs: Vec::new(),
        actor: signed_in.viewer.person,
        session: signed_in.session.id,
    };
    app.act(signed_in.viewer.org, move |_| Ok(Ok((vec![act], ())))).await?;
    // The reach may have changed with the site.
    let fresh = session::find(app, headers).await?;
    Ok(Json(build(app, &fresh.viewer, id).await?))
}

/// Adds a site.
#[utoipa::path(post, path = "/sites", tag = "directory", request_body = SiteRequest, responses((status = 200, body = SitePage), (status = 403), (status = 422)))]
pub async fn create(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    headers: HeaderMap,
    Json(request): Json<SiteRequest>,
) -> ApiResult<Json<SitePage>> {
    signed_in.viewer.require(Action::ManageSites)?;
    let set = checked(&signed_in.viewer, request)?;
    write(&app, &signed_in, &headers, SiteId::from_uuid(uuid::Uuid::now_v7()), set).await
}

/// Changes a site.
#[utoipa::path(put, path = "/sites/{id}", tag = "directory", params(("id" = String, Path)), request_body = SiteRequest,
    responses((status = 200, body = SitePage), (status = 403), (status = 404), (status = 422)))]
pub async fn replace(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    headers: HeaderMap,
    Path(id): Path<SiteId>,
    Json(request): Json<SiteRequest>,
) -> ApiResult<Json<SitePage>> {
    signed_in.viewer.show(signed_in.viewer.directory.sites.get(&id), |site| site.scope)?;
    signed_in.viewer.require(Action::ManageSites)?;
    let set = checked(&signed_in.viewer, request)?;
    write(&app, &signed_in, &headers, id, set).await
}

/// The regions that the caller may see.
#[utoipa::path(get, path = "/regions", tag = "directory", responses((status = 200, body = Vec<RegionNode>)))]
pub async fn regions(SignedIn { viewer, .. }: SignedIn) -> Json<Vec<RegionNode>> {
    let visible = viewer.regions();
    let shown = viewer.directory.regions.values().filter(|doc| visible.contains(&doc.id));
    Json(shown.map(|doc| RegionNode { id: doc.id, name: doc.set.name.clone(), parent: doc.set.parent }).collect())
}
