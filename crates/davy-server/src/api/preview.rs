//! Trying a checklist out before it is published, or a published one: answers are judged as on a device, nothing is kept.

use crate::access::{Action, Viewer};
use crate::api::dto::{PreviewAnswer, PreviewRequest};
use crate::app::App;
use crate::auth::session::SignedIn;
use crate::authoring::preview::{MOST_ACTS, Stage, Tester};
use crate::authoring::{library, read_upload};
use crate::error::{ApiError, ApiResult};
use crate::reason::Reason;
use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use davy_core::checklist::{Checklist, Compiled, Library};
use davy_core::view::inspection_change;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// Room for the acts of a whole inspection.
const MOST_BYTES: usize = 2 * 1024 * 1024;

/// The route; a long preview sends more than other requests.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(answer)).layer(DefaultBodyLimit::max(MOST_BYTES))
}

/// The checklist that is tried out. A draft's standards are looked up as far as they are known.
async fn compiled(app: &App, viewer: &Viewer, request: &PreviewRequest) -> ApiResult<Arc<Compiled>> {
    if let Some(hash) = request.hash {
        viewer.directory.checklist(hash).ok_or_else(ApiError::not_found)?;
        return app.checklists.get(app, viewer.org, hash).await;
    }
    viewer.require(Action::SeeDrafts)?;
    let id: Option<Uuid> = request.draft.as_deref().and_then(|id| id.parse().ok());
    let (org, id) = (viewer.org, id.ok_or_else(ApiError::not_found)?);
    let (row, bytes) = app.store.query(move |tx| tx.checklist_draft(org, id)).await?.ok_or_else(ApiError::not_found)?;
    let library = library::of_published(app, &viewer.directory).await;
    let reading = tokio::task::spawn_blocking(move || {
        let upload = read_upload(&row.name, &bytes);
        let faults = upload.faults.len();
        let compiled = upload.checklist.and_then(|checklist| Compiled::new(with_standards(checklist, &library)).ok());
        compiled.ok_or_else(|| ApiError::invalid("draft", &Reason::Faulty(faults)))
    });
    Ok(Arc::new(reading.await.map_err(|_| ApiError::internal())??))
}

fn with_standards(mut checklist: Checklist, library: &Library) -> Checklist {
    let mut known = Library { standards: std::mem::take(&mut checklist.standards), clauses: std::mem::take(&mut checklist.clauses) };
    let named = |id: &str| checklist.items().any(|item| item.basis.iter().any(|basis| basis.standard == id));
    known.standards.extend(library.standards.iter().filter(|standard| named(&standard.id)).cloned());
    known.clauses.extend(library.clauses.iter().filter(|clause| named(&clause.standard)).cloned());
    Checklist { standards: known.standards, clauses: known.clauses, ..checklist }
}

/// Answers a checklist without keeping anything.
#[utoipa::path(post, path = "/checklists/preview/answers", tag = "checklists", request_body = PreviewRequest,
    responses((status = 200, body = PreviewAnswer), (status = 403), (status = 404), (status = 409), (status = 422)))]
pub async fn answer(
    State(app): State<Arc<App>>,
    SignedIn { viewer, .. }: SignedIn,
    Json(request): Json<PreviewRequest>,
) -> ApiResult<Json<PreviewAnswer>> {
    if request.acts.len() >= MOST_ACTS {
        return Err(ApiError::invalid("acts", &Reason::TooMany(MOST_ACTS)));
    }
    let compiled = compiled(&app, &viewer, &request).await?;
    let played = tokio::task::spawn_blocking(move || play(&compiled, &viewer, request));
    Ok(Json(played.await.map_err(|_| ApiError::internal())??))
}

fn play(compiled: &Compiled, viewer: &Viewer, request: PreviewRequest) -> ApiResult<PreviewAnswer> {
    let PreviewRequest { opened, offset_minutes, acts, act, .. } = request;
    let tester = Tester { person: viewer.person, names: &*viewer.directory, offset_minutes, opened };
    let mut stage = Stage::open(compiled, tester)?;
    for act in acts {
        stage.play(act, false)?;
    }
    let before = stage.view()?;
    let Some(act) = act else {
        return Ok(PreviewAnswer { view: Some(before), change: None, finding: None });
    };
    let finding = stage.play(act, true)?;
    let change = inspection_change(&before, &stage.view()?);
    Ok(PreviewAnswer { view: None, change: Some(change), finding })
}
