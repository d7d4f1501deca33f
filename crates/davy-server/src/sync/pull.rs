//! `POST /pull`: pages of scopes' feeds. Stored bytes are copied into the answer; only runs with held events or
//! several scopes are put together anew.

use crate::app::{App, Org};
use crate::error::ApiError;
use crate::ingest::commit::decode_records;
use crate::ingest::envelope::{Stored, encode_events, split_events};
use crate::reason::Reason;
use crate::store::{FeedEntry, ReadTx, ScopeEnd, StoreError, StreamRow, StreamStatus};
use crate::sync::caller::Device;
use crate::sync::codec::{self, SyncError};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use davy_core::id::{EventId, ScopeId, StreamId};
use davy_protocol::accept::Class;
use davy_protocol::event::event_id;
use davy_protocol::feed::{ScopeHead, accumulator_start};
use davy_protocol::message::{MAX_PULL_BYTES, MAX_PULL_EVENTS, PullRequest, ScopeCursor, StreamInfo};
use minicbor::Encoder;
use minicbor::encode::Error;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};
use std::convert::Infallible;
use std::sync::Arc;

/// Scopes a request may name.
const MOST_SCOPES: usize = 4096;

/// One scope's page, ready to be written.
struct Page {
    cursor: ScopeCursor,
    runs: Vec<Run>,
    next: u64,
    more: bool,
    head: Option<ScopeEnd>,
}

/// Events of one segment in one scope.
struct Run {
    stream: StreamId,
    events: Vec<u8>,
    count: u64,
    records: Vec<u8>,
    seal: Vec<u8>,
}

/// Answers with the next pages.
pub async fn pull(State(app): State<Arc<App>>, device: Device, request: Request) -> Result<Response, SyncError> {
    let zstd = codec::takes_zstd(request.headers());
    let asked: PullRequest = codec::read(request).await?;
    if asked.epoch != device.org.epoch {
        let mut error = SyncError::new(StatusCode::CONFLICT, "epoch", "The server's log began anew; say hello and start over.");
        error.epoch = Some(device.org.epoch);
        return Err(error);
    }
    if asked.scopes.len() > MOST_SCOPES {
        return Err(ApiError::invalid("scopes", &Reason::TooMany(MOST_SCOPES)).into());
    }
    if device.row.state != StreamStatus::Active {
        return Err(SyncError::new(StatusCode::FORBIDDEN, "revoked", "This device was revoked: it may send what it holds, but not read."));
    }
    let viewer = device.viewer.as_ref();
    if asked.scopes.iter().any(|cursor| !viewer.is_some_and(|viewer| viewer.may_read(cursor.scope))) {
        return Err(SyncError::new(
            StatusCode::FORBIDDEN,
            "scope_revoked",
            "A place is no longer yours to read; say hello for the current list.",
        ));
    }
    let org = Arc::clone(&device.org);
    let body = app.store.query(move |tx| collect(tx, &org, &asked)).await?;
    Ok(codec::answer_bytes(body, zstd))
}

fn collect(tx: &dyn ReadTx, org: &Org, asked: &PullRequest) -> Result<Vec<u8>, StoreError> {
    let (mut events, mut bytes) = (u64::from(asked.limit.clamp(1, MAX_PULL_EVENTS)), MAX_PULL_BYTES);
    let mut pages = Vec::with_capacity(asked.scopes.len());
    let mut streams: BTreeMap<StreamId, StreamRow> = BTreeMap::new();
    for cursor in &asked.scopes {
        let end = tx.scope_end(org.id, cursor.scope)?.unwrap_or(ScopeEnd { pos: 0, acc: accumulator_start(org.id, cursor.scope) });
        let full = events == 0 || bytes == 0;
        let entries =
            if full || cursor.after >= end.pos { Vec::new() } else { tx.feed(org.id, cursor.scope, cursor.after, events, bytes)? };
        let mut page = Page { cursor: *cursor, runs: Vec::with_capacity(entries.len()), next: cursor.after, more: false, head: None };
        for entry in entries {
            let run = run(&entry, cursor)?;
            events = events.saturating_sub(run.count);
            bytes = bytes.saturating_sub(run.events.len() + run.records.len());
            page.next = entry.feed.last;
            if let Entry::Vacant(unknown) = streams.entry(run.stream) {
                unknown.insert(tx.stream(run.stream)?.ok_or(StoreError::damaged("stream"))?);
            }
            page.runs.push(run);
            if bytes == 0 {
                break;
            }
        }
        page.more = page.next < end.pos;
        page.head = (!page.more).then_some(end);
        pages.push(page);
    }
    let mut body = Vec::with_capacity(64 * 1024 + MAX_PULL_BYTES - bytes);
    // Writing into memory cannot fail.
    let _ = write(&mut body, org, &pages, &streams);
    Ok(body)
}

fn run(entry: &FeedEntry, cursor: &ScopeCursor) -> Result<Run, StoreError> {
    let stored = Stored::open(&entry.raw)?;
    let total = entry.feed.last - entry.feed.first + 1;
    let all = stored.events()?;
    let seal = stored.seal.to_vec();
    if stored.goes_as_it_is() && cursor.after < entry.feed.first && u64::from(stored.count) == total {
        return Ok(Run { stream: entry.stream, events: all, count: total, records: entry.feed.records.clone(), seal });
    }
    let records = decode_records(&entry.feed.records)?;
    let skip = usize::try_from((cursor.after + 1).saturating_sub(entry.feed.first)).unwrap_or(usize::MAX);
    let wanted = records.get(skip.min(records.len())..).unwrap_or_default();
    let ids: HashSet<EventId> = wanted.iter().map(|record| record.eid).collect();
    let held: HashSet<EventId> = wanted.iter().filter(|record| record.class == Class::Held.code()).map(|record| record.eid).collect();
    let mut events = Vec::with_capacity(wanted.len());
    for mut event in split_events(&all)? {
        let eid = event_id(event.header);
        if ids.contains(&eid) {
            if held.contains(&eid) {
                event.body = None;
            }
            events.push(event);
        }
    }
    let mut encoded = Vec::with_capacity(wanted.len() * 56);
    for record in wanted {
        // Writing into memory cannot fail.
        let _ = minicbor::encode(record, &mut encoded);
    }
    Ok(Run { stream: entry.stream, events: encode_events(&events), count: events.len() as u64, records: encoded, seal })
}

type Written = Result<(), Error<Infallible>>;

/// Writes a `PullResponse` around the stored bytes.
fn write(out: &mut Vec<u8>, org: &Org, pages: &[Page], streams: &BTreeMap<StreamId, StreamRow>) -> Written {
    Encoder::new(&mut *out).map(3)?.u8(1)?.u64(org.epoch)?.u8(2)?.array(pages.len() as u64)?;
    for page in pages {
        write_page(out, org, page)?;
    }
    let infos: Vec<StreamInfo> = streams.values().map(info).collect();
    Encoder::new(&mut *out).u8(3)?.encode(&infos)?;
    Ok(())
}

fn info(row: &StreamRow) -> StreamInfo {
    StreamInfo { stream: row.stream, device_name: row.name.clone(), person: row.person, key: row.key, record: row.record.clone() }
}

fn write_page(out: &mut Vec<u8>, org: &Org, page: &Page) -> Written {
    let scope: ScopeId = page.cursor.scope;
    let pairs = if page.head.is_some() { 6 } else { 5 };
    Encoder::new(&mut *out).map(pairs)?.u8(1)?.encode(scope)?.u8(2)?.u64(page.cursor.after)?.u8(3)?.array(page.runs.len() as u64)?;
    for run in &page.runs {
        Encoder::new(&mut *out).map(4)?.u8(1)?.encode(run.stream)?.u8(2)?;
        out.extend_from_slice(&run.events);
        Encoder::new(&mut *out).u8(3)?.array(run.count)?;
        out.extend_from_slice(&run.records);
        Encoder::new(&mut *out).u8(4)?.bytes(&run.seal)?;
    }
    let mut e = Encoder::new(&mut *out);
    e.u8(4)?.u64(page.next)?.u8(5)?.bool(page.more)?;
    if let Some(end) = page.head {
        let head = ScopeHead { epoch: org.epoch, scope, pos: end.pos, acc: end.acc };
        e.u8(6)?.bytes(&head.sign(&org.key, org.id))?;
    }
    Ok(())
}
