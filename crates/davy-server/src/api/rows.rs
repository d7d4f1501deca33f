//! Lines of lists from columns: names from the directory, counts from the store; summaries are computed when
//! first read after a change and kept.

use crate::access::Viewer;
use crate::api::dto::{FindingRow, InspectionRow};
use crate::app::App;
use crate::error::ApiResult;
use crate::ingest::document;
use crate::store::{FindingIndex, InspectionIndex, InspectionQuery, PhotoCounts, ReadTx, StoreError};
use davy_core::checklist::Text;
use davy_core::fold::{Aggregate, FindingDoc, InspectionDoc};
use davy_core::id::{BlobId, RootId};
use davy_core::view::{InspectionContext, InspectionSummary, Names, inspection_summary};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// A unit enum from its word.
pub fn from_word<T: DeserializeOwned>(word: &str) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).map_err(|_| StoreError::damaged("list column"))
}

/// An inspection with its findings in the order raised.
pub struct Loaded {
    /// The inspection.
    pub doc: Box<InspectionDoc>,
    /// Its findings.
    pub findings: Vec<FindingDoc>,
}

/// Loads an inspection's documents.
///
/// # Errors
/// The store fails or a document is damaged.
pub fn load(tx: &dyn ReadTx, id: RootId) -> Result<Option<Loaded>, StoreError> {
    let Some(row) = tx.aggregate(id)? else {
        return Ok(None);
    };
    let Aggregate::Inspection(doc) = document::unpack(&row.doc)? else {
        return Ok(None);
    };
    let mut findings = Vec::new();
    for finding in tx.findings_of(id)? {
        if let Some(row) = tx.aggregate(finding)?
            && let Aggregate::Finding(finding) = document::unpack(&row.doc)?
            // A finding counts only at the site of its inspection.
            && finding.scope == doc.scope
        {
            findings.push(*finding);
        }
    }
    findings.sort_by_key(|finding| finding.stamp);
    Ok(Some(Loaded { doc, findings }))
}

/// Runs `with` on the context of an inspection's view.
pub fn in_context<T>(
    loaded: &Loaded,
    compiled: &davy_core::checklist::Compiled,
    viewer: &Viewer,
    with: impl FnOnce(&InspectionContext<'_>) -> T,
) -> T {
    let findings: Vec<&FindingDoc> = loaded.findings.iter().collect();
    let site = viewer.directory.sites.get(&loaded.doc.started.site);
    let context = InspectionContext {
        doc: &loaded.doc,
        compiled,
        checklist_hash: loaded.doc.started.checklist.hash,
        findings: &findings,
        site_name: site.map_or("—", |site| site.set.name.as_str()),
        site_areas: site.map_or(&[], |site| site.set.areas.as_slice()),
        names: &*viewer.directory,
    };
    with(&context)
}

/// Lines of inspections.
///
/// # Errors
/// The store fails.
pub async fn inspections(app: &Arc<App>, viewer: &Viewer, indexes: Vec<InspectionIndex>) -> ApiResult<Vec<InspectionRow>> {
    let (indexes, photos, missing) = app
        .store
        .query(move |tx| {
            let mut photos = Vec::with_capacity(indexes.len());
            let mut missing = Vec::new();
            for (at, index) in indexes.iter().enumerate() {
                photos.push(tx.photos_of_group(index.id.into())?);
                if index.summary.is_none()
                    && let Some(loaded) = load(tx, index.id.into())?
                {
                    missing.push((at, loaded));
                }
            }
            Ok((indexes, photos, missing))
        })
        .await?;
    let mut summaries: Vec<Option<InspectionSummary>> =
        indexes.iter().map(|index| index.summary.as_deref().and_then(|json| serde_json::from_str(json).ok())).collect();
    let mut fresh = Vec::new();
    for (at, loaded) in missing {
        // Without its checklist an inspection is listed with empty counts; the page says what is missing.
        let Ok(compiled) = app.checklists.get(app, viewer.org, indexes[at].checklist).await else {
            continue;
        };
        let summary = in_context(&loaded, &compiled, viewer, inspection_summary);
        if let Ok(json) = serde_json::to_string(&summary) {
            fresh.push((RootId::from(indexes[at].id), indexes[at].received, json, summary.contested > 0));
        }
        summaries[at] = Some(summary);
    }
    if !fresh.is_empty() {
        let keep = move |tx: &mut dyn crate::store::Tx| {
            fresh.iter().try_for_each(|(id, received, json, contested)| tx.put_summary(*id, *received, json, *contested))
        };
        app.store.transact(keep).await?;
    }
    let lines = indexes.into_iter().zip(photos).zip(summaries);
    Ok(lines.map(|((index, photos), summary)| inspection(viewer, index, photos, summary.unwrap_or_default())).collect::<Result<_, _>>()?)
}

/// Most inspections whose counts are computed before a list of the contested ones is made.
const MOST_UNCOUNTED: u32 = 200;

/// Computes the counts of inspections that changed and may be contested, so that a list and its figure say the same:
/// whether an item with two answers is shown, and so contested, only its checklist tells.
///
/// # Errors
/// The store fails.
pub async fn count_contested(app: &Arc<App>, viewer: &Viewer) -> ApiResult<()> {
    let mut query = InspectionQuery::new(viewer.org, viewer.everything(), MOST_UNCOUNTED);
    (query.contested, query.uncounted) = (true, true);
    let found = app.store.query(move |tx| tx.inspections(&query)).await?;
    if !found.rows.is_empty() {
        inspections(app, viewer, found.rows).await?;
    }
    Ok(())
}

fn inspection(
    viewer: &Viewer,
    index: InspectionIndex,
    photos: PhotoCounts,
    summary: InspectionSummary,
) -> Result<InspectionRow, StoreError> {
    let directory = &viewer.directory;
    Ok(InspectionRow {
        id: index.id,
        site: index.site,
        site_name: directory.site_name(index.site),
        region_name: directory.region_name_of(index.site),
        industry: directory.industry_of(index.site),
        checklist_title: checklist_title(viewer, index.checklist),
        kind: from_word(&index.kind)?,
        stage: from_word(&index.stage)?,
        inspectors: index.inspectors.iter().map(|id| directory.person(*id).unwrap_or_else(|| "—".to_owned())).collect(),
        started: index.started,
        submitted: index.submitted,
        received: index.received,
        summary,
        photos_here: photos.here,
        photos_total: photos.total,
        held: index.held,
    })
}

/// Title of a published version.
#[must_use]
pub fn checklist_title(viewer: &Viewer, hash: BlobId) -> Text {
    let found = viewer.directory.checklist(hash);
    found.map_or_else(
        || Text { zh: "—".to_owned(), en: "—".to_owned() },
        |doc| Text { zh: doc.set.title_zh.clone(), en: doc.set.title_en.clone() },
    )
}

/// Lines of the ledger.
///
/// # Errors
/// The store fails.
pub async fn findings(app: &Arc<App>, viewer: &Viewer, indexes: Vec<FindingIndex>) -> ApiResult<Vec<FindingRow>> {
    let (indexes, photos) = app
        .store
        .query(move |tx| {
            let photos = indexes.iter().map(|index| tx.photos_of_root(index.id.into())).collect::<Result<Vec<_>, _>>()?;
            Ok((indexes, photos))
        })
        .await?;
    Ok(indexes.into_iter().zip(photos).map(|(index, photos)| finding(viewer, index, photos)).collect::<Result<_, _>>()?)
}

fn finding(viewer: &Viewer, index: FindingIndex, photos: PhotoCounts) -> Result<FindingRow, StoreError> {
    let directory = &viewer.directory;
    Ok(FindingRow {
        id: index.id,
        site: index.site,
        site_name: directory.site_name(index.site),
        region_name: directory.region_name_of(index.site),
        industry: directory.industry_of(index.site),
        grade: from_word(&index.grade)?,
        stage: from_word(&index.stage)?,
        description: index.description,
        area: index.area,
        responsible: index.responsible,
        deadline: index.deadline,
        raised: index.raised,
        received: index.received,
        raised_by: directory.person(index.raised_by).unwrap_or_else(|| "—".to_owned()),
        inspection: index.inspection,
        photos_here: photos.here,
        photos_total: photos.total,
        thumbnail: index.thumbnail,
        contested: index.contested,
    })
}
