//! Tells listeners which kinds of records changed, so that screens reload only what they show.

use davy_core::fold::aggregate::AggregateKind;
use davy_core::id::{BlobId, RootId};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// What one committed step changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Kinds of records.
    pub kinds: BTreeSet<AggregateKind>,
    /// Records; capped at 1,000, beyond that `kinds` alone tells.
    pub roots: BTreeSet<RootId>,
    /// How far records got on their way to the server changed.
    pub deliveries: bool,
    /// Pictures of other devices that arrived.
    pub pictures: Vec<BlobId>,
    /// Set when the change came from the server and not from this device.
    pub remote: bool,
}

impl Changes {
    const MAX_ROOTS: usize = 1000;

    pub(crate) fn record(&mut self, kind: Option<AggregateKind>, root: RootId) {
        self.kinds.extend(kind);
        if self.roots.len() < Self::MAX_ROOTS {
            self.roots.insert(root);
        }
    }
}

type Listener = Arc<dyn Fn(&Changes) + Send + Sync>;

/// The registered listeners.
#[derive(Default)]
pub(crate) struct Listeners(Mutex<Vec<Listener>>);

impl Listeners {
    pub fn add(&self, listener: Listener) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(listener);
    }

    /// Calls every listener, outside the lock: a listener may call the store again.
    pub fn tell(&self, changes: &Changes) {
        let listeners = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for listener in listeners {
            listener(changes);
        }
    }
}
