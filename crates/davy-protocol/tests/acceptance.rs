//! What a server makes of a segment: one test a row of the table in `docs/sync.md` §4.
#![allow(clippy::type_complexity, reason = "a table of cases is read as a table")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, its helpers too")]

mod common;

use common::*;
use davy_core::event::{Header, Payload, RegionSet};
use davy_core::id::{EventId, Hash32, OrgId, RootId, ScopeId};
use davy_core::time::Millis;
use davy_protocol::accept::{
    Acceptance, Accepted, Bad, BadReason, CLOCK_BOUND_MS, Class, Standing, StreamLookup, StreamState, accept, check_segment, flag,
};
use davy_protocol::author::{Chain, ScopeChain};
use davy_protocol::event::{decode_header, event_id};
use davy_protocol::seal::{self, Seal};
use davy_protocol::{RawEvent, Segment, SigningKey};
use std::collections::{BTreeMap, BTreeSet};

/// What a server knows of one stream.
struct Server {
    state: StreamState,
    known: BTreeMap<u64, EventId>,
    scopes: BTreeMap<ScopeId, ScopeChain>,
    granted: BTreeSet<ScopeId>,
    now: Millis,
}

impl StreamLookup for Server {
    fn scope_chain(&self, scope: ScopeId) -> ScopeChain {
        self.scopes.get(&scope).copied().unwrap_or_default()
    }
    fn event_at(&self, seq: u64) -> Option<EventId> {
        self.known.get(&seq).copied()
    }
    fn is_granted(&self, scope: ScopeId) -> bool {
        self.granted.contains(&scope)
    }
}

impl Server {
    fn new(device: &Device) -> Self {
        Self {
            state: StreamState { chain: device.chain, last_seal: Hash32([0; 32]), standing: Standing::Active, is_server: false },
            known: BTreeMap::new(),
            scopes: BTreeMap::new(),
            granted: BTreeSet::from([SITE, OTHER_SITE]),
            now: START.plus(3_600_000),
        }
    }

    fn offer(&self, segment: &Segment) -> Acceptance {
        let checked = check_segment(segment, &device_public(), ORG).unwrap();
        accept(&self.state, &checked, self, self.now)
    }

    /// Offers and stores what is accepted.
    fn take(&mut self, segment: &Segment) -> Accepted {
        let Acceptance::Ok(accepted) = self.offer(segment) else { panic!("not accepted") };
        for raw in &segment.events[accepted.first..] {
            self.known.insert(decode_header(&raw.header).unwrap().seq, raw.eid());
        }
        self.scopes.extend(accepted.scopes.clone());
        self.state.chain = accepted.chain;
        self.state.last_seal = accepted.seal;
        accepted
    }

    /// Forgets everything after a seq, as a restore from a backup does.
    fn restore(&mut self, seq: u64, device: &Device, segments: &[Segment]) {
        let genesis = Server::new(device).state.chain;
        self.known.retain(|known, _| *known <= seq);
        let head = self.known.get(&seq).map_or(genesis.head, |eid| Hash32(eid.0));
        self.state.chain = Chain { stream: genesis.stream, seq, head };
        self.scopes.clear();
        for raw in segments.iter().flat_map(|segment| &segment.events) {
            let header = decode_header(&raw.header).unwrap();
            if header.seq <= seq {
                self.scopes.insert(header.scope, ScopeChain { sseq: header.sseq, head: Hash32(raw.eid().0) });
            }
        }
    }
}

fn start() -> (Device, Server) {
    let device = Device::new();
    let server = Server::new(&device);
    (device, server)
}

fn all(class: Class, flags: u32, count: usize) -> Vec<(Class, u32)> {
    vec![(class, flags); count]
}

#[test]
fn a_first_segment_and_its_successor_are_ok() {
    let (mut device, mut server) = start();
    let events = inspection(&mut device);
    let first = device.seal(events);
    let accepted = server.take(&first);
    assert_eq!((accepted.first, accepted.classes), (0, all(Class::Ok, 0, 5)));
    assert_eq!(accepted.scopes.len(), 2);
    let events = device.answers(SITE, 3);
    let accepted = server.take(&device.clone().seal(events));
    assert_eq!(accepted.chain, device.chain);
    assert_eq!(accepted.scopes[&SITE], device.scopes[&SITE]);
}

#[test]
fn a_repeated_segment_is_a_duplicate_wherever_the_head_is() {
    let (mut device, mut server) = start();
    let segments: Vec<Segment> = (0..3)
        .map(|_| {
            let events = device.answers(SITE, 4);
            device.seal(events)
        })
        .collect();
    for segment in &segments {
        server.take(segment);
    }
    for (nth, segment) in segments.iter().enumerate() {
        assert!(matches!(server.offer(segment), Acceptance::Dup), "segment {nth}");
    }
    for standing in [Standing::Revoked, Standing::Closed { seq: 7 }] {
        server.state.standing = standing;
        assert!(matches!(server.offer(&segments[0]), Acceptance::Dup), "{standing:?}");
    }
}

#[test]
fn a_segment_with_a_known_beginning_adds_only_the_rest() {
    let (mut device, mut server) = start();
    let events = device.answers(SITE, 4);
    let mut segments = vec![device.seal(events)];
    let events = device.answers(SITE, 6);
    segments.push(device.seal(events));
    for segment in &segments {
        server.take(segment);
    }
    server.restore(7, &Device::new(), &segments);
    let accepted = server.take(&segments[1]);
    assert_eq!((accepted.first, accepted.classes.len()), (3, 3));
    assert_eq!(accepted.chain, device.chain);
}

#[test]
fn a_segment_behind_the_head_is_a_gap() {
    let (mut device, mut server) = start();
    let events = device.answers(SITE, 2);
    let first = device.seal(events);
    let events = device.answers(SITE, 2);
    let second = device.seal(events);
    let Acceptance::Gap { head } = server.offer(&second) else { panic!() };
    assert_eq!(head, server.state.chain);
    server.take(&first);
    server.take(&second);
    server.known.remove(&2);
    server.state.chain = Chain { seq: 4, ..server.state.chain };
    assert!(matches!(server.offer(&first), Acceptance::Gap { .. }), "a known event that cannot be found");
}

#[test]
fn two_events_at_one_place_are_a_fork_at_the_first_of_them() {
    let (mut device, mut server) = start();
    let events = device.answers(SITE, 3);
    let common = device.seal(events);
    server.take(&common);
    let mut copy = device.clone();
    let events = device.answers(SITE, 3);
    server.take(&device.seal(events));
    let mut other: Vec<RawEvent> = copy.answers(OTHER_SITE, 2);
    let Acceptance::Fork { seq, known } = server.offer(&copy.clone().seal(other.clone())) else { panic!() };
    assert_eq!((seq, known), (4, server.known[&4]));
    other.extend(copy.answers(OTHER_SITE, 6));
    assert!(matches!(server.offer(&copy.seal(other)), Acceptance::Fork { seq: 4, .. }), "longer than what is known");
}

#[test]
fn a_copy_that_continues_from_another_head_is_a_fork_and_not_refused_for_ever() {
    let (mut device, mut server) = start();
    let mut copy = device.clone();
    let events = device.answers(SITE, 2);
    server.take(&device.seal(events));
    let events = copy.answers(OTHER_SITE, 2);
    copy.seal(events);
    let events = copy.answers(OTHER_SITE, 1);
    let Acceptance::Fork { seq, known } = server.offer(&copy.seal(events)) else { panic!() };
    assert_eq!((seq, known), (2, server.known[&2]));
}

#[test]
fn a_closed_stream_takes_nothing_new() {
    let (mut device, mut server) = start();
    let events = device.answers(SITE, 2);
    server.take(&device.seal(events));
    server.state.standing = Standing::Closed { seq: 2 };
    let events = device.answers(SITE, 1);
    assert!(matches!(server.offer(&device.seal(events)), Acceptance::Fork { seq: 2, .. }));
    let events = device.answers(SITE, 1);
    assert!(matches!(server.offer(&device.seal(events)), Acceptance::Fork { seq: 2, .. }), "behind a gap too");
}

#[test]
fn an_unknown_type_is_opaque_and_kept() {
    let (mut device, mut server) = start();
    let mut events = device.answers(SITE, 1);
    events.push(device.record_bent(device.draft(SITE, INSPECTION, answer(1)), |header| header.kind = "answer.invented".to_owned()));
    events.push(device.record_bent(device.draft(SITE, INSPECTION, answer(2)), |header| header.tv = 9));
    let accepted = server.take(&device.seal(events));
    assert_eq!(accepted.classes, [(Class::Ok, 0), (Class::Opaque, 0), (Class::Opaque, 0)]);
}

#[test]
fn work_without_permission_is_held_and_says_why() {
    let office = || Payload::from(RegionSet { name: "晋北".to_owned(), parent: None });
    let rows: [(&str, &dyn Fn(&mut Server), &dyn Fn() -> Payload, Class, u32); 7] = [
        ("nothing", &|_| {}, &started, Class::Ok, 0),
        ("revoked", &|server| server.state.standing = Standing::Revoked, &started, Class::Held, flag::REVOKED),
        ("no grant", &|server| server.granted.clear(), &started, Class::Held, flag::NOT_GRANTED),
        ("office only", &|_| {}, &office, Class::Held, flag::OFFICE_ONLY),
        ("the server itself", &|server| server.state.is_server = true, &office, Class::Ok, 0),
        ("clock just in bounds", &|server| server.now = START.plus(-CLOCK_BOUND_MS), &started, Class::Ok, 0),
        ("clock out of bounds", &|server| server.now = START.plus(-CLOCK_BOUND_MS - 1), &started, Class::Held, flag::CLOCK),
    ];
    for (name, arrange, payload, class, flags) in rows {
        let (mut device, mut server) = start();
        arrange(&mut server);
        let event = device.record(device.draft(SITE, INSPECTION, payload()));
        assert_eq!(server.take(&device.seal(vec![event])).classes, [(class, flags)], "{name}");
    }
    let (mut device, mut server) = start();
    server.granted = BTreeSet::from([OTHER_SITE]);
    let events = inspection(&mut device);
    let held = (Class::Held, flag::NOT_GRANTED);
    assert_eq!(server.take(&device.seal(events)).classes, [held, held, held, held, (Class::Ok, 0)], "scope by scope");
}

/// Bends a sound segment of five events in two scopes and expects the refusal.
fn refused(bend: impl FnOnce(&mut Device, &mut Vec<RawEvent>) -> Option<Segment>) -> Bad {
    let mut device = Device::new();
    let mut events = inspection(&mut device);
    let segment = bend(&mut device, &mut events).unwrap_or_else(|| device.seal(events));
    check_segment(&segment, &device_public(), ORG).unwrap_err()
}

#[test]
fn a_segment_whose_events_do_not_hang_together_is_bad_with_its_index() {
    let bad = refused(|_, events| {
        events[2].body = None;
        None
    });
    assert!(matches!((bad.index, bad.reason), (2, BadReason::NoBody)));
    let bad = refused(|_, events| {
        let body = events[1].body.clone();
        events[2].body = body;
        None
    });
    assert!(matches!((bad.index, bad.reason), (2, BadReason::Event(_))), "another event's body");
    let bad = refused(|_, events| {
        events.remove(2);
        None
    });
    assert!(matches!((bad.index, bad.reason), (2, BadReason::Seq)), "one left out");
    let bad = refused(|device, _| {
        let content = device.seal_content(&[device.clone().answers(SITE, 1).remove(0)]);
        Some(Segment { events: Vec::new(), seal: seal::sign(&device_key(), ORG, &content) })
    });
    assert!(matches!((bad.index, bad.reason), (0, BadReason::Empty)));
    let bends: [(&str, &str, fn(&mut Header)); 7] = [
        ("prev", "prev", |header| header.prev.0[0] ^= 1),
        ("seq", "seq", |header| header.seq += 1),
        ("stream", "another stream", |header| header.stream.0[0] ^= 1),
        ("sprev", "sprev", |header| header.sprev.0[0] ^= 1),
        ("sseq", "sseq", |header| header.sseq -= 1),
        ("sseq 1 with a sprev", "sseq", |header| (header.scope, header.sseq) = (ScopeId([9; 16]), 1)),
        ("no sprev at sseq 5", "sseq", |header| (header.scope, header.sprev) = (ScopeId([9; 16]), Hash32([0; 32]))),
    ];
    for (name, expected, bend) in bends {
        let bad = refused(|device, events| {
            events.truncate(4);
            device.chain.seq = 4;
            device.chain.head = Hash32(events[3].eid().0);
            events.push(device.record_bent(device.draft(SITE, RootId([0xc4; 16]), answer(0)), bend));
            None
        });
        assert_eq!(bad.index, 4, "{name}: {bad}");
        assert!(bad.to_string().contains(expected), "{name}: {bad}");
    }
}

#[test]
fn a_segment_whose_seal_does_not_describe_it_is_bad_at_its_end() {
    let signed = |key: SigningKey, org: OrgId, bend: &dyn Fn(&mut Seal)| {
        refused(|device, events| {
            let mut content = device.seal_content(events);
            bend(&mut content);
            Some(Segment { events: events.clone(), seal: seal::sign(&key, org, &content) })
        })
    };
    let bends: [(&str, &dyn Fn(&mut Seal)); 8] = [
        ("stream", &|seal| seal.stream.0[0] ^= 1),
        ("from", &|seal| seal.from_seq = 2),
        ("to", &|seal| seal.to_seq = 6),
        ("to eid", &|seal| seal.to_eid.0[0] ^= 1),
        ("a scope too few", &|seal| seal.scopes.truncate(1)),
        ("a scope's sseq", &|seal| seal.scopes[0].sseq += 1),
        ("a scope's eid", &|seal| seal.scopes[0].eid.0[0] ^= 1),
        ("a scope's tag", &|seal| seal.scopes[0].tag.0[0] ^= 1),
    ];
    for (name, bend) in bends {
        let bad = signed(device_key(), ORG, bend);
        assert!(matches!((bad.index, &bad.reason), (5, BadReason::SealContent)), "{name}: {bad}");
    }
    for (name, key, org) in [("another key", server_key(), ORG), ("another organisation", device_key(), OrgId([1; 16]))] {
        let bad = signed(key, org, &|_| {});
        assert!(matches!((bad.index, &bad.reason), (5, BadReason::Seal(_))), "{name}: {bad}");
    }
}

#[test]
fn a_segment_that_does_not_fit_the_stream_is_bad() {
    let (mut device, mut server) = start();
    let mut skipping = device.clone();
    let events = device.answers(SITE, 2);
    server.take(&device.seal(events));

    device.last_seal = Hash32([9; 32]);
    let events = device.clone().answers(SITE, 1);
    let Acceptance::Bad(bad) = server.offer(&device.seal(events)) else { panic!() };
    assert!(matches!((bad.index, bad.reason), (1, BadReason::SealChain)), "another seal before");

    let fresh = Server::new(&skipping);
    skipping.chain.head = Hash32([9; 32]);
    let events = skipping.answers(SITE, 1);
    let Acceptance::Bad(bad) = fresh.offer(&skipping.seal(events)) else { panic!() };
    assert!(matches!((bad.index, bad.reason), (0, BadReason::Prev)), "another enrolment record");

    let (mut device, server) = start();
    device.scopes.insert(SITE, ScopeChain { sseq: 3, head: Hash32(event_id(b"gone").0) });
    device.chain.seq = 0;
    let other = device.record(device.draft(OTHER_SITE, INSPECTION, answer(0)));
    let segment = device.seal(vec![other]);
    let mut stranger = server.state;
    stranger.chain.stream.0[0] ^= 1;
    let checked = check_segment(&segment, &device_public(), ORG).unwrap();
    let outcome = accept(&stranger, &checked, &server, START);
    assert!(matches!(outcome, Acceptance::Bad(Bad { index: 0, reason: BadReason::OtherStream })), "another stream");
}

#[test]
fn an_event_left_out_of_a_scope_is_bad_although_the_stream_is_dense() {
    let (mut device, mut server) = start();
    let events = device.answers(SITE, 4);
    server.take(&device.seal(events));
    let event = device.record_bent(device.draft(SITE, INSPECTION, answer(4)), |header| {
        (header.sseq, header.sprev) = (4, Hash32([7; 32]));
    });
    let Acceptance::Bad(bad) = server.offer(&device.seal(vec![event])) else { panic!() };
    assert!(matches!((bad.index, bad.reason), (0, BadReason::ScopeChain)));
}
