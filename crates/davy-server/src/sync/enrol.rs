//! `POST /v1/enrol`: a one-time code becomes a registered device key (`docs/sync.md` §13).

use crate::access::Viewer;
use crate::app::{App, Org};
use crate::auth::throttle::{self, ADDRESS, after_failure};
use crate::directory::Directory;
use crate::error::ApiError;
use crate::store::{CodeRow, PendingCounts, StoreError, StreamRow, StreamStatus, Tx};
use crate::sync::codec::{self, SyncError};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use davy_core::id::{DeviceId, Hash32, PersonId};
use davy_core::time::Millis;
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

/// What is wrong with a request before its code is looked up.
fn fault(asked: &EnrolRequest) -> Option<SyncError> {
    if [&asked.code, &asked.device_name, &asked.platform, &asked.app_version].iter().any(|text| text.len() > LONGEST) {
        return Some(refuse(StatusCode::UNPROCESSABLE_ENTITY, "form", "A text of the request is too long."));
    }
    asked
        .verified_key()
        .is_none()
        .then(|| refuse(StatusCode::UNPROCESSABLE_ENTITY, "key", "The request is not signed by the key that it brings."))
}

/// Finds the code. Unknown ones slow their sender down.
async fn find(app: &App, hash: Hash32, peer: SocketAddr, now: Millis) -> Result<CodeRow, SyncError> {
    let address = format!("enrol:{}", peer.ip());
    let key = address.clone();
    let wait = app.store.query(move |tx| Ok(throttle::wait_seconds(&tx.throttle(&key)?, now))).await?;
    if wait > 0 {
        return Err(ApiError::throttled(wait).into());
    }
    if let Some(row) = app.store.query(move |tx| tx.code(hash)).await? {
        return Ok(row);
    }
    let count = move |tx: &mut dyn Tx| {
        let row = tx.throttle(&address)?;
        tx.put_throttle(&address, after_failure(row, ADDRESS, now))
    };
    app.store.transact(count).await?;
    let words = "This code does not exist. Compare it with the console, or make a new one there.";
    Err(refuse(StatusCode::NOT_FOUND, "code_unknown", words))
}

/// A device's stream before its first event, with its enrolment record.
fn stream_of(org: &Org, asked: &EnrolRequest, person: PersonId, now: Millis) -> StreamRow {
    let record = EnrolmentRecord {
        org: org.id,
        device: DeviceId::from_uuid(uuid::Uuid::now_v7()),
        key: asked.key,
        person,
        issued_ms: now,
        assurance: SOFTWARE,
        nonce: asked.nonce,
    };
    let signed = record.sign(&org.key, org.id);
    StreamRow {
        stream: stream_id(&signed),
        org: org.id,
        device: record.device,
        name: asked.device_name.trim().to_owned(),
        platform: asked.platform.clone(),
        app_version: asked.app_version.clone(),
        person: Some(person),
        key: asked.key,
        head_eid: genesis(&signed),
        record: signed,
        state: StreamStatus::Active,
        head_seq: 0,
        last_seal: Hash32([0; 32]),
        durable_seq: 0,
        enrolled: now,
        last_seen: Some(now),
        pending: PendingCounts::default(),
    }
}

/// Why a code that exists is of no use.
#[derive(Clone, Copy)]
enum Over {
    Withdrawn,
    Used,
    Expired,
}

impl From<Over> for SyncError {
    fn from(over: Over) -> Self {
        match over {
            Over::Expired => refuse(StatusCode::GONE, "code_expired", "This code has expired. Make a new one in the console."),
            Over::Used => refuse(StatusCode::CONFLICT, "code_used", "This code was used before. Make a new one in the console."),
            Over::Withdrawn => refuse(StatusCode::GONE, "code_withdrawn", "This code was withdrawn. Ask for a new one."),
        }
    }
}

/// Uses the code up and registers the stream, in one unit of work.
fn register(
    tx: &mut dyn Tx,
    directory: &Arc<Directory>,
    row: &CodeRow,
    stream: &StreamRow,
    now: Millis,
) -> Result<Result<Viewer, Over>, StoreError> {
    let Some(viewer) = Viewer::of(directory, row.person) else {
        return Ok(Err(Over::Withdrawn));
    };
    // Looked at again inside the unit of work: of two devices with one code, one gets in.
    match tx.code(row.hash)? {
        Some(row) if row.withdrawn => return Ok(Err(Over::Withdrawn)),
        Some(row) if row.used.is_some() => return Ok(Err(Over::Used)),
        Some(row) if row.expires <= now => return Ok(Err(Over::Expired)),
        Some(_) if tx.use_code(row.hash, now)? => {}
        _ => return Ok(Err(Over::Used)),
    }
    tx.insert_stream(stream)?;
    Ok(Ok(viewer))
}

/// Exchanges a code. A mistyped one is told apart and costs nothing.
pub async fn enrol(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Result<Response, SyncError> {
    let asked: EnrolRequest = codec::read(request).await?;
    if let Some(fault) = fault(&asked) {
        return Err(fault);
    }
    let code = EnrolmentCode::parse(&asked.code)
        .map_err(|error| SyncError::new(StatusCode::UNPROCESSABLE_ENTITY, "code_mistyped", error.to_string()))?;
    let now = app.clock.now();
    let row = find(&app, code.hash(), peer, now).await?;
    let org = app.org(row.org).await?;
    let stream = stream_of(&org, &asked, row.person, now);
    let (record, name, id) = (stream.record.clone(), stream.name.clone(), stream.stream);
    let directories = Arc::clone(&app.directories);
    let registered = app.store.transact(move |tx| {
        let directory = directories.get(tx.as_read(), row.org)?;
        register(tx, &directory, &row, &stream, now)
    });
    let viewer = registered.await??;
    tracing::info!(stream = %id, device = name, person = %viewer.person, "a device was enrolled");
    let person_name = viewer.directory.people.get(&viewer.person).map(|doc| doc.set.name.clone()).unwrap_or_default();
    let answer = EnrolResponse {
        org: org.id,
        org_name: org.name.clone(),
        server_key: org.key.verifying_key().to_bytes(),
        record,
        person: viewer.person,
        person_name,
        role: viewer.role,
    };
    Ok(codec::answer(&answer, false))
}
