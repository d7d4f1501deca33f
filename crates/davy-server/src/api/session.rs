//! Sign in, who am I, sign out.

use crate::access::{Action, Viewer};
use crate::api::dto::{Can, Named, Session, SessionPerson, SignInRequest};
use crate::app::App;
use crate::auth::session::{self as sessions, SignedIn};
use crate::auth::throttle::{self, ADDRESS, LOGIN, Patience, after_failure};
use crate::error::{ApiError, ApiResult};
use crate::store::{SessionRow, StoreError, Tx};
use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use davy_core::time::Millis;
use std::net::SocketAddr;
use std::sync::Arc;

/// What a person may do, as the console reads it.
#[must_use]
pub fn can(viewer: &Viewer) -> Vec<Can> {
    Action::EVERY.into_iter().filter(|action| viewer.can(*action)).map(Can::from).collect()
}

impl From<Action> for Can {
    fn from(action: Action) -> Self {
        match action {
            Action::Review => Self::Review,
            Action::Comment => Self::Comment,
            Action::Resolve => Self::Resolve,
            Action::Grade => Self::Grade,
            Action::Enrol => Self::Enrol,
            Action::Revoke => Self::Revoke,
            Action::ManagePeople => Self::ManagePeople,
            Action::ManageSites => Self::ManageSites,
            Action::Assign => Self::Assign,
            Action::SeeSystem => Self::SeeSystem,
            Action::SeeDrafts => Self::SeeDrafts,
            Action::ManageChecklists => Self::ManageChecklists,
        }
    }
}

fn describe(viewer: &Viewer, session: &SessionRow) -> Session {
    let directory = &viewer.directory;
    let account = directory.accounts.get(&viewer.person);
    let region = account.and_then(|account| account.region).and_then(|id| directory.regions.get(&id));
    let site = account.and_then(|account| account.site).and_then(|id| directory.sites.get(&id));
    Session {
        csrf: session.csrf.clone(),
        person: SessionPerson {
            id: viewer.person,
            name: directory.people.get(&viewer.person).map(|doc| doc.set.name.clone()).unwrap_or_default(),
            role: viewer.role,
        },
        organisation: Named { id: viewer.org.to_string(), name: directory.org_name.clone() },
        region: region.map(|doc| Named { id: doc.id.to_string(), name: doc.set.name.clone() }),
        site: site.map(|doc| Named { id: doc.id.to_string(), name: doc.set.name.clone() }),
        can: can(viewer),
    }
}

/// Who is signed in.
#[utoipa::path(get, path = "/session", tag = "session", responses((status = 200, body = Session), (status = 401)))]
pub async fn show(SignedIn { viewer, session }: SignedIn) -> Json<Session> {
    Json(describe(&viewer, &session))
}

/// The address that a request came from; behind a proxy, the one that the proxy names.
fn address(app: &App, headers: &HeaderMap, peer: SocketAddr) -> String {
    let named = headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
    // The last entry is the proxy's own word; those before it are the client's.
    let named = named.and_then(|list| list.rsplit(',').next()).map(str::trim).filter(|_| app.config.behind_proxy);
    named.map_or_else(|| peer.ip().to_string(), str::to_owned)
}

/// Signs in with login and password.
#[utoipa::path(post, path = "/session", tag = "session", request_body = SignInRequest,
    responses((status = 200, body = Session), (status = 401), (status = 429)))]
pub async fn sign_in(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Json(request): Json<SignInRequest>,
) -> ApiResult<Response> {
    if request.login.len() > 128 || request.password.len() > 1024 {
        return Err(wrong_login());
    }
    let login = request.login.trim().to_lowercase();
    let keys = [(format!("login:{login}"), LOGIN), (format!("address:{}", address(&app, &headers, peer)), ADDRESS)];
    let now = app.clock.now();
    // The attempt counts before the password is looked at: a crowd of requests at once gains nothing.
    let (counted, now_) = (keys.clone(), now);
    let wait = app.store.transact(move |tx| count(tx, &counted, now_)).await?;
    if wait > 0 {
        return Err(ApiError::throttled(wait));
    }
    let name = login.clone();
    let account = app.store.query(move |tx| tx.account_by_login(&name)).await?;
    let record = account.as_ref().and_then(|account| account.password.clone());
    let right = app.passwords.verify(request.password, record).await;
    let Some(account) = account.filter(|_| right) else {
        return Err(wrong_login());
    };
    let (row, token) = sessions::open(account.org, account.person, now);
    let (directories, stored) = (Arc::clone(&app.directories), row.clone());
    let viewer = app
        .store
        .transact(move |tx| {
            let directory = directories.get(tx.as_read(), account.org)?;
            let viewer = Viewer::of(&directory, account.person);
            if viewer.is_some() {
                tx.insert_session(&stored)?;
                for (key, _) in &keys {
                    tx.put_throttle(key, crate::store::ThrottleRow::default())?;
                }
            }
            Ok(viewer)
        })
        .await?
        .ok_or_else(wrong_login)?;
    tracing::info!(person = %viewer.person, role = ?viewer.role, "signed in");
    let cookie = sessions::cookie(Some(&token), app.config.is_secure());
    Ok(([(header::SET_COOKIE, cookie)], Json(describe(&viewer, &row))).into_response())
}

/// Counts an attempt as failed unless it must wait; a success takes the count back. Returns seconds to wait.
fn count(tx: &mut dyn Tx, keys: &[(String, Patience)], now: Millis) -> Result<u32, StoreError> {
    let mut rows = Vec::with_capacity(keys.len());
    for (key, patience) in keys {
        rows.push((key, *patience, tx.throttle(key)?));
    }
    let wait = rows.iter().map(|(_, _, row)| throttle::wait_seconds(row, now)).max().unwrap_or(0);
    if wait == 0 {
        for (key, patience, row) in rows {
            tx.put_throttle(key, after_failure(row, patience, now))?;
        }
    }
    Ok(wait)
}

fn wrong_login() -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, "wrong_login", "Login or password is wrong.")
}

/// Signs out.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204)))]
pub async fn sign_out(State(app): State<Arc<App>>, SignedIn { session, .. }: SignedIn) -> ApiResult<Response> {
    app.store.transact(move |tx| tx.delete_session(session.hash)).await?;
    let cookie = sessions::cookie(None, app.config.is_secure());
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}
