//! Regions, people, sites, assignments and published checklists: written by the server alone, so the newest holds.
//! A checklist version has two kinds of entries, publications and retirements; the newest of both decides.

use crate::event::{AssignmentSet, ChecklistPublished, ChecklistRetired, Event, PersonSet, RegionSet, SiteSet};
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
}

/// A published checklist version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChecklistDoc {
    /// Id.
    pub id: RootId,
    /// Scope.
    pub scope: ScopeId,
    /// The newest publication: content is the same in all of them, the target may differ.
    pub set: ChecklistPublished,
    /// When that was written.
    pub stamp: Stamp,
    /// The newest retirement, in force or not.
    #[serde(default)]
    pub retired: Option<Retirement>,
    /// Causal edge.
    pub ancestry: Ancestry,
}

/// The end of a version's use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Retirement {
    /// Why.
    pub reason: Option<String>,
    /// When it was written.
    pub stamp: Stamp,
}

impl ChecklistDoc {
    /// The document of a publication.
    #[must_use]
    pub fn new(event: &Event, id: RootId, set: &ChecklistPublished) -> Self {
        let ancestry = Ancestry::default();
        Self { id, scope: event.header.scope, set: set.clone(), stamp: Stamp::of(event), retired: None, ancestry }
    }

    /// Takes a publication, if it is newer.
    pub fn update(&mut self, event: &Event, set: &ChecklistPublished) {
        let stamp = Stamp::of(event);
        if stamp > self.stamp {
            self.set = set.clone();
            self.stamp = stamp;
        }
    }

    /// Takes a retirement, if it is newer.
    pub fn retire(&mut self, event: &Event, retired: &ChecklistRetired) {
        let stamp = Stamp::of(event);
        if self.retired.as_ref().is_none_or(|known| stamp > known.stamp) {
            self.retired = Some(Retirement { reason: retired.reason.clone(), stamp });
        }
    }

    /// The retirement that holds: no later publication took it back.
    #[must_use]
    pub fn retirement(&self) -> Option<&Retirement> {
        self.retired.as_ref().filter(|retired| retired.stamp > self.stamp)
    }

    /// The newest entry of either kind.
    #[must_use]
    pub fn newest(&self) -> &Stamp {
        self.retirement().map_or(&self.stamp, |retired| &retired.stamp)
    }

    /// Whether new inspections may start with it at a site; `regions` are the site's, see [`region_chain`].
    #[must_use]
    pub fn is_in_use_at(&self, site: SiteId, regions: &[RegionId]) -> bool {
        let meant = self
            .set
            .target
            .as_ref()
            .is_none_or(|target| target.sites.contains(&site) || target.regions.iter().any(|region| regions.contains(region)));
        meant && self.retirement().is_none()
    }

    /// Order of versions: semantic version, then publication.
    #[must_use]
    pub fn rank(&self) -> (Vec<u64>, Stamp) {
        (version_rank(&self.set.checklist.version), self.stamp)
    }

    /// Aggregate id of a checklist version: the first half of its hash.
    #[must_use]
    pub fn root_of(hash: &BlobId) -> RootId {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.as_bytes()[..16]);
        RootId(bytes)
    }
}

/// Order of semantic versions; what is not a number sorts lowest.
#[must_use]
pub fn version_rank(version: &str) -> Vec<u64> {
    version.split(['.', '-', '+']).map(|part| part.parse().unwrap_or(0)).collect()
}

/// A region with all that lie above it, nearest first. Parents may be missing, or set in a circle by mistake.
#[must_use]
pub fn region_chain(region: RegionId, parent: impl Fn(RegionId) -> Option<RegionId>) -> Vec<RegionId> {
    let mut chain = vec![region];
    let mut next = parent(region);
    while let Some(above) = next.filter(|above| !chain.contains(above)) {
        chain.push(above);
        next = parent(above);
    }
    chain
}
