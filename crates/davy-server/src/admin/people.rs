//! People: the signed directory entry and, beside it, login and reach.

use crate::app::App;
use crate::auth::password::SHORTEST;
use crate::error::{ApiError, ApiResult};
use crate::ingest::author::Act;
use crate::reason::Reason;
use crate::store::{AccountRow, StoreError};
use davy_core::event::{Payload, PersonSet};
use davy_core::id::{OrgId, PersonId, RegionId, ScopeId, SessionId, SiteId};
use std::sync::Arc;
use uuid::Uuid;

/// A person to add or change.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Id of the person to change; `None` adds one.
    pub id: Option<PersonId>,
    /// Directory entry.
    pub set: PersonSet,
    /// Login for the console.
    pub login: Option<String>,
    /// New password; `None` keeps the one that is there.
    pub password: Option<String>,
    /// Region whose sites they reach.
    pub region: Option<RegionId>,
    /// The only site they reach.
    pub site: Option<SiteId>,
}

fn checked_login(login: Option<String>) -> ApiResult<Option<String>> {
    let Some(login) = login.map(|login| login.trim().to_lowercase()).filter(|login| !login.is_empty()) else {
        return Ok(None);
    };
    let fits = login.chars().count() <= 64 && login.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@'));
    if fits { Ok(Some(login)) } else { Err(ApiError::invalid("login", &Reason::LoginForm)) }
}

/// Adds or changes a person, in one unit of work.
///
/// # Errors
/// A taken or malformed login, a short password, a region or site that does not exist.
pub async fn put_person(app: &Arc<App>, org: OrgId, person: NewPerson, actor: PersonId, session: SessionId) -> ApiResult<PersonId> {
    let login = checked_login(person.login)?;
    let password = match person.password {
        Some(password) if password.chars().count() < SHORTEST => {
            return Err(ApiError::invalid("password", &Reason::TooShort(SHORTEST)));
        }
        Some(_) if login.is_none() => {
            return Err(ApiError::invalid("login", &Reason::NeedsLogin));
        }
        Some(password) => Some(app.passwords.hash(password).await.ok_or_else(ApiError::internal)?),
        None => None,
    };
    let id = person.id.unwrap_or_else(|| PersonId::from_uuid(Uuid::now_v7()));
    let (set, region, site, now) = (person.set, person.region, person.site, app.clock.now());
    let directories = Arc::clone(&app.directories);
    app.act(org, move |tx| {
        let directory = directories.get(tx.as_read(), org)?;
        if region.is_some_and(|region| !directory.regions.contains_key(&region)) {
            return Ok(Err(ApiError::invalid("region", &Reason::Unknown)));
        }
        if site.is_some_and(|site| !directory.sites.contains_key(&site)) {
            return Ok(Err(ApiError::invalid("site", &Reason::Unknown)));
        }
        let known = tx.account(id)?;
        let kept = known.and_then(|account| account.password);
        let changes_password = password.is_some();
        let account = AccountRow { person: id, org, login, password: password.or(kept), region, site };
        match tx.put_account(&account) {
            Err(StoreError::Taken { .. }) => {
                return Ok(Err(ApiError::invalid("login", &Reason::Taken)));
            }
            other => other?,
        }
        if changes_password || !set.active {
            tx.end_sessions(Some(id), now)?;
        }
        let act = Act {
            scope: ScopeId::ROOT,
            ent: id.into(),
            root: id.into(),
            payload: Payload::PersonSet(set),
            blobs: Vec::new(),
            actor,
            session,
        };
        Ok(Ok((vec![act], id)))
    })
    .await
}
