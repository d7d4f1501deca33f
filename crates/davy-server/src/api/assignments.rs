//! Assignments: who inspects what by when.

use crate::access::{Action, Viewer};
use crate::api::dto::{AssignmentRequest, AssignmentRow, Named};
use crate::api::text::{given, required};
use crate::app::App;
use crate::auth::session::{self, SignedIn};
use crate::error::{ApiError, ApiResult};
use crate::ingest::author::Act;
use crate::reason::Reason;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use davy_core::checklist::Text;
use davy_core::event::{AssignmentSet, AssignmentState, Payload};
use davy_core::fold::AssignmentDoc;
use davy_core::id::{AssignmentId, InspectionId, ScopeId};
use davy_core::view::Names;
use std::collections::HashMap;
use std::sync::Arc;

/// Most people of one assignment.
const MOST_ASSIGNEES: u32 = 20;

fn line(viewer: &Viewer, doc: &AssignmentDoc, done: &HashMap<AssignmentId, InspectionId>) -> AssignmentRow {
    let directory = &viewer.directory;
    // Newest first: the first of this id is the version that counts.
    let checklist = directory.checklists.iter().find(|known| known.set.checklist.id == doc.set.checklist);
    let title = checklist.map(|known| Text { zh: known.set.title_zh.clone(), en: known.set.title_en.clone() });
    AssignmentRow {
        id: doc.id,
        site: doc.set.site,
        site_name: directory.site_name(doc.set.site),
        checklist: doc.set.checklist.clone(),
        checklist_title: title.unwrap_or_else(|| Text { zh: doc.set.checklist.clone(), en: doc.set.checklist.clone() }),
        kind: doc.set.kind,
        assignees: doc
            .set
            .assignees
            .iter()
            .map(|id| Named { id: id.to_string(), name: directory.person(*id).unwrap_or_else(|| "—".to_owned()) })
            .collect(),
        due: doc.set.due.clone(),
        note: doc.set.note.clone(),
        state: doc.set.state,
        inspection: done.get(&doc.id).copied(),
    }
}

/// Lists assignments within reach, nearest due day first.
#[utoipa::path(get, path = "/assignments", tag = "directory", responses((status = 200, body = Vec<AssignmentRow>)))]
pub async fn list(State(app): State<Arc<App>>, SignedIn { viewer, .. }: SignedIn) -> ApiResult<Json<Vec<AssignmentRow>>> {
    let mut docs: Vec<&AssignmentDoc> = viewer.directory.assignments.iter().filter(|doc| viewer.may_read(doc.scope)).collect();
    docs.sort_by_key(|doc| (doc.set.due.is_none(), doc.set.due.clone(), doc.id));
    let wanted: Vec<AssignmentId> = docs.iter().map(|doc| doc.id).collect();
    let org = viewer.org;
    let done = app.store.query(move |tx| tx.fulfilled(org, &wanted)).await?;
    let done: HashMap<AssignmentId, InspectionId> = done.into_iter().collect();
    Ok(Json(docs.into_iter().map(|doc| line(&viewer, doc, &done)).collect()))
}

/// Gives an assignment.
#[utoipa::path(post, path = "/assignments", tag = "directory", request_body = AssignmentRequest,
    responses((status = 200, body = AssignmentRow), (status = 403), (status = 404), (status = 422)))]
pub async fn create(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    headers: HeaderMap,
    Json(request): Json<AssignmentRequest>,
) -> ApiResult<Json<AssignmentRow>> {
    let viewer = &signed_in.viewer;
    viewer.require(Action::Assign)?;
    viewer.show(viewer.directory.sites.get(&request.site), |site| site.scope)?;
    if viewer.directory.checklist_at(&request.checklist, request.site).is_none() {
        return Err(ApiError::invalid("checklist", &Reason::NotPublished));
    }
    if !(1..=MOST_ASSIGNEES as usize).contains(&request.assignees.len()) {
        return Err(ApiError::invalid("assignees", &Reason::OutOfBounds { least: 1, most: MOST_ASSIGNEES }));
    }
    if request.assignees.iter().any(|id| !viewer.may_see_person(*id)) {
        return Err(ApiError::invalid("assignees", &Reason::Unknown));
    }
    let due = given(request.due);
    if due.as_ref().is_some_and(|day| day.parse::<jiff::civil::Date>().is_err()) {
        return Err(ApiError::invalid("due", &Reason::NotADay));
    }
    let note = match given(request.note) {
        Some(text) => Some(required("note", &text)?),
        None => None,
    };
    let id = AssignmentId::from_uuid(uuid::Uuid::now_v7());
    let set = AssignmentSet {
        site: request.site,
        checklist: request.checklist,
        kind: request.kind,
        assignees: request.assignees,
        due,
        note,
        state: AssignmentState::Open,
    };
    let act = Act {
        scope: ScopeId::from(request.site),
        ent: id.into(),
        root: id.into(),
        payload: Payload::AssignmentSet(set),
        blobs: Vec::new(),
        actor: viewer.person,
        session: signed_in.session.id,
    };
    app.act(viewer.org, move |_| Ok(Ok((vec![act], ())))).await?;
    let fresh = session::find(&app, &headers).await?.viewer;
    let doc = fresh.directory.assignments.iter().find(|doc| doc.id == id).ok_or_else(ApiError::internal)?;
    Ok(Json(line(&fresh, doc, &HashMap::new())))
}
