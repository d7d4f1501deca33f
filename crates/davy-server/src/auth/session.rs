//! Console sessions: a random token in an `HttpOnly` cookie, its hash in the store, a second token against
//! requests from other sites. Extractors hand routes a [`Viewer`]; a route without one serves no data.

use crate::access::Viewer;
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::store::SessionRow;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use cookie::{Cookie, SameSite};
use davy_core::id::{Hash32, SessionId};
use davy_core::time::Millis;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// Name of the cookie.
pub const COOKIE: &str = "davy_session";
/// Header that repeats the session's second token.
pub const CSRF: &str = "x-davy-csrf";
const IDLE_MS: i64 = 12 * 60 * 60 * 1000;
const LONGEST_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// Use prolongs a session at most this often.
const PROLONG_MS: i64 = 10 * 60 * 1000;

/// A new session: the row to store and the token for the cookie.
#[must_use]
pub fn open(org: davy_core::id::OrgId, person: davy_core::id::PersonId, now: Millis) -> (SessionRow, String) {
    let token = hex::encode(rand::random::<[u8; 32]>());
    let row = SessionRow {
        hash: hash(&token),
        id: SessionId::from_uuid(uuid::Uuid::now_v7()),
        org,
        person,
        csrf: hex::encode(rand::random::<[u8; 16]>()),
        created: now,
        expires: now.plus(IDLE_MS),
    };
    (row, token)
}

fn hash(token: &str) -> Hash32 {
    Hash32(Sha256::digest(token.as_bytes()).into())
}

/// The cookie of a session; without a token, the one that removes it.
#[must_use]
pub fn cookie(token: Option<&str>, secure: bool) -> String {
    let mut cookie = Cookie::new(COOKIE, token.unwrap_or_default().to_owned());
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Strict);
    cookie.set_path("/");
    cookie.set_secure(secure);
    if token.is_none() {
        cookie.make_removal();
    }
    cookie.to_string()
}

fn token(headers: &HeaderMap) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies = all.flat_map(|value| Cookie::split_parse(value.to_owned())).filter_map(Result::ok);
    cookies.find(|cookie| cookie.name() == COOKIE).map(|cookie| cookie.value().to_owned())
}

/// A signed-in person. Taking it checks cookie, expiry, membership and, for requests that change something,
/// the second token.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who, with what they may see.
    pub viewer: Viewer,
    /// The session.
    pub session: SessionRow,
}

/// Finds the session of a request without the second token.
///
/// # Errors
/// No session, or it is over, or the person left.
pub async fn find(app: &App, headers: &HeaderMap) -> ApiResult<SignedIn> {
    let token = token(headers).ok_or_else(ApiError::not_signed_in)?;
    let (now, hash) = (app.clock.now(), hash(&token));
    let directories = Arc::clone(&app.directories);
    let found = app
        .store
        .query(move |tx| {
            let Some(session) = tx.session(hash)? else {
                return Ok(None);
            };
            let directory = directories.get(tx, session.org)?;
            Ok(Viewer::of(&directory, session.person).map(|viewer| SignedIn { viewer, session }))
        })
        .await?
        .filter(|found| found.session.expires > now)
        .ok_or_else(ApiError::not_signed_in)?;
    let session = &found.session;
    let until = now.plus(IDLE_MS).min(session.created.plus(LONGEST_MS));
    if until.0 - session.expires.0 > PROLONG_MS {
        app.store.transact(move |tx| tx.extend_session(hash, until)).await?;
    }
    Ok(found)
}

/// Whether a request repeats the session's second token.
#[must_use]
pub fn has_csrf(headers: &HeaderMap, session: &SessionRow) -> bool {
    headers.get(CSRF).is_some_and(|given| bool::from(given.as_bytes().ct_eq(session.csrf.as_bytes())))
}

impl FromRequestParts<Arc<App>> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Self::Rejection> {
        let found = find(app, &parts.headers).await?;
        let reads = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
        if !reads && !has_csrf(&parts.headers, &found.session) {
            let words = "This request did not come from the console you signed in to; nothing was changed. Reload the page.";
            return Err(ApiError::new(StatusCode::FORBIDDEN, "csrf", words));
        }
        Ok(found)
    }
}
