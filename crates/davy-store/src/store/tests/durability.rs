//! Restarts, kills, full disks, newer files, second instances.
use super::*;
use crate::view::lists::InspectionFilter;

#[test]
fn everything_is_there_after_a_restart_and_the_chain_goes_on() {
    let device = device(1);
    device.record(inspection_id(1), started());
    let last = device.record(inspection_id(1), answer("a", Verdict::Fail));
    device.store.seal(SealReason::Lock, None).unwrap();
    let sealed = device.record(inspection_id(1), answer("b", Verdict::Fail));
    let before = device.store.aggregate(inspection_id(1).into()).unwrap().unwrap();
    let device = device.restart();
    assert_eq!(device.store.aggregate(inspection_id(1).into()).unwrap().unwrap(), before);
    let next = device.record(inspection_id(1), answer("c", Verdict::Pass));
    assert_eq!((next.header.seq, next.header.sseq), (4, 4));
    assert_eq!(next.header.prev, Hash32(sealed.eid.0));
    assert!(next.header.hlc > last.header.hlc);
}

#[test]
fn the_clock_set_back_between_starts_does_not_turn_the_order_round() {
    let device = device(1);
    let first = device.record(inspection_id(1), started());
    device.clock.set_wall(5);
    let device = device.restart();
    let second = device.record(inspection_id(1), answer("a", Verdict::Pass));
    assert!(second.header.hlc > first.header.hlc);
    assert_eq!(second.header.wall.ms, Millis(6));
}

/// A kill leaves a view that is behind: simulated by putting an older copy of it back.
#[test]
fn views_behind_the_evidence_catch_up_at_the_start() {
    let device = device(1);
    device.record(inspection_id(1), started());
    device.store.flush().unwrap();
    let old = std::fs::read(device.dir.path().join("view.db")).unwrap();
    drop(device.store.list_inspections(&InspectionFilter::default()).unwrap());
    let device = device.restart();
    let behind = std::fs::read(device.dir.path().join("view.db")).unwrap();
    device.record(inspection_id(1), answer("a", Verdict::Pass));
    device.record(inspection_id(2), started());
    device.store.flush().unwrap();
    let Device { dir, clock, store, secrets, enrolment } = device;
    drop(store);
    for (name, copy) in [("behind", behind), ("older", old), ("empty", Vec::new()), ("damaged", vec![7; 5000])] {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(dir.path().join(format!("view.db{suffix}")));
        }
        std::fs::write(dir.path().join("view.db"), copy).unwrap();
        let store = Store::open(dir.path(), &Keys::new(&secrets, enrolment.clone()), clock.clone()).unwrap();
        let rows = store.list_inspections(&InspectionFilter::default()).unwrap();
        assert_eq!(rows.len(), 2, "{name}");
        let changed = rows.iter().find(|row| row.id == inspection_id(1)).unwrap().changed_at;
        assert!(changed > rows.iter().find(|row| row.id == inspection_id(1)).unwrap().started_at, "{name}");
    }
}

#[test]
fn a_second_instance_is_refused_and_the_first_goes_on() {
    let device = device(1);
    let second = Store::open(device.dir.path(), &device.keys(), device.clock.clone());
    assert!(matches!(second.err(), Some(StoreError::OtherInstance)));
    device.record(inspection_id(1), started());
    device.restart();
}

#[test]
fn files_of_a_newer_program_are_left_alone() {
    let device = device(1);
    device.record(inspection_id(1), started());
    device.store.write(|tx| Ok(tx.pragma_update(None, "user_version", 7)?)).unwrap();
    let Device { dir, clock, store, secrets, enrolment } = device;
    drop(store);
    let before = std::fs::read(dir.path().join("evidence.db")).unwrap();
    let opened = Store::open(dir.path(), &Keys::new(&secrets, enrolment), clock);
    assert!(matches!(opened.err(), Some(StoreError::NewerDatabase { found: 7, known: 1 })));
    assert_eq!(std::fs::read(dir.path().join("evidence.db")).unwrap(), before);
}

#[test]
fn wrong_keys_and_damage_are_named_and_nothing_is_changed() {
    let device = device(1);
    device.record(inspection_id(1), started());
    let Device { dir, clock, store, secrets, enrolment } = device;
    drop(store);
    let path = dir.path().join("evidence.db");
    let before = std::fs::read(&path).unwrap();
    let wrong = Store::open(dir.path(), &Keys::new(&Secrets::generate(), enrolment.clone()), clock.clone());
    assert!(matches!(wrong.err(), Some(StoreError::Damaged { .. })));
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert!(!before.windows(10).any(|w| w == b"inspection"), "nothing readable in the file");
    let store = Store::open(dir.path(), &Keys::new(&secrets, enrolment), clock).unwrap();
    assert_eq!(store.events(inspection_id(1).into()).unwrap().len(), 1);
}

#[test]
fn a_full_disk_is_said_and_the_next_try_succeeds() {
    let device = device(1);
    device.record(inspection_id(1), started());
    let limit = |pages: u32| {
        let mut writer = device.store.writer();
        let Writer { db, .. } = &mut *writer;
        let now: u32 = db.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        let set: u32 =
            db.query_row(&format!("PRAGMA max_page_count = {}", if pages == 0 { now } else { pages }), [], |row| row.get(0)).unwrap();
        assert!(set >= now);
    };
    limit(0);
    let mut recorded = 1;
    let note = |n: u32| davy_core::event::NoteSet { key: key(&format!("n{n}")), text: "x".repeat(3000) };
    let root: RootId = inspection_id(1).into();
    let error = loop {
        let new = NewEvent { scope: SCOPE, ent: root.into(), root, payload: note(recorded).into(), blobs: vec![] };
        match device.store.append(PERSON, SESSION, vec![new]) {
            Ok(_) => recorded += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::DiskFull), "{error}");
    assert_eq!(device.store.events(root).unwrap().len(), recorded as usize, "nothing half-recorded");
    limit(1_000_000);
    let next = device.record(root, note(99));
    assert_eq!(next.header.seq, u64::from(recorded) + 1);
    assert_eq!(device.store.events(root).unwrap().len(), recorded as usize + 1);
}

#[test]
fn a_new_enrolment_of_the_same_folder_opens_a_new_stream() {
    let device = device(1);
    device.record(inspection_id(1), started());
    device.store.seal(SealReason::Push, None).unwrap();
    let Device { dir, clock, store, secrets, mut enrolment } = device;
    drop(store);
    enrolment.record = vec![77; 60];
    enrolment.stream = enrol::stream_id(&enrolment.record);
    let store = Store::open(dir.path(), &Keys::new(&secrets, enrolment.clone()), clock.clone()).unwrap();
    let device = Device { dir, clock, store, secrets, enrolment };
    let event = device.record(inspection_id(1), answer("a", Verdict::Pass));
    assert_eq!((event.header.seq, event.header.sseq), (1, 1));
    assert_eq!(event.header.sprev, Hash32([0; 32]));
    assert_eq!(device.store.events(inspection_id(1).into()).unwrap().len(), 2);
    device.store.seal(SealReason::Push, None).unwrap();
    let segments = device.store.segments_to_send(0, usize::MAX).unwrap();
    assert_eq!((segments[0].from_seq, segments[0].to_seq), (1, 1));
    device.restart();
}

#[test]
fn own_work_waits_for_the_disk_also_after_a_pull() {
    let (one, two) = (device(1), device(2));
    let mode = |device: &Device| -> u8 {
        let writer = device.store.writer();
        writer.db.query_row("PRAGMA synchronous", [], |row| row.get(0)).unwrap()
    };
    let (normal, full) = (1, 2);
    two.record(inspection_id(2), started());
    assert_eq!(mode(&two), full);
    one.record(inspection_id(1), started());
    let mut feed = Feed::new(1);
    feed.take(&one, 0);
    feed.pull(&two.store, SCOPE, 9);
    assert_eq!(mode(&two), normal, "pulled pages can be pulled again");
    two.record(inspection_id(2), answer("a", Verdict::Pass));
    assert_eq!(mode(&two), full);
    feed.take(&two, 0);
    feed.pull(&two.store, SCOPE, 9);
    two.store.set_setting("x", Some(b"y")).unwrap();
    assert_eq!(mode(&two), full);
}

#[test]
fn a_lease_is_held_by_one_owner_and_ends_with_time_or_boot() {
    let device = device(1);
    let (one, two) = ([1; 16], [2; 16]);
    assert!(device.store.lease("sync", &one, 60).unwrap());
    assert!(device.store.lease("sync", &one, 60).unwrap(), "the owner renews");
    assert!(!device.store.lease("sync", &two, 60).unwrap());
    device.clock.advance(60_000);
    assert!(device.store.lease("sync", &two, 60).unwrap(), "past its time");
    device.clock.reboot([99; 8]);
    assert!(device.store.lease("sync", &one, 60).unwrap(), "of another boot");
    device.store.release_lease("sync", &one).unwrap();
    assert!(device.store.lease("sync", &two, 60).unwrap());
}

#[test]
fn a_lease_ends_with_the_program_that_held_it() {
    let device = device(1);
    assert!(device.store.lease("sync", &[1; 16], 60).unwrap());
    // Killed: nobody gave it back.
    let device = device.restart();
    assert!(device.store.lease("sync", &[2; 16], 60).unwrap());
}

#[test]
fn issues_keep_their_since_while_the_reason_is_the_same() {
    let device = device(1);
    device.store.set_issue("sync", "no_network", "dns", None).unwrap();
    device.clock.advance(1000);
    device.store.set_issue("sync", "no_network", "route", Some(Millis(5))).unwrap();
    let issue = device.store.issues().unwrap().remove(0);
    assert_eq!((issue.since, issue.detail.as_str(), issue.next_at), (Millis(START_MS), "route", Some(Millis(5))));
    device.store.set_issue("sync", "server_error", "500", None).unwrap();
    assert_eq!(device.store.issues().unwrap()[0].since, Millis(START_MS + 1000));
    assert!(device.store.clear_issue("sync").unwrap());
    assert!(!device.store.clear_issue("sync").unwrap());
}

#[test]
fn settings_of_callers_never_meet_the_stores_own() {
    let device = device(1);
    device.store.set_epoch(3).unwrap();
    device.store.set_setting("epoch", Some(b"mine")).unwrap();
    assert_eq!(device.store.epoch().unwrap(), 3);
    assert_eq!(device.store.setting("epoch").unwrap().unwrap(), b"mine");
    device.store.set_setting("epoch", None).unwrap();
    assert_eq!(device.store.setting("epoch").unwrap(), None);
}
