//! `compare_last`: how the last inspection of the same site by the same checklist answered. For the eye only: nothing of it
//! becomes an answer.

use crate::AppError;
use crate::session::Session;
use davy_core::event::{AnswerValue, ItemKey, Verdict};
use davy_core::id::InspectionId;
use davy_core::time::Wall;
use davy_core::view::InspectionStage;
use davy_store::{InspectionFilter, InspectionRow};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct CompareLast {
    /// Inspection at work.
    pub inspection: InspectionId,
}

/// The inspection before, as far as its answers can be laid beside those of now.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export_to = "app.ts")]
pub struct LastInspection {
    /// It.
    pub id: InspectionId,
    /// When it was started, by its device.
    pub started: Wall,
    /// Its version of the checklist.
    pub version: String,
    /// Its answers by the keys of now. Instances of repeat groups are matched by section and label.
    pub answers: Vec<LastAnswer>,
}

/// One answer of before.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export_to = "app.ts")]
pub struct LastAnswer {
    /// Item of now.
    pub key: ItemKey,
    /// Value of then.
    pub value: Option<AnswerValue>,
    /// What it meant.
    pub verdict: Option<Verdict>,
}

/// Enough to find one before this one.
const LOOKED_AT: u32 = 50;

/// Reads it; `None` when there was none.
///
/// # Errors
/// The inspection is not on this device.
pub fn run(session: &Session, request: CompareLast) -> Result<Option<LastInspection>, AppError> {
    let open = session.open_inspection(request.inspection)?;
    let (now, doc) = (open.view(), open.doc());
    let filter = InspectionFilter { site: Some(now.site), limit: LOOKED_AT, ..InspectionFilter::default() };
    let earlier = session.store().list_inspections(&filter)?;
    let fits = |row: &&InspectionRow| {
        let same = row.id != request.inspection && row.checklist.id == doc.started.checklist.id;
        same && row.stage != InspectionStage::Draft && row.started_at < doc.stamp.wall.ms
    };
    for id in earlier.iter().filter(fits).map(|row| row.id) {
        // Its version may not be downloaded yet; then an older one serves.
        if let Ok(before) = session.open_inspection(id) {
            let labels = labels(&before);
            let of_now: HashMap<_, _> = self::labels(&open).into_iter().map(|(instance, label)| (label, instance)).collect();
            let place = |key: &ItemKey| match key.instance {
                None => Some(key.clone()),
                Some(instance) => {
                    let instance = of_now.get(labels.get(&instance)?).copied();
                    instance.map(|instance| ItemKey { item: key.item.clone(), instance: Some(instance) })
                }
            };
            let answered = before.view().items.iter().filter(|item| item.verdict.is_some());
            let answers = answered
                .filter_map(|item| Some(LastAnswer { key: place(&item.key)?, value: item.value.clone(), verdict: item.verdict }))
                .collect();
            let version = before.doc().started.checklist.version.clone();
            return Ok(Some(LastInspection { id, started: before.doc().stamp.wall, version, answers }));
        }
    }
    Ok(None)
}

/// Instances with section and label.
fn labels(open: &crate::session::OpenInspection<'_>) -> HashMap<davy_core::id::InstanceId, (String, String)> {
    let shown = open.view().sections.iter();
    shown.filter_map(|section| Some((section.instance?, (section.section.clone(), section.label.clone()?)))).collect()
}
