//! The bytes never change: every signed form against committed vectors (`docs/sync.md`, appendix).
//!
//! A difference here means that records of older versions would no longer verify. Never adapt the vectors to the code.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, its helpers too")]

mod common;

use common::*;
use davy_core::id::{BlobId, Hash32};
use davy_protocol::accept::check_segment;
use davy_protocol::enrol::{EnrolmentCode, genesis, stream_id};
use davy_protocol::event::{decode_event, decode_header, encode_header};
use davy_protocol::feed::{AcceptanceRecord, Path, ScopeHead, accumulate, accumulator_start};
use davy_protocol::receipt::{Anchor, BlobReceipt, Classed, Receipt};
use davy_protocol::seal::{scope_tag, seal_hash};
use davy_protocol::segment;
use std::fmt::Write;

fn vectors() -> String {
    let mut device = Device::new();
    let stream = device.stream();
    let events = inspection(&mut device);
    let segment = device.seal(events);
    let server = server_key();
    let record = record_bytes();
    let last = segment.events[4].eid();
    let receipt = Receipt {
        epoch: 1,
        stream,
        head_seq: 5,
        head_eid: last,
        classed: vec![Classed { seq: 5, class: 2, flags: 2 }],
        durable_seq: 0,
        recv_ms: START,
    };
    let blob = BlobReceipt { epoch: 1, sha256: BlobId([0x61; 32]), size: 3_145_728, recv_ms: START };
    let accepted = AcceptanceRecord { gseq: 70_000, eid: last, recv_ms: START, path: Path::Direct, class: 2, flags: 2 };
    let start = accumulator_start(ORG, SITE);
    let end = ScopeHead { epoch: 1, scope: SITE, pos: 1, acc: accumulate(start, &accepted) };
    let mut text = String::new();
    let mut put = |name: &str, bytes: &[u8]| writeln!(text, "{name} {}", hex::encode(bytes)).unwrap();
    put("enrolment.record", &record);
    put("enrolment.stream", stream.as_bytes());
    put("enrolment.genesis", genesis(&record).as_bytes());
    put("enrolment.code-hash", EnrolmentCode::parse("0000-0000-0000").unwrap().hash().as_bytes());
    for (nth, event) in (1..).zip(&segment.events) {
        put(&format!("event.{nth}.header"), &event.header);
        put(&format!("event.{nth}.body"), event.body.as_deref().unwrap());
        put(&format!("event.{nth}.eid"), event.eid().as_bytes());
    }
    put("seal.bytes", &segment.seal);
    put("seal.hash", seal_hash(&segment.seal).as_bytes());
    put("seal.scope-tag", scope_tag(stream, SITE).as_bytes());
    put("segment.bytes", &segment::encode(&segment));
    put("receipt", &receipt.sign(&server, ORG));
    put("blob-receipt", &blob.sign(&server, ORG));
    put("anchor", &Anchor { id: ANCHOR, server_ms: START }.sign(&server, ORG));
    put("acceptance.record", &minicbor::to_vec(accepted).unwrap());
    put("acceptance.accumulator-start", start.as_bytes());
    put("acceptance.accumulator-next", end.acc.as_bytes());
    put("acceptance.scope-head", &end.sign(&server, ORG));
    text
}

#[test]
fn every_signed_form_has_the_committed_bytes() {
    let found = vectors();
    let committed = include_str!("golden/v1.txt");
    for (found, committed) in found.lines().zip(committed.lines()) {
        assert_eq!(found, committed);
    }
    assert_eq!(found.lines().count(), committed.lines().count(), "complete vectors:\n{found}");
}

fn committed(name: &str) -> Vec<u8> {
    let line = include_str!("golden/v1.txt").lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    hex::decode(line.unwrap_or_default()).unwrap()
}

#[test]
fn the_committed_segment_is_read_and_verified() {
    let bytes = committed("segment.bytes");
    let segment = segment::decode(&bytes, segment::Limits::default()).unwrap();
    let checked = check_segment(&segment, &device_public(), ORG).unwrap();
    assert_eq!(checked.events.len(), 5);
    assert_eq!(checked.seal_hash.as_bytes()[..], committed("seal.hash"));
    assert_eq!(checked.events[0].header.prev.as_bytes()[..], committed("enrolment.genesis"));
    assert_eq!(stream_id(&committed("enrolment.record")), checked.seal.stream);
    for (nth, event) in segment.events.iter().enumerate() {
        let header = decode_header(event.header).unwrap();
        assert_eq!(encode_header(&header), event.header, "event {nth}");
        assert_eq!(decode_event(*event).unwrap(), checked.events[nth]);
    }
}

#[test]
fn the_committed_server_signatures_verify_and_belong_to_one_organisation() {
    let key = server_key().verifying_key();
    let stranger = davy_core::id::OrgId([0xa1; 16]);
    assert_eq!(Receipt::verify(&committed("receipt"), &key, ORG).unwrap().head_seq, 5);
    assert_eq!(BlobReceipt::verify(&committed("blob-receipt"), &key, ORG).unwrap().size, 3_145_728);
    assert_eq!(Anchor::verify(&committed("anchor"), &key, ORG).unwrap().server_ms, START);
    let head = ScopeHead::verify(&committed("acceptance.scope-head"), &key, ORG).unwrap();
    assert_eq!(head.acc, Hash32(committed("acceptance.accumulator-next").try_into().unwrap()));
    assert!(Receipt::verify(&committed("receipt"), &key, stranger).is_err());
    assert!(BlobReceipt::verify(&committed("receipt"), &key, ORG).is_err());
    assert!(Anchor::verify(&committed("anchor"), &device_public(), ORG).is_err());
}
