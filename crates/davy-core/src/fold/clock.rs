//! What supersedes what.
//!
//! Every event names the heads its author saw. Within one stream an author always sees its own earlier
//! events, so a vector clock (stream → highest seq among the ancestors) decides ancestry exactly:
//! `e` is an ancestor of `f` when f's clock reaches e's seq on e's stream.

use crate::event::Header;
use crate::id::{EventId, StreamId};
use serde::{Deserialize, Serialize};

/// Streams and the highest seq of each that is known or covered. Sorted by stream.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Clock(Vec<(StreamId, u64)>);

impl Clock {
    /// Whether the event (stream, seq) is covered.
    #[must_use]
    pub fn covers(&self, stream: StreamId, seq: u64) -> bool {
        self.get(stream) >= seq
    }

    /// Highest seq of a stream; 0 when none is known.
    #[must_use]
    pub fn get(&self, stream: StreamId) -> u64 {
        self.0.binary_search_by_key(&stream, |entry| entry.0).map_or(0, |at| self.0[at].1)
    }

    /// Raises one stream to at least `seq`.
    pub fn raise(&mut self, stream: StreamId, seq: u64) {
        match self.0.binary_search_by_key(&stream, |entry| entry.0) {
            Ok(at) => self.0[at].1 = self.0[at].1.max(seq),
            Err(at) => self.0.insert(at, (stream, seq)),
        }
    }

    /// Takes over all that another clock covers.
    pub fn merge(&mut self, other: &Self) {
        for &(stream, seq) in &other.0 {
            self.raise(stream, seq);
        }
    }

    /// Whether everything in `other` is covered.
    #[must_use]
    pub fn covers_all(&self, other: &Self) -> bool {
        other.0.iter().all(|&(stream, seq)| self.covers(stream, seq))
    }
}

/// A head of an aggregate with the clock of everything before and including it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct HeadClock {
    eid: EventId,
    clock: Clock,
}

/// The causal edge of an aggregate: enough to place the next event without its history.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ancestry {
    heads: Vec<HeadClock>,
    seen: Clock,
    events: u32,
}

impl Ancestry {
    /// Ids of the heads, sorted: the `deps` of the next event.
    #[must_use]
    pub fn heads(&self) -> Vec<EventId> {
        self.heads.iter().map(|head| head.eid).collect()
    }

    /// Number of events folded in.
    #[must_use]
    pub const fn events(&self) -> u32 {
        self.events
    }

    /// The clock of an event that extends what is known: all its deps are heads, it is new, and it
    /// follows its own stream's last event. `None`: only a refold can place it.
    #[must_use]
    pub fn place(&self, header: &Header) -> Option<Clock> {
        if self.seen.covers(header.stream, header.seq) {
            return None;
        }
        let mut clock = Clock::default();
        for dep in &header.deps {
            let at = self.heads.binary_search_by_key(dep, |head| head.eid).ok()?;
            clock.merge(&self.heads[at].clock);
        }
        if clock.get(header.stream) != self.seen.get(header.stream) {
            return None;
        }
        clock.raise(header.stream, header.seq);
        Some(clock)
    }

    /// Records a placed event.
    pub fn extend(&mut self, eid: EventId, header: &Header, clock: &Clock) {
        self.heads.retain(|head| !clock.covers_all(&head.clock));
        if let Err(at) = self.heads.binary_search_by_key(&eid, |head| head.eid) {
            self.heads.insert(at, HeadClock { eid, clock: clock.clone() });
        }
        self.seen.raise(header.stream, header.seq);
        self.events += 1;
    }
}
