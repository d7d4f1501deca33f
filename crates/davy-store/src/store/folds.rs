//! Documents in memory: the recently used ones, bounded by the number of events folded into them.

use davy_core::fold::Aggregate;
use davy_core::id::RootId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// About thirty megabytes.
const MOST_EVENTS: u64 = 40_000;

#[derive(Default)]
struct Cached {
    documents: HashMap<RootId, (u64, Arc<Aggregate>)>,
    events: u64,
    tick: u64,
    /// Grows with every write; a document loaded before a write must not be kept after it.
    generation: u64,
}

/// The cache. Only writers put changed documents; readers put only what no write has overtaken.
#[derive(Default)]
pub(super) struct FoldCache(Mutex<Cached>);

/// What a reader saw before it loaded.
#[derive(Clone, Copy)]
pub(super) struct Generation(u64);

impl FoldCache {
    fn lock(&self) -> MutexGuard<'_, Cached> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn get(&self, root: RootId) -> Result<Arc<Aggregate>, Generation> {
        let mut cached = self.lock();
        cached.tick += 1;
        let tick = cached.tick;
        match cached.documents.get_mut(&root) {
            Some((used, document)) => {
                *used = tick;
                Ok(Arc::clone(document))
            }
            None => Err(Generation(cached.generation)),
        }
    }

    /// Takes a document out to change it. Until it is put back, readers load their own.
    pub fn take(&self, root: RootId) -> Option<Arc<Aggregate>> {
        let mut cached = self.lock();
        cached.generation += 1;
        let (_, document) = cached.documents.remove(&root)?;
        cached.events -= u64::from(document.events());
        Some(document)
    }

    /// Puts a document back after a commit.
    pub fn put(&self, document: Arc<Aggregate>) {
        let mut cached = self.lock();
        cached.generation += 1;
        cached.insert(document);
    }

    /// Keeps what a reader loaded, unless something was written meanwhile.
    pub fn keep(&self, document: Arc<Aggregate>, seen: Generation) {
        let mut cached = self.lock();
        if cached.generation == seen.0 {
            cached.insert(document);
        }
    }
}

impl Cached {
    fn insert(&mut self, document: Arc<Aggregate>) {
        self.tick += 1;
        self.events += u64::from(document.events());
        if let Some((_, old)) = self.documents.insert(document.root(), (self.tick, document)) {
            self.events -= u64::from(old.events());
        }
        if self.events > MOST_EVENTS {
            self.evict();
        }
    }

    /// Drops the less recently used half; the newest document always stays.
    fn evict(&mut self) {
        let mut by_use: Vec<(u64, RootId)> = self.documents.iter().map(|(root, (used, _))| (*used, *root)).collect();
        by_use.sort_unstable();
        by_use.pop();
        for (_, root) in by_use {
            if self.events <= MOST_EVENTS / 2 {
                break;
            }
            if let Some((_, document)) = self.documents.remove(&root) {
                self.events -= u64::from(document.events());
            }
        }
    }
}
