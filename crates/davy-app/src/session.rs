//! An open vault: the store with who is at work, prepared checklists and names. Commands see records through this.

use crate::command::FindingChanged;
use crate::{AppError, Reason};
use davy_core::checklist::{Compiled, Item};
use davy_core::event::{AnswerValue, BlobRef, ChecklistRef, ItemKey, Payload};
use davy_core::fold::{Aggregate, AssignmentDoc, FindingDoc, InspectionDoc, PersonDoc, SiteDoc};
use davy_core::id::{AssignmentId, BlobId, EntityId, FindingId, InspectionId, InstanceId, PersonId, RootId, ScopeId, SessionId, SiteId};
use davy_core::view::{
    FindingView, InspectionChange, InspectionContext, InspectionView, ItemView, accepts, finding_view, inspection_change, inspection_view,
    passable, stale_readings,
};
use davy_store::{Directory, NewEvent, Store, StoreNames};
use std::sync::Arc;

/// One unlock by one person.
pub struct Session {
    store: Store,
    person: PersonId,
    session: SessionId,
}

impl Session {
    /// A session on an open store.
    pub fn new(store: Store) -> Self {
        let session = SessionId::from_uuid(uuid::Uuid::now_v7());
        let person = store.enrolment().person;
        Self { store, person, session }
    }

    /// The store.
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// Who is at work.
    pub const fn person(&self) -> PersonId {
        self.person
    }

    /// Regions, people, sites, assignments, checklists as of now.
    pub fn directory(&self) -> Result<Arc<Directory>, AppError> {
        Ok(self.store.directory()?)
    }

    /// A site.
    pub fn site(&self, id: SiteId) -> Result<Option<SiteDoc>, AppError> {
        Ok(self.directory()?.sites.get(&id).cloned())
    }

    /// An assignment.
    pub fn assignment(&self, id: AssignmentId) -> Result<Option<AssignmentDoc>, AppError> {
        Ok(self.directory()?.assignments.get(&id).cloned())
    }

    /// A person.
    pub fn person_doc(&self, id: PersonId) -> Result<Option<PersonDoc>, AppError> {
        Ok(self.directory()?.people.get(&id).cloned())
    }

    /// The version of a checklist that an inspection at a site starts with.
    ///
    /// # Errors
    /// This device knows no version, or none that is in use at the site.
    pub fn checklist_at(&self, id: &str, site: SiteId) -> Result<ChecklistRef, AppError> {
        let directory = self.directory()?;
        match directory.checklist_at(id, site) {
            Some(doc) => Ok(doc.set.checklist.clone()),
            None if directory.versions(id).next().is_some() => Err(AppError::not_allowed(Reason::NotInUse)),
            None => Err(AppError::not_found("checklist")),
        }
    }

    /// A checklist version ready for work.
    ///
    /// # Errors
    /// `checklist_missing` while its content was not downloaded yet.
    pub fn compiled(&self, hash: BlobId) -> Result<Arc<Compiled>, AppError> {
        self.store
            .compiled(hash)?
            .ok_or_else(|| AppError::new("checklist_missing", "this checklist is not on the device yet; connect once and try again"))
    }

    /// Records one event; durable when this returns.
    pub fn record(&self, scope: ScopeId, root: RootId, ent: EntityId, payload: Payload, blobs: Vec<BlobRef>) -> Result<(), AppError> {
        self.store.append(self.person, self.session, vec![NewEvent { scope, ent, root, payload, blobs }])?;
        Ok(())
    }

    fn inspection(&self, id: InspectionId) -> Result<Option<Arc<Aggregate>>, AppError> {
        Ok(self.store.aggregate(id.into())?.filter(|found| matches!(**found, Aggregate::Inspection(_))))
    }

    /// A finding.
    pub fn finding(&self, id: FindingId) -> Result<Option<FindingDoc>, AppError> {
        Ok(match self.store.aggregate(id.into())?.as_deref() {
            Some(Aggregate::Finding(doc)) => Some((**doc).clone()),
            _ => None,
        })
    }

    /// An inspection for reading.
    pub fn open_inspection(&self, id: InspectionId) -> Result<OpenInspection<'_>, AppError> {
        let found = self.inspection(id)?.ok_or_else(|| AppError::not_found("inspection"))?;
        OpenInspection::load(self, found)
    }

    /// An inspection for a change of its content.
    ///
    /// # Errors
    /// It is signed off, or holds changes that only a newer app understands.
    pub fn edit_inspection(&self, id: InspectionId) -> Result<OpenInspection<'_>, AppError> {
        let open = self.open_inspection(id)?;
        if open.doc().needs_upgrade {
            return Err(AppError::new("needs_upgrade", "this inspection holds changes of a newer app; update this one to go on"));
        }
        if !open.doc().is_editable() {
            return Err(AppError::new("already_submitted", "this inspection is signed off; a supervisor can give it back"));
        }
        Ok(open)
    }

    /// A finding's view.
    pub fn finding_view(&self, id: FindingId) -> Result<FindingView, AppError> {
        let doc = self.finding(id)?.ok_or_else(|| AppError::not_found("finding"))?;
        Ok(finding_view(&doc, &self.names()?))
    }

    /// The inspection of a finding as shown before a change; `None` if it has none here.
    pub fn inspection_of(&self, finding: &FindingDoc) -> Result<Option<InspectionView>, AppError> {
        match finding.raised.inspection {
            Some(id) if self.inspection(id)?.is_some() => Ok(Some(self.open_inspection(id)?.into_view())),
            _ => Ok(None),
        }
    }

    /// What differs from a view taken before.
    pub fn change_since(&self, before: Option<InspectionView>) -> Result<Option<InspectionChange>, AppError> {
        before.map(|before| Ok(inspection_change(&before, &self.open_inspection(before.id)?.into_view()))).transpose()
    }

    /// Records an event about a finding and answers with what changed.
    pub fn record_finding(&self, id: FindingId, payload: Payload) -> Result<FindingChanged, AppError> {
        let doc = self.finding(id)?.ok_or_else(|| AppError::not_found("finding"))?;
        if doc.needs_upgrade {
            return Err(AppError::new("needs_upgrade", "this finding holds changes of a newer app; update this one to go on"));
        }
        let before = self.inspection_of(&doc)?;
        self.record(doc.scope, id.into(), EntityId::from_uuid(uuid::Uuid::now_v7()), payload, Vec::new())?;
        Ok(FindingChanged { finding: self.finding_view(id)?, change: self.change_since(before)? })
    }

    /// Names of people and devices.
    pub fn names(&self) -> Result<StoreNames, AppError> {
        Ok(self.store.names()?)
    }
}

/// An inspection with its checklist version, its findings and its site.
pub struct OpenInspection<'s> {
    session: &'s Session,
    found: Arc<Aggregate>,
    findings: Vec<Arc<Aggregate>>,
    compiled: Arc<Compiled>,
    site: Option<SiteDoc>,
    view: InspectionView,
}

impl<'s> OpenInspection<'s> {
    fn load(session: &'s Session, found: Arc<Aggregate>) -> Result<Self, AppError> {
        let doc = inspection_doc(&found)?;
        let compiled = session.compiled(doc.started.checklist.hash)?;
        let site = session.site(doc.started.site)?;
        let findings = session.store.findings_of_inspection(doc.id)?;
        let view = with_context(session, &found, &findings, &compiled, site.as_ref(), inspection_view)?;
        Ok(Self { session, found, findings, compiled, site, view })
    }

    /// The document.
    pub fn doc(&self) -> &InspectionDoc {
        match &*self.found {
            Aggregate::Inspection(doc) => doc,
            // `load` has seen an inspection; the type system cannot carry that through the shared pointer.
            _ => unreachable!("an open inspection is an inspection"),
        }
    }

    /// Its checklist version.
    pub fn compiled(&self) -> &Compiled {
        &self.compiled
    }

    /// The view as it is.
    pub const fn view(&self) -> &InspectionView {
        &self.view
    }

    /// The view.
    pub fn into_view(self) -> InspectionView {
        self.view
    }

    /// Its findings, retracted ones included.
    pub fn findings(&self) -> impl Iterator<Item = &FindingDoc> {
        self.findings.iter().filter_map(|found| match &**found {
            Aggregate::Finding(doc) => Some(&**doc),
            _ => None,
        })
    }

    /// An item that exists in the checklist, in an instance that exists if its section is a repeat group.
    pub fn item(&self, key: &ItemKey) -> Result<&Item, AppError> {
        let unknown = || AppError::invalid("key", Reason::NotInChecklist(crate::command::item_name(key)));
        let (section, item, _) = self.compiled.item(&key.item).ok_or_else(unknown)?;
        let placed = match key.instance {
            None => section.repeat.is_none(),
            Some(instance) => self.doc().instances.get(&instance).is_some_and(|it| it.added.section == section.id),
        };
        if placed { Ok(item) } else { Err(unknown()) }
    }

    /// A visible item's view.
    pub fn item_view(&self, key: &ItemKey) -> Option<&ItemView> {
        self.view.items.iter().find(|item| item.key == *key)
    }

    /// Readings that a pass of this item, given now, could not rest on.
    pub fn stale_readings(&self, key: &ItemKey) -> Result<Vec<ItemKey>, AppError> {
        let now = self.session.store.clock().wall().ms;
        self.with_context(|context| stale_readings(context, key, now))
    }

    /// Whether a value may be taken as an answer now.
    pub fn accepts(&self, key: &ItemKey, value: &AnswerValue) -> Result<bool, AppError> {
        self.with_context(|context| accepts(context, key, value))
    }

    /// Items of a section that one gesture may pass now.
    pub fn passable(&self, section: &str, instance: Option<InstanceId>) -> Result<Vec<String>, AppError> {
        self.with_context(|context| passable(context, section, instance))
    }

    /// Records an event and answers with what changed on the screen.
    pub fn record(&mut self, payload: Payload) -> Result<InspectionChange, AppError> {
        self.record_entity(EntityId::from_uuid(uuid::Uuid::now_v7()), payload, Vec::new())
    }

    /// The same for an event about a new entity, with blobs.
    pub fn record_entity(&mut self, ent: EntityId, payload: Payload, blobs: Vec<BlobRef>) -> Result<InspectionChange, AppError> {
        let (scope, id) = (self.doc().scope, self.doc().id);
        self.session.record(scope, id.into(), ent, payload, blobs)?;
        self.found = self.session.inspection(id)?.ok_or_else(|| AppError::not_found("inspection"))?;
        let now = self.with_context(inspection_view)?;
        let change = inspection_change(&self.view, &now);
        self.view = now;
        Ok(change)
    }

    fn with_context<T>(&self, compute: impl FnOnce(&InspectionContext<'_>) -> T) -> Result<T, AppError> {
        with_context(self.session, &self.found, &self.findings, &self.compiled, self.site.as_ref(), compute)
    }
}

fn inspection_doc(found: &Aggregate) -> Result<&InspectionDoc, AppError> {
    match found {
        Aggregate::Inspection(doc) => Ok(doc),
        _ => Err(AppError::not_found("inspection")),
    }
}

fn with_context<T>(
    session: &Session,
    found: &Aggregate,
    findings: &[Arc<Aggregate>],
    compiled: &Compiled,
    site: Option<&SiteDoc>,
    compute: impl FnOnce(&InspectionContext<'_>) -> T,
) -> Result<T, AppError> {
    let doc = inspection_doc(found)?;
    let docs: Vec<&FindingDoc> = findings
        .iter()
        .filter_map(|found| match &**found {
            Aggregate::Finding(doc) => Some(&**doc),
            _ => None,
        })
        .collect();
    Ok(compute(&InspectionContext {
        doc,
        compiled,
        checklist_hash: doc.started.checklist.hash,
        findings: &docs,
        site_name: site.map_or("", |site| site.set.name.as_str()),
        site_areas: site.map_or(&[], |site| site.set.areas.as_slice()),
        names: &session.names()?,
    }))
}
