//! One door for every kind of aggregate: apply an event that extends it, or refold it from all its events.

use crate::event::{Event, Payload};
use crate::fold::{Ancestry, AssignmentDoc, ChecklistDoc, Clock, FindingDoc, InspectionDoc, PersonDoc, RegionDoc, SiteDoc};
use crate::id::{EventId, RootId, ScopeId, StreamId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Any aggregate's document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Aggregate {
    /// An inspection.
    Inspection(Box<InspectionDoc>),
    /// A finding.
    Finding(Box<FindingDoc>),
    /// A region.
    Region(RegionDoc),
    /// A person.
    Person(PersonDoc),
    /// A site.
    Site(SiteDoc),
    /// An assignment.
    Assignment(AssignmentDoc),
    /// A checklist version.
    Checklist(ChecklistDoc),
}

/// Kind of an aggregate, for indexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AggregateKind {
    /// An inspection.
    Inspection,
    /// A finding.
    Finding,
    /// A region.
    Region,
    /// A person.
    Person,
    /// A site.
    Site,
    /// An assignment.
    Assignment,
    /// A checklist version.
    Checklist,
}

/// Outcome of applying one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// The document now includes it.
    Extended,
    /// It arrived late, twice, or names something unknown: refold from all events.
    NeedsRefold,
}

impl Aggregate {
    /// Starts a document from a creating event; `None` if the event creates nothing.
    #[must_use]
    pub fn create(event: &Event) -> Option<Self> {
        let root = event.header.root;
        let mut fresh = match &event.payload {
            Payload::InspectionStarted(started) => Self::Inspection(Box::new(InspectionDoc::start(event, started))),
            Payload::FindingRaised(raised) => Self::Finding(Box::new(FindingDoc::start(event, raised))),
            Payload::RegionSet(set) => Self::Region(RegionDoc::new(event, root.into(), set)),
            Payload::PersonSet(set) => Self::Person(PersonDoc::new(event, root.into(), set)),
            Payload::SiteSet(set) => Self::Site(SiteDoc::new(event, root.into(), set)),
            Payload::AssignmentSet(set) => Self::Assignment(AssignmentDoc::new(event, root.into(), set)),
            Payload::ChecklistPublished(set) => Self::Checklist(ChecklistDoc::new(event, root, set)),
            _ => return None,
        };
        let clock = fresh.ancestry().place(&event.header)?;
        fresh.ancestry_mut().extend(event.eid, &event.header, &clock);
        Some(fresh)
    }

    /// Applies an event that extends what is known.
    pub fn apply(&mut self, event: &Event) -> Applied {
        if self.waiting() > 0 || event.header.root != self.root() {
            return Applied::NeedsRefold;
        }
        match self.ancestry().place(&event.header) {
            Some(clock) => {
                self.absorb(event, &clock);
                Applied::Extended
            }
            None => Applied::NeedsRefold,
        }
    }

    /// Folds a set of events of one aggregate, in any order, with duplicates. Events whose earlier changes
    /// are missing are counted as waiting and have no effect yet. `None` while the creating event is missing.
    #[must_use]
    pub fn refold(events: &[Event]) -> Option<Self> {
        let order = causal_order(events);
        let mut folded: Option<Self> = None;
        for &at in &order.placed {
            let event = &events[at];
            match &mut folded {
                None => folded = Self::create(event),
                Some(document) => document.absorb(event, &order.clocks[&event.eid]),
            }
        }
        if let Some(document) = &mut folded {
            document.set_waiting(order.waiting);
        }
        folded
    }

    fn absorb(&mut self, event: &Event, clock: &Clock) {
        match (&mut *self, &event.payload) {
            (Self::Inspection(doc), _) => doc.absorb(event, clock),
            (Self::Finding(doc), _) => doc.absorb(event, clock),
            (Self::Region(doc), Payload::RegionSet(set)) => doc.update(event, set),
            (Self::Person(doc), Payload::PersonSet(set)) => doc.update(event, set),
            (Self::Site(doc), Payload::SiteSet(set)) => doc.update(event, set),
            (Self::Assignment(doc), Payload::AssignmentSet(set)) => doc.update(event, set),
            (Self::Checklist(doc), Payload::ChecklistPublished(set)) => doc.update(event, set),
            (Self::Checklist(doc), Payload::ChecklistRetired(retired)) => doc.retire(event, retired),
            _ => {}
        }
        self.ancestry_mut().extend(event.eid, &event.header, clock);
    }

    /// Heads, sorted: the `deps` of the next event.
    #[must_use]
    pub fn heads(&self) -> Vec<EventId> {
        self.ancestry().heads()
    }

    /// Number of events folded in.
    #[must_use]
    pub fn events(&self) -> u32 {
        self.ancestry().events()
    }

    /// Kind.
    #[must_use]
    pub const fn kind(&self) -> AggregateKind {
        match self {
            Self::Inspection(_) => AggregateKind::Inspection,
            Self::Finding(_) => AggregateKind::Finding,
            Self::Region(_) => AggregateKind::Region,
            Self::Person(_) => AggregateKind::Person,
            Self::Site(_) => AggregateKind::Site,
            Self::Assignment(_) => AggregateKind::Assignment,
            Self::Checklist(_) => AggregateKind::Checklist,
        }
    }

    /// Aggregate id.
    #[must_use]
    pub fn root(&self) -> RootId {
        match self {
            Self::Inspection(doc) => doc.id.into(),
            Self::Finding(doc) => doc.id.into(),
            Self::Region(doc) => doc.id.into(),
            Self::Person(doc) => doc.id.into(),
            Self::Site(doc) => doc.id.into(),
            Self::Assignment(doc) => doc.id.into(),
            Self::Checklist(doc) => doc.id,
        }
    }

    /// Scope.
    #[must_use]
    pub const fn scope(&self) -> ScopeId {
        match self {
            Self::Inspection(doc) => doc.scope,
            Self::Finding(doc) => doc.scope,
            Self::Region(doc) => doc.scope,
            Self::Person(doc) => doc.scope,
            Self::Site(doc) => doc.scope,
            Self::Assignment(doc) => doc.scope,
            Self::Checklist(doc) => doc.scope,
        }
    }

    /// Events that are known but wait for earlier ones.
    #[must_use]
    pub const fn waiting(&self) -> u32 {
        match self {
            Self::Inspection(doc) => doc.waiting,
            Self::Finding(doc) => doc.waiting,
            _ => 0,
        }
    }

    fn set_waiting(&mut self, waiting: u32) {
        match self {
            Self::Inspection(doc) => doc.waiting = waiting,
            Self::Finding(doc) => doc.waiting = waiting,
            _ => {}
        }
    }

    const fn ancestry(&self) -> &Ancestry {
        match self {
            Self::Inspection(doc) => &doc.ancestry,
            Self::Finding(doc) => &doc.ancestry,
            Self::Region(doc) => &doc.ancestry,
            Self::Person(doc) => &doc.ancestry,
            Self::Site(doc) => &doc.ancestry,
            Self::Assignment(doc) => &doc.ancestry,
            Self::Checklist(doc) => &doc.ancestry,
        }
    }

    const fn ancestry_mut(&mut self) -> &mut Ancestry {
        match self {
            Self::Inspection(doc) => &mut doc.ancestry,
            Self::Finding(doc) => &mut doc.ancestry,
            Self::Region(doc) => &mut doc.ancestry,
            Self::Person(doc) => &mut doc.ancestry,
            Self::Site(doc) => &mut doc.ancestry,
            Self::Assignment(doc) => &mut doc.ancestry,
            Self::Checklist(doc) => &mut doc.ancestry,
        }
    }
}

/// Events of one aggregate in an order in which every event follows all that it knows of.
pub(super) struct CausalOrder {
    /// Indexes of the events that could be placed.
    pub placed: Vec<usize>,
    /// Clock of every placed event.
    pub clocks: HashMap<EventId, Clock>,
    /// Events that could not.
    pub waiting: u32,
}

/// Places events by their deps; ties by (hlc, stream, seq) so that every reader finds the same order.
/// An event also follows the one before it of its own stream: a person knows their own acts.
pub(super) fn causal_order(events: &[Event]) -> CausalOrder {
    let mut by_eid: HashMap<EventId, usize> = HashMap::with_capacity(events.len());
    for (at, event) in events.iter().enumerate() {
        by_eid.entry(event.eid).or_insert(at);
    }
    let previous = previous_of_stream(events, &by_eid);
    let mut missing: HashMap<usize, u32> = HashMap::new();
    let mut followers: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut ready = BTreeSet::new();
    let rank = |at: usize| {
        let header = &events[at].header;
        (header.hlc, header.stream, header.seq, at)
    };
    for &at in by_eid.values() {
        let mut before: BTreeSet<Option<usize>> = events[at].header.deps.iter().map(|dep| by_eid.get(dep).copied()).collect();
        if let Some(&own) = previous.get(&at) {
            before.insert(Some(own));
        }
        for &known in before.iter().flatten() {
            followers.entry(known).or_default().push(at);
        }
        // A dep that is not here counts too and is never taken away: the event waits.
        let count = u32::try_from(before.len()).unwrap_or(u32::MAX);
        missing.insert(at, count);
        if count == 0 {
            ready.insert(rank(at));
        }
    }
    let mut order = CausalOrder { placed: Vec::with_capacity(by_eid.len()), clocks: HashMap::with_capacity(by_eid.len()), waiting: 0 };
    while let Some((_, _, _, at)) = ready.pop_first() {
        order.clocks.insert(events[at].eid, clock_of(events, at, previous.get(&at), &order.clocks));
        order.placed.push(at);
        for &next in followers.get(&at).into_iter().flatten() {
            if let Some(count) = missing.get_mut(&next) {
                *count -= 1;
                if *count == 0 {
                    ready.insert(rank(next));
                }
            }
        }
    }
    order.waiting = u32::try_from(by_eid.len() - order.placed.len()).unwrap_or(u32::MAX);
    order
}

fn clock_of(events: &[Event], at: usize, previous: Option<&usize>, clocks: &HashMap<EventId, Clock>) -> Clock {
    let header = &events[at].header;
    let mut clock = Clock::default();
    let own = previous.map(|&own| events[own].eid);
    for eid in header.deps.iter().copied().chain(own) {
        if let Some(before) = clocks.get(&eid) {
            clock.merge(before);
        }
    }
    clock.raise(header.stream, header.seq);
    clock
}

fn previous_of_stream(events: &[Event], by_eid: &HashMap<EventId, usize>) -> HashMap<usize, usize> {
    let mut streams: BTreeMap<StreamId, Vec<usize>> = BTreeMap::new();
    for &at in by_eid.values() {
        streams.entry(events[at].header.stream).or_default().push(at);
    }
    let mut previous = HashMap::new();
    for mut own in streams.into_values() {
        own.sort_by_key(|&at| (events[at].header.seq, events[at].eid));
        for pair in own.windows(2) {
            previous.insert(pair[1], pair[0]);
        }
    }
    previous
}
