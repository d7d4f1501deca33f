//! A field that keeps every concurrent value until a later one, made in knowledge of them, replaces them.

use crate::event::{Event, Header};
use crate::fold::Clock;
use crate::id::{EventId, PersonId, StreamId};
use crate::time::{Hlc, Wall};
use serde::{Deserialize, Serialize};

/// Where a value comes from. Orders by (hlc, stream, seq): an order for lists, never for who wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Hybrid clock of the author.
    pub hlc: Hlc,
    /// Stream.
    pub stream: StreamId,
    /// Seq in the stream.
    pub seq: u64,
    /// Event.
    pub eid: EventId,
    /// Who.
    pub actor: PersonId,
    /// Wall clock as the device showed it.
    pub wall: Wall,
}

impl Stamp {
    /// The stamp of an event.
    #[must_use]
    pub fn of(event: &Event) -> Self {
        let Header { hlc, stream, seq, actor, wall, .. } = event.header;
        Self { hlc, stream, seq, eid: event.eid, actor, wall }
    }
}

impl PartialOrd for Stamp {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Stamp {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.hlc, self.stream, self.seq, self.eid).cmp(&(other.hlc, other.stream, other.seq, other.eid))
    }
}

/// One value with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held<T> {
    /// Where it comes from.
    pub stamp: Stamp,
    /// The value.
    pub value: T,
}

/// All values that no later one superseded, sorted by stamp. More than one distinct value: contested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cell<T>(Vec<Held<T>>);

impl<T> Default for Cell<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Cell<T> {
    /// Writes a value whose author knew what `clock` covers.
    pub fn write(&mut self, stamp: Stamp, clock: &Clock, value: T) {
        self.clear_covered(clock);
        insert_sorted(&mut self.0, Held { stamp, value });
    }

    /// Removes what a later act, which knew of it, settled elsewhere.
    pub fn clear_covered(&mut self, clock: &Clock) {
        self.0.retain(|held| !clock.covers(held.stamp.stream, held.stamp.seq));
    }

    /// All values that hold.
    #[must_use]
    pub fn held(&self) -> &[Held<T>] {
        &self.0
    }

    /// The newest of the values that hold, by stamp.
    #[must_use]
    pub fn newest(&self) -> Option<&Held<T>> {
        self.0.last()
    }
}

impl<T: PartialEq> Cell<T> {
    /// Whether distinct values stand side by side.
    #[must_use]
    pub fn is_contested(&self) -> bool {
        self.0.windows(2).any(|pair| pair[0].value != pair[1].value)
    }
}

/// Something that has a place in time order.
pub trait Stamped {
    /// Its stamp.
    fn stamp(&self) -> &Stamp;
}

impl<T> Stamped for Held<T> {
    fn stamp(&self) -> &Stamp {
        &self.stamp
    }
}

/// Keeps a list in stamp order whatever the order of arrival (I-21).
pub fn insert_sorted<T: Stamped>(list: &mut Vec<T>, entry: T) {
    let at = list.partition_point(|other| other.stamp() < entry.stamp());
    list.insert(at, entry);
}
