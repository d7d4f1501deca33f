//! `list_sites`: the sites of this device.

use crate::AppError;
use crate::session::Session;
use crate::view::SiteCard;
use davy_core::checklist::Grade;
use davy_core::fold::SiteDoc;
use davy_core::id::SiteId;
use davy_store::{Directory, FindingFilter};
use serde::Deserialize;
use std::collections::HashMap;
use ts_rs::TS;

/// Request.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export_to = "app.ts")]
pub struct ListSites {
    /// Words of name, enterprise or address.
    pub query: Option<String>,
}

/// Lists them by name.
///
/// # Errors
/// The store cannot be read.
pub fn run(session: &Session, request: ListSites) -> Result<Vec<SiteCard>, AppError> {
    let directory = session.directory()?;
    let counts = finding_counts(session, None)?;
    let wanted = request.query.unwrap_or_default().trim().to_lowercase();
    let matches = |site: &&SiteDoc| {
        let set = &site.set;
        let words = [Some(&set.name), Some(&set.enterprise), set.address.as_ref()];
        words.into_iter().flatten().any(|text| text.to_lowercase().contains(&wanted))
    };
    let mut cards: Vec<_> = directory.sites.values().filter(matches).map(|site| card(site, &directory, &counts)).collect();
    cards.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(cards)
}

/// Findings and major findings by site.
pub(super) fn finding_counts(session: &Session, site: Option<SiteId>) -> Result<HashMap<SiteId, (u32, u32)>, AppError> {
    let mut counts: HashMap<SiteId, (u32, u32)> = HashMap::new();
    for row in session.store().list_findings(&FindingFilter { site, ..FindingFilter::default() })? {
        let (all, major) = counts.entry(row.site).or_default();
        *all += 1;
        *major += u32::from(row.grade == Grade::Major);
    }
    Ok(counts)
}

/// A site in a list.
pub(super) fn card(site: &SiteDoc, directory: &Directory, counts: &HashMap<SiteId, (u32, u32)>) -> SiteCard {
    let (findings, major) = counts.get(&site.id).copied().unwrap_or_default();
    SiteCard {
        id: site.id,
        name: site.set.name.clone(),
        enterprise: site.set.enterprise.clone(),
        industry: site.set.industry.clone(),
        region: directory.regions.get(&site.set.region).map(|region| region.set.name.clone()),
        address: site.set.address.clone(),
        findings,
        major,
    }
}
