//! Tests of the store through its public calls, with a little server that signs what a server signs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod durability;
mod feed;
mod laws;
mod lists;

mod photos;
mod recording;
mod sending;

use super::*;
use crate::clock::FakeClock;
use crate::vault::Secrets;
use davy_core::checklist::Grade;
use davy_core::event::{
    AnswerSet, AnswerValue, ChecklistRef, Event, FindingRaised, InspectionKind, InspectionStarted, ItemKey, Payload, PersonSet, RegionSet,
    Role, SiteSet, Verdict,
};
use davy_core::id::{
    DeviceId, EntityId, EventId, FindingId, InspectionId, OrgId, PersonId, RegionId, RootId, ScopeId, SessionId, SiteId, StreamId,
};
use davy_protocol::accept::{Class, check_segment};
use davy_protocol::feed::{AcceptanceRecord, Path as Way, ScopeHead, accumulate, accumulator_start};
use davy_protocol::message::{FeedRun, PullResponse, ScopePage, StreamInfo};
use davy_protocol::receipt::{Anchor, BlobReceipt, Receipt};
use davy_protocol::seal::SealReason;
use davy_protocol::segment::Limits;
use davy_protocol::{RawEvent, segment};
use std::collections::BTreeMap;
use tempfile::TempDir;

pub const ORG: OrgId = OrgId([1; 16]);
pub const SITE: SiteId = SiteId([3; 16]);
pub const SCOPE: ScopeId = ScopeId([3; 16]);
pub const PERSON: PersonId = PersonId([6; 16]);
pub const SESSION: SessionId = SessionId([7; 16]);
pub const START_MS: i64 = 1_780_000_000_000;

/// A device that can be closed and opened again.
pub struct Device {
    pub dir: TempDir,
    pub clock: Arc<FakeClock>,
    pub store: Store,
    secrets: Secrets,
    enrolment: Enrolment,
}

pub fn server_key() -> SigningKey {
    SigningKey::from_bytes(&[42; 32])
}

pub fn device(number: u8) -> Device {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(FakeClock::new(START_MS, [number; 8]));
    let secrets = Secrets::generate();
    let record = vec![number; 60];
    let enrolment = Enrolment {
        server: "https://davy.example".into(),
        org: ORG,
        org_name: "Bureau".into(),
        stream: enrol::stream_id(&record),
        device: DeviceId([number; 16]),
        device_name: format!("Tablet {number}"),
        record,
        server_key: server_key().verifying_key().to_bytes(),
        person: PERSON,
        person_name: "Li Wei".into(),
        role: Role::Inspector,
    };
    let store = Store::open(dir.path(), &Keys::new(&secrets, enrolment.clone()), clock.clone()).unwrap();
    Device { dir, clock, store, secrets, enrolment }
}

impl Device {
    pub fn keys(&self) -> Keys {
        Keys::new(&self.secrets, self.enrolment.clone())
    }

    pub fn stream(&self) -> StreamId {
        self.enrolment.stream
    }

    /// Closes the store and opens it again, as a restart would.
    pub fn restart(self) -> Self {
        let Self { dir, clock, store, secrets, enrolment } = self;
        drop(store);
        let store = Store::open(dir.path(), &Keys::new(&secrets, enrolment.clone()), clock.clone()).unwrap();
        Self { dir, clock, store, secrets, enrolment }
    }

    pub fn record(&self, root: impl Into<RootId>, payload: impl Into<Payload>) -> Event {
        self.record_with(root, payload, Vec::new())
    }

    pub fn record_with(&self, root: impl Into<RootId>, payload: impl Into<Payload>, blobs: Vec<davy_core::event::BlobRef>) -> Event {
        let root = root.into();
        let ent = if blobs.is_empty() { root.into() } else { EntityId(uuid::Uuid::new_v4().into_bytes()) };
        let new = NewEvent { scope: SCOPE, ent, root, payload: payload.into(), blobs };
        self.clock.advance(1);
        self.store.append(PERSON, SESSION, vec![new]).unwrap().remove(0)
    }

    pub fn info(&self) -> StreamInfo {
        StreamInfo {
            stream: self.stream(),
            device_name: self.enrolment.device_name.clone(),
            person: Some(PERSON),
            key: self.store.signing_key().verifying_key().to_bytes(),
            record: self.enrolment.record.clone(),
        }
    }
}

pub fn inspection_id(number: u8) -> InspectionId {
    InspectionId([number; 16])
}

pub fn started() -> InspectionStarted {
    let checklist = ChecklistRef { id: "coal-mines".into(), version: "1.0.0".into(), hash: BlobId([9; 32]) };
    InspectionStarted { kind: InspectionKind::Enforcement, site: SITE, checklist, inspectors: vec![PERSON], assignment: None }
}

pub fn key(item: &str) -> ItemKey {
    ItemKey { item: item.into(), instance: None }
}

pub fn answer(item: &str, verdict: Verdict) -> AnswerSet {
    AnswerSet { key: key(item), value: Some(AnswerValue::Verdict(verdict)) }
}

pub fn raised(inspection: Option<InspectionId>, description: &str) -> FindingRaised {
    FindingRaised {
        inspection,
        key: None,
        site: SITE,
        grade: Grade::General,
        suggested: None,
        description: description.into(),
        area: None,
        measure: None,
        responsible: None,
        deadline: None,
        theme: None,
    }
}

pub fn site(name: &str) -> SiteSet {
    SiteSet {
        name: name.into(),
        enterprise: "Dongshan Mining".into(),
        industry: "coal-mines".into(),
        region: RegionId([4; 16]),
        address: None,
        areas: vec![],
        contacts: vec![],
    }
}

pub fn person(name: &str) -> PersonSet {
    PersonSet { name: name.into(), role: Role::Inspector, active: true, badge: None }
}

pub fn region(name: &str) -> RegionSet {
    RegionSet { name: name.into(), parent: None }
}

/// What a server would hold: a feed per scope.
pub struct Feed {
    pub epoch: u64,
    gseq: u64,
    pub streams: BTreeMap<StreamId, StreamInfo>,
    entries: BTreeMap<ScopeId, Vec<Entry>>,
}

#[derive(Clone)]
struct Entry {
    stream: StreamId,
    raw: RawEvent,
    record: AcceptanceRecord,
    seal: Vec<u8>,
}

impl Feed {
    pub fn new(epoch: u64) -> Self {
        Self { epoch, gseq: 0, streams: BTreeMap::new(), entries: BTreeMap::new() }
    }

    /// Takes everything that a device has to send after `seq`.
    pub fn take(&mut self, device: &Device, after: u64) {
        device.store.seal(SealReason::Push, None).unwrap();
        self.streams.insert(device.stream(), device.info());
        let mut sent = after;
        loop {
            let segments = device.store.segments_to_send(sent, segment::MAX_PUSH).unwrap();
            let Some(last) = segments.last() else { break };
            sent = last.to_seq;
            for out in &segments {
                let decoded = segment::decode(&out.bytes, Limits::default()).unwrap().to_segment();
                let key = device.store.signing_key().verifying_key();
                let checked = check_segment(&decoded, &key, ORG).unwrap();
                for (event, raw) in checked.events.iter().zip(&decoded.events) {
                    self.gseq += 1;
                    let record = AcceptanceRecord {
                        gseq: self.gseq,
                        eid: event.eid,
                        recv_ms: Millis(START_MS),
                        path: Way::Direct,
                        class: Class::Ok.code(),
                        flags: 0,
                    };
                    let entry = Entry { stream: device.stream(), raw: raw.clone(), record, seal: decoded.seal.clone() };
                    self.entries.entry(event.header.scope).or_default().push(entry);
                }
            }
        }
    }

    pub fn page(&self, scope: ScopeId, after: u64, limit: usize) -> ScopePage {
        let all = self.entries.get(&scope).map(Vec::as_slice).unwrap_or_default();
        let from = usize::try_from(after).unwrap().min(all.len());
        let to = all.len().min(from + limit);
        let mut runs: Vec<FeedRun> = Vec::new();
        for entry in &all[from..to] {
            match runs.last_mut() {
                Some(run) if run.stream == entry.stream && run.seal == entry.seal => {
                    run.events.push(entry.raw.clone());
                    run.records.push(entry.record);
                }
                _ => runs.push(FeedRun {
                    stream: entry.stream,
                    events: vec![entry.raw.clone()],
                    records: vec![entry.record],
                    seal: entry.seal.clone(),
                }),
            }
        }
        let more = to < all.len();
        let head = (!more).then(|| self.head(scope, all));
        ScopePage { scope, after, runs, next: to as u64, more, head }
    }

    fn head(&self, scope: ScopeId, all: &[Entry]) -> Vec<u8> {
        let start = accumulator_start(ORG, scope);
        let acc = all.iter().fold(start, |acc, entry| accumulate(acc, &entry.record));
        ScopeHead { epoch: self.epoch, scope, pos: all.len() as u64, acc }.sign(&server_key(), ORG)
    }

    pub fn answer(&self, pages: Vec<ScopePage>) -> PullResponse {
        PullResponse { epoch: self.epoch, pages, streams: self.streams.values().cloned().collect() }
    }

    /// Pulls one scope to its end.
    pub fn pull(&self, store: &Store, scope: ScopeId, limit: usize) {
        store.set_epoch(self.epoch).unwrap();
        loop {
            let after = store.cursors().unwrap().iter().find(|c| c.scope == scope).map_or(0, |c| c.pos);
            let page = self.page(scope, after, limit);
            let more = page.more;
            let applied = store.apply_pull(&self.answer(vec![page])).unwrap();
            assert_eq!(applied.refused, []);
            if !more {
                return;
            }
        }
    }
}

pub fn receipt_for(device: &Device, seq: u64, epoch: u64) -> Receipt {
    let chain = device.store.stream_heads().unwrap().chain;
    let eid = if seq == chain.seq { EventId(chain.head.0) } else { own_eid(device, seq) };
    Receipt { epoch, stream: device.stream(), head_seq: seq, head_eid: eid, classed: vec![], durable_seq: 0, recv_ms: Millis(START_MS) }
}

pub fn sign_receipt(receipt: &Receipt) -> Vec<u8> {
    receipt.sign(&server_key(), ORG)
}

pub fn sign_blob(sha256: BlobId, size: u64) -> Vec<u8> {
    BlobReceipt { epoch: 1, sha256, size, recv_ms: Millis(START_MS) }.sign(&server_key(), ORG)
}

pub fn sign_anchor(id: u8, server_ms: i64) -> Vec<u8> {
    Anchor { id: AnchorId([id; 16]), server_ms: Millis(server_ms) }.sign(&server_key(), ORG)
}

fn own_eid(device: &Device, seq: u64) -> EventId {
    let raw = device.store.read(|db| event::get(db, seq)).unwrap();
    raw.map_or(EventId(device.store.inner.genesis.0), |raw| davy_protocol::event::event_id(&raw.header))
}
