//! Trying a checklist out: the acts of one person in one browser, folded as a device folds its own, and judged by the same
//! code. Nothing is kept; the browser sends what it did so far with each new act.

use crate::api::dto::{PreviewAct, PreviewFinding, PreviewStep};
use crate::api::text::{fitting, required};
use crate::error::{ApiError, ApiResult};
use crate::reason::Reason;
use axum::http::StatusCode;
use davy_core::checklist::Compiled;
use davy_core::event::{
    AnswerSet, AnswerValue, ChecklistRef, CommentAdded, Event, FindingEdited, FindingRaised, FindingRetracted, Header, InspectionKind,
    InspectionStarted, InstanceAdded, InstanceRetracted, ItemKey, NoteSet, Payload, SectionPassed, Verdict,
};
use davy_core::fold::{Aggregate, FindingDoc};
use davy_core::id::{BlobId, EntityId, EventId, FindingId, Hash32, InspectionId, PersonId, RootId, ScopeId, SessionId, SiteId, StreamId};
use davy_core::time::{Hlc, Millis, Mono, Wall};
use davy_core::view::{InspectionContext, InspectionView, Names, accepts, inspection_view, passable, stale_readings};
use serde_json::json;

/// Most acts of one preview.
pub const MOST_ACTS: usize = 2_000;
const STREAM: StreamId = StreamId([1; 16]);
const SITE: SiteId = SiteId([2; 16]);
/// The one inspection of a preview.
const INSPECTION: InspectionId = InspectionId([3; 16]);

/// Who tries it out, and when by their clock.
#[derive(Clone, Copy)]
pub struct Tester<'a> {
    /// Person.
    pub person: PersonId,
    /// Names.
    pub names: &'a dyn Names,
    /// Minutes east of UTC.
    pub offset_minutes: i16,
    /// When the preview was opened.
    pub opened: Millis,
}

/// A preview as far as it was played.
pub struct Stage<'a> {
    compiled: &'a Compiled,
    tester: Tester<'a>,
    inspection: Aggregate,
    findings: Vec<Aggregate>,
    seq: u64,
}

impl<'a> Stage<'a> {
    /// An inspection that was just started.
    ///
    /// # Errors
    /// Never for a sound checklist.
    pub fn open(compiled: &'a Compiled, tester: Tester<'a>) -> ApiResult<Self> {
        let checklist = compiled.checklist();
        let started = InspectionStarted {
            kind: InspectionKind::Patrol,
            site: SITE,
            checklist: ChecklistRef { id: checklist.id.clone(), version: checklist.version.clone(), hash: BlobId([0; 32]) },
            inspectors: vec![tester.person],
            assignment: None,
        };
        let first = event(&tester, 1, tester.opened, INSPECTION.into(), Vec::new(), started.into());
        let inspection = Aggregate::create(&first).ok_or_else(ApiError::internal)?;
        Ok(Self { compiled, tester, inspection, findings: Vec::new(), seq: 1 })
    }

    fn with<T>(&self, ask: impl FnOnce(&InspectionContext<'_>) -> T) -> ApiResult<T> {
        let Aggregate::Inspection(doc) = &self.inspection else { return Err(ApiError::internal()) };
        let findings = self.findings.iter().filter_map(|finding| match finding {
            Aggregate::Finding(finding) => Some(&**finding),
            _ => None,
        });
        let findings: Vec<&FindingDoc> = findings.collect();
        Ok(ask(&InspectionContext {
            doc,
            compiled: self.compiled,
            checklist_hash: BlobId([0; 32]),
            findings: &findings,
            site_name: "",
            site_areas: &[],
            names: self.tester.names,
        }))
    }

    /// What the screen shows.
    ///
    /// # Errors
    /// Never.
    pub fn view(&self) -> ApiResult<InspectionView> {
        self.with(inspection_view)
    }

    /// Plays one act. Returns the finding that it is about. What was played before needs no `check`.
    ///
    /// # Errors
    /// What a device would refuse, with the same codes.
    pub fn play(&mut self, act: PreviewAct, check: bool) -> ApiResult<Option<FindingId>> {
        let at = act.at;
        match act.step {
            PreviewStep::Answer { key, value } => {
                if check {
                    self.check(&key, value.as_ref(), at)?;
                }
                self.inspect(at, AnswerSet { key, value })
            }
            PreviewStep::Note { key, text } => self.inspect(at, NoteSet { key, text: fitting("text", &text)? }),
            PreviewStep::PassSection { section, instance } => {
                let items = self.with(|context| passable(context, &section, instance))?;
                if items.is_empty() {
                    return Err(ApiError::new(StatusCode::CONFLICT, "nothing_open", "Nothing in this section waits for a pass."));
                }
                self.inspect(at, SectionPassed { section, instance, items })
            }
            PreviewStep::AddInstance { section, label } => {
                if !self.compiled.checklist().sections.iter().any(|known| known.id == section && known.repeat.is_some()) {
                    return Err(ApiError::invalid("section", &Reason::NotInChecklist(section)));
                }
                self.inspect(at, InstanceAdded { section, label: required("label", &label)? })
            }
            PreviewStep::RetractInstance { instance, reason } => {
                self.inspect(at, InstanceRetracted { instance, reason: required("reason", &reason)? })
            }
            PreviewStep::Comment { key, text } => self.inspect(at, CommentAdded { key, text: required("text", &text)? }),
            PreviewStep::Raise { finding } => self.raise(finding, at),
            PreviewStep::Edit { finding, change } => self.about(finding, at, FindingEdited::from(change).into()),
            PreviewStep::RetractFinding { finding, reason } => {
                self.about(finding, at, FindingRetracted { reason: required("reason", &reason)? }.into())
            }
        }
    }

    fn check(&self, key: &ItemKey, value: Option<&AnswerValue>, at: Millis) -> ApiResult<()> {
        let Some((_, item, _)) = self.compiled.item(&key.item) else {
            return Err(ApiError::invalid("key", &Reason::NotInChecklist(format!("item {key}"))));
        };
        let Some(value) = value else { return Ok(()) };
        item.fits(value).map_err(|misfit| ApiError::invalid("value", &misfit.into()))?;
        if let AnswerValue::Text(text) | AnswerValue::Code(text) = value {
            required("value", text)?;
        }
        if let Some(accept) = &item.accept
            && !self.with(|context| accepts(context, key, value))?
        {
            return Err(ApiError::invalid("value", &Reason::NotAccepted(accept.text.clone())));
        }
        if *value == AnswerValue::Verdict(Verdict::Pass) {
            let stale = self.with(|context| stale_readings(context, key, at))?;
            if !stale.is_empty() {
                let words = "Readings that this rests on are missing, out of their limits or out of date; take them again, then answer.";
                return Err(ApiError::new(StatusCode::CONFLICT, "stale_reading", words).with(json!({ "readings": stale })));
            }
        }
        Ok(())
    }

    /// An event of the inspection itself.
    fn inspect(&mut self, at: Millis, payload: impl Into<Payload>) -> ApiResult<Option<FindingId>> {
        self.seq += 1;
        let event = event(&self.tester, self.seq, at, INSPECTION.into(), self.inspection.heads(), payload.into());
        self.inspection.apply(&event);
        Ok(None)
    }

    fn raise(&mut self, finding: PreviewFinding, at: Millis) -> ApiResult<Option<FindingId>> {
        let (mut suggested, mut theme) = (None, None);
        if let Some(key) = &finding.key {
            theme = self.compiled.item(&key.item).and_then(|(_, item, _)| item.theme.clone());
            let shown = self.view()?.items.into_iter().find(|item| item.key == *key);
            suggested = shown.and_then(|item| item.suggested).map(|suggestion| suggestion.grade);
        }
        let raised = FindingRaised {
            inspection: Some(INSPECTION),
            key: finding.key,
            site: SITE,
            grade: finding.grade,
            suggested,
            description: required("description", &finding.description)?,
            area: finding.area,
            measure: finding.measure,
            responsible: finding.responsible,
            deadline: finding.deadline,
            theme,
        };
        self.seq += 1;
        let id = FindingId(number(self.seq));
        let event = event(&self.tester, self.seq, at, id.into(), Vec::new(), raised.into());
        self.findings.extend(Aggregate::create(&event));
        Ok(Some(id))
    }

    fn about(&mut self, id: FindingId, at: Millis, payload: Payload) -> ApiResult<Option<FindingId>> {
        self.seq += 1;
        let found = self.findings.iter_mut().find(|finding| finding.root() == id.into()).ok_or_else(ApiError::not_found)?;
        let event = event(&self.tester, self.seq, at, id.into(), found.heads(), payload);
        found.apply(&event);
        Ok(Some(id))
    }
}

/// An id of the n-th event's own: the same in every replay.
const fn number(seq: u64) -> [u8; 16] {
    (0xda_u128 << 120 | seq as u128).to_be_bytes()
}

/// An event as the fold sees it. It is never encoded, so its hashes only have to differ.
fn event(tester: &Tester<'_>, seq: u64, at: Millis, root: RootId, deps: Vec<EventId>, payload: Payload) -> Event {
    let (kind, tv, crit) = payload.tag().unwrap_or(("", 0, false));
    let mut eid = [0; 32];
    eid[..16].copy_from_slice(&number(seq));
    let header = Header {
        stream: STREAM,
        seq,
        prev: Hash32([0; 32]),
        scope: ScopeId::from(SITE),
        sseq: seq,
        sprev: Hash32([0; 32]),
        hlc: Hlc { ms: at, counter: u32::try_from(seq).unwrap_or(u32::MAX) },
        wall: Wall { ms: at, offset_minutes: tester.offset_minutes, source: 0 },
        mono: Mono::default(),
        anchor: None,
        actor: tester.person,
        session: SessionId([0; 16]),
        kind: kind.to_owned(),
        tv,
        // New with each event: an instance of a repeat group gets its id so.
        ent: EntityId(number(seq)),
        root,
        deps,
        crit,
        bh: Hash32([0; 32]),
        blobs: Vec::new(),
    };
    Event { eid: EventId(eid), header, payload }
}
