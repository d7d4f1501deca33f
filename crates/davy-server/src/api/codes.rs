//! Enrolment codes: made, listed without their secret, withdrawn.

use crate::access::Action;
use crate::admin::codes::create_code;
use crate::api::dto::{EnrolmentCode, EnrolmentCodeRequest, Named, OpenCode};
use crate::app::App;
use crate::auth::session::SignedIn;
use crate::error::{ApiError, ApiResult};
use crate::reason::Reason;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use davy_core::view::Names;
use qrcode::QrCode;
use qrcode::render::svg;
use std::sync::Arc;
use uuid::Uuid;

/// Longest life of a code for people at the console: a day. Kits prepared in advance use the command line.
const MOST_MINUTES: u32 = 24 * 60;

/// Address under which the caller reached this server, for the link in the QR.
fn own_url(app: &App, headers: &HeaderMap) -> String {
    if let Some(url) = &app.config.public_url {
        return url.trim_end_matches('/').to_owned();
    }
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or("127.0.0.1");
    format!("{}://{host}", if app.config.is_secure() { "https" } else { "http" })
}

/// Makes a code. It is shown once.
#[utoipa::path(post, path = "/enrolment-codes", tag = "devices", request_body = EnrolmentCodeRequest,
    responses((status = 200, body = EnrolmentCode), (status = 403), (status = 404), (status = 422)))]
pub async fn create(
    State(app): State<Arc<App>>,
    SignedIn { viewer, .. }: SignedIn,
    headers: HeaderMap,
    Json(request): Json<EnrolmentCodeRequest>,
) -> ApiResult<Json<EnrolmentCode>> {
    viewer.require(Action::Enrol)?;
    if !viewer.may_see_person(request.person) {
        return Err(ApiError::not_found());
    }
    if !(1..=MOST_MINUTES).contains(&request.minutes) {
        return Err(ApiError::invalid("minutes", &Reason::OutOfBounds { least: 1, most: MOST_MINUTES }));
    }
    let new = create_code(&app, viewer.org, request.person, request.minutes, &own_url(&app, &headers)).await?;
    let qr = QrCode::new(new.link.as_bytes()).map_err(|_| ApiError::internal())?;
    let qr_svg = qr.render::<svg::Color<'_>>().min_dimensions(240, 240).quiet_zone(true).build();
    Ok(Json(EnrolmentCode {
        id: new.id.to_string(),
        code: new.code,
        link: new.link,
        qr_svg,
        expires: new.expires,
        person_name: new.person_name,
    }))
}

/// Lists codes that are open or were used today, without their secret.
#[utoipa::path(get, path = "/enrolment-codes", tag = "devices", responses((status = 200, body = Vec<OpenCode>), (status = 403)))]
pub async fn list(State(app): State<Arc<App>>, SignedIn { viewer, .. }: SignedIn) -> ApiResult<Json<Vec<OpenCode>>> {
    viewer.require(Action::Enrol)?;
    let (org, now) = (viewer.org, app.clock.now());
    let codes = app.store.query(move |tx| tx.codes(org)).await?;
    let open = codes.into_iter().filter(|code| !code.withdrawn && (code.expires > now) && viewer.may_see_person(code.person));
    let shown = open.map(|code| OpenCode {
        id: code.id.to_string(),
        person: Named { id: code.person.to_string(), name: viewer.directory.person(code.person).unwrap_or_default() },
        expires: code.expires,
        used: code.used.is_some(),
    });
    Ok(Json(shown.collect()))
}

/// Withdraws a code that nobody used.
#[utoipa::path(delete, path = "/enrolment-codes/{id}", tag = "devices", params(("id" = String, Path)),
    responses((status = 204), (status = 403), (status = 404)))]
pub async fn withdraw(State(app): State<Arc<App>>, SignedIn { viewer, .. }: SignedIn, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    viewer.require(Action::Enrol)?;
    let org = viewer.org;
    let known = app.store.query(move |tx| tx.codes(org)).await?.into_iter().find(|code| code.id == id);
    if !known.is_some_and(|code| viewer.may_see_person(code.person)) {
        return Err(ApiError::not_found());
    }
    let withdrawn = app.store.transact(move |tx| tx.withdraw_code(org, id)).await?;
    if withdrawn { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::not_found()) }
}
