//! Acceptance: where a checked segment belongs in its stream, and how each event is classified
//! (`docs/sync.md` §4). Pure: the caller looks state up and stores the outcome in one transaction.

use crate::author::{Chain, ScopeChain};
use crate::segment::{Bad, BadReason, Checked};
use davy_core::event::{Event, authored_by_server};
use davy_core::id::{EventId, Hash32, ScopeId, StreamId};
use davy_core::time::Millis;
use std::collections::BTreeMap;

/// How an event was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Valid and permitted.
    Ok,
    /// Valid, of a type that this server does not know: shown as "needs upgrade".
    Opaque,
    /// Valid, but not for readers until a supervisor releases it.
    Held,
}

impl Class {
    /// Number in records and receipts.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Opaque => 1,
            Self::Held => 2,
        }
    }

    /// From the number.
    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Ok),
            1 => Some(Self::Opaque),
            2 => Some(Self::Held),
            _ => None,
        }
    }
}

/// Reasons and remarks of an acceptance; bits of `flags`.
pub mod flag {
    /// The stream was revoked.
    pub const REVOKED: u32 = 1;
    /// The author has no grant for the scope.
    pub const NOT_GRANTED: u32 = 1 << 1;
    /// Only the server may author this type.
    pub const OFFICE_ONLY: u32 = 1 << 2;
    /// The device's clock claims more than a day beyond the server's.
    pub const CLOCK: u32 = 1 << 3;
}

/// An event whose clock is further ahead than this is held: 24 hours.
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
        /// Last sound seq.
        seq: u64,
    },
}

/// A stream as the server knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamState {
    /// Stream and its last accepted event; for a new stream seq 0 and the genesis hash.
    pub chain: Chain,
    /// Hash of the last seal; zeros before the first.
    pub last_seal: Hash32,
    /// Standing.
    pub standing: Standing,
    /// The stream is the server's own.
    pub is_server: bool,
}

/// Looks up what acceptance needs to know about a stream.
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
    /// New ends in each scope touched.
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
pub fn accept(
    state: &StreamState,
    checked: &Checked,
    lookup: &impl StreamLookup,
    recv: Millis,
) -> Acceptance {
    let head = state.chain;
    if checked.seal.stream != head.stream || checked.seal.from_seq > head.seq + 1 {
        return Acceptance::Gap { head };
    }
    for event in checked
        .events
        .iter()
        .filter(|event| event.header.seq <= head.seq)
    {
        match lookup.event_at(event.header.seq) {
            Some(known) if known == event.eid => {}
            Some(known) => {
                return Acceptance::Fork {
                    seq: event.header.seq,
                    known,
                };
            }
            None => return Acceptance::Gap { head },
        }
    }
    let first = checked
        .events
        .iter()
        .take_while(|event| event.header.seq <= head.seq)
        .count();
    if first == checked.events.len() {
        return Acceptance::Dup;
    }
    if let Standing::Closed { seq } = state.standing {
        return Acceptance::Fork {
            seq,
            known: EventId(head.head.0),
        };
    }
    let bad = |index: usize, reason| Acceptance::Bad(Bad { index, reason });
    if first == 0 && checked.seal.prev_seal != state.last_seal {
        return bad(checked.events.len(), BadReason::SealContent);
    }
    let fresh = &checked.events[first..];
    if fresh[0].header.prev != head.head {
        return bad(first, BadReason::Chain);
    }
    let mut scopes: BTreeMap<ScopeId, ScopeChain> = BTreeMap::new();
    let mut classes = Vec::with_capacity(fresh.len());
    for (index, event) in fresh.iter().enumerate() {
        let header = &event.header;
        let before = *scopes
            .entry(header.scope)
            .or_insert_with(|| lookup.scope_chain(header.scope));
        if header.sseq != before.sseq + 1 || header.sprev != before.head {
            return bad(first + index, BadReason::Chain);
        }
        scopes.insert(
            header.scope,
            ScopeChain {
                sseq: header.sseq,
                head: Hash32(event.eid.0),
            },
        );
        classes.push(classify(event, state, lookup, recv));
    }
    let chain = Chain {
        stream: head.stream,
        seq: checked.seal.to_seq,
        head: Hash32(checked.seal.to_eid.0),
    };
    Acceptance::Ok(Accepted {
        first,
        classes,
        chain,
        scopes,
        seal: checked.seal_hash,
    })
}

fn classify(
    event: &Event,
    state: &StreamState,
    lookup: &impl StreamLookup,
    recv: Millis,
) -> (Class, u32) {
    let header = &event.header;
    let mut flags = 0;
    if state.standing == Standing::Revoked {
        flags |= flag::REVOKED;
    }
    if !state.is_server && authored_by_server(&header.kind) {
        flags |= flag::OFFICE_ONLY;
    }
    if !state.is_server && !lookup.is_granted(header.scope) {
        flags |= flag::NOT_GRANTED;
    }
    if header.hlc.ms > recv.plus(CLOCK_BOUND_MS) {
        flags |= flag::CLOCK;
    }
    let class = if flags != 0 {
        Class::Held
    } else if Checked::is_opaque(event) {
        Class::Opaque
    } else {
        Class::Ok
    };
    (class, flags)
}

/// The genesis of a stream: where its first event hangs.
#[must_use]
pub const fn genesis_chain(stream: StreamId, record_hash: Hash32) -> Chain {
    Chain {
        stream,
        seq: 0,
        head: record_hash,
    }
}
