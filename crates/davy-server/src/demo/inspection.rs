//! Whole inspections for the demo: answered along the checklist's own conditions and limits, with findings,
//! photographs, signatures and a sign-off.

use super::DemoError;
use super::device::Device;
use super::picture::{Blobs, photograph, signature};
use super::world::World;
use crate::admin::Admin;
use crate::error::ApiError;
use crate::ingest::author::Act;
use crate::ingest::document;
use davy_core::checklist::{Answers, Compiled, Grade, Item, Response};
use davy_core::event::{
    AnswerSet, AnswerValue, EvidenceAttached, FindingRaised, InspectionKind, InspectionReviewed, InspectionStarted, InspectionSubmitted,
    ItemKey, Payload, PhotoSource, ReviewOutcome, SignatureAdded, SignerRole, Verdict,
};
use davy_core::fold::frontier::frontier_of;
use davy_core::fold::{Aggregate, InspectionDoc};
use davy_core::id::{EntityId, FindingId, InspectionId, OrgId, PersonId, RootId, ScopeId, SessionId, SiteId};
use davy_core::view::{InspectionContext, ItemView, Names, inspection_view};
use jiff::ToSpan;
use rust_decimal::Decimal;
use std::sync::Arc;
use uuid::Uuid;

/// Conditions show more items as answers come; a checklist settles after few rounds.
const ROUNDS: usize = 12;
/// Plain passes between two failures.
const SPACING: usize = 9;

/// Names do not matter while answering.
struct Nobody;
impl Names for Nobody {
    fn person(&self, _: PersonId) -> Option<String> {
        None
    }
    fn device(&self, _: davy_core::id::StreamId) -> Option<String> {
        None
    }
}

struct Current<'a>(&'a InspectionDoc);
impl Answers for Current<'_> {
    fn value(&self, key: &ItemKey) -> Option<&AnswerValue> {
        self.0.answers.get(key)?.newest()?.value.as_ref()
    }
    fn has_evidence(&self, key: &ItemKey) -> bool {
        self.0.evidence.shown().any(|photo| photo.attached.key.as_ref() == Some(key))
    }
    fn given_at(&self, key: &ItemKey) -> Option<davy_core::time::Millis> {
        Some(self.0.answers.get(key)?.newest()?.stamp.wall.ms)
    }
}

/// Makes three inspections of the second device, unless it made them before: one to review, one accepted, one
/// returned.
///
/// # Errors
/// A route refuses; a checklist is missing.
pub async fn history(admin: &Admin, org: OrgId, world: &World, url: &str) -> Result<(), DemoError> {
    let directories = Arc::clone(&admin.app().directories);
    let directory = admin.app().store.query(move |tx| directories.get(tx, org)).await.map_err(ApiError::from)?;
    if directory.streams.values().any(|stream| stream.person == Some(world.second)) {
        return Ok(());
    }
    let mut device = Device::enrol(admin, org, world.second, "王海燕的平板", url).await?;
    let outcomes = [None, Some(ReviewOutcome::Accepted), Some(ReviewOutcome::Returned)];
    for (at, (site, outcome)) in world.sites.iter().zip(outcomes).enumerate() {
        let industry = directory.sites.get(site).map(|doc| doc.set.industry.as_str()).unwrap_or_default();
        // A folder with fewer packs gives a demo with fewer inspections.
        let Some(pack) = directory.checklists.iter().find(|doc| doc.set.industry == industry) else {
            continue;
        };
        let compiled = admin.app().checklists.get(admin.app(), org, pack.set.checklist.hash).await?;
        let started = InspectionStarted {
            kind: InspectionKind::Enforcement,
            site: *site,
            checklist: pack.set.checklist.clone(),
            inspectors: vec![world.second, world.tablet],
            assignment: None,
        };
        let id = inspect(admin, &mut device, &compiled, started, at).await?;
        if let Some(outcome) = outcome {
            review(admin, org, id, world.supervisor, outcome).await?;
        }
    }
    Ok(())
}

fn doc(device: &Device, root: RootId) -> Result<&InspectionDoc, DemoError> {
    match device.aggregates.get(&root) {
        Some(Aggregate::Inspection(doc)) => Ok(doc),
        _ => Err(DemoError::Make { what: "an inspection" }),
    }
}

fn items(device: &Device, compiled: &Compiled, root: RootId) -> Result<Vec<ItemView>, DemoError> {
    let doc = doc(device, root)?;
    let context = InspectionContext {
        doc,
        compiled,
        checklist_hash: doc.started.checklist.hash,
        findings: &[],
        site_name: "",
        site_areas: &[],
        names: &Nobody,
    };
    Ok(inspection_view(&context).items)
}

/// An answer within the item's limits, if one can be found.
fn good_answer(compiled: &Compiled, doc: &InspectionDoc, key: &ItemKey, item: &Item, now: davy_core::time::Millis) -> Option<AnswerValue> {
    Some(match &item.response {
        Response::PassFail => AnswerValue::Verdict(Verdict::Pass),
        Response::Choice { choices } => AnswerValue::Choice(choices.iter().find(|choice| !choice.fails)?.id.clone()),
        Response::MultiChoice { choices } => AnswerValue::Choices(vec![choices.iter().find(|choice| !choice.fails)?.id.clone()]),
        Response::Number { min, max, .. } => {
            let fits = |number: &Decimal| min.is_none_or(|min| *number >= min) && max.is_none_or(|max| *number <= max);
            let tries =
                ["0.4", "0", "1", "2", "5", "10", "20", "30", "50", "100", "500", "1000"].into_iter().filter_map(|text| text.parse().ok());
            let mut tries = tries.chain(*min).chain(*max).filter(fits).map(AnswerValue::Number).collect::<Vec<_>>();
            let passes = |value: &AnswerValue| compiled.judge(key, Some(value), Some(now), &Current(doc)).verdict == Some(Verdict::Pass);
            let at = tries.iter().position(passes).unwrap_or(0);
            if tries.is_empty() {
                return None;
            }
            tries.swap_remove(at)
        }
        Response::Text => AnswerValue::Text("已核对，情况属实".to_owned()),
        Response::Code => AnswerValue::Code("YL-2026-0417".to_owned()),
        Response::DateTime => AnswerValue::DateTime(now),
        Response::Location | Response::Photo | Response::Signature => AnswerValue::Verdict(Verdict::NotApplicable),
        Response::Note | Response::Calculated { .. } => return None,
    })
}

async fn inspect(
    admin: &Admin,
    device: &mut Device,
    compiled: &Compiled,
    started: InspectionStarted,
    at: usize,
) -> Result<InspectionId, DemoError> {
    let id = InspectionId::from_uuid(Uuid::now_v7());
    let (root, scope, site) = (RootId::from(id), ScopeId::from(started.site), started.site);
    device.write(scope, id.into(), root, Payload::InspectionStarted(started), &Vec::new())?;
    let wanted = 2 + at % 2;
    let mut failed: Vec<(ItemKey, Grade)> = Vec::new();
    let mut passes = 0;
    for _ in 0..ROUNDS {
        let open: Vec<ItemKey> = items(device, compiled, root)?
            .into_iter()
            .filter(|item| item.value.is_none() && item.verdict.is_none())
            .map(|item| item.key)
            .collect();
        if open.is_empty() {
            break;
        }
        for key in open {
            let Some((_, item, _)) = compiled.item(&key.item) else {
                continue;
            };
            let Some(mut value) = good_answer(compiled, doc(device, root)?, &key, item, admin.app().clock.now()) else {
                continue;
            };
            if item.response.is_pass_fail() {
                passes += 1;
                // The first failure is a major hazard, the others are general ones.
                let fits = failed.is_empty() == (item.grade == Some(Grade::Major));
                if failed.len() < wanted && passes >= SPACING && fits {
                    passes = 0;
                    value = AnswerValue::Verdict(Verdict::Fail);
                    failed.push((key.clone(), item.grade.unwrap_or(Grade::General)));
                }
            }
            device.write(scope, id.into(), root, Payload::AnswerSet(AnswerSet { key, value: Some(value) }), &Vec::new())?;
        }
    }
    let mut uploads: Vec<Blobs> = Vec::new();
    let mut roots = vec![root];
    for (nth, (key, grade)) in failed.into_iter().enumerate() {
        let finding = raise(admin, device, compiled, id, site, key, grade)?;
        roots.push(finding.into());
        let photo = attach(device, scope, finding, (at * 7 + nth) as u32, admin.app().clock.now())?;
        uploads.push(photo);
    }
    for (nth, (role, name)) in
        [(SignerRole::Inspector, "王海燕"), (SignerRole::SecondInspector, "李国栋"), (SignerRole::SiteRepresentative, "现场负责人")]
            .into_iter()
            .enumerate()
    {
        let image = signature((at * 3 + nth) as u32)?;
        let signed =
            SignatureAdded { role, name: name.to_owned(), duty: (role == SignerRole::SiteRepresentative).then(|| "安全员".to_owned()) };
        device.write(scope, EntityId::from_uuid(Uuid::now_v7()), root, Payload::SignatureAdded(signed), &image)?;
        uploads.push(image);
    }
    let aggregates: Vec<_> = roots.iter().map(|root| (*root, device.events.get(root).cloned().unwrap_or_default())).collect();
    let submitted = InspectionSubmitted { frontier: frontier_of(&aggregates), remark: None };
    device.write(scope, id.into(), root, Payload::InspectionSubmitted(submitted), &Vec::new())?;
    device.push().await?;
    for blobs in &uploads {
        device.upload(blobs).await?;
    }
    Ok(id)
}

fn raise(
    admin: &Admin,
    device: &mut Device,
    compiled: &Compiled,
    inspection: InspectionId,
    site: SiteId,
    key: ItemKey,
    grade: Grade,
) -> Result<FindingId, DemoError> {
    let id = FindingId::from_uuid(Uuid::now_v7());
    let (text, theme) = compiled.item(&key.item).map(|(_, item, _)| (item.text.zh.clone(), item.theme.clone())).unwrap_or_default();
    let day =
        jiff::Timestamp::from_millisecond(admin.app().clock.now().0).unwrap_or_default().to_zoned(jiff::tz::TimeZone::system()).date();
    let days = if grade == Grade::Major { 7 } else { 15 };
    let raised = FindingRaised {
        inspection: Some(inspection),
        key: Some(key),
        site,
        grade,
        suggested: Some(grade),
        description: format!("现场检查不符合要求：{}", text.trim_end_matches(['？', '?'])),
        area: Some("检查部位详见照片".to_owned()),
        measure: (grade == Grade::Major).then(|| "责令立即停止该区域作业，撤出人员".to_owned()),
        responsible: Some("安全员".to_owned()),
        deadline: day.checked_add(days.days()).ok().map(|day| day.to_string()),
        theme,
    };
    device.write(ScopeId::from(site), id.into(), id.into(), Payload::FindingRaised(raised), &Vec::new())?;
    Ok(id)
}

fn attach(device: &mut Device, scope: ScopeId, finding: FindingId, seed: u32, now: davy_core::time::Millis) -> Result<Blobs, DemoError> {
    let (blobs, width, height) = photograph(seed)?;
    let attached = EvidenceAttached {
        key: None,
        source: PhotoSource::File,
        name: Some(format!("现场照片-{seed}.jpg")),
        width: Some(width),
        height: Some(height),
        captured_at: Some(now),
        position: None,
        defect: None,
    };
    device.write(scope, EntityId::from_uuid(Uuid::now_v7()), finding.into(), Payload::EvidenceAttached(attached), &blobs)?;
    Ok(blobs)
}

async fn review(admin: &Admin, org: OrgId, id: InspectionId, supervisor: PersonId, outcome: ReviewOutcome) -> Result<(), DemoError> {
    admin
        .app()
        .act(org, move |tx| {
            let Some(row) = tx.aggregate(id.into())? else {
                return Ok(Err(ApiError::not_found()));
            };
            let Aggregate::Inspection(doc) = document::unpack(&row.doc)? else {
                return Ok(Err(ApiError::not_found()));
            };
            let Some(last) = doc.submissions.last() else {
                return Ok(Err(ApiError::not_found()));
            };
            let failed = doc
                .answers
                .iter()
                .filter(|(_, cell)| cell.newest().is_some_and(|held| held.value == Some(AnswerValue::Verdict(Verdict::Fail))));
            let items: Vec<ItemKey> = failed.map(|(key, _)| key.clone()).take(1).collect();
            let (items, comment) = match outcome {
                ReviewOutcome::Accepted => (Vec::new(), "记录完整，照片清晰。"),
                ReviewOutcome::Returned => (items, "请补充一张全景照片，并核对整改期限。"),
            };
            let reviewed = InspectionReviewed { outcome, items, comment: Some(comment.to_owned()), frontier: last.submitted.frontier.root };
            let act = Act {
                scope: doc.scope,
                ent: id.into(),
                root: id.into(),
                payload: Payload::InspectionReviewed(reviewed),
                blobs: Vec::new(),
                actor: supervisor,
                session: SessionId([0; 16]),
            };
            Ok(Ok((vec![act], ())))
        })
        .await?;
    Ok(())
}
