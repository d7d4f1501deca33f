//! Laws of the bytes: what is written is read again, what is altered is noticed, what is rubbish is an error.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, its helpers too")]

mod common;

use common::*;
use davy_core::event::{
    AnswerSet, AnswerValue, BlobRef, BlobRole, EvidenceAnnotated, Header, ItemKey, Mark, NoteSet, Payload, Position, Spot, Verdict,
};
use davy_core::id::{AnchorId, BlobId, EntityId, EventId, Hash32, InstanceId, PersonId, RootId, ScopeId, SessionId, StreamId};
use davy_core::time::{Hlc, Millis, Mono, Wall};
use davy_protocol::accept::check_bytes;
use davy_protocol::cbor::{self, Limits};
use davy_protocol::enrol::{EnrolRequest, EnrolmentCode, EnrolmentRecord, parse_link};
use davy_protocol::event::{decode_body, decode_event, decode_header, encode_body, encode_header, event_id};
use davy_protocol::feed::{AcceptanceRecord, Path};
use davy_protocol::message::{FeedRun, HelloRequest, Problem, PullResponse, ScopePage};
use davy_protocol::receipt::Receipt;
use davy_protocol::{seal, segment};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

fn hash() -> impl Strategy<Value = [u8; 32]> {
    any::<[u8; 32]>()
}

prop_compose! {
    fn blob()(sha256 in hash(), size: u64, media_type in "[a-z]{1,8}/[a-z]{0,60}", role: u8) -> BlobRef {
        BlobRef { sha256: BlobId(sha256), size, media_type, role: BlobRole::from_code(role) }
    }
}

prop_compose! {
    fn chained()(stream: [u8; 16], scope: [u8; 16], prev in hash(), sprev in hash(), bh in hash(), a in 1..=u64::MAX, b in 1..=u64::MAX)
        -> (StreamId, ScopeId, [Hash32; 3], u64, u64) {
        (StreamId(stream), ScopeId(scope), [Hash32(prev), Hash32(sprev), Hash32(bh)], a.max(b), a.min(b))
    }
}

prop_compose! {
    fn clocks()(ms: i64, counter: u32, wall: i64, offset_minutes: i16, source: u8, boot: [u8; 8], ns: u64, anchor: Option<[u8; 16]>)
        -> (Hlc, Wall, Mono, Option<AnchorId>) {
        let wall = Wall { ms: Millis(wall), offset_minutes, source };
        (Hlc { ms: Millis(ms), counter }, wall, Mono { boot, ns }, anchor.map(AnchorId))
    }
}

prop_compose! {
    fn header()(
        (stream, scope, [prev, sprev, bh], seq, sseq) in chained(),
        (hlc, wall, mono, anchor) in clocks(),
        ids: [[u8; 16]; 4],
        kind in "[a-z.]{1,64}",
        tv: u32,
        deps in btree_set(hash(), 0..=16),
        crit: bool,
        blobs in vec(blob(), 0..=16),
    ) -> Header {
        let deps = deps.into_iter().map(EventId).collect();
        let [actor, session, ent, root] = ids;
        let (actor, session, ent, root) = (PersonId(actor), SessionId(session), EntityId(ent), RootId(root));
        Header { stream, seq, prev, scope, sseq, sprev, hlc, wall, mono, anchor, actor, session, kind, tv, ent, root, deps, crit, bh, blobs }
    }
}

fn value() -> impl Strategy<Value = AnswerValue> {
    prop_oneof![
        prop_oneof![Just(Verdict::Pass), Just(Verdict::Fail), Just(Verdict::NotApplicable), Just(Verdict::NotChecked)]
            .prop_map(AnswerValue::Verdict),
        "\\PC{0,40}".prop_map(AnswerValue::Text),
        vec("[a-z]{1,8}", 0..5).prop_map(AnswerValue::Choices),
        any::<i64>().prop_map(|ms| AnswerValue::DateTime(Millis(ms))),
        (any::<i32>(), any::<i32>(), any::<Option<u32>>()).prop_map(|(lat_e7, lon_e7, accuracy_dm)| AnswerValue::Location(Position {
            lat_e7,
            lon_e7,
            accuracy_dm,
            at: None
        })),
    ]
}

fn mark() -> impl Strategy<Value = Mark> {
    let spot = || (0..=Spot::END, 0..=Spot::END).prop_map(|(x, y)| Spot { x, y });
    prop_oneof![
        (spot(), spot()).prop_map(|(from, to)| Mark::Arrow { from, to }),
        (spot(), spot()).prop_map(|(from, to)| Mark::Frame { from, to }),
        (spot(), "\\PC{1,60}").prop_map(|(at, text)| Mark::Text { at, text }),
    ]
}

fn payload() -> impl Strategy<Value = Payload> {
    let key = ("[a-z_]{1,20}", any::<Option<[u8; 16]>>()).prop_map(|(item, id)| ItemKey { item, instance: id.map(InstanceId) });
    prop_oneof![
        (key.clone(), proptest::option::of(value())).prop_map(|(key, value)| AnswerSet { key, value }.into()),
        (key, "\\PC{0,200}").prop_map(|(key, text)| NoteSet { key, text }.into()),
        (any::<[u8; 16]>(), vec(mark(), 0..30))
            .prop_map(|(evidence, marks)| EvidenceAnnotated { evidence: EntityId(evidence), marks }.into()),
    ]
}

proptest! {
    #[test]
    fn a_header_is_read_as_it_was_written_and_written_as_it_was_read(header in header()) {
        let bytes = encode_header(&header);
        prop_assert_eq!(cbor::check(&bytes, cbor::HEADER), Ok(()));
        let read = decode_header(&bytes).unwrap();
        prop_assert_eq!(&read, &header);
        prop_assert_eq!(encode_header(&read), bytes);
    }

    #[test]
    fn a_body_is_read_as_it_was_written(salt: [u8; 16], payload in payload()) {
        let bytes = encode_body(&salt, &payload).unwrap();
        prop_assert_eq!(cbor::check(&bytes, cbor::BODY), Ok(()));
        let (kind, tv, _) = payload.tag().unwrap();
        prop_assert_eq!(decode_body(kind, tv, &bytes).unwrap(), payload);
    }

    #[test]
    fn a_changed_header_is_another_event_or_none(header in header(), at: prop::sample::Index, bit in 0..8_u8) {
        let bytes = encode_header(&header);
        let mut changed = bytes.clone();
        changed[at.index(bytes.len())] ^= 1 << bit;
        prop_assert_ne!(event_id(&changed), event_id(&bytes));
        if let Ok(read) = decode_header(&changed) {
            prop_assert_eq!(encode_header(&read), changed, "one form only");
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..700), text in "\\PC{0,60}") {
        let _ = cbor::check(&bytes, Limits { bytes: 512, depth: 4 });
        let _ = decode_header(&bytes);
        let _ = decode_body("answer.set", 1, &bytes);
        let _ = decode_body("x", 1, &bytes);
        let _ = check_bytes(&bytes, segment::Limits::default(), &device_public(), ORG);
        let _ = segment::decode_push(&bytes);
        let _ = seal::verify(&bytes, &device_public(), ORG);
        let _ = Receipt::verify(&bytes, &device_public(), ORG);
        let _ = EnrolmentRecord::verify(&bytes, &device_public(), ORG);
        let _ = minicbor::decode::<PullResponse>(&bytes);
        let _ = minicbor::decode::<HelloRequest>(&bytes);
        let _ = minicbor::decode::<EnrolRequest>(&bytes);
        let _ = minicbor::decode::<Problem>(&bytes);
        let _ = EnrolmentCode::parse(&text);
        let _ = parse_link(&text);
        let _ = parse_link(&format!("davy://enrol?server={text}&code={text}"));
    }

    #[test]
    fn cut_or_spliced_segments_never_panic_and_never_pass(from: prop::sample::Index, to: prop::sample::Index, with in vec(any::<u8>(), 0..40)) {
        let good = sealed(3);
        let (from, to) = (from.index(good.len()), to.index(good.len()));
        let (from, to) = (from.min(to), from.max(to));
        let bad = [&good[..from], &with, &good[to..]].concat();
        prop_assume!(bad != good);
        prop_assert!(check_bytes(&bad, segment::Limits::default(), &device_public(), ORG).is_err());
    }
}

fn sealed(events: usize) -> Vec<u8> {
    let mut device = Device::new();
    let events = device.answers(SITE, events);
    segment::encode(&device.seal(events))
}

#[test]
fn every_flipped_bit_of_a_segment_is_noticed() {
    let good = sealed(2);
    assert!(check_bytes(&good, segment::Limits::default(), &device_public(), ORG).is_ok());
    for bit in 0..good.len() * 8 {
        let mut bad = good.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        assert!(check_bytes(&bad, segment::Limits::default(), &device_public(), ORG).is_err(), "bit {bit}");
    }
}

#[test]
fn a_pull_answer_round_trips_with_withheld_bodies_and_unknown_keys() {
    let mut device = Device::new();
    let mut events = inspection(&mut device);
    let seal = device.seal(events.clone()).seal;
    events[1].body = None;
    let record = |(nth, raw): (u64, &davy_protocol::RawEvent)| AcceptanceRecord {
        gseq: 100 + nth,
        eid: raw.eid(),
        recv_ms: START,
        path: Path::Direct,
        class: 0,
        flags: 0,
    };
    let records = (0..).zip(&events).map(record).collect();
    let run = FeedRun { stream: device.stream(), events, records, seal };
    let page = ScopePage { scope: SITE, after: 0, runs: vec![run], next: 5, more: false, head: Some(vec![1, 2, 3]) };
    let answer = PullResponse { epoch: 1, pages: vec![page], streams: Vec::new() };
    let bytes = minicbor::to_vec(&answer).unwrap();
    assert_eq!(cbor::check(&bytes, cbor::MESSAGE), Ok(()));
    assert_eq!(minicbor::decode::<PullResponse>(&bytes).unwrap(), answer);
    let withheld = decode_event(&answer.pages[0].runs[0].events[1]).unwrap();
    assert_eq!(withheld.payload, Payload::Withheld);
    let mut newer = bytes.clone();
    newer[0] += 1;
    newer.extend([0x18, 99, 0x81, 0xf6]);
    assert_eq!(minicbor::decode::<PullResponse>(&newer).unwrap(), answer, "a key of a newer server");
}
