//! A small inspection on one device, always the same: what the tests chain, seal and send.
#![allow(dead_code, reason = "each test file uses a part")]

use davy_core::checklist::Grade;
use davy_core::event::{
    AnswerSet, AnswerValue, BlobRef, BlobRole, EvidenceAttached, FindingRaised, InspectionKind, InspectionStarted, ItemKey, NoteSet,
    Payload, PhotoSource, Verdict,
};
use davy_core::event::{ChecklistRef, Header, Position};
use davy_core::id::{
    AnchorId, BlobId, EntityId, EventId, Hash32, InspectionId, OrgId, PersonId, RootId, ScopeId, SessionId, SiteId, StreamId,
};
use davy_core::time::{Hlc, Millis, Mono, Wall};
use davy_protocol::author::{Chain, Draft, ScopeChain, append};
use davy_protocol::enrol::{EnrolmentRecord, genesis, stream_id};
use davy_protocol::event::{encode_header, event_id};
use davy_protocol::seal::{self, Seal, SealClock, SealReason, SealedScope, scope_tag};
use davy_protocol::{RawEvent, Segment, SigningKey, VerifyingKey};
use std::collections::BTreeMap;

pub const ORG: OrgId = OrgId([0xa0; 16]);
pub const SITE: ScopeId = ScopeId([0xb1; 16]);
pub const OTHER_SITE: ScopeId = ScopeId([0xb2; 16]);
pub const INSPECTION: RootId = RootId([0xc1; 16]);
pub const FINDING: RootId = RootId([0xc2; 16]);
pub const INSPECTOR: PersonId = PersonId([0xd1; 16]);
pub const ANCHOR: AnchorId = AnchorId([0xe1; 16]);
/// 2026-03-02T08:30:00Z.
pub const START: Millis = Millis(1_772_440_200_000);

pub fn device_key() -> SigningKey {
    SigningKey::from_bytes(&[0x11; 32])
}

pub fn server_key() -> SigningKey {
    SigningKey::from_bytes(&[0x22; 32])
}

pub fn device_public() -> VerifyingKey {
    device_key().verifying_key()
}

pub fn record() -> EnrolmentRecord {
    EnrolmentRecord {
        org: ORG,
        device: davy_core::id::DeviceId([0xf1; 16]),
        key: device_public().to_bytes(),
        person: INSPECTOR,
        issued_ms: START.plus(-86_400_000),
        assurance: 0,
        nonce: [0x33; 16],
    }
}

pub fn record_bytes() -> Vec<u8> {
    record().sign(&server_key(), ORG)
}

/// A device that records and seals.
#[derive(Clone)]
pub struct Device {
    pub chain: Chain,
    pub scopes: BTreeMap<ScopeId, ScopeChain>,
    pub last_seal: Hash32,
    heads: BTreeMap<RootId, EventId>,
    ticks: i64,
}

impl Device {
    pub fn new() -> Self {
        let record = record_bytes();
        Self {
            chain: Chain::start(stream_id(&record), genesis(&record)),
            scopes: BTreeMap::new(),
            last_seal: Hash32([0; 32]),
            heads: BTreeMap::new(),
            ticks: 0,
        }
    }

    pub fn stream(&self) -> StreamId {
        self.chain.stream
    }

    fn clocks(&self) -> (Wall, Mono) {
        let wall = Wall { ms: START.plus(self.ticks * 15_000), offset_minutes: 480, source: 0 };
        (wall, Mono { boot: [0x44; 8], ns: 1_000_000_000 * (100 + 15 * self.ticks as u64) })
    }

    pub fn draft(&self, scope: ScopeId, root: RootId, payload: Payload) -> Draft {
        let (wall, mono) = self.clocks();
        Draft {
            scope,
            ent: EntityId(root.0),
            root,
            deps: self.heads.get(&root).copied().into_iter().collect(),
            payload,
            blobs: Vec::new(),
            actor: INSPECTOR,
            session: SessionId([0xd2; 16]),
            hlc: Hlc { ms: wall.ms, counter: 0 },
            wall,
            mono,
            anchor: (self.ticks > 1).then_some(ANCHOR),
            salt: [self.ticks as u8; 16],
        }
    }

    pub fn record(&mut self, draft: Draft) -> RawEvent {
        let (scope, root) = (draft.scope, draft.root);
        let (event, raw) = append(&mut self.chain, self.scopes.entry(scope).or_default(), draft).unwrap();
        self.heads.insert(root, event.eid);
        self.ticks += 1;
        raw
    }

    /// An event whose header was bent after it was chained. The chain goes on from it.
    pub fn record_bent(&mut self, draft: Draft, bend: impl FnOnce(&mut Header)) -> RawEvent {
        let raw = self.record(draft);
        let mut header = davy_protocol::event::decode_header(&raw.header).unwrap();
        bend(&mut header);
        let bent = encode_header(&header);
        self.chain.head = Hash32(event_id(&bent).0);
        self.scopes.insert(header.scope, ScopeChain { sseq: header.sseq, head: self.chain.head });
        RawEvent { header: bent, body: raw.body }
    }

    pub fn answers(&mut self, scope: ScopeId, count: usize) -> Vec<RawEvent> {
        (0..count).map(|nth| self.record(self.draft(scope, INSPECTION, answer(nth)))).collect()
    }

    /// What a seal over these events would say.
    pub fn seal_content(&self, events: &[RawEvent]) -> Seal {
        let headers: Vec<Header> = events.iter().map(|raw| davy_protocol::event::decode_header(&raw.header).unwrap()).collect();
        let mut scopes: BTreeMap<ScopeId, SealedScope> = BTreeMap::new();
        for (raw, header) in events.iter().zip(&headers) {
            let head = SealedScope { tag: scope_tag(header.stream, header.scope), sseq: header.sseq, eid: raw.eid() };
            scopes.insert(header.scope, head);
        }
        let (wall, mono) = self.clocks();
        Seal {
            version: seal::VERSION,
            stream: headers[0].stream,
            from_seq: headers[0].seq,
            to_seq: headers[headers.len() - 1].seq,
            to_eid: events[events.len() - 1].eid(),
            scopes: scopes.into_values().collect(),
            prev_seal: self.last_seal,
            clock: SealClock::new(wall, mono),
            anchor: Some(ANCHOR),
            reason: SealReason::Push,
            actor: None,
        }
    }

    pub fn seal(&mut self, events: Vec<RawEvent>) -> Segment {
        let content = self.seal_content(&events);
        let seal = seal::sign(&device_key(), ORG, &content);
        self.last_seal = seal::seal_hash(&seal);
        Segment { events, seal }
    }
}

pub fn answer(nth: usize) -> Payload {
    let verdict = if nth % 7 == 3 { Verdict::Fail } else { Verdict::Pass };
    let key = ItemKey { item: format!("gas_{nth}"), instance: None };
    AnswerSet { key, value: Some(AnswerValue::Verdict(verdict)) }.into()
}

pub fn started() -> Payload {
    InspectionStarted {
        kind: InspectionKind::Enforcement,
        site: SiteId(SITE.0),
        checklist: ChecklistRef { id: "coal-mines".to_owned(), version: "1.0.0".to_owned(), hash: BlobId([0x55; 32]) },
        inspectors: vec![INSPECTOR],
        assignment: None,
    }
    .into()
}

pub fn photo() -> Payload {
    EvidenceAttached {
        key: None,
        source: PhotoSource::Camera,
        name: None,
        width: Some(4000),
        height: Some(3000),
        captured_at: Some(START),
        position: Some(Position { lat_e7: 356_895_000, lon_e7: 1_129_400_000, accuracy_dm: Some(80), at: None }),
        defect: None,
    }
    .into()
}

/// The inspection of the golden vectors: five events in two scopes, one with blobs, all clocks and optional fields used.
pub fn inspection(device: &mut Device) -> Vec<RawEvent> {
    let finding = FindingRaised {
        inspection: Some(InspectionId(INSPECTION.0)),
        key: Some(ItemKey { item: "gas_3".to_owned(), instance: None }),
        site: SiteId(SITE.0),
        grade: Grade::Major,
        suggested: Some(Grade::Major),
        description: "回风流甲烷 1.2%".to_owned(),
        area: Some("3301".to_owned()),
        measure: None,
        responsible: None,
        deadline: Some("2026-03-05".to_owned()),
        theme: None,
    };
    let mut events = vec![device.record(device.draft(SITE, INSPECTION, started()))];
    events.push(device.record(device.draft(SITE, INSPECTION, answer(3))));
    events.push(device.record(device.draft(SITE, FINDING, finding.into())));
    let mut photo = device.draft(SITE, FINDING, photo());
    photo.blobs = vec![blob(0x61, 3_145_728, BlobRole::Original), blob(0x62, 20_480, BlobRole::Thumbnail)];
    events.push(device.record(photo));
    let note = NoteSet { key: ItemKey { item: "fan".to_owned(), instance: None }, text: String::new() };
    events.push(device.record(device.draft(OTHER_SITE, RootId([0xc3; 16]), note.into())));
    events
}

fn blob(hash: u8, size: u64, role: BlobRole) -> BlobRef {
    BlobRef { sha256: BlobId([hash; 32]), size, media_type: "image/jpeg".to_owned(), role }
}
