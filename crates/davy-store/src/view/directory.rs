//! Regions, people, sites, assignments and checklist versions: small, read whole, kept in memory until they change.

use crate::error::{Result, StoreError};
use davy_core::fold::{Aggregate, AssignmentDoc, ChecklistDoc, PersonDoc, RegionDoc, SiteDoc, region_chain};
use davy_core::id::{AssignmentId, PersonId, RegionId, RootId, SiteId};
use rusqlite::Connection;
use std::collections::BTreeMap;

/// The directory at one instant.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Directory {
    /// Regions.
    pub regions: BTreeMap<RegionId, RegionDoc>,
    /// People.
    pub people: BTreeMap<PersonId, PersonDoc>,
    /// Sites.
    pub sites: BTreeMap<SiteId, SiteDoc>,
    /// Assignments.
    pub assignments: BTreeMap<AssignmentId, AssignmentDoc>,
    /// Published checklist versions.
    pub checklists: BTreeMap<RootId, ChecklistDoc>,
}

impl Directory {
    pub(super) fn load(db: &Connection) -> Result<Self> {
        let mut directory = Self::default();
        let mut statement = db.prepare_cached("SELECT row FROM directory")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let text = row.get_ref(0)?.as_str().map_err(StoreError::damaged)?;
            directory.add(serde_json::from_str(text).map_err(StoreError::damaged)?);
        }
        Ok(directory)
    }

    fn add(&mut self, aggregate: Aggregate) {
        match aggregate {
            Aggregate::Region(doc) => drop(self.regions.insert(doc.id, doc)),
            Aggregate::Person(doc) => drop(self.people.insert(doc.id, doc)),
            Aggregate::Site(doc) => drop(self.sites.insert(doc.id, doc)),
            Aggregate::Assignment(doc) => drop(self.assignments.insert(doc.id, doc)),
            Aggregate::Checklist(doc) => drop(self.checklists.insert(doc.id, doc)),
            Aggregate::Inspection(_) | Aggregate::Finding(_) => {}
        }
    }

    /// All versions of a checklist, in use or not.
    pub fn versions<'a, 'i>(&'a self, id: &'i str) -> impl Iterator<Item = &'a ChecklistDoc> + use<'a, 'i> {
        self.checklists.values().filter(move |doc| doc.set.checklist.id == id)
    }

    /// The newest version of a checklist that is in use anywhere; of one that is retired as a whole, the newest.
    #[must_use]
    pub fn newest_checklist(&self, id: &str) -> Option<&ChecklistDoc> {
        self.versions(id).max_by_key(|doc| (doc.retirement().is_none(), doc.rank()))
    }

    /// Versions that new inspections may start with at one of the sites that this device knows. Of two that are in use at the same
    /// site the lower one may be among them: what is meant for everybody ends the search, what is meant for some does not.
    #[must_use]
    pub fn checklists_in_use(&self) -> Vec<&ChecklistDoc> {
        let sites: Vec<(SiteId, Vec<RegionId>)> = self.sites.values().map(|doc| (doc.id, self.regions_of(doc))).collect();
        let mut by_id: BTreeMap<&str, Vec<&ChecklistDoc>> = BTreeMap::new();
        for doc in self.checklists.values() {
            by_id.entry(&doc.set.checklist.id).or_default().push(doc);
        }
        let mut used = Vec::new();
        for mut versions in by_id.into_values() {
            versions.sort_by_cached_key(|doc| std::cmp::Reverse(doc.rank()));
            for doc in versions {
                if !sites.iter().any(|(site, regions)| doc.is_in_use_at(*site, regions)) {
                    continue;
                }
                used.push(doc);
                if doc.set.target.is_none() {
                    break;
                }
            }
        }
        used
    }

    fn regions_of(&self, site: &SiteDoc) -> Vec<RegionId> {
        region_chain(site.set.region, |region| self.regions.get(&region).and_then(|doc| doc.set.parent))
    }

    /// The version of a checklist that new inspections at a site start with; `None` when it has none there.
    #[must_use]
    pub fn checklist_at(&self, id: &str, site: SiteId) -> Option<&ChecklistDoc> {
        let regions = self.sites.get(&site).map_or_else(Vec::new, |doc| self.regions_of(doc));
        self.versions(id).filter(|doc| doc.is_in_use_at(site, &regions)).max_by_key(|doc| doc.rank())
    }
}
