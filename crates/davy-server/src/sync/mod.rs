//! The devices' endpoints under `/v1` (`docs/sync.md` §5–§7, §13). CBOR, zstd both ways, `Davy-Version` on every
//! answer, errors as `Problem`.

pub mod blobs;
pub mod caller;
pub mod codec;
pub mod enrol;
pub mod hello;
pub mod pull;
pub mod push;
pub mod token;
pub mod wake;

use crate::app::App;
use crate::error::ApiError;
use crate::uploads::routes as uploads;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{any, get, options, post};
use codec::SyncError;
use std::sync::Arc;

/// The routes, to be nested under `/v1`.
pub fn router() -> Router<Arc<App>> {
    let organisation = Router::new()
        .route("/challenge", post(token::challenge).get(token::challenge))
        .route("/token", post(token::token))
        .route("/hello", post(hello::hello))
        .route("/push", post(push::push))
        .route("/pull", post(pull::pull))
        .route("/wake", get(wake::wake))
        .route("/blobs/{sha256}", get(blobs::get))
        .route("/uploads", options(uploads::options).post(uploads::create))
        .route("/uploads/{id}", any(uploads::continue_upload).options(uploads::options));
    Router::new()
        .route("/enrol", post(enrol::enrol))
        .nest("/orgs/{org}", organisation)
        // Bodies are bounded where they are read, each by its own limit.
        .layer(DefaultBodyLimit::disable())
        .fallback(|| async { SyncError::from(ApiError::not_found()) })
}
