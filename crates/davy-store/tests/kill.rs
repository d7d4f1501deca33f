//! A real process that records work is killed without warning, again and again, in the same data folder. Nothing that
//! it acknowledged may be missing, no record may name a photograph that is not there (I-01, I-05).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use davy_core::event::{
    AnswerSet, AnswerValue, ChecklistRef, EvidenceAttached, InspectionKind, InspectionStarted, ItemKey, Payload, PhotoSource, Role, Verdict,
};
use davy_core::id::{BlobId, DeviceId, EntityId, EventId, InspectionId, OrgId, PersonId, RootId, ScopeId, SessionId, SiteId};
use davy_protocol::seal::SealReason;
use davy_store::{Enrolment, InspectionFilter, Keys, NewEvent, PinCost, Secrets, Store, SystemClock, Vault};
use std::collections::{BTreeSet, HashMap};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

const FOLDER: &str = "DAVY_STORE_KILL_TEST_FOLDER";
const PIN: &str = "135790";
const KILLS: usize = 60;
const SCOPE: ScopeId = ScopeId([3; 16]);

fn enrolment() -> Enrolment {
    let record = vec![5; 60];
    Enrolment {
        server: "https://davy.example".into(),
        org: OrgId([1; 16]),
        org_name: "Bureau".into(),
        stream: davy_protocol::enrol::stream_id(&record),
        device: DeviceId([2; 16]),
        device_name: "Tablet".into(),
        record,
        server_key: Secrets::generate().signing.verifying_key().to_bytes(),
        person: PersonId([6; 16]),
        person_name: "Li Wei".into(),
        role: Role::Inspector,
    }
}

fn open(dir: &Path) -> Store {
    let keys: Keys = Vault::open_with_pin(dir, PIN, &SystemClock).unwrap();
    Store::open(dir, &keys, Arc::new(SystemClock)).unwrap()
}

/// The process that gets killed. Without the folder in its environment it is a test that has nothing to do.
#[test]
fn the_process_that_gets_killed() {
    let Some(dir) = std::env::var_os(FOLDER) else {
        return;
    };
    let store = open(Path::new(&dir));
    let say = |line: &str| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{line}").unwrap();
        out.flush().unwrap();
    };
    let mut inspection = None;
    for round in 0_u32.. {
        if round % 40 == 0 {
            inspection = Some(start(&store, &say));
        }
        let Some(inspection) = inspection else { unreachable!() };
        let key = ItemKey { item: format!("i{}", round % 7), instance: None };
        match round % 5 {
            3 => attach(&store, inspection, key, round, &say),
            4 => drop(store.seal(SealReason::Lock, None).unwrap()),
            _ => {
                let value = Some(AnswerValue::Verdict(if round % 2 == 0 { Verdict::Pass } else { Verdict::Fail }));
                record(&store, inspection, inspection.into(), AnswerSet { key, value }.into(), vec![], &say);
            }
        }
        if round % 11 == 0 {
            assert!(!store.list_inspections(&InspectionFilter::default()).unwrap().is_empty());
        }
    }
}

fn start(store: &Store, say: &dyn Fn(&str)) -> InspectionId {
    let id = InspectionId(*uuid::Uuid::now_v7().as_bytes());
    let checklist = ChecklistRef { id: "coal-mines".into(), version: "1.0.0".into(), hash: BlobId([9; 32]) };
    let started =
        InspectionStarted { kind: InspectionKind::Patrol, site: SiteId([3; 16]), checklist, inspectors: vec![], assignment: None };
    record(store, id, id.into(), started.into(), vec![], say);
    id
}

fn attach(store: &Store, inspection: InspectionId, key: ItemKey, seed: u32, say: &dyn Fn(&str)) {
    let shade = u8::try_from(seed % 251).unwrap();
    let image = image::RgbImage::from_fn(400, 300, |x, y| image::Rgb([shade, (x % 256) as u8, (y % 256) as u8]));
    let mut jpeg = std::io::Cursor::new(Vec::new());
    image.write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    let mut bytes = jpeg.into_inner();
    // Bytes after the picture are allowed and make every photograph a different one.
    bytes.extend_from_slice(uuid::Uuid::now_v7().as_bytes());
    let intake = store.intake(&bytes).unwrap();
    let attached = EvidenceAttached {
        key: Some(key),
        source: PhotoSource::Camera,
        name: None,
        width: intake.width,
        height: intake.height,
        captured_at: None,
        position: None,
        defect: intake.defect,
    };
    let entity = EntityId(*uuid::Uuid::now_v7().as_bytes());
    record(store, inspection, entity, attached.into(), intake.blobs(), say);
}

fn record(
    store: &Store,
    inspection: InspectionId,
    ent: EntityId,
    payload: Payload,
    blobs: Vec<davy_core::event::BlobRef>,
    say: &dyn Fn(&str),
) {
    let new = NewEvent { scope: SCOPE, ent, root: inspection.into(), payload, blobs };
    let event = store.append(PersonId([6; 16]), SessionId([7; 16]), vec![new]).unwrap().remove(0);
    say(&format!("saved {inspection} {}", event.eid));
}

fn spawn(dir: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_process_that_gets_killed", "--nocapture"])
        .env(FOLDER, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Reads acknowledgements until a random number is reached, then kills; whatever was still acknowledged counts too.
fn run_and_kill(dir: &Path) -> Vec<(InspectionId, EventId)> {
    let mut child = spawn(dir);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let enough = rand::random_range(1..40);
    let mut saved = Vec::new();
    let mut take = |line: String| {
        // The test harness writes on the same line first.
        if let Some((_, words)) = line.split_once("saved ") {
            let (inspection, eid) = words.split_once(' ').unwrap();
            saved.push((inspection.parse().unwrap(), eid.parse().unwrap()));
        }
        saved.len()
    };
    while let Some(Ok(line)) = lines.next() {
        if take(line) >= enough {
            break;
        }
    }
    child.kill().unwrap();
    for line in lines.map_while(Result::ok).filter(|line| line.len() >= "saved ".len() + 36 + 1 + 64) {
        take(line);
    }
    child.wait().unwrap();
    saved
}

#[test]
fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    Vault::create(dir.path(), PIN, &Secrets::generate(), enrolment(), PinCost::LOWEST, None).unwrap();
    let mut saved: HashMap<InspectionId, BTreeSet<EventId>> = HashMap::new();
    let mut acknowledged = 0;
    for round in 0..KILLS {
        let fresh = run_and_kill(dir.path());
        assert!(!fresh.is_empty(), "round {round}: the process came to work");
        acknowledged += fresh.len();
        for (inspection, eid) in fresh {
            saved.entry(inspection).or_default().insert(eid);
        }
        check(&open(dir.path()), &saved, round);
    }
    assert_eq!(acknowledged, saved.values().map(BTreeSet::len).sum::<usize>(), "no event was acknowledged twice");
}

fn check(store: &Store, saved: &HashMap<InspectionId, BTreeSet<EventId>>, round: usize) {
    let listed = store.list_inspections(&InspectionFilter::default()).unwrap();
    let listed: BTreeSet<InspectionId> = listed.iter().map(|row| row.id).collect();
    for (inspection, eids) in saved {
        let root: RootId = (*inspection).into();
        let events = store.events(root).unwrap();
        let present: BTreeSet<EventId> = events.iter().map(|event| event.eid).collect();
        assert!(eids.is_subset(&present), "round {round}: {inspection} lost {:?}", eids.difference(&present).collect::<Vec<_>>());
        assert!(listed.contains(inspection), "round {round}: {inspection} is not listed");
        assert_eq!(store.aggregate(root).unwrap().unwrap().events() as usize, events.len(), "round {round}: every event is folded");
    }
    for job in store.blob_queue(u32::MAX).unwrap() {
        assert!(store.has_blob(job.sha256), "round {round}: a record names a photograph that is not there");
    }
    for job in store.blob_queue(6).unwrap() {
        assert_eq!(store.read_blob(job.sha256).unwrap().map(|bytes| bytes.len() as u64), Some(job.size), "round {round}");
    }
    for orphan in store.orphan_photos().unwrap() {
        assert!(store.read_blob(orphan.sha256).unwrap().is_some(), "round {round}: a recovered photograph is whole");
    }
}
