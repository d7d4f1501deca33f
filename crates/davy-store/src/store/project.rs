//! From events to documents.

use super::{Inner, Store};
use crate::error::{Result, StoreError};
use crate::evidence::{event, foreign};
use crate::view::{Source, Upto};
use davy_core::event::{Event, Payload};
use davy_core::fold::Aggregate;
use davy_core::id::RootId;
use davy_protocol::RawEvent;
use davy_protocol::event::{DecodeError, decode_event, decode_header, event_id};
use rusqlite::Connection;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Decodes a stored or received event. A body that does not fit its type is kept as one that this program does not
/// know: one odd event must not close a record (I-17). A wrong hash or header is an error.
pub(super) fn decode(raw: &RawEvent) -> Result<Event, DecodeError> {
    match decode_event(raw) {
        Err(error) if !matches!(error, DecodeError::BodyHash) => {
            let header = decode_header(&raw.header)?;
            Ok(Event { eid: event_id(&raw.header), header, payload: Payload::Unknown })
        }
        other => other,
    }
}

/// All events of an aggregate, own and foreign.
pub(super) fn events(db: &Connection, root: RootId) -> Result<Vec<Event>> {
    let own = event::of_root(db, root)?;
    let foreign = foreign::of_root(db, root)?;
    own.iter().chain(&foreign).map(|raw| decode(raw).map_err(StoreError::damaged)).collect()
}

/// The document of an aggregate, folded from its events.
pub(super) fn fold(db: &Connection, root: RootId) -> Result<Option<Arc<Aggregate>>> {
    let events = events(db, root)?;
    let folded = fold_in_order(events.iter()).or_else(|| Aggregate::refold(&events));
    Ok(folded.map(Arc::new))
}

/// Folds events that arrive in causal order, as they usually do; `None` when they do not.
pub(super) fn fold_in_order<'a>(mut events: impl Iterator<Item = &'a Event>) -> Option<Aggregate> {
    let mut document = Aggregate::create(events.next()?)?;
    for event in events {
        if document.apply(event) != davy_core::fold::Applied::Extended {
            return None;
        }
    }
    Some(document)
}

impl Source for Inner {
    fn load(&self, root: RootId) -> Result<Option<Arc<Aggregate>>> {
        let seen = match self.folds.get(root) {
            Ok(document) => return Ok(Some(document)),
            Err(seen) => seen,
        };
        let folded = self.readers.read(|db| fold(db, root))?;
        if let Some(document) = &folded {
            self.folds.keep(Arc::clone(document), seen);
        }
        Ok(folded)
    }

    fn upto(&self) -> Upto {
        Upto { own: self.own_upto.load(Ordering::Acquire), foreign: self.foreign_upto.load(Ordering::Acquire) }
    }
}

impl Store {
    /// The document of a record; `None` while its creating event is not here.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn aggregate(&self, root: RootId) -> Result<Option<Arc<Aggregate>>> {
        self.inner.load(root)
    }

    /// All known events of a record: own ones in the order written, then others' in the order received.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn events(&self, root: RootId) -> Result<Vec<Event>> {
        self.read(|db| events(db, root))
    }
}
