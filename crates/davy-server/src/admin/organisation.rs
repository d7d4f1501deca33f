//! A new organisation: its server key, and the server's own stream with an enrolment record like any device's.

use crate::admin::AdminError;
use crate::app::App;
use crate::error::ApiError;
use crate::ingest::author::NOBODY;
use crate::reason::Reason;
use crate::store::{OrgRow, PendingCounts, StreamRow, StreamStatus};
use davy_core::id::{DeviceId, Hash32, OrgId};
use davy_protocol::SigningKey;
use davy_protocol::enrol::{EnrolmentRecord, genesis, stream_id};
use uuid::Uuid;

/// Name of the server as an author.
const SERVER_NAME: &str = "Davy server";
/// Longest name of an organisation, in characters.
const LONGEST_NAME: usize = 200;

/// Makes an organisation.
///
/// # Errors
/// No name; the store.
pub async fn create(app: &App, name: &str) -> Result<OrgId, AdminError> {
    let name = name.trim().to_owned();
    match name.chars().count() {
        0 => return Err(ApiError::invalid("name", &Reason::Empty).into()),
        1..=LONGEST_NAME => {}
        _ => return Err(ApiError::invalid("name", &Reason::TooLong(LONGEST_NAME)).into()),
    }
    let (id, seed, now) = (OrgId::from_uuid(Uuid::now_v7()), rand::random::<[u8; 32]>(), app.clock.now());
    let key = SigningKey::from_bytes(&seed);
    let record = EnrolmentRecord {
        org: id,
        device: DeviceId::from_uuid(Uuid::now_v7()),
        key: key.verifying_key().to_bytes(),
        person: NOBODY,
        issued_ms: now,
        assurance: 0,
        nonce: rand::random(),
    };
    let signed = record.sign(&key, id);
    let stream = StreamRow {
        stream: stream_id(&signed),
        org: id,
        device: record.device,
        name: SERVER_NAME.to_owned(),
        platform: "server".to_owned(),
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
        person: None,
        key: record.key,
        head_eid: genesis(&signed),
        record: signed,
        state: StreamStatus::Active,
        head_seq: 0,
        last_seal: Hash32([0; 32]),
        durable_seq: 0,
        enrolled: now,
        last_seen: None,
        pending: PendingCounts::default(),
    };
    let org = OrgRow { id, name, seed, epoch: 1, gseq: 0, stream: stream.stream, created: now };
    app.store
        .transact(move |tx| {
            tx.insert_org(&org)?;
            tx.insert_stream(&stream)
        })
        .await?;
    Ok(id)
}
