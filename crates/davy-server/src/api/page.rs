//! What the pages of an inspection and of a finding share: photographs, checks, history.

use crate::access::{Action, Viewer};
use crate::api::dto::{Can, EvidencePlace, EvidenceState, HistoryRow, SealCheck, SealState};
use crate::api::history;
use crate::ingest::commit::decode_records;
use crate::ingest::envelope;
use crate::store::{ReadTx, StoreError};
use davy_core::event::{BlobRole, Event};
use davy_core::fold::{FindingDoc, InspectionDoc, Stamp};
use davy_core::id::{BlobId, EntityId, EventId, OrgId, RootId, StreamId};
use davy_core::view::author;
use davy_protocol::accept::Class;
use davy_protocol::feed::AcceptanceRecord;
use std::collections::{HashMap, HashSet};

/// An event of the log with how it was taken.
pub struct Logged {
    /// Event.
    pub event: Event,
    /// Record.
    pub record: AcceptanceRecord,
}

/// All events of some aggregates with their records, oldest first.
///
/// # Errors
/// The store fails or stored bytes are damaged.
pub fn logged(tx: &dyn ReadTx, org: OrgId, roots: &[RootId]) -> Result<Vec<Logged>, StoreError> {
    let mut done: HashSet<i64> = HashSet::new();
    let mut found = Vec::new();
    for root in roots {
        for segment in tx.segments_of(*root)? {
            if !done.insert(segment.id) {
                continue;
            }
            let mut records: HashMap<EventId, AcceptanceRecord> = HashMap::new();
            for (_, feed) in tx.records_of(org, segment.id)? {
                records.extend(decode_records(&feed.records)?.into_iter().map(|record| (record.eid, record)));
            }
            let events = envelope::decode_events(&segment.raw)?;
            found.extend(events.into_iter().filter(|event| roots.contains(&event.header.root)).filter_map(|event| {
                let record = records.remove(&event.eid)?;
                Some(Logged { event, record })
            }));
        }
    }
    found.sort_by_key(|logged| logged.record.gseq);
    Ok(found)
}

/// Whether blobs are here, looked up within a unit of work.
///
/// # Errors
/// The store fails.
pub fn present(tx: &dyn ReadTx, org: OrgId, blobs: impl Iterator<Item = BlobId>) -> Result<HashSet<BlobId>, StoreError> {
    let mut here = HashSet::new();
    for sha256 in blobs {
        if tx.blob(org, sha256)?.is_some() {
            here.insert(sha256);
        }
    }
    Ok(here)
}

/// A photograph as the documents name it.
pub struct Photo {
    /// Evidence.
    pub id: EntityId,
    /// Stream that attached it.
    pub stream: StreamId,
    /// Its blobs.
    pub blobs: Vec<(BlobRole, BlobId)>,
}

/// Photographs of an inspection.
#[must_use]
pub fn photos_of_inspection(doc: &InspectionDoc) -> Vec<Photo> {
    doc.evidence.all().map(|(id, photo)| to_photo(id, &photo.stamp, &photo.blobs)).collect()
}

/// Photographs of a finding.
#[must_use]
pub fn photos_of_finding(doc: &FindingDoc) -> Vec<Photo> {
    doc.evidence.all().map(|(id, photo)| to_photo(id, &photo.stamp, &photo.blobs)).collect()
}

fn to_photo(id: EntityId, stamp: &Stamp, blobs: &[davy_core::event::BlobRef]) -> Photo {
    Photo { id, stream: stamp.stream, blobs: blobs.iter().map(|blob| (blob.role, blob.sha256)).collect() }
}

/// Where photographs are.
#[must_use]
pub fn evidence(viewer: &Viewer, photos: &[Photo], here: &HashSet<BlobId>) -> Vec<EvidenceState> {
    let state = |photo: &Photo| {
        let of = |role: BlobRole| photo.blobs.iter().find(|(found, _)| *found == role).map(|(_, sha256)| *sha256);
        let sha256 = of(BlobRole::Original)?;
        let stream = viewer.directory.streams.get(&photo.stream);
        Some(EvidenceState {
            evidence: photo.id,
            sha256,
            state: if here.contains(&sha256) { EvidencePlace::Here } else { EvidencePlace::Awaiting },
            device: stream.map(|stream| stream.name.clone()),
            last_seen: stream.and_then(|stream| stream.last_seen),
            thumbnail_here: of(BlobRole::Thumbnail).is_some_and(|sha256| here.contains(&sha256)),
            preview_here: of(BlobRole::Preview).is_some_and(|sha256| here.contains(&sha256)),
        })
    };
    photos.iter().filter_map(state).collect()
}

/// Checks of events: every event in the log was signed, chained and hashed when it came in.
#[must_use]
pub fn seals(viewer: &Viewer, logged: &[Logged]) -> Vec<SealCheck> {
    let check = |logged: &Logged| {
        let header = &logged.event.header;
        SealCheck {
            eid: logged.event.eid,
            stream: header.stream,
            device: viewer.directory.streams.get(&header.stream).map(|stream| stream.name.clone()),
            seq: header.seq,
            state: match Class::from_code(logged.record.class) {
                Some(Class::Held) => SealState::Held,
                Some(Class::Ok) => SealState::Verified,
                Some(Class::Opaque) | None => SealState::UnknownType,
            },
            received: logged.record.recv_ms,
        }
    };
    logged.iter().map(check).collect()
}

/// History, newest first.
#[must_use]
pub fn history(viewer: &Viewer, logged: &[Logged], words: &history::Words<'_>) -> Vec<HistoryRow> {
    let replaced = history::superseded(logged.iter().map(|logged| &logged.event), words);
    let row = |logged: &Logged| {
        let (summary_zh, summary_en) = match Class::from_code(logged.record.class) {
            Some(Class::Held) => ("已暂存，待放行".to_owned(), "held for release".to_owned()),
            _ => words.describe(&logged.event),
        };
        HistoryRow {
            eid: logged.event.eid,
            kind: logged.event.header.kind.clone(),
            author: author(&Stamp::of(&logged.event), &*viewer.directory),
            received: logged.record.recv_ms,
            summary_zh,
            summary_en,
            superseded: replaced.contains(&logged.event.eid),
        }
    };
    logged.iter().rev().map(row).collect()
}

/// The caller's actions among those that a page offers.
#[must_use]
pub fn offered(viewer: &Viewer, actions: &[Action]) -> Vec<Can> {
    actions.iter().copied().filter(|action| viewer.can(*action)).map(Can::from).collect()
}
