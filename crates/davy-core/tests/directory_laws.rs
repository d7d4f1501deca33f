//! Laws of the directory's folds: a checklist version's publications and retirements in any order give one state.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, its helpers too")]

use davy_core::event::*;
use davy_core::fold::{Aggregate, Applied, ChecklistDoc, region_chain};
use davy_core::id::*;
use davy_core::time::{Hlc, Millis, Mono, Wall};
use proptest::prelude::*;

const HASH: BlobId = BlobId([2; 32]);

#[derive(Debug, Clone)]
enum Act {
    /// For everybody, or for one region.
    Publish(Option<u8>),
    Retire,
}

fn reference() -> ChecklistRef {
    ChecklistRef { id: "test".into(), version: "1.0.0".into(), hash: HASH }
}

fn payload(act: &Act) -> Payload {
    match act {
        Act::Publish(region) => ChecklistPublished {
            checklist: reference(),
            industry: "coal-mines".into(),
            title_zh: "煤".into(),
            title_en: "Coal".into(),
            target: region.map(|region| ChecklistTarget { regions: vec![RegionId([region; 16])], sites: vec![] }),
        }
        .into(),
        Act::Retire => ChecklistRetired { checklist: reference(), reason: Some("replaced".into()) }.into(),
    }
}

/// The events of a server that first publishes, then does what is listed.
fn history(acts: &[Act]) -> Vec<Event> {
    let acts = std::iter::once(&Act::Publish(None)).chain(acts);
    let mut events: Vec<Event> = Vec::new();
    for (seq, act) in (1_u64..).zip(acts) {
        let payload = payload(act);
        let (kind, tv, crit) = payload.tag().unwrap();
        assert!(authored_by_server(kind) && !crit);
        let header = Header {
            stream: StreamId([1; 16]),
            seq,
            prev: Hash32([0; 32]),
            scope: ScopeId::ROOT,
            sseq: seq,
            sprev: Hash32([0; 32]),
            hlc: Hlc { ms: Millis(i64::try_from(seq).unwrap()), counter: 0 },
            wall: Wall::default(),
            mono: Mono::default(),
            anchor: None,
            actor: PersonId([3; 16]),
            session: SessionId([4; 16]),
            kind: kind.into(),
            tv,
            ent: ChecklistDoc::root_of(&HASH).into(),
            root: ChecklistDoc::root_of(&HASH),
            deps: events.last().map(|event| event.eid).into_iter().collect(),
            crit,
            bh: Hash32([0; 32]),
            blobs: vec![],
        };
        events.push(Event { eid: EventId([u8::try_from(seq).unwrap(); 32]), header, payload });
    }
    events
}

fn apply_one_by_one(events: &[Event]) -> Option<Aggregate> {
    let (mut known, mut document): (Vec<Event>, Option<Aggregate>) = (Vec::new(), None);
    for event in events {
        known.push(event.clone());
        if document.as_mut().is_none_or(|document| document.apply(event) == Applied::NeedsRefold) {
            document = Aggregate::refold(&known);
        }
    }
    document
}

fn folded(acts: &[Act]) -> ChecklistDoc {
    match Aggregate::refold(&history(acts)) {
        Some(Aggregate::Checklist(doc)) => doc,
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn any_order_duplication_and_batching_gives_the_same_state(
        acts in proptest::collection::vec(prop_oneof![
            proptest::option::of(1..4_u8).prop_map(Act::Publish),
            Just(Act::Retire),
        ], 0..12),
        shuffle in any::<u64>(),
    ) {
        let world = history(&acts);
        let whole = Aggregate::refold(&world).unwrap();
        let mut mixed: Vec<Event> = world.iter().chain(&world).cloned().collect();
        let mut state = shuffle | 1;
        for at in (1..mixed.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            mixed.swap(at, (state >> 33) as usize % (at + 1));
        }
        prop_assert_eq!(&Aggregate::refold(&mixed).unwrap(), &whole);
        prop_assert_eq!(&apply_one_by_one(&mixed).unwrap(), &whole);
        prop_assert_eq!(&apply_one_by_one(&world).unwrap(), &whole);
        let Aggregate::Checklist(doc) = &whole else { panic!() };
        prop_assert_eq!(doc.retirement().is_some(), matches!(acts.last(), Some(Act::Retire)), "the newest entry decides");
        let bytes = serde_json::to_vec(&whole).unwrap();
        prop_assert_eq!(&serde_json::from_slice::<Aggregate>(&bytes).unwrap(), &whole);
    }
}

#[test]
fn a_version_is_in_use_where_it_is_meant_for_until_it_is_retired() {
    let (site, region, other) = (SiteId([9; 16]), RegionId([1; 16]), RegionId([2; 16]));
    assert!(folded(&[]).is_in_use_at(site, &[]));
    let meant = folded(&[Act::Publish(Some(1))]);
    assert!(meant.is_in_use_at(site, &[other, region]) && !meant.is_in_use_at(site, &[other]));
    assert!(!folded(&[Act::Publish(Some(1)), Act::Retire]).is_in_use_at(site, &[region]));
    assert!(folded(&[Act::Retire, Act::Publish(Some(1))]).is_in_use_at(site, &[region]));
}

#[test]
fn a_document_written_before_there_were_retirements_is_read() {
    let Some(Aggregate::Checklist(doc)) = Aggregate::refold(&history(&[])) else { panic!() };
    let mut json = serde_json::to_value(&doc).unwrap();
    json.as_object_mut().unwrap().remove("retired");
    json["set"].as_object_mut().unwrap().remove("target");
    assert_eq!(serde_json::from_value::<ChecklistDoc>(json).unwrap(), doc);
}

#[test]
fn the_regions_of_a_site_end_at_the_top_even_in_a_circle() {
    let [a, b, c] = [1, 2, 3].map(|n| RegionId([n; 16]));
    let tree = |region| {
        if region == a {
            Some(b)
        } else if region == b {
            Some(c)
        } else {
            None
        }
    };
    assert_eq!(region_chain(a, tree), [a, b, c]);
    assert_eq!(region_chain(a, |region| Some(if region == a { b } else { a })), [a, b]);
}
