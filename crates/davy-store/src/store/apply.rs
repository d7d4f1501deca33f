//! Applying pages of the server's feed: events, cursor and accumulator in one transaction (I-10, I-12).

use super::verify::{self, CheckedRun, Place};
use super::{HLC_KEY, Head, Inner, Store, hlc_bytes, project};
use crate::changes::Changes;
use crate::error::{PageError, Result};
use crate::evidence::feed::{self, Cursor, StreamName};
use crate::evidence::foreign::{self, RunWriter};
use crate::evidence::{event, seal, setting};
use crate::view::Source;
use davy_core::event::Event;
use davy_core::fold::{Aggregate, Applied as Fold};
use davy_core::id::{EventId, PersonId, RootId, ScopeId, StreamId};
use davy_protocol::feed::{ScopeHead, accumulator_start};
use davy_protocol::message::{PullResponse, ScopePage, StreamInfo};
use davy_protocol::{RawEvent, VerifyingKey};
use rusqlite::Connection;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// What an answer to a pull brought.
#[derive(Debug, Default)]
pub struct Applied {
    /// Events that are new here.
    pub events: u64,
    /// Scopes whose cursor moved.
    pub moved: Vec<ScopeId>,
    /// Scopes with more to pull.
    pub more: Vec<ScopeId>,
    /// Pages that were refused as a whole; the others were applied (I-17).
    pub refused: Vec<(ScopeId, PageError)>,
}

/// A page that passed all checks that need no look-up.
struct Ready<'a> {
    page: &'a ScopePage,
    runs: Vec<CheckedRun<'a>>,
}

/// Records of one aggregate that a page brought, in feed order.
#[derive(Default)]
struct Fresh<'a> {
    order: Vec<RootId>,
    by_root: HashMap<RootId, Vec<(&'a RawEvent, &'a Event)>>,
}

impl<'a> Fresh<'a> {
    fn add(&mut self, raw: &'a RawEvent, event: &'a Event) {
        let root = event.header.root;
        let list = self.by_root.entry(root).or_insert_with(|| {
            self.order.push(root);
            Vec::new()
        });
        list.push((raw, event));
    }
}

impl Store {
    /// Applies an answer to a pull: every sound page in one transaction, refused pages left out and named. The
    /// documents and lists follow before this returns.
    ///
    /// # Errors
    /// [`PageError::OtherEpoch`] when the answer belongs to another epoch; [`crate::StoreError::DiskFull`] and other
    /// database errors. Nothing was applied.
    pub fn apply_pull(&self, answer: &PullResponse) -> Result<Applied> {
        let inner = &*self.inner;
        let keys = self.stream_keys(answer)?;
        let mut applied = Applied::default();
        let mut ready = Vec::with_capacity(answer.pages.len());
        for page in &answer.pages {
            match verify::check_runs(page, &keys, inner.enrolment.org) {
                Ok(runs) => ready.push(Ready { page, runs }),
                Err(error) => applied.refused.push((page.scope, error)),
            }
        }
        let roots: BTreeSet<RootId> =
            ready.iter().flat_map(|r| &r.runs).flat_map(|run| &run.events).map(|event| event.header.root).collect();
        let mut writer = self.writer();
        inner.view.mark(roots);
        let mut head = writer.take_head(inner)?;
        let (tx, runs) = writer.begin_replica()?;
        let known = setting::number(&tx, super::sync_state::EPOCH_KEY)?;
        if answer.epoch != known {
            drop(tx);
            writer.head = Some(head);
            return Err(PageError::OtherEpoch { page: answer.epoch, known }.into());
        }
        let renamed = keep_streams(&tx, &answer.streams)?;
        let mut fresh = Fresh::default();
        for ready in &ready {
            match write_page(inner, &tx, runs, answer.epoch, ready) {
                Ok(new) => {
                    note(&mut applied, ready.page, &new);
                    new.into_iter().for_each(|(raw, event)| fresh.add(raw, event));
                }
                Err(crate::StoreError::Page(error)) => applied.refused.push((ready.page.scope, error)),
                Err(other) => return Err(other),
            }
        }
        merge_clock(inner, &tx, &mut head, &fresh)?;
        let known_before = write_runs(&tx, runs, &fresh)?;
        let last = foreign::last(&tx)?;
        tx.commit()?;
        inner.note_foreign(last);
        writer.head = Some(head);
        let mut changes = fold_fresh(inner, &fresh, &known_before)?;
        drop(writer);
        changes.deliveries |= renamed;
        inner.listeners.tell(&changes);
        Ok(applied)
    }

    /// Keys of the streams in an answer: as introduced in it or before. A stream never changes its key.
    pub(super) fn stream_keys(&self, answer: &PullResponse) -> Result<HashMap<StreamId, VerifyingKey>> {
        let own = (self.inner.enrolment.stream, self.inner.signing.verifying_key());
        let mut keys = HashMap::from([own]);
        let told: HashMap<StreamId, &StreamInfo> = answer.streams.iter().map(|info| (info.stream, info)).collect();
        for stream in answer.pages.iter().flat_map(|page| &page.runs).map(|run| run.stream) {
            if keys.contains_key(&stream) {
                continue;
            }
            let known = self.read(|db| feed::stream_info(db, stream))?;
            let known: Option<StreamInfo> = known.and_then(|bytes| minicbor::decode(&bytes).ok());
            let key = match (known, told.get(&stream)) {
                (Some(known), Some(told)) if known.key != told.key => continue,
                (Some(known), _) => known.key,
                (None, Some(told)) => told.key,
                (None, None) => continue,
            };
            keys.extend(VerifyingKey::from_bytes(&key).ok().map(|key| (stream, key)));
        }
        Ok(keys)
    }
}

fn note(applied: &mut Applied, page: &ScopePage, new: &[(&RawEvent, &Event)]) {
    applied.events += new.len() as u64;
    if page.next != page.after {
        applied.moved.push(page.scope);
    }
    if page.more {
        applied.more.push(page.scope);
    }
}

fn keep_streams(tx: &Connection, streams: &[StreamInfo]) -> Result<bool> {
    let mut changed = false;
    for info in streams {
        let name =
            StreamName { stream: info.stream, device_name: info.device_name.clone(), person: info.person.unwrap_or(PersonId([0; 16])) };
        let bytes = minicbor::to_vec(info).map_err(crate::StoreError::damaged)?;
        changed |= feed::put_stream(tx, &name, &bytes)?;
    }
    Ok(changed)
}

/// Writes one page but for its events: cursor, records, seals, stream heads. Returns the events that are new here.
/// A page that does not fit writes nothing: all checks come before the first write.
fn write_page<'a>(
    inner: &Inner,
    tx: &Connection,
    runs: &mut RunWriter,
    epoch: u64,
    ready: &'a Ready<'_>,
) -> Result<Vec<(&'a RawEvent, &'a Event)>> {
    let Ready { page, runs: checked } = ready;
    let start = Cursor { scope: page.scope, pos: 0, acc: accumulator_start(inner.enrolment.org, page.scope) };
    let cursor = feed::get(tx, page.scope, epoch)?.unwrap_or(start);
    if page.after != cursor.pos {
        return Err(PageError::NotAtCursor { after: page.after, cursor: cursor.pos }.into());
    }
    let count: u64 = checked.iter().map(|run| run.events.len() as u64).sum();
    if count == 0 && page.more {
        return Err(PageError::EmptyWithMore.into());
    }
    if page.next != page.after + count {
        return Err(PageError::inconsistent("its events do not reach from its start to its end").into());
    }
    let next = Cursor { scope: page.scope, pos: page.next, acc: verify::accumulated(cursor.acc, checked) };
    if let Some(signed) = page.head.as_deref().filter(|_| !page.more) {
        let expected = ScopeHead { epoch, scope: page.scope, pos: next.pos, acc: next.acc };
        verify::check_head(signed, &inner.server_key, inner.enrolment.org, &expected)?;
    }
    let (new, heads) = place_all(inner, tx, checked)?;
    if count == 0 {
        return Ok(new);
    }
    for (stream, (sseq, eid)) in heads {
        foreign::put_head(tx, stream, page.scope, sseq, eid)?;
    }
    for run in checked.iter().filter(|run| run.run.stream != inner.enrolment.stream) {
        seal::put_foreign(tx, run.seal_hash, run.run.stream, &run.run.seal)?;
    }
    let records: Vec<_> = checked.iter().flat_map(|run| &run.run.records).collect();
    let records = minicbor::to_vec(&records).map_err(crate::StoreError::damaged)?;
    runs.put_records(tx, page.scope, epoch, page.next, &records)?;
    feed::put(tx, epoch, &next)?;
    Ok(new)
}

type Heads = HashMap<StreamId, (u64, EventId)>;

/// Places every event; own ones must be those that this device wrote.
fn place_all<'a>(inner: &Inner, tx: &Connection, checked: &'a [CheckedRun<'_>]) -> Result<(Vec<(&'a RawEvent, &'a Event)>, Heads)> {
    let mut new = Vec::new();
    let mut heads = Heads::new();
    for run in checked {
        let stream = run.run.stream;
        if stream == inner.enrolment.stream {
            check_own(inner, tx, run)?;
            continue;
        }
        let Some(first) = run.events.first() else {
            continue;
        };
        let mut head = match heads.get(&stream) {
            Some(head) => Some(*head),
            None => foreign::head(tx, stream, first.header.scope)?,
        };
        for (event, raw) in run.events.iter().zip(&run.run.events) {
            if let Place::Next = verify::place(head, event)? {
                head = Some((event.header.sseq, event.eid));
                new.push((raw, event));
            }
        }
        heads.extend(head.map(|head| (stream, head)));
    }
    Ok((new, heads))
}

/// An own event comes back as it was written. One that this database does not have means that it was put back to an
/// older state: that must not be papered over, because the next event would fork the stream (I-38).
fn check_own(inner: &Inner, tx: &Connection, run: &CheckedRun<'_>) -> Result<()> {
    for (decoded, raw) in run.events.iter().zip(&run.run.events) {
        let ours = event::get(tx, inner.base + decoded.header.seq)?;
        if ours.is_none_or(|ours| ours.header != raw.header) {
            let seq = decoded.header.seq;
            return Err(PageError::inconsistent(format!("the server has event {seq} of this device, which this device does not")).into());
        }
    }
    Ok(())
}

fn merge_clock(inner: &Inner, tx: &Connection, head: &mut Head, fresh: &Fresh<'_>) -> Result<()> {
    let Some(newest) = fresh.by_root.values().flatten().map(|(_, event)| event.header.hlc).max() else {
        return Ok(());
    };
    let now = inner.clock.now_estimate(head.anchor.as_ref().map(|(_, fix)| fix));
    head.heads.hlc = head.heads.hlc.merge(newest, now);
    setting::set(tx, HLC_KEY, Some(&hlc_bytes(head.heads.hlc)))
}

/// Writes the events, a run an aggregate. Returns the aggregates of which something was known before.
fn write_runs(tx: &Connection, runs: &mut RunWriter, fresh: &Fresh<'_>) -> Result<BTreeSet<RootId>> {
    let mut known = BTreeSet::new();
    for root in &fresh.order {
        if foreign::has_root(tx, *root)? || event::has_root(tx, *root)? {
            known.insert(*root);
        }
        runs.insert(tx, *root, fresh.by_root[root].iter().map(|(raw, _)| *raw))?;
    }
    Ok(known)
}

/// Brings documents up to date after the commit, from the events at hand where they extend what is known.
fn fold_fresh(inner: &Inner, fresh: &Fresh<'_>, known: &BTreeSet<RootId>) -> Result<Changes> {
    let mut changes = Changes { remote: true, ..Changes::default() };
    for root in &fresh.order {
        let events = &fresh.by_root[root];
        let cached = inner.folds.take(*root);
        let folded = match (cached, known.contains(root)) {
            (Some(document), _) => match extend(document, events) {
                Some(document) => Some(document),
                None => inner.load(*root)?,
            },
            (None, true) => inner.load(*root)?,
            (None, false) => match project::fold_in_order(events.iter().map(|(_, event)| *event)) {
                Some(document) => Some(Arc::new(document)),
                None => inner.load(*root)?,
            },
        };
        changes.record(folded.as_ref().map(|document| document.kind()), *root);
        if let Some(document) = folded {
            let full = inner.view.put(&document);
            inner.folds.put(document);
            if full {
                inner.view.flush(inner)?;
            }
        }
    }
    Ok(changes)
}

fn extend(mut document: Arc<Aggregate>, events: &[(&RawEvent, &Event)]) -> Option<Arc<Aggregate>> {
    let changed = Arc::make_mut(&mut document);
    events.iter().all(|(_, event)| changed.apply(event) == Fold::Extended).then_some(document)
}
