//! Pages of the server's feed.
use super::*;
use crate::error::PageError;
use crate::view::lists::InspectionFilter;

fn worked(number: u8) -> Device {
    let device = device(number);
    let inspection = inspection_id(number);
    device.record(inspection, started());
    for item in ["a", "b", "c"] {
        device.record(inspection, answer(item, Verdict::Pass));
    }
    device.record(FindingId([number + 100; 16]), raised(Some(inspection), "oil on the floor"));
    device
}

fn refusal(store: &Store, answer: &PullResponse) -> PageError {
    let before = (store.cursors().unwrap(), store.inner.foreign_upto.load(Ordering::Acquire));
    let mut applied = store.apply_pull(answer).unwrap();
    assert_eq!(before, (store.cursors().unwrap(), store.inner.foreign_upto.load(Ordering::Acquire)), "a refused page changes nothing");
    applied.refused.remove(0).1
}

#[test]
fn what_one_device_recorded_appears_on_another_byte_for_byte() {
    let (one, two) = (worked(1), device(2));
    let mut feed = Feed::new(1);
    feed.take(&one, 0);
    feed.pull(&two.store, SCOPE, 500);
    let root: RootId = inspection_id(1).into();
    assert_eq!(two.store.events(root).unwrap(), one.store.events(root).unwrap());
    assert_eq!(two.store.aggregate(root).unwrap(), one.store.aggregate(root).unwrap());
    assert_eq!(two.store.list_inspections(&InspectionFilter::default()).unwrap().len(), 1);
    assert_eq!(two.store.findings_of_inspection(inspection_id(1)).unwrap().len(), 1);
    assert_eq!(two.store.names().unwrap().device(one.stream()).as_deref(), Some("Tablet 1"));
    let two = two.restart();
    assert_eq!(two.store.aggregate(root).unwrap(), one.store.aggregate(root).unwrap(), "also after a restart");
}

use davy_core::view::Names;

#[test]
fn page_size_does_not_change_the_result() {
    let (one, other) = (worked(1), worked(3));
    let mut feed = Feed::new(1);
    feed.take(&one, 0);
    feed.take(&other, 0);
    let reference = device(2);
    feed.pull(&reference.store, SCOPE, 500);
    for limit in 1..=7 {
        let reader = device(2);
        feed.pull(&reader.store, SCOPE, limit);
        assert_eq!(reader.store.cursors().unwrap(), reference.store.cursors().unwrap(), "{limit}");
        for root in [inspection_id(1), inspection_id(3)] {
            assert_eq!(reader.store.aggregate(root.into()).unwrap(), reference.store.aggregate(root.into()).unwrap(), "{limit}");
        }
    }
}

#[test]
fn a_page_applies_only_at_its_own_cursor() {
    let (one, two) = (worked(1), device(2));
    let mut feed = Feed::new(1);
    feed.take(&one, 0);
    two.store.set_epoch(1).unwrap();
    let (first, second) = (feed.answer(vec![feed.page(SCOPE, 0, 2)]), feed.answer(vec![feed.page(SCOPE, 2, 2)]));
    assert_eq!(refusal(&two.store, &second), PageError::NotAtCursor { after: 2, cursor: 0 });
    assert_eq!(two.store.apply_pull(&first).unwrap().events, 2);
    assert_eq!(refusal(&two.store, &first), PageError::NotAtCursor { after: 0, cursor: 2 }, "doubled");
    assert_eq!(two.store.apply_pull(&second).unwrap().events, 2);
}

#[test]
fn answers_of_another_epoch_change_nothing() {
    let (one, two) = (worked(1), device(2));
    let mut feed = Feed::new(1);
    feed.take(&one, 0);
    let answer = feed.answer(vec![feed.page(SCOPE, 0, 9)]);
    let error = two.store.apply_pull(&answer).unwrap_err();
    assert!(matches!(error, StoreError::Page(PageError::OtherEpoch { page: 1, known: 0 })));
    assert!(two.store.cursors().unwrap().is_empty());
}

#[test]
fn a_new_epoch_is_pulled_from_the_start_and_known_events_are_recognised() {
    let (one, two) = (worked(1), device(2));
    let mut feed = Feed::new(1);
    feed.take(&one, 0);
    feed.pull(&two.store, SCOPE, 3);
    let document = two.store.aggregate(inspection_id(1).into()).unwrap();
    assert!(two.store.set_epoch(2).unwrap());
    assert!(!two.store.set_epoch(1).unwrap(), "an older epoch is ignored");
    assert!(two.store.cursors().unwrap().is_empty());
    feed.epoch = 2;
    feed.pull(&two.store, SCOPE, 4);
    assert_eq!(two.store.events(inspection_id(1).into()).unwrap().len(), 4, "nothing twice");
    assert_eq!(two.store.aggregate(inspection_id(1).into()).unwrap(), document);
}

#[test]
fn every_kind_of_tampering_is_refused() {
    let (one, other, two) = (worked(1), worked(3), device(2));
    let mut feed = Feed::new(1);
    feed.take(&one, 0);
    feed.take(&other, 0);
    two.store.set_epoch(1).unwrap();
    type Tamper = fn(&mut ScopePage);
    let table: [(&str, Tamper); 13] = [
        ("a bit of a body", |page| page.runs[0].events[1].body.as_mut().unwrap()[20] ^= 1),
        ("a bit of a header", |page| *page.runs[0].events[1].header.last_mut().unwrap() ^= 1),
        ("an event left out", |page| {
            page.runs[0].events.remove(1);
            page.runs[0].records.remove(1);
            page.next -= 1;
        }),
        ("the first event left out", |page| {
            page.runs[0].events.remove(0);
            page.runs[0].records.remove(0);
            page.next -= 1;
        }),
        ("two events swapped", |page| {
            page.runs[0].events.swap(1, 2);
            page.runs[0].records.swap(1, 2);
        }),
        ("records swapped", |page| page.runs[0].records.swap(1, 2)),
        ("a record changed", |page| page.runs[0].records[0].gseq += 1),
        ("a record left out", |page| page.runs[0].records.truncate(1)),
        ("a seal's bit", |page| *page.runs[0].seal.last_mut().unwrap() ^= 1),
        ("another's seal", |page| page.runs[0].seal = page.runs[1].seal.clone()),
        ("another's stream", |page| page.runs[0].stream = page.runs[1].stream),
        ("a run left out", |page| {
            let run = page.runs.remove(0);
            page.next -= run.events.len() as u64;
        }),
        ("the signed head left over from before", |page| {
            let run = page.runs.pop().unwrap();
            page.next -= run.events.len() as u64;
        }),
    ];
    for (name, tamper) in table {
        let mut page = feed.page(SCOPE, 0, 500);
        tamper(&mut page);
        let error = refusal(&two.store, &feed.answer(vec![page]));
        assert!(matches!(error, PageError::Inconsistent { .. }), "{name}: {error}");
    }
    let mut unknown = feed.answer(vec![feed.page(SCOPE, 0, 500)]);
    unknown.streams.remove(0);
    let stranger = device(4);
    stranger.store.set_epoch(1).unwrap();
    assert!(matches!(refusal(&stranger.store, &unknown), PageError::Inconsistent { .. }), "a stream that nobody introduced");
    feed.pull(&two.store, SCOPE, 500);
}

#[test]
fn a_stream_never_changes_its_key() {
    let (one, two) = (worked(1), device(2));
    let mut feed = Feed::new(1);
    feed.take(&one, 0);
    two.store.set_epoch(1).unwrap();
    two.store.apply_pull(&feed.answer(vec![feed.page(SCOPE, 0, 2)])).unwrap();
    let mut answer = feed.answer(vec![feed.page(SCOPE, 2, 500)]);
    answer.streams[0].key = worked(9).info().key;
    assert!(matches!(refusal(&two.store, &answer), PageError::Inconsistent { .. }));
}

#[test]
fn an_empty_page_with_more_is_a_protocol_error_and_an_empty_end_is_fine() {
    let two = device(2);
    two.store.set_epoch(1).unwrap();
    let feed = Feed::new(1);
    let end = feed.page(SCOPE, 0, 5);
    assert_eq!(two.store.apply_pull(&feed.answer(vec![end.clone()])).unwrap().refused, []);
    let more = ScopePage { more: true, head: None, ..end };
    assert_eq!(refusal(&two.store, &feed.answer(vec![more])), PageError::EmptyWithMore);
}

#[test]
fn a_refused_page_does_not_stop_the_others() {
    let one = worked(1);
    let root_region = RegionId([4; 16]);
    let root: RootId = root_region.into();
    let new = NewEvent { scope: ScopeId::ROOT, ent: root.into(), root, payload: region("Dongshan").into(), blobs: vec![] };
    one.store.append(PERSON, SESSION, vec![new]).unwrap();
    let mut feed = Feed::new(1);
    feed.take(&one, 0);
    let two = device(2);
    two.store.set_epoch(1).unwrap();
    let mut bad = feed.page(SCOPE, 0, 500);
    bad.runs[0].events[0].header[30] ^= 1;
    let applied = two.store.apply_pull(&feed.answer(vec![bad, feed.page(ScopeId::ROOT, 0, 500)])).unwrap();
    assert_eq!((applied.refused.len(), applied.moved.as_slice()), (1, &[ScopeId::ROOT][..]));
    assert_eq!(two.store.directory().unwrap().regions[&root_region].set.name, "Dongshan");
}

#[test]
fn own_events_come_back_without_being_stored_twice_and_strangers_under_our_name_are_refused() {
    let one = worked(1);
    let mut feed = Feed::new(1);
    feed.take(&one, 0);
    feed.pull(&one.store, SCOPE, 2);
    assert_eq!(one.store.events(inspection_id(1).into()).unwrap().len(), 4);
    assert_eq!(one.store.cursors().unwrap()[0].pos, 5);
    // The same stream in a database that was put back to its start.
    let rolled_back = device(1);
    let enrolment = one.enrolment.clone();
    let keys = Keys::new(&one.secrets, enrolment);
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), &keys, rolled_back.clock.clone()).unwrap();
    store.set_epoch(1).unwrap();
    assert!(matches!(refusal(&store, &feed.answer(vec![feed.page(SCOPE, 0, 500)])), PageError::Inconsistent { .. }));
}

#[test]
fn a_held_event_without_its_body_keeps_the_chain() {
    let (one, two) = (worked(1), device(2));
    let mut feed = Feed::new(1);
    feed.take(&one, 0);
    two.store.set_epoch(1).unwrap();
    let mut page = feed.page(SCOPE, 0, 500);
    page.runs[0].events[2].body = None;
    let applied = two.store.apply_pull(&feed.answer(vec![page])).unwrap();
    assert_eq!(applied.events, 5);
    assert_eq!(two.store.events(inspection_id(1).into()).unwrap()[2].payload, Payload::Withheld);
}

#[test]
fn two_people_who_differ_are_both_seen_on_both_devices() {
    let (one, two) = (device(1), device(2));
    let root: RootId = inspection_id(1).into();
    one.record(root, started());
    let mut feed = Feed::new(1);
    feed.take(&one, 0);
    feed.pull(&two.store, SCOPE, 500);
    one.record(root, answer("a", Verdict::Pass));
    two.record(root, answer("a", Verdict::Fail));
    feed.take(&one, 1);
    feed.take(&two, 0);
    for device in [&one, &two] {
        feed.pull(&device.store, SCOPE, 500);
        let document = device.store.aggregate(root).unwrap().unwrap();
        assert!(as_inspection(&document).unwrap().answers[&key("a")].is_contested());
        assert!(device.store.list_inspections(&InspectionFilter { contested: true, ..Default::default() }).unwrap().len() == 1);
        assert_eq!(document.heads().len(), 2);
    }
    assert_eq!(one.store.aggregate(root).unwrap(), two.store.aggregate(root).unwrap());
    let settled = one.record(root, davy_core::event::AnswerResolved { key: key("a"), value: None, reason: "seen again".into() });
    assert_eq!(settled.header.deps.len(), 2, "it knows both");
}

#[test]
fn a_remote_clock_far_ahead_moves_ours_by_ten_minutes_at_most() {
    let (one, two) = (device(1), device(2));
    one.clock.set_wall(START_MS + 1_000_000_000_000);
    one.record(inspection_id(1), started());
    let mut feed = Feed::new(1);
    feed.take(&one, 0);
    feed.pull(&two.store, SCOPE, 500);
    let two = two.restart();
    let next = two.record(inspection_id(2), started());
    assert_eq!(next.header.hlc.ms, Millis(START_MS + 600_000));
}
