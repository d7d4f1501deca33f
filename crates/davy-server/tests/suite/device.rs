//! A device in memory: chains, seals, pushes and pulls by the protocol crate, over HTTP.

use crate::support::{Answer, World};
use davy_core::checklist::Grade;
use davy_core::event::{
    AnswerSet, AnswerValue, BlobRef, ChecklistRef, Event, FindingRaised, InspectionKind, InspectionStarted, InspectionSubmitted, ItemKey,
    Payload, Verdict,
};
use davy_core::fold::Aggregate;
use davy_core::fold::frontier::frontier_of;
use davy_core::id::*;
use davy_core::time::{Hlc, Mono, Wall};
use davy_protocol::SigningKey;
use davy_protocol::VerifyingKey;
use davy_protocol::author::{Chain, Draft, ScopeChain, append};
use davy_protocol::enrol::{EnrolRequest, EnrolResponse, genesis, stream_id};
use davy_protocol::event::RawEvent;
use davy_protocol::message::{
    Challenge, HelloRequest, HelloResponse, Problem, PullRequest, PullResponse, PushResponse, ScopeCursor, TokenRequest, TokenResponse,
    token_bytes,
};
use davy_protocol::receipt::Receipt;
use davy_protocol::seal::{self, Seal, SealClock, SealReason, SealedScope, scope_tag};
use davy_protocol::segment::{self, Segment};
use ed25519_dalek::Signer;
use reqwest::StatusCode;
use std::collections::BTreeMap;
use uuid::Uuid;

pub struct Device {
    pub org: OrgId,
    pub key: SigningKey,
    pub server_key: VerifyingKey,
    pub token: String,
    pub person: PersonId,
    pub chain: Chain,
    pub scopes: BTreeMap<ScopeId, ScopeChain>,
    pub last_seal: Hash32,
    pub hlc: Hlc,
    pub unsent: Vec<RawEvent>,
    pub events: Vec<Event>,
    pub heads: BTreeMap<RootId, Vec<EventId>>,
}

pub fn request(code: &str, key: &SigningKey) -> EnrolRequest {
    let mut request = EnrolRequest {
        code: code.into(),
        key: [0; 32],
        device_name: "测试平板".into(),
        platform: "test".into(),
        app_version: "0.1.0".into(),
        nonce: rand::random(),
        signature: Vec::new(),
    };
    request.sign(key);
    request
}

pub async fn enrol(world: &World, request: &EnrolRequest) -> Answer {
    let body = minicbor::to_vec(request).unwrap();
    Answer::read(world.http.post(world.path("/v1/enrol")).body(body).send().await.unwrap()).await
}

pub fn problem(answer: &Answer) -> Problem {
    minicbor::decode(&answer.body).unwrap_or_else(|_| panic!("{} {}", answer.status, String::from_utf8_lossy(&answer.body)))
}

impl Device {
    pub async fn enrol(world: &World, person: PersonId) -> Self {
        let code = world.admin.create_code(world.org, person, 15, &world.url).await.unwrap().code;
        let key = SigningKey::from_bytes(&rand::random());
        let answer = enrol(world, &request(&code, &key)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", String::from_utf8_lossy(&answer.body));
        let enrolled: EnrolResponse = minicbor::decode(&answer.body).unwrap();
        let mut device = Self {
            org: enrolled.org,
            key,
            server_key: VerifyingKey::from_bytes(&enrolled.server_key).unwrap(),
            token: String::new(),
            person,
            chain: Chain::start(stream_id(&enrolled.record), genesis(&enrolled.record)),
            scopes: BTreeMap::new(),
            last_seal: Hash32([0; 32]),
            hlc: Hlc::default(),
            unsent: Vec::new(),
            events: Vec::new(),
            heads: BTreeMap::new(),
        };
        device.sign_in(world).await;
        device
    }

    pub async fn sign_in(&mut self, world: &World) {
        let answer = Answer::read(world.http.post(world.org_path("challenge")).send().await.unwrap()).await;
        let challenge: Challenge = minicbor::decode(&answer.body).unwrap();
        let stream = self.chain.stream;
        let signature = self.key.sign(&token_bytes(stream, &challenge.nonce)).to_bytes().to_vec();
        let request = TokenRequest { stream, nonce: challenge.nonce, signature };
        let answer = world.http.post(world.org_path("token")).body(minicbor::to_vec(&request).unwrap()).send().await.unwrap();
        let answer = Answer::read(answer).await;
        assert_eq!(answer.status, StatusCode::OK);
        self.token = minicbor::decode::<TokenResponse>(&answer.body).unwrap().token;
    }

    pub async fn post(&self, world: &World, path: &str, body: Vec<u8>) -> Answer {
        let request = world.http.post(world.org_path(path)).bearer_auth(&self.token).body(body);
        Answer::read(request.send().await.unwrap()).await
    }

    /// Chains an event.
    pub fn write(&mut self, scope: impl Into<ScopeId>, root: impl Into<RootId>, payload: impl Into<Payload>) -> EventId {
        self.write_with(scope, root, payload, Vec::new())
    }

    pub fn write_with(
        &mut self,
        scope: impl Into<ScopeId>,
        root: impl Into<RootId>,
        payload: impl Into<Payload>,
        blobs: Vec<BlobRef>,
    ) -> EventId {
        let (scope, root) = (scope.into(), root.into());
        self.hlc = self.hlc.tick(crate::support::START);
        let draft = Draft {
            scope,
            ent: EntityId::from_uuid(Uuid::now_v7()),
            root,
            deps: self.heads.get(&root).cloned().unwrap_or_default(),
            payload: payload.into(),
            blobs,
            actor: self.person,
            session: SessionId([1; 16]),
            hlc: self.hlc,
            wall: Wall { ms: self.hlc.ms, offset_minutes: 480, source: 0 },
            mono: Mono { boot: [1; 8], ns: self.chain.seq },
            anchor: None,
            salt: rand::random(),
        };
        let (event, raw) = append(&mut self.chain, self.scopes.entry(scope).or_default(), draft).unwrap();
        let eid = event.eid;
        self.heads.insert(root, vec![eid]);
        self.unsent.push(raw);
        self.events.push(event);
        eid
    }

    /// Starts an inspection at a site and answers some items.
    pub fn inspect(&mut self, site: SiteId, checklist: ChecklistRef, answers: usize) -> InspectionId {
        let id = InspectionId::from_uuid(Uuid::now_v7());
        let started = InspectionStarted { kind: InspectionKind::Patrol, site, checklist, inspectors: vec![self.person], assignment: None };
        self.write(site, id, started);
        for n in 0..answers {
            self.answer(site, id, &format!("item_{n}"), Verdict::Pass);
        }
        id
    }

    pub fn answer(&mut self, site: SiteId, id: InspectionId, item: &str, verdict: Verdict) -> EventId {
        let key = ItemKey { item: item.into(), instance: None };
        self.write(site, id, AnswerSet { key, value: Some(AnswerValue::Verdict(verdict)) })
    }

    pub fn raise(&mut self, site: SiteId, inspection: Option<InspectionId>, grade: Grade, description: &str) -> FindingId {
        let id = FindingId::from_uuid(Uuid::now_v7());
        let raised = FindingRaised {
            inspection,
            key: None,
            site,
            grade,
            suggested: None,
            description: description.into(),
            area: Some("3301工作面".into()),
            measure: None,
            responsible: None,
            deadline: Some("2026-12-24".into()),
            theme: None,
        };
        self.write(site, id, raised);
        id
    }

    pub fn submit(&mut self, site: SiteId, id: InspectionId) -> Hash32 {
        let root = RootId::from(id);
        let events: Vec<Event> = self.events.iter().filter(|event| event.header.root == root).cloned().collect();
        let frontier = frontier_of(&[(root, events)]);
        let hash = frontier.root;
        self.write(site, id, InspectionSubmitted { frontier, remark: None });
        hash
    }

    /// Seals what is unsent into one segment.
    pub fn seal(&mut self) -> Vec<u8> {
        let raws = std::mem::take(&mut self.unsent);
        let stream = self.chain.stream;
        let count = raws.len() as u64;
        let run = &self.events[self.events.len() - raws.len()..];
        let mut heads = BTreeMap::new();
        for event in run {
            heads.insert(event.header.scope, (event.header.sseq, event.eid));
        }
        let mut scopes: Vec<SealedScope> =
            heads.into_iter().map(|(scope, (sseq, eid))| SealedScope { tag: scope_tag(stream, scope), sseq, eid }).collect();
        scopes.sort_unstable();
        let last = run.last().unwrap();
        let content = Seal {
            version: 1,
            stream,
            from_seq: last.header.seq + 1 - count,
            to_seq: last.header.seq,
            to_eid: last.eid,
            scopes,
            prev_seal: self.last_seal,
            clock: SealClock::new(last.header.wall, last.header.mono),
            anchor: None,
            reason: SealReason::Push,
            actor: None,
        };
        let seal = seal::sign(&self.key, self.org, &content);
        self.last_seal = seal::seal_hash(&seal);
        segment::encode(&Segment { events: raws, seal })
    }

    pub async fn send(&self, world: &World, segments: &[Vec<u8>]) -> Answer {
        self.post(world, "push", segment::encode_push(segments)).await
    }

    /// Seals and pushes; the receipt is verified.
    pub async fn push(&mut self, world: &World) -> Receipt {
        let segment = self.seal();
        let answer = self.send(world, &[segment]).await;
        self.receipt(&answer)
    }

    pub fn receipt(&self, answer: &Answer) -> Receipt {
        assert_eq!(answer.status, StatusCode::OK, "{}", String::from_utf8_lossy(&answer.body));
        let response: PushResponse = minicbor::decode(&answer.body).unwrap();
        let receipt = Receipt::verify(&response.receipt, &self.server_key, self.org).expect("the receipt is signed by the server");
        assert_eq!((receipt.stream, receipt.epoch), (self.chain.stream, 1));
        receipt
    }

    pub async fn hello(&self, world: &World) -> HelloResponse {
        let request = HelloRequest {
            app_version: "0.1.0".into(),
            head_seq: self.chain.seq,
            head: self.chain.head,
            scopes: Vec::new(),
            wall_ms: crate::support::START,
            offset_minutes: 480,
            mono_ns: 1,
            free_bytes: None,
            pending_events: 3,
            pending_blobs: 2,
            pending_bytes: 1000,
        };
        let answer = self.post(world, "hello", minicbor::to_vec(&request).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", String::from_utf8_lossy(&answer.body));
        minicbor::decode(&answer.body).unwrap()
    }

    pub async fn pull_page(&self, world: &World, scope: ScopeId, after: u64, limit: u32) -> Answer {
        let request = PullRequest { epoch: 1, scopes: vec![ScopeCursor { scope, after }], limit };
        self.post(world, "pull", minicbor::to_vec(&request).unwrap()).await
    }

    /// All pages of a scope.
    pub async fn pull(&self, world: &World, scope: ScopeId, limit: u32) -> Vec<PullResponse> {
        let (mut after, mut pages) = (0, Vec::new());
        loop {
            let answer = self.pull_page(world, scope, after, limit).await;
            assert_eq!(answer.status, StatusCode::OK, "{:?}", problem_words(&answer));
            let page: PullResponse = minicbor::decode(&answer.body).unwrap();
            let (next, more) = (page.pages[0].next, page.pages[0].more);
            assert!(next > after || !more, "a page that says more moves the cursor");
            after = next;
            pages.push(page);
            if !more {
                return pages;
            }
        }
    }

    /// The document of an aggregate as this device folds it.
    pub fn fold(&self, root: impl Into<RootId>) -> Option<Aggregate> {
        let root = root.into();
        let events: Vec<Event> = self.events.iter().filter(|event| event.header.root == root).cloned().collect();
        Aggregate::refold(&events)
    }
}

fn problem_words(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

/// A checklist with ten plain items `item_0` … `item_9`, published.
pub async fn checklist(world: &World) -> ChecklistRef {
    use davy_core::checklist::{Library, load_yaml, publish};
    let mut yaml = String::from(
        "schema: 1\nid: plain\nversion: 1.0.0\nindustry: coal-mines\ntitle: { zh: 检查表, en: Checklist }\nsummary: { zh: 简, en: Short }\n\
         sections:\n  - id: only\n    title: { zh: 全部, en: All }\n    items:\n",
    );
    for n in 0..10 {
        yaml.push_str(&format!("      - id: item_{n}\n        text: {{ zh: 第{n}项, en: Item {n} }}\n"));
    }
    let checklist = load_yaml("plain.yaml", &yaml).unwrap();
    world.admin.publish_checklist(world.org, publish(checklist, &Library::default()).unwrap()).await.unwrap()
}
