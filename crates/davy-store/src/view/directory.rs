//! Regions, people, sites, assignments and checklist versions: small, read whole, kept in memory until they change.

use crate::error::{Result, StoreError};
use davy_core::fold::{Aggregate, AssignmentDoc, ChecklistDoc, PersonDoc, RegionDoc, SiteDoc};
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

    /// The newest version of a checklist by semantic version, then by publication.
    #[must_use]
    pub fn newest_checklist(&self, id: &str) -> Option<&ChecklistDoc> {
        let versions = self.checklists.values().filter(|doc| doc.set.checklist.id == id);
        versions.max_by_key(|doc| (version_key(&doc.set.checklist.version), doc.stamp))
    }
}

/// Numbers of a semantic version; what is not a number sorts lowest.
fn version_key(version: &str) -> Vec<u64> {
    version.split(['.', '-', '+']).map(|part| part.parse().unwrap_or(0)).collect()
}
