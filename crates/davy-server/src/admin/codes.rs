//! One-time enrolment codes. Only a hash is stored.

use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::reason::Reason;
use crate::store::CodeRow;
use davy_core::id::{OrgId, PersonId};
use davy_core::time::Millis;
use davy_protocol::enrol::EnrolmentCode;
use serde::Serialize;
use std::sync::Arc;
use uuid::Uuid;

/// A new code: the only moment at which it can be read.
#[derive(Debug, Clone, Serialize)]
pub struct NewCode {
    /// Id.
    pub id: Uuid,
    /// The code as people type it.
    pub code: String,
    /// The link in the QR.
    pub link: String,
    /// Valid until.
    pub expires: Millis,
    /// For whom.
    pub person_name: String,
}

/// Longest life of a code, for kits prepared in advance: 30 days (`docs/sync.md` §13).
const MOST_MINUTES: u32 = 30 * 24 * 60;

/// Makes a code for a person in service.
///
/// # Errors
/// No such person; a life of zero or over 30 days; the store.
pub async fn create_code(app: &App, org: OrgId, person: PersonId, minutes: u32, server_url: &str) -> ApiResult<NewCode> {
    if !(1..=MOST_MINUTES).contains(&minutes) {
        return Err(ApiError::invalid("minutes", &Reason::OutOfBounds { least: 1, most: MOST_MINUTES }));
    }
    let code = EnrolmentCode::from_random(rand::random());
    let (now, id, hash) = (app.clock.now(), Uuid::now_v7(), code.hash());
    let expires = now.plus(i64::from(minutes) * 60_000);
    let directories = Arc::clone(&app.directories);
    let person_name = app
        .store
        .transact(move |tx| {
            let directory = directories.get(tx.as_read(), org)?;
            let Some(doc) = directory.people.get(&person).filter(|doc| doc.set.active) else {
                return Ok(None);
            };
            tx.insert_code(&CodeRow { id, org, hash, person, created: now, expires, used: None, withdrawn: false })?;
            Ok(Some(doc.set.name.clone()))
        })
        .await?
        .ok_or_else(ApiError::not_found)?;
    Ok(NewCode { id, link: code.link(server_url), code: code.to_string(), expires, person_name })
}
