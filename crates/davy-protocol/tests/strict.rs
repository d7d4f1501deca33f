//! What the decoders refuse: one row a way in which bytes can be almost right.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, its helpers too")]

mod common;

use common::*;
use davy_core::event::{AnswerSet, ItemKey, Payload};
use davy_protocol::cbor::{self, Fault, Limits};
use davy_protocol::event::{DecodeError, decode_body, decode_header, encode_body};
use davy_protocol::{cose::CoseError, seal, segment};

const SMALL: Limits = Limits { bytes: 64, depth: 3 };

#[test]
fn only_deterministic_cbor_passes() {
    for good in [
        "00",
        "17",
        "1818",
        "19ffff",
        "1b0000000100000000",
        "20",
        "3863",
        "40",
        "4101",
        "60",
        "63e4bd93",
        "80",
        "8101",
        "a0",
        "a10102",
        "a2010220f6",
        "f4",
        "f5",
        "f6",
        "a3000018180061610a",
        "818180",
    ] {
        assert_eq!(cbor::check(&hex::decode(good).unwrap(), SMALL), Ok(()), "{good}");
    }
    for (bad, offset, fault) in [
        ("", 0, Fault::Truncated),
        ("0000", 1, Fault::Trailing),
        ("1817", 0, Fault::NotShortest),
        ("190017", 0, Fault::NotShortest),
        ("1a0000ffff", 0, Fault::NotShortest),
        ("1b00000000ffffffff", 0, Fault::NotShortest),
        ("3817", 0, Fault::NotShortest),
        ("580100", 0, Fault::NotShortest),
        ("780161", 0, Fault::NotShortest),
        ("980100", 0, Fault::NotShortest),
        ("18", 0, Fault::Truncated),
        ("4201", 1, Fault::Truncated),
        ("5bffffffffffffffff", 9, Fault::Truncated),
        ("8201", 2, Fault::Truncated),
        ("9bffffffffffffffff00", 10, Fault::Truncated),
        ("bbffffffffffffffff0001", 11, Fault::Truncated),
        ("5f4101ff", 0, Fault::Indefinite),
        ("7f6161ff", 0, Fault::Indefinite),
        ("9f01ff", 0, Fault::Indefinite),
        ("bf0102ff", 0, Fault::Indefinite),
        ("ff", 0, Fault::Indefinite),
        ("61ff", 2, Fault::NotUtf8),
        ("62c328", 3, Fault::NotUtf8),
        ("a201010102", 3, Fault::DuplicateKey),
        ("a202010102", 3, Fault::Unsorted),
        ("a261610018180a", 4, Fault::Unsorted),
        ("c100", 0, Fault::ForbiddenType),
        ("d8184101", 0, Fault::ForbiddenType),
        ("f7", 0, Fault::ForbiddenType),
        ("f0", 0, Fault::ForbiddenType),
        ("f820", 0, Fault::ForbiddenType),
        ("f93c00", 0, Fault::ForbiddenType),
        ("fb3ff0000000000000", 0, Fault::ForbiddenType),
        ("1c", 0, Fault::ForbiddenType),
        ("8181818100", 3, Fault::TooDeep),
    ] {
        let error = cbor::check(&hex::decode(bad).unwrap(), SMALL).unwrap_err();
        assert_eq!((error.offset, error.fault), (offset, fault), "{bad}");
    }
    assert_eq!(cbor::check(&[0x40; 65], SMALL).unwrap_err().fault, Fault::TooLong);
}

/// A header of the fixture as (key, value bytes), to be bent and put together again.
fn header_parts() -> Vec<(u8, Vec<u8>)> {
    let mut device = Device::new();
    let header = inspection(&mut device).remove(3).header;
    let mut decoder = minicbor::Decoder::new(&header);
    let pairs = decoder.map().unwrap().unwrap();
    (0..pairs)
        .map(|_| {
            let key = decoder.u8().unwrap();
            let start = decoder.position();
            decoder.skip().unwrap();
            (key, header[start..decoder.position()].to_vec())
        })
        .collect()
}

fn assemble(parts: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = vec![0xa0 + parts.len() as u8];
    for (key, value) in parts {
        bytes.push(*key);
        bytes.extend(value);
    }
    bytes
}

#[test]
fn a_header_has_exactly_its_21_keys_in_order() {
    let parts = header_parts();
    assert!(decode_header(&assemble(&parts)).is_ok());
    for missing in 0..parts.len() {
        let mut parts = parts.clone();
        parts.remove(missing);
        assert!(decode_header(&assemble(&parts)).is_err(), "without key {}", missing + 1);
    }
    for twice in 0..parts.len() - 1 {
        let mut swapped = parts.clone();
        swapped.swap(twice, twice + 1);
        assert!(decode_header(&assemble(&swapped)).is_err(), "keys {} and {} swapped", twice + 1, twice + 2);
        let mut doubled = parts.clone();
        doubled[twice + 1] = doubled[twice].clone();
        assert!(decode_header(&assemble(&doubled)).is_err(), "key {} twice", twice + 1);
    }
    let mut more = parts.clone();
    more.push((22, vec![0]));
    assert!(decode_header(&assemble(&more)).is_err(), "key 22");
    let bytes = assemble(&parts);
    assert!(decode_header(&[&bytes[..], &[0]].concat()).is_err(), "trailing byte");
    for end in 0..bytes.len() {
        assert!(decode_header(&bytes[..end]).is_err(), "cut at {end}");
    }
}

#[test]
fn a_header_field_of_another_form_is_refused() {
    let long_kind = [&[0x78, 65][..], &[b'a'; 65]].concat();
    let many_deps = [&[0x91][..], &[&[0x58, 32][..], &[1; 32]].concat().repeat(17)].concat();
    let descending = [&[0x82][..], &[0x58, 32], &[2; 32], &[0x58, 32], &[1; 32]].concat();
    let equal = [&[0x82][..], &[0x58, 32], &[1; 32], &[0x58, 32], &[1; 32]].concat();
    let many_blobs = [&[0x91][..], &[&[0x84, 0x58, 32][..], &[1; 32], &[1, 0x61, b'a', 4]].concat().repeat(17)].concat();
    let rows: Vec<(&str, u8, Vec<u8>)> = vec![
        ("version 0", 1, vec![0]),
        ("version 2", 1, vec![2]),
        ("version in two bytes", 1, vec![0x18, 1]),
        ("stream of 15 bytes", 2, [&[0x4f][..], &[0; 15]].concat()),
        ("seq 0", 3, vec![0]),
        ("seq negative", 3, vec![0x20]),
        ("seq below sseq", 3, vec![1]),
        ("prev of 31 bytes", 4, [&[0x58, 31][..], &[0; 31]].concat()),
        ("prev null", 4, vec![0xf6]),
        ("sseq 0", 6, vec![0]),
        ("hlc of three", 8, vec![0x83, 0, 0, 0]),
        ("hlc counter over 32 bits", 8, vec![0x82, 0, 0x1b, 0, 0, 0, 1, 0, 0, 0, 0]),
        ("wall offset over 16 bits", 9, vec![0x83, 0, 0x19, 0x80, 0, 0]),
        ("wall source over 8 bits", 9, vec![0x83, 0, 0, 0x19, 1, 0]),
        ("boot of 7 bytes", 10, [&[0x82, 0x47][..], &[0; 7], &[0]].concat()),
        ("anchor false", 11, vec![0xf4]),
        ("type empty", 14, vec![0x60]),
        ("type of 65 bytes", 14, long_kind),
        ("type as bytes", 14, vec![0x41, b'a']),
        ("type version over 32 bits", 15, vec![0x1b, 0, 0, 0, 1, 0, 0, 0, 0]),
        ("17 deps", 18, many_deps),
        ("deps descending", 18, descending),
        ("a dep twice", 18, equal),
        ("crit 1", 19, vec![1]),
        ("crit null", 19, vec![0xf6]),
        ("17 blobs", 21, many_blobs),
        ("a blob of three", 21, [&[0x81, 0x83, 0x58, 32][..], &[1; 32], &[1, 0x60]].concat()),
    ];
    let parts = header_parts();
    for (name, key, value) in rows {
        let mut bent = parts.clone();
        bent[usize::from(key) - 1].1 = value;
        assert!(decode_header(&assemble(&bent)).is_err(), "{name}");
    }
}

#[test]
fn a_body_fits_its_type_or_its_type_is_unknown() {
    let body = encode_body(&[7; 16], &answer(0)).unwrap();
    assert!(matches!(decode_body("answer.set", 1, &body), Ok(Payload::AnswerSet(_))));
    for (kind, tv) in [("answer.set", 2), ("answer.invented", 1)] {
        assert!(matches!(decode_body(kind, tv, &body), Ok(Payload::Unknown)), "{kind} {tv}");
        assert!(matches!(decode_body(kind, tv, &[0x81, 0xf6]), Ok(Payload::Unknown)), "{kind} {tv}: any form");
        assert!(matches!(decode_body(kind, tv, &[0x9f, 0xff]), Err(DecodeError::Body { .. })), "{kind} {tv}: still strict");
    }
    assert!(matches!(decode_body("finding.edited", 1, &[0xa0]), Err(DecodeError::Payload { .. })), "no salt");
    for (name, bytes) in [
        ("another payload", encode_body(&[7; 16], &started()).unwrap()),
        ("a salt of 15 bytes", [&[0xa2, 0, 0x4f][..], &[7; 15], &body[19..]].concat()),
        ("a payload that is no map", [&body[..20], &[0x80]].concat()),
    ] {
        assert!(matches!(decode_body("answer.set", 1, &bytes), Err(DecodeError::Payload { .. })), "{name}");
    }
    let with_more = [&[0xa3][..], &body[1..], &[2, 0xf6]].concat();
    assert!(decode_body("answer.set", 1, &with_more).is_ok(), "further keys are free");
}

#[test]
fn a_body_over_16_kib_is_neither_written_nor_read() {
    let key = ItemKey { item: "note".to_owned(), instance: None };
    let text = |length| Payload::from(davy_core::event::NoteSet { key: key.clone(), text: "a".repeat(length) });
    assert!(encode_body(&[0; 16], &text(16 * 1024 - 100)).is_ok());
    assert!(encode_body(&[0; 16], &text(16 * 1024)).unwrap_err().to_string().contains("too long"));
    let long = [&[0xa2, 0, 0x50][..], &[0; 16], &[1, 0x59, 0x40, 0], &[0; 0x4000]].concat();
    assert!(matches!(decode_body("x", 1, &long), Err(DecodeError::Body { .. })));
    assert!(encode_body(&[0; 16], &Payload::Unknown).is_err());
    assert!(encode_body(&[0; 16], &Payload::from(AnswerSet { key, value: None })).is_ok());
}

#[test]
fn a_seal_says_its_fields_in_order_or_is_refused() {
    let mut device = Device::new();
    let events = inspection(&mut device);
    let good = device.seal_content(&events);
    let sign = |bend: &dyn Fn(&mut seal::Seal)| {
        let mut content = good.clone();
        bend(&mut content);
        seal::verify(&seal::sign(&device_key(), ORG, &content), &device_public(), ORG)
    };
    assert_eq!(sign(&|_| {}).unwrap().to_seq, 5);
    assert!(sign(&|seal| seal.version = 2).is_err(), "version");
    assert!(matches!(sign(&|seal| seal.from_seq = 0), Err(CoseError::Payload { .. })), "from 0");
    assert!(matches!(sign(&|seal| seal.from_seq = 6), Err(CoseError::Payload { .. })), "from behind to");
    assert!(matches!(sign(&|seal| seal.scopes.clear()), Err(CoseError::Payload { .. })), "no scopes");
    assert!(matches!(sign(&|seal| seal.scopes[1].tag = seal.scopes[0].tag), Err(CoseError::Payload { .. })), "a scope twice");
    let later = sign(&|seal| seal.reason = seal::SealReason::Other(9)).unwrap();
    assert_eq!(later.reason, seal::SealReason::Other(9), "reasons of newer versions are kept");
}

#[test]
fn segments_and_pushes_are_bounded() {
    let mut device = Device::new();
    let events = device.answers(SITE, 3);
    let bytes = segment::encode(&device.seal(events));
    let limits = |events, bytes| segment::Limits { events, bytes };
    assert!(segment::decode(&bytes, limits(3, bytes.len())).is_ok());
    assert!(segment::decode(&bytes, limits(2, bytes.len())).is_err(), "too many events");
    assert!(segment::decode(&bytes, limits(3, bytes.len() - 1)).is_err(), "too many bytes");
    let push = segment::encode_push(&[bytes.clone(), bytes.clone()]);
    assert_eq!(segment::decode_push(&push).unwrap(), vec![&bytes[..], &bytes[..]]);
    assert!(segment::decode_push(&push[..push.len() - 1]).is_err(), "cut");
    assert!(segment::decode_push(&[&push[..], &[0]].concat()).is_err(), "trailing");
    let many = segment::encode_push(&vec![Vec::new(); segment::MAX_PUSH_SEGMENTS + 1]);
    assert!(segment::decode_push(&many).is_err(), "too many segments");
    assert!(segment::decode_push(&vec![0; segment::MAX_PUSH_DECOMPRESSED + 1]).is_err(), "too long");
}
