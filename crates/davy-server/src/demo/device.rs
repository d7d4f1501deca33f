//! The demo's second device: a key of its own, chains, seals, and the public routes, called without a socket.

use super::DemoError;
use super::picture::Blobs;
use crate::admin::Admin;
use crate::app::App;
use crate::router;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use davy_core::event::{Event, Payload};
use davy_core::fold::Aggregate;
use davy_core::id::{EntityId, EventId, Hash32, OrgId, PersonId, RootId, ScopeId, SessionId, StreamId};
use davy_core::time::{Hlc, Mono, Wall};
use davy_protocol::SigningKey;
use davy_protocol::author::{Chain, Draft, ScopeChain, append};
use davy_protocol::enrol::{EnrolRequest, EnrolResponse, genesis, stream_id};
use davy_protocol::event::RawEvent;
use davy_protocol::message::{Challenge, TokenRequest, TokenResponse, token_bytes};
use davy_protocol::seal::{self, Seal, SealClock, SealReason, SealedScope, scope_tag};
use davy_protocol::segment::{self, Segment};
use ed25519_dalek::Signer;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use uuid::Uuid;

/// A device in memory.
pub struct Device {
    app: Arc<App>,
    router: Router,
    org: OrgId,
    key: SigningKey,
    token: String,
    person: PersonId,
    session: SessionId,
    boot: [u8; 8],
    since: Instant,
    chain: Chain,
    scopes: BTreeMap<ScopeId, ScopeChain>,
    hlc: Hlc,
    last_seal: Hash32,
    unsent: Vec<(Event, RawEvent)>,
    /// Documents of what this device wrote.
    pub aggregates: BTreeMap<RootId, Aggregate>,
    /// All its events by aggregate, for the frontier.
    pub events: BTreeMap<RootId, Vec<Event>>,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

async fn call(router: &Router, method: Method, path: &str, headers: &[(&str, String)], body: Vec<u8>) -> Result<Answer, DemoError> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let request = request.header("content-length", body.len()).body(Body::from(body));
    let mut request = request.map_err(|_| DemoError::Make { what: "a request" })?;
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 0))));
    let Ok(response) = router.clone().oneshot(request).await;
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 16 * 1024 * 1024).await.map_err(|_| DemoError::Make { what: "an answer" })?;
    Ok(Answer { status: parts.status, headers: parts.headers, body: body.to_vec() })
}

impl Answer {
    fn expect(self, step: &'static str, status: StatusCode) -> Result<Self, DemoError> {
        if self.status == status {
            return Ok(self);
        }
        Err(DemoError::Route { step, said: format!("{} {}", self.status, String::from_utf8_lossy(&self.body)) })
    }

    fn decode<T: for<'b> minicbor::Decode<'b, ()>>(&self, step: &'static str) -> Result<T, DemoError> {
        minicbor::decode(&self.body).map_err(|error| DemoError::Route { step, said: error.to_string() })
    }
}

impl Device {
    /// Enrols with a code and gets a token.
    ///
    /// # Errors
    /// A route refuses.
    pub async fn enrol(admin: &Admin, org: OrgId, person: PersonId, name: &str, url: &str) -> Result<Self, DemoError> {
        let app = Arc::clone(admin.app());
        let router = router::build(Arc::clone(&app), CancellationToken::new());
        let code = admin.create_code(org, person, 15, url).await?.code;
        let key = SigningKey::from_bytes(&rand::random());
        let mut request = EnrolRequest {
            code,
            key: key.verifying_key().to_bytes(),
            device_name: name.to_owned(),
            platform: "demo".to_owned(),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            nonce: rand::random(),
            signature: Vec::new(),
        };
        request.sign(&key);
        let encode = |value: &EnrolRequest| minicbor::to_vec(value).unwrap_or_default();
        let answer = call(&router, Method::POST, "/v1/enrol", &[], encode(&request)).await?.expect("enrol", StatusCode::OK)?;
        let enrolled: EnrolResponse = answer.decode("enrol")?;
        let stream = stream_id(&enrolled.record);
        let token = token(&router, org, stream, &key).await?;
        Ok(Self {
            app,
            router,
            org,
            key,
            token,
            person,
            session: SessionId::from_uuid(Uuid::now_v7()),
            boot: rand::random(),
            since: Instant::now(),
            chain: Chain::start(stream, genesis(&enrolled.record)),
            scopes: BTreeMap::new(),
            hlc: Hlc::default(),
            last_seal: Hash32([0; 32]),
            unsent: Vec::new(),
            aggregates: BTreeMap::new(),
            events: BTreeMap::new(),
        })
    }

    fn wall(&self) -> Wall {
        Wall { ms: self.app.clock.now(), offset_minutes: 480, source: 0 }
    }

    fn mono(&self) -> Mono {
        Mono { boot: self.boot, ns: u64::try_from(self.since.elapsed().as_nanos()).unwrap_or(u64::MAX) }
    }

    /// Writes one event and uploads nothing yet.
    ///
    /// # Errors
    /// The event cannot be encoded.
    pub fn write(&mut self, scope: ScopeId, ent: EntityId, root: RootId, payload: Payload, blobs: &Blobs) -> Result<(), DemoError> {
        let wall = self.wall();
        self.hlc = self.hlc.tick(wall.ms);
        let draft = Draft {
            scope,
            ent,
            root,
            deps: self.aggregates.get(&root).map(Aggregate::heads).unwrap_or_default(),
            payload,
            blobs: blobs.iter().map(|(blob, _)| blob.clone()).collect(),
            actor: self.person,
            session: self.session,
            hlc: self.hlc,
            wall,
            mono: self.mono(),
            anchor: None,
            salt: rand::random(),
        };
        let scope_chain = self.scopes.entry(scope).or_default();
        let (event, raw) = append(&mut self.chain, scope_chain, draft).map_err(|_| DemoError::Make { what: "an event" })?;
        match self.aggregates.get_mut(&root) {
            Some(aggregate) => {
                aggregate.apply(&event);
            }
            None => {
                let created = Aggregate::create(&event).ok_or(DemoError::Make { what: "a record" })?;
                self.aggregates.insert(root, created);
            }
        }
        self.events.entry(root).or_default().push(event.clone());
        self.unsent.push((event, raw));
        Ok(())
    }

    /// Seals what is unsent and pushes it.
    ///
    /// # Errors
    /// The route refuses.
    pub async fn push(&mut self) -> Result<(), DemoError> {
        let mut segments = Vec::new();
        let unsent = std::mem::take(&mut self.unsent);
        for run in unsent.chunks(segment::MAX_EVENTS) {
            segments.push(self.seal(run));
        }
        let body = segment::encode_push(&segments);
        let path = format!("/v1/orgs/{}/push", self.org);
        let headers = [("authorization", format!("Bearer {}", self.token))];
        call(&self.router, Method::POST, &path, &headers, body).await?.expect("push", StatusCode::OK)?;
        Ok(())
    }

    fn seal(&mut self, run: &[(Event, RawEvent)]) -> Vec<u8> {
        let stream = self.chain.stream;
        let mut heads: BTreeMap<ScopeId, (u64, EventId)> = BTreeMap::new();
        for (event, _) in run {
            heads.insert(event.header.scope, (event.header.sseq, event.eid));
        }
        let mut scopes: Vec<SealedScope> =
            heads.into_iter().map(|(scope, (sseq, eid))| SealedScope { tag: scope_tag(stream, scope), sseq, eid }).collect();
        scopes.sort_unstable();
        let ends = run.first().zip(run.last());
        let (from_seq, to_seq, to_eid) =
            ends.map_or((0, 0, EventId([0; 32])), |((first, _), (last, _))| (first.header.seq, last.header.seq, last.eid));
        let content = Seal {
            version: 1,
            stream,
            from_seq,
            to_seq,
            to_eid,
            scopes,
            prev_seal: self.last_seal,
            clock: SealClock::new(self.wall(), self.mono()),
            anchor: None,
            reason: SealReason::Push,
            actor: None,
        };
        let seal = seal::sign(&self.key, self.org, &content);
        self.last_seal = seal::seal_hash(&seal);
        segment::encode(&Segment { events: run.iter().map(|(_, raw)| raw.clone()).collect(), seal })
    }

    /// Uploads blobs, each in one request with its announcement.
    ///
    /// # Errors
    /// The route refuses or answers without a receipt.
    pub async fn upload(&self, blobs: &Blobs) -> Result<(), DemoError> {
        for (blob, bytes) in blobs {
            let headers = [
                ("authorization", format!("Bearer {}", self.token)),
                ("tus-resumable", "1.0.0".to_owned()),
                ("content-type", "application/offset+octet-stream".to_owned()),
                ("upload-length", blob.size.to_string()),
                ("upload-metadata", format!("sha256 {}", STANDARD.encode(blob.sha256.to_string()))),
            ];
            let path = format!("/v1/orgs/{}/uploads", self.org);
            let answer = call(&self.router, Method::POST, &path, &headers, bytes.clone()).await?;
            // 200: another record named the same photograph before.
            if !answer.status.is_success() || !answer.headers.contains_key("davy-receipt") {
                return Err(DemoError::Route {
                    step: "upload",
                    said: format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body)),
                });
            }
        }
        Ok(())
    }
}

async fn token(router: &Router, org: OrgId, stream: StreamId, key: &SigningKey) -> Result<String, DemoError> {
    let path = |call: &str| format!("/v1/orgs/{org}/{call}");
    let answer = call(router, Method::POST, &path("challenge"), &[], Vec::new()).await?.expect("challenge", StatusCode::OK)?;
    let challenge: Challenge = answer.decode("challenge")?;
    let signature = key.sign(&token_bytes(stream, &challenge.nonce)).to_bytes().to_vec();
    let request = TokenRequest { stream, nonce: challenge.nonce, signature };
    let body = minicbor::to_vec(&request).unwrap_or_default();
    let answer = call(router, Method::POST, &path("token"), &[], body).await?.expect("token", StatusCode::OK)?;
    Ok(answer.decode::<TokenResponse>("token")?.token)
}
