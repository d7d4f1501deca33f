//! One box over sites, inspections and findings.

use crate::access::Narrow;
use crate::api::dto::{SearchHit, SearchKind};
use crate::app::App;
use crate::auth::session::SignedIn;
use crate::error::ApiResult;
use crate::store::InspectionQuery;
use axum::Json;
use axum::extract::{Query, State};
use davy_core::view::Names;
use jiff::Timestamp;
use serde::Deserialize;
use std::sync::Arc;

/// Hits of each kind.
const MOST: u32 = 8;

/// What is looked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub struct Asked {
    q: Option<String>,
}

/// Searches within reach.
#[utoipa::path(get, path = "/search", tag = "desk", params(Asked), responses((status = 200, body = Vec<SearchHit>)))]
pub async fn search(
    State(app): State<Arc<App>>,
    SignedIn { viewer, .. }: SignedIn,
    Query(asked): Query<Asked>,
) -> ApiResult<Json<Vec<SearchHit>>> {
    let text = asked.q.unwrap_or_default().trim().to_owned();
    if text.is_empty() || text.chars().count() > 200 {
        return Ok(Json(Vec::new()));
    }
    let needle = text.to_lowercase();
    let directory = Arc::clone(&viewer.directory);
    let sites = directory.sites.values().filter(|site| viewer.may_read(site.scope));
    let sites = sites.filter(|site| site.set.name.to_lowercase().contains(&needle) || site.set.enterprise.to_lowercase().contains(&needle));
    let mut hits: Vec<SearchHit> = sites
        .take(MOST as usize)
        .map(|site| SearchHit {
            kind: SearchKind::Site,
            id: site.id.to_string(),
            title: site.set.name.clone(),
            detail: site.set.enterprise.clone(),
        })
        .collect();
    let org = viewer.org;
    let (at_sites, everything) = (viewer.scopes(&Narrow { site_text: Some(text.clone()), ..Narrow::default() }), viewer.everything());
    let (inspections, findings) = app
        .store
        .query(move |tx| {
            let query = InspectionQuery::new(org, at_sites, MOST);
            Ok((tx.inspections(&query)?.rows, tx.search_findings(org, &everything, &text, MOST)?))
        })
        .await?;
    hits.extend(findings.into_iter().map(|finding| SearchHit {
        kind: SearchKind::Finding,
        id: finding.id.to_string(),
        title: finding.description,
        detail: directory.site_name(finding.site),
    }));
    hits.extend(inspections.into_iter().map(|inspection| {
        let day =
            Timestamp::from_millisecond(inspection.started.0).map_or_else(|_| String::new(), |at| at.strftime("%Y-%m-%d").to_string());
        let people: Vec<String> = inspection.inspectors.iter().filter_map(|id| directory.person(*id)).collect();
        SearchHit {
            kind: SearchKind::Inspection,
            id: inspection.id.to_string(),
            title: directory.site_name(inspection.site),
            detail: format!("{day} {}", people.join(" ")).trim().to_owned(),
        }
    }));
    Ok(Json(hits))
}
