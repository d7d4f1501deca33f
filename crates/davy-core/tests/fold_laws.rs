//! Laws of the folds: any order, duplication and batching of events gives one state; the worst value rolls up;
//! nothing contested disappears.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, its helpers too")]

use davy_core::checklist::Grade;
use davy_core::event::*;
use davy_core::fold::{Aggregate, Applied, FindingState, InspectionState};
use davy_core::id::*;
use davy_core::time::{Hlc, Millis, Mono, Wall};
use proptest::prelude::*;

const ROOT: RootId = RootId([7; 16]);

/// A device in a small world: what it knows decides its deps.
struct Device {
    stream: StreamId,
    seq: u64,
    known: Vec<usize>,
}

/// What one act does.
#[derive(Debug, Clone)]
enum Act {
    Answer(u8, Option<Verdict>),
    Note(u8, u8),
    Photo,
    Annotate(u8),
    Sign,
    Submit,
    Return(u8),
    Accept,
    Comment,
    AddInstance(u8),
    RetractInstance(u8),
    AnswerIn(u8, Verdict),
    PassSection(u8),
    /// Take over everything that another device knows.
    Sync(u8),
}

fn acts() -> impl Strategy<Value = Vec<(u8, Act)>> {
    let verdict = prop_oneof![Just(Verdict::Pass), Just(Verdict::Fail), Just(Verdict::NotApplicable), Just(Verdict::NotChecked)];
    let act = prop_oneof![
        5 => (0..3_u8, proptest::option::of(verdict.clone())).prop_map(|(item, value)| Act::Answer(item, value)),
        1 => (0..3_u8, any::<u8>()).prop_map(|(item, text)| Act::Note(item, text)),
        1 => Just(Act::Photo),
        1 => (0..3_u8).prop_map(Act::Annotate),
        1 => Just(Act::Sign),
        1 => Just(Act::Submit),
        1 => (0..3_u8).prop_map(Act::Return),
        1 => Just(Act::Accept),
        1 => Just(Act::Comment),
        1 => (0..2_u8).prop_map(Act::AddInstance),
        1 => (0..2_u8).prop_map(Act::RetractInstance),
        1 => (1..4_u8).prop_map(Act::PassSection),
        1 => (0..2_u8, verdict).prop_map(|(at, value)| Act::AnswerIn(at, value)),
        4 => (0..3_u8).prop_map(Act::Sync),
    ];
    proptest::collection::vec((0..3_u8, act), 1..40)
}

/// What is drawn over it may be known before it.
const PHOTO: EntityId = EntityId([201; 16]);

fn key(item: u8) -> ItemKey {
    ItemKey { item: format!("item_{item}"), instance: None }
}

fn started() -> Payload {
    InspectionStarted {
        kind: InspectionKind::Enforcement,
        site: SiteId([1; 16]),
        checklist: ChecklistRef { id: "test".into(), version: "1.0.0".into(), hash: BlobId([2; 32]) },
        inspectors: vec![PersonId([3; 16])],
        assignment: None,
    }
    .into()
}

fn annotated(count: u8) -> Payload {
    let mark = |at| Mark::Text { at: Spot { x: at, y: at }, text: format!("mark {at}") };
    EvidenceAnnotated { evidence: PHOTO, marks: (0..u16::from(count)).map(mark).collect() }.into()
}

fn payload(act: &Act) -> Option<Payload> {
    let verdict = |value: &Verdict| AnswerValue::Verdict(*value);
    let instance = |at: &u8| InstanceId([100 + at; 16]);
    let review = |outcome, items| InspectionReviewed { outcome, items, comment: None, frontier: Hash32([9; 32]) };
    Some(match act {
        Act::Answer(item, value) => AnswerSet { key: key(*item), value: value.as_ref().map(verdict) }.into(),
        Act::Note(item, text) => NoteSet { key: key(*item), text: format!("note {text}") }.into(),
        Act::Photo => EvidenceAttached {
            key: Some(key(0)),
            source: PhotoSource::Camera,
            name: None,
            width: None,
            height: None,
            captured_at: None,
            position: None,
            defect: None,
        }
        .into(),
        Act::Annotate(count) => annotated(*count),
        Act::Sign => SignatureAdded { role: SignerRole::Inspector, name: "A".into(), duty: None }.into(),
        Act::Submit => InspectionSubmitted { frontier: Frontier { root: Hash32([9; 32]), leaves: 1, heads: vec![] }, remark: None }.into(),
        Act::Return(item) => review(ReviewOutcome::Returned, vec![key(*item)]).into(),
        Act::Accept => review(ReviewOutcome::Accepted, vec![]).into(),
        Act::Comment => CommentAdded { key: None, text: "words".into() }.into(),
        Act::AddInstance(_) => InstanceAdded { section: "faces".into(), label: "3301".into() }.into(),
        Act::RetractInstance(at) => InstanceRetracted { instance: instance(at), reason: "mistake".into() }.into(),
        Act::AnswerIn(at, value) => {
            AnswerSet { key: ItemKey { item: "speed".into(), instance: Some(instance(at)) }, value: Some(verdict(value)) }.into()
        }
        Act::PassSection(items) => {
            let items = (0..*items).map(|item| key(item).item).collect();
            SectionPassed { section: "main".into(), instance: None, items }.into()
        }
        Act::Sync(_) => return None,
    })
}

fn event(device: &mut Device, world: &[Event], clock: i64, ent: EntityId, payload: Payload) -> Event {
    device.seq += 1;
    let known: Vec<&Event> = device.known.iter().map(|at| &world[*at]).collect();
    let mut deps: Vec<EventId> =
        known.iter().map(|event| event.eid).filter(|eid| !known.iter().any(|other| other.header.deps.contains(eid))).collect();
    deps.sort_unstable();
    let (kind, tv, crit) = payload.tag().unwrap();
    let mut eid = [0; 32];
    eid[..16].copy_from_slice(device.stream.as_bytes());
    eid[16..24].copy_from_slice(&device.seq.to_be_bytes());
    let header = Header {
        stream: device.stream,
        seq: device.seq,
        prev: Hash32([0; 32]),
        scope: ScopeId([1; 16]),
        sseq: device.seq,
        sprev: Hash32([0; 32]),
        hlc: Hlc { ms: Millis(clock), counter: 0 },
        wall: Wall::default(),
        mono: Mono::default(),
        anchor: None,
        actor: PersonId([3; 16]),
        session: SessionId([4; 16]),
        kind: kind.into(),
        tv,
        ent,
        root: ROOT,
        deps,
        crit,
        bh: Hash32([0; 32]),
        blobs: vec![],
    };
    Event { eid: EventId(eid), header, payload }
}

/// Plays acts on three devices that sometimes hear of each other. Clocks are arbitrary.
fn play(acts: &[(u8, Act)], clocks: &[i64]) -> Vec<Event> {
    let mut devices: Vec<Device> = (0..3).map(|n| Device { stream: StreamId([n + 1; 16]), seq: 0, known: vec![] }).collect();
    let mut world = vec![event(&mut devices[0], &[], 0, ROOT.into(), started())];
    devices.iter_mut().for_each(|device| device.known.push(0));
    for (step, (who, act)) in acts.iter().enumerate() {
        let who = usize::from(*who);
        if let Act::Sync(other) = act {
            let other = devices[usize::from(*other)].known.clone();
            devices[who].known.extend(other);
            devices[who].known.sort_unstable();
            devices[who].known.dedup();
            continue;
        }
        let ent = match act {
            Act::AddInstance(at) => EntityId([100 + at; 16]),
            _ => EntityId([u8::try_from(step).unwrap(); 16]),
        };
        let made = event(&mut devices[who], &world, clocks[step % clocks.len()], ent, payload(act).unwrap());
        devices[who].known.push(world.len());
        world.push(made);
    }
    world
}

/// Applies one by one as a store does: refold when told to.
fn apply_one_by_one(events: &[Event]) -> Aggregate {
    let mut known = Vec::new();
    let mut document: Option<Aggregate> = None;
    for event in events {
        known.push(event.clone());
        let extended = document.as_mut().is_some_and(|document| document.apply(event) == Applied::Extended);
        if !extended {
            document = Aggregate::refold(&known);
        }
    }
    document.unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn any_order_duplication_and_batching_gives_the_same_state(
        acts in acts(),
        clocks in proptest::collection::vec(-5_000_000_000_000_i64..5_000_000_000_000, 1..8),
        shuffle in any::<u64>(),
    ) {
        let world = play(&acts, &clocks);
        let whole = Aggregate::refold(&world).unwrap();
        prop_assert_eq!(whole.waiting(), 0);
        let mut mixed: Vec<Event> = world.iter().chain(&world).cloned().collect();
        let mut state = shuffle | 1;
        for at in (1..mixed.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            mixed.swap(at, (state >> 33) as usize % (at + 1));
        }
        prop_assert_eq!(&Aggregate::refold(&mixed).unwrap(), &whole);
        prop_assert_eq!(&apply_one_by_one(&mixed), &whole);
        prop_assert_eq!(&apply_one_by_one(&world), &whole);
        let bytes = serde_json::to_vec(&whole).unwrap();
        prop_assert_eq!(&serde_json::from_slice::<Aggregate>(&bytes).unwrap(), &whole);
    }

    #[test]
    fn every_value_that_no_later_act_knew_of_is_still_visible(acts in acts(), clocks in proptest::collection::vec(0_i64..1000, 1..4)) {
        let world = play(&acts, &clocks);
        let Aggregate::Inspection(doc) = Aggregate::refold(&world).unwrap() else { panic!("an inspection") };
        for event in &world {
            for key in answered(event) {
                let superseded = world.iter().any(|later| answered(later).contains(&key) && is_ancestor(&world, event, later));
                let visible = doc.answers[&key].held().iter().any(|held| held.stamp.eid == event.eid);
                prop_assert_eq!(visible, !superseded);
            }
        }
    }
}

/// Items that an event answers.
fn answered(event: &Event) -> Vec<ItemKey> {
    match &event.payload {
        Payload::AnswerSet(set) => vec![set.key.clone()],
        Payload::SectionPassed(passed) => {
            passed.items.iter().map(|item| ItemKey { item: item.clone(), instance: passed.instance }).collect()
        }
        _ => Vec::new(),
    }
}

/// Plain search back along deps and the author's own stream.
fn is_ancestor(world: &[Event], old: &Event, new: &Event) -> bool {
    let mut todo = vec![new];
    let mut seen = std::collections::HashSet::new();
    while let Some(at) = todo.pop() {
        for event in world {
            let before =
                at.header.deps.contains(&event.eid) || (event.header.stream == at.header.stream && event.header.seq < at.header.seq);
            if before && seen.insert(event.eid) {
                if event.eid == old.eid {
                    return true;
                }
                todo.push(event);
            }
        }
    }
    false
}

fn doc(acts: &[(u8, Act)]) -> davy_core::fold::InspectionDoc {
    match Aggregate::refold(&play(acts, &[1])).unwrap() {
        Aggregate::Inspection(doc) => *doc,
        _ => panic!("an inspection"),
    }
}

#[test]
fn equal_concurrent_answers_are_no_conflict_and_different_ones_are() {
    let same = doc(&[(1, Act::Answer(0, Some(Verdict::Pass))), (2, Act::Answer(0, Some(Verdict::Pass)))]);
    assert!(!same.answers[&key(0)].is_contested());
    let other = doc(&[(1, Act::Answer(0, Some(Verdict::Pass))), (2, Act::Answer(0, Some(Verdict::Fail)))]);
    assert!(other.answers[&key(0)].is_contested());
    let settled = doc(&[
        (1, Act::Answer(0, Some(Verdict::Pass))),
        (2, Act::Answer(0, Some(Verdict::Fail))),
        (1, Act::Sync(2)),
        (1, Act::Answer(0, Some(Verdict::Fail))),
    ]);
    assert_eq!(settled.answers[&key(0)].held().len(), 1);
}

#[test]
fn an_inspection_goes_from_draft_to_accepted_and_back_by_what_was_known() {
    let submit = |more: &[(u8, Act)]| doc(&[&[(0, Act::Answer(0, Some(Verdict::Pass))), (0, Act::Submit)], more].concat());
    assert!(matches!(doc(&[]).state(), InspectionState::Draft));
    assert!(matches!(submit(&[]).state(), InspectionState::Submitted(_)));
    let late = submit(&[(1, Act::Answer(1, Some(Verdict::Fail)))]);
    assert!(matches!(late.state(), InspectionState::Amended(_)), "an answer that the signatures do not cover");
    let returned = submit(&[(1, Act::Sync(0)), (1, Act::Return(2))]);
    assert!(matches!(returned.state(), InspectionState::Returned(_)));
    assert_eq!(returned.redo().into_iter().collect::<Vec<_>>(), [&key(2)]);
    let redone = submit(&[(1, Act::Sync(0)), (1, Act::Return(2)), (0, Act::Sync(1)), (0, Act::Answer(2, Some(Verdict::Pass)))]);
    assert!(redone.redo().is_empty() && redone.is_editable());
    let again = submit(&[(1, Act::Sync(0)), (1, Act::Return(2)), (0, Act::Sync(1)), (0, Act::Submit)]);
    assert!(matches!(again.state(), InspectionState::Submitted(_)));
    let accepted = submit(&[(1, Act::Sync(0)), (1, Act::Accept)]);
    assert!(matches!(accepted.state(), InspectionState::Accepted(_)));
    let after = submit(&[(1, Act::Sync(0)), (1, Act::Accept), (2, Act::Answer(0, Some(Verdict::Fail)))]);
    assert!(matches!(after.state(), InspectionState::Amended(_)), "accepted, then something came in");
}

#[test]
fn a_retracted_instance_is_revived_by_work_that_did_not_know() {
    let base = [(0, Act::AddInstance(0)), (1, Act::Sync(0)), (2, Act::Sync(0)), (1, Act::RetractInstance(0))];
    let id = InstanceId([100; 16]);
    assert!(doc(&base).instance_retracted(id).is_some());
    let worked = [&base[..], &[(2, Act::AnswerIn(0, Verdict::Fail))]].concat();
    assert!(doc(&worked).instance_retracted(id).is_none());
}

fn finding(events: &[(u8, i64, Payload, &[u8])]) -> davy_core::fold::FindingDoc {
    // (device, clock, payload, devices known before)
    let mut devices: Vec<Device> = (0..3).map(|n| Device { stream: StreamId([n + 1; 16]), seq: 0, known: vec![] }).collect();
    let mut world: Vec<Event> = Vec::new();
    for (who, clock, payload, hears) in events {
        for other in *hears {
            let other = devices[usize::from(*other)].known.clone();
            devices[usize::from(*who)].known.extend(other);
        }
        let device = &mut devices[usize::from(*who)];
        device.known.sort_unstable();
        device.known.dedup();
        let made = event(device, &world, *clock, EntityId([50; 16]), payload.clone());
        device.known.push(world.len());
        world.push(made);
    }
    match Aggregate::refold(&world).unwrap() {
        Aggregate::Finding(doc) => *doc,
        _ => panic!("a finding"),
    }
}

fn raised(grade: Grade) -> Payload {
    FindingRaised {
        inspection: None,
        key: None,
        site: SiteId([1; 16]),
        grade,
        suggested: None,
        description: "no guard rail".into(),
        area: None,
        measure: None,
        responsible: None,
        deadline: None,
        theme: None,
    }
    .into()
}

fn edit(grade: Option<Grade>, description: Option<&str>) -> Payload {
    FindingEdited { description: description.map(Into::into), area: None, measure: None, responsible: None, deadline: None, grade }.into()
}

fn graded(grade: Grade) -> Payload {
    FindingGraded { grade, reason: None }.into()
}

#[test]
fn the_highest_grade_counts_until_a_supervisor_settles_it() {
    let two = [
        (0, 1, raised(Grade::General), &[][..]),
        (1, 2, edit(Some(Grade::Major), None), &[0]),
        (2, 2, edit(Some(Grade::General), None), &[0]),
    ];
    assert_eq!(finding(&two).grade(), Grade::Major);
    assert!(finding(&two).is_grade_contested());
    let settled = [&two[..], &[(0, 3, graded(Grade::General), &[1, 2])]].concat();
    let doc = finding(&settled);
    assert_eq!((doc.grade(), doc.is_grade_contested(), doc.state()), (Grade::General, false, FindingState::Confirmed));
    let again = [&settled[..], &[(1, 4, edit(Some(Grade::Major), None), &[0])]].concat();
    assert_eq!(finding(&again).grade(), Grade::Major, "an inspector who sees it graver is never outvoted silently");
}

#[test]
fn different_descriptions_stand_side_by_side() {
    let doc = finding(&[
        (0, 1, raised(Grade::General), &[]),
        (1, 2, edit(None, Some("rail missing at axis 3")), &[0]),
        (2, 9, edit(None, Some("rail missing at axis 4")), &[0]),
    ]);
    assert!(doc.is_contested());
    assert_eq!(doc.description.held().len(), 2);
}

#[test]
fn marks_that_two_people_drew_apart_are_all_shown_and_the_next_drawing_replaces_what_it_knew() {
    let apart = [(0, 1, raised(Grade::General), &[][..]), (1, 2, annotated(1), &[0]), (2, 2, annotated(2), &[0])];
    assert_eq!(finding(&apart).evidence.marks(PHOTO).count(), 3);
    let taken_back = [&apart[..], &[(0, 3, annotated(0), &[1, 2])]].concat();
    assert_eq!(finding(&taken_back).evidence.marks(PHOTO).count(), 0);
}

#[test]
fn a_retraction_holds_unless_somebody_worked_on_without_knowing() {
    let retract: Payload = FindingRetracted { reason: "mistake".into() }.into();
    let base = [(0, 1, raised(Grade::General), &[][..]), (1, 2, retract, &[0])];
    assert_eq!(finding(&base).state(), FindingState::Retracted("mistake"));
    let revived = [&base[..], &[(2, 3, edit(None, Some("still there")), &[0])]].concat();
    assert_eq!(finding(&revived).state(), FindingState::Raised);
}
