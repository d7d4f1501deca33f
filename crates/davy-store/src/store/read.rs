//! Lists, directory and search.

use super::{Inner, Store};
use crate::error::Result;
use crate::evidence::feed;
use crate::view::Source;
use crate::view::directory::Directory;
use crate::view::lists::{self, FindingFilter, InspectionFilter};
use crate::view::rows::{FindingRow, InspectionRow};
use crate::view::search::{self, SearchHit};
use davy_core::fold::{Aggregate, AssignmentDoc, ChecklistDoc, FindingDoc, InspectionDoc, PersonDoc, RegionDoc, SiteDoc};
use davy_core::id::{InspectionId, PersonId, RootId, StreamId};
use davy_core::view::names::NoNames;
use davy_core::view::{InspectionContext, InspectionSummary, Names, inspection_summary};
use rusqlite::Connection;
use std::collections::HashMap;
use std::sync::Arc;

impl Store {
    /// Inspections, the last changed first, with their counts where the checklist is here.
    ///
    /// # Errors
    /// The database cannot be read, or the view not be written.
    pub fn list_inspections(&self, filter: &InspectionFilter) -> Result<Vec<InspectionRow>> {
        self.inner.view.read(&*self.inner, |db| {
            let mut rows = lists::inspections(db, filter)?;
            if rows.iter().any(|row| row.summary.is_none()) {
                let tx = db.transaction()?;
                for row in rows.iter_mut().filter(|row| row.summary.is_none()) {
                    row.summary = self.summarize(&tx, row)?;
                }
                tx.commit()?;
            }
            Ok(rows)
        })
    }

    /// Counts an inspection and keeps the counts until something of it changes.
    fn summarize(&self, db: &Connection, row: &InspectionRow) -> Result<Option<InspectionSummary>> {
        let Some(compiled) = self.compiled(row.checklist.hash)? else {
            return Ok(None);
        };
        let Some(document) = self.inner.load(row.id.into())? else {
            return Ok(None);
        };
        let Aggregate::Inspection(doc) = &*document else {
            return Ok(None);
        };
        let findings = documents_of(&self.inner, db, row.id)?;
        let findings: Vec<&FindingDoc> = findings.iter().filter_map(|document| as_finding(document)).collect();
        let summary = inspection_summary(&InspectionContext {
            doc,
            compiled: &compiled,
            checklist_hash: row.checklist.hash,
            findings: &findings,
            site_name: "",
            site_areas: &[],
            names: &NoNames,
        });
        lists::put_summary(db, row.id, &summary)?;
        Ok(Some(summary))
    }

    /// Findings, major first, newest first.
    ///
    /// # Errors
    /// The database cannot be read, or the view not be written.
    pub fn list_findings(&self, filter: &FindingFilter) -> Result<Vec<FindingRow>> {
        self.inner.view.read(&*self.inner, |db| lists::findings(db, filter))
    }

    /// Documents of an inspection's findings in the order raised, retracted ones included.
    ///
    /// # Errors
    /// The database cannot be read, or the view not be written.
    pub fn findings_of_inspection(&self, inspection: InspectionId) -> Result<Vec<Arc<Aggregate>>> {
        self.inner.view.read(&*self.inner, |db| documents_of(&self.inner, db, inspection))
    }

    /// Regions, people, sites, assignments and checklist versions as of now. Kept in memory until they change.
    ///
    /// # Errors
    /// The database cannot be read, or the view not be written.
    pub fn directory(&self) -> Result<Arc<Directory>> {
        self.inner.view.directory(&*self.inner)
    }

    /// All sites.
    ///
    /// # Errors
    /// As [`Store::directory`].
    pub fn list_sites(&self) -> Result<Vec<SiteDoc>> {
        Ok(self.directory()?.sites.values().cloned().collect())
    }

    /// All people.
    ///
    /// # Errors
    /// As [`Store::directory`].
    pub fn list_people(&self) -> Result<Vec<PersonDoc>> {
        Ok(self.directory()?.people.values().cloned().collect())
    }

    /// All regions.
    ///
    /// # Errors
    /// As [`Store::directory`].
    pub fn list_regions(&self) -> Result<Vec<RegionDoc>> {
        Ok(self.directory()?.regions.values().cloned().collect())
    }

    /// All assignments, withdrawn ones included.
    ///
    /// # Errors
    /// As [`Store::directory`].
    pub fn list_assignments(&self) -> Result<Vec<AssignmentDoc>> {
        Ok(self.directory()?.assignments.values().cloned().collect())
    }

    /// All published checklist versions.
    ///
    /// # Errors
    /// As [`Store::directory`].
    pub fn list_checklists(&self) -> Result<Vec<ChecklistDoc>> {
        Ok(self.directory()?.checklists.values().cloned().collect())
    }

    /// Records that contain every part of the query, newest first.
    ///
    /// # Errors
    /// The database cannot be read, or the view not be written.
    pub fn search(&self, query: &str, limit: u32) -> Result<Vec<SearchHit>> {
        self.inner.view.read(&*self.inner, |db| search::search(db, query, limit))
    }

    /// Names of people and devices, for views.
    ///
    /// # Errors
    /// As [`Store::directory`].
    pub fn names(&self) -> Result<StoreNames> {
        let mut devices: HashMap<StreamId, String> =
            self.read(feed::streams)?.into_iter().map(|name| (name.stream, name.device_name)).collect();
        let enrolment = &self.inner.enrolment;
        devices.insert(enrolment.stream, enrolment.device_name.clone());
        Ok(StoreNames { directory: self.directory()?, devices, own: (enrolment.person, enrolment.person_name.clone()) })
    }
}

/// Names as of one instant.
pub struct StoreNames {
    directory: Arc<Directory>,
    devices: HashMap<StreamId, String>,
    own: (PersonId, String),
}

impl Names for StoreNames {
    fn person(&self, id: PersonId) -> Option<String> {
        let listed = self.directory.people.get(&id).map(|doc| doc.set.name.clone());
        listed.or_else(|| (self.own.0 == id).then(|| self.own.1.clone()))
    }

    fn device(&self, stream: StreamId) -> Option<String> {
        self.devices.get(&stream).cloned()
    }
}

/// The inspection in a document, if it is one.
#[must_use]
pub fn as_inspection(document: &Aggregate) -> Option<&InspectionDoc> {
    match document {
        Aggregate::Inspection(doc) => Some(doc),
        _ => None,
    }
}

/// The finding in a document, if it is one.
#[must_use]
pub fn as_finding(document: &Aggregate) -> Option<&FindingDoc> {
    match document {
        Aggregate::Finding(doc) => Some(doc),
        _ => None,
    }
}

fn documents_of(inner: &Inner, db: &Connection, inspection: InspectionId) -> Result<Vec<Arc<Aggregate>>> {
    let mut documents = Vec::new();
    for root in lists::finding_ids(db, inspection)? {
        let root: RootId = root.into();
        documents.extend(inner.load(root)?);
    }
    Ok(documents)
}
