//! What an inspection says: sixty answers and three findings by a shipped checklist, or a checklist of any length.

use anyhow::{Context, Result};
use davy_core::checklist::{Checklist, Grade, Library, Published, load_yaml, publish};
use davy_core::event::{
    AnswerSet, AnswerValue, BlobRef, EvidenceAttached, FindingRaised, InspectionKind, InspectionStarted, ItemKey, Payload, PhotoSource,
    Verdict,
};
use davy_core::id::{EntityId, FindingId, InspectionId, PersonId, SiteId};
use davy_store::NewEvent;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Answers of an inspection as the issue counts it.
pub const ANSWERS: usize = 60;
/// Findings of it.
pub const FINDINGS: usize = 3;

/// The folder of the shipped packs.
#[must_use]
pub fn packs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../checklists")
}

/// Checklist version and the items that are answered.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Frozen version.
    pub published: Published,
    /// Items answered with a verdict, in their order.
    pub items: Vec<ItemKey>,
}

impl Sheet {
    fn new(published: Published) -> Self {
        let sections = published.checklist.sections.iter().filter(|section| section.repeat.is_none());
        let items = sections.flat_map(|section| &section.items).filter(|item| item.response.is_pass_fail());
        let items = items.map(|item| ItemKey { item: item.id.clone(), instance: None }).collect();
        Self { published, items }
    }

    /// The shipped coal mine pack.
    ///
    /// # Errors
    /// The pack cannot be read.
    pub fn coal_mines() -> Result<Self> {
        let read = davy_server::admin::checklists::read_packs(&packs())?;
        let pack = read.into_iter().find(|pack| pack.reference.id == "coal-mines");
        Ok(Self::new(pack.context("the coal mine pack is missing")?))
    }

    /// A checklist of so many items; each tenth has a condition, each fifth is a reading with a limit.
    ///
    /// # Errors
    /// The text made here is not a checklist.
    pub fn of_length(items: usize) -> Result<Self> {
        let mut text = String::from(
            "schema: 1\nid: long\nversion: 1.0.0\nindustry: coal-mines\ntitle: { zh: 长检查表, en: Long checklist }\nsummary: { zh: 用于测量, en: For measuring }\nsections:\n",
        );
        for at in 0..items {
            if at % 50 == 0 {
                writeln!(text, "  - id: s{at}\n    title: {{ zh: 第{at}部分, en: Part {at} }}\n    items:")?;
            }
            writeln!(text, "      - id: i{at}\n        text: {{ zh: 第{at}项是否符合要求？, en: Does item {at} meet the requirement? }}")?;
            match at % 10 {
                4 => writeln!(text, "        when: \"a.i{} != 'fail'\"", at - 1)?,
                0 | 5 => writeln!(text, "        response: {{ type: number, unit: '%', min: '0', max: '100' }}")?,
                _ => writeln!(text, "        grade: general")?,
            }
        }
        let checklist: Checklist = load_yaml("long.yaml", &text).map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
        Ok(Self::new(publish(checklist, &Library::default())?))
    }
}

/// An inspection that was made: its events in their order, before the submission.
#[derive(Debug, Clone)]
pub struct Made {
    /// Inspection.
    pub inspection: InspectionId,
    /// Its findings.
    pub findings: Vec<FindingId>,
    /// What happened.
    pub events: Vec<NewEvent>,
}

/// Makes an inspection with so many answers and findings; a photograph if there is one.
#[must_use]
pub fn inspection(sheet: &Sheet, site: SiteId, person: PersonId, answers: usize, findings: usize, photo: Option<BlobRef>) -> Made {
    let inspection = InspectionId::from_uuid(Uuid::now_v7());
    let say = |ent: EntityId, payload: Payload, blobs: Vec<BlobRef>| NewEvent {
        scope: site.into(),
        ent,
        root: inspection.into(),
        payload,
        blobs,
    };
    let started = InspectionStarted {
        kind: InspectionKind::Enforcement,
        site,
        checklist: sheet.published.reference.clone(),
        inspectors: vec![person],
        assignment: None,
    };
    let mut events = vec![say(inspection.into(), started.into(), Vec::new())];
    for (at, key) in sheet.items.iter().take(answers).enumerate() {
        let verdict = if at < findings { Verdict::Fail } else { Verdict::Pass };
        let set = AnswerSet { key: key.clone(), value: Some(AnswerValue::Verdict(verdict)) };
        events.push(say(inspection.into(), set.into(), Vec::new()));
    }
    if let Some(photo) = photo {
        events.push(say(EntityId::from_uuid(Uuid::now_v7()), attached(sheet).into(), vec![photo]));
    }
    let raised: Vec<FindingId> = (0..findings).map(|_| FindingId::from_uuid(Uuid::now_v7())).collect();
    for (at, id) in raised.iter().enumerate() {
        let payload = finding(sheet, site, inspection, at).into();
        events.push(NewEvent { scope: site.into(), ent: (*id).into(), root: (*id).into(), payload, blobs: Vec::new() });
    }
    Made { inspection, findings: raised, events }
}

fn attached(sheet: &Sheet) -> EvidenceAttached {
    EvidenceAttached {
        key: sheet.items.first().cloned(),
        source: PhotoSource::Camera,
        name: None,
        width: Some(1600),
        height: Some(1200),
        captured_at: None,
        position: None,
        defect: None,
    }
}

fn finding(sheet: &Sheet, site: SiteId, inspection: InspectionId, at: usize) -> FindingRaised {
    let grade = if at.is_multiple_of(4) { Grade::Major } else { Grade::General };
    FindingRaised {
        inspection: Some(inspection),
        key: sheet.items.get(at % sheet.items.len().max(1)).cloned(),
        site,
        grade,
        suggested: Some(grade),
        description: format!("回风巷第{at}号风门损坏，闭锁装置失效，风流短路。"),
        area: Some("回风巷".to_owned()),
        measure: Some("立即停止作业，设置警戒，派人看守。".to_owned()),
        responsible: Some("通风队 王队长".to_owned()),
        deadline: Some("2026-12-01".to_owned()),
        theme: None,
    }
}
