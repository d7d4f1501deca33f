//! The console's API under `/api`: JSON, one file a resource. Every handler: extract, authorise, one step, typed
//! answer. Reads go through [`crate::access::Viewer`]; what is out of reach is 404.

pub mod assignments;
pub mod blobs;
pub mod checklists;
pub mod codes;
pub mod cursor;
pub mod dashboard;
pub mod devices;
pub mod drafts;
pub mod dto;
pub mod events;
pub mod findings;
pub mod history;
pub mod inspections;
pub mod page;
pub mod people;
pub mod preview;
pub mod rows;
pub mod search;
pub mod session;
pub mod sites;
pub mod system;
pub mod text;

use crate::app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use std::sync::Arc;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Largest JSON body.
const MOST_BYTES: usize = 256 * 1024;

#[derive(OpenApi)]
#[openapi(info(title = "Davy console", description = "The console's API. Sign in with POST /api/session."))]
struct Description;

fn documented() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(session::show, session::sign_in, session::sign_out))
        .routes(routes!(dashboard::show))
        .routes(routes!(search::search))
        .routes(routes!(inspections::list))
        .routes(routes!(inspections::show))
        .routes(routes!(inspections::review))
        .routes(routes!(inspections::comment))
        .routes(routes!(inspections::resolve))
        .routes(routes!(findings::list))
        .routes(routes!(findings::show))
        .routes(routes!(findings::grade))
        .routes(routes!(findings::comment))
        .routes(routes!(blobs::download))
        .routes(routes!(sites::list, sites::create))
        .routes(routes!(sites::show, sites::replace))
        .routes(routes!(sites::regions))
        .routes(routes!(people::list, people::create))
        .routes(routes!(assignments::list, assignments::create))
        .routes(routes!(codes::list, codes::create))
        .routes(routes!(codes::withdraw))
        .routes(routes!(devices::list))
        .routes(routes!(devices::revoke))
        .routes(routes!(checklists::list))
        .routes(routes!(checklists::show))
        .routes(routes!(checklists::place))
        .routes(routes!(checklists::retire))
        .merge(drafts::router())
        .merge(preview::router())
        .routes(routes!(system::show))
        .routes(routes!(events::listen))
}

/// The routes, to be nested under `/api`.
pub fn router() -> Router<Arc<App>> {
    let (router, _) = documented().split_for_parts();
    router
        .route("/openapi.json", axum::routing::get(|| async { axum::Json(openapi()) }))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .fallback(|| async { crate::error::ApiError::not_found() })
}

/// The API's description.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    let routes = OpenApiRouter::with_openapi(Description::openapi()).nest("/api", documented());
    routes.into_openapi()
}
