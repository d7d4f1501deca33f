//! The half of acceptance that needs the log: place, class, log numbers, feeds, documents, in one unit of work
//! (`docs/sync.md` §4). Called by pushes and by the server's own authorship alike.

use crate::access::Viewer;
use crate::directory::Directories;
use crate::ingest::fold::{self, Extension, Known};
use crate::ingest::prepare::{Prepared, Unsound};
use crate::ingest::{Change, envelope};
use crate::store::{FeedRow, HeldRow, NewSegment, OrgRow, QuarantineRow, ReadTx, ScopeEnd, StoreError, StreamRow, StreamStatus, Tx};
use davy_core::event::{Event, Payload};
use davy_core::id::{EventId, Hash32, OrgId, RootId, ScopeId, StreamId};
use davy_core::time::Millis;
use davy_protocol::accept::{Acceptance, Accepted, Class, Standing, StreamLookup, StreamState, accept, flag};
use davy_protocol::author::{Chain, ScopeChain};
use davy_protocol::feed::{AcceptanceRecord, Path, accumulate, accumulator_start};
use davy_protocol::receipt::Classed;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

/// Refused bytes kept a stream and day.
const QUARANTINE_BYTES: u64 = 1024 * 1024;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Where a push ended.
#[derive(Debug)]
pub enum Ended {
    /// All taken, or known before.
    Whole,
    /// Something before it is missing.
    Gap,
    /// Another event stands at a place; the stream is closed.
    Fork,
    /// A segment is malformed.
    Bad {
        /// Segment of the push.
        segment: usize,
        /// Event of the segment.
        event: usize,
        /// Why.
        reason: String,
    },
}

/// What became of a push.
#[derive(Debug)]
pub struct Outcome {
    /// Where it ended.
    pub ended: Ended,
    /// The stream's head now.
    pub head: Chain,
    /// Highest seq on a second machine.
    pub durable_seq: u64,
    /// Events of this push that are not plain `ok`.
    pub classed: Vec<Classed>,
    /// What changed.
    pub changes: Vec<Change>,
    /// New events.
    pub accepted: u64,
}

/// Takes the segments of one stream.
///
/// # Errors
/// The store fails; then nothing was changed.
pub fn push(
    tx: &mut dyn Tx,
    directories: &Directories,
    stream: StreamId,
    segments: Vec<Prepared>,
    unsound: Option<Unsound>,
    recv: Millis,
) -> Result<Outcome, StoreError> {
    let mut row = tx.stream(stream)?.ok_or(StoreError::damaged("stream"))?;
    let org = tx.org(row.org)?.ok_or(StoreError::damaged("organisation"))?;
    let directory = directories.get(tx.as_read(), row.org)?;
    let viewer = row.person.and_then(|person| Viewer::of(&directory, person));
    let mut ledger = Ledger { gseq: org.gseq, org, recv, changes: Vec::new(), classed: Vec::new(), accepted: 0 };
    let mut ended = Ended::Whole;
    for (at, segment) in segments.into_iter().enumerate() {
        match ledger.take(tx, &mut row, viewer.as_ref(), segment)? {
            Ended::Whole => {}
            Ended::Bad { event, reason, .. } => {
                ended = Ended::Bad { segment: at, event, reason };
                break;
            }
            other => {
                ended = other;
                break;
            }
        }
    }
    if let (Ended::Whole, Some(unsound)) = (&ended, unsound) {
        quarantine(tx, &row, &unsound, recv)?;
        ended = Ended::Bad { segment: unsound.segment, event: unsound.event, reason: unsound.reason };
    }
    if ledger.gseq != ledger.org.gseq {
        tx.set_gseq(row.org, ledger.gseq)?;
    }
    Ok(Outcome {
        ended,
        head: Chain { stream, seq: row.head_seq, head: row.head_eid },
        durable_seq: row.durable_seq,
        classed: ledger.classed,
        changes: ledger.changes,
        accepted: ledger.accepted,
    })
}

/// Keeps refused bytes, bounded a stream and day.
///
/// # Errors
/// The store fails.
fn quarantine(tx: &mut dyn Tx, row: &StreamRow, unsound: &Unsound, recv: Millis) -> Result<(), StoreError> {
    let used = tx.quarantined_bytes(row.stream, recv.plus(-DAY_MS))?;
    if used + unsound.bytes.len() as u64 > QUARANTINE_BYTES {
        return Ok(());
    }
    tx.insert_quarantine(&QuarantineRow {
        org: row.org,
        stream: row.stream,
        at: recv,
        reason: unsound.reason.clone(),
        bytes: unsound.bytes.clone(),
    })
}

/// Answers acceptance's questions from the running unit of work. The first failure is kept and ends the push.
struct Lookup<'a> {
    tx: &'a dyn ReadTx,
    row: &'a StreamRow,
    viewer: Option<&'a Viewer>,
    known: RefCell<Vec<(u64, EventId)>>,
    failed: RefCell<Option<StoreError>>,
}

impl Lookup<'_> {
    fn keep<T>(&self, result: Result<T, StoreError>) -> Option<T> {
        result.map_err(|error| self.failed.replace(Some(error))).ok()
    }

    fn load(&self, seq: u64) -> Result<(), StoreError> {
        let mut known = self.known.borrow_mut();
        if let Some(segment) = self.tx.segment_with(self.row.stream, seq)? {
            let events = envelope::decode_events(&segment.raw)?;
            known.extend(events.iter().map(|event| (event.header.seq, event.eid)));
        }
        Ok(())
    }
}

impl StreamLookup for Lookup<'_> {
    fn scope_chain(&self, scope: ScopeId) -> ScopeChain {
        let head = self.keep(self.tx.scope_head(self.row.stream, scope)).flatten();
        head.map_or_else(ScopeChain::default, |(sseq, eid)| ScopeChain { sseq, head: Hash32(eid.0) })
    }

    fn event_at(&self, seq: u64) -> Option<EventId> {
        let find = || self.known.borrow().iter().find(|(at, _)| *at == seq).map(|(_, eid)| *eid);
        if find().is_none() {
            self.keep(self.load(seq));
        }
        find()
    }

    fn is_granted(&self, scope: ScopeId) -> bool {
        self.viewer.is_some_and(|viewer| viewer.may_write(scope))
    }
}

struct Ledger {
    org: OrgRow,
    gseq: u64,
    recv: Millis,
    changes: Vec<Change>,
    classed: Vec<Classed>,
    accepted: u64,
}

impl Ledger {
    fn take(&mut self, tx: &mut dyn Tx, row: &mut StreamRow, viewer: Option<&Viewer>, segment: Prepared) -> Result<Ended, StoreError> {
        let state = StreamState {
            chain: Chain { stream: row.stream, seq: row.head_seq, head: row.head_eid },
            last_seal: row.last_seal,
            standing: match row.state {
                StreamStatus::Active => Standing::Active,
                StreamStatus::Revoked { .. } => Standing::Revoked,
                StreamStatus::Closed { seq } => Standing::Closed { seq },
            },
            is_server: row.stream == self.org.stream,
        };
        let acceptance = {
            let lookup = Lookup { tx: tx.as_read(), row, viewer, known: RefCell::default(), failed: RefCell::default() };
            let acceptance = accept(&state, &segment.checked, &lookup, self.recv);
            if let Some(error) = lookup.failed.into_inner() {
                return Err(error);
            }
            acceptance
        };
        match acceptance {
            Acceptance::Dup => {
                self.repeat_classes(tx, row, &segment)?;
                Ok(Ended::Whole)
            }
            Acceptance::Gap { .. } => Ok(Ended::Gap),
            Acceptance::Fork { seq, .. } => {
                tx.insert_fork(row.stream, seq, self.recv, &segment.packed)?;
                if !matches!(row.state, StreamStatus::Closed { .. }) {
                    row.state = StreamStatus::Closed { seq };
                    tx.set_stream_state(row.stream, row.state)?;
                }
                Ok(Ended::Fork)
            }
            Acceptance::Bad(bad) => Ok(Ended::Bad { segment: 0, event: bad.index, reason: bad.reason.to_string() }),
            Acceptance::Ok(accepted) => {
                self.store(tx, row, segment, accepted)?;
                Ok(Ended::Whole)
            }
        }
    }

    /// A repeated push gets the classes of the first time.
    fn repeat_classes(&mut self, tx: &dyn Tx, row: &StreamRow, segment: &Prepared) -> Result<(), StoreError> {
        let mut seqs: HashMap<EventId, u64> = HashMap::new();
        for event in &segment.checked.events {
            seqs.insert(event.eid, event.header.seq);
        }
        let Some(stored) = tx.segment_with(row.stream, segment.checked.seal.to_seq)? else {
            return Ok(());
        };
        for (_, feed) in tx.records_of(row.org, stored.id)? {
            for record in decode_records(&feed.records)? {
                if let Some(seq) = seqs.get(&record.eid).filter(|_| record.class != Class::Ok.code()) {
                    self.classed.push(Classed { seq: *seq, class: record.class, flags: record.flags });
                }
            }
        }
        Ok(())
    }

    fn store(&mut self, tx: &mut dyn Tx, row: &mut StreamRow, mut segment: Prepared, accepted: Accepted) -> Result<(), StoreError> {
        let mut known = self.known_aggregates(tx, &segment.checked.events[accepted.first..])?;
        let classes = self.settle_classes(&known, &segment.checked.events[accepted.first..], accepted.classes);
        let any_held = classes.iter().any(|(class, _)| *class == Class::Held);
        if any_held {
            envelope::mark_held(&mut segment.packed);
        }
        let id = tx.insert_segment(&NewSegment {
            org: row.org,
            stream: row.stream,
            from_seq: row.head_seq + 1,
            to_seq: accepted.chain.seq,
            recv: self.recv,
            raw: std::mem::take(&mut segment.packed),
        })?;
        let events = &segment.checked.events[accepted.first..];
        self.append_feeds(tx, row, id, events, &classes)?;
        for (scope, chain) in &accepted.scopes {
            tx.set_scope_head(row.stream, *scope, chain.sseq, EventId(chain.head.0))?;
        }
        (row.head_seq, row.head_eid, row.last_seal) = (accepted.chain.seq, accepted.chain.head, accepted.seal);
        tx.set_stream_head(row.stream, row.head_seq, row.head_eid, row.last_seal)?;
        self.accepted += events.len() as u64;
        for (root, at) in by_root(events) {
            tx.link_root(root, id)?;
            let open = at.iter().filter(|at| classes[**at].0 != Class::Held);
            let open: Vec<&Event> = open.map(|at| &events[*at]).collect();
            let group = self.note_blobs(tx, row, root, &known, events, &classes, &at)?;
            if let (Some(group), true) = (group, open.is_empty()) {
                // Held work on a finding or inspection shows as a mark, without its content.
                tx.clear_summary(group)?;
            }
            if open.is_empty() {
                continue;
            }
            let begun = segment.begun.remove(&root);
            let before = known.remove(&root).unwrap_or(Known::Nothing);
            let extension = Extension { org: row.org, root, events: open, begun, received: self.recv };
            self.changes.extend(fold::extend(tx, before, extension)?);
        }
        Ok(())
    }

    fn known_aggregates(&self, tx: &dyn Tx, events: &[Event]) -> Result<HashMap<RootId, Known>, StoreError> {
        let mut known = HashMap::new();
        for event in events {
            if let std::collections::hash_map::Entry::Vacant(slot) = known.entry(event.header.root) {
                slot.insert(Known::load(tx, event.header.root)?);
            }
        }
        Ok(known)
    }

    /// An event must name the scope of its aggregate: a grant for one site is none for another's records.
    fn settle_classes(&mut self, known: &HashMap<RootId, Known>, events: &[Event], mut classes: Vec<(Class, u32)>) -> Vec<(Class, u32)> {
        let mut scopes: HashMap<RootId, ScopeId> =
            known.iter().filter_map(|(root, known)| known.scope().map(|scope| (*root, scope))).collect();
        for (event, class) in events.iter().zip(&mut classes) {
            let scope = *scopes.entry(event.header.root).or_insert(event.header.scope);
            if scope != event.header.scope {
                *class = (Class::Held, class.1 | flag::NOT_GRANTED);
            }
            if class.0 != Class::Ok {
                self.classed.push(Classed { seq: event.header.seq, class: class.0.code(), flags: class.1 });
            }
        }
        classes
    }

    fn append_feeds(
        &mut self,
        tx: &mut dyn Tx,
        row: &StreamRow,
        segment: i64,
        events: &[Event],
        classes: &[(Class, u32)],
    ) -> Result<(), StoreError> {
        struct Growth {
            first: u64,
            end: ScopeEnd,
            records: Vec<u8>,
        }
        let path = if row.stream == self.org.stream { Path::Server } else { Path::Direct };
        let mut feeds: BTreeMap<ScopeId, Growth> = BTreeMap::new();
        for (event, (class, flags)) in events.iter().zip(classes) {
            self.gseq += 1;
            let record = AcceptanceRecord { gseq: self.gseq, eid: event.eid, recv_ms: self.recv, path, class: class.code(), flags: *flags };
            let scope = event.header.scope;
            let growth = match feeds.entry(scope) {
                std::collections::btree_map::Entry::Occupied(slot) => slot.into_mut(),
                std::collections::btree_map::Entry::Vacant(slot) => {
                    let start = ScopeEnd { pos: 0, acc: accumulator_start(row.org, scope) };
                    let end = tx.scope_end(row.org, scope)?.unwrap_or(start);
                    slot.insert(Growth { first: end.pos + 1, end, records: Vec::with_capacity(events.len() * 56) })
                }
            };
            growth.end = ScopeEnd { pos: growth.end.pos + 1, acc: accumulate(growth.end.acc, &record) };
            // Writing into memory cannot fail.
            let _ = minicbor::encode(record, &mut growth.records);
            if *class == Class::Held {
                tx.insert_held(&held_row(row.org, event, self.recv))?;
            }
        }
        for (scope, growth) in feeds {
            let feed = FeedRow { first: growth.first, last: growth.end.pos, segment, records: growth.records };
            tx.append_feed(row.org, scope, &feed, growth.end)?;
            self.changes.push(Change { org: row.org, scope, kind: 0, root: RootId(scope.0) });
        }
        Ok(())
    }

    #[allow(clippy::too_many_arguments)]
    fn note_blobs(
        &self,
        tx: &mut dyn Tx,
        row: &StreamRow,
        root: RootId,
        known: &HashMap<RootId, Known>,
        events: &[Event],
        classes: &[(Class, u32)],
        at: &[usize],
    ) -> Result<Option<RootId>, StoreError> {
        use davy_core::fold::Aggregate;
        let inspection = match known.get(&root) {
            Some(Known::Document(aggregate)) => match &**aggregate {
                Aggregate::Finding(doc) => doc.raised.inspection,
                _ => None,
            },
            _ => at.iter().find_map(|at| match &events[*at].payload {
                Payload::FindingRaised(raised) => raised.inspection,
                _ => None,
            }),
        };
        let group = inspection.map_or(root, RootId::from);
        for at in at {
            let held = classes[*at].0 == Class::Held;
            fold::note_blobs(tx, row.org, row.stream, &events[*at], group, held)?;
        }
        Ok(Some(group))
    }
}

fn held_row(org: OrgId, event: &Event, at: Millis) -> HeldRow {
    let header = &event.header;
    HeldRow { eid: event.eid, org, stream: header.stream, seq: header.seq, scope: header.scope, root: header.root, at }
}

/// Indexes of the events of each aggregate, aggregates in order of their first event.
fn by_root(events: &[Event]) -> Vec<(RootId, Vec<usize>)> {
    let mut order: Vec<(RootId, Vec<usize>)> = Vec::new();
    let mut place: HashMap<RootId, usize> = HashMap::new();
    for (at, event) in events.iter().enumerate() {
        let slot = *place.entry(event.header.root).or_insert_with(|| {
            order.push((event.header.root, Vec::new()));
            order.len() - 1
        });
        order[slot].1.push(at);
    }
    order
}

/// Reads the acceptance records of a feed row.
///
/// # Errors
/// Damaged bytes.
pub fn decode_records(bytes: &[u8]) -> Result<Vec<AcceptanceRecord>, StoreError> {
    let mut d = minicbor::Decoder::new(bytes);
    let mut records = Vec::new();
    while d.position() < bytes.len() {
        records.push(d.decode().map_err(|_| StoreError::damaged("acceptance record"))?);
    }
    Ok(records)
}
