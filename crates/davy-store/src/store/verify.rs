//! Checks a page of the feed before anything of it is written: pure but for look-ups of what is known.
//!
//! Every event is hashed and compared with its record, every run with the seal that covers it, every event with the
//! one before it of its stream in the scope (I-30), and the accumulator with the signed end of the feed (I-12).

use super::project;
use crate::error::PageError;
use davy_core::event::Event;
use davy_core::id::{EventId, Hash32, OrgId, ScopeId, StreamId};
use davy_protocol::VerifyingKey;
use davy_protocol::feed::{ScopeHead, accumulate};
use davy_protocol::message::{FeedRun, ScopePage};
use davy_protocol::seal::{Seal, scope_tag, seal_hash, verify as verify_seal};
use std::collections::HashMap;

/// A run whose events, records and seal belong together.
pub(super) struct CheckedRun<'a> {
    pub run: &'a FeedRun,
    pub events: Vec<Event>,
    pub seal_hash: Hash32,
}

/// Runs below this many events are not worth a second thread.
const PARALLEL_FROM: usize = 64;

/// Decodes and checks all runs of a page. Order is kept.
pub(super) fn check_runs<'a>(
    page: &'a ScopePage,
    keys: &HashMap<StreamId, VerifyingKey>,
    org: OrgId,
) -> Result<Vec<CheckedRun<'a>>, PageError> {
    let check = |run: &'a FeedRun| check_run(run, page.scope, keys, org);
    let events: usize = page.runs.iter().map(|run| run.events.len()).sum();
    if events < PARALLEL_FROM || page.runs.len() < 2 {
        return page.runs.iter().map(check).collect();
    }
    let (first, second) = page.runs.split_at(page.runs.len() / 2);
    let (first, second) = std::thread::scope(|threads| {
        let other = threads.spawn(|| second.iter().map(check).collect::<Result<Vec<_>, _>>());
        (first.iter().map(check).collect::<Result<Vec<_>, _>>(), other.join())
    });
    let mut all = first?;
    all.extend(second.map_err(|_| PageError::inconsistent("checking it failed"))??);
    Ok(all)
}

fn check_run<'a>(
    run: &'a FeedRun,
    scope: ScopeId,
    keys: &HashMap<StreamId, VerifyingKey>,
    org: OrgId,
) -> Result<CheckedRun<'a>, PageError> {
    let wrong = |what: &str| PageError::inconsistent(format!("{what} (stream {})", run.stream));
    if run.events.is_empty() || run.events.len() != run.records.len() {
        return Err(wrong("a run without a record for each event"));
    }
    let key = keys.get(&run.stream).ok_or_else(|| wrong("a stream that nobody introduced"))?;
    let seal = verify_seal(&run.seal, key, org).map_err(|e| wrong(&e.to_string()))?;
    let mut events: Vec<Event> = Vec::with_capacity(run.events.len());
    for (raw, record) in run.events.iter().zip(&run.records) {
        let event = project::decode(raw).map_err(|e| wrong(&e.to_string()))?;
        let header = &event.header;
        if event.eid != record.eid || header.stream != run.stream || header.scope != scope {
            return Err(wrong("an event under another's record"));
        }
        if let Some(before) = events.last()
            && (header.sseq != before.header.sseq + 1 || header.sprev != Hash32(before.eid.0))
        {
            return Err(wrong("an event that does not follow the one before it"));
        }
        events.push(event);
    }
    if !is_sealed(&seal, &events, scope) {
        return Err(wrong("a seal that does not cover its events"));
    }
    Ok(CheckedRun { run, events, seal_hash: seal_hash(&run.seal) })
}

/// The seal names the scope's last event in it. A page may end before that one: then the events lie before it, and
/// the next page's first event proves them by its `sprev`.
fn is_sealed(seal: &Seal, events: &[Event], scope: ScopeId) -> bool {
    let (Some(first), Some(last)) = (events.first(), events.last()) else {
        return false;
    };
    let in_range = first.header.seq >= seal.from_seq && last.header.seq <= seal.to_seq && first.header.seq <= last.header.seq;
    let tag = scope_tag(seal.stream, scope);
    let Some(head) = seal.scopes.iter().find(|head| head.tag == tag) else {
        return false;
    };
    seal.stream == first.header.stream
        && in_range
        && (last.header.sseq < head.sseq || (last.header.sseq == head.sseq && last.eid == head.eid))
}

/// Accumulator after the page.
pub(super) fn accumulated(acc: Hash32, runs: &[CheckedRun<'_>]) -> Hash32 {
    runs.iter().flat_map(|run| &run.run.records).fold(acc, accumulate)
}

/// The server's signed end of the feed says the same.
pub(super) fn check_head(bytes: &[u8], key: &VerifyingKey, org: OrgId, expected: &ScopeHead) -> Result<(), PageError> {
    let head = ScopeHead::verify(bytes, key, org).map_err(|e| PageError::inconsistent(format!("signed end of the feed: {e}")))?;
    if head == *expected { Ok(()) } else { Err(PageError::inconsistent("the signed end of the feed differs from what was received")) }
}

/// Where an event stands against what is known of its stream in the scope.
pub(super) enum Place {
    /// It follows.
    Next,
    /// It is known already.
    Known,
}

/// Places an event after the known head of its stream in the scope.
pub(super) fn place(head: Option<(u64, EventId)>, event: &Event) -> Result<Place, PageError> {
    let (sseq, eid) = head.unwrap_or((0, EventId([0; 32])));
    let header = &event.header;
    if header.sseq <= sseq {
        let same = header.sseq < sseq || event.eid == eid;
        return if same {
            Ok(Place::Known)
        } else {
            Err(PageError::inconsistent(format!("two events at one place of stream {}", header.stream)))
        };
    }
    if header.sseq == sseq + 1 && header.sprev == Hash32(eid.0) {
        return Ok(Place::Next);
    }
    Err(PageError::inconsistent(format!("events of stream {} were left out before number {}", header.stream, header.sseq)))
}
