//! People with their logins.

use crate::access::Action;
use crate::admin::people::{NewPerson, put_person};
use crate::api::dto::{Named, PersonRequest, PersonRow};
use crate::api::text::{given, required};
use crate::app::App;
use crate::auth::session::{self, SignedIn};
use crate::directory::Directory;
use crate::error::ApiResult;
use axum::Json;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use davy_core::event::PersonSet;
use davy_core::fold::PersonDoc;
use serde::Deserialize;
use std::sync::Arc;

/// Filter of the list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub struct Asked {
    q: Option<String>,
}

fn line(directory: &Directory, doc: &PersonDoc) -> PersonRow {
    let account = directory.accounts.get(&doc.id);
    let region = account.and_then(|account| account.region).and_then(|id| directory.regions.get(&id));
    let site = account.and_then(|account| account.site).and_then(|id| directory.sites.get(&id));
    PersonRow {
        id: doc.id,
        name: doc.set.name.clone(),
        role: doc.set.role,
        login: account.and_then(|account| account.login.clone()),
        region: region.map(|doc| Named { id: doc.id.to_string(), name: doc.set.name.clone() }),
        site: site.map(|doc| Named { id: doc.id.to_string(), name: doc.set.name.clone() }),
        active: doc.set.active,
        badge: doc.set.badge.clone(),
    }
}

/// Lists the people that the caller may see.
#[utoipa::path(get, path = "/people", tag = "directory", params(Asked), responses((status = 200, body = Vec<PersonRow>)))]
pub async fn list(SignedIn { viewer, .. }: SignedIn, Query(asked): Query<Asked>) -> Json<Vec<PersonRow>> {
    let text = given(asked.q).map(|text| text.to_lowercase());
    let people = viewer.directory.people.values().filter(|doc| viewer.may_see_person(doc.id));
    let mut lines: Vec<PersonRow> = people.map(|doc| line(&viewer.directory, doc)).collect();
    lines.retain(|row| {
        text.as_ref()
            .is_none_or(|text| row.name.to_lowercase().contains(text) || row.login.as_ref().is_some_and(|login| login.contains(text)))
    });
    lines.sort_by(|a, b| a.name.cmp(&b.name));
    Json(lines)
}

/// Adds a person.
#[utoipa::path(post, path = "/people", tag = "directory", request_body = PersonRequest,
    responses((status = 200, body = PersonRow), (status = 403), (status = 422)))]
pub async fn create(
    State(app): State<Arc<App>>,
    signed_in: SignedIn,
    headers: HeaderMap,
    Json(request): Json<PersonRequest>,
) -> ApiResult<Json<PersonRow>> {
    signed_in.viewer.require(Action::ManagePeople)?;
    let person = NewPerson {
        id: None,
        set: PersonSet { name: required("name", &request.name)?, role: request.role, active: true, badge: given(request.badge) },
        login: given(request.login),
        password: request.password.filter(|password| !password.is_empty()),
        region: request.region,
        site: request.site,
    };
    let id = put_person(&app, signed_in.viewer.org, person, signed_in.viewer.person, signed_in.session.id).await?;
    let fresh = session::find(&app, &headers).await?.viewer;
    let doc = fresh.directory.people.get(&id).ok_or_else(crate::error::ApiError::internal)?;
    Ok(Json(line(&fresh.directory, doc)))
}
