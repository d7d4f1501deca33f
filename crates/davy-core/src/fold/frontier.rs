//! What a sign-off covers: a Merkle tree (RFC 6962 §2.1 hashing) over the ids of all events and the hashes
//! of all blobs of the inspection and its findings, sorted, without duplicates.

use crate::event::{AggregateHeads, Event, Frontier};
use crate::fold::aggregate::causal_order;
use crate::id::{EventId, Hash32, RootId};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Leaf hash: 0x00 ‖ kind ‖ 32 bytes, where kind is `e` for an event id and `b` for a blob.
fn leaf(kind: u8, bytes: &[u8; 32]) -> [u8; 32] {
    Sha256::new().chain_update([0, kind]).chain_update(bytes).finalize().into()
}

fn node(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// Root of a list of leaf hashes; for the empty list the hash of nothing.
#[must_use]
pub fn merkle_root(leaves: &[[u8; 32]]) -> Hash32 {
    fn root(leaves: &[[u8; 32]]) -> [u8; 32] {
        match leaves {
            [] => Sha256::digest([]).into(),
            [one] => *one,
            many => {
                let split = many.len().next_power_of_two() / 2;
                node(&root(&many[..split]), &root(&many[split..]))
            }
        }
    }
    Hash32(root(leaves))
}

/// Leaf hashes of events with their blobs.
fn leaves<'a>(events: impl Iterator<Item = &'a Event>) -> Vec<[u8; 32]> {
    let mut all = BTreeSet::new();
    for event in events {
        all.insert((b'e', *event.eid.as_bytes()));
        all.extend(event.header.blobs.iter().map(|blob| (b'b', *blob.sha256.as_bytes())));
    }
    all.iter().map(|(kind, bytes)| leaf(*kind, bytes)).collect()
}

/// The frontier of an inspection (first) and its findings as they are known now.
#[must_use]
pub fn frontier_of(aggregates: &[(RootId, Vec<Event>)]) -> Frontier {
    let mut heads = Vec::with_capacity(aggregates.len());
    let mut covered = Vec::new();
    for (root, events) in aggregates {
        let order = causal_order(events);
        let placed: Vec<&Event> = order.placed.iter().map(|&at| &events[at]).collect();
        let inner: BTreeSet<EventId> = placed.iter().flat_map(|event| event.header.deps.iter().copied()).collect();
        let edge: BTreeSet<EventId> = placed.iter().map(|event| event.eid).filter(|eid| !inner.contains(eid)).collect();
        heads.push(AggregateHeads { root: *root, heads: edge.into_iter().collect() });
        covered.extend(placed);
    }
    let leaves = leaves(covered.into_iter());
    Frontier { root: merkle_root(&leaves), leaves: u32::try_from(leaves.len()).unwrap_or(u32::MAX), heads }
}

/// Whether a sign-off's frontier fits the events: recomputed from its heads back to the beginning (I-25).
/// `events` gives all known events of an aggregate.
#[must_use]
pub fn frontier_holds(frontier: &Frontier, mut events: impl FnMut(RootId) -> Vec<Event>) -> bool {
    let mut covered = Vec::new();
    for aggregate in &frontier.heads {
        let known = events(aggregate.root);
        let order = causal_order(&known);
        let clocks: Option<Vec<_>> = aggregate.heads.iter().map(|head| order.clocks.get(head)).collect();
        let Some(clocks) = clocks else { return false };
        covered.extend(
            order
                .placed
                .iter()
                .map(|&at| &known[at])
                .filter(|event| clocks.iter().any(|clock| clock.covers(event.header.stream, event.header.seq)))
                .cloned(),
        );
    }
    let leaves = leaves(covered.iter());
    merkle_root(&leaves) == frontier.root && u32::try_from(leaves.len()) == Ok(frontier.leaves)
}
