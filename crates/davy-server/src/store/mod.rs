//! What the server keeps, behind a trait without a trace of any database.
//!
//! Invariants:
//! - every write happens inside [`Store::write`]: all of a unit of work or nothing, durable before the answer;
//! - nothing in here reads a clock: times are arguments;
//! - a read sees one committed state from its beginning to its end.
//!
//! Units of work block and run on a thread that may block. A backend on an asynchronous driver blocks on its
//! own runtime there; the acceptance and fold code above is then the same for every backend.

pub mod draft;
pub mod error;
pub mod query;
pub mod rows;
pub mod sqlite;
pub mod tx;

#[cfg(test)]
pub mod conformance;

pub use draft::ChecklistDraftRow;
pub use error::StoreError;
pub use query::*;
pub use rows::*;
pub use tx::{KIND_ASSIGNMENT, KIND_CHECKLIST, KIND_FINDING, KIND_INSPECTION, KIND_PERSON, KIND_REGION, KIND_SITE, ReadTx, Tx, kind_code};

use futures::future::BoxFuture;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// A unit of work that writes.
pub type WriteWork = Box<dyn FnOnce(&mut dyn Tx) -> Result<(), StoreError> + Send>;
/// A unit of work that reads.
pub type ReadWork = Box<dyn FnOnce(&dyn ReadTx) -> Result<(), StoreError> + Send>;

/// A database of the server.
pub trait Store: Send + Sync + 'static {
    /// Runs a unit of work that writes. Resolves after it is durable. Several may share one commit;
    /// one that fails takes back only its own changes.
    fn write(&self, work: WriteWork) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Runs a unit of work that reads.
    fn read(&self, work: ReadWork) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Name of the backend and size in bytes, for the system page.
    fn describe(&self) -> BoxFuture<'_, Result<(String, u64), StoreError>>;

    /// Writes a consistent copy of the database to a new file while work goes on, and checks the copy.
    fn backup<'a>(&'a self, target: &'a Path) -> BoxFuture<'a, Result<(), StoreError>>;
}

impl dyn Store {
    /// [`Store::write`] with a result.
    ///
    /// # Errors
    /// What the work returned, or that the commit failed; then nothing was changed.
    pub async fn transact<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let slot = Arc::new(Mutex::new(None));
        let filled = Arc::clone(&slot);
        self.write(Box::new(move |tx| {
            fill(&filled, work(tx)?);
            Ok(())
        }))
        .await?;
        take(&slot)
    }

    /// [`Store::read`] with a result.
    ///
    /// # Errors
    /// What the work returned.
    pub async fn query<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn ReadTx) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let slot = Arc::new(Mutex::new(None));
        let filled = Arc::clone(&slot);
        self.read(Box::new(move |tx| {
            fill(&filled, work(tx)?);
            Ok(())
        }))
        .await?;
        take(&slot)
    }
}

fn fill<T>(slot: &Mutex<Option<T>>, value: T) {
    if let Ok(mut slot) = slot.lock() {
        *slot = Some(value);
    }
}

fn take<T>(slot: &Mutex<Option<T>>) -> Result<T, StoreError> {
    slot.lock().ok().and_then(|mut slot| slot.take()).ok_or(StoreError::Stopped)
}
