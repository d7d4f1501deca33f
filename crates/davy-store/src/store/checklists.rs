//! Checklist versions: their bytes are blobs, compiled once and kept in memory.

use super::Store;
use crate::changes::Changes;
use crate::error::Result;
use crate::view::lists;
use davy_core::checklist::{Checklist, Compiled};
use davy_core::event::ChecklistRef;
use davy_core::fold::aggregate::AggregateKind;
use davy_core::id::{BlobId, RootId};
use std::collections::HashSet;
use std::sync::{Arc, PoisonError};

impl Store {
    /// The published bytes of a checklist version; `None` while they are not on this device.
    ///
    /// # Errors
    /// [`crate::StoreError::BlobDamaged`] and file errors.
    pub fn checklist(&self, hash: BlobId) -> Result<Option<Vec<u8>>> {
        self.read_blob(hash)
    }

    /// A checklist version ready to judge answers; `None` while it is not here or when this program cannot read it
    /// (it may be written for a newer one).
    ///
    /// # Errors
    /// [`crate::StoreError::BlobDamaged`] and file errors.
    pub fn compiled(&self, hash: BlobId) -> Result<Option<Arc<Compiled>>> {
        let kept = |store: &Self| store.inner.compiled.lock().unwrap_or_else(PoisonError::into_inner).get(&hash).cloned();
        if let Some(compiled) = kept(self) {
            return Ok(Some(compiled));
        }
        let Some(bytes) = self.checklist(hash)? else {
            return Ok(None);
        };
        let read = serde_json::from_slice::<Checklist>(&bytes).ok().and_then(|checklist| Compiled::new(checklist).ok());
        let Some(compiled) = read.map(Arc::new) else {
            tracing::warn!(%hash, "a checklist version cannot be read by this program");
            return Ok(None);
        };
        self.inner.compiled.lock().unwrap_or_else(PoisonError::into_inner).insert(hash, Arc::clone(&compiled));
        Ok(Some(compiled))
    }

    /// Checklist versions whose bytes this device needs and does not have: those that are in use at one of its sites, and those
    /// of inspections that it knows. What is meant for others, or was replaced, costs no data.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn missing_checklists(&self) -> Result<Vec<ChecklistRef>> {
        let directory = self.directory()?;
        let away: Vec<_> = directory.checklists.values().filter(|doc| !self.has_blob(doc.set.checklist.hash)).collect();
        // Asked at every step of a run; nearly always there is nothing to look up.
        if away.is_empty() {
            return Ok(Vec::new());
        }
        let in_use: HashSet<RootId> = directory.checklists_in_use().into_iter().map(|doc| doc.id).collect();
        let inner = &*self.inner;
        let mut missing = Vec::new();
        for doc in away {
            let reference = &doc.set.checklist;
            if in_use.contains(&doc.id) || inner.view.read(inner, |db| lists::is_used(db, reference.hash))? {
                missing.push(reference.clone());
            }
        }
        Ok(missing)
    }

    pub(super) fn checklist_arrived(&self) {
        let mut changes = Changes { remote: true, ..Changes::default() };
        changes.kinds.insert(AggregateKind::Checklist);
        changes.kinds.insert(AggregateKind::Inspection);
        self.inner.listeners.tell(&changes);
    }
}
