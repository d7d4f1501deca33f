//! `POST /v1/enrol`: a one-time code becomes a registered device key (`docs/sync.md` §13).

use crate::access::Viewer;
use crate::app::App;
use crate::auth::throttle::{self, ADDRESS, after_failure};
use crate::error::ApiError;
use crate::store::{PendingCounts, StreamRow, StreamStatus};
use crate::sync::codec::{self, SyncError};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use davy_core::id::{DeviceId, Hash32};
use davy_protocol::enrol::{EnrolRequest, EnrolResponse, EnrolmentCode, EnrolmentRecord, genesis, stream_id};
use std::net::SocketAddr;
use std::sync::Arc;

/// The key is sealed by software.
const SOFTWARE: u8 = 0;
/// Longest name, version or code.
const LONGEST: usize = 200;

fn refuse(status: StatusCode, code: &'static str, words: &str) -> SyncError {
    SyncError::new(status, code, words)
}

/// Exchanges a code. Unknown codes slow their sender down; a mistyped one is told apart and costs nothing.
pub async fn enrol(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Result<Response, SyncError> {
    let asked: EnrolRequest = codec::read(request).await?;
    if [&asked.code, &asked.device_name, &asked.platform, &asked.app_version].iter().any(|text| text.len() > LONGEST) {
        return Err(refuse(StatusCode::UNPROCESSABLE_ENTITY, "form", "A text of the request is too long."));
    }
    if asked.verified_key().is_none() {
        return Err(refuse(StatusCode::UNPROCESSABLE_ENTITY, "key", "The request is not signed by the key that it brings."));
    }
    let code = EnrolmentCode::parse(&asked.code)
        .map_err(|error| SyncError::new(StatusCode::UNPROCESSABLE_ENTITY, "code_mistyped", error.to_string()))?;
    let now = app.clock.now();
    let address = format!("enrol:{}", peer.ip());
    let key = address.clone();
    let wait = app.store.query(move |tx| Ok(throttle::wait_seconds(&tx.throttle(&key)?, now))).await?;
    if wait > 0 {
        return Err(ApiError::throttled(wait).into());
    }
    let hash = code.hash();
    let Some(row) = app.store.query(move |tx| tx.code(hash)).await? else {
        let count = move |tx: &mut dyn crate::store::Tx| {
            let row = tx.throttle(&address)?;
            tx.put_throttle(&address, after_failure(row, ADDRESS, now))
        };
        app.store.transact(count).await?;
        return Err(refuse(
            StatusCode::NOT_FOUND,
            "code_unknown",
            "This code does not exist. Compare it with the console, or make a new one there.",
        ));
    };
    let org = app.org(row.org).await?;
    let record = EnrolmentRecord {
        org: org.id,
        device: DeviceId::from_uuid(uuid::Uuid::now_v7()),
        key: asked.key,
        person: row.person,
        issued_ms: now,
        assurance: SOFTWARE,
        nonce: asked.nonce,
    };
    let signed = record.sign(&org.key, org.id);
    let stream = StreamRow {
        stream: stream_id(&signed),
        org: org.id,
        device: record.device,
        name: asked.device_name.trim().to_owned(),
        platform: asked.platform.clone(),
        app_version: asked.app_version.clone(),
        person: Some(row.person),
        key: asked.key,
        record: signed.clone(),
        state: StreamStatus::Active,
        head_seq: 0,
        head_eid: genesis(&signed),
        last_seal: Hash32([0; 32]),
        durable_seq: 0,
        enrolled: now,
        last_seen: Some(now),
        pending: PendingCounts::default(),
    };
    let (directories, id) = (Arc::clone(&app.directories), org.id);
    let registered = app.store.transact(move |tx| {
        let directory = directories.get(tx.as_read(), id)?;
        let Some(viewer) = Viewer::of(&directory, row.person) else {
            return Ok(Err("code_withdrawn"));
        };
        // Looked at again inside the unit of work: of two devices with one code, one gets in.
        match tx.code(hash)? {
            Some(row) if row.withdrawn => return Ok(Err("code_withdrawn")),
            Some(row) if row.used.is_some() => return Ok(Err("code_used")),
            Some(row) if row.expires <= now => return Ok(Err("code_expired")),
            Some(_) if tx.use_code(hash, now)? => {}
            _ => return Ok(Err("code_used")),
        }
        tx.insert_stream(&stream)?;
        Ok(Ok((viewer, stream.stream, stream.name)))
    });
    let (viewer, stream, name) = match registered.await? {
        Ok(registered) => registered,
        Err("code_expired") => {
            return Err(refuse(StatusCode::GONE, "code_expired", "This code has expired. Make a new one in the console."));
        }
        Err("code_used") => {
            return Err(refuse(StatusCode::CONFLICT, "code_used", "This code was used before. Make a new one in the console."));
        }
        Err(_) => {
            return Err(refuse(StatusCode::GONE, "code_withdrawn", "This code was withdrawn. Ask for a new one."));
        }
    };
    tracing::info!(%stream, device = name, person = %viewer.person, "a device was enrolled");
    let person_name = viewer.directory.people.get(&viewer.person).map(|doc| doc.set.name.clone()).unwrap_or_default();
    let answer = EnrolResponse {
        org: org.id,
        org_name: org.name.clone(),
        server_key: org.key.verifying_key().to_bytes(),
        record: signed,
        person: viewer.person,
        person_name,
        role: viewer.role,
    };
    Ok(codec::answer(&answer, false))
}
