//! Regions, people, sites, assignments and published checklists: written by the server alone, so the newest holds.

use crate::event::{AssignmentSet, ChecklistPublished, Event, PersonSet, RegionSet, SiteSet};
use crate::fold::{Ancestry, Stamp};
use crate::id::{AssignmentId, BlobId, PersonId, RegionId, RootId, ScopeId, SiteId};
use serde::{Deserialize, Serialize};

macro_rules! directory {
    ($($(#[$doc:meta])* $name:ident { $id:ty, $set:ty })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        pub struct $name {
            /// Id.
            pub id: $id,
            /// Scope.
            pub scope: ScopeId,
            /// The newest entry.
            pub set: $set,
            /// When it was written.
            pub stamp: Stamp,
            /// Causal edge.
            pub ancestry: Ancestry,
        }

        impl $name {
            /// The document of an entry.
            #[must_use]
            pub fn new(event: &Event, id: $id, set: &$set) -> Self {
                Self { id, scope: event.header.scope, set: set.clone(), stamp: Stamp::of(event), ancestry: Ancestry::default() }
            }

            /// Replaces the entry if this one is newer.
            pub fn update(&mut self, event: &Event, set: &$set) {
                let stamp = Stamp::of(event);
                if stamp > self.stamp {
                    self.set = set.clone();
                    self.stamp = stamp;
                }
            }
        }
    )*};
}

directory! {
    /// A region.
    RegionDoc { RegionId, RegionSet }
    /// A person.
    PersonDoc { PersonId, PersonSet }
    /// A site.
    SiteDoc { SiteId, SiteSet }
    /// An assignment.
    AssignmentDoc { AssignmentId, AssignmentSet }
    /// A published checklist version.
    ChecklistDoc { RootId, ChecklistPublished }
}

impl ChecklistDoc {
    /// Aggregate id of a checklist version: the first half of its hash.
    #[must_use]
    pub fn root_of(hash: &BlobId) -> RootId {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.as_bytes()[..16]);
        RootId(bytes)
    }
}
