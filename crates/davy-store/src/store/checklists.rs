//! Checklist versions: their bytes are blobs, compiled once and kept in memory.

use super::Store;
use crate::changes::Changes;
use crate::error::Result;
use davy_core::checklist::{Checklist, Compiled};
use davy_core::event::ChecklistRef;
use davy_core::fold::aggregate::AggregateKind;
use davy_core::id::BlobId;
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

    /// Published checklist versions whose bytes are not on this device yet.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn missing_checklists(&self) -> Result<Vec<ChecklistRef>> {
        let directory = self.directory()?;
        let references = directory.checklists.values().map(|doc| &doc.set.checklist);
        Ok(references.filter(|reference| !self.has_blob(reference.hash)).cloned().collect())
    }

    pub(super) fn checklist_arrived(&self) {
        let mut changes = Changes { remote: true, ..Changes::default() };
        changes.kinds.insert(AggregateKind::Checklist);
        changes.kinds.insert(AggregateKind::Inspection);
        self.inner.listeners.tell(&changes);
    }
}
