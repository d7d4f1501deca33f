//! Compiled checklist versions. A version never changes, so what is compiled once stays right.

use crate::app::App;
use crate::error::{ApiError, ApiResult};
use davy_core::checklist::{Checklist, Compiled};
use davy_core::id::{BlobId, OrgId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// More versions than an organisation uses at a time; then the cache starts over.
const MOST: usize = 256;

/// The cache.
#[derive(Default)]
pub struct Checklists(Mutex<HashMap<(OrgId, BlobId), Arc<Compiled>>>);

impl Checklists {
    /// A published version, compiled.
    ///
    /// # Errors
    /// It is not here (not yet published or not yet uploaded), or its bytes are damaged.
    pub async fn get(&self, app: &App, org: OrgId, hash: BlobId) -> ApiResult<Arc<Compiled>> {
        if let Some(known) = self.0.lock().ok().and_then(|cache| cache.get(&(org, hash)).cloned()) {
            return Ok(known);
        }
        let bytes = app.blobs.bytes(org, hash).await.map_err(|error| {
            tracing::warn!(%error, checklist = %hash, "a checklist version is missing");
            ApiError::not_found()
        })?;
        let compile = move || {
            let checklist: Checklist = serde_json::from_slice(&bytes).ok()?;
            Compiled::new(checklist).ok()
        };
        let compiled = tokio::task::spawn_blocking(compile).await.ok().flatten();
        let compiled = Arc::new(compiled.ok_or_else(|| {
            tracing::error!(checklist = %hash, "a published checklist cannot be read");
            ApiError::internal()
        })?);
        if let Ok(mut cache) = self.0.lock() {
            if cache.len() >= MOST {
                cache.clear();
            }
            cache.insert((org, hash), Arc::clone(&compiled));
        }
        Ok(compiled)
    }
}
