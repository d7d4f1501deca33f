//! The server's log as an auditor reads it: every feed from its beginning, every link of every chain.
//!
//! It uses the protocol's decoders and hashes, but none of the code by which a device applies pages: what a store would
//! overlook is found here.

use crate::World;
use crate::world::enrolled;
use davy_core::event::Header;
use davy_core::id::{EventId, Hash32, OrgId, ScopeId, StreamId};
use davy_core::time::Millis;
use davy_protocol::accept::Class;
use davy_protocol::event::{decode_header, event_id};
use davy_protocol::feed::{ScopeHead, accumulate, accumulator_start};
use davy_protocol::message::{HelloRequest, HelloResponse, PullRequest, ScopeCursor, ScopePage, StreamInfo};
use davy_protocol::{VerifyingKey, enrol, seal};
use davy_store::{Secrets, Store};
use davy_sync::remote::{Prover, Token};
use davy_sync::{HttpConfig, HttpRemote, Remote};
use std::collections::{BTreeMap, BTreeSet};

/// An event of the log.
struct Entry {
    eid: EventId,
    header: Header,
    gseq: u64,
    class: Option<Class>,
}

/// A sound log: each event once, every chain whole.
pub struct History {
    streams: BTreeMap<StreamId, Vec<Entry>>,
    remote: HttpRemote,
    token: Token,
}

impl History {
    /// Reads all that an inspector may read, and checks it.
    pub async fn of(world: &World) -> Self {
        let secrets = Secrets::generate();
        let code = world.code(world.inspectors[0]).await;
        let enrolment = enrolled(&world.url(), code, "auditor", &secrets).await.enrolment.clone();
        let server_key = VerifyingKey::from_bytes(&enrolment.server_key).unwrap();
        let remote = HttpRemote::new(&world.url(), enrolment.org, &HttpConfig::default()).unwrap();
        let prover = Prover { stream: enrolment.stream, key: secrets.signing.clone() };
        let (token, hello) = greet(&remote, &prover).await;
        let mut reader = Reader { org: enrolment.org, server_key, entries: Vec::new(), streams: BTreeMap::new() };
        for end in hello.scopes {
            let (mut after, mut acc) = (0, accumulator_start(enrolment.org, end.scope));
            while after < end.pos {
                let cursor = ScopeCursor { scope: end.scope, after };
                let answer = remote.pull(&token, &PullRequest { epoch: hello.epoch, scopes: vec![cursor], limit: 100 }).await.unwrap();
                reader.streams.extend(answer.streams.into_iter().map(|info| (info.stream, info)));
                let [page] = answer.pages.as_slice() else { panic!("one page was asked for") };
                (after, acc) = reader.page(page, cursor, acc, answer.epoch);
            }
            assert_eq!((after, acc), (end.pos, end.acc), "the feed of {} ends where hello said", end.scope);
        }
        History { streams: reader.finish(), remote, token }
    }

    /// Ids of a device's events, in the order of its chain.
    #[must_use]
    pub fn of_stream(&self, stream: StreamId) -> Vec<EventId> {
        self.streams.get(&stream).into_iter().flatten().map(|entry| entry.eid).collect()
    }

    /// Every event there is.
    #[must_use]
    pub fn events(&self) -> BTreeSet<EventId> {
        self.streams.values().flatten().map(|entry| entry.eid).collect()
    }

    /// Of a device's events, those kept from readers.
    #[must_use]
    pub fn held(&self, stream: StreamId) -> usize {
        self.streams.get(&stream).into_iter().flatten().filter(|entry| entry.class == Some(Class::Held)).count()
    }

    /// The server has everything of this device: its chain up to the newest event, and byte for byte each photograph for which
    /// the device holds a receipt. The chain is hash-linked: equal heads are equal histories.
    pub async fn assert_has_all_of(&self, store: &Store) {
        let chain = store.stream_heads().unwrap().chain;
        let here = self.of_stream(chain.stream);
        assert_eq!(here.len() as u64, chain.seq, "as many events as the device wrote");
        assert_eq!(here.last().copied().unwrap_or(EventId(chain.head.0)), EventId(chain.head.0), "the device's newest event");
        let readable = self.streams.get(&chain.stream).into_iter().flatten().filter(|entry| entry.class == Some(Class::Ok));
        for blob in readable.flat_map(|entry| &entry.header.blobs) {
            if store.blob_receipt(blob.sha256).unwrap().is_some() {
                let there = self.remote.get_blob(&self.token, blob.sha256, blob.size).await.unwrap();
                assert!(store.read_blob(blob.sha256).unwrap() == Some(there), "{} is not what was taken", blob.sha256);
            }
        }
    }
}

struct Reader {
    org: OrgId,
    server_key: VerifyingKey,
    entries: Vec<Entry>,
    streams: BTreeMap<StreamId, StreamInfo>,
}

impl Reader {
    /// Takes a page over. Returns position and accumulator after it.
    fn page(&mut self, page: &ScopePage, cursor: ScopeCursor, mut acc: Hash32, epoch: u64) -> (u64, Hash32) {
        assert_eq!((page.scope, page.after), (cursor.scope, cursor.after));
        let mut pos = page.after;
        for run in &page.runs {
            assert_eq!(run.events.len(), run.records.len());
            let key = VerifyingKey::from_bytes(&self.streams[&run.stream].key).unwrap();
            let sealed = seal::verify(&run.seal, &key, self.org).unwrap();
            for (raw, record) in run.events.iter().zip(&run.records) {
                let header = decode_header(&raw.header).unwrap();
                assert_eq!((header.stream, header.scope), (run.stream, page.scope));
                assert!(sealed.stream == run.stream && (sealed.from_seq..=sealed.to_seq).contains(&header.seq), "its device sealed it");
                assert_eq!(event_id(&raw.header), record.eid, "a record is about the event beside it");
                acc = accumulate(acc, record);
                pos += 1;
                self.entries.push(Entry { eid: record.eid, header, gseq: record.gseq, class: Class::from_code(record.class) });
            }
        }
        assert_eq!(pos, page.next, "positions are dense");
        assert!(pos > page.after, "a page before the end is not empty");
        assert_eq!(page.more, page.head.is_none());
        if let Some(signed) = &page.head {
            let head = ScopeHead::verify(signed, &self.server_key, self.org).unwrap();
            assert_eq!(head, ScopeHead { epoch, scope: page.scope, pos, acc }, "the server signs for exactly this feed");
        }
        (pos, acc)
    }

    fn finish(mut self) -> BTreeMap<StreamId, Vec<Entry>> {
        self.entries.sort_by_key(|entry| entry.gseq);
        let places: Vec<u64> = self.entries.iter().map(|entry| entry.gseq).collect();
        let total = self.entries.len();
        assert_eq!(places.iter().collect::<BTreeSet<_>>().len(), total, "a place in the log is taken once");
        assert_eq!(self.entries.iter().map(|entry| entry.eid).collect::<BTreeSet<_>>().len(), total, "an event stands in the log once");
        let mut streams: BTreeMap<StreamId, Vec<Entry>> = BTreeMap::new();
        for entry in self.entries {
            streams.entry(entry.header.stream).or_default().push(entry);
        }
        for (stream, entries) in &streams {
            check_chain(enrol::genesis(&self.streams[stream].record), entries);
        }
        streams
    }
}

/// In the order of the log a stream is dense and linked, in whole and in each scope.
fn check_chain(genesis: Hash32, entries: &[Entry]) {
    let (mut seq, mut prev) = (0, genesis);
    let mut scopes: BTreeMap<ScopeId, (u64, Hash32)> = BTreeMap::new();
    for Entry { eid, header, .. } in entries {
        assert_eq!((header.seq, header.prev), (seq + 1, prev), "the chain of {}", header.stream);
        let scope = scopes.entry(header.scope).or_insert((0, Hash32([0; 32])));
        assert_eq!((header.sseq, header.sprev), (scope.0 + 1, scope.1), "the chain of {} in {}", header.stream, header.scope);
        (seq, prev) = (header.seq, Hash32(eid.0));
        *scope = (header.sseq, prev);
    }
}

/// Says hello as a device that has nothing.
pub async fn greet(remote: &HttpRemote, prover: &Prover) -> (Token, HelloResponse) {
    let (token, _) = remote.token(prover).await.unwrap();
    let request = HelloRequest {
        app_version: "0.1.0".to_owned(),
        head_seq: 0,
        head: Hash32([0; 32]),
        scopes: Vec::new(),
        wall_ms: Millis(crate::world::BEGINNING),
        offset_minutes: 0,
        mono_ns: 0,
        free_bytes: None,
        pending_events: 0,
        pending_blobs: 0,
        pending_bytes: 0,
    };
    let response = remote.hello(&token, &request).await.unwrap();
    (token, response)
}
