//! The bytes of a checklist's publications and retirements against committed vectors: what an older program wrote is read,
//! and what has no target is written as it always was.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, its helpers too")]

use davy_core::event::{ChecklistPublished, ChecklistRef, ChecklistRetired, ChecklistTarget, Payload};
use davy_core::id::{BlobId, RegionId, SiteId};

fn reference() -> ChecklistRef {
    ChecklistRef { id: "coal-mines".into(), version: "1.2.0".into(), hash: BlobId([0x11; 32]) }
}

fn published(target: Option<ChecklistTarget>) -> Payload {
    let (industry, title_zh, title_en) = ("coal-mines".into(), "煤矿".into(), "Coal".into());
    ChecklistPublished { checklist: reference(), industry, title_zh, title_en, target }.into()
}

fn cases() -> Vec<(&'static str, Payload)> {
    let target = ChecklistTarget { regions: vec![RegionId([0x22; 16])], sites: vec![SiteId([0x33; 16])] };
    vec![
        ("checklist.published", published(None)),
        ("checklist.published.target", published(Some(target))),
        ("checklist.retired", ChecklistRetired { checklist: reference(), reason: None }.into()),
        ("checklist.retired.reason", ChecklistRetired { checklist: reference(), reason: Some("替换".into()) }.into()),
    ]
}

fn bytes(payload: &Payload) -> Vec<u8> {
    let mut bytes = Vec::new();
    payload.encode_map(&mut minicbor::Encoder::new(&mut bytes)).unwrap();
    bytes
}

#[test]
fn every_body_has_the_committed_bytes_and_is_read_from_them() {
    let committed = include_str!("golden/directory.txt");
    let found: Vec<String> = cases().iter().map(|(name, payload)| format!("{name} {}", hex::encode(bytes(payload)))).collect();
    assert_eq!(found, committed.lines().collect::<Vec<_>>(), "complete vectors:\n{}", found.join("\n"));
    for (line, (_, payload)) in committed.lines().zip(cases()) {
        let raw = hex::decode(line.split_once(' ').unwrap().1).unwrap();
        let (kind, tv, crit) = payload.tag().unwrap();
        assert!(!crit, "a program that does not know it goes on");
        assert_eq!(Payload::decode_map(kind, tv, &mut minicbor::Decoder::new(&raw)).unwrap(), payload);
    }
}
