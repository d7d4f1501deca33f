//! Builds the view of an inspection from its document, its checklist version and its findings.

use super::build_finding::{author, comment_views, evidence_views, finding_view};
use super::{
    ContestedValue, InspectionChange, InspectionStage, InspectionSummary, InspectionView, ItemView, Names, PersonName, RefusalView,
    ReviewView, SectionView, SignatureView,
};
use crate::checklist::{Answers, Compiled, Grade, Judgement, Response, Section};
use crate::event::{AnswerValue, InspectionKind, ItemKey, SignerRole, Verdict};
use crate::fold::{FindingDoc, FindingState, Held, InspectionDoc, InspectionState};
use crate::id::{BlobId, InstanceId};
use crate::time::Millis;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// All that the view of an inspection is computed from.
pub struct InspectionContext<'a> {
    /// The inspection.
    pub doc: &'a InspectionDoc,
    /// Its checklist version.
    pub compiled: &'a Compiled,
    /// SHA-256 of the published checklist.
    pub checklist_hash: BlobId,
    /// Its findings in the order raised.
    pub findings: &'a [&'a FindingDoc],
    /// Site's name.
    pub site_name: &'a str,
    /// Named places on the site.
    pub site_areas: &'a [String],
    /// Names of people and devices.
    pub names: &'a dyn Names,
}

/// The value that counts for each item: the only one, or the worst.
struct Counting<'a> {
    values: HashMap<&'a ItemKey, (&'a AnswerValue, Millis)>,
    evidence: BTreeSet<&'a ItemKey>,
}

impl Answers for Counting<'_> {
    fn value(&self, key: &ItemKey) -> Option<&AnswerValue> {
        self.values.get(key).map(|(value, _)| *value)
    }
    fn has_evidence(&self, key: &ItemKey) -> bool {
        self.evidence.contains(key)
    }
    fn given_at(&self, key: &ItemKey) -> Option<Millis> {
        self.values.get(key).map(|(_, at)| *at)
    }
}

impl<'a> Counting<'a> {
    fn of(doc: &'a InspectionDoc, compiled: &Compiled) -> Self {
        let shown = doc.evidence.shown();
        let evidence = shown.filter_map(|photo| photo.attached.key.as_ref()).collect();
        let mut counting = Self { values: HashMap::with_capacity(doc.answers.len()), evidence };
        let mut contested = Vec::new();
        for (key, cell) in &doc.answers {
            if cell.is_contested() {
                contested.push((key, cell));
            } else if let Some((value, at)) = cell.newest().and_then(|held| Some((held.value.as_ref()?, held.stamp.wall.ms))) {
                counting.values.insert(key, (value, at));
            }
        }
        // Contested items are judged by what is settled around them; their worst value counts (I-24).
        for (key, cell) in contested {
            let counts = worst(compiled, key, cell.held(), &counting).0;
            if let Some(value) = counts.value.as_ref() {
                counting.values.insert(key, (value, counts.stamp.wall.ms));
            }
        }
        counting
    }
}

/// How bad an open answer is among others: like one that was not checked.
fn badness(judgement: &Judgement) -> Verdict {
    judgement.verdict.unwrap_or(Verdict::NotChecked)
}

fn worst<'h>(
    compiled: &Compiled,
    key: &ItemKey,
    held: &'h [Held<Option<AnswerValue>>],
    answers: &Counting<'_>,
) -> (&'h Held<Option<AnswerValue>>, Judgement) {
    let judged = |one: &'h Held<Option<AnswerValue>>| (one, compiled.judge(key, one.value.as_ref(), Some(one.stamp.wall.ms), answers));
    let mut worst = judged(&held[0]);
    for one in held[1..].iter().map(judged) {
        if badness(&one.1) > badness(&worst.1) {
            worst = one;
        }
    }
    worst
}

/// The whole inspection.
#[must_use]
pub fn inspection_view(context: &InspectionContext<'_>) -> InspectionView {
    let InspectionContext { doc, compiled, names, .. } = *context;
    let (sections, items) = walk(context);
    let findings: Vec<_> = context.findings.iter().map(|finding| finding_view(finding, names)).collect();
    InspectionView {
        id: doc.id,
        scope: doc.scope,
        site: doc.started.site,
        site_name: context.site_name.to_owned(),
        site_areas: context.site_areas.to_vec(),
        kind: doc.started.kind,
        stage: stage(doc),
        assignment: doc.started.assignment,
        inspectors: doc.started.inspectors.iter().map(|id| PersonName { id: *id, name: names.person(*id) }).collect(),
        started: author(&doc.stamp, names),
        submitted: doc.submissions.last().map(|submission| author(&submission.stamp, names)),
        checklist: compiled.shared(),
        checklist_hash: context.checklist_hash,
        summary: summarize(context, &items),
        sections,
        items,
        findings,
        evidence: evidence_views(&doc.evidence, names),
        signatures: signatures(doc, names),
        refusal: refusal(doc, names),
        reviews: reviews(doc, names),
        comments: comment_views(&doc.comments, names),
        needs_upgrade: doc.needs_upgrade,
        waiting: doc.waiting,
    }
}

/// What differs from the view shown before.
#[must_use]
pub fn inspection_change(before: &InspectionView, now: &InspectionView) -> InspectionChange {
    let old: HashMap<&ItemKey, &ItemView> = before.items.iter().map(|item| (&item.key, item)).collect();
    let same_order = before.items.len() == now.items.len() && before.items.iter().zip(&now.items).all(|(a, b)| a.key == b.key);
    InspectionChange {
        id: now.id,
        stage: now.stage,
        sections: now.sections.clone(),
        changed: now.items.iter().filter(|item| old.get(&item.key) != Some(item)).cloned().collect(),
        order: (!same_order).then(|| now.items.iter().map(|item| item.key.clone()).collect()),
        findings: now.findings.clone(),
        evidence: now.evidence.clone(),
        signatures: now.signatures.clone(),
        refusal: now.refusal.clone(),
        summary: now.summary,
    }
}

/// Counts alone, for lists.
#[must_use]
pub fn inspection_summary(context: &InspectionContext<'_>) -> InspectionSummary {
    summarize(context, &walk(context).1)
}

/// Readings that a pass of this item, given at `at`, could not rest on; empty when it could.
#[must_use]
pub fn stale_readings(context: &InspectionContext<'_>, key: &ItemKey, at: Millis) -> Vec<ItemKey> {
    context.compiled.stale_readings(key, Some(at), &Counting::of(context.doc, context.compiled))
}

/// Whether a value may be taken as an answer of an item now.
#[must_use]
pub fn accepts(context: &InspectionContext<'_>, key: &ItemKey, value: &AnswerValue) -> bool {
    context.compiled.accepts(key, value, &Counting::of(context.doc, context.compiled))
}

/// Signatures that this kind of inspection needs. A self-check is signed by those who made it.
#[must_use]
pub fn required_signatures(doc: &InspectionDoc) -> Vec<SignerRole> {
    let mut roles = vec![SignerRole::Inspector];
    if doc.started.inspectors.len() > 1 {
        roles.push(SignerRole::SecondInspector);
    }
    if doc.started.kind != InspectionKind::SelfCheck {
        roles.push(SignerRole::SiteRepresentative);
    }
    roles
}

fn stage(doc: &InspectionDoc) -> InspectionStage {
    match doc.state() {
        InspectionState::Draft => InspectionStage::Draft,
        InspectionState::Submitted(_) => InspectionStage::Submitted,
        InspectionState::Amended(_) => InspectionStage::Amended,
        InspectionState::Returned(_) => InspectionStage::Returned,
        InspectionState::Accepted(_) => InspectionStage::Accepted,
    }
}

fn walk(context: &InspectionContext<'_>) -> (Vec<SectionView>, Vec<ItemView>) {
    let answers = Counting::of(context.doc, context.compiled);
    let mut walker = Walker {
        context,
        redo: context.doc.redo(),
        photos: photo_counts(context.doc),
        findings: findings_by_item(context.findings),
        answers: &answers,
        sections: Vec::new(),
        items: Vec::new(),
    };
    for (at, section) in context.compiled.checklist().sections.iter().enumerate() {
        if context.compiled.shows_section(at, &answers) {
            walker.section(at, section);
        }
    }
    (walker.sections, walker.items)
}

struct Walker<'a> {
    context: &'a InspectionContext<'a>,
    redo: BTreeSet<&'a ItemKey>,
    photos: BTreeMap<&'a ItemKey, u32>,
    findings: BTreeMap<&'a ItemKey, Vec<crate::id::FindingId>>,
    answers: &'a Counting<'a>,
    sections: Vec<SectionView>,
    items: Vec<ItemView>,
}

impl Walker<'_> {
    fn section(&mut self, at: usize, section: &Section) {
        if section.repeat.is_none() {
            self.run(at, section, None, None);
            return;
        }
        let heading = SectionView { is_group: true, ..empty_section(section, None, None) };
        self.sections.push(heading);
        let instances = self.context.doc.instances.iter();
        let mut instances: Vec<_> =
            instances.filter(|(id, it)| it.added.section == section.id && self.context.doc.instance_retracted(**id).is_none()).collect();
        instances.sort_by_key(|(_, instance)| instance.stamp);
        for (id, instance) in instances {
            self.run(at, section, Some(*id), Some(&instance.added.label));
        }
    }

    fn run(&mut self, at: usize, section: &Section, instance: Option<InstanceId>, label: Option<&str>) {
        let mut view = empty_section(section, instance, label);
        for (i, item) in section.items.iter().enumerate() {
            let hidden = matches!(item.response, Response::Calculated { .. });
            if hidden || !self.context.compiled.shows_item(at, i, instance, self.answers) {
                continue;
            }
            let counted = u32::from(item.response.is_answered());
            let item = self.item(section, ItemKey { item: item.id.clone(), instance });
            view.total += counted;
            view.answered += u32::from(item.verdict.is_some());
            view.failed += u32::from(item.verdict == Some(Verdict::Fail));
            view.contested += u32::from(!item.contested.is_empty());
            self.items.push(item);
        }
        self.sections.push(view);
    }

    fn item(&self, section: &Section, key: ItemKey) -> ItemView {
        let doc = self.context.doc;
        let names = self.context.names;
        let compiled = self.context.compiled;
        let held = doc.answers.get(&key).map_or(&[][..], |cell| cell.held());
        let contested = doc.answers.get(&key).is_some_and(crate::fold::Cell::is_contested);
        let (counting, judgement) = if held.is_empty() {
            (None, compiled.judge(&key, None, None, self.answers))
        } else {
            let (one, judgement) = worst(compiled, &key, held, self.answers);
            (Some(one), judgement)
        };
        let each = |one: &Held<Option<AnswerValue>>| ContestedValue {
            value: one.value.clone(),
            verdict: compiled.judge(&key, one.value.as_ref(), Some(one.stamp.wall.ms), self.answers).verdict,
            by: author(&one.stamp, names),
        };
        let notes = doc.notes.get(&key).map_or(&[][..], |cell| cell.held());
        let mut words: Vec<&str> = notes.iter().map(|note| note.value.as_str()).filter(|text| !text.is_empty()).collect();
        words.dedup();
        ItemView {
            section: section.id.clone(),
            value: counting.and_then(|one| one.value.clone()),
            verdict: judgement.verdict,
            contested: if contested { held.iter().map(each).collect() } else { Vec::new() },
            by: counting.map(|one| author(&one.stamp, names)),
            with_section: counting.is_some_and(|one| doc.section_passes.contains(&one.stamp.eid)),
            note: (!words.is_empty()).then(|| words.join("\n")),
            stale: judgement.stale,
            offered: compiled.offered(&key, self.answers),
            limits: compiled.limits_in_question(&key, counting.and_then(|one| one.value.as_ref()), self.answers).map(indices),
            broken_limit: judgement.broken_limit.and_then(|at| u32::try_from(at).ok()),
            suggested: judgement.suggested,
            findings: self.findings.get(&key).cloned().unwrap_or_default(),
            photos: self.photos.get(&key).copied().unwrap_or(0),
            redo: self.redo.contains(&key),
            key,
        }
    }
}

fn indices(places: Vec<usize>) -> Vec<u32> {
    places.into_iter().filter_map(|at| u32::try_from(at).ok()).collect()
}

fn empty_section(section: &Section, instance: Option<InstanceId>, label: Option<&str>) -> SectionView {
    SectionView {
        section: section.id.clone(),
        instance,
        label: label.map(str::to_owned),
        is_group: false,
        total: 0,
        answered: 0,
        failed: 0,
        contested: 0,
    }
}

fn photo_counts(doc: &InspectionDoc) -> BTreeMap<&ItemKey, u32> {
    let mut counts = BTreeMap::new();
    for key in doc.evidence.shown().filter_map(|photo| photo.attached.key.as_ref()) {
        *counts.entry(key).or_insert(0) += 1;
    }
    counts
}

fn standing<'a>(findings: &'a [&'a FindingDoc]) -> impl Iterator<Item = &'a FindingDoc> {
    findings.iter().copied().filter(|finding| !matches!(finding.state(), FindingState::Retracted(_)))
}

fn findings_by_item<'a>(findings: &'a [&'a FindingDoc]) -> BTreeMap<&'a ItemKey, Vec<crate::id::FindingId>> {
    let mut by_item: BTreeMap<&ItemKey, Vec<_>> = BTreeMap::new();
    for finding in standing(findings) {
        if let Some(key) = &finding.raised.key {
            by_item.entry(key).or_default().push(finding.id);
        }
    }
    by_item
}

fn summarize(context: &InspectionContext<'_>, items: &[ItemView]) -> InspectionSummary {
    let compiled = context.compiled;
    let mut summary = InspectionSummary::default();
    for item in items {
        let optional = compiled.item(&item.key.item).is_some_and(|(_, definition, _)| definition.optional);
        if !compiled.item(&item.key.item).is_some_and(|(_, definition, _)| definition.response.is_answered()) {
            continue;
        }
        summary.total += 1;
        summary.contested += u32::from(!item.contested.is_empty());
        summary.open += u32::from(item.verdict.is_none() && !optional);
        let Some(verdict) = item.verdict else {
            continue;
        };
        summary.answered += 1;
        match verdict {
            Verdict::Pass => summary.passed += 1,
            Verdict::Fail => {
                summary.failed += 1;
                summary.failed_without_finding += u32::from(item.findings.is_empty());
            }
            Verdict::NotApplicable => summary.not_applicable += 1,
            Verdict::NotChecked => summary.not_checked += 1,
        }
    }
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    summary.findings = count(standing(context.findings).count());
    summary.major = count(standing(context.findings).filter(|finding| finding.grade() == Grade::Major).count());
    let of_findings: usize = standing(context.findings).map(|finding| finding.evidence.shown().count()).sum();
    summary.photos = count(context.doc.evidence.shown().count() + of_findings);
    summary
}

fn signatures(doc: &InspectionDoc, names: &dyn Names) -> Vec<SignatureView> {
    let view = |signature: &crate::fold::Signature| SignatureView {
        role: signature.signed.role,
        name: signature.signed.name.clone(),
        duty: signature.signed.duty.clone(),
        image: signature.image.as_ref().map(|blob| blob.sha256),
        by: author(&signature.stamp, names),
    };
    doc.current_signatures().map(view).collect()
}

fn refusal(doc: &InspectionDoc, names: &dyn Names) -> Option<RefusalView> {
    doc.current_refusal().map(|refusal| RefusalView {
        reason: refusal.refused.reason.clone(),
        witness: refusal.refused.witness.clone(),
        by: author(&refusal.stamp, names),
    })
}

fn reviews(doc: &InspectionDoc, names: &dyn Names) -> Vec<ReviewView> {
    let current = doc.submissions.last().map(|submission| submission.submitted.frontier.root);
    let view = |review: &crate::fold::Review| ReviewView {
        outcome: review.reviewed.outcome,
        items: review.reviewed.items.clone(),
        comment: review.reviewed.comment.clone(),
        stale: current != Some(review.reviewed.frontier),
        by: author(&review.stamp, names),
    };
    doc.reviews.iter().map(view).collect()
}
