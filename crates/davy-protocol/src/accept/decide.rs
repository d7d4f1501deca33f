//! The half that needs state: where the stream stands, and what its author may do.

use super::check::{Bad, BadReason, Checked};
use super::{Class, flag};
use crate::author::{Chain, ScopeChain};
use davy_core::event::{Event, authored_by_server};
use davy_core::id::{EventId, Hash32, ScopeId};
use davy_core::time::Millis;
use std::collections::BTreeMap;

/// An event whose clock is further ahead of the server's than this is held: 24 hours.
pub const CLOCK_BOUND_MS: i64 = 24 * 60 * 60 * 1000;

/// Whether a stream may add to the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In service.
    Active,
    /// Revoked: later work is held.
    Revoked,
    /// Two events stood at one place: closed at that seq.
    Closed {
        /// The seq that is taken twice.
        seq: u64,
    },
}

/// A stream as the server knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamState {
    /// Stream and its last accepted event; [`Chain::start`] for a new stream.
    pub chain: Chain,
    /// Hash of the last accepted seal; zeros before the first.
    pub last_seal: Hash32,
    /// Standing.
    pub standing: Standing,
    /// The stream is the server's own.
    pub is_server: bool,
}

/// Looks up what acceptance needs to know about a stream, inside the transaction that stores the outcome.
pub trait StreamLookup {
    /// Where the stream stands in a scope.
    fn scope_chain(&self, scope: ScopeId) -> ScopeChain;
    /// Event at a seq that was accepted before.
    fn event_at(&self, seq: u64) -> Option<EventId>;
    /// Whether the author may write in a scope.
    fn is_granted(&self, scope: ScopeId) -> bool;
}

/// What to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Index of the first new event of the segment.
    pub first: usize,
    /// Class and flags of each new event.
    pub classes: Vec<(Class, u32)>,
    /// The stream's new end.
    pub chain: Chain,
    /// New ends in each scope touched by new events.
    pub scopes: BTreeMap<ScopeId, ScopeChain>,
    /// Hash of the segment's seal.
    pub seal: Hash32,
}

/// Outcome for one segment.
#[derive(Debug)]
pub enum Acceptance {
    /// All of it is known: repeat the receipt, write nothing.
    Dup,
    /// New events.
    Ok(Accepted),
    /// Something before it is missing: nothing stored; the device sends from here.
    Gap {
        /// The stream's head.
        head: Chain,
    },
    /// Another event stands at this seq: keep both, close the stream.
    Fork {
        /// Where.
        seq: u64,
        /// What stands there.
        known: EventId,
    },
    /// Malformed in its place.
    Bad(Bad),
}

/// Places a checked segment. `recv` is the server's time.
#[must_use]
pub fn accept(state: &StreamState, checked: &Checked, lookup: &impl StreamLookup, recv: Millis) -> Acceptance {
    let head = state.chain;
    let first_seq = checked.seal.from_seq;
    if checked.seal.stream != head.stream {
        return bad(0, BadReason::OtherStream);
    }
    if first_seq - 1 > head.seq {
        return closed(state).unwrap_or(Acceptance::Gap { head });
    }
    if let Some(outcome) = compare_known(head, checked, lookup) {
        return outcome;
    }
    if let Some(outcome) = closed(state) {
        return outcome;
    }
    let first = usize::try_from(head.seq + 1 - first_seq).unwrap_or(usize::MAX);
    // Seals are dense. A segment that begins below the head was cut anew, after the server was restored to a state
    // inside it: there the chain of the events alone decides.
    if first == 0 && checked.seal.prev_seal != state.last_seal {
        return bad(checked.events.len(), BadReason::SealChain);
    }
    let mut scopes: BTreeMap<ScopeId, ScopeChain> = BTreeMap::new();
    let mut classes = Vec::with_capacity(checked.events.len().saturating_sub(first));
    let mut grants = Grants { lookup, last: None };
    for (index, event) in checked.events.iter().enumerate().skip(first) {
        let header = &event.header;
        let chain = scopes.entry(header.scope).or_insert_with(|| lookup.scope_chain(header.scope));
        if chain.sseq.checked_add(1) != Some(header.sseq) || header.sprev != chain.head {
            return bad(index, BadReason::ScopeChain);
        }
        *chain = ScopeChain { sseq: header.sseq, head: Hash32(event.eid.0) };
        classes.push(classify(event, state, &mut grants, recv));
    }
    let chain = Chain { stream: head.stream, seq: checked.seal.to_seq, head: Hash32(checked.seal.to_eid.0) };
    Acceptance::Ok(Accepted { first, classes, chain, scopes, seal: checked.seal_hash })
}

const fn bad(index: usize, reason: BadReason) -> Acceptance {
    Acceptance::Bad(Bad { index, reason })
}

/// A closed stream takes nothing new; the device must enrol a new one.
const fn closed(state: &StreamState) -> Option<Acceptance> {
    match state.standing {
        Standing::Closed { seq } => Some(Acceptance::Fork { seq, known: EventId(state.chain.head.0) }),
        Standing::Active | Standing::Revoked => None,
    }
}

/// Compares the part that the server knows, including what the first event names as the one before it.
///
/// The chain within the segment is proven, so one comparison at the newest known event covers all before it. A wrong
/// `prev` at the head is a fork too: the device has signed that another event stands at the head's seq. So a device
/// that was restored from an old backup learns that it needs a new stream, instead of being refused for ever.
fn compare_known(head: Chain, checked: &Checked, lookup: &impl StreamLookup) -> Option<Acceptance> {
    let newest = head.seq.min(checked.seal.to_seq);
    let ours = if newest == head.seq { Some(head.head) } else { lookup.event_at(newest).map(|eid| Hash32(eid.0)) };
    // The server does not find its own event: ask for everything after what it surely has.
    let Some(ours) = ours else { return Some(Acceptance::Gap { head }) };
    if claimed_at(checked, newest) == Some(ours) {
        return (newest == checked.seal.to_seq).then_some(Acceptance::Dup);
    }
    if newest == 0 {
        // The first event of a stream must stand on its enrolment record.
        return Some(bad(0, BadReason::Prev));
    }
    let mut fork = (newest, EventId(ours.0));
    while fork.0 > checked.seal.from_seq {
        match lookup.event_at(fork.0 - 1) {
            Some(known) if claimed_at(checked, fork.0 - 1) != Some(Hash32(known.0)) => fork = (fork.0 - 1, known),
            _ => break,
        }
    }
    Some(Acceptance::Fork { seq: fork.0, known: fork.1 })
}

/// Which event the segment has at a seq, or names as the one before its first.
fn claimed_at(checked: &Checked, seq: u64) -> Option<Hash32> {
    if seq + 1 == checked.seal.from_seq {
        return checked.events.first().map(|event| event.header.prev);
    }
    let nth = usize::try_from(seq.checked_sub(checked.seal.from_seq)?).ok()?;
    checked.events.get(nth).map(|event| Hash32(event.eid.0))
}

/// Asks for each grant once in a row: a segment mostly stays in one scope.
struct Grants<'a, L> {
    lookup: &'a L,
    last: Option<(ScopeId, bool)>,
}

impl<L: StreamLookup> Grants<'_, L> {
    fn get(&mut self, scope: ScopeId) -> bool {
        match self.last {
            Some((known, granted)) if known == scope => granted,
            _ => {
                let granted = self.lookup.is_granted(scope);
                self.last = Some((scope, granted));
                granted
            }
        }
    }
}

fn classify(event: &Event, state: &StreamState, grants: &mut Grants<'_, impl StreamLookup>, recv: Millis) -> (Class, u32) {
    let header = &event.header;
    let reasons = [
        (state.standing == Standing::Revoked, flag::REVOKED),
        (!state.is_server && authored_by_server(&header.kind), flag::OFFICE_ONLY),
        (!state.is_server && !grants.get(header.scope), flag::NOT_GRANTED),
        (header.hlc.ms > recv.plus(CLOCK_BOUND_MS), flag::CLOCK),
    ];
    let flags = reasons.iter().filter(|(holds, _)| *holds).fold(0, |flags, (_, flag)| flags | flag);
    let class = match flags {
        0 if Checked::is_opaque(event) => Class::Opaque,
        0 => Class::Ok,
        _ => Class::Held,
    };
    (class, flags)
}
