//! Small bytes never take large memory (I-40): the allocator is counted while hostile input is decoded.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, its helpers too")]
#![allow(unsafe_code, reason = "an allocator is unsafe by its interface; this one counts and passes on")]

mod common;

use common::*;
use davy_protocol::accept::check_bytes;
use davy_protocol::event::{decode_body, decode_header};
use davy_protocol::message::{HelloRequest, PullRequest, PullResponse};
use davy_protocol::receipt::Receipt;
use davy_protocol::{cbor, seal, segment};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    static LIVE: Cell<usize> = const { Cell::new(0) };
    static PEAK: Cell<usize> = const { Cell::new(0) };
}

fn note(change: impl FnOnce(usize) -> usize) {
    // A thread that ends has no counters any more; nothing is measured there.
    let _ = LIVE.try_with(|live| {
        live.set(change(live.get()));
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(live.get())));
    });
}

// SAFETY: every call is passed on unchanged to the system allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(|live| live + layout.size());
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        note(|live| live.saturating_sub(layout.size()));
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Most bytes that were allocated at once during the call, beyond those before it.
fn peak<T>(call: impl FnOnce() -> T) -> usize {
    let before = LIVE.get();
    PEAK.set(before);
    drop(call());
    PEAK.get().saturating_sub(before)
}

/// Calls every decoder and names the one that took the most.
fn worst(bytes: &[u8]) -> (usize, &'static str) {
    let key = device_public();
    let limits = segment::Limits::default();
    let calls: [(&str, &dyn Fn()); 9] = [
        ("cbor", &|| _ = cbor::check(bytes, cbor::MESSAGE)),
        ("header", &|| drop(decode_header(bytes))),
        ("body", &|| drop(decode_body("checklist.published", 1, bytes))),
        ("segment", &|| drop(check_bytes(bytes, limits, &key, ORG))),
        ("push", &|| drop(segment::decode_push(bytes))),
        ("seal", &|| drop(seal::verify(bytes, &key, ORG))),
        ("receipt", &|| drop(Receipt::verify(bytes, &key, ORG))),
        ("pull", &|| drop(minicbor::decode::<PullResponse>(bytes))),
        ("requests", &|| drop((minicbor::decode::<HelloRequest>(bytes), minicbor::decode::<PullRequest>(bytes)))),
    ];
    calls.into_iter().map(|(name, call)| (peak(call), name)).max().unwrap()
}

#[test]
fn announced_lengths_reserve_nothing() {
    for (name, bytes) in [
        ("array of 2^64", "9bffffffffffffffff"),
        ("map of 2^64", "bbffffffffffffffff"),
        ("bytes of 2^63", "5b7fffffffffffffff"),
        ("text of 2^32", "7b0000000100000000"),
        ("array of 2^32 in a segment", "829a ffffffff 82"),
        ("pages of 2^40", "a2 01 01 02 9b0000010000000000"),
        ("deep", "818181818181818181818181818181818181818181818181818100"),
    ] {
        let bytes = hex::decode(bytes.replace(' ', "")).unwrap();
        let (bytes, by) = worst(&bytes);
        assert!(bytes < 16 * 1024, "{name}: {by} took {bytes} bytes");
    }
}

#[test]
fn a_long_hostile_message_takes_a_small_multiple_of_its_bytes() {
    const LENGTH: usize = 4 * 1024 * 1024;
    let list = |item: &[u8], before: &[u8]| {
        let count = (LENGTH - before.len() - 5) / item.len();
        let head = [&[0x9a][..], &(count as u32).to_be_bytes()].concat();
        [before, &head, &item.repeat(count)].concat()
    };
    let page = [&[0xa3, 1, 1, 2, 0x81, 0xa5, 1, 0x50][..], &[0; 16], &[2, 0, 3]].concat();
    let run = [&page[..], &[0x81, 0xa4, 1, 0x50], &[0; 16], &[2]].concat();
    for (name, bytes) in [
        ("null", list(&[0xf6], &[])),
        ("empty arrays", list(&[0x80], &[])),
        ("empty events of a pull", list(&[0x82, 0x40, 0xf6], &run)),
        ("empty segments", list(&[0x40], &[])),
        ("empty pages", list(&[0xa0], &[0xa3, 1, 1, 2])),
    ] {
        let (bytes, by) = worst(&bytes);
        assert!(bytes < 4 * LENGTH, "{name}: {by} took {bytes} bytes");
    }
}

#[test]
fn a_segment_of_256_events_is_checked_in_about_its_own_size() {
    let mut device = Device::new();
    let events = device.answers(SITE, segment::MAX_EVENTS);
    let bytes = segment::encode(&device.seal(events));
    let taken = peak(|| check_bytes(&bytes, segment::Limits::default(), &device_public(), ORG).unwrap());
    assert!(taken < 4 * bytes.len(), "{taken} for {} bytes", bytes.len());
}
