//! `list_deliveries`: every record made here and how far it got.

use super::None;
use crate::AppError;
use crate::session::Session;
use crate::view::{Delivery, RecordDelivery};
use davy_core::fold::Aggregate;
use davy_store::DeliveryCounts;

/// Most records shown.
const MOST: usize = 200;

/// Lists them: what is under way first, then the newest.
///
/// # Errors
/// The store cannot be read.
pub fn run(session: &Session, _: None) -> Result<Vec<RecordDelivery>, AppError> {
    let directory = session.directory()?;
    let mut records = Vec::new();
    for (root, counts) in session.store().deliveries()? {
        let Some(found) = session.store().aggregate(root)? else { continue };
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

/// The stage of one record.
#[must_use]
pub fn stage(counts: &DeliveryCounts) -> Delivery {
    if counts.events_delivered == counts.events && counts.blobs_delivered == counts.blobs {
        Delivery::Delivered
    } else if counts.events_delivered > 0 || counts.blobs_delivered > 0 {
        Delivery::Sent
    } else if counts.events_sealed == counts.events {
        Delivery::Waiting
    } else {
        Delivery::Saved
    }
}
