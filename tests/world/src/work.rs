//! What the inspector does with a tablet: answers, photographs, findings, signatures; and what the screens show of it.

use crate::Device;
use davy_core::checklist::Grade;
use davy_core::event::{
    AnswerResolved, AnswerSet, AnswerValue, BlobRole, CommentAdded, EvidenceAttached, FindingRaised, InspectionKind, InspectionStarted,
    InspectionSubmitted, ItemKey, Payload, PhotoSource, SignatureAdded, SignerRole, Verdict,
};
use davy_core::fold::FindingDoc;
use davy_core::fold::frontier::frontier_of;
use davy_core::id::{EntityId, FindingId, InspectionId, RootId, ScopeId, SiteId};
use davy_core::view::{FindingView, InspectionContext, InspectionView, ItemView, finding_view, inspection_view};
use davy_protocol::seal::SealReason;
use davy_store::{NewEvent, as_finding, as_inspection};

impl Device {
    fn append(
        &self,
        root: impl Into<RootId>,
        ent: impl Into<EntityId>,
        scope: ScopeId,
        payload: impl Into<Payload>,
        blobs: Vec<davy_core::event::BlobRef>,
    ) {
        self.pass(10);
        let event = NewEvent { scope, ent: ent.into(), root: root.into(), payload: payload.into(), blobs };
        self.store().append(self.person(), self.session, vec![event]).unwrap();
    }

    fn fresh<T: From<RootId>>(&self) -> T {
        let mut id: [u8; 16] = self.kit.seed.bytes(16).try_into().unwrap();
        id[6] = (id[6] & 0x0f) | 0x70;
        id[8] = (id[8] & 0x3f) | 0x80;
        T::from(RootId(id))
    }

    /// Starts an inspection of a site by the newest checklist here.
    #[must_use]
    pub fn start_inspection(&self, site: SiteId) -> InspectionId {
        let checklist = self.store().list_checklists().unwrap().pop().expect("a checklist is here").set.checklist;
        let id: InspectionId = self.fresh();
        let started =
            InspectionStarted { kind: InspectionKind::Enforcement, site, checklist, inspectors: vec![self.person()], assignment: None };
        self.append(id, id, site.into(), started, Vec::new());
        id
    }

    /// Answers an item.
    pub fn answer(&self, inspection: InspectionId, item: &str, verdict: Verdict) {
        let set = AnswerSet { key: key(item), value: Some(AnswerValue::Verdict(verdict)) };
        self.append(inspection, inspection, self.scope_of(inspection), set, Vec::new());
    }

    /// Settles a contested item.
    pub fn resolve(&self, inspection: InspectionId, item: &str, verdict: Verdict) {
        let resolved = AnswerResolved { key: key(item), value: Some(AnswerValue::Verdict(verdict)), reason: "seen together".to_owned() };
        self.append(inspection, inspection, self.scope_of(inspection), resolved, Vec::new());
    }

    /// Comments.
    pub fn comment(&self, inspection: InspectionId, text: &str) {
        self.append(inspection, inspection, self.scope_of(inspection), CommentAdded { key: None, text: text.to_owned() }, Vec::new());
    }

    /// Takes a photograph of an item.
    pub fn photograph(&self, inspection: InspectionId, item: &str, bytes: &[u8]) {
        let intake = self.store().intake(bytes).unwrap();
        let blobs = intake.blobs();
        let attached = EvidenceAttached {
            key: Some(key(item)),
            source: PhotoSource::Camera,
            name: None,
            width: intake.width,
            height: intake.height,
            captured_at: intake.captured_at,
            position: intake.position,
            defect: intake.defect,
        };
        let entity: RootId = self.fresh();
        self.append(inspection, entity, self.scope_of(inspection), attached, blobs);
    }

    /// Raises a finding from an item.
    #[must_use]
    pub fn raise(&self, inspection: InspectionId, item: &str, grade: Grade, description: &str) -> FindingId {
        let id: FindingId = self.fresh();
        let scope = self.scope_of(inspection);
        let raised = FindingRaised {
            inspection: Some(inspection),
            key: Some(key(item)),
            site: scope.into(),
            grade,
            suggested: None,
            description: description.to_owned(),
            area: None,
            measure: None,
            responsible: None,
            deadline: None,
            theme: None,
        };
        self.append(id, id, scope, raised, Vec::new());
        id
    }

    /// Draws both signatures and submits.
    pub fn submit(&self, inspection: InspectionId) {
        let scope = self.scope_of(inspection);
        for role in [SignerRole::Inspector, SignerRole::SiteRepresentative] {
            let image = self.store().put_bytes(&self.kit.seed.bytes(600), BlobRole::Signature, "image/png").unwrap();
            let entity: RootId = self.fresh();
            self.append(inspection, entity, scope, SignatureAdded { role, name: "signed".to_owned(), duty: None }, vec![image]);
        }
        let findings = self.store().findings_of_inspection(inspection).unwrap();
        let roots = std::iter::once(inspection.into()).chain(findings.iter().map(|finding| finding.root()));
        let covered: Vec<_> = roots.map(|root: RootId| (root, self.store().events(root).unwrap())).collect();
        let submitted = InspectionSubmitted { frontier: frontier_of(&covered), remark: None };
        self.append(inspection, inspection, scope, submitted, Vec::new());
        self.store().seal(SealReason::SignOff, Some(self.person())).unwrap();
    }

    fn scope_of(&self, inspection: InspectionId) -> ScopeId {
        let document = self.store().aggregate(inspection.into()).unwrap().expect("the inspection is here");
        as_inspection(&document).unwrap().scope
    }

    /// The inspection as its screen shows it; `None` while it is not here.
    #[must_use]
    pub fn view(&self, inspection: InspectionId) -> Option<InspectionView> {
        let document = self.store().aggregate(inspection.into()).unwrap()?;
        let doc = as_inspection(&document)?;
        let compiled = self.store().compiled(doc.started.checklist.hash).unwrap()?;
        let findings = self.store().findings_of_inspection(inspection).unwrap();
        let findings: Vec<&FindingDoc> = findings.iter().filter_map(|document| as_finding(document)).collect();
        Some(inspection_view(&InspectionContext {
            doc,
            compiled: &compiled,
            checklist_hash: doc.started.checklist.hash,
            findings: &findings,
            site_name: "",
            site_areas: &[],
            names: &self.store().names().unwrap(),
        }))
    }

    /// An item of it.
    #[must_use]
    pub fn item(&self, inspection: InspectionId, item: &str) -> ItemView {
        let view = self.view(inspection).expect("the inspection is here");
        view.items.into_iter().find(|view| view.key.item == item).expect("the item is shown")
    }

    /// A finding as its screen shows it.
    #[must_use]
    pub fn finding(&self, finding: FindingId) -> Option<FindingView> {
        let document = self.store().aggregate(finding.into()).unwrap()?;
        Some(finding_view(as_finding(&document)?, &self.store().names().unwrap()))
    }
}

/// A key of an item outside repeat groups.
#[must_use]
pub fn key(item: &str) -> ItemKey {
    ItemKey { item: item.to_owned(), instance: None }
}
