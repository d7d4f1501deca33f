//! Documents and columns follow the log: within the unit of work that extends it, once an aggregate and push.

use crate::ingest::prepare::Begun;
use crate::ingest::{Change, document, envelope, index, is_directory};
use crate::store::tx::kind_code;
use crate::store::{AggregateRow, BlobRefRow, StoreError, Tx};
use davy_core::event::Event;
use davy_core::fold::{Aggregate, Applied};
use davy_core::id::{EventId, OrgId, RootId, ScopeId, StreamId};
use davy_core::time::Millis;
use std::collections::HashSet;

/// The document of an aggregate before this segment.
pub enum Known {
    /// No event of it was ever seen.
    Nothing,
    /// Events are here, but not the one that creates it.
    Waiting,
    /// Folded.
    Document(Box<Aggregate>),
}

impl Known {
    /// Reads what is known.
    ///
    /// # Errors
    /// The store fails or the document is damaged.
    pub fn load(tx: &dyn Tx, root: RootId) -> Result<Self, StoreError> {
        if let Some(row) = tx.aggregate(root)? {
            return Ok(Self::Document(Box::new(document::unpack(&row.doc)?)));
        }
        Ok(if tx.segments_of(root)?.is_empty() { Self::Nothing } else { Self::Waiting })
    }

    /// The scope that all events of the aggregate must name.
    #[must_use]
    pub fn scope(&self) -> Option<ScopeId> {
        match self {
            Self::Document(aggregate) => Some(aggregate.scope()),
            Self::Nothing | Self::Waiting => None,
        }
    }
}

/// New events of one aggregate that readers may see.
pub struct Extension<'a> {
    /// Organisation.
    pub org: OrgId,
    /// Aggregate.
    pub root: RootId,
    /// New events in order; held ones are not among them.
    pub events: Vec<&'a Event>,
    /// The aggregate's whole new part was folded before.
    pub begun: Option<Begun>,
    /// Server's time.
    pub received: Millis,
}

/// Folds new events into an aggregate and writes document and columns. The segment must be stored and linked.
///
/// # Errors
/// The store fails or stored bytes are damaged.
pub fn extend(tx: &mut dyn Tx, known: Known, extension: Extension<'_>) -> Result<Option<Change>, StoreError> {
    let Extension { org, root, events, begun, received } = extension;
    let (aggregate, packed) = match (known, begun) {
        (Known::Nothing, Some(begun)) if begun.events == events.len() => (Some(begun.aggregate), Some(begun.packed)),
        (Known::Document(mut aggregate), _) => {
            let straight = events.iter().all(|event| aggregate.apply(event) == Applied::Extended);
            if straight { (Some(*aggregate), None) } else { (refold(&*tx, org, root)?, None) }
        }
        _ => (refold(&*tx, org, root)?, None),
    };
    let Some(aggregate) = aggregate else {
        return Ok(None);
    };
    let packed = match packed {
        Some(packed) => packed,
        None => document::pack(&aggregate)?,
    };
    save(tx, org, &aggregate, packed, received).map(Some)
}

/// Folds an aggregate from all its events that readers may see.
///
/// # Errors
/// The store fails or stored bytes are damaged.
pub fn refold(tx: &dyn Tx, org: OrgId, root: RootId) -> Result<Option<Aggregate>, StoreError> {
    let held: HashSet<EventId> = tx.held(org, Some(root))?.into_iter().map(|row| row.eid).collect();
    let mut events = Vec::new();
    for segment in tx.segments_of(root)? {
        let all = envelope::decode_events(&segment.raw)?;
        events.extend(all.into_iter().filter(|event| event.header.root == root && !held.contains(&event.eid)));
    }
    Ok(Aggregate::refold(&events))
}

fn save(tx: &mut dyn Tx, org: OrgId, aggregate: &Aggregate, packed: Vec<u8>, received: Millis) -> Result<Change, StoreError> {
    let (root, scope, kind) = (aggregate.root(), aggregate.scope(), kind_code(aggregate));
    tx.put_aggregate(&AggregateRow { root, org, scope, kind, doc: packed, received })?;
    match aggregate {
        Aggregate::Inspection(doc) => {
            let held = !tx.held(org, Some(root))?.is_empty();
            tx.put_inspection(&index::inspection(doc, org, received, held))?;
        }
        Aggregate::Finding(doc) => {
            tx.put_finding(&index::finding(doc, org, received))?;
            if let Some(inspection) = doc.raised.inspection {
                tx.clear_summary(inspection.into())?;
            }
        }
        _ => {}
    }
    if is_directory(aggregate) {
        tx.bump_directory(org)?;
    }
    Ok(Change { org, scope, kind, root })
}

/// Notes the blobs that an event names.
///
/// # Errors
/// The store fails.
pub fn note_blobs(tx: &mut dyn Tx, org: OrgId, stream: StreamId, event: &Event, group: RootId, held: bool) -> Result<(), StoreError> {
    for blob in &event.header.blobs {
        tx.insert_reference(
            org,
            &BlobRefRow {
                sha256: blob.sha256,
                scope: event.header.scope,
                root: event.header.root,
                group,
                role: blob.role,
                size: blob.size,
                media_type: blob.media_type.clone(),
                stream,
                held,
            },
        )?;
    }
    Ok(())
}
