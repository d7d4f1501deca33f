//! `list_deliveries`: every record made here and how far it got.

use super::None;
use crate::AppError;
use crate::session::Session;
use crate::view::{Delivery, RecordDelivery};
use davy_core::fold::Aggregate;
use davy_core::id::RootId;
use davy_store::Delivery as Counts;
use davy_store::{DeliveryStage, InspectionFilter};
use std::collections::BTreeMap;

/// Most records shown.
const MOST: usize = 200;
/// Delivered inspections shown besides.
const RECENT: u32 = 50;

/// Lists them: what is under way first, then the newest.
///
/// # Errors
/// The store cannot be read.
pub fn run(session: &Session, _: None) -> Result<Vec<RecordDelivery>, AppError> {
    let directory = session.directory()?;
    let mut records = Vec::new();
    for (root, counts) in roots(session)? {
        let Some(found) = session.store().aggregate(root)? else {
            continue;
        };
        let (inspection, finding, title, changed) = match &*found {
            Aggregate::Inspection(doc) => {
                let site = directory.sites.get(&doc.started.site).map(|site| site.set.name.clone());
                (Some(doc.id), Option::None, site.unwrap_or_default(), doc.changed.wall.ms)
            }
            Aggregate::Finding(doc) => {
                let words = doc.description.newest().and_then(|held| held.value.clone());
                (Option::None, Some(doc.id), words.unwrap_or_default(), doc.changed.wall.ms)
            }
            _ => continue,
        };
        records.push(RecordDelivery {
            inspection,
            finding,
            title,
            delivery: stage(&counts),
            events: counts.events,
            events_delivered: counts.events_delivered,
            blobs: counts.blobs,
            blobs_delivered: counts.blobs_delivered,
            changed_at: changed,
            problem: counts.problem,
        });
    }
    records.sort_by_key(|record| (record.delivery, std::cmp::Reverse(record.changed_at)));
    records.truncate(MOST);
    Ok(records)
}

/// Everything still under way, and the inspections changed last.
fn roots(session: &Session) -> Result<BTreeMap<RootId, Counts>, AppError> {
    let mut roots: BTreeMap<RootId, Counts> = session.store().undelivered()?.into_iter().collect();
    for row in session.store().list_inspections(&InspectionFilter { limit: RECENT, ..InspectionFilter::default() })? {
        let root = row.id.into();
        let counts = session.store().delivery(root)?;
        if counts.events > 0 {
            roots.insert(root, counts);
        }
    }
    Ok(roots)
}

/// The stage of one record in the screens' words.
#[must_use]
pub fn stage(counts: &Counts) -> Delivery {
    match counts.stage() {
        DeliveryStage::Saved => Delivery::Saved,
        DeliveryStage::Waiting => Delivery::Waiting,
        DeliveryStage::Sent => Delivery::Sent,
        DeliveryStage::Delivered => Delivery::Delivered,
    }
}
