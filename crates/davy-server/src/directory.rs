//! The organisation's directory in memory: regions, sites, people, assignments, checklists, accounts, devices.
//!
//! It is a cache of one revision. Every unit of work compares the revision first, so that it is never older
//! than the state that the work reads, whichever process changed it.

use crate::store::{AccountRow, KIND_ASSIGNMENT, KIND_CHECKLIST, KIND_PERSON, KIND_REGION, KIND_SITE, ReadTx, StoreError, StreamRow};
use davy_core::fold::{Aggregate, AssignmentDoc, ChecklistDoc, PersonDoc, RegionDoc, SiteDoc, region_chain};
use davy_core::id::{BlobId, OrgId, PersonId, RegionId, SiteId, StreamId};
use davy_core::view::Names;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

/// One revision of the directory.
#[derive(Debug)]
pub struct Directory {
    /// Organisation.
    pub org: OrgId,
    /// Its name.
    pub org_name: String,
    /// Revision that this is a copy of.
    pub revision: u64,
    /// Regions.
    pub regions: BTreeMap<RegionId, RegionDoc>,
    /// Sites.
    pub sites: BTreeMap<SiteId, SiteDoc>,
    /// People.
    pub people: BTreeMap<PersonId, PersonDoc>,
    /// Assignments.
    pub assignments: Vec<AssignmentDoc>,
    /// Published checklist versions.
    pub checklists: Vec<ChecklistDoc>,
    /// Logins and reach.
    pub accounts: HashMap<PersonId, AccountRow>,
    /// Registered streams.
    pub streams: HashMap<StreamId, StreamRow>,
}

impl Directory {
    /// Regions at and below one.
    #[must_use]
    pub fn subtree(&self, top: RegionId) -> BTreeSet<RegionId> {
        let mut inside = BTreeSet::from([top]);
        // Parents may be set in any order and even in a circle: repeat until nothing is added.
        loop {
            let before = inside.len();
            for (id, region) in &self.regions {
                if region.set.parent.is_some_and(|parent| inside.contains(&parent)) {
                    inside.insert(*id);
                }
            }
            if inside.len() == before {
                return inside;
            }
        }
    }

    /// Name of a site, or a dash.
    #[must_use]
    pub fn site_name(&self, site: SiteId) -> String {
        self.sites.get(&site).map_or_else(|| "—".to_owned(), |doc| doc.set.name.clone())
    }

    /// Name of the region of a site, or a dash.
    #[must_use]
    pub fn region_name_of(&self, site: SiteId) -> String {
        let region = self.sites.get(&site).and_then(|doc| self.regions.get(&doc.set.region));
        region.map_or_else(|| "—".to_owned(), |doc| doc.set.name.clone())
    }

    /// Industry of a site.
    #[must_use]
    pub fn industry_of(&self, site: SiteId) -> String {
        self.sites.get(&site).map_or_else(String::new, |doc| doc.set.industry.clone())
    }

    /// The version of a checklist that new inspections at a site start with; `None` when it has none there.
    #[must_use]
    pub fn checklist_at(&self, id: &str, site: SiteId) -> Option<&ChecklistDoc> {
        let parent = |region: RegionId| self.regions.get(&region).and_then(|doc| doc.set.parent);
        let regions = self.sites.get(&site).map_or_else(Vec::new, |doc| region_chain(doc.set.region, parent));
        let versions = self.checklists.iter().filter(|doc| doc.set.checklist.id == id);
        versions.filter(|doc| doc.is_in_use_at(site, &regions)).max_by_key(|doc| doc.rank())
    }

    /// A published version by its hash.
    #[must_use]
    pub fn checklist(&self, hash: BlobId) -> Option<&ChecklistDoc> {
        self.checklists.iter().find(|doc| doc.set.checklist.hash == hash)
    }
}

impl Names for Directory {
    fn person(&self, id: PersonId) -> Option<String> {
        self.people.get(&id).map(|doc| doc.set.name.clone())
    }

    fn device(&self, stream: StreamId) -> Option<String> {
        self.streams.get(&stream).map(|row| row.name.clone())
    }
}

/// The cached directories of all organisations.
#[derive(Debug, Default)]
pub struct Directories(Mutex<HashMap<OrgId, Arc<Directory>>>);

impl Directories {
    /// The directory as the unit of work sees it.
    ///
    /// # Errors
    /// The organisation does not exist, a stored document is damaged, or the store fails.
    pub fn get(&self, tx: &dyn ReadTx, org: OrgId) -> Result<Arc<Directory>, StoreError> {
        let revision = tx.directory_revision(org)?;
        if let Ok(cache) = self.0.lock()
            && let Some(known) = cache.get(&org)
            && known.revision == revision
        {
            return Ok(Arc::clone(known));
        }
        let fresh = Arc::new(load(tx, org, revision)?);
        if let Ok(mut cache) = self.0.lock() {
            cache.insert(org, Arc::clone(&fresh));
        }
        Ok(fresh)
    }
}

fn documents(tx: &dyn ReadTx, org: OrgId, kind: u8) -> Result<Vec<Aggregate>, StoreError> {
    tx.aggregates(org, kind)?.iter().map(|row| crate::ingest::document::unpack(&row.doc)).collect()
}

fn load(tx: &dyn ReadTx, org: OrgId, revision: u64) -> Result<Directory, StoreError> {
    let row = tx.org(org)?.ok_or(StoreError::damaged("organisation"))?;
    let mut directory = Directory {
        org,
        org_name: row.name,
        revision,
        regions: BTreeMap::new(),
        sites: BTreeMap::new(),
        people: BTreeMap::new(),
        assignments: Vec::new(),
        checklists: Vec::new(),
        accounts: tx.accounts(org)?.into_iter().map(|account| (account.person, account)).collect(),
        streams: tx.streams(org)?.into_iter().map(|stream| (stream.stream, stream)).collect(),
    };
    for kind in [KIND_REGION, KIND_PERSON, KIND_SITE, KIND_ASSIGNMENT, KIND_CHECKLIST] {
        for document in documents(tx, org, kind)? {
            match document {
                Aggregate::Region(doc) => drop(directory.regions.insert(doc.id, doc)),
                Aggregate::Person(doc) => drop(directory.people.insert(doc.id, doc)),
                Aggregate::Site(doc) => drop(directory.sites.insert(doc.id, doc)),
                Aggregate::Assignment(doc) => directory.assignments.push(doc),
                Aggregate::Checklist(doc) => directory.checklists.push(doc),
                Aggregate::Inspection(_) | Aggregate::Finding(_) => {}
            }
        }
    }
    directory.checklists.sort_by_key(|doc| std::cmp::Reverse(doc.stamp));
    Ok(directory)
}
