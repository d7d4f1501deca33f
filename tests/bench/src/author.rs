//! A device without its database: chains, seals and remembers where it stands, so that making thousands of
//! inspections does not take longer than measuring what becomes of them.

use crate::content::Made;
use anyhow::Result;
use davy_core::event::{Event, InspectionSubmitted};
use davy_core::fold::frontier::frontier_of;
use davy_core::id::{EventId, Hash32, OrgId, PersonId, RootId, ScopeId, SessionId, StreamId};
use davy_core::time::Hlc;
use davy_protocol::author::{Draft, append};
use davy_protocol::seal::{Seal, SealClock, SealReason, SealedScope, VERSION, scope_tag, seal_hash, sign};
use davy_protocol::{Chain, RawEvent, ScopeChain, Segment, SigningKey};
use davy_store::clock::Clock;
use davy_store::{NewEvent, SystemClock};
use std::collections::{BTreeMap, HashMap};

/// Where a stream stands, with the key that signs for it.
pub struct Author {
    /// Organisation.
    pub org: OrgId,
    /// Whose device it is.
    pub person: PersonId,
    key: SigningKey,
    chain: Chain,
    scopes: HashMap<ScopeId, ScopeChain>,
    last_seal: Hash32,
    sealed: u64,
    session: SessionId,
    hlc: Hlc,
}

impl Author {
    /// At the start of a stream.
    #[must_use]
    pub fn new(org: OrgId, person: PersonId, key: SigningKey, stream: StreamId, genesis: Hash32) -> Self {
        Self {
            org,
            person,
            key,
            chain: Chain::start(stream, genesis),
            scopes: HashMap::new(),
            last_seal: Hash32([0; 32]),
            sealed: 0,
            session: SessionId(rand::random()),
            hlc: Hlc::default(),
        }
    }

    /// Last seq.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        self.chain.seq
    }

    /// Records what happened; each event follows the one before in its record.
    ///
    /// # Errors
    /// An event that cannot be authored.
    pub fn record(&mut self, events: Vec<NewEvent>, last: &mut HashMap<RootId, EventId>) -> Result<Vec<(Event, RawEvent)>> {
        let clock = SystemClock;
        let (wall, mono) = (clock.wall(), clock.mono());
        let mut recorded = Vec::with_capacity(events.len());
        for new in events {
            self.hlc = self.hlc.tick(wall.ms);
            let draft = Draft {
                scope: new.scope,
                ent: new.ent,
                root: new.root,
                deps: last.get(&new.root).copied().into_iter().collect(),
                payload: new.payload,
                blobs: new.blobs,
                actor: self.person,
                session: self.session,
                hlc: self.hlc,
                wall,
                mono,
                anchor: None,
                salt: rand::random(),
            };
            let done = append(&mut self.chain, self.scopes.entry(new.scope).or_default(), draft)?;
            last.insert(new.root, done.0.eid);
            recorded.push(done);
        }
        Ok(recorded)
    }

    /// Records an inspection and submits it with the frontier over all its events.
    ///
    /// # Errors
    /// An event that cannot be authored.
    pub fn submit(&mut self, made: Made) -> Result<Vec<RawEvent>> {
        let mut last = HashMap::new();
        let root: RootId = made.inspection.into();
        let Some(scope) = made.events.first().map(|event| event.scope) else { return Ok(Vec::new()) };
        let (mut events, mut raw) = (BTreeMap::<RootId, Vec<Event>>::new(), Vec::new());
        for (event, bytes) in self.record(made.events, &mut last)? {
            events.entry(event.header.root).or_default().push(event);
            raw.push(bytes);
        }
        let frontier = frontier_of(&events.into_iter().collect::<Vec<_>>());
        let payload = InspectionSubmitted { frontier, remark: None }.into();
        let submitted = NewEvent { scope, ent: root.into(), root, payload, blobs: Vec::new() };
        raw.extend(self.record(vec![submitted], &mut last)?.into_iter().map(|(_, bytes)| bytes));
        Ok(raw)
    }

    /// Seals everything since the last seal, all of it in one scope, as the encoded segment.
    #[must_use]
    pub fn seal(&mut self, scope: ScopeId, events: Vec<RawEvent>) -> Vec<u8> {
        let clock = SystemClock;
        let head = self.scopes.get(&scope).copied().unwrap_or_default();
        let stream = self.chain.stream;
        let seal = Seal {
            version: VERSION,
            stream,
            from_seq: self.sealed + 1,
            to_seq: self.chain.seq,
            to_eid: EventId(self.chain.head.0),
            scopes: vec![SealedScope { tag: scope_tag(stream, scope), sseq: head.sseq, eid: EventId(head.head.0) }],
            prev_seal: self.last_seal,
            clock: SealClock::new(clock.wall(), clock.mono()),
            anchor: None,
            reason: SealReason::SignOff,
            actor: Some(self.person),
        };
        let raw = sign(&self.key, self.org, &seal);
        self.last_seal = seal_hash(&raw);
        self.sealed = self.chain.seq;
        davy_protocol::segment::encode(&Segment { events, seal: raw })
    }
}
