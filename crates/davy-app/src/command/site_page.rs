//! `site_page`: a site with what was seen there before and the checklists for it.

use super::list_sites::{card, finding_counts};
use super::today::inspection_card;
use crate::AppError;
use crate::session::Session;
use crate::view::{ChecklistCard, SiteView};
use davy_core::checklist::Text;
use davy_core::fold::SiteDoc;
use davy_core::id::SiteId;
use davy_store::{Directory, FindingFilter, InspectionFilter};
use serde::Deserialize;
use std::collections::BTreeSet;
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct SitePage {
    /// Site.
    pub site: SiteId,
}

/// Most earlier inspections and findings shown.
const MOST: u32 = 50;

/// Reads it.
///
/// # Errors
/// The site is not on this device.
pub fn run(session: &Session, request: SitePage) -> Result<SiteView, AppError> {
    let directory = session.directory()?;
    let site = directory.sites.get(&request.site).ok_or_else(|| AppError::not_found("site"))?;
    let counts = finding_counts(session, Some(request.site))?;
    let inspections =
        session.store().list_inspections(&InspectionFilter { site: Some(site.id), limit: MOST, ..InspectionFilter::default() })?;
    let findings = session.store().list_findings(&FindingFilter { site: Some(site.id), limit: MOST, ..FindingFilter::default() })?;
    Ok(SiteView {
        card: card(site, &directory, &counts),
        areas: site.set.areas.clone(),
        contacts: site.set.contacts.clone(),
        inspections: inspections.iter().map(|row| inspection_card(session, &directory, row)).collect::<Result<_, _>>()?,
        findings: findings.iter().map(|row| session.finding_view(row.id)).collect::<Result<_, _>>()?,
        checklists: checklists(session, &directory, site)?,
    })
}

fn checklists(session: &Session, directory: &Directory, site: &SiteDoc) -> Result<Vec<ChecklistCard>, AppError> {
    let ids: BTreeSet<&str> = directory.checklists.values().map(|doc| doc.set.checklist.id.as_str()).collect();
    let mut cards = Vec::with_capacity(ids.len());
    for doc in ids.into_iter().filter_map(|id| directory.checklist_at(id, site.id)) {
        let items = match session.compiled(doc.set.checklist.hash) {
            Ok(compiled) => Some(compiled.checklist().sections.iter().map(|section| section.items.len()).sum::<usize>()),
            Err(error) if matches!(error.code(), "checklist_missing" | "needs_upgrade") => None,
            Err(error) => return Err(error),
        };
        cards.push(ChecklistCard {
            id: doc.set.checklist.id.clone(),
            version: doc.set.checklist.version.clone(),
            hash: doc.set.checklist.hash,
            industry: doc.set.industry.clone(),
            title: Text { zh: doc.set.title_zh.clone(), en: doc.set.title_en.clone() },
            here: items.is_some(),
            items: u32::try_from(items.unwrap_or(0)).unwrap_or(u32::MAX),
        });
    }
    cards.sort_by_key(|card| (card.industry != site.set.industry, card.title.zh.clone()));
    Ok(cards)
}
