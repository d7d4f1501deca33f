//! The stateless half of a push: split, decode, hashes, chain, one signature a segment, fold of what begins in
//! it. Runs on many threads at once, before the writer sees anything.

use crate::ingest::{document, envelope};
use crate::store::StoreError;
use davy_core::event::Event;
use davy_core::fold::Aggregate;
use davy_core::id::{OrgId, RootId, StreamId};
use davy_protocol::VerifyingKey;
use davy_protocol::accept::{Checked, check_segment};
use davy_protocol::segment::{self, Limits};
use std::collections::HashMap;

/// A sound segment, ready for its place.
pub struct Prepared {
    /// Decoded, with its seal.
    pub checked: Checked,
    /// As it will lie in the store.
    pub packed: Vec<u8>,
    /// Aggregates that begin here, folded from the events of this segment alone.
    pub begun: HashMap<RootId, Begun>,
}

/// A folded beginning.
pub struct Begun {
    /// Document.
    pub aggregate: Aggregate,
    /// Its stored bytes.
    pub packed: Vec<u8>,
    /// Events folded in.
    pub events: usize,
}

/// A segment that is not sound, with the reason and the bytes to keep aside.
#[derive(Debug)]
pub struct Unsound {
    /// Index of the segment in the push.
    pub segment: usize,
    /// Index of the event in the segment.
    pub event: usize,
    /// Why.
    pub reason: String,
    /// The segment as received.
    pub bytes: Vec<u8>,
}

/// What a push holds: sound segments up to the first that is not.
pub struct Push {
    /// Sound, in order.
    pub segments: Vec<Prepared>,
    /// The first unsound one.
    pub unsound: Option<Unsound>,
}

/// Checks a decompressed push of one stream.
///
/// # Errors
/// The batch itself is malformed, with words.
pub fn prepare(batch: &[u8], key: &VerifyingKey, org: OrgId, stream: StreamId) -> Result<Push, String> {
    let parts = segment::decode_push(batch).map_err(|error| error.to_string())?;
    let mut push = Push { segments: Vec::with_capacity(parts.len()), unsound: None };
    for (at, bytes) in parts.into_iter().enumerate() {
        match one(bytes, key, org, stream) {
            Ok(prepared) => push.segments.push(prepared),
            Err((event, reason)) => {
                push.unsound = Some(Unsound { segment: at, event, reason, bytes: bytes.to_vec() });
                break;
            }
        }
    }
    Ok(push)
}

fn one(bytes: &[u8], key: &VerifyingKey, org: OrgId, stream: StreamId) -> Result<Prepared, (usize, String)> {
    let segment = segment::decode(bytes, Limits::default()).map_err(|error| (0, error.to_string()))?;
    let checked = check_segment(&segment, key, org).map_err(|bad| (bad.index, bad.reason.to_string()))?;
    if checked.seal.stream != stream {
        return Err((0, "the segment belongs to another stream than the token".to_owned()));
    }
    let first = checked.events.first().map(|event| event.header.scope);
    let one_scope = checked.events.iter().all(|event| Some(event.header.scope) == first);
    let stored = |error: StoreError| (0, error.to_string());
    let packed = envelope::pack(&segment, one_scope).map_err(stored)?;
    let begun = begin(&checked.events).map_err(stored)?;
    Ok(Prepared { checked, packed, begun })
}

fn begin(events: &[Event]) -> Result<HashMap<RootId, Begun>, StoreError> {
    let mut begun: HashMap<RootId, Begun> = HashMap::new();
    let mut late: Vec<RootId> = Vec::new();
    for event in events {
        let root = event.header.root;
        if let Some(known) = begun.get_mut(&root) {
            if known.aggregate.scope() == event.header.scope && known.aggregate.apply(event) == davy_core::fold::Applied::Extended {
                known.events += 1;
            } else {
                late.push(root);
            }
        } else if let Some(aggregate) = Aggregate::create(event).filter(|_| event.header.deps.is_empty()) {
            begun.insert(root, Begun { aggregate, packed: Vec::new(), events: 1 });
        } else {
            late.push(root);
        }
    }
    // What did not fold straight on is left to the writer, which knows all events.
    for root in late {
        begun.remove(&root);
    }
    for known in begun.values_mut() {
        known.packed = document::pack(&known.aggregate)?;
    }
    Ok(begun)
}
