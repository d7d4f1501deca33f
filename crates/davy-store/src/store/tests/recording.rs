//! Recording: chains, deps, seals, atomicity.
use super::*;
use davy_core::event::{FindingGraded, NoteSet};
use davy_protocol::seal::verify;

#[test]
fn events_chain_by_stream_and_by_scope_and_name_the_heads_they_saw() {
    let device = device(1);
    let first = device.record(inspection_id(1), started());
    let second = device.record(inspection_id(1), answer("a", Verdict::Pass));
    let other = device.record(inspection_id(2), started());
    let third = device.record(inspection_id(1), answer("b", Verdict::Fail));
    assert_eq!(first.header.prev, device.store.inner.genesis);
    assert_eq!((first.header.seq, second.header.seq, other.header.seq, third.header.seq), (1, 2, 3, 4));
    assert_eq!(third.header.prev, Hash32(other.eid.0));
    assert_eq!(third.header.sprev, Hash32(other.eid.0));
    assert_eq!(second.header.deps, [first.eid]);
    assert_eq!(third.header.deps, [second.eid], "deps are the heads of the own record, not of the stream");
    assert!(other.header.deps.is_empty());
    assert!(third.header.hlc > second.header.hlc);
}

#[test]
fn several_events_of_one_call_build_on_each_other() {
    let device = device(1);
    device.record(inspection_id(1), started());
    let finding = RootId([50; 16]);
    let new = |root: RootId, payload: Payload| NewEvent { scope: SCOPE, ent: root.into(), root, payload, blobs: vec![] };
    let events = device
        .store
        .append(
            PERSON,
            SESSION,
            vec![
                new(inspection_id(1).into(), answer("a", Verdict::Fail).into()),
                new(finding, raised(Some(inspection_id(1)), "roof bolt missing").into()),
                new(finding, FindingGraded { grade: Grade::Major, reason: None }.into()),
            ],
        )
        .unwrap();
    assert_eq!(events[2].header.deps, [events[1].eid]);
    let Some(document) = device.store.aggregate(finding).unwrap() else { panic!("finding") };
    assert_eq!(as_finding(&document).unwrap().grade(), Grade::Major);
}

#[test]
fn a_failed_call_records_nothing_and_the_next_one_goes_on() {
    let device = device(1);
    let first = device.record(inspection_id(1), started());
    let new = |root: RootId, payload: Payload| NewEvent { scope: SCOPE, ent: root.into(), root, payload, blobs: vec![] };
    let huge = NoteSet { key: key("a"), text: "x".repeat(20_000) };
    let attempts = [
        vec![new(inspection_id(1).into(), answer("a", Verdict::Pass).into()), new(inspection_id(1).into(), huge.into())],
        vec![new(inspection_id(1).into(), answer("a", Verdict::Pass).into()), new(RootId([99; 16]), answer("a", Verdict::Pass).into())],
        vec![new(inspection_id(1).into(), Payload::Unknown)],
    ];
    for attempt in attempts {
        let error = device.store.append(PERSON, SESSION, attempt).unwrap_err();
        assert!(matches!(error, StoreError::CannotAuthor { .. } | StoreError::UnknownRecord { .. }), "{error}");
        assert_eq!(device.store.events(inspection_id(1).into()).unwrap().len(), 1);
        let document = device.store.aggregate(inspection_id(1).into()).unwrap().unwrap();
        assert_eq!(document.heads(), [first.eid], "the document does not show what was not recorded");
    }
    let next = device.record(inspection_id(1), answer("a", Verdict::Pass));
    assert_eq!((next.header.seq, &next.header.deps[..]), (2, &[first.eid][..]));
}

#[test]
fn an_event_cannot_name_a_blob_that_is_not_stored() {
    let device = device(1);
    device.record(inspection_id(1), started());
    let blob = davy_core::event::BlobRef {
        sha256: BlobId([8; 32]),
        size: 1,
        media_type: "image/png".into(),
        role: davy_core::event::BlobRole::Signature,
    };
    let root: RootId = inspection_id(1).into();
    let new = NewEvent { scope: SCOPE, ent: root.into(), root, payload: answer("a", Verdict::Pass).into(), blobs: vec![blob] };
    let error = device.store.append(PERSON, SESSION, vec![new]).unwrap_err();
    assert!(matches!(error, StoreError::BlobMissing { .. }));
}

#[test]
fn a_seal_covers_what_was_recorded_since_the_last_one() {
    let device = device(1);
    assert!(!device.store.seal(SealReason::Lock, None).unwrap(), "nothing to seal");
    device.record(inspection_id(1), started());
    let last = device.record(inspection_id(1), answer("a", Verdict::Pass));
    assert!(device.store.seal(SealReason::SignOff, Some(PERSON)).unwrap());
    assert!(!device.store.seal(SealReason::Push, None).unwrap());
    let raw = device.store.seal_of(1).unwrap().unwrap();
    let seal = verify(&raw, &device.store.signing_key().verifying_key(), ORG).unwrap();
    assert_eq!((seal.from_seq, seal.to_seq, seal.to_eid), (1, 2, last.eid));
    assert_eq!((seal.reason, seal.actor), (SealReason::SignOff, Some(PERSON)));
    device.record(inspection_id(1), answer("b", Verdict::Pass));
    assert_eq!(device.store.seal_of(3).unwrap(), None);
    device.store.seal(SealReason::Push, None).unwrap();
    let next = verify(&device.store.seal_of(3).unwrap().unwrap(), &device.store.signing_key().verifying_key(), ORG).unwrap();
    assert_eq!(next.prev_seal, davy_protocol::seal::seal_hash(&raw));
}

#[test]
fn long_work_seals_itself_into_segments_within_the_limits() {
    let device = device(1);
    device.record(inspection_id(1), started());
    let note = |n: usize, len: usize| NoteSet { key: key(&format!("item{n}")), text: "界".repeat(len) };
    for n in 0..300 {
        device.record(inspection_id(1), note(n, 1));
    }
    for n in 0..120 {
        device.record(inspection_id(1), note(n, 5_000));
    }
    device.store.seal(SealReason::Push, None).unwrap();
    let segments = device.store.segments_to_send(0, usize::MAX).unwrap();
    assert!(segments.len() >= 5);
    let mut next = 1;
    for out in &segments {
        assert_eq!(out.from_seq, next, "segments are dense");
        assert!(out.bytes.len() <= segment::MAX_BYTES, "{} bytes", out.bytes.len());
        assert!(out.to_seq - out.from_seq < segment::MAX_EVENTS as u64);
        let decoded = segment::decode(&out.bytes, Limits::default()).unwrap();
        check_segment(decoded, &device.store.signing_key().verifying_key(), ORG).unwrap();
        next = out.to_seq + 1;
    }
    assert_eq!(next, 422);
    let one = device.store.segments_to_send(0, 1).unwrap();
    assert_eq!(one.len(), 1, "a segment larger than asked for is sent alone");
    assert!(device.store.segments_to_send(421, usize::MAX).unwrap().is_empty());
    let overlap = device.store.segments_to_send(3, usize::MAX).unwrap();
    assert_eq!(overlap[0].from_seq, 1, "a head inside a segment gets the whole segment again");
}

#[test]
fn listeners_hear_what_changed_after_it_is_durable() {
    let device = device(1);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&heard);
    device.store.subscribe(move |changes| sink.lock().unwrap().push(changes.clone()));
    device.record(inspection_id(1), started());
    let heard = heard.lock().unwrap();
    assert_eq!(heard.len(), 1);
    assert!(heard[0].kinds.contains(&davy_core::fold::aggregate::AggregateKind::Inspection));
    assert!(heard[0].roots.contains(&inspection_id(1).into()));
    assert!(!heard[0].remote);
}

#[test]
fn an_anchor_of_the_server_is_cited_and_corrects_the_clock() {
    let device = device(1);
    device.clock.set_wall(1_000);
    let before = device.record(inspection_id(1), started());
    assert_eq!(before.header.anchor, None);
    let raw = sign_anchor(5, START_MS);
    let now = device.clock.mono().ns;
    device.store.put_anchor(&raw, now, now).unwrap();
    let after = device.record(inspection_id(1), answer("a", Verdict::Pass));
    assert_eq!(after.header.anchor, Some(AnchorId([5; 16])));
    assert_eq!(after.header.hlc.ms, Millis(START_MS + 1), "one millisecond after the anchor");
    assert_eq!(after.header.wall.ms, Millis(1_002), "the wall clock is recorded as it stands");
    let forged = Anchor { id: AnchorId([6; 16]), server_ms: Millis(0) }.sign(&SigningKey::from_bytes(&[1; 32]), ORG);
    assert!(matches!(device.store.put_anchor(&forged, now, now), Err(StoreError::Receipt { .. })));
    let device = device.restart();
    let later = device.record(inspection_id(1), answer("b", Verdict::Pass));
    assert_eq!(later.header.anchor, Some(AnchorId([5; 16])), "the anchor survives a restart");
}
