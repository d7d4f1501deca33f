//! Which device, or which person, calls a sync endpoint.

use crate::access::Viewer;
use crate::app::{App, Org};
use crate::auth::device;
use crate::auth::session::{self, SignedIn};
use crate::error::{ApiError, ApiResult};
use crate::store::StreamRow;
use crate::sync::codec::SyncError;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::header;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use davy_core::id::OrgId;
use std::sync::Arc;

/// A device with a valid token.
pub struct Device {
    /// Organisation.
    pub org: Arc<Org>,
    /// Its stream.
    pub row: StreamRow,
    /// The person it is enrolled for, with what they reach; `None` when they left. Sending works all the same (I-20).
    pub viewer: Option<Viewer>,
}

/// The organisation that a path names.
async fn org_of(parts: &mut Parts, app: &Arc<App>) -> ApiResult<OrgId> {
    let params = RawPathParams::from_request_parts(parts, app).await.map_err(|_| ApiError::not_found())?;
    let org = params.iter().find(|(name, _)| *name == "org").map(|(_, value)| value.parse());
    org.and_then(Result::ok).ok_or_else(ApiError::not_found)
}

fn bearer(parts: &Parts) -> Option<String> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").map(str::to_owned)
}

fn no_token() -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, "token", "The token is missing or over; ask for a new one with the device key.")
}

async fn device(parts: &mut Parts, app: &Arc<App>) -> ApiResult<Device> {
    let org = org_of(parts, app).await?;
    let token = bearer(parts).ok_or_else(no_token)?;
    let stream = device::check(&app.secret, org, &token, app.clock.now()).ok_or_else(no_token)?;
    let org = app.org(org).await?;
    let directories = Arc::clone(&app.directories);
    let found = app
        .store
        .query(move |tx| {
            let Some(row) = tx.stream(stream)? else {
                return Ok(None);
            };
            let directory = directories.get(tx, row.org)?;
            let viewer = row.person.and_then(|person| Viewer::of(&directory, person));
            Ok(Some((row, viewer)))
        })
        .await?;
    let (row, viewer) = found.filter(|(row, _)| row.org == org.id).ok_or_else(no_token)?;
    Ok(Device { org, row, viewer })
}

impl FromRequestParts<Arc<App>> for Device {
    type Rejection = SyncError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Self::Rejection> {
        Ok(device(parts, app).await?)
    }
}

/// Whoever may upload: a device by its token, or a signed-in person.
pub enum Uploader {
    /// A device.
    Device(Box<Device>),
    /// A person at the console.
    Person(Box<SignedIn>),
}

impl Uploader {
    /// Whether they belong to an organisation.
    #[must_use]
    pub fn is_of(&self, org: OrgId) -> bool {
        match self {
            Self::Device(device) => device.org.id == org,
            Self::Person(signed_in) => signed_in.viewer.org == org,
        }
    }
}

impl FromRequestParts<Arc<App>> for Uploader {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Self::Rejection> {
        if bearer(parts).is_some() {
            return device(parts, app).await.map(|device| Self::Device(Box::new(device)));
        }
        let signed_in = session::find(app, &parts.headers).await?;
        if !matches!(parts.method, Method::GET | Method::HEAD) && !session::has_csrf(&parts.headers, &signed_in.session) {
            return Err(ApiError::new(StatusCode::FORBIDDEN, "csrf", "This request did not come from the console."));
        }
        Ok(Self::Person(Box::new(signed_in)))
    }
}
