//! `today`: the first screen.

use super::None;
use super::list_deliveries::stage;
use crate::AppError;
use crate::session::Session;
use crate::view::{AssignmentCard, Delivery, InspectionCard, RecoveredPhoto, TodayView};
use davy_core::checklist::Text;
use davy_core::event::AssignmentState;
use davy_core::fold::AssignmentDoc;
use davy_core::view::InspectionStage;
use davy_store::{Directory, InspectionFilter, InspectionRow};

/// Most finished inspections shown.
const RECENT: u32 = 20;

/// Gathers it.
///
/// # Errors
/// The store cannot be read.
pub fn run(session: &Session, _: None) -> Result<TodayView, AppError> {
    let directory = session.directory()?;
    let mine = |row: &InspectionRow| row.inspectors.contains(&session.person()) || row.started_by == session.person();
    let cards = |filter: InspectionFilter| -> Result<Vec<InspectionCard>, AppError> {
        let rows = session.store().list_inspections(&filter)?;
        rows.iter().filter(|row| mine(row)).map(|row| inspection_card(session, &directory, row)).collect()
    };
    let staged = |stages: &[InspectionStage], limit| InspectionFilter { stages: stages.to_vec(), limit, ..InspectionFilter::default() };
    Ok(TodayView {
        assignments: assignments(session, &directory)?,
        drafts: cards(staged(&[InspectionStage::Draft], 0))?,
        returned: cards(staged(&[InspectionStage::Returned], 0))?,
        contested: cards(InspectionFilter { contested: true, ..InspectionFilter::default() })?,
        recent: cards(staged(&[InspectionStage::Submitted, InspectionStage::Amended, InspectionStage::Accepted], RECENT))?,
        recovered_photos: recovered(session)?,
    })
}

fn assignments(session: &Session, directory: &Directory) -> Result<Vec<AssignmentCard>, AppError> {
    let today = jiff::Zoned::now().date().to_string();
    let mine = |doc: &&AssignmentDoc| doc.set.state == AssignmentState::Open && doc.set.assignees.contains(&session.person());
    let mut cards = Vec::new();
    for doc in directory.assignments.values().filter(mine) {
        let filter = InspectionFilter { assignment: Some(doc.id), limit: 1, ..InspectionFilter::default() };
        let started = session.store().list_inspections(&filter)?.into_iter().next();
        let finished = |row: &InspectionRow| !matches!(row.stage, InspectionStage::Draft | InspectionStage::Returned);
        if started.as_ref().is_some_and(finished) {
            continue;
        }
        let at_site = directory.checklist_at(&doc.set.checklist, doc.set.site);
        let checklist = at_site.or_else(|| directory.newest_checklist(&doc.set.checklist));
        cards.push(AssignmentCard {
            id: doc.id,
            site: doc.set.site,
            site_name: site_name(directory, doc.set.site),
            checklist: doc.set.checklist.clone(),
            checklist_title: checklist.map(|doc| Text { zh: doc.set.title_zh.clone(), en: doc.set.title_en.clone() }),
            kind: doc.set.kind,
            overdue: doc.set.due.as_ref().is_some_and(|due| *due < today),
            due: doc.set.due.clone(),
            note: doc.set.note.clone(),
            state: doc.set.state,
            inspection: started.map(|row| row.id),
        });
    }
    // Those without a day come last.
    cards.sort_by_key(|card| (card.due.is_none(), card.due.clone(), card.site_name.clone()));
    Ok(cards)
}

fn site_name(directory: &Directory, id: davy_core::id::SiteId) -> String {
    directory.sites.get(&id).map_or_else(|| id.to_string(), |site| site.set.name.clone())
}

/// An inspection in a list.
pub(super) fn inspection_card(session: &Session, directory: &Directory, row: &InspectionRow) -> Result<InspectionCard, AppError> {
    let root = davy_core::fold::ChecklistDoc::root_of(&row.checklist.hash);
    let title = directory.checklists.get(&root).map_or_else(
        || Text { zh: row.checklist.id.clone(), en: row.checklist.id.clone() },
        |doc| Text { zh: doc.set.title_zh.clone(), en: doc.set.title_en.clone() },
    );
    Ok(InspectionCard {
        id: row.id,
        site: row.site,
        site_name: site_name(directory, row.site),
        checklist_title: title,
        kind: row.kind,
        stage: row.stage,
        started_at: row.started_at,
        changed_at: row.changed_at,
        summary: row.summary.unwrap_or_default(),
        redo: row.redo,
        delivery: delivery(session, row)?,
    })
}

/// How far an inspection and its findings got together: the least far of them.
fn delivery(session: &Session, row: &InspectionRow) -> Result<Delivery, AppError> {
    let filter = davy_store::FindingFilter { inspection: Some(row.id), ..davy_store::FindingFilter::default() };
    let mut least = stage(&session.store().delivery(row.id.into())?);
    for finding in session.store().list_findings(&filter)? {
        least = least.min(stage(&session.store().delivery(finding.id.into())?));
    }
    Ok(least)
}

fn recovered(session: &Session) -> Result<Vec<RecoveredPhoto>, AppError> {
    let orphans = session.store().orphan_photos()?;
    Ok(orphans
        .into_iter()
        .map(|orphan| RecoveredPhoto {
            sha256: orphan.sha256,
            size: orphan.size,
            inspection: orphan.capture.as_ref().map(|capture| capture.root.into()),
            key: orphan.capture.and_then(|capture| capture.key),
        })
        .collect())
}
