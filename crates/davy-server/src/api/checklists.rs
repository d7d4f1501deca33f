//! Published checklist versions.

use crate::api::dto::ChecklistRow;
use crate::app::App;
use crate::auth::session::SignedIn;
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::{Path, State};
use davy_core::checklist::{Checklist, Text};
use davy_core::id::BlobId;
use std::sync::Arc;

/// Lists published versions, newest first.
#[utoipa::path(get, path = "/checklists", tag = "checklists", responses((status = 200, body = Vec<ChecklistRow>)))]
pub async fn list(State(app): State<Arc<App>>, SignedIn { viewer, .. }: SignedIn) -> ApiResult<Json<Vec<ChecklistRow>>> {
    let mut lines = Vec::new();
    for doc in &viewer.directory.checklists {
        let set = &doc.set;
        let compiled = app.checklists.get(&app, viewer.org, set.checklist.hash).await.ok();
        let items = compiled.map_or(0, |compiled| compiled.checklist().sections.iter().map(|section| section.items.len()).sum());
        lines.push(ChecklistRow {
            id: set.checklist.id.clone(),
            version: set.checklist.version.clone(),
            hash: set.checklist.hash,
            industry: set.industry.clone(),
            title: Text { zh: set.title_zh.clone(), en: set.title_en.clone() },
            items: u32::try_from(items).unwrap_or(u32::MAX),
            published: doc.stamp.wall.ms,
        });
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
